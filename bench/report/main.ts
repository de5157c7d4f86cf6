import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../../dev/options.ts';
import { creates } from '../matrix/cells.ts';
import type { Row } from '../matrix/main.ts';
import type { League } from '../league/main.ts';
import type { Figure } from '../league/statistics.ts';
import type { Tally } from '../faults/tally.ts';

const help = `Usage: npm run bench -- report

Writes what bench/results holds into docs/reliability.md, between the marks that are there for it.

  --help  this text`;

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

export async function run(): Promise<number> {
  readOptions(help, {});
  const parts: Record<string, string | undefined> = {
    sequences: sequences(),
    matrix: matrix(),
    league: league(),
  };
  let text = readFileSync(page, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) continue;
    const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    text = text.replace(marked, (_, before: string, after: string) => `${before}\n${part}\n\n${after}`);
  }
  writeFileSync(page, text);
  return 0;
}

function result(name: string): unknown {
  const file = fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
}

function sequences(): string {
  const [simulated, real] = ['faults-simulated', 'faults-real'].map(
    (name) => result(name) as Tally | undefined,
  );
  const number = (tally: Tally | undefined, key: keyof Tally) => tally?.[key].toLocaleString('en') ?? '';
  const rows: [string, keyof Tally][] = [
    ['dataflows', 'dataflows'],
    ['faults injected', 'faults'],
    ['calls to AEP', 'calls'],
    ['**duplicates**', 'duplicates'],
    ['**unreported orphans**', 'orphans'],
    ['**human steps**', 'humanSteps'],
    ['lives with a commit later than every bound, found by the next create', 'beyond'],
  ];
  return table(
    ['', 'simulated', 'real processes'],
    rows.map(([title, key]) => [title, number(simulated, key), number(real, key)]),
  );
}

function matrix(): string | undefined {
  const rows = result('matrix') as Row[] | undefined;
  if (!rows) return undefined;
  return table(
    ['fault', 'at the point', ...creates.map(({ name }) => name)],
    rows.map(({ fault, point, cells }) => [
      fault,
      point,
      ...creates.map(({ name }) => cell(cells.filter(({ create }) => create === name))),
    ]),
  );
}

function cell(cells: Row['cells']): string {
  const wrong = cells.flatMap(({ violations }) => violations);
  if (wrong.length > 0) return `✗ ${wrong[0]}`;
  return `${cells.some(({ beyond }) => beyond) ? '✓✓' : '✓'} ${cells.map(({ seconds }) => Math.round(seconds)).join(' · ')}`;
}

function league(): string | undefined {
  const kept = result('league') as League | undefined;
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
    line.calls.value.toLocaleString('en'),
    `${(line.medianMs / 1000).toFixed(1)} s`,
    `${(line.hitMs.value / 1000).toFixed(1)} s`,
  ]);
  const { creates: count, chancePercent, faults, bounds } = kept;
  return `${count.toLocaleString('en')} dataflows each, every POST spoiled with a chance of ${chancePercent} % (${faults} faults, the same for all); HTTP time-out ${bounds.httpTimeoutMs} ms, commits at most ${bounds.lateCommitMs} ms late, lists at most ${bounds.listLagMs} ms.\n\n${table(head, lines)}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
