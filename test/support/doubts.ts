import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Created } from '../../src/activities/index.ts';
import { activityName } from '../../src/resources/kinds.ts';

/** The creates of one dataflow that were in doubt. A schema's is not: AEP refuses a second one, so that it may be sent again. */
export async function doubtsOf(
  client: Client,
  { workflowId }: { workflowId: string },
): Promise<{ type: string; doubts: string[] }[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return events!.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    const type = scheduled?.activityType?.name ?? '';
    if (!type.startsWith('create') || type === activityName('create', 'schema')) return [];
    const ends = events!.map((one) => one.activityTaskCompletedEventAttributes);
    const end = ends.find((one) => one?.scheduledEventId?.equals(eventId!));
    const [created] = (end?.result?.payloads ?? []).map((one) =>
      defaultPayloadConverter.fromPayload<Created>(one),
    );
    return created && created.doubts.length > 0 ? [{ type, doubts: created.doubts }] : [];
  });
}
