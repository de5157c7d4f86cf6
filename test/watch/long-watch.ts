import { Context, activityInfo } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { startEmulator, type Control, type EmulatorOptions } from '../../emulator/emulator.ts';
import { pickUp } from '../../src/activities/watch/polling.ts';
import type { FollowRequest } from '../../src/activities/watch/follow-sandbox.ts';
import type { RunsRequest } from '../../src/activities/watch/read-runs.ts';
import { createRunActivities } from '../../src/activities/watch/index.ts';
import type { Aep } from '../../src/aep/aep.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { hasEnded, type Run } from '../../src/runs/run.ts';
import type { watchFlowRuns } from '../../src/workflows/index.ts';
import type { WatchInput, WatchResult } from '../../src/workflows/watch/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import { inThisThread } from '../support/worker.ts';
import { administrator, makeFlow } from './make-flow.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A flow that is watched on a server that skips time, as it is before an attempt of an activity. */
export interface Scene {
  control: Control;
  aep: Aep;
  flowId: string;
  /** Milliseconds since the beginning, by the server's clock. */
  elapsed: number;
  activity: 'readRuns' | 'signalEndedRuns';
  /** Tells the watcher of some runs, as a follower that is out of its mind would. */
  tell(runs: Run[]): Promise<void>;
}

export interface LongWatchOptions {
  place: TestWorkflowEnvironment;
  /** Path of the workflow bundle. */
  workflowBundle: string;
  /** AEP's `scheduleParams`, without the start. */
  schedule: Record<string, unknown>;
  watch?: WatchInput['watch'];
  watchIntervalMs: number;
  runs: EmulatorOptions['runs'];
  /** How far AEP's clock is ahead of the server's at some time after the beginning. Milliseconds. */
  skew?: (elapsed: number) => number;
  /** Called before each attempt of an activity. Answers true to have it die before anybody hears what it did. */
  before(scene: Scene): Promise<boolean | void> | boolean | void;
}

type History = temporal.api.history.v1.IHistory;

export interface LongWatch {
  result: WatchResult;
  /** The histories of the watcher's executions, first to last. */
  watcher: History[];
  /** The history of the follower's last execution. */
  follower: History;
  looks: Record<Scene['activity'], number>;
  elapsed: number;
  /** Every run that has ended in AEP. */
  ended: Run[];
  /** How often each sort of call came to AEP. */
  calls: Record<string, number>;
}

/** Watches one flow until `before` has ended the watch, by deleting the flow for instance. */
export async function watchLong(options: LongWatchOptions): Promise<LongWatch> {
  const { place, schedule, watchIntervalMs, runs = {}, skew = () => 0, before } = options;
  const began = await place.currentTimeMs();
  const emulator = await startEmulator({ now: began + skew(0), clockSpeed: 0, recordLimit: 1, runs });
  const { control } = emulator;
  const aep = administrator(emulator.url);
  const startTime = Math.ceil((began + 10 * minute) / 1000);
  const flowId = await makeFlow(aep, { now: began, schedule: { startTime, ...schedule } });
  const workflowId = `flow:prod:${flowId}`;
  const ours = createRunActivities({ aep: whileTimePasses(aep, control), watchIntervalMs, listLagMs: 0 });
  const looks = { readRuns: 0, signalEndedRuns: 0 };
  let elapsed = 0;

  let turn = Promise.resolve();
  async function attempt<T>(activity: Scene['activity'], run: () => Promise<T>): Promise<T> {
    // One at a time, and none while the watcher takes in what it was told: see `letTimeGoOn`.
    const others = turn;
    const mine = Promise.withResolvers<void>();
    turn = mine.promise;
    await others;
    try {
      return await take(activity, run);
    } finally {
      await untilHeard(place, workflowId);
      await letTimeGoOn(place);
      mine.resolve();
    }
  }
  async function take<T>(activity: Scene['activity'], run: () => Promise<T>): Promise<T> {
    const { now } = pickUp({ failures: 0 });
    elapsed = Math.max(elapsed, now - began);
    looks[activity] += 1;
    control.advanceClock(Math.max(0, now + skew(elapsed) - control.clock().now));
    const tell = (runs: Run[]) =>
      place.client.workflow.getHandle(workflowId).signal('runsEnded', { readAt: now, runs });
    const dies = await before({ control, aep, flowId, elapsed, activity, tell });
    return dies ? die(run) : run();
  }
  const worker = await Worker.create({
    connection: place.nativeConnection,
    taskQueue: 'aep-dataflows',
    workflowBundle: { codePath: options.workflowBundle },
    ...inThisThread,
    activities: {
      ...ours,
      readRuns: (request: RunsRequest) => attempt('readRuns', () => ours.readRuns(request)),
      signalEndedRuns: (request: FollowRequest) =>
        attempt('signalEndedRuns', () => ours.signalEndedRuns(request)),
    },
  });
  try {
    return await worker.runUntil(async () => {
      const input = { sandbox: 'prod', flowId, ...(options.watch ? { watch: options.watch } : {}) };
      const handle = await place.client.workflow.start<typeof watchFlowRuns>('watchFlowRuns', {
        workflowId,
        taskQueue: 'aep-dataflows',
        args: [input],
      });
      const result = await handle.result();
      const following = place.client.workflow.getHandle('runs:prod');
      const follower = await following.fetchHistory();
      await following.terminate();
      const ended = control.resources('runs').map(readRun).filter(hasEnded);
      const watcher = await executionsOf(place, handle);
      return { result, watcher, follower, looks, elapsed, ended, calls: control.callCounts() };
    });
  } finally {
    await emulator.close();
  }
}

/** Some seconds pass with each page, so that runs end while they are read. */
function whileTimePasses(aep: Aep, control: Control): Aep {
  return {
    ...aep,
    flowService: {
      ...aep.flowService,
      async *listRuns(call, query) {
        for await (const page of aep.flowService.listRuns(call, query)) {
          yield page;
          control.advanceClock(5_000);
        }
      },
    },
  };
}

/** An attempt that does its work and dies before anybody hears of it. */
async function die<T>(run: () => Promise<T>): Promise<T> {
  Object.defineProperty(Context.current(), 'heartbeat', { value: () => {} });
  await run().catch(() => {});
  throw ApplicationFailure.create({ message: 'killed', nextRetryDelay: 1 });
}

/** Waits until the watcher has nothing left to take in. */
async function untilHeard({ client }: TestWorkflowEnvironment, workflowId: string): Promise<void> {
  await waitFor('the watcher to take in what it was told', async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.pendingWorkflowTask == null;
  });
}

/**
 * The server holds time still during an attempt, and for good if the attempt's execution ended before it: it forgets the
 * hold. Should both end at once it forgets even that the execution has ended.
 */
async function letTimeGoOn({ client, connection }: TestWorkflowEnvironment): Promise<void> {
  const { workflowId, runId } = activityInfo().workflowExecution!;
  const { status } = await client.workflow.getHandle(workflowId, runId).describe();
  if (status.name !== 'RUNNING') await connection.testService!.unlockTimeSkipping({});
}

async function executionsOf(
  { client }: TestWorkflowEnvironment,
  { workflowId, firstExecutionRunId }: WorkflowHandleWithFirstExecutionRunId,
): Promise<History[]> {
  const histories: History[] = [];
  for (let runId: string | null | undefined = firstExecutionRunId; runId;) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}
