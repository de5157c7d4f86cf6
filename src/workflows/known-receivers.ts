import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { problemsOfReceivers, type KnownReceivers } from '../definition/known-receivers.ts';
import type { Problem } from '../definition/problems.ts';
import { channelKinds, type Watch } from '../definition/watch.ts';

const { knownWebhooks } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'The webhooks in the environment',
});
const { knownChannels } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'The channels in the environment',
});

/** Whom the environment of the worker knows, of the kinds that a watch names. Only a worker can tell: addresses are its secrets. */
export async function knownReceivers({ notify = {} }: Watch): Promise<KnownReceivers> {
  const namesChannel = channelKinds.some((kind) => notify[kind] !== undefined);
  const [webhook, channels] = await Promise.all([
    notify.webhook === undefined ? [] : knownWebhooks(),
    namesChannel ? knownChannels() : {},
  ]);
  return { webhook, ...channels };
}

/** What is wrong with those whom a watch is to tell. */
export async function receiverProblems(watch: Watch = {}): Promise<Problem[]> {
  return problemsOfReceivers(watch, await knownReceivers(watch));
}
