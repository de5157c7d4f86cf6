import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Child } from '../../dev/child.ts';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { localEnv, startWorker } from '../../dev/local-stack.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { receiveMessages } from '../../dev/webhook-receiver.ts';
import { startEmulator, type Emulator, type RecordedRequest } from '../../emulator/emulator.ts';
import { createAep } from '../../src/aep/aep.ts';
import { watcherWorkflowId } from '../../src/workflows/watch/watch-messages.ts';
import type { StruckServer } from '../faults/struck-server.ts';
import { used } from '../lib/used.ts';
import { makeFlows } from './flows.ts';

type Server = Pick<StruckServer, 'address' | 'namespace'> & {
  /** Of its processes. */
  pids(): number[];
};

/** CPU milliseconds that each part has used so far. */
export interface FleetUsed {
  /** Epoch milliseconds. */
  at: number;
  worker: number;
  server: number;
  /** This process, which is AEP too. */
  bench: number;
}

/** Many hourly flows of the emulator, and one worker. */
export interface Fleet {
  flowIds: string[];
  emulator: Emulator;
  temporal: Server;
  client: Client;
  parts: AsyncDisposableStack;
  /** Messages that watchers have sent. */
  messages(): number;
  /** What was asked of AEP's Flow Service in a time, by others than this bench. Epoch milliseconds. */
  requests(since: number, until?: number): RecordedRequest[];
  /** The watcher of the flow at `index`. */
  watcher(index: number): ReturnType<Client['workflow']['getHandle']>;
  /** The worker's, in MB. */
  memory(): number;
  /** Of one worker: another begins anew. */
  used(): FleetUsed;
  /** Throws where the worker has ended by itself: nothing would happen any more. */
  mustLive(): void;
  /** Kills the worker and starts another. */
  restartWorker(): Promise<void>;
}

/** Milliseconds between two looks of the follower, as workers have it. */
export const intervalMs = 60_000;
/** How the messages that the watchers send find their way: the name of a webhook. */
export const webhook = 'bench';

/**
 * Starts everything but the watchers. `parts` ends it.
 * @param server that is there already. Default: a development server.
 */
export async function startFleet(
  parts: AsyncDisposableStack,
  { flows, looksPerSecond, server }: { flows: number; looksPerSecond: number; server?: Server },
): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({
    recordLimit: 1_000_000,
    runs: { success: 80, degraded: 10, failed: 8, 'failed-no-end': 2 },
  });
  parts.defer(() => emulator.close());
  let messages = 0;
  const receiver = await receiveMessages(() => void messages++);
  parts.defer(() => receiver.close());
  const temporal = server ?? (await ownServer(parts));
  const bundle = join(folder, 'workflows.js');
  await bundleWorkflows(bundle);
  const env = {
    ...localEnv(emulator.url, temporal),
    AEP_WATCH_INTERVAL: String(intervalMs),
    AEP_WATCH_LOOKS_PER_SECOND: String(looksPerSecond),
    AEP_WEBHOOK_BENCH_URL: receiver.url,
    AEP_WEBHOOK_BENCH_KEY: crypto.randomUUID(),
  };
  let worker: Child;
  let died: string | undefined;
  const startPart = async () => {
    const started = await startWorker(env, { bundle });
    worker = started;
    parts.defer(() => started.stop(1_000));
    void started.ended.then((how) => {
      if (worker === started) died = `The worker ${how}.\n${started.lastOutput()}`;
    });
  };
  await startPart();
  const connection = await Connection.connect({ address: temporal.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection });

  const aep = createAep({
    apiUrl: emulator.url,
    imsUrl: emulator.url,
    httpTimeoutMs: 30_000,
    ...administrator,
  });
  console.log(`Making ${flows} flows…`);
  const flowIds = await makeFlows(aep, 'prod', flows);
  return {
    flowIds,
    emulator,
    temporal,
    client,
    parts,
    messages: () => messages,
    requests: (since, until = Infinity) =>
      emulator.control
        .requests({ path: '/flowservice/**' })
        .filter(
          ({ at, headers }) => at >= since && at < until && headers['x-api-key'] !== administrator.clientId,
        ),
    watcher: (index) =>
      client.workflow.getHandle(watcherWorkflowId({ sandbox: 'prod', flowId: flowIds[index]! })),
    memory: () => Math.round(used(worker.pid).mb),
    used: () => ({
      at: Date.now(),
      worker: used(worker.pid).cpuMs,
      server: temporal.pids().reduce((sum, pid) => sum + used(pid).cpuMs, 0),
      bench: used(process.pid).cpuMs,
    }),
    mustLive() {
      if (died !== undefined) throw new Error(died);
    },
    async restartWorker() {
      process.kill(worker.pid, 'SIGKILL');
      await worker.ended;
      died = undefined;
      await startPart();
    },
  };
}

async function ownServer(parts: AsyncDisposableStack): Promise<Server> {
  const temporal = await startTemporal({ headless: true });
  parts.defer(() => temporal.close());
  return { ...temporal, pids: () => [temporal.pid] };
}

const administrator = {
  clientId: 'bench-admin',
  clientSecret: 'secret',
  orgId: 'BENCH@AdobeOrg',
  scopes: 'openid',
};

/** Whether a request is the follower's: it asks for no flow. */
export function isFeed({ path, query }: RecordedRequest): boolean {
  return path === '/flowservice/runs' && !/flowId|"id=|id==/.test(JSON.stringify(query));
}

/** Whether a page is of a look of the follower that goes back by half an hour: every tenth one does. */
export function looksFarBack(call: RecordedRequest): boolean {
  const [, from] = />=(\d{13})/.exec(JSON.stringify(call.query)) ?? [];
  return isFeed(call) && from !== undefined && call.at - Number(from) > 6 * 60_000;
}

/** Whether a call is a page of the follower's list of what others may have changed. */
export function isFlowList({ method, path }: RecordedRequest): boolean {
  return method === 'GET' && path === '/flowservice/flows';
}

/** How many came in the second in which most came. */
export function busiestSecond(calls: RecordedRequest[]): number {
  const seconds = Map.groupBy(calls, ({ at }) => Math.floor(at / 1000));
  return Math.max(0, ...[...seconds.values()].map(({ length }) => length));
}
