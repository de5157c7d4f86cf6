import { inTurns } from '../../src/activities/in-turns.ts';
import { newDefinition } from '../lib/definitions.ts';
import type { Crew } from './crew.ts';

/** What many creates that begin at the same moment came to. */
export interface Burst {
  /** Until the last was done. */
  seconds: number;
  /** Creates of which something was in doubt, though nobody was hit. */
  inDoubt: number;
  /** Flows beside one for each. */
  duplicates: number;
}

export async function burst({ client, dataflows, emulator }: Crew, creates: number): Promise<Burst> {
  const before = (await emulator.resources('flows')).length;
  const startedAt = performance.now();
  const handles = await Promise.all(
    Array.from({ length: creates }, () => dataflows.start(newDefinition('newer'))),
  );
  await Promise.all(handles.map((handle) => handle.result()));
  const seconds = (performance.now() - startedAt) / 1000;
  let inDoubt = 0;
  for await (const [, isDoubtful] of inTurns(handles, ({ workflowId }) => wasInDoubt(client, workflowId)))
    if (isDoubtful) inDoubt += 1;
  const made = (await emulator.resources('flows')).length - before;
  return { seconds, inDoubt, duplicates: made - creates };
}

/** A create whose worker was missed, or that ended with doubts left to be swept. */
async function wasInDoubt(client: Crew['client'], workflowId: string): Promise<boolean> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const creates = new Set(
    events!
      .filter((one) => one.activityTaskScheduledEventAttributes?.activityType?.name?.startsWith('create'))
      .map(({ eventId }) => String(eventId)),
  );
  return events!.some(
    ({ activityTaskTimedOutEventAttributes: timedOut, activityTaskFailedEventAttributes: failed }) => {
      const scheduled = timedOut?.scheduledEventId ?? failed?.scheduledEventId;
      return scheduled !== undefined && scheduled !== null && creates.has(String(scheduled));
    },
  );
}
