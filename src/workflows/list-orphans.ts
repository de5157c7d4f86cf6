import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, isCancellation, proxyActivities, rootCause } from '@temporalio/workflow';
import { z } from 'zod';
import type { Activities, Orphan } from '../activities/index.ts';
import { fieldOf } from '../definition/problems.ts';
import { resourceId, sandboxName, xdmUri } from '../definition/text.ts';
import { deleteDataflow } from './delete-dataflow.ts';
import { endingOf, invalidDefinition } from './failures.ts';
import type { ListOrphansInput, ListOrphansResult } from './messages.ts';

const { findOrphans } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { maximumInterval: '30 minutes' },
  summary: 'Find what carries our mark and belongs to no flow',
});

const listInput = () =>
  z.strictObject({
    sandbox: sandboxName(),
    delete: z
      .array(z.union([resourceId(), xdmUri()]))
      .max(500, 'at most 500 at a time')
      .optional(),
  }) satisfies z.ZodType<ListOrphansInput>;

/**
 * Finds what carries our mark and belongs to no flow: what a create left that was given up, or that was surplus. It
 * deletes only what `delete` names, and only while it is an orphan, each under its dataflow's id.
 */
export async function listOrphans(input: ListOrphansInput): Promise<ListOrphansResult> {
  const { sandbox, delete: unwanted = [] } = checkListInput(input);
  const { orphans, count, atWork } = await findOrphans({ sandbox }).catch((error: unknown) => {
    throw endingOf(error, {}) ?? error;
  });
  const toDelete = orphans.filter(({ id }) => unwanted.includes(id));
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
        workflowId: `dataflow/${dataflow}`,
        args: [{ sandbox, name: dataflow.slice(sandbox.length + 1), only }],
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
  if (kind === 'mappingSet')
    return 'Nothing: AEP cannot delete mapping sets, and one that no flow refers to does nothing';
  return `Start createDataflow of ${dataflow} again to use it, or delete it with {"delete": ["${id}"]}`;
}

function checkListInput(input: unknown): ListOrphansInput {
  const read = listInput().safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
  throw invalidDefinition(problems.map(({ field, message }) => `${field}: ${message}`).join('\n'), problems);
}
