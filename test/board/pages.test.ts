import { describe, expect, it } from 'vitest';
import { chainOf, chainPicture } from '../../src/board/chain.ts';
import { dataflowPage } from '../../src/board/dataflow-page.ts';
import { pictureOf } from '../../src/board/export.ts';
import { Facts, inTime, type DataflowFacts, type Row } from '../../src/board/facts.ts';
import { inFrame, type Page } from '../../src/board/layout.ts';
import { listPage, readFilter } from '../../src/board/list-page.ts';
import { paceOf } from '../../src/board/pace.ts';
import { planPage } from '../../src/board/plan-page.ts';
import { rowsPlot } from '../../src/board/plots.ts';
import { script } from '../../src/board/script.ts';
import { Shared } from '../../src/board/shared.ts';
import { away, duration, nextDue } from '../../src/board/texts.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { AepDataflows, Health, Plan } from '../../src/client.ts';
import { flowCommand } from '../../src/runs/flow-command.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');
const evil = `<img src=x onerror="alert('1')">`;

const failing: Health = {
  sandbox: 'prod',
  flowId: 'f-1',
  flowName: evil,
  connector: evil,
  verdict: 'failed',
  since: '2026-03-01T11:00:00.000Z',
  cause: { code: 'CONNECTOR-1001-500', message: evil, next: evil },
  totals: { ok: 1, degraded: 1, failed: 1, recordsWritten: 90, recordsFailed: 0, tooLate: 0 },
  usual: { records: 95 },
  openRuns: [],
  lastRuns: [
    {
      runId: evil,
      start: '2026-03-01T10:59:00.000Z',
      verdict: 'failed',
      cause: { message: evil, next: '' },
    },
    {
      runId: 'r-1',
      start: '2026-03-01T09:59:00.000Z',
      end: '2026-03-01T10:01:00.000Z',
      verdict: 'degraded',
      recordsRead: 1_000,
      recordsWritten: 880,
    },
  ],
  retries: [],
  undelivered: 0,
  watch: {},
  drift: {
    changes: [{ field: evil, from: evil, to: null }],
    noticed: '2026-03-01T11:00:00.000Z',
    by: evil,
  },
};

const markup = async (page: Page) => String(await inFrame(page, { live: '/live' }));
const facts = (more: Partial<DataflowFacts>): DataflowFacts => ({
  dataflow: `prod/${evil}`,
  steps: [],
  history: [],
  ...more,
});

describe('a page', () => {
  it('shows what AEP and people have written as text, never as markup', async () => {
    const history: DataflowFacts['history'] = [
      {
        what: 'create',
        at: '2026-03-01T11:00:00.000Z',
        workflowId: 'w',
        runId: 'r',
        startedBy: evil,
        failure: { type: 'Rejected', message: evil },
        decisions: [
          { decision: 'rejected', digest: 'd', saidToBeBy: evil, why: evil, at: '2026-03-01T11:00:00.000Z' },
        ],
      },
    ];
    const steps = [{ step: 'dataset' as const, title: 'dataset', state: 'made' as const, id: evil }];
    const known = facts({ health: failing, history, steps, unknown: evil });
    const row: Row = {
      dataflow: `prod/${evil}`,
      connector: evil,
      verdict: 'failed',
      drift: false,
      noted: { at: '', verdict: 'failed', why: evil },
    };
    const pages = [
      dataflowPage(known, { now: noon, actions: { secret: 's' } }),
      dataflowPage(known, {}),
      listPage([row], { name: evil }, noon),
      listPage([row], {}, noon),
      planPage(known, planned, {}),
    ];
    for (const page of pages) {
      const text = await markup(page);
      expect(text).toContain('&lt;img');
      expect(text).not.toContain('<img');
    }
  });

  it('has buttons where something can be done, else the command that does it', async () => {
    const command = flowCommand('retry', { sandbox: 'prod', flowId: 'f-1', dataflow: 'prod/orders' });
    const named = { dataflow: 'prod/orders', health: { ...failing, command } };
    const shows = await markup(dataflowPage(facts(named), { now: noon }));
    expect(shows).not.toContain('<form');
    expect(shows).toContain('<code>temporal aep retry prod/orders</code>');
    const acts = await markup(dataflowPage(facts(named), { now: noon, actions: { secret: 's' } }));
    expect(acts).toContain('action="/do/retry"');
    expect(acts).toContain('action="/do/accept-drift"');
    expect(acts).toContain('action="/do/pause"');
    const paused: Health = { ...failing, verdict: 'paused', command: { ...command, verb: 'resume' } };
    const resumes = await markup(
      dataflowPage(facts({ ...named, health: paused }), { now: noon, actions: { secret: 's' } }),
    );
    expect(resumes).toContain('action="/do/resume"');
    expect(resumes).not.toContain('action="/do/pause"');
    // Where AEP is asked already, or another try would not help.
    const waits = await markup(dataflowPage(facts({ ...named, health: failing }), { now: noon }));
    expect(waits).toContain('<code>temporal aep check prod/orders</code>');
    const ended: Health = { ...failing, watch: { ended: 'gone' } };
    const over = await markup(
      dataflowPage(facts({ ...named, health: undefined!, last: ended }), { actions: { secret: 's' } }),
    );
    expect(over).toContain('AEP has the flow no more');
    expect(over).not.toContain('<form');
  });

  it('names all who are told', async () => {
    const settings = { notify: { slack: 'data-team', workflow: { workflowId: 'incidents', signal: 's' } } };
    const health: Health = { ...failing, watch: { settings } };
    const text = await markup(dataflowPage(facts({ health }), { now: noon }));
    expect(text).toContain('slack data-team, workflow incidents');
  });

  it('of a flow that nobody watches any more says who ended that, and how to have it watched again', async () => {
    const unwatched = {
      status: 'TERMINATED',
      at: '2026-03-01T11:00:00.000Z',
      by: 'temporal-cli:ann@host',
      reason: evil,
    };
    const text = await markup(dataflowPage(facts({ last: failing, unwatched }), { now: noon }));
    expect(text).toContain('its watcher was terminated by temporal-cli:ann@host: &lt;img');
    expect(text).toContain('temporal aep update FILE');
  });

  it('of a watcher that does not answer shows what the list knows, and why there is no more', async () => {
    const row: Row = {
      dataflow: 'prod/orders',
      verdict: 'failed',
      drift: false,
      noted: { at: '', verdict: 'failed', since: '2026-03-01T11:00:00.000Z', why: 'No route.' },
    };
    const text = await markup(dataflowPage(facts({ row, unknown: 'No worker.' }), { now: noon }));
    expect(text).toMatch(/failed[\s\S]*2026-03-01 11:00 UTC[\s\S]*No worker\.[\s\S]*No route\./);
    expect(text).not.toContain('No flow of it is watched');
  });

  it('of a dataflow of which nothing is known says so', () => {
    expect(dataflowPage(facts({}), {}).status).toBe(404);
    expect(planPage(facts({}), undefined, {}).status).toBe(404);
  });

  it('without a dataflow has commands that there are, with as many arguments as they take', async () => {
    const lines = [
      ...(await markup(listPage([], {}, noon))).matchAll(
        /<code>temporal aep ([^<&]+?)(?: &gt; [^<]*)?<\/code>/g,
      ),
    ].map(([, line]) => line!.split(' '));
    expect(lines.length).toBe(4);
    for (const [name, ...words] of lines) {
      const command = createProgram().commands.find((one) => one.name() === name);
      const args = words.filter((word) => !word.startsWith('--'));
      expect(args.length, name).toBe(command?.registeredArguments.filter(({ required }) => required).length);
      for (const [index, { parseArg }] of command!.registeredArguments.entries())
        if (parseArg) expect(() => parseArg(args[index]!, undefined), name).not.toThrow();
    }
  });

  it('needs little script', () => {
    expect(script.length).toBeLessThan(150_000 / 50);
  });
});

const planned: Plan = {
  version: 1,
  dataflow: 'prod/orders',
  digest: 'abc',
  steps: [
    {
      kind: 'flow',
      action: 'update',
      id: 'f-1',
      reason: evil,
      changes: [
        { field: 'schedule.frequency', from: 'hour', to: 'day' },
        { field: 'mapping', added: [{ source: evil }], removed: [] },
      ],
      needs: [],
    },
    { kind: 'dataset', action: 'keep', id: 'd-1', reason: 'It fits', changes: [], needs: [] },
  ],
  problems: [{ field: evil, message: evil }],
  warnings: [],
  choices: [],
  summary: '1 to change, 1 as they are',
};

describe('the page of a plan', () => {
  const approval = { digest: 'abc', summary: planned.summary, since: noon };
  const progress = {
    dataflow: 'prod/orders',
    state: 'waitingForApproval' as const,
    steps: [],
    warnings: [],
    waiting: [],
    approval,
  };

  it('shows each field before and after, and takes a decision only where one is waited for', async () => {
    const waits = facts({ dataflow: 'prod/orders', progress });
    const text = await markup(planPage(waits, planned, { actions: { secret: 's' } }));
    expect(text).toMatch(/<del>hour<\/del>[\s\S]*<ins>day<\/ins>/);
    expect(text).toContain('action="/do/approve"');
    expect(text).toContain('name="digest" value="abc"');
    expect(await markup(planPage(waits, planned, {}))).toContain('temporal aep approve prod/orders');
    const another = { ...planned, digest: 'def' };
    expect(await markup(planPage(waits, another, { actions: { secret: 's' } }))).not.toContain('<form');
  });
});

describe('the list', () => {
  const many: Row[] = Array.from({ length: 120 }, (_, index) => ({
    dataflow: `${index % 2 ? 'prod' : 'stage'}/orders-${String(index).padStart(3, '0')}`,
    verdict: index === 0 ? 'failed' : 'ok',
    drift: false,
    connector: index < 60 ? 'mysql' : 'snowflake',
  }));
  const shown = async (query: string) => {
    const text = await markup(listPage(many, readFilter(new URLSearchParams(query)), noon));
    return [...text.matchAll(/dataflow\?name=[a-z]+%2Forders-(\d+)/g)].map(([, number]) => Number(number));
  };

  it('finds by how the name begins, with or without the sandbox, by verdict, sandbox and connector', async () => {
    expect(await shown('name=orders-01')).toHaveLength(10);
    expect(await shown('name=PROD/orders-01')).toHaveLength(5);
    expect(await shown('name=rders')).toEqual([]);
    expect(await shown('verdict=failed')).toEqual([0]);
    expect(await shown('sandbox=prod&name=orders-00')).toEqual([1, 3, 5, 7, 9]);
    expect(await shown('connector=snowflake&name=orders-05')).toEqual([]);
  });

  it('has pages of fifty, and the last of them for whoever asks for one beyond', async () => {
    expect((await shown(''))[0]).toBe(0);
    expect(await shown('')).toHaveLength(50);
    expect((await shown('page=3'))[0]).toBe(100);
    expect(await shown('page=99')).toEqual(await shown('page=3'));
    expect(await shown('page=-1')).toEqual(await shown(''));
  });

  it('tells what waits for a person and what nobody watches any more, with the next command', async () => {
    const at = '2026-03-01T11:00:00.000Z';
    const rows: Row[] = [
      { dataflow: 'prod/a', drift: false, unwatched: { status: 'TERMINATED', at } },
      {
        dataflow: 'prod/b',
        verdict: 'ok',
        drift: false,
        doing: { doing: 'updateDataflow', waitsFor: 'person', since: at },
      },
    ];
    const text = await markup(listPage(rows, {}, noon));
    for (const told of [
      'not watched',
      `Nobody has watched it since ${at}: its watcher was terminated.`,
      'temporal aep update FILE',
      '1 not watched any more',
      'Being changed, waits for a person.',
      'temporal aep status prod/b',
    ])
      expect(text).toContain(told);
  });

  it('tells no cause of before', async () => {
    const row: Row = {
      dataflow: 'prod/a',
      verdict: 'ok',
      drift: false,
      noted: { at: '', verdict: 'failed', why: 'Of before' },
    };
    expect(await markup(listPage([row], {}, noon))).not.toContain('Of before');
  });
});

it('a plot shows what was lost, and says the sums to who does not see it', async () => {
  const text = String(await rowsPlot(failing));
  expect(text).toContain('aria-label="Rows of the last 1 runs: 880 written, 120 lost"');
  expect(text).toContain('−120');
  expect(rowsPlot({ lastRuns: [], usual: {} })).toBeUndefined();
});

it('the picture for a mail is XML, whatever a message has in it', async () => {
  const cause = { message: 'Row "\u0000\u001b[31m\uffff" & <b>', next: 'Look.' };
  const picture = await pictureOf(facts({ health: { ...failing, cause } }));
  // XML has no way to write the others.
  expect(picture).toMatch(/^[\t\n\r\x20-\ufffd]*$/);
  expect(picture).toContain('[31m');
  expect(picture).toContain('&amp; &lt;b&gt;');
});

it('the chain has the flow that lives, and what refers to what from left to right', async () => {
  const of = (step: 'schema' | 'dataset' | 'targetConnection' | 'flow', id: string) => ({
    step,
    title: step,
    state: 'made' as const,
    id,
  });
  const steps = [of('schema', 's'), of('dataset', 'd'), of('targetConnection', 't'), of('flow', 'old')];
  const chain = chainOf(steps, 'new');
  expect(chain.map(({ id }) => id)).toEqual(['s', 'd', 't', 'new']);
  const x = [...String(await chainPicture(chain)).matchAll(/<rect[^>]*?\sx="(\d+)"/g)].map(([, x]) =>
    Number(x),
  );
  expect(x).toEqual(x.toSorted((a, b) => a - b));
  expect(new Set(x).size).toBe(4);
});

it('a later try that failed before it touched anything hides no part of the chain that lives', () => {
  const waiting = (['schema', 'dataset', 'mappingSet', 'flow'] as const).map((step) => ({
    step,
    title: step,
    state: 'waiting' as const,
  }));
  const entry = { at: '', workflowId: 'w', runId: 'r' };
  const history: DataflowFacts['history'] = [
    { ...entry, what: 'create', status: 'completed', made: { dataset: 'gone' } },
    { ...entry, what: 'delete', status: 'completed' },
    { ...entry, what: 'create', status: 'failed', made: { schema: 's' } },
    { ...entry, what: 'create', status: 'completed', made: { mappingSet: 'm', flow: 'old' } },
    { ...entry, what: 'update', status: 'failed', made: { mappingSet: 'never used' } },
  ];
  expect(chainOf(waiting, 'f', history).map(({ kind, id }) => [kind, id])).toEqual([
    ['schema', 's'],
    ['mappingSet', 'm'],
    ['flow', 'f'],
  ]);
  expect(chainOf(waiting, undefined).map(({ kind, id }) => [kind, id])).toEqual([
    ['schema', undefined],
    ['dataset', undefined],
    ['mappingSet', undefined],
    ['flow', undefined],
  ]);
});

describe('texts', () => {
  it('say how far a time is away, and how long something took', () => {
    expect(away('2026-03-01T09:00:00Z', noon)).toBe('3 h ago');
    expect(away('2026-03-01T12:20:00Z', noon)).toBe('in 20 min');
    expect(duration(42)).toBe('42 s');
    expect(duration(5_400)).toBe('1.5 h');
  });

  it('count a due time on while a flow does well, and leave it as it is where it does not', () => {
    const noted = { at: '', nextRunDue: '2026-03-01T08:30:00.000Z', everySeconds: 3600 };
    expect(nextDue({ ...noted, verdict: 'ok' }, noon)).toBe('2026-03-01T12:30:00.000Z');
    expect(nextDue({ ...noted, verdict: 'overdue' }, noon)).toBe('2026-03-01T08:30:00.000Z');
  });
});

it('however many ask at once, something is loaded once, and anew when it is old; a failure is told and not kept', async () => {
  let loads = 0;
  const shared = new Shared(() => Promise.resolve((loads += 1)), { freshMs: 10_000 });
  expect(await Promise.all([shared.get(), shared.get(), shared.get()])).toEqual([1, 1, 1]);
  expect(await shared.get()).toBe(1);
  shared.forget();
  expect(await shared.get()).toBe(2);
  let fails = true;
  const failing = new Shared(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve(1)), {
    freshMs: 10_000,
  });
  await expect(failing.get()).rejects.toThrow('away');
  fails = false;
  expect(await failing.get()).toBe(1);
});

it('nobody waits for a page as long as a query does of which no worker takes care', async () => {
  expect(await inTime(Promise.resolve('answer'), 10_000)).toBe('answer');
  await expect(inTime(Promise.reject(new Error('refused')), 10_000)).rejects.toThrow('refused');
  await expect(inTime(new Promise<never>(() => {}), 10)).rejects.toThrow(
    'no worker has answered within 0.01 s: is one running?',
  );
});

it('nobody waits for the page of a dataflow that is not watched as long as that either', async () => {
  const silent = {
    list: async () => [],
    history: async () => [],
    status: () => new Promise<never>(() => {}),
    dataflow: () => ({
      progress: () => new Promise<never>(() => {}),
      plan: () => new Promise<never>(() => {}),
    }),
  } as unknown as AepDataflows;
  const known = new Facts(silent, async () => {}, 10);
  expect((await known.dataflow('prod/orders')).unknown).toContain('no worker has answered');
  expect(await known.plan('prod/orders')).toBeUndefined();
});

it('lists are asked for as often as allowed and no more often', async () => {
  const began = Date.now();
  const pace = paceOf({ perSecond: 20, atOnce: 2 });
  await Promise.all([pace(), pace()]);
  expect(Date.now() - began).toBeLessThan(40);
  await Promise.all([pace(), pace(), pace(), pace()]);
  expect(Date.now() - began).toBeGreaterThanOrEqual(190);
});
