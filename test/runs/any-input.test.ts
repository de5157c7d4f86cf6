import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeHealth } from '../../src/runs/details.ts';
import { lastActivity, readFlow } from '../../src/runs/flow.ts';
import { healthOf } from '../../src/runs/health.ts';
import { messageSchema } from '../../src/runs/notification.ts';
import { noReactions, react } from '../../src/runs/reactions.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { messageOf } from '../../src/runs/notification.ts';
import { readEndedRuns } from '../../src/runs/run.ts';
import { planLook } from '../../src/runs/next-look.ts';
import { absorb, hear, type WatchState } from '../../src/runs/watch-state.ts';

const now = Date.UTC(2026, 2, 2, 8);
const hour = 3_600_000;
const flowId = 'f';

const oddNumber = fc.constantFrom(
  -1,
  0,
  -0,
  0.5,
  1e-300,
  -1e300,
  1e300,
  999_999_999,
  1e15,
  8.64e15,
  8.64e15 + 1,
  2 ** 53,
  1.7e15,
  Infinity,
  -Infinity,
  NaN,
);
const odd = fc.oneof(
  oddNumber,
  oddNumber.map(String),
  fc.double().map(String),
  fc.constantFrom(
    null,
    undefined,
    true,
    '',
    'soon',
    [],
    {},
    [null],
    ['a', 1],
    '2026-03-02T08:00:00Z',
    'constructor',
    '__proto__',
    'x'.repeat(5_000),
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
);
/** As it should be, or anything at all. */
const mostly = <T>(good: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: good as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd });
const object = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  mostly(fc.record(fields, { requiredKeys: [] }));

const time = mostly(fc.integer({ min: now - 12 * 24 * hour, max: now + 2 * hour }));
const seconds = mostly(fc.integer({ min: (now - 12 * 24 * hour) / 1000, max: (now + 2 * hour) / 1000 }));
const count = mostly(fc.integer({ min: 0, max: 1_000 }));
const word = mostly(fc.constantFrom('success', 'failed', 'inProgress', 'PARTIAL_FAILURE', 'ROLLED_BACK'));
const errors = mostly(
  fc.array(object({ code: fc.constant('CONNECTOR-1001-500'), message: odd, recordCount: count }), {
    maxLength: 4,
  }),
);
const durations = object({ startedAtUTC: time, completedAtUTC: time });

const flow = fc.record({
  id: odd,
  name: odd,
  state: mostly(fc.constantFrom('enabled', 'disabled')),
  description: mostly(fc.constantFrom('', `Managed by aep-dataflows: prod/${'o'.repeat(3_000)} #3f9c21ab`)),
  createdAt: time,
  updatedAt: time,
  scheduleParams: object({
    startTime: seconds,
    frequency: mostly(fc.constantFrom('once', 'minute', 'hour', 'day', 'week')),
    interval: mostly(fc.integer({ min: 1, max: 60 })),
  }),
  lastRunDetails: object({ startedAtUTC: time }),
  inheritedAttributes: object({
    sourceConnections: mostly(fc.array(object({ connectionSpec: object({ id: odd }) }))),
  }),
});
const run = fc.record({
  id: mostly(fc.uuid()),
  flowId: fc.constant(flowId),
  createdAt: time,
  updatedAt: time,
  metrics: object({
    durationSummary: durations,
    recordSummary: object({
      inputRecordCount: count,
      outputRecordCount: count,
      failedRecordCount: count,
      skippedRecordCount: count,
    }),
    fileSummary: object({ failedFileCount: count }),
    sizeSummary: object({ outputBytes: count }),
    statusSummary: object({ status: word, errors, activityRefs: odd }),
  }),
  activities: mostly(
    fc.array(
      object({
        id: odd,
        name: mostly(fc.constant('Copy Activity')),
        durationSummary: durations,
        statusSummary: object({ status: word, errors }),
      }),
      { maxLength: 3 },
    ),
  ),
});
/** What somebody may signal in a follower's name: nearly a run as we write it. */
const signalledRun = fc.record({
  id: mostly(fc.uuid()),
  flowId: fc.constant(flowId),
  status: word,
  start: time,
  created: time,
  end: time,
  counts: object({ read: count, written: count, failed: count, other: odd }),
  errors: mostly(fc.array(object({ code: odd, message: odd, activity: odd, records: odd }))),
  failedActivity: odd,
  said: odd,
});
const signalled = object({
  readAt: time,
  lastRead: time,
  runs: mostly(fc.array(mostly(signalledRun), { maxLength: 6 })),
});

const settings = fc.constantFrom(
  {},
  { overdueAfterSeconds: 60 },
  { stuckAfterSeconds: 60 },
  { expectRows: true },
);

test('whatever flows, runs and signals hold, a watch goes on, and what it says is what its readers were promised', () => {
  fc.assert(
    fc.property(
      flow,
      fc.array(fc.array(run, { maxLength: 6 }), { maxLength: 4 }),
      fc.array(signalled, { maxLength: 3 }),
      settings,
      (rawFlow, looks, signals, settings) => {
        const seen = readFlow(rawFlow);
        let state: WatchState | undefined;
        let readAt = now;
        const check = (next: WatchState) => {
          const health = healthOf({ sandbox: 'prod', flowId }, next, settings);
          const { reactions, actions } = react(next.reactions ?? noReactions, next, health, {
            retry: { times: 3 },
          });
          expect(describeHealth(health).length).toBeLessThan(20_000);
          const plan = planLook(next, settings);
          expect(plan.at === 0 || (plan.at > next.readAt && plan.at <= next.readAt + 25 * hour)).toBe(true);
          for (const notification of [...actions.notify, { event: 'gone' } as const]) {
            const envelope = {
              id: '0b0f7d52-6d0b-4b31-8c24-7b8b3d1c5a90',
              at: next.readAt,
              watcherWorkflowId: 'flow:prod:f',
            };
            const message = messageOf(health, notification, envelope, { retry: { times: 3 } });
            expect(messageSchema.parse(message)).toEqual(message);
            expect(/\\ud[89a-f]/i.test(JSON.stringify(message))).toBe(false);
          }
          // Nothing that JSON cannot hold: it goes from execution to execution so.
          const carried = JSON.parse(JSON.stringify({ ...next, reactions })) as WatchState;
          expect(carried).toEqual({ ...next, reactions });
          return carried;
        };
        for (const runs of looks) {
          const first = state ? {} : { flow: seen, full: true, since: sinceOf(rawFlow) };
          state = check(
            absorb(
              state,
              { readAt, full: false, cutShort: false, vanished: [], runs: runs.map(readRun), ...first },
              settings,
            ),
          );
          for (const signal of signals)
            state = check(hear(state, readEndedRuns(signal, readAt, flowId), settings));
          readAt += 25 * hour;
          state = check(
            absorb(
              state,
              { readAt, full: true, cutShort: false, vanished: [], runs: [], flow: seen },
              settings,
            ),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** As the first look works it out. */
function sinceOf(rawFlow: Record<string, unknown>): number {
  return Math.max(readFlow(rawFlow).created, Math.min(now, lastActivity(rawFlow)) - 7 * 24 * hour);
}

test('a flow that somebody gave an interval of 999,999,999 days is due at its start, and then no more', () => {
  const startTime = now / 1000;
  const scheduleParams = { startTime, frequency: 'day', interval: 999_999_999 };
  const seen = readFlow({ name: 'Orders', state: 'enabled', createdAt: now, scheduleParams });
  const first = absorb(
    undefined,
    { readAt: now, full: true, cutShort: false, vanished: [], runs: [], flow: seen, since: now },
    {},
  );
  expect(healthOf({ sandbox: 'prod', flowId }, first, {}).nextRunDue).toBe('2026-03-02T08:00:00.000Z');
  const ended = readRun({
    id: 'r',
    flowId,
    createdAt: now,
    metrics: {
      durationSummary: { startedAtUTC: now, completedAtUTC: now + 1 },
      statusSummary: { status: 'success' },
    },
  });
  const later = absorb(
    first,
    { readAt: now + hour, full: false, cutShort: false, vanished: [], runs: [ended] },
    {},
  );
  expect(healthOf({ sandbox: 'prod', flowId }, later, {})).toMatchObject({ verdict: 'ok' });
  expect(healthOf({ sandbox: 'prod', flowId }, later, {}).nextRunDue).toBeUndefined();
});
