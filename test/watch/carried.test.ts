import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkNowUpdate, setWatchUpdate } from '../../src/workflows/watch/watch-messages.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { runsEndedName } from '../../src/runs/names.ts';
import type { WatchState } from '../../src/runs/watch-state.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeFlow, removeFlow } from './make-flow.ts';
import {
  healthOf,
  historyOf,
  onCall,
  replay,
  startRigWithReceiver,
  until,
  untilQuiet,
  type RigWithReceiver,
  type Watcher,
} from './rig-with-receiver.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

/** Asks for looks until the next execution has taken over. */
async function untilNextExecution(watcher: Watcher): Promise<void> {
  const runId = async () => (await watcher.describe()).runId;
  const first = await runId();
  await waitFor(
    'the next execution',
    async () => {
      await watcher.executeUpdate(checkNowUpdate);
      return (await runId()) !== first;
    },
    90_000,
  );
}

test('what is left to do goes with the watch from execution to execution: messages, runs to run again, settings', async () => {
  const { flowId, watcher, received, judge } = await rig.watch({});
  const settings = { ...onCall, pauseAfter: 2, retry: { times: 1, pause: '1h' } };
  await watcher.executeUpdate(setWatchUpdate, { args: [settings] });
  rig.receiver.state.status = 503;
  await judge('failed');
  await waitFor('the message to be refused', () => rig.receiver.about(flowId).length === 1);
  const { retries } = await healthOf(watcher);
  expect(retries).toHaveLength(1);

  await untilNextExecution(watcher);
  expect((await healthOf(watcher)).retries).toEqual(retries);
  // Temporal hands it the memo of the start, when no run had ended: lists are to know better before the first look has ended.
  const { events } = await historyOf(watcher);
  const noted = events.find(
    (event) => event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.['health'],
  );
  expect(noted?.workflowPropertiesModifiedEventAttributes?.workflowTaskCompletedEventId?.toNumber()).toBe(4);
  rig.receiver.state.status = 200;
  await untilQuiet(watcher);
  // However often it was sent, it is one message.
  const taken = rig.receiver.deliveries.filter(({ message }) => message.flowId === flowId);
  expect(taken.length).toBeGreaterThan(1);
  expect(new Set(taken.map(({ message }) => message.id)).size).toBe(1);
  expect((await healthOf(watcher)).undelivered).toBe(0);

  await judge('failed');
  await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
  expect((await received(2)).map(({ verdict }) => verdict)).toEqual(['failed', 'paused']);
  expect((await healthOf(watcher)).retries).toEqual([]);
  await watcher.terminate();
}, 180_000);

test('a watch goes on, with all it knows, in execution after execution: each run is judged once, whoever tells of it and how often', async () => {
  const { flowId, watcher } = await rig.watch({});
  const { control } = rig.emulator;
  const { workflow } = rig.temporal.client;
  const ids: string[] = [];
  const executions: string[] = [];
  const isNew = async () => {
    const { runId } = await watcher.describe();
    return !executions.includes(runId) && executions.push(runId);
  };
  await isNew();
  // Beside the sandbox's follower, one that is out of its mind tells of each run twice, the newest first.
  await waitFor(
    'the third execution',
    async () => {
      const now = control.clock().now;
      const made = Array.from({ length: 40 }, (_, n) =>
        control.makeRun(flowId, { createdAt: now - 9_000 - n, startedAt: now - 9_000, completedAt: now - 1 }),
      ).map(readRun);
      ids.push(...made.map(({ id }) => id.slice(-12)));
      const tell = (run: (typeof made)[0]) => watcher.signal(runsEndedName, { readAt: now, runs: [run] });
      await Promise.all([...made.toReversed(), ...made].map(tell));
      await until(watcher, 'all of them to be judged', ({ totals }) => totals.ok === ids.length);
      await isNew();
      return executions.length === 3;
    },
    120_000,
  );
  const { totals } = await watcher.executeUpdate(checkNowUpdate);
  expect(totals).toMatchObject({ ok: ids.length, degraded: 0, failed: 0, tooLate: 0 });

  await removeFlow(rig.aep, flowId);
  await watcher.signal('wake', { flow: true });
  expect(await watcher.result()).toMatchObject({ reason: 'gone', health: { totals } });
  for (const runId of executions) await replay(workflow.getHandle(watcher.workflowId, runId));
  const last = await historyOf(workflow.getHandle(watcher.workflowId, executions.at(-1)));
  const [, handedOver] = last.events[0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
  const { cursor } = defaultPayloadConverter.fromPayload<WatchState>(handedOver!);
  const judged = Object.values(cursor.judged).flat();
  expect(new Set(judged).size).toBe(judged.length);
  expect(judged.filter((id) => !ids.includes(id))).toEqual([]);
}, 180_000);

test('a look that somebody wanted while AEP was away is made by the next execution', async () => {
  const { flowId, watcher } = await rig.watch({});
  const { control } = rig.emulator;
  const { runId } = await watcher.describe();
  await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
  control.addFault({ method: 'GET', path: `/flowservice/flows/${flowId}`, kind: '503', times: 1_000_000 });
  try {
    await watcher.signal('wake', { flow: true });
    await untilContinued(watcher, runId);
  } finally {
    control.clearFaults();
  }
  await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
  await watcher.terminate();
}, 180_000);

test('a watch whose first look cannot be made does not grow by what it is told meanwhile', async () => {
  const { control } = rig.emulator;
  const flowId = await makeFlow(rig.aep);
  control.addFault({ method: 'GET', path: `/flowservice/flows/${flowId}`, kind: '503', times: 1_000_000 });
  const watcher: Watcher = await rig.temporal.client.workflow.start('watchFlowRuns', {
    workflowId: `flow:prod:${flowId}`,
    taskQueue: 'aep-dataflows',
    args: [{ sandbox: 'prod', flowId }],
  });
  try {
    await untilContinued(watcher, (await watcher.describe()).runId);
  } finally {
    control.clearFaults();
  }
  await until(watcher, 'the first look', ({ flowName }) => flowName === 'Orders');
  await watcher.terminate();
}, 180_000);

/** Tells a watcher of nothing again and again, until the next execution has taken over. */
async function untilContinued(watcher: Watcher, runId: string): Promise<void> {
  await waitFor(
    'the next execution',
    async () => {
      await Promise.all(
        Array.from({ length: 50 }, () => watcher.signal(runsEndedName, { readAt: 1, runs: [] })),
      );
      return (await watcher.describe()).runId !== runId;
    },
    120_000,
  );
}
