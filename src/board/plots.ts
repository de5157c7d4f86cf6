import { html } from 'hono/html';
import type { Health } from '../client.ts';
import { lostOf } from '../runs/noted-health.ts';
import type { Html } from './layout.ts';
import { count, duration, moment } from './texts.ts';

type Run = Health['lastRuns'][number];

/** In user units; a page scales it to its own width. */
export const plotSize = { width: 620, height: 190 };
const [left, right, top, bottom] = [10, 10, 34, 24];
const base = plotSize.height - bottom;
const room = base - top;

/** One bar of a plot: what of it is there, and what is missing of it. */
interface Bar {
  /** What the bar tells, for who points at it. */
  told: string;
  full: number;
  missing: number;
  /** Written above it, where something is missing. */
  mark?: string;
  at: string;
}

/** Rows that went in, came out and were lost over the latest runs, the oldest first. Undefined where no run has told any. */
export function rowsPlot({ lastRuns, usual }: Pick<Health, 'lastRuns' | 'usual'>): Html | undefined {
  const runs = lastRuns
    .toReversed()
    .filter(({ recordsRead, recordsWritten }) => recordsRead ?? recordsWritten);
  if (runs.length === 0) return undefined;
  const bars = runs.map((run): Bar => {
    const { start, verdict, recordsRead, recordsWritten = 0 } = run;
    const lost = lostOf(run);
    return {
      told: `${moment(start)}, ${verdict}: ${count(recordsRead ?? recordsWritten)} read, ${count(recordsWritten)} written, ${count(lost)} lost`,
      full: recordsWritten,
      missing: lost,
      ...(lost > 0 ? { mark: `−${count(lost)}` } : {}),
      at: start,
    };
  });
  const lost = runs.reduce((sum, run) => sum + lostOf(run), 0);
  const written = runs.reduce((sum, { recordsWritten = 0 }) => sum + recordsWritten, 0);
  const label = `Rows of the last ${runs.length} runs: ${count(written)} written, ${count(lost)} lost`;
  return plot({ label, bars, usual: usual.records, told: count });
}

/** How long the latest runs took. Undefined where none has said so. */
export function durationPlot({ lastRuns, usual }: Pick<Health, 'lastRuns' | 'usual'>): Html | undefined {
  const bars = lastRuns.toReversed().flatMap((run): Bar[] => {
    const seconds = secondsOf(run);
    if (seconds === undefined) return [];
    const told = `${moment(run.start)}, ${run.verdict}: ${duration(seconds)}`;
    return [{ told, full: seconds, missing: 0, at: run.start }];
  });
  if (bars.length === 0) return undefined;
  const longest = Math.max(...bars.map(({ full }) => full));
  const label = `How long the last ${bars.length} runs took: ${duration(longest)} at most`;
  return plot({ label, bars, usual: usual.durationSeconds, told: duration });
}

/** How long a run took. Seconds. */
export function secondsOf({ start, end }: Run): number | undefined {
  if (end === undefined) return undefined;
  return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1_000);
}

interface Plot {
  label: string;
  bars: Bar[];
  usual: number | undefined;
  /** A number as it is written. */
  told: (number: number) => string;
}

/** Colours are attributes, too: a mail has no style sheet. */
function plot({ label, bars, usual, told }: Plot): Html {
  const highest = Math.max(1, usual ?? 0, ...bars.map(({ full, missing }) => full + missing));
  const tall = (value: number) => Math.round((value / highest) * room * 10) / 10;
  const step = (plotSize.width - left - right) / Math.max(bars.length, 5);
  const wide = Math.round(step * 0.62);
  const [first, last] = [bars[0]!, bars.at(-1)!];
  const endOfLast = left + step * (bars.length - 1) + wide;
  return html`<svg
    class="plot"
    role="img"
    aria-label="${label}"
    viewBox="0 0 ${plotSize.width} ${plotSize.height}"
    width="${plotSize.width}"
    height="${plotSize.height}"
    font-family="sans-serif"
    font-size="12"
  >
    <text class="ink" x="${left}" y="14" fill="#1b2733">${label}</text>
    ${bars.map(({ told, full, missing, mark }, index) => {
      const x = Math.round(left + step * index);
      const out = tall(full);
      const lost = missing === 0 ? 0 : Math.max(3, tall(missing));
      return html`<g>
        <title>${told}</title>
        <rect class="out" x="${x}" y="${base - out}" width="${wide}" height="${out}" fill="#2f6f9f" />
        ${lost > 0 ? html`<rect class="lost" x="${x}" y="${base - out - lost}" width="${wide}" height="${lost}" fill="#b3261e" />` : ''}
        ${
          mark === undefined
            ? ''
            : html`<text
                class="lost"
                x="${x + wide / 2}"
                y="${base - out - lost - 4}"
                text-anchor="middle"
                font-weight="bold"
                fill="#b3261e"
              >
                ${mark}
              </text>`
        }
      </g>`;
    })}
    <path class="line" d="M${left} ${base} H${plotSize.width - right}" stroke="#8a94a0" fill="none" />
    ${
      usual === undefined
        ? ''
        : html`<path
              class="usual"
              d="M${left} ${base - tall(usual)} H${plotSize.width - right}"
              stroke="#55616e"
              stroke-dasharray="4 4"
              fill="none"
            />
            <text class="faint" x="${plotSize.width - right}" y="14" text-anchor="end" fill="#55616e">
              usually ${told(usual)}
            </text>`
    }
    <text class="faint" x="${left}" y="${plotSize.height - 8}" fill="#55616e">${moment(first.at)}</text>
    ${
      bars.length < 4
        ? ''
        : html`<text
            class="faint"
            x="${endOfLast}"
            y="${plotSize.height - 8}"
            text-anchor="end"
            fill="#55616e"
          >
            ${moment(last.at)}
          </text>`
    }
  </svg>`;
}
