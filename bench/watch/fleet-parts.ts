import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { startChild } from '../../dev/child.ts';
import { taskQueue } from '../../src/workflows/messages.ts';
import { healthQuery, wakeSignal, watcherWorkflowId } from '../../src/workflows/watch/watch-messages.ts';
import { startAdobe } from '../../test/watch/adobe.ts';
import { clock, startProgress } from '../lib/progress.ts';
import { quantile } from '../lib/stats.ts';
import { episodesOf, sizeOf, type Episode } from './episodes.ts';
import {
  busiestSecond,
  intervalMs,
  isFeed,
  isFlowList,
  looksFarBack,
  webhook,
  type Fleet,
  type FleetUsed,
} from './fleet.ts';
import { inBatches } from './flows.ts';
import { mean, measured, round, type Figures, type Measured } from './results.ts';

const minute = 60_000;
const listenerScript = fileURLToPath(new URL('../../src/listener.ts', import.meta.url));
/** How many watchers' histories are read. */
const sampleSize = 300;
/** A watcher's daily pass: the flow every third time, and two pages of runs a week old or younger. */
const callsPerDay = 2.4;
/** How many signalled runs a follower remembers: it looks no further back. */
const rememberedRuns = 8_000;
/** Of the runs of this bench. */
const failedShare = 0.1;

/** Starts all watchers at once. */
export async function measureStart(fleet: Fleet): Promise<Measured> {
  const { client, flowIds, emulator } = fleet;
  console.log('Starting the watchers…');
  const startedAt = Date.now();
  const before = fleet.used();
  await inBatches('watchers', flowIds.length, (index) => {
    const flow = { sandbox: 'prod', flowId: flowIds[index]! };
    return client.workflow.start('watchFlowRuns', {
      workflowId: watcherWorkflowId(flow),
      taskQueue,
      args: [{ ...flow, watch: { notify: { webhook } } }],
    });
  });
  const acceptedSeconds = (Date.now() - startedAt) / 1000;
  console.log(`Accepted in ${round(acceptedSeconds)} s; waiting for their first looks…`);
  const looks = () => emulator.control.callCounts()['GET /flowservice/flows/{id}'] ?? 0;
  using _ = startProgress('first looks', flowIds.length, looks);
  for (; looks() < flowIds.length; await sleep(1_000)) fleet.mustLive();
  return measured(
    'start',
    {
      flows: flowIds.length,
      'accepted in seconds': round(acceptedSeconds),
      'all first looks done after seconds': round((Date.now() - startedAt) / 1000),
      'most calls to AEP in one second': busiestSecond(fleet.requests(startedAt)),
      ...busySince('cores busy at the start', before, fleet.used()),
      'worker memory MB': fleet.memory(),
    },
    { 'accepted in seconds': (120 * flowIds.length) / 10_000, 'worker memory MB': 700 },
  );
}

/** Counts what the runs of some minutes cost. Runs appear two to three minutes after they are due. */
export async function measureSteady(fleet: Fleet, minutes: number): Promise<Measured> {
  const { flowIds, emulator, client } = fleet;
  const ended = (from: number, until: number) =>
    emulator.control
      .resources('runs', 'prod')
      .map(({ metrics }) => Number(metrics.durationSummary?.completedAtUTC ?? 0))
      .filter((end) => end >= from && end < until).length;
  console.log('Waiting until runs have begun to end: four minutes after the flows were made…');
  for (; ended(0, Date.now()) === 0; await sleep(1_000)) fleet.mustLive();
  await sleep(minute);
  const until = Date.now() + minutes * minute;
  console.log(`Counting for ${minutes} minutes, until ${clock(until)}…`);
  const follower = async () => (await client.workflow.getHandle('runs:prod').fetchHistory()).events!.length;
  const followerBefore = await follower();
  const before = fleet.used();
  const from = Date.now();
  await sleep(until - from);
  const busy = busySince('cores busy', before, fleet.used());
  const runs = ended(from, until);
  const all = fleet.requests(from, until);
  // These come every ten minutes: in so short a time all of them, or none.
  const calls = all.filter((call) => !isFlowList(call) && !looksFarBack(call));
  // Each flow has run once at most: what a second run costs, that leaves the verdict as it is, is seen on some of them.
  const again = flowIds.slice(0, Math.min(100, Math.floor(runs / 2)));
  for (const flowId of again) emulator.control.makeRun(flowId, { outcome: 'success', completedAt: until });
  console.log(`Waiting until the last of them are told, at ${clock(Date.now() + 1.4 * intervalMs)}…`);
  await sleep(1.4 * intervalMs);
  const step = Math.max(1, Math.floor(flowIds.length / sampleSize));
  const toldOf = async (indexes: number[]) => {
    const histories = await inBatches('histories', indexes.length, (n) =>
      fleet.watcher(indexes[n]!).fetchHistory(),
    );
    const episodes = histories.flatMap(episodesOf).filter(({ runs, looked }) => runs > 0 && !looked);
    return { histories, episodes };
  };
  const indexes = flowIds.map((_, index) => index);
  const { histories, episodes } = await toldOf(
    indexes.filter((index) => index >= again.length && index % step === 0),
  );
  const twice = await toldOf(indexes.slice(0, again.length));
  const same = twice.episodes.filter((one) => !one.changed);
  const changed = episodes.filter((one) => one.changed);
  const latencies = episodes.flatMap((one) => one.latencies).filter((ms) => ms < 30 * minute);
  const perHour = (calls.length / minutes) * 60;
  const dailyPerHour = (flowIds.length * callsPerDay) / 24;
  const datasets = emulator.control.resources('dataSets', 'prod').length;
  const farBackPerHour = 6 * pagesFarBack(flowIds.length);
  const listsPerHour = 6 * (Math.ceil(flowIds.length / 100) + Math.floor(datasets / 100) + 1);
  return measured(
    'steady',
    {
      flows: flowIds.length,
      minutes,
      'runs that ended': runs,
      'calls to AEP': calls.length,
      'of the follower': calls.filter(isFeed).length,
      'of watchers that looked': calls.filter((call) => !isFeed(call)).length,
      'calls per run': round(calls.length / runs),
      'calls per hour of the follower': Math.round((calls.filter(isFeed).length / minutes) * 60),
      'calls per hour of its looks half an hour back (worked out)': farBackPerHour,
      'calls per hour of the daily passes (worked out)': Math.round(dailyPerHour),
      'calls per hour of the lists of flows and datasets (worked out)': listsPerHour,
      'calls per run with the daily passes (worked out)': round(
        (perHour + farBackPerHour + dailyPerHour + listsPerHour) / flowIds.length,
      ),
      'events per run, verdict stays': perRun(same, 'events'),
      'events per run, verdict changes and is told': perRun(changed, 'events'),
      'bytes per run, verdict stays': perRun(same, 'bytes'),
      'bytes per run, verdict changes and is told': perRun(changed, 'bytes'),
      'bytes of a watcher': Math.round(mean(histories.map(sizeOf))),
      'events by which the follower grew': (await follower()) - followerBefore,
      'run end to verdict, p50 ms': milliseconds(latencies, 0.5),
      'run end to verdict, p95 ms': milliseconds(latencies, 0.95),
      'runs behind these': latencies.length,
      'messages sent': fleet.messages(),
      ...busy,
      'worker memory MB': fleet.memory(),
    },
    {
      'calls per run with the daily passes (worked out)': 0.2,
      'events per run, verdict stays': 6,
      'events per run, verdict changes and is told': 14,
      'events by which the follower grew': 0,
      'run end to verdict, p95 ms': intervalMs + 10_000,
      'worker memory MB': 700,
    },
  );
}

/** How many cores each part kept busy on average: what comes first to the end of its own, or all to the machine's, is the bottleneck. */
function busySince(when: string, before: FleetUsed, after: FleetUsed): Figures {
  const ms = after.at - before.at;
  const cores = (part: keyof Omit<FleetUsed, 'at'>) => round((after[part] - before[part]) / ms);
  return {
    [`${when}: worker`]: cores('worker'),
    [`${when}: server`]: cores('server'),
    [`${when}: emulator and bench`]: cores('bench'),
  };
}

/** How many pages of hourly flows' runs one of the follower's looks half an hour back reads: of failed ones a second time. */
function pagesFarBack(flows: number): number {
  const runs = Math.min(flows / 2, rememberedRuns);
  return Math.ceil(runs / 100) + Math.ceil((runs * failedShare) / 100);
}

function perRun(episodes: Episode[], what: 'events' | 'bytes'): number {
  const total = (of: 'events' | 'bytes' | 'runs') => episodes.reduce((sum, one) => sum + one[of], 0);
  return round(total(what) / total('runs'));
}

/** Has runs end and Adobe push that, through the listener. */
export async function measurePush(fleet: Fleet, pushes: number): Promise<Measured> {
  const { flowIds, emulator, temporal } = fleet;
  await using parts = new AsyncDisposableStack();
  const clientId = 'bench';
  const adobe = await startAdobe(clientId);
  parts.defer(() => adobe.close());
  const listener = await startChild(process.execPath, [listenerScript], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      AEP_CLIENT_ID: clientId,
      AEP_LISTENER_PORT: '0',
      AEP_EVENTS_KEYS_URL: adobe.keysUrl,
    },
  });
  parts.defer(() => listener.stop(1_000));
  const address = () => /http:\/\/[\d.]+:\d+/.exec(listener.lastOutput())?.[0];
  while (!address()) await sleep(50);
  const url = address()!;
  console.log(`Pushing ${pushes} runs…`);
  const chosen = Array.from({ length: pushes }, (_, n) => Math.floor(((n + 0.5) * flowIds.length) / pushes));
  const ends: number[] = [];
  for (const index of chosen) {
    const flowId = flowIds[index]!;
    const end = Date.now();
    const { id } = emulator.control.makeRun(flowId, { outcome: 'success', completedAt: end });
    const body = JSON.stringify(adobe.success({ id, flowId, sandboxName: 'prod' }));
    await fetch(url, { method: 'POST', body, headers: adobe.headersFor(body) });
    ends.push(end);
    await sleep(200);
  }
  await sleep(10_000);
  const latencies = await Promise.all(
    chosen.map(async (index, n) => judgedAfterWake(await fleet.watcher(index).fetchHistory(), ends[n]!)),
  );
  const known = latencies.filter((ms) => ms !== undefined);
  return measured(
    'push',
    {
      'runs pushed': pushes,
      'judged by a look of their own': known.length,
      'run end to verdict, p50 ms': milliseconds(known, 0.5),
      'run end to verdict, p95 ms': milliseconds(known, 0.95),
    },
    { 'run end to verdict, p95 ms': 2_000 },
  );
}

const milliseconds = (values: number[], share: number) => Math.round(quantile(values, share));

/** Milliseconds from a run's end until the look that a push caused was taken in. */
function judgedAfterWake({ events }: temporal.api.history.v1.IHistory, end: number): number | undefined {
  const woken = events!.findIndex(
    ({ workflowExecutionSignaledEventAttributes: signal, eventTime }) =>
      signal?.signalName === wakeSignal.name && tsToMs(eventTime!) >= end - 1_000,
  );
  if (woken < 0) return undefined;
  const looks = new Set(
    events!
      .filter(({ activityTaskScheduledEventAttributes: one }) => one?.activityType?.name === 'readRuns')
      .map(({ eventId }) => String(eventId)),
  );
  const looked = events!.findIndex(
    ({ activityTaskCompletedEventAttributes: one }, at) =>
      at > woken && one && looks.has(String(one.scheduledEventId)),
  );
  const judged = events!.find(
    (event, at) => looked >= 0 && at > looked && event.workflowTaskCompletedEventAttributes,
  );
  return judged && tsToMs(judged.eventTime!) - end;
}

/** Kills the worker: what its successor asks of AEP, and how long it takes. */
export async function measureRestart(fleet: Fleet): Promise<Measured> {
  console.log('Killing the worker…');
  const killedAt = Date.now();
  await fleet.restartWorker();
  await fleet.watcher(0).query(healthQuery);
  const answeredAt = Date.now();
  const follows = () => fleet.requests(answeredAt).find(isFeed);
  while (!follows()) await sleep(200);
  const followedAt = follows()!.at;
  await sleep(Math.max(0, killedAt + minute - Date.now()));
  const own = fleet
    .requests(killedAt, killedAt + minute)
    .filter((call) => !isFeed(call) && !isFlowList(call));
  return measured(
    'restart',
    {
      'open watchers': fleet.flowIds.length,
      'seconds until a query is answered': round((answeredAt - killedAt) / 1000),
      'seconds until the follower looks': round((followedAt - killedAt) / 1000),
      'calls of watchers in the minute after': own.length,
      'most calls of watchers in one second': busiestSecond(own),
      'worker memory MB': fleet.memory(),
    },
    { 'calls of watchers in the minute after': Math.max(10, fleet.flowIds.length / 100) },
  );
}

/**
 * Takes AEP away, has every watcher want to look, and brings AEP back: as after a day in which each became overdue. A
 * short absence is the harder case, as the pauses between the attempts of a watcher grow with it.
 */
export async function measureAway(
  fleet: Fleet,
  { looksPerSecond }: { looksPerSecond: number },
): Promise<Measured> {
  const { flowIds, emulator, client } = fleet;
  console.log(`AEP goes away, and ${flowIds.length} watchers want to look…`);
  const awayAt = Date.now();
  emulator.control.addFault({ method: 'GET', path: '/flowservice/**', kind: '503', times: 10_000_000 });
  await inBatches('wakes', flowIds.length, (index) =>
    fleet.watcher(index).signal(wakeSignal, { flow: true }),
  );
  await sleep(minute);
  const overdue = await client.workflow.count(
    'AepVerdict = "overdue" AND WorkflowType = "watchFlowRuns" AND ExecutionStatus = "Running"',
  );
  const backAt = Date.now();
  const away = fleet.requests(awayAt, backAt);
  emulator.control.clearFaults();
  console.log('AEP is back…');
  await sleep(2 * minute);
  const back = fleet.requests(backAt);
  const answered = back.filter(
    ({ status, path }) => status === 200 && path.startsWith('/flowservice/flows/'),
  );
  return measured(
    'AEP away',
    {
      watchers: flowIds.length,
      'looks per second a worker may begin': looksPerSecond,
      'seconds away': Math.round((backAt - awayAt) / 1000),
      'calls to AEP while away': away.length,
      'most calls in one second while away': busiestSecond(away),
      'overdue while it could not be read': overdue.count,
      'most calls in one second after': busiestSecond(back),
      'flows read in the two minutes after': answered.length,
      'worker memory MB': fleet.memory(),
    },
    {
      // A look is two calls, and the follower's own come on top.
      'most calls in one second while away': 3 * looksPerSecond,
      'most calls in one second after': 3 * looksPerSecond,
      'overdue while it could not be read': 0,
      'worker memory MB': 700,
    },
  );
}
