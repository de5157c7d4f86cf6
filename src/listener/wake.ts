import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { watcherWorkflowId } from '../runs/names.ts';
import { wakeSignal } from '../workflows/watch-messages.ts';
import type { RunEvent } from './read-events.ts';

/** Adobe delivers at least once, and again for a day. Milliseconds, and how many are remembered. */
const rememberMs = 15 * 60_000;
const remembered = 10_000;

/** Signals the watcher of an event's flow, once for each news. A flow that nobody watches is nobody's business. */
export function createWake(client: Client): (event: RunEvent) => Promise<void> {
  const seen = new Map<string, number>();
  return async (event) => {
    const key = `${event.flowId} ${event.runId} ${event.status}`;
    if ((seen.get(key) ?? 0) > Date.now()) return;
    const workflowId = event.sandbox
      ? watcherWorkflowId({ sandbox: event.sandbox, flowId: event.flowId })
      : await findWatcher(client, event.flowId);
    if (workflowId) await signal(client, workflowId);
    // Only now: what went wrong is to be tried when Adobe sends it again.
    seen.delete(key);
    seen.set(key, Date.now() + rememberMs);
    for (const old of seen.keys()) {
      if (seen.size <= remembered) break;
      seen.delete(old);
    }
  };
}

async function signal(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).signal(wakeSignal);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The sandbox is part of the watcher's id. */
async function findWatcher(client: Client, flowId: string): Promise<string | undefined> {
  const query = `AepFlowId = "${flowId}" AND WorkflowType = "watchFlowRuns" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1 })) return workflowId;
  return undefined;
}
