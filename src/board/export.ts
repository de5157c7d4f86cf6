import { html } from 'hono/html';
import type { AepDataflows, Health } from '../client.ts';
import { cut } from '../cut.ts';
import { dataflowPage } from './dataflow-page.ts';
import { Facts, type DataflowFacts } from './facts.ts';
import { asFile, type Html } from './layout.ts';
import { durationPlot, plotSize, rowsPlot } from './plots.ts';
import { style } from './style.ts';
import { moment } from './texts.ts';

/**
 * One dataflow as a file that shows how it is now: a page without script, or a picture. Neither asks anybody for anything.
 * @param dataflow `<sandbox>/<name>` @throws DataflowError where none can have this name
 */
export async function exportDataflow(
  client: AepDataflows,
  dataflow: string,
  kind: 'html' | 'svg',
): Promise<string> {
  const known = await new Facts(client).dataflow(dataflow);
  return kind === 'html' ? String(await asFile(dataflowPage(known, {}), style)) : pictureOf(known);
}

const [width, line, margin] = [660, 20, 20];
const charactersInLine = 88;
const mostLines = 4;

/** Verdict, why, what to do and the plots, as SVG. Colours are attributes: mails have no style sheets. */
export async function pictureOf(known: DataflowFacts): Promise<string> {
  // Of a text with one of these characters no viewer shows anything.
  return String(await drawn(known)).replaceAll(/[^\t\n\r\x20-\ufffd]/g, ' ');
}

function drawn({ dataflow, health, last }: DataflowFacts): Html {
  const shown = health ?? last;
  const texts = shown ? textsOf(shown, health === undefined) : ['No flow of it is watched.'];
  const plots = shown ? [rowsPlot(shown), durationPlot(shown)].filter((plot) => plot !== undefined) : [];
  const plotsAt = margin + 34 + texts.length * line + 10;
  const height = plotsAt + plots.length * (plotSize.height + 10) + margin;
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    font-family="sans-serif"
    font-size="14"
  >
    <title>${dataflow}: ${shown?.verdict ?? 'not watched'}</title>
    <rect width="${width}" height="${height}" fill="#ffffff" />
    <text x="${margin}" y="${margin + 14}" font-size="18" font-weight="bold" fill="#1b2733">
      ${cut(dataflow, 60)}
    </text>
    ${texts.map(
      (text, index) =>
        html`<text
          x="${margin}"
          y="${margin + 42 + index * line}"
          fill="${index === 0 ? colourOf(shown) : '#1b2733'}"
          >${text}</text
        >`,
    )}
    ${plots.map(
      (plot, index) =>
        html`<g transform="translate(${margin} ${plotsAt + index * (plotSize.height + 10)})">${plot}</g>`,
    )}
  </svg>`;
}

function colourOf(health: Health | undefined): string {
  if (health?.verdict === 'ok') return '#1c6b34';
  return health?.verdict === 'pending' ? '#55616e' : '#b3261e';
}

function textsOf({ verdict, since, cause, lastSuccess, nextRunDue }: Health, hasEnded: boolean): string[] {
  return [
    `${verdict}${since === undefined ? '' : ` since ${moment(since)}`}${hasEnded ? ', when its watch ended' : ''}`,
    ...(cause ? [...linesOf(cause.message), ...linesOf(`Next: ${cause.next}`)] : []),
    ...(lastSuccess ? [`Last success: ${moment(lastSuccess.end)}`] : []),
    ...(nextRunDue === undefined || hasEnded ? [] : [`Next run due: ${moment(nextRunDue)}`]),
  ];
}

/** SVG has no lines of its own. */
function linesOf(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= charactersInLine) lines[lines.length - 1] = longer;
    else lines.push(cut(word, charactersInLine));
  }
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), '…'];
}
