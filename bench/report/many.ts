import type { Share } from '../lib/cpu-profile.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import { number, table } from '../lib/table.ts';
import { kindsOfLoad, processes, type ManyResult, type Process, type What } from '../many.ts';
import type { Part } from './part.ts';

const titles: Record<What, string> = {
  ours: 'aep-dataflows',
  shape: 'the same shape, empty',
  calling: 'the same shape, a call each',
};
const names: Record<Process, string> = {
  workers: 'workers',
  temporal: 'Temporal',
  emulator: 'AEP emulator',
  client: 'starting client',
};

export function manyPart(): Part | undefined {
  const result = lastResult('many') as ManyResult | undefined;
  if (!result) return undefined;
  const { machine, pools, profile, memory } = result;
  const rows = pools.flatMap((pool) =>
    kindsOfLoad.map((what) => {
      const { perSecond, cpuMs, busyCores } = pool.loads[what];
      const { median, low, high } = pool.toShape[what];
      return [
        `${titles[what]}, ${workersOf(pool.workers)}`,
        `${number(perSecond.median, 1)} (${number(perSecond.low, 1)}–${number(perSecond.high, 1)})`,
        what === 'shape' ? '' : `${percent(median)} (${percent(low)}–${percent(high)})`,
        ...processes.map((one) => `${number(cpuMs[one])} (${busyCores[one].toFixed(2)})`),
      ];
    }),
  );
  const heads = [
    `${number(pools[0]!.starts)} starts each`,
    'dataflows / s',
    'of the shape',
    ...processes.map((one) => `${names[one]}, ms (cores)`),
  ];
  const over = memory.map(({ dataflows, mb }) => `${number(dataflows)}: ${mb}`).join(' · ');
  return {
    markdown: [
      table(heads, rows),
      'Milliseconds of CPU per dataflow, and in brackets how many cores were busy with it on average.',
      `Where the CPU time of a worker goes, over ${number(profile.dataflows)} dataflows:`,
      table(['package', 'share'], profile.byPackage.map(shareRow)),
      table(['function', 'share'], profile.byFunction.map(shareRow)),
      ...(over ? [`Resident MB of a worker after so many dataflows: ${over}.`] : []),
      described(machine),
    ].join('\n\n'),
    chart: {
      title: 'Dataflows per second, median and quartiles',
      unit: '/ s',
      groups: pools.map((pool) => ({
        title: workersOf(pool.workers),
        bars: kindsOfLoad.map((what) => {
          const { median, low, high } = pool.loads[what].perSecond;
          return { label: titles[what], value: median, low, high, ours: what === 'ours' };
        }),
      })),
    },
  };
}

function shareRow({ name, percent }: Share): string[] {
  return [name, `${number(percent, 1)} %`];
}

function workersOf(workers: number): string {
  return `${workers} worker${workers > 1 ? 's' : ''}`;
}

function percent(ratio: number): string {
  return `${number(100 * ratio)} %`;
}
