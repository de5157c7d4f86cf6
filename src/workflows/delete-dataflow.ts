import {
  getExternalWorkflowHandle,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { Bounds, Marked } from '../activities/index.ts';
import { dataflowId, workflowId } from '../definition/identity.ts';
import { fieldOf } from '../definition/problems.ts';
import { dataflowName, resourceId, sandboxName, xdmUri } from '../definition/text.ts';
import { kinds, kindTitles, type Kind, type ResourceIds } from '../resources/kinds.ts';
import { callsFor } from './calls.ts';
import { lookBack } from './checks.ts';
import { endingOf, invalidDefinition } from './failures.ts';
import { searchAttributes, type DeleteDataflowInput, type DeleteDataflowResult } from './messages.ts';
import { deletionOrder } from './sweep.ts';
import { watcherWorkflowId, wakeSignal } from './watch-messages.ts';

const alsoKinds = ['dataset', 'schema', 'adHocSchema', 'adHocClass'] as const;

const deleteInput = () =>
  z.strictObject({
    sandbox: sandboxName(),
    name: dataflowName(),
    also: z.array(z.enum(alsoKinds)).optional(),
    only: z.array(z.union([resourceId(), xdmUri()])).optional(),
  }) satisfies z.ZodType<DeleteDataflowInput>;

/**
 * Deletes a dataflow: its flow, then the source and target connection, then a dataset base connection that we made, each
 * gone before the next. What holds data or may serve others stays, unless `also` names it; mapping sets stay, since AEP
 * cannot delete them. Only what carries the dataflow's mark is touched. Started again it goes on, or finds nothing to do.
 *
 * Runs under the same id as the create, so that the two never meet. The flow's watcher sees the flow gone, and ends.
 */
export async function deleteDataflow(input: DeleteDataflowInput): Promise<DeleteDataflowResult> {
  const { sandbox, name, also = [], only } = checkDeleteInput(input);
  const dataflow = dataflowId({ sandbox, name });
  upsertSearchAttributes([
    { key: searchAttributes.dataflow, value: dataflow },
    { key: searchAttributes.sandbox, value: sandbox },
  ]);
  const { bounds, ids: earlier, mayStillArrive } = await lookBack();
  // A create that was cut off just now may still make something that a list does not show.
  if (mayStillArrive) await sleep(bounds.settleMs, { summary: 'Until late requests must show' });

  const deleted: ResourceIds[] = [];
  const left: DeleteDataflowResult['left'] = [];
  try {
    const found = await everythingOf(dataflow, sandbox, earlier, bounds);
    for (const kind of deletionOrder) {
      for (const { id } of found[kind]) {
        if (only && !only.includes(id)) continue;
        const why = only
          ? (whyItStays(kind, alsoKinds) ?? whyInUse(id, only, found))
          : whyItStays(kind, also);
        if (why) {
          left.push({ kind, id, why });
          continue;
        }
        await callsFor(kind, bounds).delete({ sandbox, id });
        deleted.push({ [kind]: id });
        if (kind === 'flow') await tellWatcher(sandbox, id);
      }
    }
  } catch (error) {
    throw endingOf(error, { deleted, left }) ?? error;
  } finally {
    upsertMemo({
      outcome: {
        made: {},
        adopted: Object.assign({}, ...left.map(({ kind, id }) => ({ [kind]: id }))),
        failed: [],
        notTried: [],
        unknown: [],
      },
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
      const noted = [...new Set(earlier.flatMap((ids) => ids[kind] ?? []))].filter(
        (id) => !listed.some((one) => one.id === id),
      );
      const read = await Promise.all(noted.map((id) => calls.read({ sandbox, id })));
      const ours = read.flatMap((one) =>
        one?.mark?.dataflow === dataflow ? [{ id: one.id, refersTo: {} }] : [],
      );
      // A list still shows for a while what was just deleted: to delete it again does no harm.
      return [kind, [...listed, ...ours]] as const;
    }),
  );
  return Object.fromEntries(found) as Record<Kind, Marked[]>;
}

function whyItStays(kind: Kind, also: readonly Kind[]): string | undefined {
  if (kind === 'mappingSet') return 'AEP cannot delete mapping sets';
  const asked = (alsoKinds as readonly Kind[]).includes(kind);
  return asked && !also.includes(kind)
    ? `it may hold data or serve others: name it in "also" to delete it`
    : undefined;
}

/** The watcher would see it by itself, but only when it looks next. Where nobody watches, nobody need be told. */
async function tellWatcher(sandbox: string, flowId: string): Promise<void> {
  const watcher = getExternalWorkflowHandle(watcherWorkflowId({ sandbox, flowId }));
  await watcher.signal(wakeSignal, { flow: true }).catch(() => undefined);
}

/** A create may have adopted it since somebody called it an orphan. Mapping sets refer to their schema for ever, and do nothing. */
function whyInUse(id: string, only: readonly string[], found: Record<Kind, Marked[]>): string | undefined {
  const users = kinds.filter((kind) => kind !== 'mappingSet');
  const user = users.find((kind) =>
    found[kind].some((one) => !only.includes(one.id) && Object.values(one.refersTo).includes(id)),
  );
  return user && `a ${kindTitles[user]} of the dataflow refers to it`;
}

function checkDeleteInput(input: unknown): DeleteDataflowInput {
  const read = deleteInput().safeParse(input);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
    const lines = problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
    throw invalidDefinition(`This cannot be deleted:\n${lines.join('\n')}`, problems);
  }
  const id = workflowId(read.data);
  if (workflowInfo().workflowId !== id) {
    const message = `A dataflow is deleted under the workflow id ${id}, not ${workflowInfo().workflowId}: the id is its lock`;
    throw invalidDefinition(message, [{ field: '', message }]);
  }
  return read.data;
}
