import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orders, places } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(3);
const reason = 'AEP is being moved';
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** A create whose dataset AEP refuses to make, again and again. */
async function held(sandbox: string) {
  const fault = { method: 'POST', path: '/catalog/dataSets', kind: '429', sandbox, times: 1_000 } as const;
  rig.emulator.control.addFault(fault);
  const handle = await rig.client.start(orders(sandbox));
  await waitFor('the dataset to wait', async () =>
    (await handle.progress()).waiting.some(({ activity }) => activity === 'createDataset'),
  );
  return handle;
}

function pause(workflowId: string) {
  const { client, namespace } = rig.temporal;
  return client.workflowService.pauseWorkflowExecution({ namespace, workflowId, reason, identity: 'ann' });
}

function unpause(workflowId: string) {
  const { client, namespace } = rig.temporal;
  return client.workflowService.unpauseWorkflowExecution({ namespace, workflowId, reason: 'moved' });
}

const paused = { since: expect.any(Number) as number, by: 'ann', reason };
const refused = {
  type: 'Conflict',
  message: expect.stringMatching(/paused in Temporal.*temporal workflow unpause/) as string,
};

describe('a create that somebody has paused in Temporal', () => {
  it('is said to be paused, by whom and why; it is still at work, and goes on when that is taken back', async () => {
    const sandbox = next();
    const handle = await held(sandbox);
    await pause(handle.workflowId);
    expect(await handle.progress()).toMatchObject({
      dataflow: `${sandbox}/orders`,
      state: 'paused',
      paused,
      // The worker slows down as a whole, so that the mapping set may wait too.
      waiting: expect.arrayContaining([
        expect.objectContaining({ activity: 'createDataset', why: 'RateLimited' }),
      ]),
    });
    await expect(handle.resume()).rejects.toMatchObject(refused);
    await expect(handle.giveUp()).rejects.toMatchObject(refused);

    // The same definition is the same execution, and what it has made is nobody's orphan.
    const again = await rig.client.start(orders(sandbox));
    expect(again.workflowId).toBe(handle.workflowId);
    await expect(rig.client.delete({ sandbox, name: 'orders' })).rejects.toMatchObject({ type: 'Conflict' });
    const { atWork, orphans } = await waitFor('what was made to be old enough', async () => {
      const listed = await rig.client.listOrphans({ sandbox });
      return (listed.atWork.length > 0 || listed.count > 0) && listed;
    });
    expect({ atWork, orphans }).toEqual({ atWork: [`${sandbox}/orders`], orphans: [] });

    rig.emulator.control.clearFaults();
    await unpause(handle.workflowId);
    await handle.result();
    expect(await handle.progress()).not.toHaveProperty('paused');
  });

  it('in one of its calls alone is running, and that call is said to be paused', async () => {
    const sandbox = next();
    const handle = await held(sandbox);
    const { client, namespace } = rig.temporal;
    const activity = { namespace, execution: { workflowId: handle.workflowId }, type: 'createDataset' };
    await client.workflowService.pauseActivity({ ...activity, reason, identity: 'ann' });
    expect(await handle.progress()).toMatchObject({
      state: 'running',
      waiting: expect.arrayContaining([expect.objectContaining({ activity: 'createDataset', paused })]),
    });
    rig.emulator.control.clearFaults();
    await client.workflowService.unpauseActivity(activity);
    await handle.result();
  });
});

describe('a watcher that somebody has paused in Temporal', () => {
  it('answers nobody, and whoever asks is told why', async () => {
    const sandbox = next();
    const { flowId, watcherWorkflowId } = await (await rig.client.start(orders(sandbox))).result();
    const flow = { sandbox, flowId };
    await waitFor('the first look', async () => (await rig.client.health(flow))?.watch.began);
    await pause(watcherWorkflowId);
    await expect(rig.client.health(flow)).rejects.toMatchObject(refused);
    await expect(rig.client.watcher(flow).checkNow()).rejects.toMatchObject(refused);
    await expect(rig.client.watcher(flow).retryRun()).rejects.toMatchObject(refused);
    await unpause(watcherWorkflowId);
    await waitFor('an answer', async () => (await rig.client.health(flow))?.verdict === 'pending', 60_000);
  });
});
