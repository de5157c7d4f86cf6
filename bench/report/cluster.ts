import type { ClusterResult } from '../cluster/main.ts';
import { described } from '../lib/machine.ts';
import { lastResult } from '../lib/results.ts';
import type { Spread } from '../lib/stats.ts';
import { number, table } from '../lib/table.ts';
import type { Part } from './part.ts';

export function clusterPart(): Part | undefined {
  const result = lastResult('cluster') as ClusterResult | undefined;
  if (!result) return undefined;
  const { machines, server, examples, burst, hosts, faults, watchers, board, versioned, day } = result;
  const spread = ({ median, low, high }: Spread, digits: number) =>
    `${number(median, digits)} (${number(low, digits)}–${number(high, digits)})`;
  /** A figure of the watchers, in another unit where it is to be divided. */
  const of = (name: string, digits = 0, by = 1) => number((watchers?.[name] ?? 0) / by, digits);
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
      `accepted in ${of('accepted in seconds', 1)} s, all have looked once after ${of('all first looks done after seconds')} s, which keeps ${of('cores busy at the start: server', 1)} cores of the server busy; then ${of('minutes')} minutes: ${of('runs that ended')} runs ended, ${of('events per run, verdict stays')} events each, with ${of('calls to AEP')} calls to AEP; a verdict ${of('run end to verdict, p50 ms', 0, 1_000)} s after the end of a run (p95 ${of('run end to verdict, p95 ms', 0, 1_000)} s); a worker takes ${of('worker memory MB')} MB, a watcher ${of('main store kB per watcher')} kB of the main store`,
    ],
    board && [
      `the first page of the board, ${number(board.watchers)} watchers`,
      `first paint ${number(board['first paint of a board that has just begun, ms'])} ms, afterwards ${number(board['first paint afterwards, the slowest of five, ms'])} ms at most; complete ${number(board['from the start of the board until it is shown, ms'])} ms after the board's start`,
    ],
    versioned && [
      'a release that breaks what runs, and a rollback',
      `${versioned.watchers} open watchers, of which ${versioned.stuck} could not go on; after the rollback all did, within ${number(versioned.healedAfter, 1)} s; ${versioned.underWay + versioned.begunAfter} creates across both moments: ${versioned.duplicates} duplicates, ${versioned.wrong} wrong`,
    ],
    day && [
      `a day at speed: ${number(day.minutes)} min, two workers`,
      `${number(day.creates)} creates, ${number(day.changes)} changes, ${number(day.runs)} runs (${number(day.failedRuns)} failed), ${day.deploys} deploys, everything killed once: ${day.duplicates} duplicates, ${day.orphans} orphans, ${day.humanSteps} human steps; a worker took ${number(day.workerMb.most)} MB at most, ${number(day.workerMb.last)} at the end; the main store grew from ${number(day.databaseMb.first)} to ${number(day.databaseMb.last)} MB${day.largestHistory === undefined ? '' : `; the largest history ${number(day.largestHistory / 1_000)} kB`}`,
    ],
  ].filter((row) => row !== undefined);
  return {
    markdown: [
      `Temporal server ${server} with PostgreSQL, four shards, the server's own settings, all in processes of one machine:`,
      table(['', ''], rows, 2),
      ...(day?.pictures ?? []).map((name) => `![A day at speed: ${name}](../bench/results/day-${name}.svg)`),
      ...[...Map.groupBy(Object.entries(machines), ([, { commit, at }]) => commit + at).values()].map(
        (parts) => `<sub>${parts.map(([name]) => name).join(', ')}:</sub> ${described(parts[0]![1])}`,
      ),
    ].join('\n\n'),
  };
}
