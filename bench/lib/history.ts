import type { Client } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;
const { HistoryEvent } = proto.temporal.api.history.v1;
type Event = temporal.api.history.v1.IHistoryEvent;

/** Temporal's record of one workflow. */
export async function historyOf(client: Client, workflowId: string): Promise<Event[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return events ?? [];
}

/** When Temporal had the answer of the last completed activity of this type. Epoch milliseconds. */
export function completedAt(events: Event[], activityType: string): number {
  const scheduled = new Set(
    events
      .filter((one) => one.activityTaskScheduledEventAttributes?.activityType?.name === activityType)
      .map(({ eventId }) => String(eventId)),
  );
  const completed = events.findLast((one) =>
    scheduled.has(String(one.activityTaskCompletedEventAttributes?.scheduledEventId)),
  );
  return timeOf(completed!);
}

export function timeOf({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}

/** `ActivityTaskScheduled` and so on, with how many there are and how many bytes they take. */
export function countEvents(events: Event[]): Record<string, { count: number; bytes: number }> {
  const counts: Record<string, { count: number; bytes: number }> = {};
  for (const event of events) {
    const name = EventType[event.eventType ?? 0]!.replace('EVENT_TYPE_', '');
    const entry = (counts[name] ??= { count: 0, bytes: 0 });
    entry.count += 1;
    entry.bytes += bytesOf(event);
  }
  return counts;
}

/** As the server stores it. */
export function bytesOf(event: Event): number {
  return HistoryEvent.encode(event).finish().length;
}

export type { Event };
