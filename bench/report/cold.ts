import type { ColdResult } from '../cold.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import type { Spread } from '../lib/stats.ts';
import { number, table } from '../lib/table.ts';
import type { Part } from './part.ts';

export function coldPart(): Part | undefined {
  const result = lastResult('cold') as ColdResult | undefined;
  if (!result) return undefined;
  const { machine, worker, demo, suiteMs, installMb, bundleMb } = result;
  const row = (title: string, { median, low, high, n }: Spread) => [
    title,
    number(median),
    `${number(low)}–${number(high)}`,
    n,
  ];
  const rows = [
    row('`npm run worker`, until it polls', worker.fromSource),
    row('the worker as built, until it polls', worker.built),
    row('`npm run demo`, start to end', demo),
    ...(suiteMs === undefined ? [] : [['`npm test`, start to end', number(suiteMs), '', 1]]),
  ];
  return {
    markdown: [
      table(['', 'ms', 'quartiles', 'n'], rows),
      `Installed: ${installMb.production} MB for production, ${installMb.all} MB for development. The workflow bundle, its source map included: ${bundleMb} MB.`,
      described(machine),
    ].join('\n\n'),
  };
}
