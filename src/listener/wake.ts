import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { inTurns } from '../activities/in-turns.ts';
import { watcherType, watcherWorkflowId } from '../runs/names.ts';
import { searchAttributes } from '../workflows/messages.ts';
import { wakeSignal } from '../workflows/watch/watch-messages.ts';
import type { RunEvent } from './read-events.ts';

/** Adobe delivers at least once, and again for a day. Milliseconds, and how many are remembered. */
const rememberMs = 15 * 60_000;
const remembered = 10_000;

/** How many flows one list looks for: a message can name as many as it holds, and lists are few on a cluster. */
const flowsInList = 100;

/** Signals the watchers of the flows of events, once for each news. A flow that nobody watches is nobody's business. */
export function createWake(client: Client): (events: RunEvent[]) => Promise<void> {
  const seen = new Map<string, number>();

  function remember(events: RunEvent[]): void {
    for (const event of events) {
      seen.delete(keyOf(event));
      seen.set(keyOf(event), Date.now() + rememberMs);
    }
    for (const old of seen.keys()) {
      if (seen.size <= remembered) return;
      seen.delete(old);
    }
  }

  return async (events) => {
    const news = events.filter((event) => (seen.get(keyOf(event)) ?? 0) <= Date.now());
    const troubles: unknown[] = [];
    const watchers = await findWatchers(client, news, (trouble) => troubles.push(trouble));
    const signals = inTurns([...watchers], async ([workflowId, its]) => {
      try {
        await signal(client, workflowId);
        // Only now: what went wrong is to be tried when Adobe sends it again.
        remember(its);
      } catch (trouble) {
        troubles.push(trouble);
      }
    });
    for await (const _ of signals);
    if (troubles.length > 0) throw troubles[0];
  };
}

function keyOf({ flowId, runId, status }: RunEvent): string {
  return `${flowId} ${runId} ${status}`;
}

async function signal(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).signal(wakeSignal);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** Whom to signal for which events, by workflow id. The sandbox is part of it, and has to be looked up where the event does not say it. */
async function findWatchers(
  client: Client,
  events: RunEvent[],
  onTrouble: (error: unknown) => void,
): Promise<Map<string, RunEvent[]>> {
  const watchers = new Map<string, RunEvent[]>();
  const nameless = new Map<string, RunEvent[]>();
  for (const event of events) {
    const { sandbox, flowId } = event;
    if (sandbox) add(watchers, watcherWorkflowId({ sandbox, flowId }), event);
    else add(nameless, flowId, event);
  }
  const flowIds = [...nameless.keys()];
  for (let next = 0; next < flowIds.length; next += flowsInList) {
    const wanted = flowIds.slice(next, next + flowsInList).map((flowId) => `"${flowId}"`);
    const query = `AepFlowId IN (${wanted.join(', ')}) AND WorkflowType = "${watcherType}" AND ExecutionStatus = "Running"`;
    try {
      for await (const { workflowId, typedSearchAttributes } of client.workflow.list({ query }))
        for (const event of nameless.get(typedSearchAttributes.get(searchAttributes.flowId) ?? '') ?? [])
          add(watchers, workflowId, event);
    } catch (error) {
      onTrouble(error);
    }
  }
  return watchers;
}

function add(to: Map<string, RunEvent[]>, key: string, event: RunEvent): void {
  const there = to.get(key);
  if (there) there.push(event);
  else to.set(key, [event]);
}
