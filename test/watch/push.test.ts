import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createWake } from '../../src/listener/wake.ts';
import { startProgram } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';
import { startAdobe } from './adobe.ts';
import { administrator, makeFlow } from './make-flow.ts';
import { startRig, type Rig } from '../support/rig.ts';

const clientId = 'our-client';
let adobe: Awaited<ReturnType<typeof startAdobe>>;
let rig: Rig;
beforeAll(async () => {
  adobe = await startAdobe(clientId);
  // Nobody looks for an hour, unless woken.
  rig = await startRig({ env: { AEP_WATCH_INTERVAL: '3600000' } });
  await rig.startWorker();
});
afterAll(async () => {
  await rig.close();
  await adobe.close();
});

function startListener(env: Record<string, string> = {}) {
  return startProgram('src/listener.ts', [], {
    ...rig.temporal.env,
    AEP_CLIENT_ID: clientId,
    AEP_LISTENER_PORT: '0',
    AEP_EVENTS_KEYS_URL: adobe.keysUrl,
    ...env,
  });
}

const reads = (flowId: string) =>
  rig.emulator.control
    .requests({ method: 'GET', path: '/flowservice/runs' })
    .filter(({ query }) => JSON.stringify(query).includes(flowId)).length;

test('an event has its flow looked at: what happened is what AEP says, however often and whatever the event says', async () => {
  const aep = administrator(rig.emulator.url);
  const flowId = await makeFlow(aep);
  const watcher = await rig.client.watch({ sandbox: 'prod', flowId });
  await watcher.checkNow();

  const listener = startListener();
  const url = await waitFor('the listener', () => /http:\/\/[\d.]+:\d+/.exec(listener.stderr())?.[0], 45_000);
  const send = async (payload: unknown, headers?: Record<string, string>) => {
    const body = JSON.stringify(payload);
    return (await fetch(url, { method: 'POST', body, headers: headers ?? adobe.headersFor(body) })).status;
  };
  const now = rig.emulator.control.clock().now;
  const run = rig.emulator.control.makeRun(flowId, { outcome: 'failed', completedAt: now - 1 });
  const event = { id: run['id'], flowId, sandboxName: 'prod' };

  // Adobe says that it went well; AEP says that it failed.
  expect(await send(adobe.success(event))).toBe(200);
  await waitFor(
    'the verdict',
    async () => (await rig.client.health({ sandbox: 'prod', flowId }))?.verdict === 'failed',
  );

  // Doubled, forged, of a flow that nobody watches, and of one whose sandbox is not said.
  const looked = reads(flowId);
  expect(await send(adobe.success(event))).toBe(200);
  expect(await send(adobe.success({ ...event, id: 'other' }), {})).toBe(401);
  expect(await send(adobe.success({ ...event, flowId: 'nobody' }))).toBe(200);
  expect((await watcher.checkNow()).totals).toMatchObject({ failed: 1, ok: 0 });
  expect(reads(flowId)).toBe(looked + 1);
  expect(await send(adobe.failure({ id: 'third', flowId }))).toBe(200);
  await waitFor('a look', () => reads(flowId) === looked + 2);

  listener.kill('SIGTERM');
  expect(await listener.ended).toBe(0);
  await watcher.stop();
});

test('one message that names many flows without their sandbox has them looked up by few lists', async () => {
  const aep = administrator(rig.emulator.url);
  const flowIds = [await makeFlow(aep), await makeFlow(aep)];
  const watchers = await Promise.all(flowIds.map((flowId) => rig.client.watch({ sandbox: 'prod', flowId })));
  for (const watcher of watchers) await watcher.checkNow();
  const before = flowIds.map(reads);

  const { client } = rig.temporal;
  const list = vi.spyOn(client.workflow, 'list');
  const wake = createWake(client);
  const nobody = Array.from({ length: 148 }, (_, n) => `nobody-${n}`);
  const events = [flowIds[0]!, ...nobody, flowIds[1]!].map((flowId) => ({ flowId, runId: 'a', status: 's' }));
  // Lists are a moment behind.
  await waitFor('both looks', async () => {
    list.mockClear();
    await wake(events);
    expect(list.mock.calls.length).toBeLessThanOrEqual(2);
    return flowIds.every((flowId, n) => reads(flowId) > before[n]!);
  });
  list.mockRestore();
  for (const watcher of watchers) await watcher.stop();
});

test('a listener that is not configured says all that is missing, and ends', async () => {
  const listener = startListener({ AEP_CLIENT_ID: '', AEP_LISTENER_PORT: 'x' });
  expect(await listener.ended).toBe(1);
  expect(listener.stderr()).toMatch(/AEP_CLIENT_ID is not set[^]*AEP_LISTENER_PORT must be a port/);
});
