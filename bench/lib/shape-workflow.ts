import {
  condition,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { emptyActivities } from './empty-activities.ts';

const options = { startToCloseTimeout: '10 seconds' } as const;
const { empty } = proxyActivities<typeof emptyActivities>(options);
const locally = proxyLocalActivities<typeof emptyActivities>(options);

/** As many activities, in the same order, as a dataflow that is created; none does anything. */
export async function shape(): Promise<string> {
  await locally.empty();
  const looks = [empty(), empty(), empty(), empty(), empty()];
  const lookedUp = Promise.all(looks);
  const after = async (...needs: Promise<unknown>[]) => {
    await Promise.all(needs);
    return empty();
  };
  const sourceConnection = after(lookedUp);
  const schema = after();
  const dataset = after(lookedUp, schema);
  const targetConnection = after(dataset);
  const mappingSet = after(lookedUp, schema);
  const flow = await after(sourceConnection, targetConnection, mappingSet);
  await startChild(shapeWatcher, {
    workflowId: `${workflowInfo().workflowId}/watcher`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return flow;
}

/** A watcher that has looked once and waits. */
export async function shapeWatcher(): Promise<void> {
  await empty();
  await condition(() => false, '1 day');
}
