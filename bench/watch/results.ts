import { cpus } from 'node:os';
import { keepJson, lastResult } from '../lib/results.ts';

/** What was measured, under the names that the table shows. */
export type Figures = Record<string, number>;

/** What figures must not exceed, by their names. */
export type Limits = Record<string, number>;

/** What is kept of one part of the bench. */
export interface WatchPart {
  machine: string;
  figures: Figures;
  limits: Limits;
}

/** Figures that exceed their limits. */
export const missed: string[] = [];

/** Shows figures, with what they must not exceed, and keeps them beside those of other parts. */
export function report(part: string, figures: Figures, limits: Limits = {}): void {
  const width = Math.max(...Object.keys(figures).map(({ length }) => length));
  console.log(`\n${part}`);
  for (const [name, value] of Object.entries(figures)) {
    const limit = limits[name];
    const isKept = limit === undefined || value <= limit;
    if (!isKept) missed.push(`${part}: ${name} is ${value}, not ${limit} or less`);
    const said = limit === undefined ? '' : `  (≤ ${limit.toLocaleString('en')}${isKept ? '' : ', MISSED'})`;
    console.log(`  ${name.padEnd(width)}  ${value.toLocaleString('en')}${said}`);
  }
  const machine = `${cpus().length} cores, Node ${process.version}`;
  keepJson('watch', { ...(lastResult('watch') as object | undefined), [part]: { machine, figures, limits } });
}

/** To two decimals. */
export function round(number: number): number {
  return Math.round(number * 100) / 100;
}

export function mean(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
