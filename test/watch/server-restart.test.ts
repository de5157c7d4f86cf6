import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, test } from 'vitest';
import { localEnv, startWorker } from '../../dev/local-stack.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import { waitFor } from '../support/wait-for.ts';
import { day } from './long-watch.ts';
import { administrator, justEnded, makeFlow } from './make-flow.ts';
import { healthOf, until, type Watcher } from './rig-with-receiver.ts';

/** A follower that was cut off is missed after a quarter of a minute. Milliseconds. */
const patience = 60_000;

/** How the flow is, once so many of its runs are judged. */
async function judgedOf(watcher: Watcher, count: number) {
  const health = await healthOf(watcher);
  const { ok, degraded, failed } = health.totals;
  return ok + degraded + failed >= count && health;
}

test('the Temporal server is killed under watchers: what ended before, meanwhile and after is judged once', async () => {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-test-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const kept = { headless: true, dbFilename: join(folder, 'temporal.db') };
  const emulator = await startEmulator();
  parts.defer(() => emulator.close());
  const first = await startTemporal(kept);
  parts.defer(() => first.close());
  const env = { ...localEnv(emulator.url, first), AEP_WATCH_INTERVAL: '200' };
  const startPart = async () => {
    const worker = await startWorker(env, { bundle: inject('workflowBundle') });
    parts.defer(() => worker.stop(0));
    return worker;
  };
  const worker = await startPart();
  const connection = await Connection.connect({ address: first.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection });

  const aep = administrator(emulator.url);
  const watchers: Watcher[] = [];
  for (let n = 0; n < 3; n++) {
    const flowId = await makeFlow(aep, { now: Date.now() + day });
    const [workflowId, input] = [`flow:prod:${flowId}`, { sandbox: 'prod', flowId }];
    const options = { workflowId, taskQueue: 'aep-dataflows', args: [input] };
    watchers.push(await client.workflow.start('watchFlowRuns', options));
  }
  const endRuns = () => {
    for (const { workflowId } of watchers)
      emulator.control.makeRun(workflowId.slice('flow:prod:'.length), justEnded(Date.now()));
  };
  for (const watcher of watchers)
    await until(watcher, 'the first look', ({ flowName }) => flowName !== undefined);
  endRuns();
  for (const watcher of watchers) await waitFor('the first run', () => judgedOf(watcher, 1));

  // These the follower may have read and told to nobody, or to some.
  endRuns();
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  endRuns();
  const again = await startTemporal({ ...kept, port: Number(first.address.split(':')[1]) });
  parts.defer(() => again.close());
  // As a supervisor does, where the worker did not outlive it.
  void worker.ended.then(async () => {
    if (!parts.disposed) await startPart();
  });
  endRuns();
  for (const watcher of watchers) {
    const { totals, lastRuns } = await waitFor('all four runs', () => judgedOf(watcher, 4), patience);
    expect(totals).toMatchObject({ ok: 4, failed: 0, degraded: 0, tooLate: 0 });
    expect(new Set(lastRuns.map(({ runId }) => runId)).size).toBe(4);
  }
});
