import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../results/watch.json', import.meta.url));

/** What was measured, under the names that the table shows. */
export type Figures = Record<string, number | string | boolean>;

/** Shows figures as a table, and keeps them beside those of other parts. */
export function report(part: string, figures: Figures): void {
  const width = Math.max(...Object.keys(figures).map(({ length }) => length));
  console.log(`\n${part}`);
  for (const [name, value] of Object.entries(figures))
    console.log(
      `  ${name.padEnd(width)}  ${typeof value === 'number' ? value.toLocaleString('en') : String(value)}`,
    );
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  mkdirSync(dirname(file), { recursive: true });
  const machine = `${cpus().length} cores, Node ${process.version}`;
  writeFileSync(file, `${JSON.stringify({ ...before, [part]: { machine, ...figures } }, null, 2)}\n`);
}

/** The value below which `share` of the numbers lie. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
}

/** To two decimals. */
export function round(number: number): number {
  return Math.round(number * 100) / 100;
}
