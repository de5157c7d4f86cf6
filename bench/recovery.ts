import { join } from 'node:path';
import { numberOption, readOptions } from '../dev/options.ts';
import { startTemporal } from '../dev/temporal-server.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { newDefinition } from './lib/definitions.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { writePages } from './report/pages.ts';
import { recoveryPart } from './report/recovery.ts';
import { startBenchStack, type BenchStack } from './lib/stack.ts';
import { spreadOf, type Spread } from './lib/stats.ts';

export const cases = {
  arrived: 'worker killed, its POST had arrived',
  lost: 'worker killed, its POST had not arrived',
  reading: 'worker killed while it looked things up',
  task: 'worker killed with a workflow task',
  twin: 'worker of the twin killed, its POST had arrived',
  server: 'server killed, with a database file',
} as const;
export type Case = keyof typeof cases;

export interface RecoveryResult {
  machine: Machine;
  /** The bounds that the worker was told. Milliseconds. */
  bounds: { httpTimeoutMs: number; lateCommitMs: number; listLagMs: number };
  /** Milliseconds from the kill until the flow exists. */
  untilFlow: Record<Case, Spread>;
  /** Resources of the killed kind afterwards: one, or a promise is broken. */
  datasets: Record<Case, number[]>;
}

/** The defaults of `src/settings/config.ts`. */
const bounds = { httpTimeoutMs: 8_000, lateCommitMs: 10_000, listLagMs: 10_000 };
const latencyMs = 100;
/** After which a round that does not get on is given up. Milliseconds. */
const patienceMs = 120_000;

/** How long it takes until a dataflow is there after something was killed half-way. */
export async function recovery({ rounds }: { rounds: number }): Promise<RecoveryResult> {
  const machine = await describeMachine();
  const times = Object.fromEntries(Object.keys(cases).map((one) => [one, []])) as unknown as Record<
    Case,
    number[]
  >;
  const datasets = Object.fromEntries(Object.keys(cases).map((one) => [one, []])) as unknown as Record<
    Case,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const one of Object.keys(cases) as Case[]) {
      const { ms, made } = await killed(one);
      times[one].push(ms);
      datasets[one].push(made);
      process.stderr.write(`${cases[one]}: ${Math.round(ms)} ms\n`);
    }
  }
  const untilFlow = Object.fromEntries(
    Object.entries(times).map(([one, all]) => [one, spreadOf(all, 0)]),
  ) as Record<Case, Spread>;
  const result = { machine, bounds, untilFlow, datasets };
  keepJson('recovery', result);
  return result;
}

async function killed(one: Case): Promise<{ ms: number; made: number }> {
  await using parts = new AsyncDisposableStack();
  const options = { emulator: ['--latency', String(latencyMs)] };
  const stack = await startBenchStack(parts, { ...options, withDatabase: one === 'server' });
  const worker = await stack.startWorker();
  await (await start(stack, one)).result();
  await stack.emulator.takeRequests();

  const before = await countOf(stack);
  const dataflow = await bringTo(one, stack, worker.pid);
  const killedAt = performance.now();
  if (one === 'server') {
    process.kill(stack.temporal.pid, 'SIGKILL');
    await stack.temporal.ended;
    const port = Number(stack.temporal.address.split(':')[1]);
    const again = await startTemporal({
      headless: true,
      port,
      dbFilename: join(stack.folder, 'temporal.db'),
    });
    parts.defer(() => again.close());
  } else {
    process.kill(worker.pid, 'SIGKILL');
    await worker.ended;
    await stack.startWorker();
  }
  await untilOneFlowMore(stack, before.flows);
  const ms = performance.now() - killedAt;
  await dataflow.result().catch(() => undefined);
  return { ms, made: (await countOf(stack)).dataSets - before.dataSets };
}

/** Starts a dataflow, and waits until it is where it is to be hit. */
async function bringTo(one: Case, stack: BenchStack, workerPid: number): Promise<Started> {
  const post = { method: 'POST', path: '/catalog/dataSets' };
  const list = { method: 'GET', path: '/catalog/dataSets' };
  if (one === 'arrived' || one === 'twin') await stack.emulator.addFault({ ...post, kind: 'hang-committed' });
  if (one === 'lost') await stack.emulator.addFault({ ...post, kind: 'hang' });
  if (one === 'reading') await stack.emulator.addFault({ ...list, kind: 'hang' });
  // It takes the task, and does nothing with it.
  if (one === 'task') process.kill(workerPid, 'SIGSTOP');

  const dataflow = await start(stack, one);
  const described = async () => (await stack.client.workflow.getHandle(dataflow.workflowId).describe()).raw;
  if (one === 'task') {
    const isTaken = async () => Boolean((await described()).pendingWorkflowTask?.startedTime);
    await waitFor('the worker to have the task', isTaken, patienceMs);
    return dataflow;
  }
  const { method, path } = one === 'reading' ? list : post;
  const isSent = async () =>
    (await stack.emulator.requests()).some((sent) => sent.method === method && sent.path === path);
  await waitFor(`${method} ${path}`, isSent, patienceMs);
  // What is made beside the dataset is to be done with: cut off, it would be waited for too, a mapping set for longest.
  const isAlone = async () => {
    const { pendingActivities, pendingWorkflowTask } = await described();
    return pendingActivities?.length === 1 && !pendingWorkflowTask;
  };
  if (one === 'arrived' || one === 'lost' || one === 'twin')
    await waitFor('everything else to be done', isAlone, patienceMs);
  return dataflow;
}

interface Started {
  workflowId: string;
  result(): Promise<unknown>;
}

function start(stack: BenchStack, one: Case): Promise<Started> {
  const definition = newDefinition('newer');
  if (one !== 'twin') return stack.dataflows.start(definition);
  const workflowId = `twin/${definition.name}`;
  return stack.client.workflow.start('twin', { workflowId, taskQueue: 'aep-dataflows', args: [definition] });
}

async function countOf({ emulator }: BenchStack) {
  const [flows, dataSets] = await Promise.all([emulator.resources('flows'), emulator.resources('dataSets')]);
  return { flows: flows.length, dataSets: dataSets.length };
}

async function untilOneFlowMore(stack: BenchStack, flows: number): Promise<void> {
  const isThere = async () => (await stack.emulator.resources('flows')).length > flows;
  await waitFor('the flow', isThere, patienceMs);
}

const help = `Usage: npm run bench -- recovery [--rounds N]

How long it takes until a dataflow is there after a worker or the server was killed half-way. Writes
bench/results/recovery.json and its part of docs/performance.md.

  --rounds N  how often each is measured (default: 5)`;

export async function run(): Promise<number> {
  const { rounds } = readOptions(help, { rounds: { type: 'string' } });
  await recovery({ rounds: numberOption('rounds', rounds) ?? 5 });
  writePages();
  console.log(recoveryPart()!.markdown);
  return 0;
}
