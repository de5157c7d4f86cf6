import type { Aep } from '../../aep/aep.ts';
import type { AepError } from '../../aep/errors.ts';
import { outcomeUnknown } from '../aep-failures.ts';
import { atMostOnce, stillCounts } from '../attempt.ts';

export interface RetriggerRequest {
  sandbox: string;
  runId: string;
}

/** Passing trouble ends a request after this: the watcher has a later time for it, and must end its executions meanwhile. Milliseconds. */
const giveUpAfterMs = 30 * 60_000;

export function createRetrigger({ aep, httpTimeoutMs }: { aep: Aep; httpTimeoutMs: number }) {
  return {
    /**
     * Asks AEP to run a failed run again; returns the id of the new run. Sent once: two would load the same rows twice,
     * so whatever is not surely refused is `OutcomeUnknown` and never sent again by a retry.
     */
    async retriggerRun({ sandbox, runId }: RetriggerRequest): Promise<string> {
      const inDoubt = (why: string, cause?: AepError) =>
        outcomeUnknown(`Nobody knows whether AEP runs the run ${runId} again: ${why}`, cause);
      const retrigger = async () => {
        const inTime = await stillCounts(httpTimeoutMs, `run ${runId} again`);
        const { id } = await aep.flowService.retriggerRun({ sandbox, ...inTime }, runId);
        return id;
      };
      return atMostOnce(retrigger, inDoubt, giveUpAfterMs);
    },
  };
}
