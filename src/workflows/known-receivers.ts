import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { problemsOfReceivers, receiverKinds, type KnownReceivers } from '../definition/known-receivers.ts';
import type { Problem } from '../definition/problems.ts';
import type { Watch } from '../definition/watch.ts';

const { knownReceivers: receiversOfWorker } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  summary: 'The webhooks and channels in the environment',
});

/** Whom the environment of the worker knows. Only a worker can tell: addresses are its secrets. It is not asked where a watch names nobody. */
export async function knownReceivers({ notify = {} }: Watch): Promise<KnownReceivers> {
  return receiverKinds.some((kind) => notify[kind] !== undefined) ? receiversOfWorker() : {};
}

/** What is wrong with those whom a watch is to tell. */
export async function receiverProblems(watch: Watch = {}): Promise<Problem[]> {
  return problemsOfReceivers(watch, await knownReceivers(watch));
}
