import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDataflow } from '../../src/board/export.ts';
import { serveBoard, type Board } from '../../src/board/serve.ts';
import { findChromium, howToGetChromium } from '../support/chromium.ts';
import { orders, places } from '../support/dataflows.ts';
import { startProgram } from '../support/program.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, justEnded, makeFlow } from '../watch/make-flow.ts';

const executablePath = await findChromium();
if (executablePath === undefined) console.warn(howToGetChromium);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where screenshots for the docs are written, where somebody wants them. */
const pictures = process.env['BOARD_PICTURES'];
const { sandboxes, next } = places(3);

let rig: Rig;
let board: Board;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes: ['prod', ...sandboxes] }, env: quickToFollow });
  await rig.startWorker();
  board = await serveBoard(rig.client, { port: 0, allowsActions: true });
});
afterAll(async () => {
  await board?.close();
  await rig?.close();
});

/** A watched flow that runs nothing by itself. */
async function watched(dataflow: string, connector = 'google-bigquery') {
  const { control } = rig.emulator;
  const startTime = Math.ceil(control.clock().now / 1000) + 86_400;
  const schedule = { startTime, frequency: 'hour', interval: 1, backfill: true };
  const flowId = await makeFlow(administrator(rig.emulator.url), { schedule });
  const watcher = await rig.client.watch({ sandbox: 'prod', flowId, dataflow, connector });
  return {
    flowId,
    watcher,
    ends(outcome: 'success' | 'degraded' | 'failed') {
      const error = { code: 'CONNECTOR-1001-500', message: 'No route to the source.' };
      control.planRuns({ flowId, outcomes: [outcome === 'failed' ? { outcome, error } : outcome] });
      control.makeRun(flowId, justEnded(control.clock().now));
    },
  };
}

const retries = () => rig.emulator.control.requests({ method: 'POST', path: '/flowservice/runs/*/action' });

describe.skipIf(executablePath === undefined)('the board in a browser', () => {
  let browser: Browser;
  let page: Page;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    page.setDefaultTimeout(30_000);
    const { host } = new URL(board.url);
    page.on('request', (request) => {
      if (new URL(request.url()).host !== host) elsewhere.push(request.url());
    });
    await page.goto(board.url);
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** What is wrong with the page as it is, for those who cannot see it, by day, by night and on a telephone. */
  async function accessible(picture?: string) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // The policy of the pages allows no script of a test's: it comes by the debugger.
      await page.evaluate(axe);
      // By night only the colours are others.
      const which = colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {};
      const found = await page.evaluate(async (which) => {
        const run = Reflect.get(globalThis, 'axe') as {
          run(which: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
        const { violations } = await run.run(which);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      }, which);
      expect(found, colorScheme).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    if (pictures && picture) await page.screenshot({ path: `${pictures}/board-${picture}.png` });
    await page.setViewportSize({ width: 360, height: 740 });
    const tooWide = `[...document.querySelectorAll('body *')]
      .filter((one) => !one.closest('.scroll, .skip') && one.getBoundingClientRect().right > 360)
      .map((one) => one.outerHTML.slice(0, 200))`;
    expect(await page.evaluate<string[]>(tooWide)).toEqual([]);
    await page.setViewportSize({ width: 1100, height: 800 });
  }

  const open = (path: string) => page.goto(new URL(path, board.url).href);

  it('shows how to begin where there is no dataflow', async () => {
    expect(page.url()).not.toContain('token');
    await page.getByText('No dataflow is watched yet.').waitFor();
    await accessible();
  });

  it('lists dataflows, the worst first, as soon as they are there, and finds them by name and verdict', async () => {
    const [good, bad] = await Promise.all([
      watched('prod/orders'),
      watched('prod/returns', 'snowflake'),
      watched('prod/stores'),
    ]);
    good.ends('success');
    bad.ends('failed');
    // Nobody loads the page anew.
    await page.locator('tbody tr:nth-child(1)', { hasText: 'prod/returns' }).waitFor();
    await page.locator('tr', { hasText: 'No route to the source.' }).waitFor();
    await page.locator('tr', { hasText: 'prod/orders' }).getByText('ok').waitFor();
    await accessible('list');

    await page.getByLabel('Name begins with').fill('sto');
    await page.keyboard.press('Enter');
    await page.waitForURL(/name=sto/);
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByLabel('Name begins with').fill('');
    await page.getByLabel('Connector').selectOption('snowflake');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.waitForURL(/connector=snowflake/);
    expect(await page.locator('tbody th').allTextContents()).toEqual([expect.stringContaining('returns')]);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: /failed 1/ }).click();
    await page.waitForURL(/verdict=failed/);
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('link', { name: 'prod/returns' }).click();
    await page.getByRole('heading', { name: 'prod/returns' }).waitFor();
  });

  it('shows a run that fails as soon as it has, and has AEP run it again', async () => {
    const { ends, flowId } = await watched('prod/live');
    for (const outcome of ['success', 'degraded'] as const) {
      ends(outcome);
      await waitFor('the run to be judged', async () => {
        const health = await rig.client.health({ sandbox: 'prod', flowId });
        return health && health.lastRuns.length > (outcome === 'success' ? 0 : 1);
      });
    }
    await open('/dataflow?name=prod%2Flive');
    await page.locator('#verdict', { hasText: 'degraded' }).waitFor();
    ends('failed');
    await page.locator('#failure', { hasText: 'No route to the source.' }).waitFor();
    await page.locator('#verdict', { hasText: 'failed' }).waitFor();
    expect(await page.locator('#said').textContent()).toContain('failed');
    expect(await page.locator('#failure code').allTextContents()).toContain('temporal aep retry prod/live');
    await accessible('dataflow');
    await page.getByRole('button', { name: 'Run it again' }).click();
    await page.getByText('AEP runs it again').waitFor();
    expect(retries()).toHaveLength(1);
    await page.getByRole('button', { name: 'Disable the flow' }).click();
    await page.getByText('AEP loads nothing until it is enabled').waitFor();
    await page.getByRole('button', { name: 'Enable the flow' }).click();
    await page.getByText('The flow is enabled.').waitFor();
  });

  it('shows a plan that waits for approval, before and after, and takes the decision', async () => {
    const sandbox = next();
    const definition = orders(sandbox);
    const handle = await rig.client.start({ definition, requireApproval: true });
    await waitFor('the plan', async () => (await handle.progress().catch(() => undefined))?.approval);
    await open('/');
    await page.getByText('1 waits for a person').waitFor();
    await open(`/dataflow?name=${encodeURIComponent(`${sandbox}/orders`)}`);
    await page.getByRole('link', { name: 'Look at the plan' }).click();
    await page.getByText('6 to create').waitFor();
    await accessible('plan');
    await page.locator('#approve-by').fill('Ann');
    await page.locator('#approve-why').fill('As agreed');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved: it is carried out now.').waitFor();
    const { resources } = await handle.result();
    await page.locator('#chain', { hasText: resources.targetConnection! }).waitFor();
    expect((await handle.progress()).decision).toMatchObject({ saidToBeBy: 'Ann', why: 'As agreed' });
  });

  it('says of a watch that has ended how the flow was then', async () => {
    const { watcher, ends } = await watched('prod/stopped');
    ends('failed');
    await waitFor('the failure', async () => (await watcher.checkNow()).verdict === 'failed');
    await watcher.stop();
    const { health, last } = await waitFor('the end of the watch', async () => {
      const status = await rig.client.status({ sandbox: 'prod', name: 'stopped' });
      return status.last?.watch.ended !== undefined && status;
    });
    expect([health, last?.watch.ended, last?.verdict]).toEqual([undefined, 'stopped', 'failed']);
    await open('/dataflow?name=prod%2Fstopped');
    await page.getByText('The watch was stopped').waitFor();
    expect(await page.locator('#failure').textContent()).toContain('No route to the source.');
    expect(await page.getByRole('button', { name: 'Run it again' }).count()).toBe(0);
    await accessible();
  });

  it('asks no other host for anything, and refuses what another page asks', async () => {
    expect(elsewhere).toEqual([]);
    const before = retries().length;
    const origin = new URL(board.url).origin;
    const stranger = await browser.newPage();
    // Of another origin, though on the same machine.
    await stranger.route('http://localhost:1/', (route) => route.fulfill({ body: '<p>Hello</p>' }));
    await stranger.goto('http://localhost:1/');
    const read = (url: string) =>
      fetch(url, { credentials: 'include' }).then(
        ({ status }) => status,
        () => 'refused' as const,
      );
    expect(await stranger.evaluate(read, `${origin}/`)).toBe('refused');
    const post = (url: string) =>
      fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(() => 'sent');
    await stranger.evaluate(post, `${origin}/do/retry`).catch(() => undefined);
    expect(retries()).toHaveLength(before);
    await stranger.close();
  });
});

describe('the board over HTTP', () => {
  const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(new URL(path, board.url), { redirect: 'manual', headers, ...init });
  const cookie = async () => (await fetch(board.url, { redirect: 'manual' })).headers.get('set-cookie')!;

  it('is for nobody without the token of its address, which is then a cookie that no script and no other site has', async () => {
    expect((await ask('/')).status).toBe(401);
    expect((await ask('/?token=wrong')).status).toBe(401);
    expect((await ask('/live')).status).toBe(401);
    const set = await cookie();
    expect(set).toMatch(/HttpOnly; SameSite=Strict$/);
    const shown = await ask('/', { cookie: set.split(';')[0]! });
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('refuses another name for this machine, a foreign origin, and a form of another page', async () => {
    const mine = { cookie: (await cookie()).split(';')[0]! };
    const { host, origin } = new URL(board.url);
    expect(await statusOf(host, { ...mine, host: 'rebound.example.com' })).toBe(403);
    expect((await ask('/', { ...mine, origin: 'https://example.com' })).status).toBe(403);
    const post = { method: 'POST', body: new URLSearchParams({ dataflow: 'prod/live' }) };
    expect((await ask('/do/retry', mine, post)).status).toBe(403);
    expect((await ask('/do/retry', { ...mine, origin: 'https://example.com' }, post)).status).toBe(403);
    expect((await ask('/do/retry', { ...mine, origin }, post)).status).toBe(403);
  });

  it('only shows unless it was asked for more', async () => {
    const shows = await serveBoard(rig.client, { port: 0, allowsActions: false });
    const { origin } = new URL(shows.url);
    const set = (await fetch(shows.url, { redirect: 'manual' })).headers.get('set-cookie')!;
    const post = { method: 'POST', headers: { cookie: set.split(';')[0]!, origin } };
    for (const action of ['retry', 'pause', 'resume']) {
      const refused = await fetch(`${origin}/do/${action}`, post);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('--allow-actions');
    }
    await shows.close();
  });

  it('says what is wrong with an address that names nothing', async () => {
    const mine = { cookie: (await cookie()).split(';')[0]! };
    for (const path of [
      '/nothing',
      '/dataflow',
      '/dataflow?name=prod',
      '/dataflow?name=prod%2Fnone',
      '/dataflow?name=prod%2F%3Cb%3E',
    ])
      expect((await ask(path, mine)).status, path).toBe(404);
  });
});

/** `fetch` sends no other host than the one that it asks. */
function statusOf(host: string, headers: Record<string, string>): Promise<number | undefined> {
  const [hostname, port] = host.split(':');
  return new Promise((resolve, reject) => {
    request({ hostname, port, headers }, ({ statusCode }) => resolve(statusCode))
      .once('error', reject)
      .end();
  });
}

it('one dataflow is written into a file that asks nobody for anything', async () => {
  const { ends, flowId } = await watched('prod/file & more');
  ends('failed');
  await waitFor(
    'the failure',
    async () => (await rig.client.health({ sandbox: 'prod', flowId }))?.verdict === 'failed',
  );
  const page = await waitFor('it to be listed', async () => {
    const text = await exportDataflow(rig.client, 'prod/file & more', 'html');
    return text.includes('No route to the source.') && text;
  });
  expect(page).toContain('prod/file &amp; more');
  const picture = await exportDataflow(rig.client, 'prod/file & more', 'svg');
  expect(picture).toMatch(/^<svg[^>]*xmlns/);
  for (const file of [page, picture]) {
    expect(file).not.toMatch(/<script|<form|href=|file & more/);
    expect(file.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/(href|src|url\()=?"?https?:/);
    expect(file.length).toBeLessThan(100_000);
  }
});

it('the command prints an address that shows the board, until Ctrl-C; and refuses a file that it cannot write', async () => {
  const program = startProgram('src/cli/main.ts', ['board', '-o', 'json'], rig.temporal.env);
  const [, url] = await program.prints(/"url": "([^"]+)"/);
  expect((await fetch(url!, { redirect: 'manual' })).status).toBe(303);
  program.kill('SIGINT');
  expect(await program.ended).toBe(130);
  const refused = startProgram(
    'src/cli/main.ts',
    ['board', 'prod/orders', '--to', 'orders.pdf'],
    rig.temporal.env,
  );
  expect(await refused.ended).toBe(1);
  expect(refused.stderr()).toContain('.html or .svg');
});
