import { isPaused } from './flow.ts';
import { usualOf } from './verdict.ts';
import { expectedRun, patienceOf, type WatchSettings, type WatchState } from './watch-state.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const flowGoodForMs = 3 * dayMs;
/** How long a flow that could not be read is left alone. */
const unreadableRestMs = 60 * minuteMs;
/** How long it may take until a run shows in AEP, and its end reaches the watcher. */
const heardWithinMs = 6 * minuteMs;
/** How long a flow that runs once stays watched after its run ended well. */
const lingerMs = dayMs;

/** Whether there is nothing left to watch. */
export function isOver({ onceDone, readAt }: WatchState): boolean {
  return onceDone !== undefined && readAt - onceDone >= lingerMs;
}

/** A watcher's next own look. */
export interface PlannedLook {
  /** Until when it may wait for news before. 0: not at all. Epoch milliseconds. */
  at: number;
  /** Everything from the floor is to be read. */
  full: boolean;
  /** The flow is to be read too. Of a flow whose runs come as expected, changes can wait. */
  readsFlow: boolean;
}

/** When to look next if nothing is heard until then, and at what. */
export function planLook(state: WatchState | undefined, settings: WatchSettings): PlannedLook {
  if (!state) return { at: 0, full: true, readsFlow: true };
  const { readAt, cursor, record, behindMs, onceDone, fullPassDue, flowReadAt } = state;
  if (state.unreadableSince !== undefined) return lookAgain(state);
  const deadline = deadlineOf(state, settings);
  // A run of a flow that is not to run: somebody may have enabled it.
  const revived = isPaused(state.flow) && (state.heardAt ?? 0) > readAt;
  // Nothing is overdue before the flow itself was read: it may be disabled.
  const unchecked = deadline !== undefined && deadline <= readAt && flowReadAt < deadline;
  if (state.cutShort || revived || unchecked || readAt >= fullPassDue) {
    return { at: 0, full: readAt >= fullPassDue, readsFlow: revived || unchecked };
  }
  const stuckAfter = patienceOf(record, settings) + behindMs;
  const moments = [fullPassDue, deadline ?? Infinity];
  if (onceDone !== undefined) moments.push(onceDone + lingerMs);
  for (const { start } of cursor.open) moments.push(start + stuckAfter + 1);
  const at = moments.reduce((at, moment) => (moment > readAt ? Math.min(at, moment) : at), Infinity);
  const readsFlow = deadline === undefined || at === deadline || at - flowReadAt > flowGoodForMs;
  return { at, full: at === fullPassDue, readsFlow };
}

/** A flow that cannot be read is looked for again and again: it shows when its label is taken off, and is gone when its source connection is. */
function lookAgain({ readAt, heardAt = 0, cutShort, fullPassDue }: WatchState): PlannedLook {
  const at = cutShort || heardAt > readAt ? 0 : readAt + unreadableRestMs;
  return { at, full: fullPassDue <= Math.max(at, readAt), readsFlow: true };
}

/**
 * From when on it is worth a look that nothing was heard of the run due. The follower signals what has ended, so for runs
 * that take longer than the grace it would cost a look each time.
 */
function deadlineOf(state: WatchState, settings: WatchSettings): number | undefined {
  const expected = expectedRun(state, settings);
  if (!expected || settings.overdueAfterSeconds !== undefined) return expected?.overdueAt;
  const { durationMs = 0 } = usualOf(state.record);
  return Math.max(expected.overdueAt, expected.due + state.behindMs + 1.5 * durationMs + heardWithinMs);
}
