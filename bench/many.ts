import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberOption, readOptions } from '../dev/options.ts';
import { readProfiles, type Share } from './lib/cpu-profile.ts';
import { newDefinition } from './lib/definitions.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { startBenchStack, type BenchStack } from './lib/stack.ts';
import { ratios, spreadOf, type Spread } from './lib/stats.ts';
import { used } from './lib/used.ts';
import { manyPart } from './report/many.ts';
import { writePages } from './report/pages.ts';

/** Ours, the same shape with activities that do nothing, and the same with activities that make a call to AEP each. */
export const kindsOfLoad = ['ours', 'shape', 'calling'] as const;
export type What = (typeof kindsOfLoad)[number];
export const processes = ['workers', 'temporal', 'emulator', 'client'] as const;
export type Process = (typeof processes)[number];

/** One kind of workflow under load. */
export interface Load {
  perSecond: Spread;
  /** CPU milliseconds per dataflow, its watcher's first look included. */
  cpuMs: Record<Process, number>;
  /** Cores that were busy on average, of all that the machine has. */
  busyCores: Record<Process, number>;
}

export interface Pool {
  workers: number;
  /** Of each kind. */
  starts: number;
  loads: Record<What, Load>;
  /** Each to the empty shape in dataflows per second, chunk by chunk. */
  toShape: Record<What, Spread>;
}

export interface ManyResult {
  machine: Machine;
  latencyMs: number;
  pools: Pool[];
  /** Where the CPU time of one worker went. */
  profile: { dataflows: number; byPackage: Share[]; byFunction: Share[] };
  /** Resident memory of a worker, each time so many dataflows more had been created. */
  memory: { dataflows: number; mb: number }[];
}

export interface ManyOptions {
  starts: number;
  /** How many dataflows the memory of a worker is followed for. */
  memoryOver: number;
}

interface Chunk {
  ms: number;
  cpuMs: Record<Process, number>;
}

const latencyMs = 5;
/** Starts that are under way at the same time: enough to keep every part busy. */
const atOnce = 50;
/** They take turns: what disturbs one disturbs the others, and all meet the same full server. */
const chunks = 10;
/** In which the watchers of what was just made take their first look. */
const drainMs = 2_000;

/** Many dataflows at once, beside a workflow that has as many activities in the same order, which do nothing or one call. */
export async function many({ starts, memoryOver }: ManyOptions): Promise<ManyResult> {
  const machine = await describeMachine();
  const pools: Pool[] = [];
  for (const workers of [1, 2]) pools.push(await poolOf(workers, starts));
  const profile = await profileOf(Math.min(starts, 300));
  const memory = memoryOver > 0 ? await followMemory(memoryOver) : [];
  const result = { machine, latencyMs, pools, profile, memory };
  keepJson('many', result);
  return result;
}

async function poolOf(workers: number, starts: number): Promise<Pool> {
  await using parts = new AsyncDisposableStack();
  const stack = await startBenchStack(parts, { emulator: ['--latency', String(latencyMs)] });
  const pool = await Promise.all(Array.from({ length: workers }, () => stack.startWorker()));
  const cpu = (): Record<Process, number> => ({
    workers: pool.reduce((sum, { pid }) => sum + used(pid).cpuMs, 0),
    temporal: used(stack.temporal.pid).cpuMs,
    emulator: used(stack.emulator.pid).cpuMs,
    client: used(process.pid).cpuMs,
  });
  const measured: Record<What, Chunk[]> = { ours: [], shape: [], calling: [] };
  const size = Math.ceil(starts / chunks);
  for (let chunk = -1; chunk < chunks; chunk++) {
    for (const what of chunk % 2 === 0 ? kindsOfLoad : kindsOfLoad.toReversed()) {
      const before = cpu();
      const startedAt = performance.now();
      await startAll(stack, what, size);
      const ms = performance.now() - startedAt;
      await sleep(drainMs);
      const after = cpu();
      const cpuMs = mapOf(processes, (one) => after[one] - before[one]);
      // The first chunk is there to warm everything up.
      if (chunk >= 0) measured[what].push({ ms, cpuMs });
    }
    process.stderr.write(`\r${workers} workers: ${chunk + 1} of ${chunks} `);
  }
  process.stderr.write('\n');
  const rates = (what: What) => measured[what].map(({ ms }) => (size * 1_000) / ms);
  return {
    workers,
    starts: size * chunks,
    loads: mapOf(kindsOfLoad, (what) => loadOf(measured[what], size)),
    toShape: mapOf(kindsOfLoad, (what) => ratios(rates(what), rates('shape'))),
  };
}

function loadOf(measured: Chunk[], size: number): Load {
  const total = (of: (chunk: Chunk) => number) => measured.reduce((sum, chunk) => sum + of(chunk), 0);
  const ms = total((chunk) => chunk.ms);
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    perSecond: spreadOf(
      measured.map((chunk) => (size * 1_000) / chunk.ms),
      2,
    ),
    cpuMs: mapOf(processes, (one) => rounded(total(({ cpuMs }) => cpuMs[one]) / (size * measured.length), 1)),
    busyCores: mapOf(processes, (one) => rounded(total(({ cpuMs }) => cpuMs[one]) / ms, 2)),
  };
}

function mapOf<Key extends string, Value>(keys: readonly Key[], of: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, Value>;
}

let count = 0;

async function startAll(stack: BenchStack, what: What, starts: number): Promise<void> {
  let left = starts;
  const one = async () => {
    while (left-- > 0) {
      if (what === 'ours') await (await stack.dataflows.start(newDefinition('newer'))).result();
      else
        await stack.client.workflow.execute('shape', {
          workflowId: `shape-${++count}`,
          taskQueue: 'aep-dataflows',
          args: [what === 'calling'],
        });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, starts) }, one));
}

/** A profile slows a worker down, so it is taken in a run of its own. */
async function profileOf(dataflows: number): Promise<ManyResult['profile']> {
  await using parts = new AsyncDisposableStack();
  const stack = await startBenchStack(parts, { emulator: ['--latency', String(latencyMs)] });
  const folder = join(stack.folder, 'profile');
  await mkdir(folder);
  const worker = await stack.startWorker({ nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${folder}`] });
  await startAll(stack, 'ours', dataflows);
  const cpuMs = used(worker.pid).cpuMs;
  // The profiles are written when it ends by itself.
  await worker.stop(30_000);
  const bundle = await readFile(stack.bundle, 'utf8');
  return { dataflows, ...(await readProfiles(folder, bundle, cpuMs)) };
}

async function followMemory(dataflows: number): Promise<ManyResult['memory']> {
  await using parts = new AsyncDisposableStack();
  const stack = await startBenchStack(parts, { emulator: ['--latency', String(latencyMs)] });
  const worker = await stack.startWorker();
  const points = 20;
  const size = Math.ceil(dataflows / points);
  const memory: ManyResult['memory'] = [];
  for (let point = 0; point <= points; point++) {
    if (point > 0) await startAll(stack, 'ours', size);
    await sleep(drainMs);
    memory.push({ dataflows: point * size, mb: Math.round(used(worker.pid).mb) });
    process.stderr.write(`\rmemory: ${point * size} dataflows, ${memory.at(-1)!.mb} MB `);
  }
  process.stderr.write('\n');
  return memory;
}

const help = `Usage: npm run bench -- many [--starts N] [--memory N]

Many dataflows at 5 ms per call to AEP, with one worker and with two, in turns with a workflow of the same shape whose
activities are empty, and one whose activities make a call each; where a worker's CPU time goes, and its memory. Writes
bench/results/many.json and its part of docs/performance.md.

  --starts N  how many are started of each, for one and for two workers (default: 1000)
  --memory N  over how many dataflows the memory of a worker is followed (default: 10000; 0 for not at all)
  --help      this text`;

export async function run(): Promise<number> {
  const { starts, memory } = readOptions(help, { starts: { type: 'string' }, memory: { type: 'string' } });
  await many({
    starts: numberOption('starts', starts) ?? 1_000,
    memoryOver: numberOption('memory', memory) ?? 10_000,
  });
  writePages();
  console.log(manyPart()!.markdown);
  return 0;
}
