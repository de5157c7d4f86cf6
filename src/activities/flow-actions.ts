import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../aep/aep.ts';
import { AepError } from '../aep/errors.ts';
import { failure, refusal } from './failures.ts';
import { beating, stillCounts } from './send.ts';

export interface RetriggerRequest {
  sandbox: string;
  runId: string;
}

export interface FlowStateRequest {
  sandbox: string;
  flowId: string;
  state: 'enable' | 'disable';
}

/** Passing trouble ends a request after this: the watcher has a later time for it, and must end its executions meanwhile. Milliseconds. */
const giveUpAfterMs = 30 * 60_000;

/** What a watcher may change in AEP, and only where it was asked to. */
export function createFlowActions({ aep, httpTimeoutMs }: { aep: Aep; httpTimeoutMs: number }) {
  return {
    /**
     * Asks AEP to run a failed run again; answers the id of the new run. Sent once: two would load the same rows twice,
     * so whatever is not surely refused is `OutcomeUnknown` and never sent again by a retry.
     */
    async retriggerRun({ sandbox, runId }: RetriggerRequest): Promise<string> {
      const { attempt, heartbeatDetails } = activityInfo();
      const left: { refusedAt?: number } | undefined = heartbeatDetails;
      if (attempt > 1 && left?.refusedAt !== attempt - 1)
        throw doubt(runId, `attempt ${attempt - 1} left no word`);
      try {
        return await beating(async () => {
          const inTime = await stillCounts(httpTimeoutMs, (why) => doubt(runId, why));
          const { id } = await aep.flowService.retriggerRun({ sandbox, ...inTime }, runId);
          return id;
        });
      } catch (error) {
        if (!(error instanceof AepError)) throw error;
        if (error.created === 'unknown') throw doubt(runId, error.message, error);
        throw failure(error, giveUpAfterMs, { refusedAt: attempt });
      }
    },

    /** Enables or disables a flow. Sent again where it went wrong, for half an hour: it is the same flow however often. */
    async setFlowState({ sandbox, flowId, state }: FlowStateRequest): Promise<void> {
      try {
        await aep.flowService.setFlowState({ sandbox, signal: cancellationSignal() }, flowId, state);
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    },
  };
}

function doubt(runId: string, why: string, cause?: AepError): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'OutcomeUnknown',
    message: `Nobody knows whether AEP runs the run ${runId} again: ${why}`,
    nonRetryable: true,
    ...(cause ? { details: [refusal(cause)] } : {}),
  });
}
