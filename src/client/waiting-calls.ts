import { titleOf } from '../resources/index.ts';
import type { temporal } from '@temporalio/proto';
import { pausedActivity, type Paused } from './paused.ts';
import { kinds } from '../resources/kinds.ts';

/** A call to AEP that failed and is waiting for its next attempt, or that somebody has paused. */
export interface WaitingCall {
  /** Such as `createDataset`. */
  activity: string;
  /** The kind of resource it is about, in words. Absent for checks. */
  about?: string;
  attempt: number;
  /** The type of the last failure, such as `RateLimited` or `Unavailable`. */
  why?: string;
  /** What went wrong last. */
  message?: string;
  /** Epoch milliseconds. */
  nextAttemptAt?: number;
  /** Set where somebody has paused it: then there is no next attempt until that is taken back. */
  paused?: Paused;
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

/** What only Temporal's server knows: calls between two attempts. Workflow code cannot see them. */
export function waitingCalls(pending: Pending[]): WaitingCall[] {
  return pending
    .filter(({ attempt, lastFailure, paused }) => (attempt ?? 1) > 1 || lastFailure || paused)
    .map(({ activityType, attempt, lastFailure, nextAttemptScheduleTime, paused, pauseInfo }) => {
      const activity = activityType?.name ?? '';
      const about = kinds.find((kind) => activity.toLowerCase().endsWith(kind.toLowerCase()));
      const why = lastFailure?.applicationFailureInfo?.type;
      const seconds = nextAttemptScheduleTime?.seconds;
      return {
        activity,
        ...(about ? { about: titleOf(about) } : {}),
        attempt: attempt ?? 1,
        ...(why ? { why } : {}),
        ...(lastFailure?.message ? { message: lastFailure.message } : {}),
        ...(seconds ? { nextAttemptAt: Number(seconds) * 1000 } : {}),
        ...(paused ? { paused: pausedActivity(pauseInfo ?? {}) } : {}),
      };
    });
}
