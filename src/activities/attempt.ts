import { setTimeout as sleep } from 'node:timers/promises';
import { type ApplicationFailure, Context, activityInfo, heartbeat, log } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { AepError, NotReached } from '../aep/errors.ts';
import type { Call } from '../aep/http.ts';
import { heartbeatTimeoutAt, longestHeartbeatTimeoutMs } from '../heartbeat-timeout.ts';
import { failure } from './aep-failures.ts';
import { lastWord } from './memory.ts';

/* What an attempt at an activity has to keep to: it shows that it lives, and sends nothing that nobody waits for any more. */

/** Of the time after which an attempt is missed: a beat may be lost, and the server slow to take the next. */
const beatsPerTimeout = 9;
const shortestBeatMs = 200;
/** How long an attempt that has ended is held back for the server to take that it asked for more time. Milliseconds. */
const longestAskMs = 1_000;
/** An attempt that was handed out longer ago than this asks the server whether it still counts. */
export const staleAfterMs = 1_000;

/**
 * Does `work` with a heartbeat beside it, so that a worker's death is known at once. What an earlier attempt left stays
 * said: it is no word of this one. All beats go through the SDK, which never sends an older one after a newer.
 */
export async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
  const { heartbeatDetails, heartbeatTimeoutMs = 0, currentAttemptScheduledTimestampMs } = activityInfo();
  const left: unknown = heartbeatDetails;
  const asking = lastWord().isWhole ? undefined : askForMoreTime();
  // Each is a write of the server: one that is slow, which is what makes the time-out longer, is asked for fewer.
  const heartbeatEveryMs = Math.max(heartbeatTimeoutMs / beatsPerTimeout, shortestBeatMs);
  // A task that lay in a worker whose thread stood still has been timed since then.
  if (Date.now() - currentAttemptScheduledTimestampMs > heartbeatEveryMs) heartbeat(left);
  const beat = setInterval(() => heartbeat(left), heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // After this attempt's failure the server would put the retry policy's own pause in place of the one that the failure asks for.
    if (asking) await Promise.race([asking, sleep(longestAskMs, undefined, { ref: false })]);
  }
}

/**
 * The server has not heard of the attempt before: its worker has died, or the server takes longer than the heartbeat time-out to
 * hand out and to take in, and would hear of no other attempt either. So this one and the next ones get more time. Only
 * the server can give it: what the workflow has scheduled is history. An older one than 1.28 does not.
 */
async function askForMoreTime(): Promise<void> {
  const { activityId, namespace, workflowExecution, heartbeatTimeoutMs } = activityInfo();
  if (!workflowExecution || !heartbeatTimeoutMs || heartbeatTimeoutMs >= longestHeartbeatTimeoutMs) return;
  const { workflowService } = Context.current().client;
  try {
    await workflowService.updateActivityOptions({
      namespace,
      execution: workflowExecution,
      id: activityId,
      activityOptions: { heartbeatTimeout: msToTs(heartbeatTimeoutAt(heartbeatTimeoutMs)) },
      updateMask: { paths: ['heartbeat_timeout'] },
    });
  } catch (error) {
    tellOnce(error);
  }
}

const told = new Set<unknown>();

/** The next attempt asks again. But where the server never takes it, such as from this worker's key, somebody has to know. */
function tellOnce(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // gRPC: CANCELLED, NOT_FOUND. Nobody waits for the attempt any more.
  if (code === 1 || code === 5 || told.has(code)) return;
  told.add(code);
  const why = error instanceof Error ? error.message : String(error);
  log.warn(
    `Temporal has not taken UpdateActivityOptions (${why}): on a server that always takes longer than the heartbeat time-out, calls are tried for ever`,
  );
}

/**
 * For how long the activity itself, or a pause that it asked for, has kept the workflow waiting. Milliseconds.
 * @param beganAt when this attempt began, by the clock of this machine. Epoch milliseconds.
 */
export function spentSince(beganAt: number): number {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  // Where the attempt before has left no word, Temporal has missed its worker: that was no pause of ours.
  const pausedMs = lastWord().isWhole ? currentAttemptScheduledTimestampMs - scheduledTimestampMs : 0;
  return pausedMs + Date.now() - beganAt;
}

/**
 * Makes a call that must not be made twice. What surely had no effect is Temporal's to retry; everything else is
 * `doubt`, as is an attempt after one that left no word.
 */
export async function atMostOnce<Answer>(
  call: () => Promise<Answer>,
  doubt: (why: string, cause?: AepError) => ApplicationFailure,
  giveUpAfterMs?: number,
): Promise<Answer> {
  if (!lastWord().isWhole) throw doubt(`attempt ${activityInfo().attempt - 1} left no word`);
  try {
    return await beating(call);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    if (error.created === 'unknown') throw doubt(error.message, error);
    throw failure(error, giveUpAfterMs);
  }
}

/**
 * For a call that must not be made twice: throws where this attempt no longer counts, and returns what the call
 * is to be given, so that it is not made later either. That is no cancellation signal: a POST that was begun is
 * answered, or nobody knows what it did.
 * @param what is to be done, such as `create dataset`
 * @throws NotReached: there is no doubt about what was not sent.
 */
export async function stillCounts(
  httpTimeoutMs: number,
  what: string,
): Promise<Required<Pick<Call, 'beforeSend'>>> {
  const startedAt = Date.now();
  const notSent = (why: string) => new NotReached({ call: what, detail: why }, 'Nothing was sent.');
  await mustBeWaitedFor(notSent);
  return {
    /** A process that was stopped for a while may wake up here, long after others were told that it is gone. */
    beforeSend() {
      if (Date.now() - startedAt > httpTimeoutMs) throw notSent('its deadline had passed before it was sent');
    },
  };
}

/** A worker that was asleep between taking a task and beginning it must not send what the server has long given up. */
async function mustBeWaitedFor(notSent: (why: string) => NotReached): Promise<void> {
  const { currentAttemptScheduledTimestampMs, taskToken, heartbeatDetails } = activityInfo();
  // By two clocks: where they differ so much that this cannot be told, it is asked for every time.
  const ageMs = Date.now() - currentAttemptScheduledTimestampMs;
  if (ageMs > -staleAfterMs && ageMs < staleAfterMs) return;
  try {
    await Context.current().client.activity.heartbeat(taskToken, heartbeatDetails);
  } catch (error) {
    // It still counts: what was begun is finished.
    if (error instanceof ActivityCancelledError) return;
    throw notSent(`Temporal does not say that it still waits for this attempt (${String(error)})`);
  }
}
