import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Definition } from '../../src/client.ts';
import { DataflowError } from '../../src/client.ts';
import { example } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { startRigWithReceiver, until, type RigWithReceiver } from './rig-with-receiver.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

async function create(name: string, watch?: Definition['watch'], changes: Partial<Definition> = {}) {
  const definition = example('orders-from-bigquery', { name, schema: undefined, dataset: { id: dataSetId } });
  delete definition['schema'];
  const asked = { ...definition, ...changes, ...(watch ? { watch } : {}) };
  return (await rig.client.start(asked)).result();
}
const dataSetId = '6019e0e7c5dcf718db5ebc71';

describe('a dataflow whose definition says how it is watched', () => {
  test('is watched so; another create with other settings changes them, and is no Conflict', async () => {
    const first = await create('watched', { notify: { webhook: 'on-call' }, pauseAfter: 9 });
    const watcher = rig.client.watcher({ sandbox: 'prod', flowId: first.flowId });
    await watcher.checkNow();
    rig.makeRun(first.flowId, 'failed');
    await waitFor('the message', () => rig.receiver.about(first.flowId)[0]?.verdict === 'failed');

    const again = await create('watched', { pauseAfter: 1 });
    expect(again.flowId).toBe(first.flowId);
    rig.makeRun(first.flowId, 'failed');
    await waitFor(
      'the pause',
      async () => (await rig.client.health({ sandbox: 'prod', flowId: first.flowId }))?.verdict === 'paused',
    );
    expect(rig.receiver.about(first.flowId)).toHaveLength(1);
  });

  test('keeps its settings through a create that says nothing of them', async () => {
    const { flowId } = await create('kept', { pauseAfter: 1 });
    await create('kept');
    await rig.client.watcher({ sandbox: 'prod', flowId }).checkNow();
    rig.makeRun(flowId, 'failed');
    await waitFor(
      'the pause',
      async () => (await rig.client.health({ sandbox: 'prod', flowId }))?.verdict === 'paused',
    );
  });
});

describe('a create of a dataflow that lives', () => {
  test.each([
    ['nothing of its watch', undefined],
    ['how it is watched', { pauseAfter: 7 }],
  ])(
    'warns where somebody has disabled the flow, and its watcher knows it too, if the definition says %s',
    async (what, watch) => {
      const name = `disabled: ${what}`;
      const { flowId } = await create(name);
      const flow = { sandbox: 'prod', flowId };
      const { client } = rig;
      await waitFor('the first look', async () => (await client.health(flow))?.watch.began !== undefined);
      await rig.aep.flowService.setFlowState(flow, flowId, 'disable');

      const again = await create(name, watch);
      expect(again.flowId).toBe(flowId);
      const message = expect.stringContaining(`The flow ${flowId} is disabled`) as string;
      expect(again.warnings).toContainEqual({ code: 'flow-disabled', message });
      await waitFor('the verdict', async () => (await client.health(flow))?.verdict === 'paused');

      await client.watcher(flow).resume();
      const codes = (await create(name)).warnings.map(({ code }) => code);
      expect(codes).not.toContain('flow-disabled');
    },
  );

  test('is a Conflict that names updateDataflow where a name or description is another', async () => {
    const { flowId } = await create('described', undefined, { description: 'Old' });
    const target = { name: 'Another name' };
    const again = create('described', undefined, { description: 'New', target });
    await expect(again).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('updateDataflow'),
      details: {
        differences: expect.arrayContaining([
          { field: 'description', wanted: 'New', found: 'Old' },
          { field: 'target.name', wanted: 'Another name', found: 'described' },
        ]),
      },
    });
    const [flow] = rig.emulator.control.resources('flows', 'prod').filter(({ id }) => id === flowId);
    expect(flow!['description']).toMatch(/^Old\n/);
  });
});

test('a webhook that no worker knows is refused before anything is created or changed, by the names of the variables', async () => {
  const before = rig.emulator.control.requests({ method: 'POST', path: '/flowservice/**' }).length;
  const problem = {
    field: 'watch.notify.webhook',
    message: expect.stringMatching(
      /no webhook "on-holiday", only on-call.*: set AEP_WEBHOOK_ON_HOLIDAY_URL and AEP_WEBHOOK_ON_HOLIDAY_KEY/,
    ),
  };
  const nobody = { notify: { webhook: 'on-holiday' } };
  await expect(create('untold', nobody)).rejects.toMatchObject({
    type: 'InvalidDefinition',
    details: { problems: [problem] },
  });
  expect(rig.emulator.control.requests({ method: 'POST', path: '/flowservice/**' })).toHaveLength(before);

  const { flowId, watcher } = await rig.watch({ pauseAfter: 1 });
  const handle = rig.client.watcher({ sandbox: 'prod', flowId });
  await expect(handle.setWatch(nobody)).rejects.toMatchObject({
    type: 'InvalidDefinition',
    details: { problems: [{ ...problem, field: 'notify.webhook' }] },
  });
  rig.makeRun(flowId, 'failed');
  await until(watcher, 'the pause that was set before', ({ verdict }) => verdict === 'paused');
  expect(await handle.setWatch({ notify: { webhook: 'on-call' } })).toEqual({
    notify: { webhook: 'on-call' },
  });
});

describe('the client', () => {
  test('watches a flow that is not ours, and asks its watcher', async () => {
    const { flowId, watcher } = await rig.watch({});
    await watcher.terminate();
    const flow = { sandbox: 'prod', flowId };
    const handle = await rig.client.watch(flow);
    expect(handle.workflowId).toBe(watcher.workflowId);
    expect((await rig.client.watch(flow)).workflowId).toBe(watcher.workflowId);
    expect((await handle.checkNow()).verdict).toBe('pending');
    expect(await handle.setWatch({ pauseAfter: 2 })).toEqual({ pauseAfter: 2 });
    await rig.aep.flowService.setFlowState(flow, flowId, 'disable');
    expect((await handle.checkNow()).verdict).toBe('paused');
    expect((await handle.resume()).verdict).toBe('pending');
    rig.makeRun(flowId, 'failed');
    expect(await waitFor('the failure', async () => (await handle.checkNow()).verdict === 'failed')).toBe(
      true,
    );
    const { runId } = await handle.retryRun();
    expect(rig.emulator.control.resources('runs').map(({ id }) => id)).toContain(runId);
    expect(await handle.stop()).toMatchObject({ verdict: 'failed' });
  });

  test('throws what was refused as an error of its own', async () => {
    const { flowId, watcher } = await rig.watch({});
    const handle = rig.client.watcher({ sandbox: 'prod', flowId });
    await expect(handle.resume()).rejects.toThrow(DataflowError);
    await expect(handle.resume()).rejects.toMatchObject({ type: 'Conflict' });
    await expect(handle.setWatch({ pauseAfter: -1 })).rejects.toMatchObject({
      type: 'InvalidDefinition',
      details: { problems: [{ field: 'pauseAfter' }] },
    });
    await watcher.terminate();
  });
});
