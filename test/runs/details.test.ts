import { expect, test } from 'vitest';
import { describeHealth } from '../../src/runs/details.ts';
import type { Health } from '../../src/runs/health.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 8, minutes, 59)).toISOString();
const bare: Health = {
  sandbox: 'prod',
  flowId: 'f',
  verdict: 'pending',
  totals: { ok: 0, degraded: 0, failed: 0, recordsWritten: 0, recordsFailed: 0, tooLate: 0 },
  usual: {},
  openRuns: [],
  lastRuns: [],
  retries: [],
  undelivered: 0,
  watch: {},
};

test('of a flow of which nothing is known yet the details say no more than that', () => {
  expect(describeHealth(bare)).toMatchInlineSnapshot(`
    "## pending

    Flow \`f\` (not read yet), sandbox \`prod\`

    Judged so far: 0 ok, 0 degraded, 0 failed"
  `);
});

test('of a flow of which everything is known the details say everything, of its runs the last five', () => {
  const health: Health = {
    ...bare,
    flowName: 'Orders_of the [shop]',
    verdict: 'failed',
    since: at(4),
    cause: { message: 'Away', next: 'Look at it.' },
    streak: { verdict: 'failed', runs: 2 },
    lastSuccess: { runId: 'r-1', end: at(1) },
    nextRunDue: at(59),
    totals: { ok: 1, degraded: 2, failed: 3, recordsWritten: 4, recordsFailed: 5, tooLate: 6 },
    usual: { durationSeconds: 0, records: 0 },
    openRuns: [{ runId: 'r-9', start: at(50), verdict: 'pending' }],
    lastRuns: [
      { runId: 'r-6', start: at(40), verdict: 'ok', recordsWritten: 3 },
      {
        runId: 'r-5',
        start: at(30),
        verdict: 'degraded',
        recordsRead: 9,
        recordsWritten: 0,
        cause: { message: 'a | b', next: '' },
      },
      { runId: 'r-4', start: at(20), verdict: 'failed', recordsRead: 9 },
      { runId: 'r-3', start: at(10), verdict: 'ok' },
      { runId: 'r-2', start: at(5), verdict: 'ok' },
      { runId: 'r-1', start: at(0), verdict: 'ok' },
    ],
    retries: [
      { runId: 'r_4', tried: 1, at: at(45) },
      { runId: 'r-5', tried: 0 },
    ],
    undelivered: 7,
    watch: { ended: 'replaced', replacedBy: 'g' },
  };
  expect(describeHealth(health)).toMatchInlineSnapshot(`
    "## failed since 2026-03-02 08:04 UTC

    **The watch has ended** (replaced by the flow \`g\`)

    **Why**: Away

    **Next**: Look at it.

    Flow \`f\` (Orders\\_of the \\[shop\\]), sandbox \`prod\`

    2 in a row failed · last success 2026-03-02 08:01 UTC · next run due 2026-03-02 08:59 UTC · a run usually takes 0 s · and writes 0 records · in progress: 1

    **Retry**: run again at 2026-03-02 08:45 UTC: \`r\\_4\` (1 times before)

    **Retry**: run again now: \`r-5\` (0 times before)

    **7 messages could not be delivered**

    Judged so far: 1 ok, 2 degraded, 3 failed; 6 appeared too late

    The last runs:

    - 2026-03-02 08:40 UTC: **ok**, 3 of ? records
    - 2026-03-02 08:30 UTC: **degraded**, 0 of 9 records. a \\| b
    - 2026-03-02 08:20 UTC: **failed**
    - 2026-03-02 08:10 UTC: **ok**
    - 2026-03-02 08:05 UTC: **ok**"
  `);
});

test('of a watch that has ended the details say why', () => {
  expect(describeHealth({ ...bare, watch: { ended: 'gone' } })).toContain('**The watch has ended** (gone)\n');
});

test('of a cause the details say its code and the half of the run, as far as they are known', () => {
  const cause = { message: 'Away', next: 'Look.' };
  expect(describeHealth({ ...bare, cause: { ...cause, code: 'C-1' } })).toContain('**C-1**: Away');
  expect(describeHealth({ ...bare, cause: { ...cause, activity: 'copy' } })).toContain('**copy**: Away');
});
