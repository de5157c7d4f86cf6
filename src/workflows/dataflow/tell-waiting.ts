import {
  type ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  uuid4,
  workflowInfo,
  rootCause,
} from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { CreateMessage } from '../../runs/notification.ts';
import { deliver, deliveriesOf } from '../watch/outbox.ts';

/**
 * Tells whom the definition names for its watch that the create waits for a person, beside the waiting and never holding
 * it up.
 *
 * @returns ends it: what was not taken until somebody decided is of no use any more.
 */
export function tellThatItWaits(definition: Definition, refusal: ApplicationFailure): () => void {
  const { watch = {} } = definition;
  if (!watch.notify) return () => undefined;
  const deliveries = deliveriesOf(watch, messageOf(definition, refusal));
  const telling = new CancellationScope();
  for (const delivery of deliveries)
    telling
      .run(() => deliver(delivery))
      .catch((error: unknown) => {
        if (!isCancellation(error))
          log.warn('A message was not delivered', { error: rootCause(error) ?? String(error) });
      });
  return () => telling.cancel();
}

function messageOf(definition: Definition, { type, message, details }: ApplicationFailure): CreateMessage {
  const { code } = (details?.[0] ?? {}) as { code?: string };
  const { workflowId } = workflowInfo();
  return {
    version: 1,
    id: uuid4(),
    at: new Date().toISOString(),
    event: 'createWaits',
    dataflow: dataflowId(definition),
    sandbox: definition.sandbox,
    cause: { type: type!, ...(code ? { code } : {}), message },
    next: `See to the cause. Then send the update "resume" to the workflow ${workflowId}, with a corrected definition where that is what it takes; or "giveUp" with "keep" or "rollback".`,
    workflowId,
  };
}
