import { ApplicationFailure, Context, activityInfo, cancellationSignal } from '@temporalio/activity';
import {
  AepError,
  NotReached,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnknownSandbox,
} from '../aep/errors.ts';
import { tellSome } from '../cut.ts';
import { didYouMean, nearest } from '../definition/nearest.ts';
import type { Problem } from '../definition/problems.ts';
import type { AepRefusal, FailureType } from '../failure-types.ts';
import { lastWord, leave, type Memory, type Trouble } from './memory.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30 * 60_000;
/** A token that is refused right after its renewal may be a gateway catching up; a sixth time in a row it is not. */
const unauthorizedInARow = 6;

/**
 * The pause after the `failures`th failure in a row: what AEP asked for, a second at least, else growing from one second
 * to half an hour. Never 0, which the server takes for the end of all attempts. Jittered, so that many do not come back at
 * once.
 */
export function pauseMs(failures: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) return Math.max(firstPauseMs, retryAfterMs) * (1 + Math.random() / 4);
  const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
  return growing * (0.75 + Math.random() / 4);
}

/**
 * An AEP error as Temporal carries it: retried by the server while it is worth it, unless the caller asked to give up by
 * then. Attempts are no measure of that: some of them were looks that AEP answered.
 * @param left what the next attempt must know besides; what earlier ones left stays.
 * @param againForMs for how long from now even a refusal deserves another try: the last one comes when that is over.
 */
export function failure(
  error: unknown,
  giveUpAfterMs?: number,
  left: Partial<Memory> = {},
  againForMs = 0,
): unknown {
  if (!(error instanceof AepError)) return error;
  // A call that was given up because nobody wants it any more is no trouble with AEP.
  if (error.code === 'ABORTED' && Context.current().cancellationDetails?.cancelRequested)
    return cancellationSignal().reason;
  const noSandbox = unknownSandbox(error);
  if (noSandbox) return noSandbox;
  const { memory: before } = lastWord();
  const trouble: Trouble = {
    failures: (before.trouble?.failures ?? 0) + 1,
    unauthorized: error instanceof Unauthorized ? (before.trouble?.unauthorized ?? 0) + 1 : 0,
  };
  leave({ ...before, ...left, trouble });

  const type = failureType(error);
  const again = againForMs > 0;
  const passing = again || type === 'RateLimited' || type === 'Unavailable' || mayHeal(error, trouble);
  const pause = pauseMs(trouble.failures, error instanceof RateLimited ? error.retryAfterMs : undefined);
  const nextRetryDelay = again ? Math.min(pause, againForMs) : pause;
  return ApplicationFailure.create({
    type,
    message: error.message,
    details: [refusal(error), ...doubtsIn(left)],
    nonRetryable: !passing || isTooLate(nextRetryDelay, giveUpAfterMs),
    nextRetryDelay,
  });
}

/** What the workflow must know besides AEP's answer: whether a request may have made something, or changed it. */
export function doubtsIn({ doubts = [], isInDoubt = false }: Partial<Memory>): object[] {
  if (doubts.length > 0) return [{ doubts }];
  return isInDoubt ? [{ isInDoubt }] : [];
}

/** Whether an attempt after this pause would come after the caller asked to give up. By the server's clock: a worker's own may be anything. */
export function isTooLate(pauseMs: number, giveUpAfterMs: number | undefined): boolean {
  const { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs } = activityInfo();
  return giveUpAfterMs !== undefined && now + pauseMs > scheduledTimestampMs + giveUpAfterMs;
}

/** The failure of a call with a sandbox that AEP does not know: a name that is wrong in what the caller gave, as its other mistakes are told. */
export function unknownSandbox(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof UnknownSandbox)) return undefined;
  const message = `AEP does not know the sandbox "${error.sandbox}"${tellKnown(error)}: ${error.message}`;
  const problems: Problem[] = [{ field: 'sandbox', message }];
  return ApplicationFailure.create({
    type: 'InvalidDefinition' satisfies FailureType,
    message: `sandbox: ${message}`,
    details: [{ problems, problemCount: problems.length, ...refusal(error) }],
    nonRetryable: true,
  });
}

function tellKnown({ sandbox, known }: UnknownSandbox): string {
  if (known === undefined) return '';
  if (known.length === 0) return '; this client may use none';
  return `; this client may use ${tellSome(known)}${didYouMean(nearest(sandbox, known))}`;
}

/** The type says that no attempt may follow without a look. */
export function outcomeUnknown(message: string, cause?: AepError): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'OutcomeUnknown' satisfies FailureType,
    message,
    nonRetryable: true,
    ...(cause ? { details: [refusal(cause)] } : {}),
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

function mayHeal(error: AepError, { unauthorized }: Trouble): boolean {
  return error instanceof Unauthorized && !error.permanent && unauthorized < unauthorizedInARow;
}
