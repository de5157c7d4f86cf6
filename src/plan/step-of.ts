import type { Definition } from '../definition/definition.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { startProblem } from '../definition/start.ts';
import { decide, type Conflict } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import { kinds, type Kind } from '../resources/kinds.ts';
import type { Edit, JsonObject, Observed } from '../resources/resource.ts';
import { missingFlow } from './choices-of.ts';
import { differencesOf, type Besides } from './differences-of.ts';
import type { Action, Change, Choice, Choices, Step } from './plan.ts';
import { isDraft } from './which-flow.ts';

/** A step, and what it means for the plan as a whole. */
export interface Stepped {
  step: Step;
  /** What would be asked for of one that is to be made. */
  body?: JsonObject;
  /** What is changed in place. */
  edits?: Edit[];
  conflict?: Conflict;
  problem?: Problem;
  warning?: Warning;
  choice?: Choice;
  /** What stays of it that the definition leaves out. */
  besides?: Besides[];
}

/** What one step is made from. */
export interface Asked {
  kind: Kind;
  definition: Definition;
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** What would be asked for, with the ids of what is there. */
  body: JsonObject;
  /** The kinds that must be there first. */
  needs: Kind[];
  /** Epoch milliseconds. */
  now: number;
  /** Fields of the definition in which a difference does not count. */
  mask: readonly string[];
}

/** What stands in a body for the id of what is not made yet: it is equal to no id. */
export const notMadeYet = (kind: Kind): string => `(the new ${resources[kind].title})`;
const allNotMadeYet: ReadonlySet<unknown> = new Set(kinds.map(notMadeYet));

/** Whether a change is only that another resource is replaced, which that one's own step tells. */
function isOfReference(change: Change): boolean {
  return 'to' in change && allNotMadeYet.has(change.to);
}
/** What becomes of a draft that is as the definition asks for. */
export const publishes = 'Made as a draft: it is published, which enables it';

/** What becomes of a part of the living flow. */
export function stepOfLiving(asked: Asked, part: Observed | undefined): Stepped {
  const { kind, definition, body, dataflow, now, mask } = asked;
  const { title, hasUniqueTitle, insteadOfSecond } = resources[kind];
  if (!part) return stepped(asked, 'create', `The living flow has no ${title} any more`);
  const { id } = part;
  // What Data Prep has kept no name of may be ours.
  const isOurs = part.mark ? part.mark.dataflow === dataflow : kind === 'mappingSet' && !part.name;
  const { changes, edits, fixed, masked, besides } = differencesOf(kind, definition, body, part, {
    now,
    mask,
    isOurs,
  });
  const about = { id, masked };
  if (kind === 'flow' && isDraft(part) && changes.length === 0)
    return stepped(asked, 'update', publishes, about);
  if (changes.length === 0) return { ...stepped(asked, 'keep', asAskedFor(masked), about), besides };
  if (fixed.length > 0 && hasUniqueTitle && part.name === body['title']) {
    const reason = `AEP cannot change it so, and keeps its title unique. ${insteadOfSecond}`;
    const message = `The ${title} ${id} is not what the definition asks for. ${reason}`;
    return {
      ...stepped(asked, 'conflict', reason, { ...about, changes }),
      conflict: conflict('differs', message, [id]),
    };
  }
  const own = changes.filter((change) => !isOfReference(change));
  if (fixed.length > 0 || isDraft(part)) {
    const reason =
      own.length > 0
        ? 'AEP cannot change it under a flow that runs'
        : 'What it refers to is replaced, and AEP cannot change that';
    return stepped(asked, 'replace', reason, { ...about, changes: own });
  }
  if (!isOurs && kind === 'mappingSet')
    return stepped(asked, 'replace', "It is not the dataflow's own, and so is not changed", {
      ...about,
      changes,
    });
  if (!isOurs) {
    const message = `The ${title} ${id}, which the flow of ${dataflow} uses, is not the dataflow's own, and so is not changed. ${insteadOfSecond ?? 'Change it in AEP'}`;
    return {
      ...stepped(asked, 'conflict', message, { ...about, changes }),
      conflict: conflict('foreign', message, [id]),
    };
  }
  return {
    ...stepped(asked, 'update', 'AEP changes it in place', { ...about, changes: own }),
    edits,
    besides,
  };
}

/** What becomes of a kind of which no living flow has one: what was found may have been made before. */
export function stepOfNew(asked: Asked, found: readonly Observed[]): Stepped {
  const { kind, definition, body, dataflow, now, mask } = asked;
  const decision = decide(kind, body, found, { dataflow });
  if (decision.action === 'create') {
    const foreign = found.filter(({ mark, name }) => !mark && name === body['name']);
    const created = stepped(asked, 'create', 'There is none yet');
    if (kind !== 'dataset' || foreign.length === 0) return created;
    return { ...created, warning: foreignDataset(String(body['name']), foreign) };
  }
  const id = decision.action === 'adopt' ? decision.id : decision.ids[0]!;
  const there = found.find((one) => one.id === id)!;
  const isOurs = decision.action === 'adopt' || decision.reason === 'differs';
  const { changes, edits, fixed, masked, besides } = isOurs
    ? differencesOf(kind, definition, body, there, { now, mask })
    : { changes: [], edits: [], fixed: [], masked: [], besides: [] };
  const about = { id, masked, changes };
  if (isOurs && changes.length === 0)
    return { ...stepped(asked, 'adopt', 'Made before, and as the definition asks for', about), besides };
  if (isOurs && fixed.length === 0) {
    const updated = stepped(asked, 'update', 'Made before; AEP changes it in place', about);
    return { ...updated, edits, besides };
  }
  if (isOurs && resources[kind].makesRoom)
    return stepped(asked, 'replace', 'Made before, from another definition; no flow uses it', about);
  const inTheWay = decision as Conflict;
  return { ...stepped(asked, 'conflict', inTheWay.message, about), conflict: inTheWay };
}

/** The same for the flow itself: a second one would load the data twice. */
export function stepOfNewFlow(
  asked: Asked,
  found: readonly Observed[],
  missing: string | undefined,
  choices: Choices,
): Stepped {
  const decided = stepOfNew(asked, found);
  if (decided.conflict) return decided;
  if (missing !== undefined && choices.missingFlow === undefined) return stepOfMissingFlow(asked, missing);
  const problem = startProblem(asked.definition, asked.now);
  return problem ? { ...decided, problem } : decided;
}

/** What is only hidden still loads: another flow beside it is a person's to ask for. */
export function stepOfMissingFlow(asked: Asked, missing: string): Stepped {
  const reason = `The flow ${missing}, which an earlier run made, was deleted by others, or is hidden by an access label`;
  const message = `${reason}: updateDataflow with "missingFlow": "recreate" makes another`;
  return {
    ...stepped(asked, 'conflict', reason, { id: missing }),
    conflict: conflict('missing', message, [missing]),
    choice: missingFlow(missing),
  };
}

export function conflict(reason: Conflict['reason'], message: string, ids: string[]): Conflict {
  return { action: 'conflict', reason, message, ids, differences: [] };
}

function stepped(
  { kind, needs, body }: Asked,
  action: Action,
  reason: string,
  { id, changes = [], masked = [] }: { id?: string; changes?: Change[]; masked?: Change[] } = {},
): Stepped {
  const there = id === undefined ? {} : { id };
  const step = { kind, action, ...there, reason, changes, ...(masked.length > 0 ? { masked } : {}), needs };
  return { step, body };
}

function asAskedFor(masked: readonly Change[]): string {
  return masked.length === 0
    ? 'As the definition asks for'
    : 'As the definition asks for, but for what is masked';
}

function foreignDataset(name: string, foreign: Observed[]): Warning {
  const ids = foreign.map(({ id }) => id).join(', ');
  const message = `There is another dataset named "${name}" (${ids}), which is left alone: use it with "dataset": {"id": …} where it is what you mean`;
  return { code: 'foreign-dataset', field: 'dataset.name', message };
}
