import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { waitingCalls } from '../../src/client/waiting-calls.ts';
import { taskQueue } from '../../src/workflows/messages.ts';
import type { Ended } from '../../test/simulation/verify.ts';
import type { Life } from './life.ts';

/** `EVENT_TYPE_WORKFLOW_TASK_COMPLETED` of Temporal's API. */
const taskCompleted = 7;
const patienceMs = 240_000;

/** Lives one life through Temporal's client, which may lose its server at any time, and answers how its last run ended. */
export async function live(
  client: Client,
  { acts }: Life,
  definition: Record<string, unknown>,
): Promise<Ended> {
  const workflowId = `dataflow:${String(definition['sandbox'])}:${String(definition['name'])}`;
  const handle = client.workflow.getHandle(workflowId);
  const start = () =>
    whenUp(() =>
      client.workflow.start('createDataflow', {
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [definition],
      }),
    );
  const ended = async (): Promise<WorkflowExecutionDescription> => {
    for (const end = Date.now() + patienceMs; ; await sleep(200)) {
      const description = await whenUp(() => handle.describe());
      if (description.status.name !== 'RUNNING' || Date.now() > end) return description;
    }
  };

  await start();
  for (const act of acts) {
    if (act.what !== 'again') await sleep(act.atMs);
    // What has ended meanwhile cannot be ended again.
    if (act.what === 'terminate') await whenUp(() => handle.terminate('the bench')).catch(() => undefined);
    if (act.what === 'cancel') await whenUp(() => handle.cancel()).catch(() => undefined);
    if (act.what === 'reset') await reset(client, workflowId, act.to);
    if (act.what === 'reset') continue;
    await ended();
    await sleep(act.againAfterMs);
    await start();
  }
  const { runId, status, raw } = await ended();
  if (status.name === 'RUNNING') {
    const waiting = waitingCalls(raw.pendingActivities ?? []).map((one) => JSON.stringify(one));
    const why = [...waiting, JSON.stringify(raw.pendingWorkflowTask ?? 'no workflow task')].join('\n  ');
    return { status: `RUNNING after ${patienceMs / 1000} s`, why };
  }
  const run = client.workflow.getHandle(workflowId, runId);
  try {
    return { status: status.name, result: (await whenUp(() => run.result())) as Ended['result'] };
  } catch (error) {
    const { cause } = error as WorkflowFailedError;
    const why = cause instanceof ApplicationFailure ? `${cause.type} ${cause.message}` : String(cause);
    return { status: status.name, why };
  }
}

async function reset(client: Client, workflowId: string, to: number): Promise<void> {
  const { runId } = await whenUp(() => client.workflow.getHandle(workflowId).describe());
  const { events } = await whenUp(() => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const tasks = (events ?? []).filter(({ eventType }) => Number(eventType) === taskCompleted);
  const task = tasks[Math.min(tasks.length - 1, Math.floor(to * tasks.length))];
  if (!task) return;
  await whenUp(() =>
    client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: task.eventId!,
      reason: 'the bench',
      requestId: randomUUID(),
    }),
  );
}

const away =
  /UNAVAILABLE|DEADLINE_EXCEEDED|CANCELLED|Unexpected error while making gRPC request|ECONNREFUSED/;

/** Asks again while the server is away. */
async function whenUp<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = 120; ; left--) {
    try {
      return await ask();
    } catch (error) {
      const { message, cause } = error as Error;
      if (left === 0 || error instanceof WorkflowFailedError || !away.test(`${message} ${String(cause)}`))
        throw error;
      await sleep(500);
    }
  }
}
