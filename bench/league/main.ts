import { setTimeout as sleep } from 'node:timers/promises';
import { numberOption, readOptions } from '../../dev/options.ts';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import type { shelves } from '../../test/simulation/faults.ts';
import { verdict } from '../../test/simulation/verify.ts';
import { blindRetry } from './blind-retry.ts';
import type { Contestant, Outcome, StartContestant } from './contestant.ts';
import { arm, bounds, definitionFor } from './hits.ts';
import { keepJson } from '../lib/results.ts';
import { writePages } from '../report/pages.ts';
import { ours } from './ours.ts';
import { plainTemporal } from './plain-temporal.ts';
import { stateFile } from './state-file.ts';
import { mean, share, type Figure } from './statistics.ts';

const help = `Usage: npm run bench -- league [options]

Creates the same dataflows in four ways under the same faults: each POST is spoiled with the same chance, by the
same seed. Counts on the emulator's side. Writes bench/results/league.json, its picture and its part of docs/reliability.md.

  --creates N   dataflows per way (default: 1000)
  --chance P    chance of a fault for each POST, in percent (default: 5)
  --at-once N   dataflows at a time (default: 20)
  --help        this text`;

/** One line of the table. Figures are per 1,000 dataflows unless they say otherwise. */
export interface Line {
  name: string;
  how: string;
  /** Dataflows with anything twice. */
  withDuplicates: Figure;
  /** Resources beside the one there should be. */
  duplicates: Figure;
  /** Flows beside the one there should be: each of them loads the data once more. */
  secondFlows: Figure;
  /** Those of the duplicates that nobody was told of. */
  orphans: Figure;
  humanSteps: Figure;
  calls: Figure;
  /** Milliseconds for one dataflow: the median. */
  medianMs: number;
  /** Milliseconds for one dataflow that was hit by a fault: the mean. */
  hitMs: Figure;
}

export interface League {
  creates: number;
  chancePercent: number;
  faults: number;
  bounds: typeof bounds;
  lines: Line[];
}

interface Sample {
  duplicates: number;
  secondFlows: number;
  orphans: number;
  humanSteps: number;
  ms: number;
  faults: number;
}

export async function run(): Promise<number> {
  const options = readOptions(help, {
    creates: { type: 'string' },
    chance: { type: 'string' },
    'at-once': { type: 'string' },
  });
  const creates = numberOption('creates', options.creates) ?? 1_000;
  const chancePercent = numberOption('chance', options.chance) ?? 5;
  const atOnce = numberOption('at-once', options['at-once']) ?? 20;
  const lines: Line[] = [];
  let faults = 0;
  for (const start of [blindRetry, stateFile, plainTemporal, ours]) {
    const { line, samples } = await compete(start, creates, chancePercent / 100, atOnce);
    lines.push(line);
    faults = samples.reduce((sum, one) => sum + one.faults, 0);
    console.log(JSON.stringify(line));
  }
  const league: League = { creates, chancePercent, faults, bounds, lines };
  keepJson('league', league);
  writePages();
  return 0;
}

async function compete(start: StartContestant, creates: number, chance: number, atOnce: number) {
  const seeds = Array.from({ length: creates }, (_, index) => index + 1);
  const emulator = await startEmulator({
    baseConnectionIds: 'shared',
    sandboxes: seeds.map(sandboxOf),
    latencyMs: 20,
    listLagMs: bounds.listLagMs - 200,
    recordLimit: 1_000_000,
  });
  const contestant = await start(emulator);
  try {
    const samples: Sample[] = [];
    const ended: { seed: number; outcome: Outcome; ms: number; faults: number }[] = [];
    const waiting = [...seeds];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
          ended.push({ seed, ...(await createOne(contestant, emulator, seed, chance)) });
      }),
    );
    await sleep(bounds.httpTimeoutMs + bounds.lateCommitMs + bounds.listLagMs);
    for (const { seed, outcome, ms, faults } of ended)
      samples.push({ ...count(emulator, seed, outcome), ms, faults });
    const calls = emulator.control.requests().filter(({ path }) => !path.startsWith('/ims')).length;
    return { samples, line: lineOf(contestant, samples, calls) };
  } finally {
    await contestant.close();
    await emulator.close();
  }
}

async function createOne(contestant: Contestant, { control }: Emulator, seed: number, chance: number) {
  const input = definitionFor(sandboxOf(seed));
  const faults = arm(control, seed, sandboxOf(seed), chance);
  const started = performance.now();
  const outcome = await contestant.create(input, parseDefinition(input).definition);
  return { outcome, faults, ms: performance.now() - started };
}

function count({ control }: Emulator, seed: number, { ids, surplus, humanSteps }: Outcome) {
  const sandbox = sandboxOf(seed);
  const { definition } = parseDefinition(definitionFor(sandbox));
  const result = { resources: ids, surplus, flowId: ids.flow! } as never;
  const stored = (shelf: (typeof shelves)[number]) => control.resources(shelf, sandbox);
  const seeded = stored('mappingSets').filter(({ name }) => !String(name).includes(sandbox));
  const { duplicates, orphans } = verdict(
    definition,
    stored,
    { status: 'COMPLETED', result },
    seeded.map((one) => ({ stored: one })),
  );
  return { duplicates, orphans, secondFlows: stored('flows').length - 1, humanSteps };
}

function lineOf({ name, how }: Contestant, samples: Sample[], calls: number): Line {
  const of = (key: keyof Sample) =>
    mean(
      samples.map((one) => one[key]),
      1_000,
    );
  const times = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const hit = samples.filter(({ faults }) => faults > 0).map(({ ms }) => ms);
  const perThousand = (1_000 * calls) / samples.length;
  return {
    name,
    how,
    withDuplicates: share(samples.filter(({ duplicates }) => duplicates > 0).length, samples.length),
    duplicates: of('duplicates'),
    secondFlows: of('secondFlows'),
    orphans: of('orphans'),
    humanSteps: of('humanSteps'),
    calls: { value: Math.round(perThousand), low: Math.round(perThousand), high: Math.round(perThousand) },
    medianMs: Math.round(times[Math.floor(times.length / 2)]!),
    hitMs: mean(hit.length > 0 ? hit : [0]),
  };
}

function sandboxOf(seed: number): string {
  return `create-${seed}`;
}
