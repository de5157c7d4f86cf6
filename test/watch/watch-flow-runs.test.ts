import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Aep } from '../../src/aep/aep.ts';
import type { watchFlowRuns } from '../../src/workflows/index.ts';
import {
  healthQuery,
  type Health,
  type WatchInput,
  type WatchResult,
} from '../../src/workflows/watch/watch-messages.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, makeEnds, makeFlow, removeFlow, type FlowRequest } from './make-flow.ts';
import { replay } from './replay.ts';

const hour = 3_600_000;
const day = 24 * hour;

let rig: Rig;
let aep: Aep;

beforeAll(async () => {
  rig = await startRig({ env: quickToFollow });
  aep = administrator(rig.emulator.url);
  await rig.startWorker();
});
afterAll(() => rig.close());

type Watcher = WorkflowHandle<typeof watchFlowRuns>;

function start(input: unknown, workflowId: string, { temporal } = rig): Promise<Watcher> {
  return temporal.client.workflow.start<typeof watchFlowRuns>('watchFlowRuns', {
    workflowId,
    taskQueue: 'aep-dataflows',
    args: [input as WatchInput],
  });
}

async function watch(request: FlowRequest = {}, more: Partial<WatchInput> = {}) {
  const flowId = await makeFlow(aep, request);
  const sandbox = request.sandbox ?? 'prod';
  const watcher = await start({ sandbox, flowId, ...more }, `flow:${sandbox}:${flowId}`);
  return { flowId, watcher };
}

/** A run that has just ended. */
function makeRun(flowId: string): void {
  const now = Date.now();
  rig.emulator.control.makeRun(flowId, {
    createdAt: now - 10_000,
    startedAt: now - 9_000,
    completedAt: now - 1,
  });
}

const health = (watcher: Watcher) => watcher.query(healthQuery);

function until(watcher: Watcher, what: string, holds: (health: Health) => boolean): Promise<Health> {
  return waitFor(what, async () => {
    const now = await health(watcher);
    return holds(now) && now;
  });
}

async function failureOf(watcher: Watcher): Promise<ApplicationFailure> {
  const error: unknown = await watcher.result().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  return cause as ApplicationFailure;
}

describe.concurrent('a watcher that is given a sandbox and a flow id', () => {
  test('finds out the rest itself, judges each run, and shows it everywhere', async () => {
    const description = 'Orders, hourly\nManaged by aep-dataflows: prod/orders #k3f9x2ab';
    const { flowId, watcher } = await watch({ description });
    rig.emulator.control.planRuns({ flowId, outcomes: ['success', 'degraded', 'failed'] });
    for (let run = 0; run < 3; run++) {
      makeRun(flowId);
      await waitFor('the run to be judged', async () => (await health(watcher)).lastRuns.length === run + 1);
    }
    const now = await health(watcher);
    expect(now).toMatchObject({
      sandbox: 'prod',
      flowId,
      flowName: 'Orders',
      dataflow: 'prod/orders',
      connector: 'google-bigquery',
      verdict: 'failed',
      streak: { verdict: 'failed', runs: 1 },
      totals: { ok: 1, degraded: 1, failed: 1, tooLate: 0 },
      openRuns: [],
    });
    expect(now.cause?.code).toMatch(/^CONNECTOR-/);
    expect(now.lastRuns.map(({ verdict }) => verdict)).toEqual(['failed', 'degraded', 'ok']);

    const query = `AepVerdict = "failed" AND AepFlowId = "${flowId}" AND AepDataflow = "prod/orders" AND AepSandbox = "prod" AND AepConnector = "google-bigquery"`;
    await waitFor('the watcher to be listed', async () => {
      for await (const { workflowId } of rig.temporal.client.workflow.list({ query })) return workflowId;
      return undefined;
    });
    const { currentDetails } = (await watcher.query('__temporal_workflow_metadata')) as {
      currentDetails: string;
    };
    expect(currentDetails).toContain('## failed since');
  });

  test('ends when the flow is gone, and its history can be replayed', async () => {
    const { flowId, watcher } = await watch();
    makeRun(flowId);
    await until(watcher, 'the run to be judged', ({ verdict }) => verdict === 'ok');
    await removeFlow(aep, flowId);
    await watcher.signal('wake', { flow: true });
    const result: WatchResult = await watcher.result();
    expect(result).toMatchObject({ reason: 'gone', health: { totals: { ok: 1 } } });
    await replay(watcher);
  });

  test('is paused while somebody has disabled the flow', async () => {
    const { flowId, watcher } = await watch();
    await until(watcher, 'the flow to be read', ({ flowName }) => flowName === 'Orders');
    await aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    await watcher.signal('wake', { flow: true });
    await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    await aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'enable');
    await watcher.signal('wake', { flow: true });
    await until(watcher, 'the end of the pause', ({ verdict }) => verdict === 'pending');
    await watcher.terminate();
  });

  test('turns overdue when a run does not come', async () => {
    // Made before: AEP takes no start that has passed when the request arrives.
    const ends = await makeEnds(aep, 'prod');
    const startTime = Math.ceil(Date.now() / 1000) + 2;
    const schedule = { startTime, frequency: 'hour', interval: 1, backfill: true };
    const { watcher } = await watch({ schedule, ends }, { watch: { overdueAfter: '1s' } });
    await until(watcher, 'the verdict overdue', ({ verdict }) => verdict === 'overdue');
    await watcher.terminate();
  });

  test('judges the runs that ended before it began, and a long one when it ends', async () => {
    const began = Date.now() - 3 * day;
    const own = await startRig({ emulator: { now: began }, env: quickToFollow });
    try {
      const flowId = await makeFlow(administrator(own.emulator.url), { now: began });
      const { control } = own.emulator;
      control.planRuns({ flowId, outcomes: Array<'missing'>(80).fill('missing') });
      control.advanceClock(3 * day);
      const now = Date.now();
      // Older than what an ordinary look covers: it is asked for by its id.
      const long = control.makeRun(flowId, { createdAt: now - 20 * hour, completedAt: now + hour });
      control.makeRun(flowId, { outcome: 'failed', createdAt: now - 2 * hour });
      await own.startWorker();
      const watcher = await start({ sandbox: 'prod', flowId }, `flow:prod:${flowId}`, own);
      const first = await until(watcher, 'the first look', ({ lastRuns }) => lastRuns.length > 0);
      expect(first).toMatchObject({ totals: { failed: 1 }, openRuns: [{ runId: long['id'] }] });
      control.advanceClock(hour);
      await until(
        watcher,
        'the end of the long run',
        ({ totals, openRuns }) => totals.ok === 1 && openRuns.length === 0,
      );
    } finally {
      await own.close();
    }
  });
});

test('a watcher whose AEP is away lives on, says why it waits, and calls nothing overdue that it cannot see', async () => {
  const sandbox = 'dev';
  const startTime = Math.ceil(Date.now() / 1000) + 2;
  const schedule = { startTime, frequency: 'hour', interval: 1, backfill: true };
  const { flowId, watcher } = await watch({ sandbox, schedule }, { watch: { overdueAfter: '1s' } });
  await until(watcher, 'the first look', ({ flowName }) => flowName === 'Orders');
  rig.emulator.control.addFault({ path: '/flowservice/**', kind: '503', times: 1_000_000, sandbox });
  try {
    // It looks because a run is late, and cannot know.
    await waitFor('the trouble to show', async () => {
      const { raw } = await watcher.describe();
      return raw.pendingActivities?.some(
        ({ lastFailure, attempt }) =>
          attempt! > 2 && lastFailure?.message?.includes(`Cannot read the runs of flow ${flowId}`),
      );
    });
    expect((await health(watcher)).verdict).toBe('pending');
  } finally {
    rig.emulator.control.clearFaults();
  }
  await until(watcher, 'the verdict overdue', ({ verdict }) => verdict === 'overdue');
  makeRun(flowId);
  await until(watcher, 'the run to be judged', ({ verdict }) => verdict === 'ok');
  await replay(watcher);
  await watcher.terminate();
});

describe('a watcher that cannot begin', () => {
  test('fails with every problem of its input at once, and asks AEP nothing', async () => {
    const input = {
      sandbox: 'no such sandbox!',
      flowId: '../flows',
      watch: { overdueAfter: '-1' },
      color: 'red',
    };
    const { type, details } = await failureOf(await start(input, 'flow:prod:bad'));
    expect(type).toBe('InvalidDefinition');
    const [{ problems }] = details as [{ problems: { field: string }[] }];
    expect(problems.map(({ field }) => field).sort()).toEqual([
      'color',
      'flowId',
      'sandbox',
      'watch.overdueAfter',
    ]);
    expect(rig.emulator.control.requests({}).filter(({ sandbox }) => sandbox === input.sandbox)).toEqual([]);
  });

  test('fails without an input', async () => {
    const watcher = await rig.temporal.client.workflow.start('watchFlowRuns', {
      workflowId: 'flow:prod:none',
      taskQueue: 'aep-dataflows',
      args: [],
    });
    expect((await failureOf(watcher as Watcher)).type).toBe('InvalidDefinition');
  });

  test('fails under another id than the flow’s own, and names that', async () => {
    const { type, message } = await failureOf(await start({ sandbox: 'prod', flowId: 'f1' }, 'my-watcher'));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain('flow:prod:f1');
  });

  test('fails for a flow that AEP does not have', async () => {
    const { type, message } = await failureOf(
      await start({ sandbox: 'prod', flowId: 'nowhere' }, 'flow:prod:nowhere'),
    );
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain('no flow nowhere in the sandbox prod');
  });

  test('fails for a sandbox that AEP does not have', async () => {
    const { type, details } = await failureOf(
      await start({ sandbox: 'prdo', flowId: 'anywhere' }, 'flow:prdo:anywhere'),
    );
    expect(type).toBe('InvalidDefinition');
    expect(details).toMatchObject([{ problems: [{ field: 'sandbox' }], code: 'FLOW-2100-404' }]);
    const follower = rig.temporal.client.workflow.getHandle('runs:prdo');
    await expect(follower.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });
});
