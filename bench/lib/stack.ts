import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { startChild, type Child } from '../../dev/child.ts';
import { localEnv } from '../../dev/local-stack.ts';
import { startTemporal, type TemporalServer } from '../../dev/temporal-server.ts';
import { connect, type AepDataflows } from '../../src/client.ts';
import { startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';

/** Everything that is measured, each part in a process of its own, and a client in this one. */
export interface BenchStack {
  temporal: TemporalServer;
  emulator: EmulatorProcess;
  client: Client;
  dataflows: AepDataflows;
  env: Record<string, string>;
  /** A folder for as long as the stack lives. */
  folder: string;
  /** The workflows that the workers run: a file. */
  bundle: string;
  /** Starts a worker that knows our workflows, the twin and the shape, and waits until it polls. */
  startWorker(options?: { nodeArgs?: string[]; env?: Record<string, string> }): Promise<Child>;
}

export interface BenchStackOptions {
  /** The server keeps its state in `temporal.db` of the stack's folder, over restarts. */
  withDatabase?: boolean;
  /** Flags of `npm run emulator`. */
  emulator?: string[];
  /** More environment for workers. */
  env?: Record<string, string>;
}

/** Watchers are no part of what is measured here: one look each, and then none for a long time. */
const quietWatchers = { AEP_WATCH_INTERVAL: '3600000' };

export async function startBenchStack(
  parts: AsyncDisposableStack,
  options: BenchStackOptions = {},
): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulatorProcess(parts, options.emulator);
  const temporal = await startTemporal({
    headless: true,
    ...(options.withDatabase ? { dbFilename: join(folder, 'temporal.db') } : {}),
  });
  parts.defer(() => temporal.close());
  const bundle = join(folder, 'workflows.js');
  await bundleWorkflows(bundle, fileURLToPath(new URL('./workflows.ts', import.meta.url)));
  const connection = await Connection.connect({ address: temporal.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  const env = { ...localEnv(emulator.url, temporal), ...quietWatchers, ...options.env };
  return {
    temporal,
    emulator,
    client,
    dataflows: await connect({ client }),
    env,
    folder,
    bundle,
    async startWorker({ nodeArgs = [], env: more = {} } = {}) {
      const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
      const polls = Promise.withResolvers<void>();
      const worker = await startChild(process.execPath, [...nodeArgs, script], {
        env: { ...process.env, ...env, ...more, BENCH_BUNDLE: bundle },
        onOutput: (text) => text.includes('polls') && polls.resolve(),
      });
      parts.defer(() => worker.stop(10_000));
      const died = worker.ended.then((how) => Promise.reject(new Error(`${how}\n${worker.lastOutput()}`)));
      died.catch(() => undefined);
      await Promise.race([polls.promise, died]);
      return worker;
    },
  };
}
