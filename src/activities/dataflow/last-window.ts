import { cancellationSignal } from '@temporalio/activity';
import { listOf, objectOf, timeOf } from '../../runs/raw.ts';
import { readRun } from '../../runs/read-run.ts';
import { hasEnded, type RunStatus } from '../../runs/run.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { beating } from '../attempt.ts';

export interface LastWindowRequest {
  sandbox: string;
  flowId: string;
  giveUpAfterMs?: number;
}

/** What a flow has loaded up to, as far as its newest runs say. */
export interface LastWindow {
  /** Whether none of them is still to end. */
  ended: boolean;
  /** Where the latest window of a run ends. Epoch milliseconds. Absent: none has a window. */
  windowEnd?: number;
  /** Where it begins. Epoch milliseconds. */
  windowStart?: number;
  /** The run whose window that is, and how it went: one that failed has not loaded it. */
  runId?: string;
  status?: RunStatus;
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
  const runs = raw.map((one) => ({ ...readRun(one), ...windowOf(one) }));
  const ended = runs.every(hasEnded);
  const [last] = runs
    .filter(({ windowEnd }) => windowEnd !== undefined)
    .sort((a, b) => b.windowEnd! - a.windowEnd! || b.created - a.created);
  const failed = failedLast(runs);
  if (!last) return { ended, ...failed };
  const { id: runId, status, windowStart, windowEnd } = last;
  return {
    ended,
    runId,
    status,
    windowEnd: windowEnd!,
    ...(windowStart === undefined ? {} : { windowStart }),
    ...failed,
  };
}

/** @param runs newest first. */
function failedLast(runs: { id: string; status: RunStatus }[]): { failed?: string[] } {
  const good = runs.findIndex(({ status }) => status !== 'failed');
  const failed = runs.slice(0, good < 0 ? runs.length : good).map(({ id }) => id);
  return failed.length > 0 ? { failed: failed.slice(0, 10) } : {};
}

/** The copy activity says whose data it takes. */
function windowOf(run: Record<string, unknown>): { windowStart?: number; windowEnd?: number } {
  for (const activity of listOf(run['activities'])) {
    const { extensions } = objectOf(objectOf(activity)['durationSummary']);
    const [windowStart, windowEnd] = ['windowStart', 'windowEnd'].map((key) =>
      timeOf(objectOf(extensions)[key]),
    );
    if (windowEnd !== undefined) return { windowEnd, ...(windowStart === undefined ? {} : { windowStart }) };
  }
  return {};
}
