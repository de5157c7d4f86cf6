import { expect, it } from 'vitest';
import type { Health } from '../../src/client.ts';
import { newsOf, tellNews } from '../../src/cli/flow-news.ts';

const start = '2031-01-01T00:00:00.000Z';
const run = (runId: string, more: object = {}) => ({
  runId,
  start,
  verdict: 'ok' as const,
  recordsRead: 5,
  recordsWritten: 5,
  ...more,
});
const health = (more: Partial<Health>): Health =>
  ({ verdict: 'ok', openRuns: [], lastRuns: [], ...more }) as unknown as Health;
const told = (before: Partial<Health>, after: Partial<Health>) =>
  newsOf(health(before), health(after)).map(tellNews);

it('what is as it was is no news', () => {
  const same = {
    openRuns: [run('b')],
    lastRuns: [run('a')],
    drift: { changes: [], noticed: start, by: 'Ann' },
  };
  expect(told(same, same)).toEqual([]);
});

it('runs are told as they start and end, the older first', () => {
  expect(
    told({ lastRuns: [run('a')] }, { openRuns: [run('d')], lastRuns: [run('c'), run('b'), run('a')] }),
  ).toEqual([
    'run b ok, 5 of 5 rows written',
    'run c ok, 5 of 5 rows written',
    `run d has started at ${start}`,
  ]);
  expect(told({ openRuns: [run('a')] }, { lastRuns: [run('a')] })).toEqual(['run a ok, 5 of 5 rows written']);
});

it('a verdict that changes is told with what to do, drift with who did it, and that it has ended', () => {
  const cause = { message: 'Away.', next: 'Look there.' };
  const changes = [{ field: 'state', from: 'enabled', to: null }];
  const drift = { changes, noticed: start, by: 'Ann' };
  const failed = {
    verdict: 'failed' as const,
    cause,
    drift,
    lastRuns: [run('a', { verdict: 'failed', cause })],
  };
  expect(told({}, failed)).toEqual([
    'run a failed, 5 of 5 rows written: Away.',
    'now failed: Away. Look there.',
    'drift, by Ann: state enabled → nothing',
  ]);
  expect(told(failed, { lastRuns: failed.lastRuns })).toEqual(['now ok', 'no drift any more']);
});
