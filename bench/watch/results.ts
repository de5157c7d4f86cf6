import { cpus } from 'node:os';
import { keepJson, lastResult } from '../lib/results.ts';

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
  const machine = `${cpus().length} cores, Node ${process.version}`;
  keepJson('watch', { ...(lastResult('watch') as object | undefined), [part]: { machine, ...figures } });
}

/** To two decimals. */
export function round(number: number): number {
  return Math.round(number * 100) / 100;
}
