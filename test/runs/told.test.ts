import { expect, test } from 'vitest';
import { readTold } from '../../src/runs/told.ts';

const now = Date.UTC(2026, 2, 1);
const run = { id: 'r', flowId: 'f', status: 'failed', start: 1, created: 1, counts: { read: 3 }, errors: [] };

test('what a follower told is taken as it is', () => {
  const errors = [{ message: 'Source away', code: 'CONNECTOR-1001-500' }, { message: 'No code' }];
  const told = { readAt: now - 1, lastRead: now - 2, runs: [{ ...run, errors }] };
  expect(readTold(told, now)).toEqual(told);
});

test('what nobody can have seen is left out, and no look lies in the future', () => {
  const wrong = [
    { ...run, counts: { read: -1 } },
    { ...run, counts: { written: 'many' } },
    { ...run, errors: [{ message: 'Source away', code: { toString: 'no' } }] },
    { ...run, start: 'now' },
  ];
  const told = readTold({ readAt: now * 2, lastRead: now * 2, runs: wrong }, now);
  expect(told).toEqual({ readAt: now, lastRead: now, runs: [] });
});
