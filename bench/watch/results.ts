import type { Machine } from '../lib/machine.ts';
import { keepJson, lastResult } from '../lib/results.ts';

/** What was measured, under the names that the table shows. */
export type Figures = Record<string, number>;

/** What figures must not exceed, by their names. */
export type Limits = Record<string, number>;

/** One part of the bench, measured. */
export interface Measured {
  part: string;
  figures: Figures;
  limits: Limits;
}

/** What is kept of a part. */
export interface WatchPart {
  machine: Machine;
  figures: Figures;
  limits: Limits;
}

/** @param limits what figures must not exceed. */
export function measured(part: string, figures: Figures, limits: Limits = {}): Measured {
  return { part, figures, limits };
}

/** Shows figures, and keeps them beside those of other parts. Returns which exceed their limits. */
export function report({ part, figures, limits }: Measured, machine: Machine): string[] {
  const width = Math.max(...Object.keys(figures).map(({ length }) => length));
  const missed: string[] = [];
  console.log(`\n${part}`);
  for (const [name, value] of Object.entries(figures)) {
    const limit = limits[name];
    const isKept = limit === undefined || value <= limit;
    if (!isKept) missed.push(`${part}: ${name} is ${value}, not ${limit} or less`);
    const said = limit === undefined ? '' : `  (≤ ${limit.toLocaleString('en')}${isKept ? '' : ', MISSED'})`;
    console.log(`  ${name.padEnd(width)}  ${value.toLocaleString('en')}${said}`);
  }
  keepJson('watch', { ...(lastResult('watch') as object | undefined), [part]: { machine, figures, limits } });
  return missed;
}

/** To two decimals. */
export function round(number: number): number {
  return Math.round(number * 100) / 100;
}

export function mean(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
