import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import { number, table } from '../lib/table.ts';
import { cases, type Case, type RecoveryResult } from '../recovery.ts';
import type { Part } from './part.ts';

export function recoveryPart(): Part | undefined {
  const result = lastResult('recovery') as RecoveryResult | undefined;
  if (!result) return undefined;
  const { machine, untilFlow, datasets, bounds } = result;
  const all = Object.keys(cases) as Case[];
  const rows = all.map((one) => {
    const { median, low, high, n } = untilFlow[one];
    return [cases[one], number(median), `${number(low)}–${number(high)}`, n, Math.max(...datasets[one])];
  });
  const { httpTimeoutMs, lateCommitMs, listLagMs } = bounds;
  return {
    markdown: [
      table(['killed half-way', 'ms until the flow exists', 'quartiles', 'n', 'most datasets'], rows),
      `Bounds: ${number(httpTimeoutMs)} ms for a call, ${number(lateCommitMs)} ms for a late commit, ${number(listLagMs)} ms for lists that lag.`,
      described(machine),
    ].join('\n\n'),
    chart: {
      title: 'From the kill until the flow exists, median and quartiles',
      unit: 'ms',
      groups: [
        {
          title: 'killed half-way',
          bars: all.map((one) => {
            const { median, low, high } = untilFlow[one];
            return { label: cases[one], value: median, low, high, ours: !one.startsWith('twin') };
          }),
        },
      ],
    },
  };
}
