import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { tellSome } from '../cut.ts';
import { nearest } from '../definition/nearest.ts';
import type { Problem } from '../definition/problems.ts';
import type { Watch } from '../definition/watch.ts';

const { knownWebhooks } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'The webhooks in the environment',
});

/** What is wrong with the webhook that a watch names. Only a worker can tell: the address is a secret of its environment. */
export async function webhookProblems({ notify }: Watch = {}): Promise<Problem[]> {
  const name = notify?.webhook;
  if (name === undefined) return [];
  const known = await knownWebhooks();
  if (known.includes(name)) return [];
  const variable = `AEP_WEBHOOK_${name.toUpperCase().replaceAll('-', '_')}`;
  const message = `The environment of the worker has no webhook "${name}"${tellKnown(name, known)}: set ${variable}_URL and ${variable}_KEY on every worker.`;
  return [{ field: 'notify.webhook', message }];
}

function tellKnown(name: string, known: string[]): string {
  if (known.length === 0) return ', nor any other';
  const near = nearest(name, known);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `, only ${tellSome(known)}${hint}`;
}
