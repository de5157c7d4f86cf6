import { describe, expect, test } from 'vitest';
import { readRun, statusOf, windowOf } from '../../src/runs/read-run.ts';
import { hasEnded } from '../../src/runs/run.ts';

test('a run without a start counts from its creation', () => {
  const run = readRun({
    id: 'r',
    flowId: 'f',
    createdAt: 1_651_587_212_543,
    metrics: { statusSummary: { status: 'scheduled' } },
    activities: [],
  });
  expect(run).toMatchObject({ start: 1_651_587_212_543, created: 1_651_587_212_543, status: 'scheduled' });
  expect(hasEnded(run)).toBe(false);
});

test('times that a push message gives in seconds become milliseconds', () => {
  const durationSummary = { startedAtUTC: 1_590_512_053, completedAtUTC: 1_590_512_054 };
  const run = readRun({
    id: 'r',
    flowId: 'f',
    createdAt: 1_597_213_529_158,
    metrics: { durationSummary, statusSummary: { status: 'success' } },
  });
  expect(run).toMatchObject({ start: 1_590_512_053_000, end: 1_590_512_054_000 });
});

test('a failed run without a time of completion ends when its last activity did, else when it last changed', () => {
  const failed = {
    id: 'r',
    flowId: 'f',
    createdAt: 1_600_000_000_000,
    updatedAt: 1_600_000_900_000,
    metrics: { statusSummary: { status: 'failed' } },
  };
  const activities = [{ durationSummary: { completedAtUTC: 1_600_000_500_000 } }];
  expect(readRun({ ...failed, activities }).end).toBe(1_600_000_500_000);
  expect(readRun(failed).end).toBe(1_600_000_900_000);
});

test('counts of -1 are not known, and numbers may come as texts', () => {
  const recordSummary = { inputRecordCount: -1, outputRecordCount: '26', failedRecordCount: 'many' };
  expect(readRun({ id: 'r', flowId: 'f', metrics: { recordSummary } }).counts).toEqual({ written: 26 });
});

test('errors are kept three at most, each once, short, and the most telling first', () => {
  const vague = { code: 'CONNECTOR-2001-500', message: 'Something broke.' };
  const errors = [
    vague,
    vague,
    { code: 'INGEST-1212-400', message: 'x'.repeat(5000) },
    { code: 'MAPPER-3700-400', message: 'Wrong type' },
    { message: 'One more' },
  ];
  const run = readRun({ id: 'r', flowId: 'f', metrics: { statusSummary: { status: 'failed', errors } } });
  expect(run.errors.map(({ code }) => code)).toEqual(['MAPPER-3700-400', undefined, 'CONNECTOR-2001-500']);
  expect(JSON.stringify(run).length).toBeLessThan(1500);
});

test('whatever AEP sends in place of a run is read without an exception', () => {
  for (const odd of [
    null,
    'run',
    7,
    [],
    { metrics: 'none', activities: {} },
    { activities: [null, 3], metrics: { durationSummary: { startedAtUTC: 1e300 } } },
  ]) {
    expect(hasEnded(readRun(odd))).toBe(false);
  }
});

test('where the window of a run begins is read of its copy, and is unknown where AEP does not say', () => {
  const run = { id: 'r', flowId: 'f', createdAt: 1_600_000_000_000, metrics: {} };
  const copy = { durationSummary: { extensions: { windowStart: 1_590_000_000_000, windowEnd: 0 } } };
  expect(readRun({ ...run, activities: [{}, copy] })).toMatchObject({ windowStart: 1_590_000_000_000 });
  for (const activities of [undefined, [], [{}], [{ durationSummary: { extensions: { windowStart: -1 } } }]])
    expect(readRun({ ...run, activities })).not.toHaveProperty('windowStart');
});

describe('the words that AEP has for how a run is', () => {
  test.each([
    ['scheduled', ['scheduled']],
    ['queued', ['queued', 'pending']],
    ['inProgress', ['inProgress', 'running', 'started', 'In-Progress']],
    ['success', ['success', 'succeeded', 'COMPLETED']],
    ['partialSuccess', ['partial_success']],
    ['partialFailure', ['PARTIAL_FAILURE', 'partially failed']],
    ['failed', ['failed', 'failure', 'error', 'aborted', 'cancelled', 'canceled', 'TIMED_OUT']],
    ['unknown', ['', 'rolled back', 'constructor', null, 5]],
  ])('mean %s: %j', (status, words) => {
    for (const word of words) expect(statusOf(word), String(word)).toBe(status);
  });
});

describe('a run', () => {
  const start = 1_600_000_000_000;
  const read = (metrics: object, more: object = {}) => readRun({ id: 'r', flowId: 'f', metrics, ...more });

  test('is read whole', () => {
    const run = readRun({
      id: 'r',
      flowId: 'f',
      createdAt: start,
      updatedAt: start + 9,
      metrics: {
        durationSummary: { startedAtUTC: start + 1, completedAtUTC: start + 8 },
        recordSummary: {
          inputRecordCount: 1,
          outputRecordCount: 2,
          failedRecordCount: 3,
          skippedRecordCount: 4,
          deletedRecordCount: 5,
        },
        fileSummary: { failedFileCount: 6 },
        sizeSummary: { outputBytes: 7 },
        statusSummary: {
          status: 'failed',
          errors: [{ code: 'C-1', message: 'Away', recordCount: 8 }],
          activityRefs: ['b'],
        },
      },
      activities: [
        { id: 'a', name: 'Copy Activity', statusSummary: { status: 'success' } },
        { id: 'b', name: 'Promotion Activity', statusSummary: { status: 'failed' } },
      ],
    });
    expect(run).toStrictEqual({
      id: 'r',
      flowId: 'f',
      status: 'failed',
      start: start + 1,
      created: start,
      end: start + 8,
      counts: { read: 1, written: 2, failed: 3, skipped: 4, deleted: 5, failedFiles: 6, bytesWritten: 7 },
      errors: [{ code: 'C-1', activity: 'promotion', records: 8, message: 'Away' }],
      failedActivity: 'promotion',
    });
  });

  test('that says nothing of its creation was created when it started, else when it last changed', () => {
    expect(read({ durationSummary: { startedAtUTC: start } }).created).toBe(start);
    expect(read({}, { updatedAt: start })).toMatchObject({ created: start, start });
    expect(read({})).toStrictEqual({
      id: 'r',
      flowId: 'f',
      status: 'unknown',
      start: 0,
      created: 0,
      counts: {},
      errors: [],
    });
  });

  test('whose word nobody knows says it, short, and has an end only where AEP says one', () => {
    const unknown = { statusSummary: { status: `ROLLED ${'x'.repeat(60)}` } };
    const run = read(unknown, { updatedAt: start });
    expect(run.said).toHaveLength(40);
    expect(run).not.toHaveProperty('end');
    expect(read({ ...unknown, durationSummary: { completedAtUTC: start } }).end).toBe(start);
    expect(read({ statusSummary: { status: 'success' } })).not.toHaveProperty('said');
  });

  test('that goes on has no end, whatever it says', () => {
    const metrics = { statusSummary: { status: 'running' }, durationSummary: { completedAtUTC: start } };
    expect(read(metrics, { updatedAt: start })).not.toHaveProperty('end');
  });

  test('ends with the last of its activities where it does not say when', () => {
    const activities = [5, 9, 7].map((ms) => ({ durationSummary: { completedAtUTC: start + ms } }));
    expect(read({ statusSummary: { status: 'success' } }, { activities }).end).toBe(start + 9);
    expect(read({ statusSummary: { status: 'success' } }, { activities: [{}] })).not.toHaveProperty('end');
  });

  test('failed in the half that says so, else in that of its first error, where the run failed', () => {
    const errors = [{ message: 'Away' }];
    const statusSummary = { status: 'failed', errors, activityRefs: ['copyActivity'] };
    expect(read({ statusSummary }).failedActivity).toBe('copy');
    expect(read({ statusSummary: { ...statusSummary, status: 'success' } })).not.toHaveProperty(
      'failedActivity',
    );
    const activities = [{ id: 'x', statusSummary: { status: 'failed' } }];
    expect(
      read({ statusSummary: { ...statusSummary, activityRefs: ['x'] } }, { activities }),
    ).not.toHaveProperty('failedActivity');
    const promotion = [{ id: 'promotionActivity', statusSummary: { status: 'FAILED' } }];
    expect(read({ statusSummary }, { activities: promotion }).failedActivity).toBe('promotion');
  });

  test('has the errors of its activities, and those in their extensions, each once, and a reason for each', () => {
    const activities = [
      {
        name: 'copy',
        statusSummary: {
          errors: [{ message: 'One', code: 'MAPPER-1' }],
          extensions: { errors: [{ message: 'Two', code: 'MAPPER-1' }, {}] },
        },
      },
    ];
    const statusSummary = { status: 'failed', errors: [{ message: 'One', code: 'MAPPER-1' }] };
    expect(read({ statusSummary }, { activities }).errors).toStrictEqual([
      { code: 'MAPPER-1', activity: 'copy', message: 'One' },
      { code: 'MAPPER-1', activity: 'copy', message: 'Two' },
      { activity: 'copy', message: 'AEP gave no reason' },
    ]);
    const coded = { status: 'failed', errors: [{ code: `C-${'9'.repeat(90)}` }] };
    const [error] = read({ statusSummary: coded }).errors;
    expect(error!.code).toHaveLength(60);
    expect(error!.message).toBe(error!.code);
  });
});

test('the window of a run is that of the first activity which has one, or a part of one', () => {
  const activity = (extensions: object) => ({ durationSummary: { extensions } });
  const [from, to] = [1_600_000_000_000, 1_600_000_900_000];
  const windowIn = (...activities: object[]) => windowOf({ activities });
  expect(windowIn(activity({}), activity({ windowStart: from, windowEnd: to }))).toStrictEqual({
    start: from,
    end: to,
  });
  expect(windowIn(activity({ windowEnd: to }), activity({ windowStart: from }))).toStrictEqual({ end: to });
  expect(windowIn(activity({ windowStart: from }), activity({ windowEnd: to }))).toStrictEqual({
    start: from,
  });
  expect(windowIn()).toStrictEqual({});
});
