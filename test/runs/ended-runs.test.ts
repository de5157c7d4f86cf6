import { expect, test } from 'vitest';
import { readEndedRuns } from '../../src/runs/run.ts';

const now = Date.UTC(2026, 2, 1);
const run = { id: 'r', flowId: 'f', status: 'failed', start: 1, created: 1, counts: { read: 3 }, errors: [] };

test('what a follower signalled is taken as it is', () => {
  const errors = [{ message: 'Source away', code: 'CONNECTOR-1001-500' }, { message: 'No code' }];
  const signalled = { readAt: now - 1, lastRead: now - 2, runs: [{ ...run, errors }] };
  expect(readEndedRuns(signalled, now, 'f')).toEqual(signalled);
});

test.each([
  ['has counts that nobody can have counted', { counts: { read: -1 } }],
  ['has counts that are no numbers', { counts: { written: 'many' } }],
  ['has an error whose code is no text', { errors: [{ message: 'Source away', code: { toString: 'no' } }] }],
  ['has a start that is no time', { start: 'now' }],
  ['has a start that no calendar knows', { start: 8e15 }],
  ['has a status that is none', { status: 'GONE' }],
  ['has not ended', { status: 'inProgress' }],
  ['has an id that fills a history', { id: 'r'.repeat(100_000) }],
  ['is of another flow', { flowId: 'another' }],
  ['is of no flow', { flowId: undefined }],
])('a run that %s is left out', (_, wrong) => {
  const { runs } = readEndedRuns({ readAt: now, runs: [{ ...run, ...wrong }, run] }, now, 'f');
  expect(runs).toEqual([run]);
});

test('no look lies in the future', () => {
  expect(readEndedRuns({ readAt: now * 2, lastRead: now * 2 }, now, 'f')).toEqual({
    readAt: now,
    lastRead: now,
    runs: [],
  });
});

test('of far more runs than a follower signals at once, the first are taken', () => {
  const runs = Array.from({ length: 10_000 }, (_, index) => ({ ...run, id: String(index) }));
  expect(readEndedRuns({ readAt: now, runs }, now, 'f').runs).toHaveLength(1_000);
});

test('who does not say when it looked has never looked', () => {
  expect(readEndedRuns({ runs: 'none' }, now, 'f')).toStrictEqual({ readAt: 0, runs: [] });
  expect(readEndedRuns({ readAt: -1, lastRead: '5' }, now, 'f')).toStrictEqual({
    readAt: 0,
    lastRead: 5,
    runs: [],
  });
});
