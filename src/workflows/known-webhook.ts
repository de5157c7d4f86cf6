import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { problemsOfWebhook } from '../definition/known-webhook.ts';
import type { Problem } from '../definition/problems.ts';
import type { Watch } from '../definition/watch.ts';

/** The names of the webhooks in the environment of the worker. Only a worker can tell: their addresses are its secrets. */
export const { knownWebhooks } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'The webhooks in the environment',
});

/** What is wrong with the webhook that a watch names. */
export async function webhookProblems(watch: Watch = {}): Promise<Problem[]> {
  if (watch.notify?.webhook === undefined) return [];
  return problemsOfWebhook(watch, await knownWebhooks());
}
