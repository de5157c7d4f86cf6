import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { WatchState } from '../../src/runs/watch-state.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { adversity } from './adversity.ts';
import { day, hour, minute, watchLong } from './long-watch.ts';

// One for each test: a server whose workflow was terminated in the middle of an activity skips no more time.
let place: TestWorkflowEnvironment;
beforeEach(async () => {
  place = await startTimeSkipping();
});
afterEach(() => place.teardown());

type History = proto.temporal.api.history.v1.IHistory;

const workflowBundle = inject('workflowBundle');

/** The ends of the ids that a watcher said were judged when an execution ended, each execution's on its own. */
function judgedOf(executions: History[]): string[][] {
  return executions.flatMap(({ events }) => {
    const [, state] = events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
    if (!state) return [];
    const { cursor } = defaultPayloadConverter.fromPayload<WatchState>(state);
    return [Object.values(cursor.judged).flat()];
  });
}

async function replay(workflowId: string, histories: History[]): Promise<void> {
  const named = histories.map((history) => ({ workflowId, history }));
  for await (const { error } of Worker.runReplayHistories(
    { workflowBundle: { codePath: workflowBundle } },
    named,
  ))
    expect(error).toBeUndefined();
}

test('a month with everything that can go wrong: each run is judged once, in small histories that replay', async () => {
  const { before, count } = adversity(24);
  const { result, watcher, follower, ended } = await watchLong({
    place,
    workflowBundle,
    before,
    schedule: { frequency: 'hour', interval: 1 },
    watch: { overdueAfter: '4h' },
    watchIntervalMs: 100 * minute,
    runs: { success: 6, degraded: 2, failed: 1, 'failed-no-end': 1, missing: 1 },
    skew: (elapsed) => (elapsed < 18 * day ? -7 * minute : 9 * minute),
  });
  const { totals } = result.health;
  expect(result.reason).toBe('gone');
  expect(Math.min(...Object.values(count))).toBeGreaterThan(2);

  // By number to the last, by id as far as a state was handed over.
  expect(totals.ok + totals.degraded + totals.failed).toBe(ended.length);
  expect(totals.tooLate).toBe(0);
  const judged = judgedOf(watcher);
  for (const ids of judged) expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(ended.map(({ id }) => id.slice(-12)));
  const everJudged = new Set(judged.flat());
  expect([...everJudged].filter((id) => !known.has(id))).toEqual([]);
  expect(everJudged.size).toBeGreaterThan(ended.length - 250);

  const events = watcher.map(({ events }) => events!.length);
  expect(Math.max(...events)).toBeLessThan(550);
  expect(Math.max(...watcher.map(bytesOf))).toBeLessThan(512_000);
  expect(follower.events!.length).toBeLessThan(12);
  await replay(`flow:prod:${result.health.flowId}`, watcher);
  await replay('runs:prod', [follower]);
}, 240_000);

test('a flow that runs once is watched for a day after its run ended well', async () => {
  const { result, looks, elapsed } = await watchLong({
    place,
    workflowBundle,
    schedule: { frequency: 'once', interval: undefined },
    watchIntervalMs: 50 * minute,
    runs: { success: 1 },
    before() {},
  });
  expect(result).toMatchObject({ reason: 'done', health: { verdict: 'ok', totals: { ok: 1 } } });
  expect(elapsed).toBeGreaterThan(day - 2 * hour);
  expect(elapsed).toBeLessThan(day + 3 * hour);
  expect(looks.readRuns).toBeLessThan(6);
}, 120_000);

const bytesOf = (history: History) => proto.temporal.api.history.v1.History.encode(history).finish().length;
