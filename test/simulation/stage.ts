import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { inject, it as test } from 'vitest';
import type { Emulator } from '../../emulator/emulator.ts';
import { createSecretSources } from '../../src/activities/connections/secret-sources.ts';
import { createAep } from '../../src/aep/aep.ts';
import { AepDataflows } from '../../src/client.ts';
import { watcherWorkflowId } from '../../src/runs/names.ts';
import { canary, showsCanary } from '../support/canary.ts';
import { installEmulator, type NetworkOptions } from './simulated-network.ts';
import { simulatedClient } from './simulated-client.ts';
import { SimulatedTemporal } from './simulated-temporal.ts';
import {
  loadWorkflowCode,
  SimulatedWorker,
  type WorkerSettings,
  type WorkflowCode,
} from './simulated-worker.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** What a test has of a rig, without a port and without real time: a simulated Temporal server, and the emulator in memory. */
export interface Stage {
  client: AepDataflows;
  emulator: Emulator;
  /** A plain Temporal client. */
  temporal: Client;
  /** What runs, or ran last, under a workflow's id. */
  run(workflowId: string): WorkflowRun;
  /** The signals that a run has sent. */
  signalsOf(run: WorkflowRun): [name: string, value: unknown][];
  /** Begins a run anew at this part of its tasks: 0 is the first, 1 the last. */
  reset(run: WorkflowRun, part: number): void;
  /** Whether somebody watches a flow. */
  isWatched(flow: { sandbox: string; flowId: string }): boolean;
  /** What watchers do that are asked to make way. Default: they answer at once. */
  askedToMakeWay(does: (answer: () => void) => void): void;
  /** Lets time pass. Milliseconds. */
  wait(ms: number): Promise<void>;
  /**
   * Lets time pass until `look` answers with something, and returns that. Fails after a simulated hour, and with what a look
   * throws: that goes the same way every time, so there is no reason to look again (`waitFor` does).
   */
  until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T>;
}

export interface StageOptions extends NetworkOptions {
  /** What workers believe of AEP. Default: bounds that hold for the emulator, which commits late and lags only where it is told to. */
  worker?: Partial<WorkerSettings>;
}

const startMs = Date.UTC(2031, 0, 1);
const limitMs = 24 * 3_600_000;

let code: Promise<WorkflowCode> | undefined;

/**
 * A stage for the tests of a file, each of which has another one, and is played on it.
 * @returns `it`, which takes the place of Vitest's: one at a time, as each has the time of the whole process. None is tried again:
 * it would go the same way.
 */
export function stageFor(options: StageOptions = {}) {
  let current: Stage | undefined;
  const stage = new Proxy({} as Stage, { get: (_, part: keyof Stage) => current?.[part] });
  const played =
    <Args extends unknown[]>(script: (...args: Args) => Promise<void>) =>
    (...args: Args): Promise<void> =>
      playOnStage(options, (made) => {
        current = made;
        return script(...args);
      });
  const once = { retry: 0 };
  const it = Object.assign((name: string, script: () => Promise<void>) => test(name, once, played(script)), {
    each: ((...cases: Parameters<typeof test.each>) => {
      const each = test.each(...cases);
      return (name: string, script: (...args: unknown[]) => Promise<void>) =>
        each(name, once, played(script));
    }) as typeof test.each,
  });
  return { stage, it };
}

/**
 * Plays a script on a stage of its own.
 * @throws what the script throws; Error where workflow code failed or a replay differed, or where Temporal was told a secret.
 */
export async function playOnStage(
  options: StageOptions,
  script: (stage: Stage) => Promise<void>,
): Promise<void> {
  const loaded = await (code ??= loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8')));
  const clock = new VirtualClock(startMs, 1);
  const temporal = new SimulatedTemporal(clock, { latencyMs: 4, visibilityLagMs: 0, visible: true });
  const { fetch } = globalThis;
  const giveBack = clock.install();
  try {
    let isOver = false;
    const play = script(setUp(clock, temporal, loaded, options)).finally(() => (isOver = true));
    // Told of below, once time stands still.
    play.catch(() => undefined);
    // What is broken keeps its run from ever ending, so that the script would only wait for that.
    await clock.runUntil(() => isOver || temporal.broken.length > 0, limitMs);
    if (temporal.broken.length > 0) throw new Error(temporal.broken.join('\n'));
    await play;
    if (showsCanary(toldTo(temporal))) throw new Error('Temporal was told a secret');
  } finally {
    giveBack();
    globalThis.fetch = fetch;
  }
}

/** All that the server was told. */
function toldTo({ runs, told }: SimulatedTemporal): string {
  const ofRuns = runs.map(({ start, memo, tasks }) => [start, memo, tasks]);
  return JSON.stringify([ofRuns, told], (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()
      : value,
  );
}

function setUp(
  clock: VirtualClock,
  temporal: SimulatedTemporal,
  code: WorkflowCode,
  options: StageOptions,
): Stage {
  const readable = { variables: ['*'], directory: '' };
  const settings = {
    httpTimeoutMs: 1_500,
    lateCommitMs: 300,
    listLagMs: 300,
    connectionSecrets: {
      sources: createSecretSources(process.env, readable),
      digestKey: `${canary} that digests`,
    },
    webhooks: {},
    ...options.worker,
  };
  const emulator = installEmulator(clock, options);
  const account = {
    clientId: 'test-client',
    clientSecret: `${canary} of the client`,
    orgId: 'TEST@AdobeOrg',
    scopes: 'openid',
  };
  const { url } = emulator;
  const { httpTimeoutMs } = settings;
  const aep = () => createAep({ apiUrl: url, imsUrl: url, httpTimeoutMs, ...account });
  temporal.workers.push(new SimulatedWorker(temporal, code, aep, settings));
  const client = simulatedClient(temporal);
  return {
    client: new AepDataflows(client, async () => undefined),
    emulator,
    temporal: client,
    run(workflowId) {
      const found = temporal.newest(workflowId);
      if (!found) throw new Error(`Nothing was started under ${workflowId}`);
      return found;
    },
    signalsOf: ({ tasks }) =>
      tasks
        .flat()
        .flatMap(({ commands }) => commands)
        .flatMap(({ signalExternalWorkflowExecution: one }) =>
          one ? [[one.signalName!, defaultPayloadConverter.fromPayload(one.args![0]!)]] : [],
        ),
    reset: (run, part) => void temporal.reset(run, Math.max(0, Math.round(part * (run.tasks.length - 1)))),
    isWatched: (flow) => temporal.watchers.has(watcherWorkflowId(flow)),
    askedToMakeWay(does) {
      temporal.letsGo = (_, answer) => does(answer);
    },
    wait: (ms) => clock.sleep(ms),
    async until(what, look) {
      const end = clock.now() + 3_600_000;
      while (clock.now() < end) {
        // oxlint-disable-next-line no-await-in-loop
        const found = await look();
        if (found !== undefined && found !== false) return found;
        // oxlint-disable-next-line no-await-in-loop
        await clock.sleep(10);
      }
      throw new Error(`Waited an hour for ${what}`);
    },
  };
}
