import { fileURLToPath } from 'node:url';
import { WorkflowNotFoundError } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFollower } from '../../src/activities/watch/ensure-follower.ts';
import { readConfig } from '../../src/settings/config.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { keptBundle } from '../../src/worker/kept-bundle.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { readFlow } from '../../src/runs/flow.ts';
import { absorb, type WatchState } from '../../src/runs/watch-state.ts';
import type { HandOver } from '../../src/workflows/watch/hand-over.ts';
import { checkNowUpdate, setWatchUpdate } from '../../src/workflows/watch/watch-messages.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';
import { waitFor } from '../support/wait-for.ts';
import { justEnded, makeFlow } from './make-flow.ts';
import {
  healthOf,
  onCall,
  replay,
  startRigWithReceiver,
  until,
  type RigWithReceiver,
  type Watcher,
} from './rig-with-receiver.ts';
import { gateQuery, openSignal } from './fixtures/gates.ts';
import type { handDown, replaceFlow, watchThroughGates } from './fixtures/workflows.ts';

let rig: RigWithReceiver;
let code: string;
let worker: TestWorker;
beforeAll(async () => {
  const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
  ({ code } = await keptBundle({
    ...workflowCode,
    workflowsPath: fixture('workflows'),
    workflowInterceptorModules: [...workflowCode.workflowInterceptorModules!, fixture('gates')],
    logger: new DefaultLogger('ERROR'),
  }));
  rig = await startRigWithReceiver({ startsWorker: false });
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop();
  await rig.close();
});

const startWorker = () =>
  startTestWorker(rig.temporal, {
    ...workerOptions(readConfig(rig.env)),
    workflowBundle: { code },
  });

const workflow = () => rig.temporal.client.workflow;
const watcherOf = (flowId: string): Watcher => workflow().getHandle(`flow:prod:${flowId}`);

function anotherFlow(): Promise<string> {
  const startTime = Math.ceil(rig.emulator.control.clock().now / 1000) + 86_400;
  return makeFlow(rig.aep, { schedule: { startTime, frequency: 'hour', interval: 1, backfill: true } });
}

function startReplacing(from: string, to: string, more: Partial<HandOver> = {}) {
  return workflow().start<typeof replaceFlow>('replaceFlow', {
    workflowId: `dataflow:replace:${crypto.randomUUID()}`,
    taskQueue: 'aep-dataflows',
    args: [{ sandbox: 'prod', from, to, ...more }],
  });
}

/** Returns whether the new watcher knows what to go on from. */
async function replace(from: string, to: string, more: Partial<HandOver> = {}): Promise<boolean> {
  return (await startReplacing(from, to, more)).result();
}

describe('a flow that another one takes the place of', () => {
  test('and that AEP does not show any more, is not looked at once more: AEP may be away', async () => {
    const { flowId, watcher } = await rig.watch(onCall);
    await until(watcher, 'the first look', ({ flowName }) => flowName !== undefined);
    const { control } = rig.emulator;
    control.addFault({ method: 'GET', path: '/flowservice/{runs,flows/*}', kind: '503', times: 1_000 });
    void watcher.executeUpdate(checkNowUpdate).catch(() => undefined);
    const to = await anotherFlow();
    await replace(flowId, to, { missing: true });
    expect(await watcher.result()).toMatchObject({ reason: 'replaced', replacedBy: to });
    control.clearFaults();
    await watcherOf(to).terminate();
  }, 30_000);

  test('has its watch go on for the other: what was counted, reported and not delivered is taken over, its failures are not', async () => {
    const settings = { ...onCall, retry: { times: 3, pause: '1h' }, pauseAfter: 2 };
    const { flowId, watcher, received, judge } = await rig.watch(settings);
    await judge('success', 'degraded');
    await received(2);
    rig.receiver.state.status = 503;
    await judge('failed');
    const before = await healthOf(watcher);
    const to = await anotherFlow();
    await replace(flowId, to);

    expect(await watcher.result()).toMatchObject({
      reason: 'replaced',
      replacedBy: to,
      health: { watch: { ended: 'replaced', replacedBy: to }, retries: [] },
    });
    await replay(watcher);
    const heir = watcherOf(to);
    const health = await until(heir, 'the first look', ({ flowName }) => flowName !== undefined);
    expect(health).toMatchObject({
      flowId: to,
      verdict: 'pending',
      totals: before.totals,
      lastSuccess: before.lastSuccess,
      lastRuns: [],
      retries: [],
      watch: { began: before.watch.began, settings },
    });
    expect(health).not.toHaveProperty('streak');

    // Both that nobody has taken yet, the second of them that nothing is run again any more.
    rig.receiver.state.status = 200;
    const messages = await received(4);
    expect(messages.map(({ event, verdict }) => [event, verdict])).toEqual([
      ['changed', 'ok'],
      ['changed', 'degraded'],
      ['changed', 'failed'],
      ['gaveUp', 'failed'],
    ]);
    expect(messages.at(-1)?.next).toContain(`replaced by the flow ${to}`);

    // One failure more is the first in a row of this flow; what was reported before is where its messages go on.
    rig.makeRun(to, 'failed');
    expect(await until(heir, 'the run', ({ totals }) => totals.failed === 2)).toMatchObject({
      verdict: 'failed',
      retries: [{ tried: 0 }],
      streak: { runs: 1 },
    });
    rig.makeRun(to, 'success');
    await until(heir, 'the next run', ({ verdict }) => verdict === 'ok');
    const [recovery] = await rig.receivedAbout(to, 1);
    expect(recovery).toMatchObject({ event: 'recovered', was: 'failed', totals: { ok: 2, failed: 2 } });
    await replay(heir);
    await heir.terminate();
  });

  test('is said to be replaced, and by which, to whoever asks for its watcher', async () => {
    const { flowId, watcher } = await rig.watch({});
    const to = await anotherFlow();
    await replace(flowId, to);
    await watcher.result();
    await expect(rig.client.watcher({ sandbox: 'prod', flowId }).checkNow()).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining(`replaced by the flow ${to}`) as string,
      details: { reason: 'replaced', replacedBy: to },
    });
    expect(await rig.client.health({ sandbox: 'prod', flowId })).toBeUndefined();
    await watcherOf(to).terminate();
  });

  test('hands over once, however often it is asked to, and whatever crosses that', async () => {
    const { flowId, watcher, judge } = await rig.watch({});
    await judge('success');
    const to = await anotherFlow();
    const once = await startReplacing(flowId, to);
    const twice = await startReplacing(flowId, to);
    // A worker that goes away in the middle of it.
    await worker.stop();
    worker = await startWorker();
    await Promise.all([once.result(), twice.result()]);
    const heir = watcherOf(to);
    await until(heir, 'the first look', ({ flowName }) => flowName !== undefined);
    const { runId } = await heir.describe();
    await replace(flowId, to, { watch: { pauseAfter: 3 } });
    await expect(watcher.signal('replaced', { flowId: to })).rejects.toBeInstanceOf(WorkflowNotFoundError);
    const health = await until(heir, 'its settings', ({ watch }) => watch.settings?.pauseAfter === 3);
    expect(health).toMatchObject({ totals: { ok: 1 } });
    expect((await heir.describe()).runId).toBe(runId);
    expect(await watcher.result()).toMatchObject({ reason: 'replaced', replacedBy: to });
    await heir.terminate();
  });

  test('that ends just before is judged to its last run', async () => {
    const { flowId, watcher } = await rig.watch({});
    // No follower says that it ended.
    await workflow().getHandle('runs:prod').terminate();
    rig.makeRun(flowId, 'success');
    const to = await anotherFlow();
    await replace(flowId, to);
    expect(await watcher.result()).toMatchObject({ health: { totals: { ok: 1 } } });
    const heir = watcherOf(to);
    await until(heir, 'the first look', ({ flowName, totals }) => flowName !== undefined && totals.ok === 1);
    await heir.terminate();
    // For the other tests: this worker brings none back (see `keep-followers.ts`).
    await startFollower(rig.temporal.client, 'aep-dataflows', 'prod');
  });

  test('that nobody watches leaves a watcher of the other that begins anew, with the settings asked for', async () => {
    const [from, to] = [await anotherFlow(), await anotherFlow()];
    expect(await replace(from, to, { watch: { pauseAfter: 4 }, dataflow: 'prod/orders' })).toBe(true);
    // One that is there was told by whoever started it.
    expect(await replace(from, to, { follows: { flowId: from, loadedUntil: 1 } })).toBe(false);
    const heir = watcherOf(to);
    expect(await until(heir, 'the first look', ({ flowName }) => flowName !== undefined)).toMatchObject({
      dataflow: 'prod/orders',
      totals: { ok: 0 },
      watch: { settings: { pauseAfter: 4 } },
    });
    await heir.terminate();
  });

  test('and that loads from another moment on has everybody told once, also where nobody has watched before', async () => {
    const [from, to] = [await anotherFlow(), await anotherFlow()];
    const { control } = rig.emulator;
    const loadedUntil = control.clock().now - 3_600_000;
    await replace(from, to, { watch: onCall, follows: { flowId: from, loadedUntil } });
    const heir = watcherOf(to);
    await until(heir, 'the first look', ({ flowName }) => flowName !== undefined);
    const { now } = control.clock();
    const window = { start: now - 1_800_000, end: now };
    control.makeRun(to, { ...justEnded(now), window });
    await rig.receivedAbout(to, 2);
    rig.makeRun(to, 'failed');
    const messages = await rig.receivedAbout(to, 3);
    expect(messages.map(({ event, verdict }) => [event, verdict])).toEqual([
      ['changed', 'ok'],
      ['gap', 'ok'],
      ['changed', 'failed'],
    ]);
    for (const moment of [loadedUntil, window.start])
      expect(messages[1]!.cause!.message).toContain(new Date(moment).toISOString());
    await replay(heir);
    await heir.terminate();
  });

  test('is watched on where what takes its place is nonsense', async () => {
    const { flowId, watcher } = await rig.watch({});
    const follows = { flowId, loadedUntil: -1 };
    for (const nonsense of [
      { flowId },
      { flowId: '../../x y' },
      { flowId: 'x', follows },
      {},
      'x',
      null,
      undefined,
    ])
      await watcher.signal('replaced', nonsense as never);
    expect(await watcher.executeUpdate(checkNowUpdate)).toMatchObject({ verdict: 'pending' });
    await watcher.executeUpdate(setWatchUpdate, { args: [{}] });
    await watcher.terminate();
  });
});

test('a watch is begun, whoever ends and whoever begins another meanwhile', async () => {
  const flowId = await anotherFlow();
  const other = () =>
    workflow().start('anything', { workflowId: `flow:prod:${flowId}`, taskQueue: 'nobody-works-here' });
  const first = await other();
  const watching = await workflow().start<typeof watchThroughGates>('watchThroughGates', {
    workflowId: `watch ${flowId}`,
    taskQueue: 'aep-dataflows',
    args: [{ sandbox: 'prod', flowId }],
  });
  const isAt = (gate: string) => waitFor(gate, async () => (await watching.query(gateQuery)) === gate);
  await isAt('start after 0');
  await watching.signal(openSignal);
  await isAt('signal after 1');
  await first.terminate();
  await watching.signal(openSignal);
  await isAt('start after 2');
  const second = await other();
  await watching.signal(openSignal);
  await isAt('signal after 3');
  await watching.signal(openSignal);
  await watching.result();
  const { events } = await second.fetchHistory();
  expect(events?.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'wake')).toBe(
    true,
  );
  await second.terminate();
});

test('a watcher that knows of many runs from before does not hand them over again and again', async () => {
  const flowId = await anotherFlow();
  const raw = (await rig.aep.flowService.flows.get({ sandbox: 'prod' }, flowId))!;
  const readAt = Date.now();
  const news = { readAt, full: true, cutShort: false, runs: [], vanished: [], flow: readFlow(raw) };
  const state: WatchState = absorb(undefined, { ...news, since: readAt }, {});
  const today = new Date(readAt).toISOString().slice(0, 10);
  // More than fits into what an execution may grow by.
  state.cursor.judged[today] = Array.from({ length: 25_000 }, (_, n) => n.toString(16).padStart(12, '0'));
  const parent = await workflow().start<typeof handDown>('handDown', {
    workflowId: `flow:before:${flowId}`,
    taskQueue: 'aep-dataflows',
    args: [{ sandbox: 'prod', flowId }, state],
  });
  await parent.result();
  const watcher = watcherOf(flowId);
  await watcher.executeUpdate(checkNowUpdate);
  rig.makeRun(flowId, 'success');
  expect(await watcher.executeUpdate(checkNowUpdate)).toMatchObject({ totals: { ok: 1 } });
  // Each look is told which runs are known, and with so many an execution ends after one; it does not end before.
  const looks = 3;
  const { count } = await workflow().count(`WorkflowId = "${watcher.workflowId}"`);
  expect(count).toBeLessThanOrEqual(looks + 1);
  await watcher.terminate();
});
