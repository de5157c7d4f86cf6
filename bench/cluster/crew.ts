import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Child } from '../../dev/child.ts';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { localEnv, startWorker, untilPolling } from '../../dev/local-stack.ts';
import { connect, type AepDataflows } from '../../src/client.ts';
import { startEmulatorProcess, type EmulatorProcess } from '../lib/emulator-process.ts';

/** Workers and an AEP of their own, on a server that is there already. */
export interface Crew {
  emulator: EmulatorProcess;
  client: Client;
  dataflows: AepDataflows;
  /** Those that were started at first. */
  workers: Child[];
  /** Starts one more, and waits until somebody polls. */
  startWorker(how?: { buildId?: string; bundle?: string }): Promise<Child>;
}

export async function startCrew(
  parts: AsyncDisposableStack,
  server: { address: string; namespace: string },
  { workers: count, emulatorFlags }: { workers: number; emulatorFlags: string[] },
): Promise<Crew> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulatorProcess(parts, emulatorFlags);
  const bundle = join(folder, 'workflows.js');
  await bundleWorkflows(bundle);
  const env = {
    ...localEnv(emulator.url, server),
    // Of the example with credentials.
    SHOP_PASSWORD: crypto.randomUUID(),
    AEP_WEBHOOK_ON_CALL_URL: emulator.url,
    AEP_WEBHOOK_ON_CALL_KEY: crypto.randomUUID(),
  };
  const startOne: Crew['startWorker'] = async ({ buildId, bundle: other = bundle } = {}) => {
    const versioned = buildId === undefined ? {} : { AEP_WORKER_BUILD_ID: buildId };
    const worker = await startWorker({ ...env, ...versioned }, { bundle: other });
    parts.defer(() => worker.stop(10_000));
    await untilPolling(server, worker);
    return worker;
  };
  const workers: Child[] = [];
  for (let started = 0; started < count; started++) workers.push(await startOne());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: server.namespace });
  return { emulator, client, dataflows: await connect({ client }), workers, startWorker: startOne };
}
