import { numberOption, readOptions } from '../dev/options.ts';
import { writePages } from './report/pages.ts';
import { sandboxPart } from './report/sandbox.ts';
import { newDefinition } from './lib/definitions.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { startBenchStack, type BenchStack } from './lib/stack.ts';

/** What one way of planning has cost. */
export interface Cost {
  ms: number;
  /** Calls to AEP, by their sort. */
  calls: Record<string, number>;
  total: number;
}

/** The same definitions planned together, and each by itself. */
export interface Compared {
  many: Cost;
  single: Cost;
  /** `many` to `single`. */
  ratio: { calls: number; ms: number };
  /** How many digests are the same. */
  same: number;
}

export interface SandboxResult {
  machine: Machine;
  definitions: number;
  /** How many of them were planned each by itself: what that cost is counted up to all of them. */
  singles: number;
  latencyMs: number;
  /** How long `applyDataflows` took to make all of them. */
  applied: { ms: number; calls: number; perSecond: number };
  /** AEP has all that is asked for. */
  without: Compared;
  /** Each definition asks for another schedule or another mapping. */
  with: Compared;
}

type Definition = ReturnType<typeof newDefinition>;

const latencyMs = 5;
/** Plans that are under way at the same time: enough to keep every part busy. */
const atOnce = 50;

export async function sandbox(count: number, singles: number): Promise<SandboxResult> {
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  const flags = ['--latency', String(latencyMs), '--record-limit', '1000000'];
  const stack = await startBenchStack(parts, { emulator: flags });
  await stack.startWorker();
  const definitions = Array.from({ length: count }, () => newDefinition('newer'));
  const applied = await costOf(stack, async () => {
    const { totals } = await (await stack.dataflows.apply({ definitions, concurrency: 20 })).result();
    if (totals.created !== count) throw new Error(`${totals.created} of ${count} were created`);
  });
  const { ms, total } = applied;
  const result: SandboxResult = {
    machine,
    definitions: count,
    singles,
    latencyMs,
    applied: { ms, calls: total, perSecond: Number(((count * 1000) / ms).toFixed(1)) },
    without: await compare(stack, definitions, singles),
    with: await compare(stack, definitions.map(changed), singles),
  };
  keepJson('sandbox', result);
  return result;
}

async function compare(stack: BenchStack, definitions: Definition[], singles: number): Promise<Compared> {
  const together = new Map<string, string | undefined>();
  const many = await costOf(stack, async () => {
    const { dataflows } = await stack.dataflows.planMany({ definitions });
    for (const { name, digest } of dataflows) together.set(name, digest);
  });
  let same = 0;
  const measured = await costOf(stack, async () => {
    const left = definitions.slice(0, singles);
    const one = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const { digest } = await stack.dataflows.plan(next);
        if (digest === together.get(next.name)) same += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  });
  const share = definitions.length / singles;
  const single = {
    ...measured,
    ms: Math.round(measured.ms * share),
    total: Math.round(measured.total * share),
  };
  const rounded = (value: number) => Number(value.toFixed(4));
  return {
    many,
    single,
    ratio: { calls: rounded(many.total / single.total), ms: rounded(many.ms / single.ms) },
    same,
  };
}

/** Every other one is to run at another interval, the others map to another field. */
function changed(definition: Definition, index: number): Definition {
  if (index % 2 === 0) return { ...definition, schedule: { ...definition.schedule, interval: 30 } };
  const [first, ...others] = definition.mapping;
  return {
    ...definition,
    mapping: [first!, ...others.map((row) => ({ ...row, destination: 'person.name.lastName' }))],
  };
}

async function costOf(stack: BenchStack, work: () => Promise<void>): Promise<Cost> {
  await stack.emulator.takeRequests();
  const startedAt = performance.now();
  await work();
  const ms = Math.round(performance.now() - startedAt);
  const calls: Record<string, number> = {};
  for (const { method, path } of await stack.emulator.takeRequests()) {
    if (path.startsWith('/flowservice/runs')) continue;
    const service = path.split('/').slice(1, 3).join('/');
    const sort = `${method} ${service}`;
    calls[sort] = (calls[sort] ?? 0) + 1;
  }
  return { ms, calls, total: Object.values(calls).reduce((sum, one) => sum + one, 0) };
}

const help = `Usage: npm run bench -- sandbox [--definitions N] [--singles N]

Makes many dataflows by applyDataflows, and plans them: together by planDataflows, and each by planDataflow, with and without
differences. Calls to AEP and wall time. Writes bench/results/sandbox.json and its part of docs/performance.md.

  --definitions N  how many (default: 1000)
  --singles N      how many of them are planned each by itself, which is counted up to all (default: all)
  --help           this text`;

export async function run(): Promise<number> {
  const options = readOptions(help, { definitions: { type: 'string' }, singles: { type: 'string' } });
  const count = numberOption('definitions', options.definitions) ?? 1_000;
  await sandbox(count, numberOption('singles', options.singles) ?? count);
  writePages();
  console.log(sandboxPart()!.markdown);
  return 0;
}
