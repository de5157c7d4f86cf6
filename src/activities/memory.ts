import { activityInfo, heartbeat } from '@temporalio/activity';

/** What went wrong since the last good answer. */
export interface Trouble {
  failures: number;
  /** How many of the last ones in a row were refused tokens. */
  unauthorized: number;
}

/** What one attempt at an activity leaves to the next in its heartbeat: for all activities the same, each has its part of it. */
export interface Memory {
  /** The run and the attempt that left it. */
  runId: string;
  attempt: number;
  /** Whoever leaves none begins anew. */
  trouble?: Trouble;
  /** The nonces of POSTs of which nobody knows what became of them. */
  doubts?: string[];
  /** Looks since the last doubt that found nothing. */
  looks?: number;
  /** What AEP, or the way to it, answered the last of them. */
  answer?: string;
  /** Milliseconds to wait beyond the settle time. */
  pauseMs?: number;
  /** When the pause before the next attempt is over, by the server's clock. Epoch milliseconds. */
  dueAt?: number | undefined;
  /** A title was taken by what no list showed; `since` is by the server's clock, in epoch milliseconds. */
  titleTaken?: { since?: number };
  /** How often AEP had taken a change, or a delete, and did not show it yet. */
  waits?: number;
  /** Until when a change that was sent may still take effect, by the server's clock. Epoch milliseconds. */
  doubtUntil?: number;
  /** How many changes AEP has taken that it does not show the effect of. */
  taken?: number;
  /** Whether an attempt may have sent a change of which nobody knows what became of it. */
  isInDoubt?: boolean;
}

/**
 * What attempts before this one have left.
 *
 * `isWhole`: the one just before this has left word, or there was none. Else nobody knows what that one did, and what is
 * remembered is older.
 */
export function lastWord(): { memory: Partial<Memory>; isWhole: boolean } {
  const { attempt, heartbeatDetails, workflowExecution } = activityInfo();
  if (attempt === 1) return { memory: {}, isWhole: true };
  const memory = (heartbeatDetails as Partial<Memory> | undefined) ?? {};
  const isWhole = memory.attempt === attempt - 1 && memory.runId === workflowExecution?.runId;
  return { memory, isWhole };
}

/** Leaves word to the next attempt. It goes along with the failure that ends this one. */
export function leave(memory: Omit<Memory, 'runId' | 'attempt'>): void {
  const { attempt, workflowExecution } = activityInfo();
  heartbeat({ ...memory, runId: workflowExecution?.runId ?? '', attempt } satisfies Memory);
}
