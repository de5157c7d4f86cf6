import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { timeSkippingServer } from '../../dev/binaries.ts';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { findBinary } from '../../dev/find-binary.ts';
import { registerSearchAttributes } from '../../dev/search-attributes.ts';
import type { WatchState } from '../../src/runs/watch-state.ts';
import { adversity } from '../../test/watch/adversity.ts';
import { day, minute, watchLong, type LongWatchOptions } from '../../test/watch/long-watch.ts';
import { sizeOf } from './episodes.ts';
import { measured, round, type Measured } from './results.ts';
import { removeFlow } from '../../test/watch/make-flow.ts';

type Event = temporal.api.history.v1.IHistoryEvent;

/** A year of one busy flow, or less, with everything that can go wrong: whether each run was judged once. */
export async function measureYear(days: number): Promise<Measured> {
  const { before, count } = adversity(days, {
    awayFrom: Math.floor(days / 3),
    daysAway: Math.min(9, days / 4),
  });
  const began = Date.now();
  let shown = 0;
  const { result, watcher, ended, looks, calls } = await onSkippedTime({
    schedule: { frequency: 'minute', interval: 15 },
    watch: { overdueAfter: '3h' },
    watchIntervalMs: 100 * minute,
    runs: { success: 80, degraded: 10, failed: 6, 'failed-no-end': 2, missing: 2 },
    skew: (elapsed) => (elapsed < (days / 2) * day ? -7 * minute : 9 * minute),
    before(scene) {
      if (scene.elapsed > shown * 30 * day)
        console.log(`  day ${30 * shown++}, ${Math.round((Date.now() - began) / 1000)} s`);
      return before(scene);
    },
  });
  const { ok, degraded, failed, tooLate } = result.health.totals;
  const judged = ok + degraded + failed;
  const states = watcher.map(({ events }) => stateOf(events![0]!)).filter((state) => state !== undefined);
  const ids = new Set(states.flatMap(({ cursor }) => Object.values(cursor.judged).flat()));
  const known = new Set(ended.map(({ id }) => id.slice(-12)));
  // Judged after the last state was handed over.
  const unseen = ended.filter(({ id }) => !ids.has(id.slice(-12))).length;
  const since =
    judged -
    ((states.at(-1)?.record.totals.ok ?? 0) +
      (states.at(-1)?.record.totals.degraded ?? 0) +
      (states.at(-1)?.record.totals.failed ?? 0));
  const isExact =
    judged === ended.length && tooLate === 0 && unseen === since && [...ids].every((id) => known.has(id));
  const events = watcher.map(({ events }) => events!.length);
  return measured(
    'year',
    {
      days,
      'runs that ended': ended.length,
      judged,
      'appeared too late': tooLate,
      ...Object.fromEntries(Object.entries(count).map(([what, times]) => [`adversity: ${what}`, times])),
      executions: watcher.length,
      'most events of one': Math.max(...events),
      'most bytes of one': Math.max(...watcher.map(sizeOf)),
      'largest state handed over, bytes': Math.max(...states.map((state) => JSON.stringify(state).length)),
      'events per run': round(events.reduce((sum, n) => sum + n, 0) / judged),
      'looks of the follower': looks.signalEndedRuns,
      'looks of the watcher': looks.readRuns,
      'calls to AEP': Object.values(calls).reduce((sum, n) => sum + n, 0),
      seconds: Math.round((Date.now() - began) / 1000),
      'missed or judged twice': isExact ? 0 : Math.max(1, Math.abs(judged - ended.length)),
    },
    {
      'missed or judged twice': 0,
      'appeared too late': 0,
      'most events of one': 550,
      'most bytes of one': 512_000,
    },
  );
}

/** Days on which nothing happens: a flow that runs once a year, after its first run. */
export async function measureIdleDays(days: number): Promise<Measured> {
  const { watcher } = await onSkippedTime({
    schedule: { frequency: 'week', interval: 52 },
    watchIntervalMs: 100 * minute,
    runs: { success: 1 },
    async before({ elapsed, aep, flowId }) {
      if (elapsed > (days + 2) * day) await removeFlow(aep, flowId);
    },
  });
  const events = watcher.flatMap(({ events }) => events!);
  const time = ({ eventTime }: Event) => tsToMs(eventTime!);
  const began = time(events[0]!);
  const idle = events.filter((event) => time(event) >= began + day && time(event) < began + (days + 1) * day);
  return measured(
    'idle',
    { days, events: idle.length, 'events per day': round(idle.length / days) },
    { 'events per day': 12 },
  );
}

async function onSkippedTime(options: Omit<LongWatchOptions, 'place' | 'workflowBundle'>) {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const workflowBundle = join(folder, 'workflows.js');
  await bundleWorkflows(workflowBundle);
  const path = await findBinary(timeSkippingServer);
  const place = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  parts.defer(() => place.teardown());
  await registerSearchAttributes(place.connection, 'default');
  // Awaited here: what it needs ends with this function.
  return await watchLong({ ...options, place, workflowBundle });
}

/** So that the SDK does not log what adversity provokes. */
export function quiet(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

function stateOf({ workflowExecutionStartedEventAttributes: started }: Event): WatchState | undefined {
  const payload = started?.input?.payloads?.[1];
  return payload ? defaultPayloadConverter.fromPayload<WatchState>(payload) : undefined;
}
