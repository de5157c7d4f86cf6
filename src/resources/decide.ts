import { copiesAmong, tellCopies } from './copies.ts';
import type { Difference } from './differences.ts';
import { resources, titleOf } from './index.ts';
import type { Kind } from './kinds.ts';
import type { JsonObject, Observed } from './resource.ts';

export type ConflictReason =
  /** Ours by its mark, but not what is asked for. */
  | 'differs'
  /** Two resources with the same mark, nonce and all: somebody copied it by hand. */
  | 'copied-mark'
  /** A resource of our name that is not ours, where there cannot or must not be a second one. */
  | 'foreign'
  /** What an earlier run made or a living flow refers to, and AEP does not show. */
  | 'missing'
  /** Enabled side by side, so that each may have loaded rows. */
  | 'several-flows'
  /** Made by an earlier run, and it does not carry the dataflow's mark any more. */
  | 'mark-lost';

/** What AEP has is in the way. */
export interface Conflict {
  action: 'conflict';
  reason: ConflictReason;
  message: string;
  ids: string[];
  differences: Difference[];
}

export type Decision =
  | {
      action: 'adopt';
      /** It fits, or AEP can change it so in place. */ id: string;
      /** Ours as well, and not needed. */ surplus: string[];
    }
  | { action: 'create' }
  | Conflict;

/**
 * What to do about one kind of resource, from what AEP has of it: what the look found by id and by name.
 * Pure: the same answer in every replay, in the client and in the tests.
 * @param about.anyStart of a flow: it may begin at another moment than the body says, which was worked out from the time of day.
 */
export function decide(
  kind: Kind,
  body: JsonObject,
  observed: readonly Observed[],
  { dataflow, anyStart = false }: { dataflow: string; anyStart?: boolean },
): Decision {
  const all = oldestFirst(observed);
  const ours = all.filter(({ mark }) => mark?.dataflow === dataflow);
  if (ours.length === 0) return decideWithoutMark(kind, body, all);

  const copies = copiesAmong(ours);
  if (copies.length > 0) {
    const message = tellCopies(kind, copies, dataflow);
    const ids = copies.map(({ id }) => id);
    return conflict('copied-mark', message, ids);
  }

  const { canChange, hasUniqueTitle } = resources[kind];
  const differences = (one: Observed) =>
    resources[kind]
      .differences(body, one)
      .filter(({ field }) => !(anyStart && field === 'scheduleParams.startTime'));
  const fits = (one: Observed) => differences(one).length === 0;
  // A second one of its title cannot be.
  const canFit = (one: Observed) =>
    hasUniqueTitle &&
    differences(one).every((difference) => canChange?.(difference, { body, observed: one, now: 0 }));
  const fitting = ours.find(fits) ?? ours.find(canFit);
  if (fitting) {
    const surplus = ours.filter((one) => one !== fitting).map(({ id }) => id);
    return { action: 'adopt', id: fitting.id, surplus };
  }
  const [oldest] = ours;
  const message = `The ${titleOf(kind)} ${oldest!.id} belongs to ${dataflow} but is not what the definition asks for`;
  return {
    action: 'conflict',
    reason: 'differs',
    message,
    ids: ours.map(({ id }) => id),
    differences: differences(oldest!),
  };
}

/** A conflict that no difference tells of. */
export function conflict(reason: ConflictReason, message: string, ids: string[]): Conflict {
  return { action: 'conflict', reason, message, ids, differences: [] };
}

function decideWithoutMark(kind: Kind, body: JsonObject, all: readonly Observed[]): Decision {
  if (kind === 'mappingSet') return decideNameless(body, all);
  const wantedName = body['name'] ?? body['title'];
  const foreign = all.filter(({ name }) => name === wantedName);
  const refuse = foreign.length > 0 ? resources[kind].insteadOfSecond : undefined;
  if (refuse === undefined) return { action: 'create' };
  const ids = foreign.map(({ id }) => id);
  const message = `There is a ${titleOf(kind)} named "${String(wantedName)}" that is not the dataflow's: ${ids.join(', ')}. ${refuse}`;
  return conflict('foreign', message, ids);
}

/** Data Prep may keep no name, and so no mark: the newest that says the same will do, since a twin is harmless. */
function decideNameless(body: JsonObject, all: readonly Observed[]): Decision {
  const nameless = all.filter(({ name }) => name === undefined || name === '');
  const equal = nameless.findLast((one) => resources.mappingSet.differences(body, one).length === 0);
  return equal ? { action: 'adopt', id: equal.id, surplus: [] } : { action: 'create' };
}

/** Each resource once, though the look may have met it by id and by name. */
function oldestFirst(observed: readonly Observed[]): Observed[] {
  const once = new Map(observed.map((one) => [one.id, one]));
  return [...once.values()].sort(
    (a, b) => (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity) || (a.id < b.id ? -1 : 1),
  );
}
