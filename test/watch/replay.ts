import type { temporal } from '@temporalio/proto';
import { expect } from 'vitest';
import { replayHistory } from '../support/replay.ts';

type History = temporal.api.history.v1.IHistory;

/** A watcher or a follower can be replayed, and says in Temporal's timeline what it waits for. */
export async function replay(handle: {
  workflowId: string;
  fetchHistory(): Promise<History>;
}): Promise<void> {
  const history = await handle.fetchHistory();
  expect(withoutSummary(history)).toEqual([]);
  await replayHistory({ workflowId: handle.workflowId, history });
}

/** The activities and timers of which a person would read no reason there. */
function withoutSummary({ events }: History): string[] {
  return (events ?? []).flatMap((event) => {
    const { timerStartedEventAttributes: timer, activityTaskScheduledEventAttributes: activity } = event;
    if ((!timer && !activity) || event.userMetadata?.summary) return [];
    return [activity?.activityType?.name ?? `timer ${timer?.timerId}`];
  });
}
