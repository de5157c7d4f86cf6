import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { temporalCli } from '../../dev/binaries.ts';
import { startChild } from '../../dev/child.ts';
import { findBinary } from '../../dev/find-binary.ts';
import { freePort } from '../../dev/ports.ts';
import { registerSearchAttributes } from '../../dev/search-attributes.ts';
import { untilReady } from '../../dev/until-ready.ts';
import { receiveMessages } from '../../dev/webhook-receiver.ts';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { type AepDataflows, connect } from '../../src/client.ts';
import { readConfig, type WorkerConfig } from '../../src/settings/config.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { keptBundle } from '../../src/worker/kept-bundle.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';

/** Where a shape is played: a sandbox of its own on a real Temporal server, with a real worker, against the emulator. */
export interface Stage {
  sandbox: string;
  client: AepDataflows;
  temporal: { client: Client };
  emulator: Emulator;
  /** Starts a worker for a task queue of its own, whose activities do what the shape wants them to. */
  startWorker(taskQueue: string, activities: object): Promise<void>;
}

/** The webhook that the worker knows, and that takes every message. */
export const webhook = 'recorder';

/** What history to keep: of the newest run of a workflow, or of the run that a handle is for. */
export type Played = WorkflowHandle;

const namespace = 'default';
const secret = 'recorded-secret';
/** So early does the server suggest the next run, that a history of several runs is short. Events. */
const longHistory = 60;

/** Starts server, emulator and worker; `parts` ends them. */
export async function startStages(
  parts: AsyncDisposableStack,
  sandboxes: string[],
): Promise<(sandbox: string) => Stage> {
  // What definitions refer to: the worker reads it from its environment.
  Object.assign(process.env, { SHOP_PASSWORD: secret, WRONG_PASSWORD: `wrong ${secret}` });
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const emulator = await startEmulator({ baseConnectionIds: 'shared', sandboxes, lateCommitMs: 1_000 });
  parts.defer(() => emulator.close());
  const address = await startServer(parts);
  const connection = await Connection.connect({ address });
  parts.defer(() => connection.close());
  const temporal = { client: new Client({ connection, namespace }) };
  const receiver = await receiveMessages(() => {});
  parts.defer(() => receiver.close());
  const worker = await NativeConnection.connect({ address });
  parts.defer(() => worker.close());
  const startWorker = (options: Parameters<typeof runWorker>[2]) => runWorker(parts, worker, options);
  await startWorker(workerOptions(configOf(emulator.url, receiver.url)));
  const client = await connect({ client: temporal.client });
  return (sandbox) => ({
    sandbox,
    client,
    temporal,
    emulator,
    startWorker: (taskQueue, activities) => startWorker({ taskQueue, activities }),
  });
}

async function startServer(parts: AsyncDisposableStack): Promise<string> {
  const port = await freePort();
  const suggestion = `limit.historyCount.suggestContinueAsNew=${longHistory}`;
  const flags = ['--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  const server = await startChild(await findBinary(temporalCli), [
    'server',
    'start-dev',
    ...flags,
    '--dynamic-config-value',
    suggestion,
  ]);
  parts.defer(() => server.stop(0));
  const address = `127.0.0.1:${port}`;
  await untilReady('The Temporal server', server, 30_000, async () => {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 });
    try {
      await registerSearchAttributes(connection, namespace);
      return true;
    } finally {
      await connection.close();
    }
  });
  return address;
}

function configOf(aepUrl: string, webhookUrl: string): WorkerConfig {
  return readConfig({
    AEP_CLIENT_ID: 'recorder',
    AEP_CLIENT_SECRET: secret,
    AEP_ORG_ID: 'TEST@AdobeOrg',
    AEP_API_URL: aepUrl,
    AEP_IMS_URL: aepUrl,
    AEP_HTTP_TIMEOUT: '1500',
    AEP_LATE_COMMIT: '300',
    AEP_LIST_LAG: '300',
    AEP_WATCH_INTERVAL: '200',
    AEP_CONNECTION_DIGEST_KEY: `${secret}-of-the-digests`,
    AEP_SECRET_VARIABLES: 'SHOP_PASSWORD',
    AEP_WEBHOOK_RECORDER_URL: webhookUrl,
    AEP_SLACK_RECORDER_URL: webhookUrl,
    AEP_WEBHOOK_RECORDER_KEY: `${secret}-of-the-webhook`,
  });
}

async function runWorker(
  parts: AsyncDisposableStack,
  connection: NativeConnection,
  options: Pick<WorkerOptions, 'taskQueue' | 'activities'>,
): Promise<void> {
  const worker = await Worker.create({
    connection,
    namespace,
    workflowBundle: await bundled(),
    ...options,
  });
  const running = worker.run();
  parts.defer(async () => {
    worker.shutdown();
    await running;
  });
}

let bundle: ReturnType<typeof keptBundle> | undefined;

/** Once for all workers. */
function bundled() {
  return (bundle ??= keptBundle({ ...workflowCode, logger: new DefaultLogger('ERROR') }));
}
