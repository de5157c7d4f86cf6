import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Problem } from '../definition/problems.ts';
import type { Watch } from '../definition/watch.ts';

const { knowsWebhook } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'Does the environment hold the webhook',
});

/** What is wrong with the webhook that a watch names. Only a worker can tell: the address is a secret of its environment. */
export async function webhookProblems({ notify }: Watch = {}): Promise<Problem[]> {
  const name = notify?.webhook;
  if (name === undefined || (await knowsWebhook(name))) return [];
  const variable = `AEP_WEBHOOK_${name.toUpperCase().replaceAll('-', '_')}`;
  const message = `The environment of the worker has no webhook "${name}": set ${variable}_URL and ${variable}_KEY on every worker.`;
  return [{ field: 'notify.webhook', message }];
}
