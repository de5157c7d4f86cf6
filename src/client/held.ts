import type { Client } from '@temporalio/client';
import { DataflowError } from './dataflow-error.ts';
import { searchAttributes } from '../search-attribute-keys.ts';
import { shellWord } from '../shell-word.ts';
import { workersOf } from './workers-there.ts';

/** What is being done, by the type of what runs under an id. */
const doings: Record<string, string> = {
  createDataflow: 'is just being created',
  updateDataflow: 'is just being changed',
  deleteDataflow: 'is just being deleted',
  importDataflow: 'is just being adopted',
  ensureConnection: 'is just being made or changed',
  deleteConnection: 'is just being deleted',
};

/** Events of a workflow that no worker has begun: that it was started, and that its first task waits. */
const eventsOfNone = 2;

/**
 * Something else is at work on what a workflow id stands for: what holds it, and how it ends.
 * @param subject such as `The dataflow prod/orders`. @param more what is different about it
 */
export async function heldConflict(
  client: Client,
  workflowId: string,
  subject: string,
  more = '',
): Promise<DataflowError> {
  const { type, status, historyLength, taskQueue, closeTime, typedSearchAttributes } = await client.workflow
    .getHandle(workflowId)
    .describe();
  const doing = doings[type] ?? `is held by a ${type}`;
  const conflict = (how: string) =>
    new DataflowError('Conflict', `${subject} ${doing}${more}, by the workflow ${workflowId}. ${how}`, {
      reason: 'held',
      workflowId,
      workflowType: type,
    });
  const line = (verb: string) => `temporal workflow ${verb} --workflow-id ${shellWord(workflowId)}`;
  if (closeTime) return conflict('It has ended meanwhile: try again');
  if (status.name === 'PAUSED')
    return conflict(`It is paused in Temporal. To let it go on: ${line('unpause')}`);
  const waits = typedSearchAttributes.get(searchAttributes.state) === 'waiting-for-person';
  if (waits)
    return conflict(
      `It waits for a person. To see what it waits for: ${line('metadata')}\nTo give it up: ${line('cancel')}`,
    );
  // Who may not ask for that is told of the conflict all the same.
  const { missing } = await workersOf(client, taskQueue).catch(() => ({ missing: undefined }));
  if (missing === undefined) return conflict('Try again when that has ended');
  const end =
    historyLength <= eventsOfNone
      ? `It has done nothing yet. To give it up: ${line('terminate')}`
      : // What was sent to AEP must be noted, which only a worker can do.
        `To have it stop then: ${line('cancel')}`;
  return conflict(`It goes on when there is a worker: ${missing}. ${end}`);
}
