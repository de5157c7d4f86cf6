import {
  getExternalWorkflowHandle,
  proxyActivities,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { Activities, Bounds, Marked } from '../../activities/index.ts';
import type { Problem } from '../../definition/problems.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import { isObject } from '../../definition/plain-json.ts';
import { anyId, dataflowName, sandboxName } from '../../definition/text.ts';
import { copiesAmong, tellCopies } from '../../resources/copies.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { idsOfKind, kinds, type Kind, type ResourceIds } from '../../resources/kinds.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import { alsoKinds, deletionOrder } from '../../resources/orders.ts';
import type { User } from '../../resources/references.ts';
import { callsFor, wholeSandbox } from '../calls.ts';
import { waitForEarlierRuns } from './check-definition.ts';
import { endingOf, fail } from '../failures.ts';
import { checkInput, readOrRefuse, wrongInput } from '../inputs.ts';
import { notedFailure, type NotedFailure } from './noted.ts';
import { howToStart } from '../right-id.ts';
import { searchAttributes, type DeleteDataflowInput, type DeleteDataflowResult } from '../messages.ts';
import { watcherWorkflowId, wakeSignal } from '../watch/watch-messages.ts';

const { findUsers } = proxyActivities<Activities>({
  ...wholeSandbox,
  summary: 'Find what else uses what is to go',
});

/** To delete nothing, or everything: the two are too far apart to be guessed. */
const noOnly =
  'must be a list of ids, or left out to delete all of the dataflow; an empty list arrives as null over HTTP';

const deleteInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox that the dataflow is in.'),
    name: dataflowName().describe('The name of the dataflow.'),
    also: z.array(z.enum(alsoKinds)).optional(),
    only: z.array(anyId()).optional(),
  }) satisfies z.ZodType<DeleteDataflowInput>;

/**
 * Deletes a dataflow: its flow, then the connections that we made, each
 * gone before the next. What holds data or may serve others stays, unless `also` names it; mapping sets stay, since AEP
 * cannot delete them. Where `also` leaves out what uses a thing that it names, nothing is deleted: `InvalidDefinition`.
 * Only what carries the dataflow's mark is touched. Where something that is not the dataflow's uses any of it, or a mark was
 * copied by hand, nothing is deleted: `Conflict`. Started again it goes on, or finds nothing to do.
 *
 * Runs under the same id as the create, so that the two never meet. The flow's watcher sees the flow gone, and ends.
 */
export async function deleteDataflow(input: DeleteDataflowInput): Promise<DeleteDataflowResult> {
  const { sandbox, name, also = [], only } = readOrRefuse(() => readDeleteInput(input));
  const dataflow = dataflowId({ sandbox, name });
  upsertSearchAttributes([
    { key: searchAttributes.dataflow, value: dataflow },
    { key: searchAttributes.sandbox, value: sandbox },
  ]);
  const { bounds, ids: earlier } = await waitForEarlierRuns();

  const deleted: ResourceIds[] = [];
  const left: DeleteDataflowResult['left'] = [];
  let failure: NotedFailure | undefined;
  try {
    const found = await everythingOf(dataflow, sandbox, earlier, bounds);
    const toDelete: { kind: Kind; id: string }[] = [];
    for (const kind of deletionOrder) {
      for (const { id } of found[kind]) {
        if (only && !only.includes(id)) continue;
        const why = only
          ? (whyItStays(kind, alsoKinds) ?? whyInUse(id, toDelete, found))
          : whyItStays(kind, also);
        if (why) left.push({ kind, id, why });
        else toDelete.push({ kind, id });
      }
    }
    // Whoever names ids has decided which of two is the copy.
    if (!only) {
      await nothingMayStayThatUses(toDelete, left, found, { dataflow, sandbox, bounds });
      await noneIsCopied(toDelete, found, { dataflow, sandbox, bounds });
    }
    await nobodyElseMayUse(toDelete, dataflow, sandbox);
    for (const { kind, id } of toDelete) {
      await callsFor(kind, bounds).delete({ sandbox, id });
      deleted.push({ [kind]: id });
      if (kind === 'flow') await tellWatcher(sandbox, id);
    }
    if (Object.values(found).every(({ length }) => length === 0)) {
      const note = `Nothing in the sandbox ${sandbox} carries the mark of ${dataflow}: there never was such a dataflow, or all of it is gone`;
      return { deleted, left, note };
    }
  } catch (error) {
    const ending = endingOf(error, { deleted, left });
    if (ending) failure = notedFailure({ type: ending.type!, message: ending.message });
    throw ending ?? error;
  } finally {
    upsertMemo({
      outcome: {
        ...emptyOutcome(),
        deletedFlows: deleted.flatMap(({ flow }) => flow ?? []),
        adopted: Object.assign({}, ...left.map(({ kind, id }) => ({ [kind]: id }))) as ResourceIds,
      },
      // Whoever lists dataflows has to know that its flow may be there.
      ...(only ? { isPartial: true } : {}),
      ...(failure ? { failure } : {}),
    });
  }
  return { deleted, left };
}

/** What is listed, and what earlier runs noted and lists may not show yet. */
async function everythingOf(
  dataflow: string,
  sandbox: string,
  earlier: ResourceIds[],
  bounds: Bounds,
): Promise<Record<Kind, Marked[]>> {
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const calls = callsFor(kind, bounds);
      const listed = await calls.listMarked({ sandbox, dataflow });
      const noted = idsOfKind(earlier, kind).filter((id) => !listed.some((one) => one.id === id));
      const read = await Promise.all(noted.map((id) => calls.read({ sandbox, id })));
      const ours = read.flatMap((one) =>
        one?.mark?.dataflow === dataflow
          ? [{ id: one.id, mark: one.mark, refersTo: resources[kind].refersTo(one) }]
          : [],
      );
      // A list still shows for a while what was just deleted: to delete it again does no harm.
      return [kind, [...listed, ...ours]] as const;
    }),
  );
  return Object.fromEntries(found) as Record<Kind, Marked[]>;
}

function whyItStays(kind: Kind, also: readonly Kind[]): string | undefined {
  if (resources[kind].undeletable) return resources[kind].undeletable;
  return resources[kind].staysOnDelete && !also.includes(kind)
    ? `it may hold data or serve others: name it in "also" to delete it`
    : undefined;
}

/** AEP deletes nothing that is in use, and would say so when the flow is gone: what `also` leaves out must not use what it names. */
async function nothingMayStayThatUses(
  unwanted: { kind: Kind; id: string }[],
  left: { kind: Kind; id: string }[],
  found: Record<Kind, Marked[]>,
  { dataflow, sandbox, bounds }: { dataflow: string; sandbox: string; bounds: Bounds },
): Promise<void> {
  const problems: Problem[] = [];
  for (const { kind, id } of left) {
    if (resources[kind].undeletable) continue;
    const uses = Object.values(found[kind].find((one) => one.id === id)?.refersTo ?? {});
    const used = unwanted.filter((one) => uses.includes(one.id));
    // A list still shows for a while what was just deleted.
    if (used.length === 0 || !(await callsFor(kind, bounds).read({ sandbox, id }))) continue;
    for (const one of used) {
      const message = `"${one.kind}" cannot go while the ${titleOf(kind)} ${id} stays, which uses it: name "${kind}" too`;
      problems.push({ field: 'also', message });
    }
  }
  if (problems.length > 0) throw wrongInput(`Nothing of ${dataflow} was deleted`, problems);
}

/** Somebody may have duplicated a resource with its mark: which of the two is the dataflow's is not to be guessed. */
async function noneIsCopied(
  unwanted: { kind: Kind; id: string }[],
  found: Record<Kind, Marked[]>,
  { dataflow, sandbox, bounds }: { dataflow: string; sandbox: string; bounds: Bounds },
): Promise<void> {
  for (const kind of new Set(unwanted.map((one) => one.kind))) {
    const alike = copiesAmong(found[kind]);
    const read = await Promise.all(alike.map(({ id }) => callsFor(kind, bounds).read({ sandbox, id })));
    // A list still shows for a while what was just deleted.
    const copies = copiesAmong(read.flatMap((one) => one ?? []));
    if (copies.length === 0) continue;
    const message = `Nothing of ${dataflow} was deleted. ${tellCopies(kind, copies, dataflow)}`;
    throw fail('Conflict', message, { reason: 'copied-mark', ids: copies.map(({ id }) => id) });
  }
}

/** Asked before anything is deleted, so that a dataflow is not left half there. */
async function nobodyElseMayUse(
  unwanted: { kind: Kind; id: string }[],
  dataflow: string,
  sandbox: string,
): Promise<void> {
  // Nothing refers to a flow.
  const ids = unwanted.filter(({ kind }) => kind !== 'flow').map(({ id }) => id);
  if (ids.length === 0) return;
  const users = await findUsers({ sandbox, dataflow, ids });
  if (users.length === 0) return;
  const message = `Nothing of ${dataflow} was deleted, because others use what it has: ${users.map(inWords).join('; ')}. Delete those first, or give them resources of their own`;
  throw fail('Conflict', message, { reason: 'in-use', users: users.slice(0, usersToTell) });
}

const usersToTell = 100;

function inWords({ kind, id, name, dataflow, uses }: User): string {
  const whose = dataflow ? ` of ${dataflow}` : '';
  const used = Object.entries(uses).map(([what, usedId]) => `the ${titleOf(what as Kind)} ${usedId}`);
  return `the ${titleOf(kind)} "${name ?? ''}" (${id})${whose} uses ${used.join(' and ')}`;
}

/**
 * The watcher would see it by itself, but only when it looks next, and not while the source connection is there. Where nobody watches, nobody need be told.
 */
async function tellWatcher(sandbox: string, flowId: string): Promise<void> {
  const watcher = getExternalWorkflowHandle(watcherWorkflowId({ sandbox, flowId }));
  await watcher.signal(wakeSignal, { flow: true, deleted: true }).catch(() => undefined);
}

/** A create may have adopted it since somebody called it an orphan. Mapping sets refer to their schema for ever, and do nothing. */
function whyInUse(
  id: string,
  toDelete: readonly { id: string }[],
  found: Record<Kind, Marked[]>,
): string | undefined {
  const users = kinds.filter((kind) => resources[kind].keepsInUse);
  const user = users.find((kind) =>
    found[kind].some(
      (one) => !toDelete.some((other) => other.id === one.id) && Object.values(one.refersTo).includes(id),
    ),
  );
  return user && `a ${titleOf(user)} of the dataflow refers to it`;
}

function readDeleteInput(input: unknown): DeleteDataflowInput {
  const what = 'This cannot be deleted';
  if (isObject(input) && input['only'] === null) throw wrongInput(what, [{ field: 'only', message: noOnly }]);
  const read = checkInput(deleteInput(), input, what);
  if (read.only && read.also?.length) {
    const message = 'does nothing beside "only", which names all that is to go';
    throw wrongInput(what, [{ field: 'also', message }]);
  }
  const id = workflowId(read);
  if (workflowInfo().workflowId === id) return read;
  const message = `A dataflow is deleted under the workflow id ${id}, not ${workflowInfo().workflowId}: the id is its lock. ${howToStart(id)}`;
  throw wrongInput(what, [{ field: '', message }]);
}
