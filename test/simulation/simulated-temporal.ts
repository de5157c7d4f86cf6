import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { coresdk, temporal } from '@temporalio/proto';
import { watcherType } from '../../src/runs/names.ts';
import { makeWaySignal, replacedSignal, wayMadeSignal } from '../../src/workflows/watch/watch-messages.ts';
import { ActivityTask } from './activity-task.ts';
import type { Incident } from './faults.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import { uuidOf, type VirtualClock } from './virtual-clock.ts';
import { msOf, type Job, type Start, WorkflowRun } from './workflow-run.ts';

export interface TemporalSettings {
  /** Milliseconds of one call to or from the server. */
  latencyMs: number;
  /** Milliseconds until lists of workflows show what changed. */
  visibilityLagMs: number;
  /** Whether it can list workflows at all. */
  visible: boolean;
}

/** A small Temporal server: it keeps runs, gives tasks to workers, counts time-outs and retries, and trusts no worker. */
export class SimulatedTemporal {
  readonly runs: WorkflowRun[] = [];
  readonly clock: VirtualClock;
  readonly settings: TemporalSettings;
  workers: SimulatedWorker[] = [];
  /** Whether it knows nothing of what has ended. */
  isForgetful = false;
  /** What must not happen, ever: a replay that differs, a mistake in workflow code. */
  readonly broken: string[] = [];
  /** What it was told besides what runs hold: heartbeats, failures of attempts, questions and answers to them. */
  readonly told: unknown[] = [];
  /** What the watcher of a flow still does before it tells that it has let go of it. */
  letsGo: (flowId: string, tell: () => void) => void = (_, tell) => tell();
  readonly #watchers = new Set<string>();
  /** When each was started. Epoch milliseconds. */
  readonly #standIns = new Map<string, number>();
  #upAt = 0;
  #listsGoOnAt = 0;

  constructor(clock: VirtualClock, settings: TemporalSettings) {
    this.clock = clock;
    this.settings = settings;
  }

  start(start: Start): WorkflowRun {
    const run = new WorkflowRun(this, start, this.newRunId());
    this.#begun(run);
    run.begin();
    return run;
  }

  #begun(run: WorkflowRun): void {
    this.runs.push(run);
    // What ends before that is never listed as started.
    this.#record(() => (run.listed ??= run.closed ? undefined : 'started'));
  }

  /** A run has ended: lists show that later. */
  ended(run: WorkflowRun): void {
    this.#record(() => (run.listed = 'ended'));
  }

  terminate(run: WorkflowRun): void {
    run.close({ status: 'TERMINATED' });
  }

  /** Begins a run anew at one of its tasks, as `temporal workflow reset` does. */
  reset(run: WorkflowRun, toTask: number): WorkflowRun {
    if (!run.closed) this.terminate(run);
    const again = new WorkflowRun(this, run.start, this.newRunId(), run.first);
    this.#begun(again);
    again.beginFrom(run.tasks, toTask);
    return again;
  }

  newRunId(): string {
    return uuidOf(() => this.clock.random());
  }

  goDown({ forMs }: Extract<Incident, { what: 'serverDown' }>): void {
    this.#upAt = this.clock.now() + forMs;
  }

  stopLists({ forMs }: Extract<Incident, { what: 'listsStop' }>): void {
    this.#listsGoOnAt = Math.max(this.#listsGoOnAt, this.clock.now() + forMs);
  }

  /** Has lists show something. What they do not take is tried again, each for itself, so that they do not show all in order. */
  #record(write: () => void): void {
    const tryIt = () => {
      const now = this.clock.now();
      if (now >= this.#listsGoOnAt) return write();
      this.clock.after(this.#listsGoOnAt - now + 3_000 * this.clock.random(), tryIt, 'nobody');
    };
    this.clock.after(this.settings.visibilityLagMs, tryIt, 'nobody');
  }

  get isDown(): boolean {
    return this.clock.now() < this.#upAt;
  }

  /** Does something at the server, now or when it is up again. */
  whenUp(work: () => void): void {
    this.clock.after(Math.max(0, this.#upAt - this.clock.now()), work, 'nobody');
  }

  /** A call from a worker: it arrives after a moment, or, if the server is away, when it is back and the worker still there. */
  callFrom(worker: SimulatedWorker, work: () => void): void {
    const { latencyMs } = this.settings;
    const tryIt = () => {
      if (!this.isDown) return work();
      this.clock.after(Math.max(100, this.#upAt - this.clock.now()), tryIt, worker.process);
    };
    this.clock.after(latencyMs, tryIt, worker.process);
  }

  /** A worker to give a task to. One that is stopped has asked for tasks before, so it may be given one. */
  workerFor(sort: 'activity' | 'workflow', preferred?: SimulatedWorker): SimulatedWorker | undefined {
    const open = this.workers.filter((one) => one.process.state !== 'dead' && !one.draining);
    if (preferred && open.includes(preferred) && preferred.process.state === 'running') return preferred;
    const able = sort === 'workflow' ? open.filter((one) => one.process.state === 'running') : open;
    return able[Math.floor(this.clock.random() * able.length)];
  }

  schedule(run: WorkflowRun, command: coresdk.workflow_commands.IScheduleActivity): ActivityTask {
    return new ActivityTask(this, run, command);
  }

  /**
   * Starts a child, which goes on whatever becomes of its parent. A watcher is only there, and outlives every life.
   * @returns undefined where its id is taken.
   */
  startChild({
    workflowId,
    workflowType,
    input,
  }: coresdk.workflow_commands.IStartChildWorkflowExecution): WorkflowRun | 'watcher' | undefined {
    if (workflowType === watcherType) {
      if (this.#watchers.has(workflowId!)) return undefined;
      this.#watchers.add(workflowId!);
      return 'watcher';
    }
    const there = this.newest(workflowId!);
    if (there && !there.closed) return undefined;
    const args = input!.map((one) => defaultPayloadConverter.fromPayload(one));
    return this.start({ workflowId: workflowId!, type: workflowType!, args });
  }

  /** What runs, or ran last, under an id. */
  newest(workflowId: string): WorkflowRun | undefined {
    return this.runs.findLast((run) => run.workflowId === workflowId);
  }

  /**
   * Signals a watcher, as nobody else is. One asks AEP for nothing, and says so; one whose flow was replaced ends, and starts that
   * of the other. False: there is none.
   */
  signal({
    workflowExecution,
    signalName,
    args,
  }: coresdk.workflow_commands.ISignalExternalWorkflowExecution): boolean {
    const workflowId = workflowExecution!.workflowId!;
    if (!this.#watchers.has(workflowId)) return false;
    if (signalName === replacedSignal.name) {
      const { flowId } = defaultPayloadConverter.fromPayload<{ flowId: string }>(args![0]!);
      this.#watchers.delete(workflowId);
      this.#watchers.add(`${workflowId.slice(0, workflowId.lastIndexOf(':'))}:${flowId}`);
    }
    if (signalName === makeWaySignal.name) {
      type Asked = { workflowId: string; question: string };
      const { workflowId: by, question } = defaultPayloadConverter.fromPayload<Asked>(args![0]!);
      const flowId = workflowId.slice(workflowId.lastIndexOf(':') + 1);
      const asking = this.runs.find((run) => run.workflowId === by && !run.closed);
      this.letsGo(flowId, () => asking?.signal(wayMadeSignal.name, { question }));
    }
    return true;
  }

  /** The ids of the watchers that are there. */
  get watchers(): ReadonlySet<string> {
    return this.#watchers;
  }

  /** A workflow that stands in for another: it does nothing, and outlives every life. */
  startStandIn(workflowId: string): void {
    this.#mustBeUp();
    this.#standIns.set(workflowId, this.clock.now());
  }

  /** What runs, ran last or stands in under this id, read by its id: that is always exact. */
  described(workflowId: string) {
    this.#mustBeUp();
    const startedAt = this.#standIns.get(workflowId);
    if (startedAt !== undefined && !this.isForgetful)
      return { runId: 'stand-in', status: { name: 'RUNNING' }, startTime: new Date(startedAt), memo: {} };
    const run = this.newest(workflowId);
    return run && !(run.closed && this.isForgetful) ? run.description : undefined;
  }

  #mustBeUp(): void {
    if (this.isDown) throw new Error('The server is away');
  }

  /** The executions of one id as a list shows them at this moment. */
  list(workflowId: string) {
    if (!this.settings.visible || this.isDown) throw new Error('The server cannot list workflows');
    return this.runs
      .filter((run) => run.workflowId === workflowId && run.listed && !(this.isForgetful && run.closed))
      .map((run) => {
        const ended = run.listed === 'ended';
        return {
          workflowId,
          runId: run.runId,
          status: { name: ended ? run.closed!.status : 'RUNNING' },
          startTime: new Date(run.startedAt),
          ...(ended ? { closeTime: new Date(run.closedAt!) } : {}),
          memo: run.memo,
        };
      });
  }
}

export function toFailure(error: unknown): temporal.api.failure.v1.IFailure {
  return defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
}

export { msOf, type Job };
