import { cancellationSignal } from '@temporalio/activity';
import { known } from '../../runs/raw.ts';
import { readRun, windowOf } from '../../runs/read-run.ts';
import { hasEnded } from '../../runs/run.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { beating } from '../attempt.ts';

export interface LastWindowRequest {
  sandbox: string;
  flowId: string;
  giveUpAfterMs?: number;
}

/** What a flow has loaded up to, as far as its newest runs say. Times are epoch milliseconds. */
export interface LastWindow {
  /** Whether none of them is still to end. */
  ended: boolean;
  /** The run whose window ends last, and where that is. Absent: none has a window. */
  runId?: string;
  windowEnd?: number;
  /** Where the last window ends that was loaded: windows of runs that failed since come after it. */
  loadedUntil?: number;
  /** Runs that failed since the last one that did not, with a window or without: the first ten. */
  failed?: string[];
}

const newest = 100;

/**
 * Reads the window of the latest run that has one, in one call. A run appears two to three minutes after it is due, so
 * that what a flow has loaded before it was disabled is only known some minutes later.
 */
export function createLastWindow({ aep }: Dependencies) {
  return {
    async readLastWindow({ sandbox, flowId, giveUpAfterMs }: LastWindowRequest): Promise<LastWindow> {
      const call = { sandbox, signal: cancellationSignal() };
      const query = { filters: [`flowId==${flowId}`], orderby: '-createdAt', limit: newest };
      try {
        return await beating(async () => {
          for await (const page of aep.flowService.listRuns(call, query)) return lastWindow(page);
          return { ended: true };
        });
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    },
  };
}

function lastWindow(raw: Record<string, unknown>[]): LastWindow {
  const runs = raw.map((one) => ({ ...readRun(one), window: windowOf(one) }));
  const good = runs.findIndex(({ status }) => status !== 'failed');
  const failed = runs.slice(0, good < 0 ? runs.length : good);
  const last = runs.reduce<(typeof runs)[number] | undefined>(
    (latest, run) => ((run.window.end ?? 0) > (latest?.window.end ?? 0) ? run : latest),
    undefined,
  );
  const loaded = runs.flatMap(({ status, window }) => (status === 'failed' ? [] : (window.end ?? [])));
  const lost = failed.flatMap(({ window }) => window.start ?? []);
  // Where all of them failed, nothing was loaded from the first of their windows on.
  const loadedUntil =
    loaded.length > 0 ? Math.max(...loaded) : lost.length > 0 ? Math.min(...lost) : undefined;
  return {
    ended: runs.every(hasEnded),
    ...known({
      runId: last?.id,
      windowEnd: last?.window.end,
      loadedUntil,
      failed: failed.length > 0 ? failed.slice(0, 10).map(({ id }) => id) : undefined,
    }),
  };
}
