import type { ClusterResult } from '../cluster/main.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import type { Spread } from '../lib/stats.ts';
import { number, table } from '../lib/table.ts';
import type { Part } from './part.ts';

export function clusterPart(): Part | undefined {
  const result = lastResult('cluster') as ClusterResult | undefined;
  if (!result) return undefined;
  const { machine, server, examples, burst, hosts, faults, watchers } = result;
  const spread = ({ median, low, high }: Spread, digits: number) =>
    `${number(median, digits)} (${number(low, digits)}–${number(high, digits)})`;
  const rows = [
    examples && [
      'every example, and its plan afterwards empty',
      `${examples.made}, ${examples.wrong.length} wrong`,
    ],
    burst && [
      `${burst.creates} creates at once, one worker`,
      `${spread(burst.cluster, 1)} s; on a development server ${spread(burst.dev, 1)} s; ${spread(burst.ratio, 2)} ×; ${burst.inDoubt} in doubt`,
    ],
    hosts && [
      `${hosts.creates} creates at once, seven workers, two history and two matching hosts`,
      `${number(hosts.seconds, 1)} s; ${hosts.inDoubt} in doubt`,
    ],
    faults && [
      'lives under faults, with each service, PostgreSQL and its visibility store taken away',
      `${number(faults.dataflows)}, ${number(faults.faults)} faults: ${faults.duplicates} duplicates, ${faults.orphans} unreported orphans, ${faults.humanSteps} human steps`,
    ],
    watchers && [
      `${number(watchers['flows'] ?? 0)} watchers`,
      Object.entries(watchers)
        .filter(([name]) => name !== 'flows')
        .map(([name, value]) => `${name}: ${number(value, Number.isInteger(value) ? 0 : 2)}`)
        .join('; '),
    ],
  ].filter((row) => row !== undefined);
  return {
    markdown: [
      `Temporal server ${server} with PostgreSQL, four shards, the server's own settings, all in processes of one machine:`,
      table(['', ''], rows, 2),
      described(machine),
    ].join('\n\n'),
  };
}
