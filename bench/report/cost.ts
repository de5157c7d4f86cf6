import type { CostResult } from '../cost.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import { number, table } from '../lib/table.ts';
import type { Part } from './part.ts';

export function costPart(): Part | undefined {
  const result = lastResult('cost') as CostResult | undefined;
  if (!result) return undefined;
  const { machine, calls, fewestCalls, ours, twin, watcher } = result;
  const histories = [ours, twin, watcher.atRest];
  const types = [...new Set(histories.flatMap(({ byType }) => Object.keys(byType)))];
  const rows = [
    ['events', ...histories.map(({ events }) => events)],
    ['bytes', ...histories.map(({ bytes }) => number(bytes))],
    ['billable actions', ...histories.map(({ actions }) => actions)],
    ...types.map((type) => [
      type.toLowerCase().replaceAll('_', ' '),
      ...histories.map(({ byType }) => byType[type]?.count ?? 0),
    ]),
  ];
  const { perRun, runs } = watcher;
  return {
    markdown: [
      table(['per dataflow', 'aep-dataflows', 'the twin', 'its watcher, no run yet'], rows),
      `Each watched run adds ${number(perRun.events, 1)} events, ${number(perRun.bytes)} bytes and ${number(perRun.actions, 1)} billable actions (over ${runs} runs).`,
      `Calls to AEP on a warm worker: ${calls.length}, of which ${fewestCalls} are the creates. ${countsOf(calls)}.`,
      described(machine),
    ].join('\n\n'),
  };
}

function countsOf(calls: string[]): string {
  const counts = Map.groupBy(calls, (call) => call.replace(/\/[0-9a-f-]{20,}.*/, '/…'));
  return [...counts]
    .map(([call, all]) => `\`${call}\`${all.length > 1 ? ` ${all.length} times` : ''}`)
    .join(', ');
}
