import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { startEmulator } from '../emulator/emulator.ts';
import type { Message } from '../src/client.ts';
import { taskQueue } from '../src/workflows/messages.ts';
import { type Child, startChild } from './child.ts';
import { keepWorker } from './keep-worker.ts';
import { startTemporal, type TemporalOptions, type TemporalServer } from './temporal-server.ts';
import { untilReady } from './until-ready.ts';
import { receiveMessages } from './webhook-receiver.ts';

type Emulator = Awaited<ReturnType<typeof startEmulator>>;
type EmulatorOptions = NonNullable<Parameters<typeof startEmulator>[0]>;

/** What the local stack should be like. */
export interface StackOptions {
  temporal?: TemporalOptions;
  emulator?: EmulatorOptions;
  /** More environment for the worker, such as `AEP_WATCH_INTERVAL`. */
  workerEnv?: Record<string, string>;
  /** Gets what comes to the webhook `on-call`, which the examples name. */
  onMessage?: (message: Message) => void;
  /** Gets what the worker logs. */
  onWorkerOutput?: (text: string) => void;
  /** Starts the worker again when it ends, and gets told so. Default: its end is the stack's. */
  onWorkerRestart?: (text: string) => void;
}

/** Temporal, AEP, somebody's webhook and a worker, all on this machine. */
export interface Stack {
  temporal: TemporalServer;
  emulator: Emulator;
  worker: Child;
  /** What a worker's environment must hold to join. */
  env: Record<string, string>;
  /** Rejects when a part ends by itself; never resolves. */
  broken: Promise<never>;
}

/**
 * Starts the stack, each part in `parts`, so that disposing of `parts` ends what was started, also when the
 * start failed half-way.
 */
export async function startStack(parts: AsyncDisposableStack, options: StackOptions = {}): Promise<Stack> {
  // The emulator is ours to close at once; the Temporal server takes its time to come up.
  // The examples have the tutorials' base connections, whichever sandbox they name.
  const emulator = await startEmulator({ baseConnectionIds: 'shared', ...options.emulator });
  parts.defer(() => emulator.close());
  const temporal = await startTemporal(options.temporal);
  parts.defer(() => temporal.close());
  const webhook = await receiveMessages((message) => options.onMessage?.(message));
  parts.defer(() => webhook.close());

  const env = {
    ...localEnv(emulator.url, temporal),
    AEP_WEBHOOK_ON_CALL_URL: webhook.url,
    AEP_WEBHOOK_ON_CALL_KEY: crypto.randomUUID(),
    ...options.workerEnv,
  };
  const startPart = async () => {
    const worker = await startWorker(env, { onOutput: options.onWorkerOutput });
    // It may have been told to end meanwhile.
    if (parts.disposed) await worker.stop(0);
    else parts.defer(() => worker.stop(1_000));
    return worker;
  };
  const worker = await startPart();
  await untilPolling(temporal, worker);

  const { onWorkerRestart } = options;
  const broken = Promise.race([
    onWorkerRestart
      ? keepWorker(parts, worker, startPart, onWorkerRestart)
      : worker.ended.then((how) => Promise.reject(new Error(`The worker ${how}.\n${worker.lastOutput()}`))),
    temporal.ended.then((how) => Promise.reject(new Error(`The Temporal server ${how}.`))),
  ]);
  // Whoever cares awaits it; for the others the end of the stack is no unhandled rejection.
  broken.catch(() => undefined);
  return { temporal, emulator, worker, env, broken };
}

/**
 * Starts a worker in a process of its own, with this environment and nothing of ours about AEP or Temporal but whom to tell: `src/worker.ts`,
 * or with the file of a `bundle` one that need not bundle the workflows.
 */
export function startWorker(
  env: Record<string, string>,
  { onOutput, bundle }: { onOutput?: ((text: string) => void) | undefined; bundle?: string } = {},
): Promise<Child> {
  const script = bundle === undefined ? '../src/worker.ts' : './built-worker.ts';
  const file = fileURLToPath(new URL(script, import.meta.url));
  return startChild(process.execPath, bundle === undefined ? [file] : [file, bundle], {
    env: { ...inheritedFrom(process.env), ...env },
    ...(onOutput ? { onOutput } : {}),
  });
}

/** What a local worker takes over: nothing that could lead it to a real AEP or another Temporal, but where people are told. */
export function inheritedFrom(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isTaken = (name: string) =>
    !/^(AEP|TEMPORAL)_/.test(name) || /^AEP_(SLACK|TEAMS|EMAIL|SMTP)_/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => isTaken(name)));
}

/** The worker's environment for an emulator and a Temporal server on this machine. */
export function localEnv(
  emulatorUrl: string,
  temporal: { address: string; namespace: string; uiUrl?: string | undefined },
): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('./temporal.toml', import.meta.url)),
    AEP_API_URL: emulatorUrl,
    AEP_IMS_URL: emulatorUrl,
    AEP_CLIENT_ID: 'local',
    AEP_CLIENT_SECRET: 'local',
    AEP_ORG_ID: 'local@AdobeOrg',
    // Of an emulator whose credentials are good for nothing.
    AEP_SECRET_VARIABLES: '*',
    AEP_CONNECTION_DIGEST_KEY: 'on this machine only',
    ...(temporal.uiUrl ? { AEP_TEMPORAL_UI_URL: temporal.uiUrl } : {}),
  };
}

const workerTimeoutMs = 60_000;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const workflowTasks = 1;

/** Waits until the worker asks the server for workflow tasks. */
export async function untilPolling(
  temporal: Pick<TemporalServer, 'address' | 'namespace'>,
  worker: Child,
): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    await untilReady('The worker', worker, workerTimeoutMs, async () => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: workflowTasks,
      });
      return (pollers?.length ?? 0) > 0;
    });
  } finally {
    await connection.close();
  }
}
