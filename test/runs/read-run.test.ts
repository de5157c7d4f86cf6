import { expect, test } from 'vitest';
import { readRun } from '../../src/runs/read-run.ts';
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
