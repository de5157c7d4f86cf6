import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { chromium } from 'playwright-core';
import { numberOption, readOptions, UsageError } from '../dev/options.ts';
import { startTemporal } from '../dev/temporal-server.ts';
import { serveBoard } from '../src/board/serve.ts';
import { connect } from '../src/client.ts';
import { watcherType, watcherWorkflowId } from '../src/runs/names.ts';
import type { NotedHealth } from '../src/runs/noted-health.ts';
import { searchAttributes } from '../src/search-attribute-keys.ts';
import { findChromium, howToGetChromium } from '../test/support/chromium.ts';
import { describeMachine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';

const help = `Usage: npm run bench -- board [--watchers N]

How long the board takes to its first paint in Chromium with many watchers, on a server that allows ten lists a second as a
cluster does: with a board that has just begun, and with one that is there. Writes bench/results/board.json.

  --watchers N  how many (default: 10000)`;

/** No worker runs: what lists have of a watcher is all that the first page needs. */
async function startWatchers(client: Client, count: number): Promise<void> {
  const atOnce = 50;
  for (let next = 0; next < count; next += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - next) }, (_, index) =>
        startWatcher(client, next + index),
      ),
    );
}

async function startWatcher(client: Client, number: number): Promise<void> {
  const flow = { sandbox: 'prod', flowId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` };
  const verdict = number % 100 === 0 ? 'failed' : 'ok';
  const at = new Date().toISOString();
  const health: NotedHealth = {
    at,
    verdict,
    since: at,
    ...(verdict === 'failed' ? { why: 'No route to the source.' } : {}),
    lastSuccess: at,
    lastRun: { start: at, read: 10_000, written: 10_000 },
    usualRecords: 10_000,
    nextRunDue: at,
    everySeconds: 3_600,
  };
  await client.workflow.start(watcherType, {
    workflowId: watcherWorkflowId(flow),
    taskQueue: 'nobody',
    args: [flow],
    memo: { health, watch: {} },
    typedSearchAttributes: [
      { key: searchAttributes.dataflow, value: `prod/orders-${number}` },
      { key: searchAttributes.flowId, value: flow.flowId },
      { key: searchAttributes.sandbox, value: flow.sandbox },
      { key: searchAttributes.connector, value: 'google-bigquery' },
      { key: searchAttributes.verdict, value: verdict },
      { key: searchAttributes.drift, value: 'no' },
    ],
  });
}

export interface BoardFigures {
  watchers: number;
  'first paint of a board that has just begun, ms': number;
  'from the start of the board until it is shown, ms': number;
  'first paint afterwards, the slowest of five, ms': number;
  'memory of the board, MB': number;
}

/** Starts so many watchers, and opens a board over them in Chromium. */
export async function measureBoard(client: Client, watchers: number): Promise<BoardFigures> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new UsageError(howToGetChromium);
  await startWatchers(client, watchers);
  while ((await client.workflow.count(`WorkflowType = "${watcherType}"`)).count < watchers) await sleep(500);

  await using parts = new AsyncDisposableStack();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  parts.defer(() => browser.close());
  const began = performance.now();
  const board = await serveBoard(await connect({ client }), { port: 0, allowsActions: false });
  parts.defer(() => board.close());
  const page = await browser.newPage();
  const firstPaint = async (url: string) => {
    await page.goto(url);
    await page.getByText(`${watchers.toLocaleString('en-US')} dataflows, the worst first.`).waitFor();
    const paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime";
    return Math.round(await page.evaluate<number>(paint));
  };
  const fromNothing = await firstPaint(board.url);
  const sinceBegan = Math.round(performance.now() - began);
  const again: number[] = [];
  for (let round = 0; round < 5; round++) again.push(await firstPaint(new URL('/', board.url).href));
  return {
    watchers,
    'first paint of a board that has just begun, ms': fromNothing,
    'from the start of the board until it is shown, ms': sinceBegan,
    'first paint afterwards, the slowest of five, ms': Math.max(...again),
    'memory of the board, MB': Math.round(process.memoryUsage().rss / 1e6),
  };
}

export async function run(): Promise<number> {
  const options = readOptions(help, { watchers: { type: 'string' } });
  const watchers = numberOption('watchers', options.watchers) ?? 10_000;
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  const temporal = await startTemporal({ headless: true, listsPerSecond: 10 });
  parts.defer(() => temporal.close());
  const connection = await Connection.connect({ address: temporal.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  const result = { machine, ...(await measureBoard(client, watchers)) };
  keepJson('board', result);
  console.log(result);
  return 0;
}
