import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createRunActivities } from '../../src/activities/runs.ts';
import type { Aep } from '../../src/aep/aep.ts';
import type { Look } from '../../src/activities/runs.ts';
import type { News } from '../../src/runs/watch.ts';
import type { watchFlowRuns } from '../../src/workflows/index.ts';
import type { WatchResult } from '../../src/workflows/watch-messages.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { administrator, makeFlow } from './make-flow.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let place: TestWorkflowEnvironment;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  place = await startTimeSkipping();
});
afterAll(() => place.teardown());

/** An AEP whose clock is moved to the server's before each look, and what the looks brought. */
interface Stage {
  emulator: Emulator;
  aep: Aep;
  /** The ids of the runs that had ended, as often as they were brought. */
  brought: string[];
  looks: number;
  /** Milliseconds from the beginning to the latest look. */
  elapsed: number;
  /** Called before each look with the time since the beginning, in milliseconds. */
  before(elapsed: number): Promise<void> | void;
}

async function watchUntilGone(
  schedule: Record<string, unknown>,
  before: (stage: Stage, flowId: string, elapsed: number) => Promise<void> | void,
) {
  const began = await place.currentTimeMs();
  const emulator = await startEmulator({
    now: began,
    clockSpeed: 0,
    runs: { success: 6, degraded: 2, failed: 1, 'failed-no-end': 1, missing: 1 },
  });
  const aep = administrator(emulator.url);
  const flowId = await makeFlow(aep, {
    now: began,
    schedule: { startTime: Math.ceil((began + 10 * minute) / 1000), ...schedule },
  });
  const stage: Stage = {
    emulator,
    aep,
    brought: [],
    looks: 0,
    elapsed: 0,
    before: (elapsed) => before(stage, flowId, elapsed),
  };
  const ours = createRunActivities({ aep, watchIntervalMs: 50 * minute });
  const activities = {
    async awaitRuns(look: Look): Promise<News> {
      const now = activityInfo().currentAttemptScheduledTimestampMs;
      emulator.control.advanceClock(Math.max(0, now - emulator.control.clock().now));
      stage.looks += 1;
      stage.elapsed = now - began;
      await stage.before(stage.elapsed);
      const news = await ours.awaitRuns(look);
      stage.brought.push(...news.runs.filter(({ end }) => end !== undefined).map(({ id }) => id));
      return news;
    },
  };
  const worker = await Worker.create({
    connection: place.nativeConnection,
    taskQueue: 'aep-dataflows',
    workflowBundle: { codePath: inject('workflowBundle') },
    activities,
  });
  const watching = async () => {
    const handle = await place.client.workflow.start<typeof watchFlowRuns>('watchFlowRuns', {
      workflowId: `flow/prod/${flowId}`,
      taskQueue: 'aep-dataflows',
      args: [{ sandbox: 'prod', flowId }],
    });
    const result: WatchResult = await handle.result();
    const executions = await executionsOf(handle);
    return { result, executions, stage, ended: endedRuns(emulator) };
  };
  try {
    return await worker.runUntil(watching);
  } finally {
    await emulator.close();
  }
}

function endedRuns({ control }: Emulator): string[] {
  const words = ['success', 'failed'];
  return control
    .resources('runs')
    .filter(({ metrics }) => words.includes(metrics.statusSummary.status))
    .map(({ id }) => id as string);
}

type History = temporal.api.history.v1.IHistory;

/** The histories of a watcher's executions, first to last. */
async function executionsOf({
  workflowId,
  firstExecutionRunId,
}: WorkflowHandleWithFirstExecutionRunId): Promise<History[]> {
  const histories: History[] = [];
  for (let runId: string | null | undefined = firstExecutionRunId; runId;) {
    const history: History = await place.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}

const bytesOf = (history: History) => JSON.stringify(history).length;

test('a month of hourly runs, late runs and four days without AEP: each judged once, in small histories that replay', async () => {
  let late = 0;
  const { result, executions, stage, ended } = await watchUntilGone(
    { frequency: 'hour', interval: 1 },
    async ({ emulator, aep }, flowId, elapsed) => {
      const away = elapsed > 10 * day && elapsed < 14 * day;
      if (away) emulator.control.addFault({ method: 'GET', path: '/flowservice/*', kind: '503' });
      else emulator.control.clearFaults();
      // Every three days a run appears that started six days before.
      if (!away && elapsed > (late + 3) * 3 * day) {
        const now = emulator.control.clock().now;
        emulator.control.makeRun(flowId, {
          createdAt: now,
          startedAt: now - 6 * day,
          completedAt: now - 5 * day,
        });
        late += 1;
      }
      if (elapsed > 30 * day) await aep.flowService.flows.remove({ sandbox: 'prod' }, flowId);
    },
  );
  const { totals } = result.health;
  expect(result.reason).toBe('gone');
  expect(ended.length).toBeGreaterThan(600);
  expect(late).toBeGreaterThan(5);
  expect(new Set(stage.brought)).toEqual(new Set(ended));
  expect(totals.ok + totals.degraded + totals.failed).toBe(ended.length);
  expect(totals.tooLate).toBe(0);

  const events = executions.map(({ events }) => events!.length);
  expect(executions.length).toBeGreaterThan(5);
  expect(Math.max(...events)).toBeLessThan(550);
  expect(Math.max(...executions.map(bytesOf))).toBeLessThan(512_000);
  expect(events.reduce((sum, n) => sum + n) / ended.length).toBeLessThan(8);
  const histories = executions.map((history) => ({
    workflowId: `flow/prod/${result.health.flowId}`,
    history,
  }));
  for await (const { error } of Worker.runReplayHistories(
    { workflowBundle: { codePath: inject('workflowBundle') } },
    histories,
  )) {
    expect(error).toBeUndefined();
  }
}, 120_000);

test('a flow that runs once is watched for a day after its run ended well', async () => {
  const { result, stage } = await watchUntilGone(
    { frequency: 'once', interval: undefined },
    ({ emulator }, flowId, elapsed) => {
      if (elapsed < hour) emulator.control.planRuns({ flowId, outcomes: ['success'] });
    },
  );
  expect(result).toMatchObject({ reason: 'done', health: { verdict: 'ok', totals: { ok: 1 } } });
  expect(stage.elapsed).toBeGreaterThan(day - 2 * hour);
  expect(stage.elapsed).toBeLessThan(day + 3 * hour);
  expect(stage.looks).toBeLessThan(60);
}, 60_000);
