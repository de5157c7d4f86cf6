import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import { number, table } from '../lib/table.ts';
import type { WatchPart } from '../watch/results.ts';
import type { Part } from './part.ts';

export function watchingParts(): Record<string, Part | undefined> {
  const kept = lastResult('watch') as Record<string, WatchPart> | undefined;
  if (!kept) return {};
  // JSON has no NaN: what had nothing to be measured by comes back as null.
  const say = (value: number | null) =>
    value === null ? '–' : number(value, Number.isInteger(value) ? 0 : 2);
  const rows = Object.entries(kept).flatMap(([part, { figures, limits }]) =>
    Object.entries(figures).map(([name, value], index) => {
      const limit = limits[name];
      return [
        index === 0 ? `**${part}**` : '',
        name,
        say(value),
        limit === undefined ? '' : `≤ ${say(limit)}`,
      ];
    }),
  );
  const machines = Map.groupBy(Object.entries(kept), ([, { machine }]) => described(machine));
  const measuredOn = [...machines].map(
    ([machine, parts]) => `<sub>${parts.map(([part]) => part).join(', ')}:</sub> ${machine}`,
  );
  return {
    costs: { markdown: `${table(['', '', 'measured', 'target'], rows, 2)}\n\n${measuredOn.join('\n\n')}` },
  };
}
