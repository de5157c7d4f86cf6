import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Watch } from '../../definition/watch.ts';
import type { Message } from '../../runs/message.ts';
import type { Delivery } from '../../runs/reactions.ts';

/** A message that nobody has taken for so long is of no use any more. */
const messageLivesMs = 3 * 24 * 3_600_000;

/** A message to everybody who is to be told. */
export function deliveriesOf<M extends Message>({ notify }: Watch, message: M): Delivery<M>[] {
  return [
    ...(notify?.webhook ? [{ message, webhook: notify.webhook }] : []),
    ...(notify?.workflow ? [{ message, workflow: notify.workflow }] : []),
  ];
}

/**
 * Delivers a message, again and again until it is taken: it may come twice.
 * @throws ActivityFailure where it was not taken in three days.
 */
export async function deliver({ message, webhook, workflow }: Delivery<Message>): Promise<void> {
  const what = [message.event, ...('verdict' in message ? [message.verdict] : [])].join(', ');
  const { sendMessage, signalWorkflow } = proxyActivities<Activities>({
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: Math.max(1_000, Date.parse(message.at) + messageLivesMs - Date.now()),
    retry: { maximumInterval: '1 minute' },
    summary: `Tell ${webhook ?? workflow?.workflowId}: ${what}`,
  });
  if (webhook) await sendMessage({ webhook, message });
  else if (workflow) await signalWorkflow({ ...workflow, message });
}
