import { expect, it } from 'vitest';
import type { Health } from '../../src/runs/health.ts';
import { isWorthNoting, lostOf, noteOf } from '../../src/runs/noted-health.ts';

const hour = 3_600_000;
const noon = Date.parse('2026-03-01T12:00:00Z');
const totals = { ok: 1, degraded: 0, failed: 0, recordsWritten: 90, recordsFailed: 0, tooLate: 0 };
const ok: Health = {
  sandbox: 'prod',
  flowId: 'f',
  verdict: 'ok',
  since: '2026-03-01T11:00:00.000Z',
  lastSuccess: { runId: 'r', end: '2026-03-01T11:00:00.000Z' },
  nextRunDue: '2026-03-01T13:00:00.000Z',
  totals,
  usual: { records: 95 },
  openRuns: [],
  lastRuns: [
    {
      runId: 'r',
      start: '2026-03-01T10:59:00.000Z',
      verdict: 'ok',
      recordsRead: 100,
      recordsWritten: 90,
    },
  ],
  retries: [],
  undelivered: 0,
  watch: {},
};
const failed: Health = {
  ...ok,
  verdict: 'failed',
  since: '2026-03-01T12:00:00.000Z',
  cause: { message: 'No route to the source.', next: 'Look.' },
};

it('a note says what lists show: since when and why, the last run and what it lost, what is usual and when the next is due', () => {
  expect(noteOf(ok, noon, hour)).toEqual({
    at: '2026-03-01T12:00:00.000Z',
    verdict: 'ok',
    since: '2026-03-01T11:00:00.000Z',
    lastSuccess: '2026-03-01T11:00:00.000Z',
    lastRun: { start: '2026-03-01T10:59:00.000Z', read: 100, written: 90 },
    usualRecords: 95,
    nextRunDue: '2026-03-01T13:00:00.000Z',
    everySeconds: 3600,
  });
  expect(noteOf(failed, noon, undefined)).toMatchObject({
    verdict: 'failed',
    why: 'No route to the source.',
  });
});

it('a flow whose verdict is another one is noted at once, one that stays as it is once in six hours, and only where something is new', () => {
  const note = noteOf(ok, noon, hour);
  expect(isWorthNoting(undefined, note)).toBe(true);
  expect(isWorthNoting(note, noteOf(failed, noon + 1, hour))).toBe(true);
  const later = { ...ok, nextRunDue: '2026-03-01T14:00:00.000Z' };
  expect(isWorthNoting(note, noteOf(later, noon + hour, hour))).toBe(false);
  expect(isWorthNoting(note, noteOf(later, noon + 6 * hour, hour))).toBe(true);
  expect(isWorthNoting(note, noteOf(ok, noon + 6 * hour, hour))).toBe(false);
});

it('a flow of which nothing is known is not noted', () => {
  const { since: _, lastSuccess: _s, nextRunDue: _n, ...rest } = ok;
  expect(isWorthNoting(undefined, noteOf({ ...rest, verdict: 'pending' }, noon, undefined))).toBe(false);
});

it('lost is what failed, or was read and not written; a run that went well has lost nothing', () => {
  expect(lostOf({ verdict: 'ok', recordsRead: 10, recordsWritten: 8 })).toBe(0);
  expect(lostOf({ verdict: 'degraded', recordsRead: 10, recordsWritten: 8 })).toBe(2);
  expect(lostOf({ verdict: 'degraded', recordsRead: 10, recordsWritten: 8, recordsFailed: 3 })).toBe(3);
  expect(lostOf({ verdict: 'failed' })).toBe(0);
});
