/** What a watch tells people, word by word: why a flow is not well, and what to do now. */
import { describe, expect, test } from 'vitest';
import { flowCommand } from '../../src/runs/flow-command.ts';
import { makesUp, whyPaused, healthOf, type Health } from '../../src/runs/health.ts';
import { messageOf, type Notification } from '../../src/runs/notification.ts';
import { causeOf } from '../../src/runs/read-run.ts';
import type { Run } from '../../src/runs/run.ts';
import { addRun, emptyRecord, judge, judgeOpen, usualOf, type RunRecord } from '../../src/runs/verdict.ts';
import { absorb, type WatchState } from '../../src/runs/watch-state.ts';
import { disabled, failed, hour, hourly, inProgress, minute, ok, t0 } from './sample-runs.ts';

const at = (minutes: number) => new Date(t0 + minutes * minute).toISOString();
const bare: Health = {
  sandbox: 'prod',
  flowId: 'f',
  verdict: 'failed',
  totals: { ok: 0, degraded: 0, failed: 1, recordsWritten: 0, recordsFailed: 0, tooLate: 0 },
  usual: {},
  openRuns: [],
  lastRuns: [{ runId: 'r-1', start: at(0), verdict: 'failed', cause: { message: 'Away', next: 'Look.' } }],
  retries: [],
  undelivered: 0,
  watch: {},
};
const cause = { code: 'C-1', message: 'Away', activity: 'copy' as const, next: 'Mend it.' };
const message = (health: Partial<Health>, notification: Partial<Notification> = {}, times?: number) =>
  messageOf(
    { ...bare, ...health },
    { event: 'changed', ...notification },
    { id: 'i', at: t0, watcherWorkflowId: 'w' },
    times === undefined ? {} : { retry: { times } },
  );

describe('a message', () => {
  test('says of a flow of which little is known no more than that', () => {
    expect(message({ lastRuns: [] })).toStrictEqual({
      version: 1,
      id: 'i',
      at: at(0),
      event: 'changed',
      verdict: 'failed',
      sandbox: 'prod',
      flowId: 'f',
      totals: bare.totals,
      next: 'Look at the flow in AEP.',
      watcherWorkflowId: 'w',
    });
  });

  test('says of a flow of which all is known everything, and of its run no cause twice', () => {
    const health: Partial<Health> = {
      since: at(1),
      dataflow: 'prod/orders',
      flowName: 'Orders',
      connector: 'mysql',
      cause,
      streak: { verdict: 'failed', runs: 2 },
      lastSuccess: { runId: 'r-0', end: at(-5) },
      nextRunDue: at(60),
      missedRuns: 3,
      retries: [{ runId: 'r-1', tried: 1, at: at(10) }],
    };
    expect(message(health, { was: 'ok' }, 3)).toStrictEqual({
      version: 1,
      id: 'i',
      at: at(0),
      event: 'changed',
      verdict: 'failed',
      sandbox: 'prod',
      flowId: 'f',
      totals: bare.totals,
      watcherWorkflowId: 'w',
      next: `Nothing yet: AEP is asked to run it again at ${at(10)} (time 2 of 3). If that does not help: Mend it.`,
      was: 'ok',
      since: at(1),
      dataflow: 'prod/orders',
      flowName: 'Orders',
      connector: 'mysql',
      cause: { code: 'C-1', message: 'Away', activity: 'copy' },
      run: { runId: 'r-1', start: at(0), verdict: 'failed' },
      streak: { verdict: 'failed', runs: 2 },
      lastSuccess: { runId: 'r-0', end: at(-5) },
      nextRunDue: at(60),
      missedRuns: 3,
      retry: { tried: 1, times: 3, at: at(10) },
    });
  });

  test.each<[string, Partial<Health>, Partial<Notification>, number | undefined, string]>([
    ['is well', { verdict: 'ok', cause }, {}, undefined, 'Nothing: all is well.'],
    [
      'is gone',
      { cause },
      { event: 'gone' },
      undefined,
      'AEP has the flow no more, and nobody watches it. If it should be there, create its dataflow again.',
    ],
    ['fails', { cause }, {}, undefined, 'Mend it.'],
    ['is being run again', { cause, retries: [{ runId: 'r-1', tried: 0 }] }, {}, 2, 'Mend it.'],
    [
      'has another run that is run again',
      { cause, retries: [{ runId: 'r-0', tried: 0, at: at(1) }] },
      {},
      2,
      'Mend it.',
    ],
    [
      'is not asked to be run again',
      { cause, retries: [{ runId: 'r-1', tried: 0, at: at(1) }] },
      {},
      undefined,
      'Mend it.',
    ],
    [
      'gave up its newest run',
      {},
      { event: 'gaveUp', run: { id: 'r-1', cause } },
      2,
      'It is not run again any more. Mend it.',
    ],
    [
      'gave up an older one',
      {},
      { event: 'gaveUp', run: { id: 'r-x' }, refusal: 'AEP refuses.' },
      2,
      'The run r-x is not run again any more. AEP refuses.',
    ],
  ])('says of a flow that %s what to do', (_, health, notification, times, next) => {
    expect(message(health, notification, times).next).toBe(next);
  });

  test('is about the run that the verdict comes from, where it comes from one', () => {
    const openRuns = [
      { runId: 'old', start: at(-90), verdict: 'stuck' as const },
      { runId: 'waits', start: at(10), verdict: 'pending' as const },
      { runId: 'hangs', start: at(20), verdict: 'stuck' as const },
    ];
    const runOf = (verdict: Health['verdict'], more: Partial<Health> = {}) =>
      message({ verdict, openRuns, ...more }).run?.runId;
    expect(runOf('failed')).toBe('r-1');
    expect(runOf('ok')).toBe('r-1');
    expect(runOf('stuck')).toBe('hangs');
    expect(runOf('stuck', { lastRuns: [] })).toBe('old');
    expect(runOf('stuck', { lastRuns: [{ runId: 'r-1', start: at(20), verdict: 'ok' }] })).toBe('hangs');
    expect(['overdue', 'paused', 'unreadable'].map((verdict) => runOf(verdict as Health['verdict']))).toEqual(
      [undefined, undefined, undefined],
    );
    expect(message({ cause: { message: 'Away', next: '' } }).cause).toStrictEqual({ message: 'Away' });
    expect(message({ cause }, { event: 'gaveUp', run: { id: 'r-1' } })).not.toHaveProperty('cause');
  });
});

describe('a cause', () => {
  const told = (run: Run, more: object = {}) => {
    const { verdict, cause: why } = judge(run, { now: t0, stuckAfterMs: minute, ...more });
    return `${verdict}: ${why?.message} | ${why?.next}`;
  };

  test('of a run says what did not arrive, and what to do', () => {
    const runs = [
      ok(t0, { counts: { read: 10, written: 0, failedFiles: 2 } }),
      ok(t0, { counts: { written: 5, failed: 1, skipped: 2 } }),
      ok(t0, { counts: { read: 10, written: 4, failed: 3, skipped: 2, deleted: 1 } }),
      ok(t0, { counts: { read: 10, written: 4, failed: 3, skipped: 2 } }),
      ok(t0, { failedActivity: 'promotion' }),
      ok(t0, { status: 'partialSuccess' }),
      ok(t0, { status: 'unknown' }),
      ok(t0, { status: 'unknown', said: 'ROLLED_BACK' }),
      ok(t0, { status: 'failed' }),
      ok(t0, { status: 'partialFailure', counts: { written: 0 } }),
      ok(t0, { status: 'partialFailure', counts: {} }),
      ok(t0, { errors: [{ message: 'Odd', code: 'MAPPER-1' }], counts: { read: 2, written: 1, failed: 1 } }),
    ];
    expect(runs.map((run) => told(run)).join('\n')).toMatchInlineSnapshot(`
      "degraded: None of 10 records was written, 2 files failed, and AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: 1 records failed, 2 records skipped, and AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: 3 of 10 records failed, 2 of 10 records skipped, and AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: 3 of 10 records failed, 2 of 10 records skipped, 1 of 10 records were read and not written, and AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: The promotion activity failed. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: AEP ended the run with "partialSuccess", and gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: AEP ended the run with "no status", and gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: AEP ended the run with "ROLLED_BACK", and gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      failed: AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      failed: AEP gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: AEP ended the run with "partialFailure", and gave no reason. | Open this flow run in AEP (Sources, Dataflows) for its details.
      degraded: Odd (1 of 2 records failed) | Compare the mapping with the failed records, and correct one of them."
    `);
  });

  test('of a run without rows says so where rows are expected', () => {
    const empty = (counts: Run['counts'], status: Run['status'] = 'success') =>
      told(ok(t0, { status, counts }), { rows: true });
    expect(empty({ read: 0, written: 0 })).toMatchInlineSnapshot(
      `"degraded: The run brought no rows, where earlier runs brought some. | Check whether the source has new rows or files, and whether the delta column of a table still moves with them."`,
    );
    expect(empty({ written: 0, read: 0 })).toBe(empty({ read: 0 }));
    expect(
      [empty({}), empty({ written: 1 }), empty({ read: 1, written: 1 })].map((one) => one.split(':')[0]),
    ).toEqual(['ok', 'ok', 'ok']);
    expect(told(ok(t0, { counts: { written: 0 } })).split(':')[0]).toBe('ok');
    expect(empty({ read: 0, written: 0 }, 'partialSuccess')).toContain('AEP ended the run with');
  });

  test('of a run that hangs says how long, in whole minutes', () => {
    expect(judgeOpen({ start: t0 }, { now: t0 + 10.9 * minute, stuckAfterMs: 9.1 * minute })).toEqual({
      verdict: 'stuck',
      cause: {
        message: 'In progress for 10 minutes, expected within 10.',
        next: 'Look at this flow run in AEP; runs of its source are often held up by the source itself.',
      },
    });
  });

  test('is known by its code, else by what that begins with', () => {
    const codes = [
      'CONNECTOR-1001-500',
      'CONNECTOR-2001-500',
      'CONNECTOR-3001-500',
      'INGEST-1212-400',
      'MAPPER-3700-400',
      'MAPPER-1',
      'INGEST-1-500',
      'CONNECTOR-1-404',
      'X-1-4299',
      'X-400-1',
      'X-408-400',
      'constructor',
      undefined,
    ];
    expect(codes.map((code) => JSON.stringify([code ?? null, causeOf(code)])).join('\n'))
      .toMatchInlineSnapshot(`
        "["CONNECTOR-1001-500",{"next":"Check that the source can be reached and that its credentials, table and columns are still there; then run the flow again.","vague":true,"heals":true}]
        ["CONNECTOR-2001-500",{"next":"Look at the failed records in AEP (Monitoring, this flow run): most often the mapping or the schema does not fit the data.","vague":true,"heals":true}]
        ["CONNECTOR-3001-500",{"next":"AEP could not open a batch in the dataset. Run the flow again; if it fails again, check the dataset and ask Adobe.","heals":true}]
        ["INGEST-1212-400",{"next":"Download the failed records from AEP (Monitoring, this flow run), and correct them or the mapping.","vague":true,"heals":false}]
        ["MAPPER-3700-400",{"next":"Compare the mapping with the failed records: an expression or a type does not fit the data.","heals":false}]
        ["MAPPER-1",{"next":"Compare the mapping with the failed records, and correct one of them.","heals":true}]
        ["INGEST-1-500",{"next":"Download the failed records from AEP (Monitoring, this flow run), and correct them.","heals":true}]
        ["CONNECTOR-1-404",{"next":"Check the source and its base connection in AEP, then run the flow again.","heals":false}]
        ["X-1-4299",{"next":"Open this flow run in AEP (Sources, Dataflows) for its details.","heals":true}]
        ["X-400-1",{"next":"Open this flow run in AEP (Sources, Dataflows) for its details.","heals":true}]
        ["X-408-400",{"next":"Open this flow run in AEP (Sources, Dataflows) for its details.","heals":false}]
        ["constructor",{"next":"Open this flow run in AEP (Sources, Dataflows) for its details.","heals":true}]
        [null,{"next":"Open this flow run in AEP (Sources, Dataflows) for its details.","heals":true}]"
      `);
  });
});

describe('what is remembered of runs', () => {
  const add = (record: RunRecord, run: Run, verdict: 'ok' | 'failed' | 'degraded' = 'ok') =>
    addRun(record, run, { verdict });

  test('is what each came to, its counts and why', () => {
    const run = ok(t0, { id: 'r', counts: { read: 5, written: 3, failed: 2 } });
    const record = addRun(emptyRecord(), run, { verdict: 'degraded', cause: { message: 'x', next: 'y' } });
    expect(record).toStrictEqual({
      totals: { ok: 0, degraded: 1, failed: 0, recordsWritten: 3, recordsFailed: 2 },
      last: [
        {
          id: 'r',
          start: t0,
          verdict: 'degraded',
          end: t0 + 4 * minute,
          cause: { message: 'x', next: 'y' },
          recordsRead: 5,
          recordsWritten: 3,
          recordsFailed: 2,
        },
      ],
      streak: { verdict: 'degraded', runs: 1, since: t0 + 4 * minute },
      usual: { durations: [4 * minute], records: [3] },
    });
    const { end: _, ...endless } = ok(t0, { id: 'e', counts: { failed: 0 } });
    expect(add(emptyRecord(), endless).last).toStrictEqual([{ id: 'e', start: t0, verdict: 'ok' }]);
    expect(add(emptyRecord(), endless).streak?.since).toBe(t0);
    expect(addRun(record, run, { verdict: 'pending' })).toBe(record);
    expect(addRun(record, run, { verdict: 'stuck' })).toBe(record);
  });

  test('are the ten newest, how many in a row came to the same, and the last success', () => {
    let record = emptyRecord();
    for (let n = 0; n < 12; n++) record = add(record, ok(t0 + n * hour, { id: `r${n}` }));
    expect(record.last.map(({ id }) => id)).toEqual([
      'r11',
      'r10',
      'r9',
      'r8',
      'r7',
      'r6',
      'r5',
      'r4',
      'r3',
      'r2',
    ]);
    expect(record.streak).toEqual({ verdict: 'ok', runs: 12, since: t0 + 4 * minute });
    const late = add(record, ok(t0 + 5.5 * hour, { id: 'late' }), 'failed');
    expect(late.streak).toBe(record.streak);
    expect(late.last.map(({ id }) => id)).toContain('late');
    // Another that started at the very same time says how it is now.
    const same = add(record, ok(t0 + 11 * hour, { id: 'same' }), 'failed');
    expect(same.streak).toMatchObject({ verdict: 'failed', runs: 1 });
    expect(record.lastSuccess).toEqual({ id: 'r11', end: t0 + 11 * hour + 4 * minute });
    expect(add(record, ok(t0, { id: 'x', end: record.lastSuccess!.end })).lastSuccess?.id).toBe('x');
    expect(add(record, ok(t0, { id: 'x' })).lastSuccess?.id).toBe('r11');
    expect(add(record, ok(t0 + 20 * hour), 'degraded').lastSuccess?.id).toBe('r11');
  });

  test('is what is usual: the median of the last twenty that wrote something, of three at least', () => {
    let record = emptyRecord();
    const takes = (minutes: number, written: number, n: number) =>
      ok(t0 + n * hour, { end: t0 + n * hour + minutes * minute, counts: { written } });
    record = add(add(record, takes(9, 5, 0)), takes(1, 7, 1));
    expect(usualOf(record)).toStrictEqual({});
    record = add(record, takes(5, 100, 2), 'degraded');
    expect(usualOf(record)).toEqual({ durationMs: 5 * minute, records: 7 });
    // Not of what failed or wrote nothing, and no duration of a clock that is wrong.
    for (const other of [add(record, takes(60, 9, 3), 'failed'), add(record, takes(60, 0, 3))])
      expect(other.usual).toEqual(record.usual);
    expect(add(record, takes(0, 8, 3)).usual).toEqual({
      durations: record.usual.durations,
      records: [5, 7, 100, 8],
    });
    for (let n = 3; n < 40; n++) record = add(record, takes(n, n, n));
    expect(record.usual.durations).toHaveLength(20);
    expect(record.usual.records).toEqual(Array.from({ length: 20 }, (_, at) => at + 20));
  });

  test('counts no further than a reader of JSON can', () => {
    const record = emptyRecord();
    record.totals.recordsWritten = Number.MAX_SAFE_INTEGER - 1;
    expect(add(record, ok(t0, { counts: { written: 5 } })).totals.recordsWritten).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });
});

const orders = { sandbox: 'prod', flowId: 'f', dataflow: 'prod/orders' };

test('a message has the command that comes next, and of a run that is not run again any more the one that does it', () => {
  const command = flowCommand('resume', orders);
  expect(message({ command }).command).toStrictEqual(command);
  expect(message({ command }, { event: 'gone' }).command).toBeUndefined();
  expect(message({}).command).toBeUndefined();
  const gaveUp = { event: 'gaveUp', run: { id: 'r-0' } } as const;
  expect(message(orders, gaveUp).command?.line).toBe('temporal aep retry prod/orders');
  expect(message({ ...orders, command }, gaveUp).command?.verb).toBe('resume');
  expect(message({}, { event: 'drift' }).next).toBe(
    'If it is to stay: "temporal workflow update execute --workflow-id flow:prod:f --name acceptDrift --output json".',
  );
});

describe('why a flow is paused', () => {
  const { schedule: _, ...streaming } = disabled;
  test.each([
    ['by somebody', { flow: disabled }],
    ['and has no schedule', { flow: streaming }],
    ['and was never published', { flow: { ...hourly, state: 'Draft' } }],
    ['by its watcher', { flow: disabled, reactions: { pausedBy: { failures: 3 } } }],
    ['by its watcher for a person', { flow: disabled, reactions: { pausedBy: 'person' } }],
    ['by its watcher for a cause', { flow: disabled, reactions: { pausedBy: { failures: 3, cause } } }],
  ])('%s', (_, state) => {
    const { code, message: told, next } = whyPaused(orders, state as never);
    expect(`${code ?? 'no code'} | ${told} | ${next}`).toMatch(expectations[_]!);
  });
  const expectations: Record<string, RegExp> = {
    'by somebody':
      /^no code \| The flow is disabled in AEP\. Its watcher did not do that: a person or a program did, or AEP itself disables a flow whose runs have failed for 30 days\. \| If it should run: see that its runs can succeed, then enable it in AEP, or: "temporal aep resume prod\/orders"\. AEP then makes up every interval that was missed, one run for each\.$/,
    'and has no schedule': /prod\/orders"\.$/,
    'and was never published':
      /^no code \| The flow is Draft in AEP\. \| If it should run: publish it in AEP\.$/,
    'by its watcher':
      /^no code \| Disabled by its watcher after 3 failed runs in a row\. \| Then enable the flow: "temporal aep resume prod\/orders"\. AEP then makes up/,
    'by its watcher for a person':
      /^no code \| Disabled by its watcher, as somebody asked it to\. \| When it should run again: "temporal aep resume prod\/orders"\. AEP then makes up every interval/,
    'by its watcher for a cause':
      /^C-1 \| Disabled by its watcher after 3 failed runs in a row: Away \| Mend it\. Then enable the flow/,
  };

  test('tells what AEP makes up once it is enabled', () => {
    const state = { flow: disabled, began: t0 } as WatchState;
    expect(makesUp(state, t0 + 3 * hour)).toBe(
      'AEP now makes up every interval that was missed, one run for each: at least 3 by what this watcher has seen. They can take a while.',
    );
    expect(makesUp(state, t0)).toBe(
      'AEP now makes up every interval that was missed, one run for each. They can take a while.',
    );
    expect(makesUp({ ...state, switchedAt: t0 + 2 * hour }, t0 + 3 * hour)).toContain('at least 1 by');
    expect(makesUp({ ...state, flow: streaming }, t0)).toBeUndefined();
  });

  test('tells nothing of runs that AEP makes up where none was missed, as far as that can be known', () => {
    const state = { flow: disabled, began: t0, switchedAt: t0 + 2 * hour + minute } as WatchState;
    const ours = { ...state, reactions: { pausedBy: 'person' } } as WatchState;
    expect(makesUp(ours, t0 + 3 * hour - minute)).toBeUndefined();
    expect(makesUp(ours, t0 + 3 * hour)).toContain('at least 1 by');
    // Whoever else disabled it did so before it was seen.
    expect(makesUp(state, t0 + 3 * hour - minute)).toContain('every interval that was missed');
  });
});

describe('the health of a flow', () => {
  const news = {
    readAt: t0,
    full: true,
    cutShort: false,
    vanished: [],
    flow: { ...hourly, sourceConnectionId: 's' },
    since: t0,
  };
  const state = (runs: Run[], more: object = {}) => absorb(undefined, { ...news, runs, ...more }, {});
  const watched = { sandbox: 'prod', flowId: 'f' };

  test('is told whole', () => {
    const run = ok(t0, { id: 'r-1' });
    const seen = state([run, { ...inProgress(t0 + hour), id: 'r-2' }], { readAt: t0 + hour + minute });
    const chains = [
      { root: 'a', run: 'a', tried: 1, dueAt: t0 },
      { root: 'b', run: 'b', tried: 0 },
    ];
    const reactions = { seen: [], chains, forgiven: 0, outbox: [], undelivered: 4 };
    expect(healthOf(watched, { ...seen, reactions }, {})).toStrictEqual({
      sandbox: 'prod',
      flowId: 'f',
      flowName: 'Orders',
      verdict: 'ok',
      since: at(4),
      streak: { verdict: 'ok', runs: 1 },
      lastSuccess: { runId: 'r-1', end: at(4) },
      nextRunDue: at(120),
      totals: { ok: 1, degraded: 0, failed: 0, recordsWritten: 100, recordsFailed: 0, tooLate: 0 },
      usual: {},
      openRuns: [{ runId: 'r-2', start: at(60), verdict: 'pending' }],
      lastRuns: [
        { runId: 'r-1', start: at(0), end: at(4), verdict: 'ok', recordsRead: 100, recordsWritten: 100 },
      ],
      retries: [
        { runId: 'a', tried: 1, at: at(0) },
        { runId: 'b', tried: 0 },
      ],
      undelivered: 4,
      watch: { began: at(61), lastNews: at(61) },
    });
  });

  test('has the command that comes next, as one value: none where AEP is asked already, or only a person can mend it', () => {
    const commandOf = (flow: object, reactions?: object) =>
      healthOf({ sandbox: 'prod', flowId: 'f', ...flow }, { ...state([bad]), ...reactions } as WatchState, {})
        .command;
    const bad = { ...failed(t0), id: 'r-1' };
    expect(commandOf({ dataflow: "prod/it's $HOME" })).toStrictEqual({
      verb: 'retry',
      line: String.raw`temporal aep retry 'prod/it'\''s $HOME'`,
      workflowId: 'flow:prod:f',
      update: 'retryRun',
    });
    expect(commandOf({})?.line).toBe(
      'temporal workflow update execute --workflow-id flow:prod:f --name retryRun --output json',
    );
    const none = { seen: [], chains: [], forgiven: 0, outbox: [], undelivered: 0 };
    expect(commandOf({}, { reactions: none })?.verb).toBe('retry');
    const chains = [{ root: 'r-1', run: 'r-1', tried: 0, dueAt: t0 + hour }];
    expect(commandOf({}, { reactions: { ...none, chains } })).toBeUndefined();
    expect(commandOf({}, { reactions: { ...none, asked: { 'r-1': 'underWay' } } })).toBeUndefined();
    expect(commandOf({}, { flow: { ...hourly, state: 'disabled' } })?.verb).toBe('resume');
    expect(commandOf({}, { flow: { ...hourly, state: 'draft' } })).toBeUndefined();
    expect(commandOf({}, { unreadableSince: t0 })).toBeUndefined();
    expect(healthOf(watched, state([ok(t0)]), {}).command).toBeUndefined();
  });

  test('has no end of a run of which AEP gave none', () => {
    const { end: _end, ...endless } = ok(t0, { id: 'r' });
    const [run] = healthOf(watched, state([endless]), {}).lastRuns;
    expect(run).toStrictEqual({
      runId: 'r',
      start: at(0),
      verdict: 'ok',
      recordsRead: 100,
      recordsWritten: 100,
    });
  });

  test('is told where nothing is known yet', () => {
    expect(healthOf(watched, undefined, {})).toStrictEqual({
      ...watched,
      verdict: 'pending',
      totals: { ok: 0, degraded: 0, failed: 0, recordsWritten: 0, recordsFailed: 0, tooLate: 0 },
      usual: {},
      openRuns: [],
      lastRuns: [],
      retries: [],
      undelivered: 0,
      watch: {},
    });
  });

  test('names what did not come, and what hides the flow', () => {
    const late = (readAt: number) => healthOf(watched, state([], { readAt }), {});
    expect(late(t0 + 40 * minute)).toMatchObject({
      verdict: 'overdue',
      since: at(0),
      missedRuns: 1,
      cause: {
        message: `A run was due at ${at(0)}; it has not come.`,
        next: 'Check in AEP that the flow is enabled and its schedule is what you expect; then run it again.',
      },
    });
    expect(late(t0 + 90 * minute).cause?.message).toBe(`A run was due at ${at(0)}; 2 runs have not come.`);
    const hidden = healthOf(watched, { ...state([]), unreadableSince: t0 }, {});
    expect(`${hidden.cause?.message} ${hidden.cause?.next}`).toMatchInlineSnapshot(
      `"AEP shows the flow no more, though its source connection s is there: it is hidden by an access label, or was deleted by others while its source connection stays. If it is there: have the role of this client get access to the label of the flow; the watch then goes on by itself. If it was deleted: delete its source connection too, or end its watch: "temporal workflow update execute --workflow-id flow:prod:f --name stop --output json"."`,
    );
  });

  test('is not judged by what did not come before the flow itself was read', () => {
    const seen = state([], { readAt: t0 + 40 * minute });
    expect(healthOf(watched, { ...seen, flowReadAt: t0 + 29 * minute }, {}).verdict).toBe('pending');
    expect(healthOf(watched, { ...seen, flowReadAt: t0 + 30 * minute }, {}).verdict).toBe('overdue');
  });

  test('is that of a run that hangs from the moment on at which it took too long', () => {
    const open = { ...inProgress(t0), id: 'r' };
    const after = (ms: number) => healthOf(watched, state([open], { readAt: t0 + ms }), {});
    expect(after(150 * minute).verdict).toBe('pending');
    expect(after(150 * minute + 1)).toMatchObject({ verdict: 'stuck', since: at(150) });
    expect(healthOf(watched, state([failed(t0)], { readAt: t0 + hour }), {}).cause?.message).toBe(
      'Source away',
    );
  });
});
