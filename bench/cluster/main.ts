import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { numberOption, partsOption, readOptions } from '../../dev/options.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { tallyOnRealStack } from '../faults/real-stack.ts';
import type { Tally } from '../faults/tally.ts';
import { describeMachine, type Machine } from '../lib/machine.ts';
import { lineChart } from '../lib/line-chart.ts';
import { keep, keepJson, lastResult } from '../lib/results.ts';
import { ratios, spreadOf, type Spread } from '../lib/stats.ts';
import { clusterPart } from '../report/cluster.ts';
import { writePages } from '../report/pages.ts';
import { measureStart, measureSteady } from '../watch/fleet-parts.ts';
import { startFleet } from '../watch/fleet.ts';
import { round, type Figures } from '../watch/results.ts';
import { descendants } from '../../test/support/program.ts';
import { serverVersion } from './binaries.ts';
import { measureBoard, type BoardFigures } from '../board.ts';
import { burst, type Burst } from './burst.ts';
import { startCluster } from './cluster.ts';
import { startCrew } from './crew.ts';
import { day, type Day } from './day.ts';
import { everyExample } from './examples.ts';
import { struckCluster } from './struck-cluster.ts';
import { versioned, type Versioned } from './versioned.ts';

const parts = ['examples', 'burst', 'hosts', 'faults', 'watchers', 'board', 'versioned', 'day'] as const;
type PartName = (typeof parts)[number];

export interface ClusterResult {
  /** Where, when and with which commit each part was measured. */
  machines: Partial<Record<PartName, Machine>>;
  /** Temporal server. */
  server: string;
  examples?: { made: number; wrong: string[] };
  /** Side by side with a development server, one worker each. */
  burst?: {
    creates: number;
    cluster: Spread;
    dev: Spread;
    ratio: Spread;
    inDoubt: number;
    duplicates: number;
  };
  /** Two history and two matching hosts, and seven workers. */
  hosts?: Burst & { creates: number };
  faults?: Tally;
  watchers?: Figures;
  /** The first page of `temporal aep board`. */
  board?: BoardFigures;
  versioned?: Versioned;
  day?: Day;
}

const help = `Usage: npm run bench -- cluster [options]

The project on a full Temporal server with PostgreSQL, in processes of this machine on loopback: every example, many
creates at once, lives during which services and PostgreSQL are killed, and many watchers. Go and PostgreSQL must be
installed; the server is compiled once. Writes bench/results/cluster.json and its part of docs/deploying.md.
Exits with 1 where there is a duplicate, an orphan that nobody was told of, or a create that needed a human.

  --part NAMES   only some of: ${parts.join(', ')}; comma-separated
  --creates N    how many begin at once (default: 200)
  --rounds N     how often, in turns with a development server (default: 10)
  --seeds N      how many random lives (default: 300)
  --watchers N   watched flows (default: 2000)
  --shown N      watchers on the board (default: 10000)
  --minutes N    how long the day is (default: 20)
  --help         this text`;

const latency = ['--latency', '100'];

export async function run(): Promise<number> {
  const options = readOptions(help, {
    part: { type: 'string' },
    creates: { type: 'string' },
    rounds: { type: 'string' },
    seeds: { type: 'string' },
    watchers: { type: 'string' },
    shown: { type: 'string' },
    minutes: { type: 'string' },
  });
  const chosen = partsOption(parts, options.part);
  const creates = numberOption('creates', options.creates) ?? 200;
  const measures: { [Name in PartName]: () => Promise<ClusterResult[Name]> } = {
    examples,
    burst: () => bursts(creates, numberOption('rounds', options.rounds) ?? 10),
    hosts: () => manyHosts(creates),
    faults: () => faults(numberOption('seeds', options.seeds) ?? 300),
    watchers: () => watchers(numberOption('watchers', options.watchers) ?? 2_000),
    board: () => shown(numberOption('shown', options.shown) ?? 10_000),
    versioned: () => release(10),
    day: () => longDay(numberOption('minutes', options.minutes) ?? 20),
  };
  const machine = await describeMachine();
  for (const name of chosen) {
    const measured = await measures[name]();
    console.log(`${name}: ${JSON.stringify(measured)}`);
    const before = lastResult('cluster') as ClusterResult | undefined;
    const machines = { ...before?.machines, [name]: machine };
    keepJson('cluster', { ...before, machines, server: serverVersion, [name]: measured });
  }
  writePages();
  const result = lastResult('cluster') as ClusterResult;
  console.log(clusterPart()!.markdown);
  const wrong = [
    result.examples?.wrong.length,
    result.burst?.duplicates,
    result.hosts?.duplicates,
    result.faults?.wrong,
    result.versioned?.duplicates,
    result.versioned?.wrong,
    result.day?.duplicates,
    result.day?.humanSteps,
  ];
  return wrong.some((count) => count !== undefined && count > 0) ? 1 : 0;
}

async function examples(): Promise<ClusterResult['examples']> {
  await using stack = new AsyncDisposableStack();
  const cluster = await startCluster(stack, { hosts: 1 });
  return await everyExample(
    await startCrew(stack, cluster, { workers: 1, emulatorFlags: ['--base-connection-ids', 'shared'] }),
  );
}

async function bursts(creates: number, rounds: number): Promise<ClusterResult['burst']> {
  await using stack = new AsyncDisposableStack();
  const temporal = await startTemporal({ headless: true });
  stack.defer(() => temporal.close());
  const cluster = await startCluster(stack, { hosts: 1 });
  const crew = { workers: 1, emulatorFlags: latency };
  const crews = {
    dev: await startCrew(stack, temporal, crew),
    cluster: await startCrew(stack, cluster, crew),
  };
  const measured: Record<keyof typeof crews, Burst[]> = { dev: [], cluster: [] };
  for (let round = -1; round < rounds; round++) {
    for (const where of round % 2 === 0 ? (['dev', 'cluster'] as const) : (['cluster', 'dev'] as const)) {
      const one = await burst(crews[where], creates);
      // The first round is there to warm everything up.
      if (round >= 0) measured[where].push(one);
      console.error(`${where}: ${JSON.stringify(one)}`);
    }
  }
  const seconds = (where: keyof typeof crews) => measured[where].map((one) => one.seconds);
  const total = (of: (one: Burst) => number) => measured.cluster.reduce((sum, one) => sum + of(one), 0);
  return {
    creates,
    cluster: spreadOf(seconds('cluster'), 1),
    dev: spreadOf(seconds('dev'), 1),
    ratio: ratios(seconds('cluster'), seconds('dev')),
    inDoubt: total(({ inDoubt }) => inDoubt),
    duplicates: total(({ duplicates }) => duplicates),
  };
}

async function manyHosts(creates: number): Promise<ClusterResult['hosts']> {
  await using stack = new AsyncDisposableStack();
  const cluster = await startCluster(stack, { hosts: 2 });
  const crew = await startCrew(stack, cluster, { workers: 7, emulatorFlags: latency });
  await burst(crew, Math.ceil(creates / 10));
  return { creates, ...(await burst(crew, creates)) };
}

async function faults(seeds: number): Promise<Tally> {
  const { tally, wrong } = await tallyOnRealStack({ from: 1, seeds, atOnce: 8 }, struckCluster);
  for (const one of wrong) console.error(one);
  return tally;
}

async function watchers(flows: number): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const cluster = await startCluster(stack, { hosts: 1 });
  const { postgres } = cluster;
  // PostgreSQL has a process for each connection.
  const server = { ...cluster, pids: () => [...cluster.pids(), ...descendants(postgres.pid())] };
  const fleet = await startFleet(stack, { flows, looksPerSecond: 40, server });
  const before = await postgres.megabytes('temporal');
  const start = await measureStart(fleet);
  const steady = await measureSteady(fleet, 3);
  const grew = (await postgres.megabytes('temporal')) - before;
  return { ...start.figures, ...steady.figures, 'main store kB per watcher': round((grew * 1_024) / flows) };
}

/** Watchers as lists show them: no worker runs, nothing looks. */
async function shown(watchers: number): Promise<BoardFigures> {
  await using stack = new AsyncDisposableStack();
  const { address, namespace } = await startCluster(stack, { hosts: 1 });
  const connection = await Connection.connect({ address });
  stack.defer(() => connection.close());
  return await measureBoard(new Client({ connection, namespace }), watchers);
}

async function release(creates: number): Promise<Versioned> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-release-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const cluster = await startCluster(stack, { hosts: 1 });
  const crew = await startCrew(stack, cluster, { workers: 0, emulatorFlags: latency });
  return await versioned(crew, { creates, folder });
}

async function longDay(minutes: number): Promise<Day> {
  await using stack = new AsyncDisposableStack();
  const cluster = await startCluster(stack, { hosts: 1 });
  const crew = await startCrew(stack, cluster, { workers: 2, emulatorFlags: latency });
  const { day: lived, charts } = await day(cluster, crew, minutes);
  for (const [name, chart] of Object.entries(charts)) keep(`day-${name}.svg`, lineChart(chart));
  return { ...lived, pictures: Object.keys(charts) };
}
