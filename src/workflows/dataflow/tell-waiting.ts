import {
  type ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  uuid4,
  workflowInfo,
  rootCause,
} from '@temporalio/workflow';
import { aepLine, updateLine } from '../../command-line.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ApprovalMessage, CreateMessage } from '../../runs/notification.ts';
import { shellWord } from '../../shell-word.ts';
import { deliver, deliveriesOf } from '../watch/outbox.ts';

/**
 * Tells whom the definition names for its watch that the create waits for a person after a refusal.
 *
 * @returns ends it: what was not taken until somebody decided is of no use any more.
 */
export function tellThatItWaits(
  definition: Definition,
  { type, message, details }: ApplicationFailure,
): () => void {
  const { code } = (details?.[0] ?? {}) as { code?: string };
  return tell(definition, ({ workflowId, ...envelope }) => ({
    ...envelope,
    event: 'createWaits',
    cause: { type: type!, ...(code ? { code } : {}), message },
    next: `See to the cause. Then let it go on: "${updateLine(workflowId, 'resume')}", with --input-file where it takes a corrected definition. Or have it give up: "${updateLine(workflowId, 'giveUp')}", which keeps what was made unless it has --input '"rollback"'.`,
    workflowId,
  }));
}

/** The same where a plan is to be approved. */
export function tellOfPlan(definition: Definition, { digest, summary }: Plan): () => void {
  return tell(definition, ({ workflowId, ...envelope }) => ({
    ...envelope,
    event: 'approvalNeeded',
    digest,
    summary,
    next: `Look at the plan: "temporal workflow metadata --workflow-id ${shellWord(workflowId)}". Then: "${aepLine('approve', dataflowId(definition), ` --digest ${digest} --by YOU`)}", or "${aepLine('reject', dataflowId(definition), ' --by YOU --why WHY')}".`,
    workflowId,
  }));
}

type Waits = CreateMessage | ApprovalMessage;
type Envelope = Pick<Waits, 'version' | 'id' | 'at' | 'dataflow' | 'sandbox' | 'workflowId'>;

/** Beside the waiting, and never holding it up. */
function tell(definition: Definition, messageOf: (envelope: Envelope) => Waits): () => void {
  const { watch = {}, sandbox } = definition;
  if (!watch.notify) return () => undefined;
  const { workflowId } = workflowInfo();
  const message = messageOf({
    version: 1,
    id: uuid4(),
    at: new Date().toISOString(),
    dataflow: dataflowId(definition),
    sandbox,
    workflowId,
  });
  const telling = new CancellationScope();
  for (const delivery of deliveriesOf(watch, message))
    telling
      .run(() => deliver(delivery))
      .catch((error: unknown) => {
        if (!isCancellation(error))
          log.warn('A message was not delivered', { error: rootCause(error) ?? String(error) });
      });
  return () => telling.cancel();
}
