import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { AepError, RateLimited, Unauthorized, Unavailable, NotReached } from '../aep/errors.ts';
import type { AepRefusal, FailureType } from '../failure-types.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30 * 60_000;
/** A token that is refused right after its renewal may be a gateway catching up; a tenth time it is not. */
const unauthorizedAttempts = 6;

/**
 * The pause before attempt `attempt + 1`: what AEP asked for, else growing from one second to half an hour. Jittered, so
 * that many do not come back at once.
 */
export function pauseMs(attempt: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs * (1 + Math.random() / 4);
  const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt - 1, 20));
  return growing * (0.75 + Math.random() / 4);
}

/** An AEP error as Temporal carries it: retried by the server while it is worth it, unless the caller asked to give up by then. */
export function failure(error: unknown, giveUpAfterMs?: number): unknown {
  if (!(error instanceof AepError)) return error;
  const { attempt, scheduledTimestampMs } = activityInfo();
  const type = failureType(error);
  const passing = type === 'RateLimited' || type === 'Unavailable' || mayHeal(error, attempt);
  const nextRetryDelay = pauseMs(attempt, error instanceof RateLimited ? error.retryAfterMs : undefined);
  const tooLate =
    giveUpAfterMs !== undefined && Date.now() + nextRetryDelay > scheduledTimestampMs + giveUpAfterMs;
  return ApplicationFailure.create({
    type,
    message: error.message,
    details: [refusal(error)],
    nonRetryable: !passing || tooLate,
    nextRetryDelay,
  });
}

export function refusal({ call, status, code, title, detail, requestId }: AepError): AepRefusal {
  return JSON.parse(JSON.stringify({ call, status, code, title, detail, requestId })) as AepRefusal;
}

function failureType(error: AepError): FailureType {
  if (error instanceof RateLimited) return 'RateLimited';
  if (error instanceof Unauthorized) return 'Unauthorized';
  if (error instanceof Unavailable || error instanceof NotReached) return 'Unavailable';
  return 'Rejected';
}

function mayHeal(error: AepError, attempt: number): boolean {
  return error instanceof Unauthorized && !error.permanent && attempt < unauthorizedAttempts;
}
