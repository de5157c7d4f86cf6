import { html } from 'hono/html';
import { notedNow, worstFirst } from '../client/status.ts';
import { nextCommand, whatGoesOn, whyUnwatched } from '../client/status-texts.ts';
import type { Row } from './facts.ts';
import type { Html, Page } from './layout.ts';
import { badge, table, timeOf, type Column } from './parts.ts';
import { count, nextDue } from './texts.ts';

/** Which dataflows somebody wants to see. */
export interface Filter {
  /** How the name begins, with or without the sandbox. */
  name?: string;
  verdict?: string;
  sandbox?: string;
  connector?: string;
  /** From 1. */
  page?: number;
}

const rowsOnPage = 50;

/** @param query of the page's address: what is not known is left out */
export function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const key of ['name', 'verdict', 'sandbox', 'connector'] as const) {
    const value = query.get(key)?.trim();
    if (value) filter[key] = value;
  }
  const page = Number(query.get('page'));
  return Number.isSafeInteger(page) && page > 1 ? { ...filter, page } : filter;
}

/** @param now epoch milliseconds */
export function listPage(rows: readonly Row[], filter: Filter, now: number): Page {
  const title = 'Dataflows';
  if (rows.length === 0) return { title, sections: [{ id: 'empty', body: howToBegin }] };
  const found = rows.filter((row) => isWanted(row, filter));
  const pages = Math.max(1, Math.ceil(found.length / rowsOnPage));
  const page = Math.min(filter.page ?? 1, pages);
  const shown = found.slice((page - 1) * rowsOnPage, page * rowsOnPage);
  return {
    title,
    said: worstFirst
      .flatMap((verdict) => {
        const times = rows.filter((row) => row.verdict === verdict).length;
        return times > 0 ? `${count(times)} ${verdict}` : [];
      })
      .join(', '),
    sections: [
      { id: 'counts', body: countsOf(rows, filter) },
      { id: 'search', title: 'Find', body: form(rows, filter) },
      {
        id: 'list',
        title: 'List',
        body: html`<p>${said(found.length, rows.length)}</p>
          ${shown.length > 0 ? tableOf(shown, now) : ''} ${pageLinks(filter, page, pages)}`,
      },
    ],
  };
}

const howToBegin = html`<p>No dataflow is watched yet. Begin with a definition:</p>
  <ol>
    <li>
      <code>temporal aep suggest SANDBOX/CONNECTION TABLE &gt; orders.json</code> writes one for a table, a
      file or a folder
    </li>
    <li><code>temporal aep plan orders.json</code> says what would be made</li>
    <li><code>temporal aep create orders.json</code> makes it; from then on it is here</li>
  </ol>
  <p>
    A flow that is in AEP already becomes a dataflow by
    <code>temporal aep import SANDBOX/FLOW-ID --adopt</code>.
  </p>`;

function isWanted(row: Row, { name, verdict, sandbox, connector }: Filter): boolean {
  const { dataflow } = row;
  const slash = dataflow.indexOf('/');
  if (sandbox !== undefined && dataflow.slice(0, slash) !== sandbox) return false;
  if (verdict !== undefined && row.verdict !== verdict) return false;
  if (connector !== undefined && row.connector !== connector) return false;
  const begins = (text: string) => text.toLowerCase().startsWith((name ?? '').toLowerCase());
  return begins(dataflow) || begins(dataflow.slice(slash + 1));
}

function said(found: number, all: number): string {
  if (found === 0) return `None of ${count(all)} is like that.`;
  return found === all ? `${count(all)} dataflows, the worst first.` : `${count(found)} of ${count(all)}.`;
}

function countsOf(rows: readonly Row[], filter: Filter): Html {
  const of = (holds: (row: Row) => boolean) => rows.filter(holds).length;
  const counts = worstFirst.map((verdict) => ({ verdict, times: of((row) => row.verdict === verdict) }));
  const waits = of(({ doing }) => doing?.waitsFor === 'person');
  const drifts = of(({ drift }) => drift);
  const unwatched = of((row) => row.unwatched !== undefined);
  return html`<ul class="chips" aria-label="How many have which verdict">
      ${counts
        .filter(({ times }) => times > 0)
        .map(
          ({ verdict, times }) =>
            html`<li>
              <a
                href="${address({ ...filter, verdict, page: 1 })}"
                ${filter.verdict === verdict ? html`aria-current="true"` : ''}
                >${badge(verdict)} <b>${count(times)}</b></a
              >
            </li>`,
        )}
    </ul>
    ${waits > 0 ? html`<p class="waits">${count(waits)} ${waits === 1 ? 'waits' : 'wait'} for a person</p>` : ''}
    ${unwatched > 0 ? html`<p class="waits">${count(unwatched)} not watched any more</p>` : ''}
    ${drifts > 0 ? html`<p>${count(drifts)} changed by others</p>` : ''}`;
}

function form(rows: readonly Row[], { name, verdict, sandbox, connector }: Filter): Html {
  const distinct = (of: (row: Row) => string | undefined) =>
    [...new Set(rows.map(of).filter((one) => one !== undefined))].toSorted();
  const sandboxes = distinct((row) => row.dataflow.slice(0, row.dataflow.indexOf('/')));
  return html`<form method="get" action="/" role="search">
    <label>Name begins with <input type="search" name="name" value="${name ?? ''}" /></label>
    ${choice('verdict', 'Verdict', worstFirst, verdict)} ${choice('sandbox', 'Sandbox', sandboxes, sandbox)}
    ${choice(
      'connector',
      'Connector',
      distinct((row) => row.connector),
      connector,
    )}
    <button type="submit">Find</button> <a href="/">All</a>
  </form>`;
}

function choice(name: string, label: string, values: readonly string[], chosen: string | undefined): Html {
  return html`<label
    >${label}
    <select name="${name}">
      <option value="">any</option>
      ${values.map((value) => html`<option ${value === chosen ? 'selected' : ''}>${value}</option>`)}
    </select></label
  >`;
}

const columns: Column[] = [
  { title: 'Dataflow' },
  { title: 'Verdict' },
  { title: 'Since' },
  { title: 'Why, and who has to act' },
  { title: 'Last success', kind: 'wide' },
  { title: 'Rows of the last run', kind: 'number' },
  { title: 'Usually', kind: 'number wide' },
  { title: 'Next due', kind: 'wide' },
  { title: 'Connector', kind: 'wide' },
];

function tableOf(rows: readonly Row[], now: number): Html {
  return table(
    'Dataflows',
    columns,
    rows.map((row) => lineOf(row, now)),
  );
}

function lineOf(row: Row, now: number): Html {
  const { dataflow, verdict, drift, connector = '', noted: last, doing, unwatched } = row;
  const next = nextCommand(row);
  const noted = notedNow(row);
  const { lastSuccess, lastRun, usualRecords } = last ?? {};
  const time = (at: string | undefined) => (at === undefined ? '' : timeOf(at, now));
  const slash = dataflow.indexOf('/') + 1;
  return html`<tr>
    <th scope="row">
      <a href="/dataflow?name=${encodeURIComponent(dataflow)}"
        ><span class="sandbox">${dataflow.slice(0, slash)}</span>${dataflow.slice(slash)}</a
      >
    </th>
    <td>${verdict === undefined ? 'not watched' : badge(verdict)}</td>
    <td>${time(noted?.since)}</td>
    <td>
      ${doing ? html`<strong>${whatGoesOn(doing)}</strong><br />` : ''}
      ${unwatched ? html`<strong>${whyUnwatched(unwatched)}</strong><br />` : ''}
      ${next === undefined ? '' : html`<code>${next}</code><br />`} ${drift ? 'Changed by others. ' : ''}
      ${noted?.why ?? ''}
    </td>
    <td class="wide">${time(lastSuccess)}</td>
    <td class="number">
      ${lastRun?.written === undefined ? '' : count(lastRun.written)}
      ${lastRun?.lost ? html`<strong class="lost">${count(lastRun.lost)} lost</strong>` : ''}
    </td>
    <td class="number wide">${usualRecords === undefined ? '' : count(usualRecords)}</td>
    <td class="wide">${time(last && nextDue(last, now))}</td>
    <td class="wide">${connector}</td>
  </tr>`;
}

function pageLinks(filter: Filter, page: number, pages: number): Html | '' {
  if (pages === 1) return '';
  const link = (to: number, text: string) => html`<a href="${address({ ...filter, page: to })}">${text}</a>`;
  return html`<nav aria-label="Pages">
    ${page > 1 ? link(page - 1, 'Previous page') : ''} Page ${page} of ${pages}
    ${page < pages ? link(page + 1, 'Next page') : ''}
  </nav>`;
}

function address({ page = 1, ...rest }: Filter): string {
  const query = new URLSearchParams(rest as Record<string, string>);
  if (page > 1) query.set('page', String(page));
  return `/?${query.toString()}`;
}
