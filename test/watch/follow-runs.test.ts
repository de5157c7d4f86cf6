import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { createRunActivities } from '../../src/activities/watch/index.ts';
import type { FollowRequest } from '../../src/activities/watch/follow-sandbox.ts';
import { createSignalling } from '../../src/activities/watch/signal-watchers.ts';
import type { Health } from '../../src/runs/health.ts';
import { readRun } from '../../src/runs/read-run.ts';
import type { followRuns } from '../../src/workflows/index.ts';
import { healthQuery } from '../../src/workflows/watch/watch-messages.ts';
import { startProgram } from '../support/program.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { startTestWorker } from '../support/worker.ts';
import { administrator, justEnded, makeEnds, makeFlow } from './make-flow.ts';
import { replay } from './replay.ts';

const minute = 60_000;

/** Flows of a rig of its own, each with a watcher that has made its first look. */
async function watchFlows(rig: Rig, count: number) {
  const aep = administrator(rig.emulator.url);
  const flowIds = await Promise.all(Array.from({ length: count }, () => makeFlow(aep)));
  const watchers = await Promise.all(flowIds.map((flowId) => watch(rig, flowId)));
  return { aep, flowIds, watchers };
}

async function watch(rig: Rig, flowId: string) {
  const watcher = await rig.temporal.client.workflow.start('watchFlowRuns', {
    workflowId: `flow:prod:${flowId}`,
    taskQueue: 'aep-dataflows',
    args: [{ sandbox: 'prod', flowId }],
  });
  const health = (): Promise<Health> => watcher.query(healthQuery);
  const until = (what: string, holds: (health: Health) => boolean, timeoutMs?: number) =>
    waitFor(what, async () => holds(await health()), timeoutMs);
  return {
    workflowId: watcher.workflowId,
    flowId,
    health,
    until,
    wake: () => watcher.signal('wake'),
    fetchHistory: () => watcher.fetchHistory(),
    history: async () => (await watcher.fetchHistory()).events!,
  };
}

/** A run that ended a moment ago, by the emulator's clock. */
function endRun(
  rig: Rig,
  flowId: string,
  details: { agoMs?: number; run?: object; outcome?: 'failed-no-end' } = {},
) {
  const { agoMs = 1, ...rest } = details;
  const now = rig.emulator.control.clock().now - agoMs;
  return rig.emulator.control.makeRun(flowId, {
    createdAt: now - 10_000,
    startedAt: now - 9_000,
    completedAt: now,
    ...rest,
  });
}

function followerOf(rig: Rig) {
  return rig.temporal.client.workflow.getHandle<typeof followRuns>('runs:prod');
}

/** Waits until the follower has looked so many times more. */
async function looks(rig: Rig, more: number): Promise<void> {
  const attempt = async () => (await followerOf(rig).describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
  const before = await attempt();
  await waitFor(`${more} looks of the follower`, async () => (await attempt()) >= before + more);
}

const typeOf = ({ eventType }: { eventType?: unknown }) => eventType as number;
const signalled = 26;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: quickToFollow });
});
afterAll(() => rig.close());

describe('the follower of a sandbox', () => {
  test('signals each watcher its own runs: nothing is read per flow, and its own history does not grow', async () => {
    await rig.startWorker();
    const { flowIds, watchers } = await watchFlows(rig, 5);
    for (const watcher of watchers)
      await watcher.until('the first look', ({ flowName }) => flowName === 'Orders');
    rig.emulator.control.clearRequests();
    const history = async () => (await followerOf(rig).fetchHistory()).events!.length;
    await looks(rig, 1);
    const before = await history();
    for (const flowId of flowIds) endRun(rig, flowId);
    endRun(rig, flowIds[0]!);
    // Two runs with the same start, and one that never says when it started or ended.
    const silent = endRun(rig, flowIds[1]!, {
      outcome: 'failed-no-end',
      run: { metrics: { durationSummary: { startedAtUTC: 0 } } },
    });
    expect(silent).not.toHaveProperty('metrics.durationSummary.completedAtUTC');
    const wanted = [2, 2, 1, 1, 1];
    for (const [index, watcher] of watchers.entries())
      await watcher.until('its runs', ({ lastRuns }) => lastRuns.length === wanted[index]);
    await looks(rig, 3);
    expect(await history()).toBe(before);
    expect(rig.emulator.control.requests({ path: '/flowservice/flows/*' })).toEqual([]);
    const perFlow = rig.emulator.control
      .requests({ path: '/flowservice/runs' })
      .filter(({ query }) => JSON.stringify(query).includes('flowId'));
    expect(perFlow).toEqual([]);
    // Nobody is signalled twice what is still in the window of the next looks.
    const quiet = await watchers[4]!.history();
    expect(quiet.filter((event) => typeOf(event) === signalled)).toHaveLength(1);
    await replay(watchers[0]!);
    await replay(followerOf(rig));
  });

  test('asks in vain for a flow that nobody watches once in ten minutes, and then signals what ended meanwhile', async () => {
    const flowId = await makeFlow(administrator(rig.emulator.url));
    const runs = [readRun(endRun(rig, flowId))];
    const unwatched = new Map<string, number>();
    const { signal } = createSignalling(unwatched);
    const signalling = (readAt: number) =>
      new MockActivityEnvironment({}, { client: rig.temporal.client }).run(() =>
        signal('prod', runs, { readAt }, () => {}),
      );
    const now = Date.now();
    expect(await signalling(now)).toEqual({ signalled: 0, unwatched: 1, lost: 0 });
    const watcher = await watch(rig, flowId);
    expect(await signalling(now + 9 * minute)).toEqual({ signalled: 0, unwatched: 0, lost: 0 });
    expect(await signalling(now + 10 * minute)).toEqual({ signalled: 1, unwatched: 0, lost: 0 });
    await watcher.until('the run', ({ totals }) => totals.ok === 1);
    // Flows come and go, and a worker stays: which of them nobody watched is forgotten, whether they run again or not.
    const gone = { ...runs[0]!, flowId: 'gone' };
    const at = { readAt: now };
    const environment = new MockActivityEnvironment({}, { client: rig.temporal.client });
    await environment.run(() => signal('prod', [gone], at, () => {}));
    expect(unwatched.size).toBe(1);
    await environment.run(() => signal('prod', [], { readAt: now + 10 * minute }, () => {}));
    expect(unwatched.size).toBe(0);
  });

  test('a worker that ends while many are signalled leaves the others to the next attempt, which follows at once', async () => {
    await using parts = new AsyncDisposableStack();
    const own = await startEmulator();
    parts.defer(() => own.close());
    const aep = administrator(own.url);
    const ends = await makeEnds(aep, 'prod');
    const now = own.control.clock().now;
    for (let n = 0; n < 25; n++) {
      const flowId = await makeFlow(aep, { ends });
      own.control.makeRun(flowId, justEnded(now));
    }
    const { signalEndedRuns } = createRunActivities({ aep, watchIntervalMs: 60_000, listLagMs: 0 });
    const environment = new MockActivityEnvironment({}, { client: rig.temporal.client });
    const left: { nextAt?: number }[] = [];
    environment.on('heartbeat', (details) => {
      left.push(details as object);
      environment.cancel();
    });
    const failure = await environment
      .run(signalEndedRuns, { sandbox: 'prod' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'NothingNew', nextRetryDelay: 1 });
    // What was signalled before, and what the next attempt begins with: nothing is wrong with AEP.
    expect(left).toHaveLength(2);
    expect(left[1]).toMatchObject({ failures: 0, looks: 0 });
  });

  test('is started again when it was terminated, by any watcher that looks', async () => {
    // As another worker would: one remembers for a minute that it has just started a follower.
    const own = await startRig({ env: quickToFollow });
    try {
      const worker = await own.startWorker();
      const { watchers } = await watchFlows(own, 1);
      await watchers[0]!.until('the first look', ({ flowName }) => flowName === 'Orders');
      await followerOf(own).terminate();
      await worker.stop();
      endRun(own, watchers[0]!.flowId);
      await own.startWorker();
      await watchers[0]!.wake();
      await watchers[0]!.until('the run', ({ totals }) => totals.ok === 1);
      await waitFor('the follower', async () => (await followerOf(own).describe()).status.name === 'RUNNING');
    } finally {
      await own.close();
    }
  });

  test('fails under another id than the sandbox’s own', async () => {
    const handle = await rig.temporal.client.workflow.start('followRuns', {
      workflowId: 'runs:elsewhere',
      taskQueue: 'aep-dataflows',
      args: [{ sandbox: 'prod' }],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidDefinition' } });
  });
});

describe.concurrent('a follower that dies', () => {
  test('between a signal and its heartbeat signals again, and the watcher judges once', async () => {
    const own = await startRig({ env: quickToFollow });
    const aep = administrator(own.emulator.url);
    const ours = createRunActivities({ aep, watchIntervalMs: 200, listLagMs: 0 });
    let deaths = 0;
    const worker = await startTestWorker(own.temporal, {
      activities: {
        ...ours,
        async signalEndedRuns(request: FollowRequest) {
          const context = Context.current();
          const wereSignalled = /[1-9]\d* watchers were signalled/;
          const heartbeat = context.heartbeat.bind(context);
          const unsent: unknown[] = [];
          const keep = (details: unknown) => void unsent.push(details);
          Object.defineProperty(context, 'heartbeat', { value: keep });
          try {
            return await ours.signalEndedRuns(request);
          } catch (error) {
            if (deaths < 3 && error instanceof Error && wereSignalled.test(error.message)) {
              deaths += 1;
              throw ApplicationFailure.create({ message: 'killed', nextRetryDelay: 1 });
            }
            for (const details of unsent) heartbeat(details);
            throw error;
          }
        },
      },
    });
    try {
      const { flowIds, watchers } = await watchFlows(own, 1);
      const [watcher] = watchers;
      await watcher!.until('the first look', ({ flowName }) => flowName === 'Orders');
      await looks(own, 1);
      endRun(own, flowIds[0]!);
      await waitFor('its deaths', () => deaths === 3);
      await looks(own, 2);
      const events = await watcher!.history();
      expect(events.filter((event) => typeOf(event) === signalled)).toHaveLength(4);
      expect(await watcher!.health()).toMatchObject({
        totals: { ok: 1, degraded: 0, failed: 0, tooLate: 0 },
      });
    } finally {
      await worker.stop();
      await own.close();
    }
  });

  test('with its whole worker is gone for no longer than it takes to start another, and nothing is missed', async () => {
    const own = await startRig({ env: quickToFollow });
    try {
      const first = startProgram('src/worker.ts', [], own.env);
      await waitFor('the worker', () => first.stderr().includes('Worker '), 60_000);
      const { flowIds, watchers } = await watchFlows(own, 3);
      for (const { until } of watchers)
        await until('the first look', ({ flowName }) => flowName === 'Orders');
      for (const flowId of flowIds) endRun(own, flowId);
      await watchers[0]!.until('its run', ({ totals }) => totals.ok === 1);
      first.kill('SIGKILL');
      await first.ended;
      for (const flowId of flowIds) endRun(own, flowId);
      own.emulator.control.clearRequests();
      await own.startWorker();
      // An attempt that died with its worker is known to be dead after 15 seconds.
      for (const { until } of watchers) await until('both runs', ({ totals }) => totals.ok === 2, 60_000);
      for (const { health } of watchers) expect((await health()).totals).toMatchObject({ ok: 2, failed: 0 });
      // Watchers that wait ask nothing because a worker was started.
      expect(own.emulator.control.requests({ path: '/flowservice/flows/*' })).toEqual([]);
    } finally {
      await own.close();
    }
  });
});
