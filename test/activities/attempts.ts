import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

export interface Attempts<Result> {
  /** What the attempts before the last one failed with, and the last one too where it gave no result. */
  failures: ApplicationFailure[];
  result?: Result;
}

/** Nobody waits for longer than this. Milliseconds. */
const longestPauseMs = 100;

/**
 * Has an activity attempt its work as Temporal would, at most `most` times, without the long pauses in between: what one
 * attempt leaves in its heartbeat is there for the next, and a failure that is not retryable is the last.
 *
 * @param before called before each attempt
 * @param layMs how long an attempt lay between its due time and its beginning. Milliseconds.
 * @param forgets whether the first attempt leaves no word, as one whose worker is killed
 */
export async function attempts<Result>(
  activity: (...args: never[]) => Promise<Result>,
  args: readonly unknown[],
  most: number,
  before: (attempt: number) => void = () => undefined,
  layMs: (attempt: number) => number = () => 0,
  forgets = false,
): Promise<Attempts<Result>> {
  const failures: ApplicationFailure[] = [];
  let heartbeatDetails: unknown;
  for (let attempt = 1; attempt <= most; attempt++) {
    before(attempt);
    const workflowExecution = { workflowId: 'dataflow:prod:orders', runId: 'this run' };
    const environment = new MockActivityEnvironment(
      {
        attempt,
        heartbeatDetails,
        workflowExecution,
        scheduledTimestampMs: Date.now(),
        currentAttemptScheduledTimestampMs: Date.now() - layMs(attempt),
      },
      { logger: new DefaultLogger('ERROR') },
    );
    environment.on('heartbeat', (details: unknown) => {
      if (!forgets || attempt > 1) heartbeatDetails = structuredClone(details);
    });
    try {
      return { failures, result: await environment.run(activity as never, ...args) };
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      failures.push(error);
      if (error.nonRetryable) break;
      // Node cuts off parts of a millisecond, and Temporal never comes early.
      await sleep(Math.min(Math.ceil(Number(error.nextRetryDelay ?? 0)), longestPauseMs));
    }
  }
  return { failures };
}
