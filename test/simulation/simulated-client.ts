import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  RetryState,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { SimulatedTemporal } from './simulated-temporal.ts';
import type { WorkflowRun } from './workflow-run.ts';

interface StartOptions {
  workflowId: string;
  args: unknown[];
  memo?: Record<string, unknown>;
}

const nameOf = (one: string | { name: string }) => (typeof one === 'string' ? one : one.name);

/** A Temporal client of the simulated server, as far as our own client needs one. */
export function simulatedClient(temporal: SimulatedTemporal): Client {
  async function start(type: string, { workflowId, args, memo }: StartOptions) {
    const there = temporal.newest(workflowId);
    if (there && !there.closed)
      throw new WorkflowExecutionAlreadyStartedError('Workflow execution already started', workflowId, type);
    const run = temporal.start({ workflowId, type, args, memo });
    return getHandle(workflowId, run.runId);
  }

  function getHandle(workflowId: string, runId?: string) {
    const run = () => {
      const found = runId ? temporal.runs.find((one) => one.runId === runId) : temporal.newest(workflowId);
      if (!found) throw new WorkflowNotFoundError('workflow not found', workflowId, runId);
      return found;
    };
    return {
      workflowId,
      result: async () => resultOf(run()),
      query: async (query: string | { name: string }, ...args: unknown[]) =>
        run().query(nameOf(query), ...args),
      executeUpdate: async (update: string | { name: string }, { args = [] }: { args?: unknown[] } = {}) =>
        run().update(nameOf(update), ...args),
      cancel: async () => run().cancel(),
      // One that has ended can be cancelled, to no effect.
      terminate: async () => {
        const one = run();
        if (one.closed) throw one.hasEnded();
        temporal.terminate(one);
      },
      describe: async () => run().description,
    };
  }

  const workflow = {
    start,
    execute: async (type: string, options: StartOptions) => (await start(type, options)).result(),
    getHandle,
  };
  return { workflow } as unknown as Client;
}

async function resultOf(run: WorkflowRun): Promise<unknown> {
  await run.ended;
  const { status, result, failure } = run.closed!;
  if (status === 'COMPLETED') return result;
  const causes = {
    FAILED: () => defaultFailureConverter.failureToError(failure!, defaultPayloadConverter),
    CANCELLED: () => new CancelledFailure('Workflow canceled'),
    TERMINATED: () => new TerminatedFailure('Workflow terminated'),
  };
  throw new WorkflowFailedError(
    `Workflow execution ${status.toLowerCase()}`,
    causes[status](),
    RetryState.NON_RETRYABLE_FAILURE,
  );
}
