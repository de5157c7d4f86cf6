import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { AepDataflows } from '../client.ts';
import { DataflowError } from '../client/dataflow-error.ts';
import { actions, type ActionName, type Asked } from './actions.ts';
import { dataflowPage } from './dataflow-page.ts';
import { Facts, messageOf } from './facts.ts';
import { guard, headers } from './guard.ts';
import { inFrame, sectionOf, type Notice, type Page } from './layout.ts';
import { listPage, readFilter } from './list-page.ts';
import { planPage } from './plan-page.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export interface BoardOptions {
  client: AepDataflows;
  /** Without it nobody sees anything. */
  token: string;
  /** Known once the board listens. */
  port: () => number;
  /** Whether people may do something on the pages. */
  allowsActions: boolean;
  facts?: Facts;
}

/** How often it is looked whether a page that somebody has open is another one by now. Milliseconds. */
const lookEveryMs = 1_000;
const largestForm = 64 * 1024;
/** Of what was done, what nobody has looked at yet: the newest. */
const mostNotices = 100;

/** The board: pages on what Temporal knows of dataflows. */
export function createBoard({ client, token, port, allowsActions, facts }: BoardOptions): Hono {
  const known = facts ?? new Facts(client);
  const secret = randomBytes(16).toString('hex');
  const may = allowsActions ? { actions: { secret } } : {};
  const notices = new Map<string, Notice>();
  const app = new Hono();

  /** The page at an address, or undefined where there is none. */
  async function pageAt({ pathname, searchParams }: URL): Promise<Page | undefined> {
    const now = Date.now();
    if (pathname === '/') return listPage(await known.rows(), readFilter(searchParams), now);
    const name = searchParams.get('name') ?? '';
    if (!/^[^/]+\/./.test(name)) return undefined;
    if (pathname === '/dataflow') return dataflowPage(await known.dataflow(name), { now, ...may });
    if (pathname !== '/plan') return undefined;
    const [dataflow, plan] = await Promise.all([known.dataflow(name), known.plan(name)]);
    return planPage(dataflow, plan, { now, ...may });
  }

  app.use(headers);
  app.use(guard(token, port));
  app.get('/board.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/board.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  app.get('/favicon.ico', (c) => c.body(null, 204));

  app.get('/live', (c) => {
    const asked = c.req.query('at') ?? '/';
    if (!URL.canParse(asked, 'http://board')) return c.text('There is no such page.', 404);
    const at = new URL(asked, 'http://board');
    let seen = c.req.query('seen');
    return streamSSE(c, async (stream) => {
      let told: Record<string, string> | undefined;
      let isAway = false;
      const tell = (news: object) => stream.writeSSE({ data: JSON.stringify(news) });
      while (!stream.aborted && !stream.closed) {
        try {
          const page = await pageAt(at);
          const bodies = page ? await bodiesOf(page) : {};
          const digest = digestOf(bodies);
          if (page && seen !== digest) {
            const before = told;
            const isLike = before && Object.keys(before).join() === Object.keys(bodies).join();
            const changed = Object.entries(bodies).filter(([id, body]) => before?.[id] !== body);
            const news = isLike ? { parts: Object.fromEntries(changed) } : { all: await allOf(page) };
            await tell({ said: page.said, ...news });
          }
          [told, seen] = [bodies, digest];
          if (isAway) await tell({ isAway: (isAway = false) });
        } catch {
          if (!isAway) await tell({ isAway: (isAway = true) });
        }
        await stream.sleep(lookEveryMs);
      }
    });
  });

  app.post('/do/:action', bodyLimit({ maxSize: largestForm }), async (c) => {
    if (!allowsActions) return c.text('This board only shows: begin it with --allow-actions.', 403);
    const name = c.req.param('action');
    const form = (await c.req.parseBody()) as Asked;
    if (form['secret'] !== secret)
      return c.text('The page is of a board before this one: load it anew.', 403);
    if (!Object.hasOwn(actions, name)) return c.text('There is no such action.', 404);
    const { dataflow = '' } = form;
    const notice = await done(client, name as ActionName, dataflow, form);
    known.forget(dataflow);
    const told = randomBytes(8).toString('hex');
    notices.set(told, notice);
    if (notices.size > mostNotices) notices.delete(notices.keys().next().value!);
    return c.redirect(address('/dataflow', { name: dataflow, told }), 303);
  });

  app.get('*', async (c) => {
    const url = new URL(c.req.url);
    const told = url.searchParams.get('told') ?? '';
    url.searchParams.delete('told');
    const page = await pageAt(url);
    if (!page) return c.text('There is no such page.', 404);
    const notice = notices.get(told);
    notices.delete(told);
    const seen = digestOf(await bodiesOf(page));
    const live = address('/live', { at: `${url.pathname}${url.search}`, seen });
    return c.html(inFrame(page, { live, notice }), page.status ?? 200);
  });

  app.onError(async (error, c) => {
    const isWrong = error instanceof DataflowError;
    const body = inFrame(
      { title: isWrong ? 'There is no such dataflow' : 'Temporal does not answer', sections: [] },
      { notice: { isBad: true, text: messageOf(error) } },
    );
    // The browser asks again.
    if (!isWrong) c.header('refresh', '5');
    return c.html(body, isWrong ? 404 : 503);
  });
  return app;
}

function address(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}

async function bodiesOf({ sections }: Page): Promise<Record<string, string>> {
  const bodies = sections.map(async ({ id, body }) => [id, String(await body)] as const);
  return Object.fromEntries(await Promise.all(bodies));
}

async function allOf({ sections }: Page): Promise<string> {
  return (await Promise.all(sections.map(async (one) => String(await sectionOf(one))))).join('');
}

/** Whether somebody has seen the page as it is. */
function digestOf(bodies: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(bodies)).digest('hex').slice(0, 16);
}

async function done(client: AepDataflows, name: ActionName, dataflow: string, form: Asked): Promise<Notice> {
  try {
    return { text: await actions[name].does(client, dataflow, form), isBad: false };
  } catch (error) {
    return { text: messageOf(error), isBad: true };
  }
}
