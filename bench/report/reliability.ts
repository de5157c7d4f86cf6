import type { Tally } from '../faults/tally.ts';
import type { League } from '../league/main.ts';
import type { Figure } from '../league/statistics.ts';
import { lastResult } from '../lib/results.ts';
import type { BarChart } from '../lib/svg.ts';
import { number, table } from '../lib/table.ts';
import { creates } from '../matrix/cells.ts';
import type { Row } from '../matrix/main.ts';
import type { PairRow } from '../matrix/pairs.ts';
import type { Part } from './part.ts';

export function reliabilityParts(): Record<string, Part | undefined> {
  return { sequences: sequences(), matrix: matrix(), pairs: pairs(), league: league() };
}

function sequences(): Part | undefined {
  const [simulated, real] = ['faults-simulated', 'faults-real'].map(
    (name) => lastResult(name) as Tally | undefined,
  );
  if (!simulated && !real) return undefined;
  const count = (tally: Tally | undefined, key: keyof Tally) => (tally ? number(tally[key]) : '');
  const rows: [string, keyof Tally][] = [
    ['dataflows', 'dataflows'],
    ['faults injected', 'faults'],
    ['calls to AEP', 'calls'],
    ['**duplicates**', 'duplicates'],
    ['**unreported orphans**', 'orphans'],
    ['**human steps**', 'humanSteps'],
    ['lives with a commit later than every bound, found by the next create', 'beyond'],
  ];
  const lines = rows.map(([title, key]) => [title, count(simulated, key), count(real, key)]);
  return { markdown: table(['', 'simulated', 'real processes'], lines) };
}

function matrix(): Part | undefined {
  const rows = lastResult('matrix') as Row[] | undefined;
  if (!rows) return undefined;
  const heads = ['fault', 'at the point', ...creates.map(({ name }) => name)];
  const lines = rows.map(({ fault, point, cells }) => [
    fault,
    point,
    ...creates.map(({ name }) => cell(cells.filter(({ create }) => create === name))),
  ]);
  return { markdown: table(heads, lines, heads.length) };
}

function cell(cells: Row['cells']): string {
  const wrong = cells.flatMap(({ violations }) => violations);
  if (wrong.length > 0) return `✗ ${wrong[0]}`;
  return `${cells.some(({ beyond }) => beyond) ? '✓✓' : '✓'} ${cells.map(({ seconds }) => Math.round(seconds)).join(' · ')}`;
}

/** By what is met when the create is sent again, whenever in that call it strikes: the longest of them. */
function pairs(): Part | undefined {
  const rows = lastResult('matrix-pairs') as PairRow[] | undefined;
  if (!rows?.[0]) return undefined;
  const seconds = [...new Set(rows[0].cells.map(({ second }) => second))];
  const lines = rows.map(({ fault, point, cells }) => [
    fault,
    point,
    ...seconds.map((second) => pairCell(cells.filter((one) => one.second === second))),
  ]);
  return { markdown: table(['first', 'at the point', ...seconds.map(again)], lines, seconds.length + 2) };
}

function again(second: string): string {
  return second === 'refusal cut off' ? 'refused again, and that answer cut off' : second;
}

function pairCell(cells: PairRow['cells']): string {
  const wrong = cells.flatMap(({ violations }) => violations);
  if (wrong.length > 0) return `✗ ${wrong[0]}`;
  return `✓ ${Math.max(...cells.map(({ seconds }) => seconds))}`;
}

function league(): Part | undefined {
  const kept = lastResult('league') as League | undefined;
  if (!kept) return undefined;
  const figure = ({ value, low, high }: Figure) =>
    `${Math.round(value)} (${Math.round(low)}–${Math.round(high)})`;
  const head = [
    'per 1,000 creates',
    'creates with duplicates',
    'duplicates',
    'second flows',
    'unreported orphans',
    'human steps',
    'API calls',
    'median time',
    'mean time when hit',
  ];
  const lines = kept.lines.map((line) => [
    `**${line.name}**: ${line.how}`,
    figure(line.withDuplicates),
    figure(line.duplicates),
    figure(line.secondFlows),
    figure(line.orphans),
    figure(line.humanSteps),
    number(line.calls.value),
    `${(line.medianMs / 1000).toFixed(1)} s`,
    `${(line.hitMs.value / 1000).toFixed(1)} s`,
  ]);
  const { creates: count, chancePercent, faults, bounds } = kept;
  const told = `${number(count)} dataflows each, every POST spoiled with a chance of ${chancePercent} % (${faults} faults, the same for all); HTTP time-out ${bounds.httpTimeoutMs} ms, commits at most ${bounds.lateCommitMs} ms late, lists at most ${bounds.listLagMs} ms.`;
  return { markdown: `${told}\n\n${table(head, lines)}`, chart: chartOf(kept) };
}

function chartOf({ lines }: League): BarChart {
  const panel = (title: string, of: (line: League['lines'][number]) => Figure) => ({
    title,
    bars: lines.map((line) => ({ label: line.name, ...of(line), ours: line.name === 'aep-dataflows' })),
  });
  return {
    title: 'What is left in AEP after 1,000 creates, with 95 % intervals',
    unit: '',
    groups: [
      panel('duplicates', ({ duplicates }) => duplicates),
      panel('second flows', ({ secondFlows }) => secondFlows),
      panel('human steps', ({ humanSteps }) => humanSteps),
    ],
  };
}
