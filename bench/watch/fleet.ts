import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { startChild } from '../../dev/child.ts';
import { localEnv } from '../../dev/local-stack.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { startEmulator, type RecordedRequest } from '../../emulator/emulator.ts';
import { createAep } from '../../src/aep/aep.ts';
import { taskQueue } from '../../src/workflows/messages.ts';
import { healthQuery, watcherWorkflowId } from '../../src/workflows/watch-messages.ts';
import { bytesOf } from '../lib/history.ts';
import { quantile } from '../lib/stats.ts';
import { used } from '../lib/used.ts';
import { episodesOf } from './episodes.ts';
import { inBatches, makeFlows } from './flows.ts';
import { report, round } from './results.ts';

export interface FleetOptions {
  flows: number;
  /** Minutes for which runs are counted. */
  minutes: number;
  /** Watchers in another sandbox that all become overdue while AEP is away. */
  overdue: number;
  /** Looks of watchers per second. */
  looksPerSecond: number;
}

const minute = 60_000;
const workerScript = fileURLToPath(new URL('../../dev/built-worker.ts', import.meta.url));
/** How many watchers' histories are read. */
const sampleSize = 300;

/** Watches many flows on a development server with one worker, and measures what it costs. */
export async function measureFleet({ flows, minutes, overdue, looksPerSecond }: FleetOptions): Promise<void> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({
    recordLimit: 1_000_000,
    runs: { success: 80, degraded: 10, failed: 8, 'failed-no-end': 2 },
  });
  parts.defer(() => emulator.close());
  const temporal = await startTemporal({ headless: true, dbFilename: join(folder, 'temporal.db') });
  parts.defer(() => temporal.close());
  const bundle = join(folder, 'workflows.js');
  await bundleWorkflows(bundle);
  const startWorker = async () => {
    const env = { ...localEnv(emulator.url, temporal), AEP_WATCH_LOOKS_PER_SECOND: String(looksPerSecond) };
    const worker = await startChild(process.execPath, [workerScript, bundle], {
      env: { ...process.env, ...env },
    });
    parts.defer(() => worker.stop(1_000));
    return worker;
  };
  let worker = await startWorker();
  const connection = await Connection.connect({ address: temporal.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection });
  const aep = createAep({
    apiUrl: emulator.url,
    imsUrl: emulator.url,
    httpTimeoutMs: 30_000,
    ...administrator,
  });
  const requests = (since: number, until = Infinity) =>
    emulator.control
      .requests({ path: '/flowservice/**' })
      .filter(
        ({ at, headers }) => at >= since && at < until && headers['x-api-key'] !== administrator.clientId,
      );

  console.log(`Making ${flows} flows…`);
  const flowIds = await makeFlows(aep, 'prod', flows);
  const start = (sandbox: string, flowId: string, more: object = {}) =>
    client.workflow.start('watchFlowRuns', {
      workflowId: watcherWorkflowId({ sandbox, flowId }),
      taskQueue,
      args: [{ sandbox, flowId, ...more }],
    });

  console.log('Starting their watchers…');
  const startedAt = Date.now();
  await inBatches(flows, (index) => start('prod', flowIds[index]!));
  const acceptedSeconds = (Date.now() - startedAt) / 1000;
  console.log(`Accepted in ${round(acceptedSeconds)} s; waiting for their first looks…`);
  const firstLooks = () =>
    new Set(
      requests(startedAt)
        .filter(isFlowRead)
        .map(({ path }) => path),
    ).size;
  while (firstLooks() < flows) await sleep(2_000);
  const lookedAt = Date.now();
  report('start', {
    flows,
    'accepted in seconds': round(acceptedSeconds),
    'all first looks done after seconds': round((lookedAt - startedAt) / 1000),
    'most calls to AEP in one second': busiestSecond(requests(startedAt, lookedAt)),
    'worker memory MB': Math.round(used(worker.pid).mb),
  });

  // Runs appear two to three minutes after they are due.
  await sleep(Math.max(0, startedAt + 5 * minute - Date.now()));
  console.log(`Counting for ${minutes} minutes…`);
  const from = Date.now();
  await sleep(minutes * minute);
  const until = Date.now();
  const runs = emulator.control
    .resources('runs', 'prod')
    .map(({ metrics }) => Number(metrics.durationSummary?.completedAtUTC ?? 0))
    .filter((end) => end >= from && end < until).length;
  const calls = requests(from, until);
  // The last of them are still on their way.
  await sleep(90_000);
  const histories = await inBatches(Math.min(sampleSize, flows), (index) =>
    client.workflow.getHandle(watcherWorkflowId({ sandbox: 'prod', flowId: flowIds[index]! })).fetchHistory(),
  );
  const episodes = histories.flatMap(episodesOf);
  const told = episodes.filter(({ runs, looked }) => runs > 0 && !looked);
  const [same, changed] = [told.filter((one) => !one.changed), told.filter((one) => one.changed)];
  const latencies = told.flatMap((one) => one.latencies).filter((ms) => ms < 30 * minute);
  const follower = await client.workflow.getHandle('runs/prod').fetchHistory();
  // A watcher's daily pass: the flow every third time, and two pages of runs a week old or younger.
  const perHour = (calls.length / minutes) * 60;
  const dailyPerHour = (flows * 2.4) / 24;
  report('steady', {
    flows,
    minutes,
    'runs that ended': runs,
    'calls to AEP': calls.length,
    'of the follower': calls.filter(isFeed).length,
    'of watchers that looked': calls.filter((call) => !isFeed(call)).length,
    'calls per run': round(calls.length / runs),
    'calls per hour of the daily passes (worked out)': Math.round(dailyPerHour),
    'calls per run with the daily passes (worked out)': round((perHour + dailyPerHour) / flows),
    'events per run, verdict stays': round(mean(same.map(({ events, runs }) => events / runs))),
    'events per run, verdict changes': round(mean(changed.map(({ events, runs }) => events / runs))),
    'most events of one signal': Math.max(...told.map(({ events }) => events)),
    'bytes per run': Math.round(mean(told.map(({ bytes, runs }) => bytes / runs))),
    'bytes of a watcher before its first run': Math.round(
      mean(
        histories.map(({ events }) => events!.slice(0, 12).reduce((sum, event) => sum + bytesOf(event), 0)),
      ),
    ),
    'events of the follower': follower.events!.length,
    'run end to verdict, p50 ms': Math.round(quantile(latencies, 0.5)),
    'run end to verdict, p95 ms': Math.round(quantile(latencies, 0.95)),
    'runs behind these': latencies.length,
    'worker memory MB': Math.round(used(worker.pid).mb),
  });

  console.log('Killing the worker…');
  process.kill(worker.pid, 'SIGKILL');
  await worker.ended;
  const killedAt = Date.now();
  worker = await startWorker();
  const handle = client.workflow.getHandle(watcherWorkflowId({ sandbox: 'prod', flowId: flowIds[0]! }));
  await handle.query(healthQuery);
  const answeredAt = Date.now();
  const followed = () => requests(answeredAt).some(isFeed);
  while (!followed()) await sleep(200);
  await sleep(minute);
  const after = requests(killedAt);
  report('restart', {
    flows,
    'seconds until a query is answered': round((answeredAt - killedAt) / 1000),
    'seconds until the follower looks': round((after.find(isFeed)!.at - killedAt) / 1000),
    'calls of watchers in the minute after': after.filter((call) => !isFeed(call)).length,
    'worker memory MB': Math.round(used(worker.pid).mb),
  });

  if (overdue > 0) await measureOverdue();

  async function measureOverdue(): Promise<void> {
    console.log(`AEP goes away, and ${overdue} flows become overdue…`);
    const ids = await makeFlows(aep, 'dev', overdue);
    await inBatches(overdue, (index) => start('dev', ids[index]!, { watch: { overdueAfter: '1s' } }));
    const mine = (since: number) => requests(since).filter(({ sandbox }) => sandbox === 'dev');
    while (
      new Set(
        mine(0)
          .filter(isFlowRead)
          .map(({ path }) => path),
      ).size < overdue
    )
      await sleep(1_000);
    for (const flowId of ids) emulator.control.planRuns({ flowId, outcomes: ['missing', 'missing'] });
    const awayAt = Date.now();
    emulator.control.addFault({ method: 'GET', path: '/flowservice/**', kind: '503', times: 10_000_000 });
    // All are due within the hour.
    await sleep(minutes * minute);
    const away = mine(awayAt);
    const liars = await count('overdue');
    emulator.control.clearFaults();
    const backAt = Date.now();
    const due =
      away.length > 0 ? new Set(away.map(({ path, query }) => `${path} ${JSON.stringify(query)}`)).size : 0;
    await sleep(minutes * minute);
    const back = mine(backAt);
    report('AEP away', {
      watchers: overdue,
      'minutes away': minutes,
      'calls to AEP while away': away.length,
      'of different sorts': due,
      'overdue while it could not be read': liars,
      'most calls in one second after': busiestSecond(back),
      'calls after': back.length,
      'overdue in the end': await count('overdue'),
    });
  }

  async function count(verdict: string): Promise<number> {
    const query = `AepSandbox = "dev" AND AepVerdict = "${verdict}" AND WorkflowType = "watchFlowRuns"`;
    return (await client.workflow.count(query)).count;
  }
}

const administrator = {
  clientId: 'bench-admin',
  clientSecret: 'secret',
  orgId: 'BENCH@AdobeOrg',
  scopes: 'openid',
};

const isFlowRead = ({ path }: RecordedRequest) => path.startsWith('/flowservice/flows/');

/** Whether a request is the follower's: it asks for no flow. */
function isFeed({ path, query }: RecordedRequest): boolean {
  return path === '/flowservice/runs' && !/flowId|"id=|id==/.test(JSON.stringify(query));
}

function busiestSecond(calls: RecordedRequest[]): number {
  const seconds = Map.groupBy(calls, ({ at }) => Math.floor(at / 1000));
  return Math.max(0, ...[...seconds.values()].map(({ length }) => length));
}

function mean(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** What a process has in memory, where the operating system tells. */
