import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepFollowers } from '../../src/worker/keep-followers.ts';
import { searchAttributes } from '../../src/workflows/messages.ts';
import { healthQuery, watcherWorkflowId, type Health } from '../../src/workflows/watch/watch-messages.ts';
import { startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, justEnded, makeFlow } from './make-flow.ts';

const sandboxes = ['prod', 'stage', 'quiet'];
const intervalMs = 3_000;
const warn = () => undefined;
const { PENDING_ACTIVITY_STATE_PAUSED: paused } = proto.temporal.api.enums.v1.PendingActivityState;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes }, env: { AEP_WATCH_INTERVAL: String(intervalMs) } });
});
afterAll(() => rig.close());

/** A flow of its own that runs nothing by itself, and its watcher after the first look. */
async function watched(sandbox: string): Promise<{ flowId: string; health: () => Promise<Health> }> {
  const startTime = Math.ceil(Date.now() / 1000) + 86_400;
  const schedule = { startTime, frequency: 'hour', interval: 1, backfill: true };
  const flowId = await makeFlow(administrator(rig.emulator.url), { sandbox, schedule });
  const watcher = await rig.temporal.client.workflow.start('watchFlowRuns', {
    workflowId: watcherWorkflowId({ sandbox, flowId }),
    taskQueue: 'aep-dataflows',
    args: [{ sandbox, flowId }],
  });
  const health = () => watcher.query<Health>(healthQuery);
  await waitFor('the first look', async () => (await health()).flowName);
  return { flowId, health };
}

const followerOf = (sandbox: string) => rig.temporal.client.workflow.getHandle(`runs:${sandbox}`);

async function isFollowed(sandbox: string): Promise<boolean> {
  const { status } = await followerOf(sandbox).describe();
  return status.name === 'RUNNING';
}

/** Waits until lists show the follower as open, or as closed. */
function untilListed(sandbox: string, open: boolean): Promise<unknown> {
  const query = `WorkflowId = "runs:${sandbox}" AND ExecutionStatus = "Running"`;
  return waitFor(
    'the lists',
    async () => (await rig.temporal.client.workflow.count(query)).count > 0 === open,
  );
}

test('a follower that somebody terminated is back within two intervals, and tells of what failed meanwhile, though no watcher looks', async () => {
  const worker = startProgram('src/worker.ts', [], rig.env);
  await waitFor('the worker', () => worker.stderr().includes('Worker '), 60_000);
  const flows = await Promise.all(['prod', 'prod', 'stage'].map(watched));
  for (const sandbox of ['prod', 'stage']) await waitFor('the follower', () => isFollowed(sandbox));
  rig.emulator.control.clearRequests();

  const terminatedAt = Date.now();
  await Promise.all([followerOf('prod').terminate(), followerOf('stage').terminate()]);
  for (const { flowId } of flows) {
    rig.emulator.control.planRuns({
      flowId,
      outcomes: [{ outcome: 'failed', error: { code: 'CONNECTOR-1001-500', message: 'Away.' } }],
    });
    rig.emulator.control.makeRun(flowId, justEnded(rig.emulator.control.clock().now));
  }
  for (const { health } of flows)
    await waitFor('the failure', async () => (await health()).verdict === 'failed');
  // Lists show a second late that it has ended, and the machine may be busy.
  expect(Date.now() - terminatedAt).toBeLessThan(2 * intervalMs + 10_000);
  const looks = rig.emulator.control
    .requests({ path: '/flowservice/runs' })
    .filter(({ query }) => JSON.stringify(query).includes('flowId'));
  expect(looks).toEqual([]);
  worker.kill('SIGTERM');
  await worker.ended;
});

test('two workers start one follower for each sandbox that has watchers, and none for others', async () => {
  await rig.startWorker();
  await watched('prod');
  await Promise.all(
    ['prod', 'stage'].map((sandbox) =>
      followerOf(sandbox)
        .terminate()
        .catch(() => undefined),
    ),
  );
  await untilListed('prod', false);
  const { client } = rig.temporal;
  const sweep = { client, taskQueue: 'aep-dataflows', intervalMs: 200, warn };
  const stops = [keepFollowers(sweep), keepFollowers(sweep)];
  for (const sandbox of ['prod', 'stage']) await waitFor('the follower', () => isFollowed(sandbox));
  for (const stop of stops) await stop();
  await expect(followerOf('quiet').describe()).rejects.toThrow();
});

test('a watcher that nobody takes, with nonsense for its sandbox, hides no sandbox that lacks a follower', async () => {
  await watched('prod');
  const { client } = rig.temporal;
  const nobodys = await client.workflow.start('watchFlowRuns', {
    workflowId: 'nonsense',
    taskQueue: 'nobody',
    args: [],
    typedSearchAttributes: [{ key: searchAttributes.sandbox, value: 'no "sandbox"' }],
  });
  await followerOf('prod').terminate();
  await untilListed('prod', false);
  const stop = keepFollowers({ client, taskQueue: 'aep-dataflows', intervalMs: 200, warn });
  await waitFor('the follower', () => isFollowed('prod'));
  await stop();
  await nobodys.terminate();
});

test('a follower whose activity is paused stays stopped, until that is taken back', async () => {
  await waitFor('the follower', () => isFollowed('prod'));
  await untilListed('prod', true);
  const { client, namespace } = rig.temporal;
  const activity = { namespace, execution: { workflowId: 'runs:prod' }, id: '1' };
  const state = async () => (await followerOf('prod').describe()).raw.pendingActivities?.[0]?.state;
  await waitFor('its activity', async () => (await state()) !== undefined);
  await client.workflowService.pauseActivity({ ...activity, reason: 'For good' });
  const { runId } = await followerOf('prod').describe();
  // Those of a watcher name its flow, and other sandboxes are followed too.
  const asked = () =>
    rig.emulator.control
      .requests({ path: '/flowservice/runs' })
      .filter(({ sandbox, query }) => sandbox === 'prod' && !JSON.stringify(query).includes('flowId')).length;
  let sweeps = 0;
  const swept = () => void (sweeps += 1);
  const stop = keepFollowers({ client, taskQueue: 'aep-dataflows', intervalMs: 100, warn, swept });
  const { flowId } = await watched('prod');
  // An attempt that was under way goes on until it has asked.
  await waitFor('the pause', async () => (await state()) === paused);
  const before = asked();
  const seen = sweeps;
  await waitFor('sweeps', () => sweeps > seen + 10);
  await stop();
  expect((await followerOf('prod').describe()).runId).toBe(runId);
  expect(asked()).toBe(before);
  await client.workflowService.unpauseActivity(activity);
  rig.emulator.control.makeRun(flowId, justEnded(rig.emulator.control.clock().now));
  await waitFor('the run', async () => {
    const handle = client.workflow.getHandle(watcherWorkflowId({ sandbox: 'prod', flowId }));
    return (await handle.query<Health>(healthQuery)).lastRuns.length === 1;
  });
});
