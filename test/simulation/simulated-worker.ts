import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import proto, { type coresdk, type google } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { SdkFlags } from '@temporalio/workflow/lib/flags.js';
import Long from 'long';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Aep } from '../../src/aep/aep.ts';
import { noteLeak } from '../support/quiet.ts';
import type { ActivityTask, Attempt } from './activity-task.ts';
import type { SimulatedTemporal } from './simulated-temporal.ts';
import { SimulatedProcess } from './virtual-clock.ts';
import { msOf, taskTimeoutMs, type Job, type WorkflowRun } from './workflow-run.ts';

export interface WorkerSettings {
  httpTimeoutMs: number;
  lateCommitMs: number;
  listLagMs: number;
  webhooks?: Dependencies['webhooks'];
  /** What base connections are made with. A secret that is read from a file is read in real time. */
  connectionSecrets?: Dependencies['connectionSecrets'];
  /** Its local activities fail, as when they take too long. */
  knowsNothing?: boolean;
}

/** The workflow code, ready to run in this process as a worker runs it. */
export type WorkflowCode = Awaited<ReturnType<typeof loadWorkflowCode>>;

export interface CachedWorkflow {
  activate(
    jobs: Job[],
    at: number,
    isReplaying: boolean,
  ): Promise<coresdk.workflow_commands.IWorkflowCommand[]>;
  evict(): void;
}

type NewOptions = { activityOptions: { heartbeatTimeout: google.protobuf.IDuration } };
type AnyActivity = (...args: unknown[]) => Promise<unknown>;

/** Loads the bundle once for any number of simulations. */
export async function loadWorkflowCode(code: string) {
  const names = new Set<string>();
  // For a limit, Node starts a thread for each call into the workflow code, which took a quarter of a life's time. Without one,
  // a workflow that never ends a task stops the simulation.
  const noLimit = undefined as never;
  const creator = await ReusableVMWorkflowCreator.create(parseWorkflowCode(code), noLimit, names);
  // They trace the origin of every promise, for stack traces that nobody asks for here.
  globalHandlers.uninstall();
  globalHandlers.promiseHookInstalled = false;
  return { creator, names };
}

/** What today's SDK notes in a history that it writes. */
const flags = Object.values(SdkFlags).flatMap((flag) => (flag.default ? [flag.id] : []));
const throttleMs = 700;
/** Prints nothing. */
const log = {
  log: noteLeak,
  trace: (message: string, meta?: object) => noteLeak('TRACE', message, meta),
  debug: (message: string, meta?: object) => noteLeak('DEBUG', message, meta),
  info: (message: string, meta?: object) => noteLeak('INFO', message, meta),
  warn: (message: string, meta?: object) => noteLeak('WARN', message, meta),
  error: (message: string, meta?: object) => noteLeak('ERROR', message, meta),
};

/** An execution as its workflow code sees it. */
type Execution = Pick<WorkflowRun, 'workflowId' | 'runId' | 'type' | 'first' | 'startedAt'> & {
  parent?: { workflowId: string };
};

/**
 * One execution in the memory of a worker, to be woken as the SDK wakes it.
 * @param failed hears of what made a workflow task fail
 */
export async function loadOne(
  { creator }: WorkflowCode,
  { workflowId, runId, type, first, startedAt, parent }: Execution,
  failed: (why: string | null | undefined) => void,
): Promise<CachedWorkflow> {
  let evicted = false;
  const seed = Long.fromString(first.replaceAll('-', '').slice(0, 15), true, 16);
  const workflow = await creator.createWorkflow({
    info: {
      workflowId,
      runId,
      workflowType: type,
      ...(parent ? { parent } : {}),
      searchAttributes: {},
      typedSearchAttributes: new TypedSearchAttributes(),
      taskQueue: 'aep-dataflows',
      namespace: 'default',
      firstExecutionRunId: first,
      originalExecutionRunId: first,
      startTime: new Date(startedAt),
      runStartTime: new Date(startedAt),
      taskTimeoutMs,
      attempt: 1,
      historyLength: 3,
      historySize: 0,
      continueAsNewSuggested: false,
      unsafe: {},
    },
    randomnessSeed: seed.toBytes(),
    now: startedAt,
    showStackTraceSources: false,
    failureExceptionTypeNames: [],
  } as never);
  return {
    activate: async (jobs, at, isReplaying) => {
      const activation = {
        runId,
        timestamp: { seconds: Long.fromNumber(Math.floor(at / 1000)), nanos: (at % 1000) * 1e6 },
        isReplaying,
        historyLength: 3,
        availableInternalFlags: flags,
        jobs,
      };
      // The SDK makes this of all but queries itself.
      const isQuery = jobs.some(({ queryWorkflow }) => queryWorkflow);
      const completion = await workflow.activate(
        isQuery ? proto.coresdk.workflow_activation.WorkflowActivation.fromObject(activation) : activation,
      );
      if (completion.failed) failed(completion.failed.failure?.message);
      return completion.successful?.commands ?? [];
    },
    evict: () => {
      if (evicted) return;
      evicted = true;
      void workflow.dispose();
    },
  };
}

/** A worker process: the real activities and the real workflow code, on a simulated AEP and a simulated server. */
export class SimulatedWorker {
  readonly process = new SimulatedProcess();
  draining = false;
  readonly #temporal: SimulatedTemporal;
  readonly #code: WorkflowCode;
  readonly #activities: Record<string, AnyActivity>;
  readonly #running = new Set<Attempt>();
  readonly #knowsNothing: boolean;

  constructor(
    temporal: SimulatedTemporal,
    code: WorkflowCode,
    aep: (process: SimulatedProcess) => Aep,
    settings: WorkerSettings,
  ) {
    this.#temporal = temporal;
    this.#code = code;
    this.#knowsNothing = settings.knowsNothing ?? false;
    const dependencies = { ...settings, aep: aep(this.process), watchIntervalMs: 60_000 };
    this.#activities = createActivities(dependencies as never) as unknown as Record<string, AnyActivity>;
    for (const name of Object.keys(this.#activities)) code.names.add(name);
  }

  /** As SIGTERM does: takes no more tasks, lets activities finish for a while, then asks them to stop. */
  shutDown(graceMs: number): void {
    this.draining = true;
    this.#temporal.clock.after(
      graceMs,
      () => {
        for (const attempt of this.#running) attempt.cancel?.('WORKER_SHUTDOWN');
      },
      this.process,
    );
  }

  runActivity(task: ActivityTask, attempt: Attempt): void {
    const { clock } = this.#temporal;
    const { run } = task;
    const environment = new MockActivityEnvironment(
      {
        attempt: attempt.number,
        heartbeatDetails: attempt.heartbeatDetails,
        activityType: task.type,
        workflowExecution: { workflowId: run.workflowId, runId: run.runId },
        scheduledTimestampMs: task.scheduledAt,
        currentAttemptScheduledTimestampMs: attempt.scheduledAt,
        startToCloseTimeoutMs: task.startToCloseMs,
        ...(attempt.heartbeatMs === undefined ? {} : { heartbeatTimeoutMs: attempt.heartbeatMs }),
      },
      {
        logger: log,
        client: this.#client(
          {
            heartbeat: async (_token: unknown, details: unknown) => {
              await clock.sleep(this.#temporal.settings.latencyMs);
              if (this.#temporal.isDown || task.heartbeat(attempt, details) === 'NOT_FOUND')
                throw new Error('No such activity');
            },
          },
          {
            updateActivityOptions: async ({ activityOptions }: NewOptions) => {
              await clock.sleep(this.#temporal.settings.latencyMs);
              if (this.#temporal.isDown) throw new Error('The server is away');
              task.heartbeatMs = msOf(activityOptions.heartbeatTimeout);
            },
          },
        ),
      },
    );
    environment.once('error', () => undefined);
    attempt.cancel = (reason) => environment.cancel(reason);
    let unsent: { value: unknown } | undefined;
    let last: { value: unknown } | undefined;
    let held = false;
    let heardAt = 0;
    const beat = () => {
      const value = unsent?.value;
      unsent = undefined;
      held = true;
      heardAt = clock.now() + 2 * this.#temporal.settings.latencyMs;
      clock.after(throttleMs, () => ((held = false), unsent && beat()), this.process);
      this.#temporal.callFrom(this, () => {
        const told = task.heartbeat(attempt, value);
        if (told !== 'on') clock.after(0, () => environment.cancel(told), this.process);
      });
    };
    environment.on('heartbeat', (details: unknown) => {
      // As it would look after the way to the server and back.
      last = unsent = { value: details === undefined ? undefined : JSON.parse(JSON.stringify(details)) };
      if (!held) beat();
    });
    this.#running.add(attempt);
    const args = task.args;
    const end = (tell: () => void) => {
      this.#running.delete(attempt);
      // A heartbeat that is on its way comes first; one that was held back goes along.
      const inMs = unsent ? 0 : Math.max(0, heardAt - clock.now());
      unsent = undefined;
      clock.after(inMs, () => this.#temporal.callFrom(this, tell), this.process);
    };
    clock.runAs(this.process, () => {
      environment.run(this.#activities[task.type]!, ...args).then(
        (result) => end(() => task.completed(attempt, result)),
        (error: unknown) => end(() => task.failed(attempt, error, last)),
      );
    });
  }

  /** Within a workflow task: the server hears of it with the task's answer, and if the worker dies, never. */
  runLocalActivity(
    run: WorkflowRun,
    command: coresdk.workflow_commands.IScheduleLocalActivity,
    resolve: (result: coresdk.activity_result.IActivityResolution) => void,
  ): void {
    if (this.#knowsNothing) return resolve({ failed: { failure: { message: 'activity timed out' } } });
    const { workflowId, runId } = run;
    const activityType = command.activityType!;
    const environment = new MockActivityEnvironment(
      { activityType, workflowExecution: { workflowId, runId }, isLocal: true },
      { logger: log, client: this.#client() },
    );
    const args = (command.arguments ?? []).map((one) => defaultPayloadConverter.fromPayload(one));
    this.#temporal.clock.runAs(this.process, () => {
      environment.run(this.#activities[activityType]!, ...args).then(
        (result) => resolve({ completed: { result: defaultPayloadConverter.toPayload(result) } }),
        // The workflow would make do without it, so that no life would show the mistake.
        (error: unknown) => this.#temporal.broken.push(`A local activity failed: ${String(error)}`),
      );
    });
  }

  loadWorkflow(run: WorkflowRun): Promise<CachedWorkflow> {
    return loadOne(this.#code, run, (why) => this.#temporal.broken.push(`The workflow code failed: ${why}`));
  }

  /** What activities ask of Temporal themselves. */
  #client(activity = {}, workflowService = {}) {
    const temporal = this.#temporal;
    return {
      withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
      workflow: {
        async *list({ query }: { query: string }) {
          await temporal.clock.sleep(temporal.settings.latencyMs);
          yield* temporal.list(/"(.*?)"/.exec(query)![1]!);
        },
        async start(_type: string, { workflowId }: { workflowId: string }) {
          await temporal.clock.sleep(temporal.settings.latencyMs);
          temporal.startStandIn(workflowId);
        },
        getHandle: (workflowId: string) => ({
          async describe() {
            await temporal.clock.sleep(temporal.settings.latencyMs);
            const found = temporal.described(workflowId);
            if (!found) throw new WorkflowNotFoundError('Not found', workflowId, undefined);
            return found;
          },
        }),
      },
      activity,
      workflowService,
    } as never;
  }
}
