import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { localEnv } from '../../dev/local-stack.ts';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { shelves } from '../../test/simulation/faults.ts';
import { verdict } from '../../test/simulation/verify.ts';
import { randomOf } from '../../test/simulation/virtual-clock.ts';
import { bounds, definitionOf, lifeOf } from './life.ts';
import { live } from './live.ts';
import { Processes } from './processes.ts';
import { startProgress } from '../lib/progress.ts';
import { keepJson } from '../lib/results.ts';
import { struckDevServer, type StruckServer } from './struck-server.ts';
import { emptyTally, print, type Tally } from './tally.ts';

export interface Wanted {
  from: number;
  seeds: number;
  /** Lives at a time. */
  atOnce?: number;
  /** Milliseconds, on average, between two hits on a process. */
  harassEveryMs?: number;
}

/** Lives random lives on real processes, which are killed, stopped and ended meanwhile, and prints what they came to. */
export async function onRealStack({ keep, ...wanted }: Wanted & { keep: boolean }): Promise<number> {
  const started = performance.now();
  const { tally, wrong, killed } = await tallyOnRealStack(wanted);
  for (const one of wrong) console.error(one);
  console.log(JSON.stringify(killed));
  if (keep) keepJson('faults-real', { from: wanted.from, ...tally, ...killed });
  return print('real stack, processes killed', tally, performance.now() - started);
}

/**
 * The same, for a test to judge.
 * @param startServer what they live on. Default: a development server.
 */
export async function tallyOnRealStack(
  { from, seeds, atOnce = 16, harassEveryMs = 5_000 }: Wanted,
  startServer: (parts: AsyncDisposableStack, folder: string) => Promise<StruckServer> = struckDevServer,
) {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const all = Array.from({ length: seeds }, (_, index) => from + index);
  const emulator = await startEmulator({
    baseConnectionIds: 'shared',
    sandboxes: all.map(sandboxOf),
    listLagMs: bounds.listLagMs - 200,
    // All of them are counted.
    recordLimit: 1_000_000,
  });
  parts.defer(() => emulator.close());
  const bundle = join(folder, 'workflows.js');
  const [server] = await Promise.all([startServer(parts, folder), bundleWorkflows(bundle)]);
  const env = {
    ...localEnv(emulator.url, server),
    AEP_HTTP_TIMEOUT: String(bounds.httpTimeoutMs),
    AEP_LATE_COMMIT: String(bounds.lateCommitMs),
    AEP_LIST_LAG: String(bounds.listLagMs),
  };
  const processes = new Processes(server, bundle, env, randomOf(from));
  parts.defer(() => processes.close());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection });
  await processes.startWorkers(2);
  const stop = new AbortController();
  const harassing = processes.harass(stop.signal, harassEveryMs);
  parts.defer(async () => {
    stop.abort();
    await harassing.catch(() => undefined);
  });
  const tally = emptyTally();
  const wrong: string[] = [];
  const waiting = [...all];
  using _ = startProgress('lives', seeds, () => tally.dataflows);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const problem = await liveOne(client, emulator, seed, tally);
        if (problem) wrong.push(problem);
      }
    }),
  );
  stop.abort();
  await harassing;
  const { kills, pauses, shutdowns, serverKills } = processes.killed;
  tally.faults += kills + pauses + shutdowns + serverKills;
  tally.calls = emulator.control.requests().length;
  return { tally, wrong, killed: processes.killed };
}

async function liveOne(
  client: Client,
  { control }: Emulator,
  seed: number,
  tally: Tally,
): Promise<string | undefined> {
  const life = lifeOf(seed);
  const sandbox = sandboxOf(seed);
  const stored = (shelf: (typeof shelves)[number]) => control.resources(shelf, sandbox);
  const before = shelves.flatMap((shelf) => stored(shelf).map((one) => ({ shelf, stored: one })));
  for (const fault of life.faults) control.addFault({ ...fault, sandbox });
  const input = definitionOf(life, sandbox);
  const ended = await live(client, life, input);
  // What was sent last can still take effect.
  await sleep(bounds.httpTimeoutMs + bounds.lateCommitMs + bounds.listLagMs);

  const { violations, ...counts } = verdict(parseDefinition(input).definition, stored, ended, before);
  tally.dataflows += 1;
  tally.duplicates += counts.duplicates;
  tally.orphans += counts.orphans;
  tally.humanSteps += counts.humanSteps;
  const struck = control.faults().filter((fault) => fault.sandbox === sandbox && fault.used > 0);
  tally.faults += struck.length + life.acts.length;
  if (violations.length === 0) return undefined;
  tally.wrong += 1;
  return `Seed ${seed}:\n  ${violations.join('\n  ')}\n  ${JSON.stringify(life)}`;
}

function sandboxOf(seed: number): string {
  return `seed-${seed}`;
}
