import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberOption, readOptions } from '../dev/options.ts';
import { describeMachine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { startBenchStack } from './lib/stack.ts';
import { spreadOf } from './lib/stats.ts';

const help = `Usage: npm run bench -- explore [--rounds N] [--columns N]

How long it takes to explore a wide table and to have a definition suggested, beyond what AEP takes to answer, and how many
calls of AEP that is. Writes bench/results/explore.json.

  --rounds N   how often each is done (default: 20)
  --columns N  columns of the table (default: 1000)`;

/** Of AEP for each call. Milliseconds. */
const latencyMs = 100;

export async function run(): Promise<number> {
  const options = readOptions(help, { rounds: { type: 'string' }, columns: { type: 'string' } });
  const rounds = numberOption('rounds', options.rounds) ?? 20;
  const columns = numberOption('columns', options.columns) ?? 1_000;
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  const data = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(data, { recursive: true, force: true }));
  const names = Array.from({ length: columns }, (_, index) => `column_${index}`);
  await mkdir(join(data, 'tables'));
  await writeFile(join(data, 'tables', 'wide.csv'), `${names.join(',')}\n${names.map(() => 1).join(',')}\n`);
  const { emulator, dataflows, startWorker } = await startBenchStack(parts, {
    emulator: ['--data', data, '--latency', String(latencyMs)],
  });
  await startWorker();
  const connection = (await emulator.resources('connections')).find(
    ({ name }) => name === 'MySQL base connection',
  );
  if (!connection) throw new Error('The emulator has no base connection of MySQL');
  const input = { sandbox: 'prod', connection: String(connection['id']), path: 'wide' };
  /** Milliseconds beyond AEP's, and calls. */
  const measured = async (work: () => Promise<unknown>) => {
    await emulator.takeRequests();
    const began = performance.now();
    await work();
    const tookMs = performance.now() - began;
    const calls = (await emulator.takeRequests()).filter(({ path }) =>
      path.startsWith('/flowservice'),
    ).length;
    return { ms: tookMs - calls * latencyMs, calls };
  };
  // Tokens, and what a process does once.
  await dataflows.explore(input);
  const done: Record<'explore' | 'suggest', { ms: number; calls: number }[]> = { explore: [], suggest: [] };
  for (let round = 0; round < rounds; round++) {
    done.explore.push(await measured(() => dataflows.explore(input)));
    done.suggest.push(await measured(() => dataflows.suggest(input)));
  }
  const told = Object.entries(done).map(([what, all]) => ({
    what,
    mostCalls: Math.max(...all.map(({ calls }) => calls)),
    ms: spreadOf(all.map(({ ms }) => ms)),
  }));
  keepJson('explore', { machine, columns, latencyMs, rounds, told });
  for (const { what, mostCalls, ms } of told)
    console.log(
      `${what}: at most ${mostCalls} calls, and ${ms.median} ms beyond them (${ms.min} to ${ms.max})`,
    );
  return 0;
}
