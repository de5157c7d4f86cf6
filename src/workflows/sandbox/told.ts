import { cut, longestText } from '../../cut.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { PlannedDataflow } from './many-messages.ts';

const mostRows = 50;

/** A table of dataflows as Temporal's web pages show it: the first fifty, and how many more there are. */
export function rowsOf<One extends PlannedDataflow>(
  all: readonly One[],
  stateOf: (one: One) => string,
): string[] {
  if (all.length === 0) return [];
  const rows = all.slice(0, mostRows).map((one) => {
    const { counts = {}, error } = one;
    const counted = Object.entries(counts).map(([action, count]) => `${count} ${action}`);
    const why = error ? [`${error.type}: ${cut(error.message, longestText)}`] : [];
    return [dataflowId(one), stateOf(one), [...counted, ...why].join(', ')].map((text) =>
      text.replaceAll('|', '\\|').replaceAll('\n', ' '),
    );
  });
  const more = all.length - rows.length;
  return [
    '',
    '| dataflow | state | |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    ...(more > 0 ? ['', `and ${more} more`] : []),
  ];
}
