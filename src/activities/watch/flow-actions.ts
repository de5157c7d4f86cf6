import { cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { Rejected, type AepError } from '../../aep/errors.ts';
import { failure, outcomeUnknown } from '../aep-failures.ts';
import { atMostOnce, stillCounts } from '../dataflow/send.ts';

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

/** The action does not fit the state that the flow is in. */
const notInThisState = 'FLOW-1422-400';
/** The flow is being changed, which takes AEP some seconds. */
const busy = 'FLOW-1421-400';
const busyPauseMs = 30_000;

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof Rejected && error.code === code;
}

/** What a watcher may change in AEP, and only where it was asked to. */
export function createFlowActions({ aep, httpTimeoutMs }: { aep: Aep; httpTimeoutMs: number }) {
  return {
    /**
     * Asks AEP to run a failed run again; answers the id of the new run. Sent once: two would load the same rows twice,
     * so whatever is not surely refused is `OutcomeUnknown` and never sent again by a retry.
     */
    async retriggerRun({ sandbox, runId }: RetriggerRequest): Promise<string> {
      const inDoubt = (why: string, cause?: AepError) =>
        outcomeUnknown(`Nobody knows whether AEP runs the run ${runId} again: ${why}`, cause);
      const retrigger = async () => {
        const inTime = await stillCounts(httpTimeoutMs, inDoubt);
        const { id } = await aep.flowService.retriggerRun({ sandbox, ...inTime }, runId);
        return id;
      };
      return atMostOnce(retrigger, inDoubt, giveUpAfterMs);
    },

    /**
     * Enables or disables a flow. Sent again where it went wrong, for half an hour: it is the same flow however often.
     * AEP refuses that for a flow that is so already, as it is after a request whose answer was lost: then it is done.
     */
    async setFlowState({ sandbox, flowId, state }: FlowStateRequest): Promise<void> {
      const call = { sandbox, signal: cancellationSignal() };
      try {
        try {
          await aep.flowService.setFlowState(call, flowId, state);
        } catch (error) {
          if (!isRefusal(error, notInThisState)) throw error;
          const flow = await aep.flowService.flows.get(call, flowId);
          if (flow?.['state'] !== `${state}d`) throw error;
        }
      } catch (error) {
        throw failure(error, giveUpAfterMs, {}, {}, isRefusal(error, busy) ? busyPauseMs : 0);
      }
    },
  };
}
