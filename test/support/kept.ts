import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Rig } from './rig.ts';
import { waitFor } from './wait-for.ts';

/**
 * All that Temporal keeps of every workflow, its payloads decoded: histories, memos, search attributes.
 * @param moreThan how many workflows there are at least.
 */
export async function everythingKept(rig: Pick<Rig, 'temporal'>, moreThan: number): Promise<string[]> {
  const { workflow } = rig.temporal.client;
  const listed = await waitFor('all workflows to show', async () => {
    const all: WorkflowExecutionInfo[] = [];
    for await (const one of workflow.list()) all.push(one);
    return all.length > moreThan && all;
  });
  const kept = await Promise.all(
    listed.map(async ({ workflowId, runId }) => {
      const handle = workflow.getHandle(workflowId, runId);
      return texts([await handle.fetchHistory(), (await handle.describe()).raw]);
    }),
  );
  return kept.flat();
}

/** Every text in a value, whatever it is: the keys of objects, too. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...texts(inner)]);
}
