import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders, places, requestsIn } from '../support/dataflows.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(1);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    emulator: { sandboxes, referenceLagMs: 1_000 },
    // A watcher that cannot read its flow asks again after an interval, or a quarter of a minute if that is shorter.
    env: { ...quickToFollow, AEP_LIST_LAG: '2500' },
  });
  await rig.startWorker();
});
afterAll(() => rig.close());

it('a flow that cannot be read at first is watched all the same, also by who asks for a look at once', async () => {
  const sandbox = next();
  rig.emulator.control.addFault({
    method: 'GET',
    path: '/flowservice/flows/*',
    sandbox,
    kind: '404',
    times: 2,
  });
  const handle = await rig.client.start(orders(sandbox));
  const { watcherWorkflowId, flowId } = await handle.result();
  const { verdict } = await rig.client.watcher({ sandbox, flowId }).checkNow();
  expect(verdict).toBe('pending');
  const reads = requestsIn(rig, sandbox, { method: 'GET', path: `/flowservice/flows/${flowId}` });
  expect(reads.map(({ status }) => status).slice(0, 3)).toEqual([404, 404, 200]);
  const watcher = rig.temporal.client.workflow.getHandle(watcherWorkflowId);
  expect((await watcher.describe()).status.name).toBe('RUNNING');
});
