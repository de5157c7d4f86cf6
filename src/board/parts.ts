import { html } from 'hono/html';
import type { Html } from './layout.ts';
import { away, moment } from './texts.ts';

/** Told by shape and word, too: not everybody sees the colours. */
const shapes: Record<string, string> = {
  failed: '✕',
  unreadable: '✕',
  stuck: '◆',
  overdue: '◆',
  degraded: '▲',
  paused: '‖',
  pending: '○',
  ok: '✓',
};

export function badge(verdict: string): Html {
  return html`<span class="verdict ${verdict}"
    ><span aria-hidden="true">${shapes[verdict] ?? '…'}</span> ${verdict}</span
  >`;
}

/** A time, as far as it is away from now; without `now` as it is. @param now epoch milliseconds */
export function timeOf(time: string, now?: number): Html {
  return html`<time datetime="${time}" title="${moment(time)}"
    >${now === undefined ? moment(time) : away(time, now)}</time
  >`;
}

/** A command to be copied. */
export function commandLine(line: string): Html {
  return html`<p class="command">
    <code>${line}</code> <button type="button" data-copy="${line}" hidden>Copy</button>
  </p>`;
}

/** A table that scrolls by itself where it is wider than the page. @param label what it shows */
export function table(label: string, columns: readonly Column[], rows: readonly Html[]): Html {
  return html`<div class="scroll" role="region" aria-label="${label}: table" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map(({ title, kind = '' }) => html`<th scope="col" class="${kind}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** `number`: to the right. `wide`: left out where there is little room. */
export interface Column {
  title: string;
  kind?: 'number' | 'wide' | 'number wide';
}

/** Facts with their names. What is undefined is left out. */
export function facts(all: readonly [name: string, value: unknown][]): Html {
  const known = all.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>
    ${known.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
