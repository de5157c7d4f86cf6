import { ServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** How often an update is sent in all, and the pauses between, which are doubled each time. Milliseconds. */
const mostTries = 8;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** gRPC's `FAILED_PRECONDITION`. */
const failedPrecondition = 9;

/** What a watcher says of a look that it could not wait for: `details[0]` of its refusal. */
export interface LookCutOff {
  /** What has the next execution look. */
  sendAgain: 'checkNow';
  /** What an update that had been carried out by then had to say. */
  note?: string;
}

/** Sends an update again, some times, where it was turned away only because one execution of its workflow went on as the next. */
export async function untilTaken<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  let pauseMs = firstPauseMs;
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (tries === mostTries || !(wasNeverTaken(error) || lookCutOff(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }
}

/**
 * Whether the server has failed the task that would have taken the update, as it does where something else comes in the very
 * moment in which an execution ends. What was accepted by then goes on, so that this one surely did nothing.
 */
function wasNeverTaken(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  return code === failedPrecondition && /unexpected workflow task failure/i.test(details ?? '');
}

/** What a watcher says that had to go on before AEP was read. Undefined where something else is wrong. */
export function lookCutOff(error: unknown): LookCutOff | undefined {
  if (!(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure))
    return undefined;
  const details = error.cause.details?.[0] as Partial<LookCutOff> | undefined;
  return details?.sendAgain === 'checkNow' ? (details as LookCutOff) : undefined;
}
