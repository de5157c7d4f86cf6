import {
  condition,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ShapeActivities } from './shape-activities.ts';

const options = { startToCloseTimeout: '10 seconds' } as const;
const { empty, callAep } = proxyActivities<ShapeActivities>(options);
const locally = proxyLocalActivities<ShapeActivities>(options);

/** As many activities, in the same order, as a dataflow that is created. They do nothing, or call AEP once. */
export async function shape(callsAep: boolean): Promise<string> {
  const act = callsAep ? callAep : empty;
  await locally.empty();
  const looks = [act(), act(), act(), act(), act()];
  const lookedUp = Promise.all(looks);
  const after = async (...needs: Promise<unknown>[]) => {
    await Promise.all(needs);
    return act();
  };
  const sourceConnection = after(lookedUp);
  const schema = after();
  const dataset = after(lookedUp, schema);
  const targetConnection = after(dataset);
  const mappingSet = after(lookedUp, schema);
  const flow = await after(sourceConnection, targetConnection, mappingSet);
  await startChild(shapeWatcher, {
    args: [callsAep],
    workflowId: `${workflowInfo().workflowId}/watcher`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return flow;
}

/** A watcher that has looked once and waits. */
export async function shapeWatcher(callsAep: boolean): Promise<void> {
  await (callsAep ? callAep : empty)();
  await condition(() => false, '1 day');
}
