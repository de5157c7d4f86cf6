import { numberOption, readOptions } from '../dev/options.ts';

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { startChild } from '../dev/child.ts';
import { localEnv } from '../dev/local-stack.ts';
import { startTemporal } from '../dev/temporal-server.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { writePages } from './report/pages.ts';
import { coldPart } from './report/cold.ts';
import { startEmulatorProcess } from './lib/emulator-process.ts';
import { spreadOf, type Spread } from './lib/stats.ts';

export interface ColdResult {
  machine: Machine;
  /** Milliseconds from the start of the process until the server has its poller. */
  worker: { fromSource: Spread; built: Spread };
  /** Milliseconds of `npm run demo`, start to end. */
  demo: Spread;
  /** Megabytes on disk of what `npm ci` installs: for production, and for development. */
  installMb: { production: number; all: number };
  bundleMb: number;
  /** Milliseconds of `npm test`, start to end, where it was asked for. */
  suiteMs?: number;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const execute = promisify(execFile);
/** As `package.json` starts a program from its sources. */
const fromSource = (script: string) => ['--import', join(root, 'dev/compile-cache.ts'), join(root, script)];

/** How long it takes until something can be done. */
export async function cold({ rounds, suite }: { rounds: number; suite: boolean }): Promise<ColdResult> {
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  // Beside node_modules, which what was built imports from.
  const folder = await mkdtemp(join(root, 'dist-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  await execute(process.execPath, [join(root, 'dev/build.ts'), folder]);
  const emulator = await startEmulatorProcess(parts);
  const times = { fromSource: [] as number[], built: [] as number[], demo: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.fromSource.push(await workerStart(emulator.url, fromSource('src/worker.ts')));
    times.built.push(await workerStart(emulator.url, [join(folder, 'worker.js')]));
    if (round % 3 === 0) times.demo.push(await timeOf(fromSource('dev/demo.ts')));
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  process.stderr.write('\n');
  const result: ColdResult = {
    machine,
    worker: { fromSource: spreadOf(times.fromSource, 0), built: spreadOf(times.built, 0) },
    demo: spreadOf(times.demo, 0),
    installMb: await installSize(),
    bundleMb: await megabytes(join(folder, 'workflow-bundle.js')),
    ...(suite
      ? { suiteMs: Math.round(await timeOf([join(root, 'node_modules/vitest/vitest.mjs'), 'run'])) }
      : {}),
  };
  keepJson('cold', result);
  return result;
}

async function workerStart(emulatorUrl: string, args: string[]): Promise<number> {
  await using parts = new AsyncDisposableStack();
  // A new server each time: a task queue remembers the pollers of the round before.
  const temporal = await startTemporal({ headless: true });
  parts.defer(() => temporal.close());
  const connection = await Connection.connect({ address: temporal.address });
  parts.defer(() => connection.close());
  const startedAt = performance.now();
  const worker = await startChild(process.execPath, args, {
    env: { ...process.env, ...localEnv(emulatorUrl, temporal) },
  });
  parts.defer(() => worker.stop(5_000));
  const died = worker.ended.then((how) => Promise.reject(new Error(`${how}\n${worker.lastOutput()}`)));
  died.catch(() => undefined);
  for (;;) {
    const asked = connection.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: 'aep-dataflows' },
      taskQueueType: 1,
    });
    const { pollers } = await Promise.race([asked, died]);
    if (pollers?.length) return performance.now() - startedAt;
  }
}

async function timeOf(args: string[]): Promise<number> {
  const startedAt = performance.now();
  await execute(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 2 ** 26,
  });
  return performance.now() - startedAt;
}

async function installSize(): Promise<ColdResult['installMb']> {
  const list = async (...args: string[]) => {
    const { stdout } = await execute('npm', ['ls', '--all', '--parseable', ...args], {
      cwd: root,
      maxBuffer: 2 ** 26,
    }).catch(
      // npm complains of what is extraneous; what it lists counts all the same.
      (error: { stdout: string }) => error,
    );
    return stdout.split('\n').filter((line) => line.includes('node_modules'));
  };
  const sizeOf = async (paths: string[]) => {
    const { stdout } = await execute('du', ['-cm', '--exclude=node_modules/*/node_modules', ...paths], {
      maxBuffer: 2 ** 26,
    });
    return Number(/(\d+)\s+total/.exec(stdout)?.[1]);
  };
  return { production: await sizeOf(await list('--omit=dev')), all: await sizeOf(await list()) };
}

async function megabytes(file: string): Promise<number> {
  const { stdout } = await execute('du', ['-k', file]);
  return Number((Number.parseInt(stdout, 10) / 1024).toFixed(1));
}

const help = `Usage: npm run bench -- cold [--rounds N] [--suite]

How long a worker takes until it polls, from source and as built, how long the demo takes, and how much is installed.
Writes bench/results/cold.json and its part of docs/performance.md.

  --rounds N  how often each is measured (default: 9)
  --suite     the whole test suite besides, once`;

export async function run(): Promise<number> {
  const { rounds, suite } = readOptions(help, {
    rounds: { type: 'string' },
    suite: { type: 'boolean' },
  });
  await cold({ rounds: numberOption('rounds', rounds) ?? 9, suite: suite ?? false });
  writePages();
  console.log(coldPart()!.markdown);
  return 0;
}
