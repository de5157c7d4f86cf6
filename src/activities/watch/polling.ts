import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { RateLimited } from '../../aep/errors.ts';
import { jittered } from '../unreadable.ts';

/**
 * For activities that "fail" until there is something to say: the server retries them, which writes nothing into the
 * history however long it goes on. What one attempt leaves to the next travels in heartbeat details.
 */
export interface Trail {
  /** Attempts that could not read AEP, since the last that could. */
  failures: number;
  /** When the next attempt is to run: the time-skipping server's own record of that is a pause behind. */
  nextAt?: number;
}

/** What the attempt before has left, and the server's time of this one: one clock for all workers, and the one that skips in tests. */
export function pickUp<T extends Trail>(first: T): { trail: T; now: number } {
  const { heartbeatDetails, currentAttemptScheduledTimestampMs } = activityInfo();
  const trail = (heartbeatDetails as T | undefined) ?? first;
  return { trail, now: Math.max(currentAttemptScheduledTimestampMs, trail.nextAt ?? 0) };
}

/** Leaves `trail` to the next attempt, which runs in `pauseMs`. */
export function leave(trail: Trail, now: number, pauseMs: number): void {
  heartbeat({ ...trail, nextAt: now + pauseMs });
}

const pulseMs = 5_000;

/** Shows that this attempt lives, however long its calls take, and keeps what it leaves if it dies. */
export function startPulse<T extends Trail>(trail: T) {
  let left = trail;
  const timer = setInterval(() => heartbeat(left), pulseMs);
  return {
    save(trail: T): void {
      left = trail;
      heartbeat(left);
    },
    saved: () => left,
    stop: () => clearInterval(timer),
  };
}

/** Nothing is wrong; it is only not time yet. */
export function notYet(message: string, pauseMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NothingNew',
    message,
    nextRetryDelay: Math.ceil(pauseMs),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/**
 * How long to wait after a read that failed, as it is not the first. Longer and longer, and never at the same time as
 * others: when AEP comes back, everybody wants to ask. Milliseconds.
 */
export function pauseAfter(error: unknown, failures: number, firstMs: number, longestMs: number): number {
  const growing = Math.min(firstMs * 2 ** Math.min(failures - 1, 10), Math.max(longestMs, firstMs));
  return jittered(Math.max(growing, (error instanceof RateLimited && error.retryAfterMs) || 0));
}
