import { resources } from '../../resources/index.ts';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, isCancellation, proxyActivities, rootCause } from '@temporalio/workflow';
import { z } from 'zod';
import type { Activities } from '../../activities/index.ts';
import { namedBy, workflowId } from '../../definition/identity.ts';
import { anyId, sandboxName } from '../../definition/text.ts';
import type { Orphan } from '../../resources/orphans.ts';
import { wholeSandbox } from '../calls.ts';
import { deleteDataflow } from './delete-dataflow.ts';
import { endingOf } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import type { ListOrphansInput, ListOrphansResult } from '../messages.ts';

const { findOrphans } = proxyActivities<Activities>({
  ...wholeSandbox,
  summary: 'Find what carries our mark and belongs to no flow',
});

const listInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox to look through.'),
    delete: z.array(anyId()).max(500).optional(),
  }) satisfies z.ZodType<ListOrphansInput>;

/**
 * Finds what carries our mark and belongs to no flow: what a create left that was given up, or that was surplus. It
 * deletes only what `delete` names, and only while it is an orphan, each under its dataflow's id.
 */
export async function listOrphans(input: ListOrphansInput): Promise<ListOrphansResult> {
  const { sandbox, delete: unwanted = [] } = checkInput(listInput(), input, 'No orphans can be looked for');
  const found = await findOrphans({ sandbox, ids: unwanted }).catch((error: unknown) => {
    throw endingOf(error, {}) ?? error;
  });
  const { orphans, count, atWork, asked: toDelete } = found;
  const result: ListOrphansResult = {
    orphans: orphans.map((orphan) => ({ ...orphan, next: nextStep(orphan) })),
    count,
    atWork,
    deleted: [],
    notDeleted: unwanted
      .filter((id) => !toDelete.some((orphan) => orphan.id === id))
      .map((id) => ({
        id,
        why: 'it is no orphan: it is not there, belongs to a flow, carries no mark of ours, or its dataflow is at work',
      })),
  };
  for (const dataflow of new Set(toDelete.map((orphan) => orphan.dataflow))) {
    const only = toDelete.filter((orphan) => orphan.dataflow === dataflow).map(({ id }) => id);
    try {
      const { deleted, left } = await executeChild(deleteDataflow, {
        workflowId: workflowId(namedBy(dataflow)),
        args: [{ ...namedBy(dataflow), only }],
      });
      result.deleted.push(...deleted.flatMap((ids) => Object.values(ids)));
      result.notDeleted.push(...left.map(({ id, why }) => ({ id, why })));
    } catch (error) {
      if (isCancellation(error)) throw error;
      const atWork = error instanceof WorkflowExecutionAlreadyStartedError;
      const why = atWork
        ? `the dataflow ${dataflow} is at work`
        : `its deletion failed: ${rootCause(error) ?? String(error)}`;
      result.notDeleted.push(...only.map((id) => ({ id, why })));
    }
  }
  return result;
}

function nextStep({ kind, id, dataflow }: Orphan): string {
  const why = resources[kind].undeletable;
  if (why) return `Nothing: ${why}, and one that no flow refers to does nothing`;
  return `Start createDataflow of ${dataflow} again to use it, or delete it with {"delete": ["${id}"]}`;
}
