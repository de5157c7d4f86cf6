import { startEmulator, type Emulator, type EmulatorOptions } from '../../emulator/emulator.ts';
import { connect, type AepDataflows } from '../../src/client.ts';
import { readConfig } from '../../src/settings/config.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { canary } from './canary.ts';
import { startTestTemporal, type TestTemporal } from './temporal.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

export { example } from './example.ts';

/** Everything that one test file needs: a place on the Temporal server, an AEP and a worker of its own. */
export interface Rig {
  temporal: TestTemporal;
  emulator: Emulator;
  client: AepDataflows;
  /** What a worker's environment must hold to come to the same place. */
  env: Record<string, string>;
  /** Starts a worker in this process; it is stopped with the rig, unless it was before. */
  startWorker(): Promise<TestWorker>;
  close(): Promise<void>;
}

export interface RigOptions {
  emulator?: EmulatorOptions;
  /** More environment for the worker. */
  env?: Record<string, string>;
}

/** Bounds that keep a doubt short. They hold for the emulator, which commits late and lags only where a test asks for it. */
const quick = {
  AEP_HTTP_TIMEOUT: '1500',
  AEP_LATE_COMMIT: '300',
  AEP_LIST_LAG: '300',
};

/**
 * More environment for a worker, where a test waits for what a watcher makes of a run. Every create leaves a follower of its
 * sandbox behind: to have all of them ask so often takes more of the machine than the creates do.
 */
export const quickToFollow = { AEP_WATCH_INTERVAL: '200' };

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const [temporal, emulator] = await Promise.all([
    startTestTemporal(),
    // The examples' base connections, whichever sandbox a test takes for itself.
    startEmulator({ baseConnectionIds: 'shared', ...options.emulator }),
  ]);
  const env = {
    ...temporal.env,
    AEP_CLIENT_ID: 'test-client',
    AEP_CLIENT_SECRET: `${canary} of the client`,
    AEP_ORG_ID: 'TEST@AdobeOrg',
    AEP_CONNECTION_DIGEST_KEY: `${canary} that digests`,
    AEP_SECRET_VARIABLES: '*',
    AEP_API_URL: emulator.url,
    AEP_IMS_URL: emulator.url,
    ...quick,
    ...options.env,
  };
  const workers: TestWorker[] = [];
  return {
    temporal,
    emulator,
    env,
    client: await connect({ client: temporal.client }),
    async startWorker() {
      const worker = await startTestWorker(temporal, workerOptions(readConfig(env)));
      const stop = once(worker.stop);
      workers.push({ stop });
      return { stop };
    },
    async close() {
      // What waits for AEP would keep a worker from ending.
      emulator.control.clearFaults();
      await Promise.all(workers.map((worker) => worker.stop()));
      await emulator.close();
      await temporal.close();
    },
  };
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop());
}
