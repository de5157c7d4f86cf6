import { numberOption, readOptions } from '../dev/options.ts';

import { setTimeout as sleep } from 'node:timers/promises';
import { createAep } from '../src/aep/aep.ts';
import { readConfig } from '../src/settings/config.ts';
import type { Definition } from '../src/definition/definition.ts';
import { workflowId } from '../src/definition/identity.ts';
import { createTwinActivities } from './lib/twin-activities.ts';
import { newDefinition, type Generation } from './lib/definitions.ts';
import { completedAt, historyOf } from './lib/history.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { writePages } from './report/pages.ts';
import { createPart } from './report/create.ts';
import { startBenchStack, type BenchStack } from './lib/stack.ts';
import { ratios, shuffled, spreadOf, type Spread } from './lib/stats.ts';
import { asOneGraph, oneByOne, type Calls } from './lib/tutorial.ts';

export type Variant = 'ours' | 'twin' | 'graph' | 'script';

export interface Setting {
  generation: Generation;
  latencyMs: number;
  /** Four creates that depend on each other. Milliseconds. */
  limitMs: number;
  /** Milliseconds from the start until the flow's id is known. */
  flowId: Record<Variant, Spread>;
  /** Milliseconds from the start until the caller has the result. */
  result: Record<Variant, Spread>;
  /** Of `flowId`, round by round: ours to each of the others, and to the limit. */
  ratio: Record<Exclude<Variant, 'ours'> | 'limit', Spread>;
  /** Of `result`: ours, which has started the watcher by then, to the twin. */
  resultRatio: Spread;
}

export interface CreateResult {
  machine: Machine;
  settings: Setting[];
}

interface Time {
  flowIdMs: number;
  resultMs: number;
}

/** Between two measurements, so that what the one left behind is over. */
const pauseMs = 250;
const dependentCreates = 4;
export const variants: Variant[] = ['ours', 'twin', 'graph', 'script'];

/** One dataflow, again and again, beside the same calls made in other ways: in the same run, in random order. */
export async function create({ rounds }: { rounds: number }): Promise<CreateResult> {
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  const stack = await startBenchStack(parts);
  await stack.startWorker();
  const measure = timersOf(stack);
  const settings = (['newer', 'older'] as const).flatMap((generation) =>
    [100, 300].map((latencyMs) => ({ generation, latencyMs, times: [] as Record<Variant, Time>[] })),
  );
  for (let round = -1; round < rounds; round++) {
    for (const { generation, latencyMs, times } of shuffled(settings)) {
      // What a worker remembers it forgets after a while: here it is always warm.
      await stack.emulator.configure({ latencyMs: 0 });
      await measure.ours(newDefinition(generation));
      await stack.emulator.configure({ latencyMs });
      await sleep(pauseMs);
      const time = {} as Record<Variant, Time>;
      for (const variant of shuffled(variants)) {
        time[variant] = await measure[variant](newDefinition(generation));
        await sleep(pauseMs);
      }
      // The first round is there to warm everything up.
      if (round >= 0) times.push(time);
    }
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  process.stderr.write('\n');
  const result = { machine, settings: settings.map(settingOf) };
  keepJson('create', result);
  return result;
}

function settingOf(measured: {
  generation: Generation;
  latencyMs: number;
  times: Record<Variant, Time>[];
}): Setting {
  const { generation, latencyMs, times } = measured;
  const limitMs = dependentCreates * latencyMs;
  const of = (variant: Variant, what: keyof Time) => times.map((time) => time[variant][what]);
  const spreads = (what: keyof Time) =>
    Object.fromEntries(variants.map((one) => [one, spreadOf(of(one, what))])) as Record<Variant, Spread>;
  const ours = of('ours', 'flowIdMs');
  return {
    generation,
    latencyMs,
    limitMs,
    flowId: spreads('flowIdMs'),
    result: spreads('resultMs'),
    ratio: {
      twin: ratios(ours, of('twin', 'flowIdMs')),
      graph: ratios(ours, of('graph', 'flowIdMs')),
      script: ratios(ours, of('script', 'flowIdMs')),
      limit: ratios(
        ours,
        ours.map(() => limitMs),
      ),
    },
    resultRatio: ratios(of('ours', 'resultMs'), of('twin', 'resultMs')),
  };
}

function timersOf(stack: BenchStack): Record<Variant, (definition: Definition) => Promise<Time>> {
  const { twinFlowSpec, twinCreate } = createTwinActivities(createAep(readConfig(stack.env)));
  const calls: Calls = {
    flowSpec: (sandbox, name) => twinFlowSpec({ sandbox, name }),
    create: (sandbox, kind, body) => twinCreate({ sandbox, kind, body }),
  };
  const plainly = async (run: () => Promise<unknown>): Promise<Time> => {
    const startedAt = performance.now();
    await run();
    const ms = performance.now() - startedAt;
    return { flowIdMs: ms, resultMs: ms };
  };
  const asWorkflow = async (id: string, flowActivity: string, run: () => Promise<unknown>): Promise<Time> => {
    const startedAt = Date.now();
    const { resultMs } = await plainly(run);
    const flowIdMs = completedAt(await historyOf(stack.client, id), flowActivity) - startedAt;
    return { flowIdMs, resultMs };
  };
  return {
    ours: (definition) =>
      asWorkflow(workflowId(definition), 'createFlow', async () =>
        (await stack.dataflows.start(definition)).result(),
      ),
    twin: (definition) =>
      asWorkflow(`twin/${definition.name}`, 'twinCreate', () =>
        stack.client.workflow.execute('twin', {
          workflowId: `twin/${definition.name}`,
          taskQueue: 'aep-dataflows',
          args: [definition],
        }),
      ),
    graph: (definition) => plainly(() => asOneGraph(definition, calls)),
    script: (definition) => plainly(() => oneByOne(definition, calls)),
  };
}

const help = `Usage: npm run bench -- create [--rounds N]

One dataflow at 100 and at 300 ms per call to AEP, of the newer and of the older generation, beside the same calls as a
bare Temporal workflow, as a graph of promises and one after the other. Writes bench/results/create.json and its part
of docs/performance.md.

  --rounds N  how often each is measured (default: 30)`;

export async function run(): Promise<number> {
  const { rounds } = readOptions(help, { rounds: { type: 'string' } });
  await create({ rounds: numberOption('rounds', rounds) ?? 30 });
  writePages();
  console.log(createPart()!.markdown);
  return 0;
}
