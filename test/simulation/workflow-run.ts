import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  mapFromPayloads,
  TypedSearchAttributes,
} from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { coresdk, google, temporal } from '@temporalio/proto';
import Long from 'long';
import type { ActivityTask } from './activity-task.ts';
import type { SimulatedTemporal } from './simulated-temporal.ts';
import type { CachedWorkflow, SimulatedWorker } from './simulated-worker.ts';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
type Command = coresdk.workflow_commands.IWorkflowCommand;

/** What came, when, and what the workflow wanted then. */
interface Turn {
  jobs: Job[];
  at: number;
  commands: Command[];
}

/** One workflow task that was done: more than one turn where the worker did local activities within it. */
type Task = Turn[];

interface Closed {
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED';
  result?: unknown;
  failure?: temporal.api.failure.v1.IFailure;
}

/** What our client asks for at a start. */
export const taskTimeoutMs = 5_000;
const stickyMs = 1_000;

/** What a client, or a parent, gives a workflow to begin with. */
export interface Start {
  workflowId: string;
  type: string;
  args: readonly unknown[];
  memo?: Record<string, unknown> | undefined;
}

/** One execution of a workflow: its history in turns, and what it waits for. */
export class WorkflowRun {
  readonly start: Start;
  readonly runId: string;
  /** The run that this one was reset from, and in which its random numbers begin. */
  readonly first: string;
  readonly startedAt: number;
  readonly tasks: Task[] = [];
  memo: Record<string, unknown>;
  closed: Closed | undefined;
  closedAt: number | undefined;
  /** What lists of workflows show of it. */
  listed: 'started' | 'ended' | undefined;
  readonly #temporal: SimulatedTemporal;
  readonly #activities = new Map<number, ActivityTask>();
  readonly #timers = new Map<number, number>();
  #pending: Job[] = [];
  #cached: { worker: SimulatedWorker; workflow: CachedWorkflow } | undefined;
  #task: object | undefined;
  /** Updates that were not answered yet, by their ids. */
  readonly #updates = new Map<string, PromiseWithResolvers<unknown> & { isAccepted?: boolean }>();
  readonly #end = Promise.withResolvers<void>();

  constructor(server: SimulatedTemporal, start: Start, runId: string, first = runId) {
    this.#temporal = server;
    this.start = start;
    this.runId = runId;
    this.first = first;
    this.memo = { ...start.memo };
    this.startedAt = server.clock.now();
  }

  get workflowId(): string {
    return this.start.workflowId;
  }

  get type(): string {
    return this.start.type;
  }

  begin(): void {
    const initializeWorkflow = {
      workflowType: this.type,
      workflowId: this.workflowId,
      arguments: this.start.args.map((one) => defaultPayloadConverter.toPayload(one)),
      randomnessSeed: seedOf(this.first),
      firstExecutionRunId: this.first,
      originalExecutionRunId: this.first,
      attempt: 1,
      headers: {},
    };
    this.#tell({ initializeWorkflow });
  }

  /** Goes on from what another run did before its task `index`, and does that task anew. */
  beginFrom(tasks: readonly Task[], index: number): void {
    const answered = new Set<number>();
    this.tasks.push(...tasks.slice(0, index));
    for (const turn of this.tasks.flat()) {
      for (const command of turn.commands) this.#apply(command, 'again');
      for (const { resolveActivity } of turn.jobs) if (resolveActivity) answered.add(resolveActivity.seq!);
    }
    const jobs = (tasks[index]?.[0]?.jobs ?? []).filter(({ updateRandomSeed }) => !updateRandomSeed);
    for (const { resolveActivity } of jobs) if (resolveActivity) answered.add(resolveActivity.seq!);
    // Whatever was asked for and is not answered by then is asked for anew.
    for (const { scheduleActivity } of this.tasks.flat().flatMap(({ commands }) => commands))
      if (scheduleActivity && !answered.has(scheduleActivity.seq!))
        this.#activities.set(scheduleActivity.seq!, this.#temporal.schedule(this, scheduleActivity));
    this.#pending.push({ updateRandomSeed: { randomnessSeed: seedOf(this.runId) } });
    // The server has what came after that come again.
    const later = tasks.slice(index + 1).flatMap((turns) => turns.flatMap((turn) => turn.jobs));
    const accepted = tasks.flat().flatMap(({ commands }) => commands.flatMap(acceptedUpdate));
    const comesAgain = ({ signalWorkflow, doUpdate }: Job) =>
      signalWorkflow ?? accepted.includes(doUpdate?.protocolInstanceId ?? '');
    for (const job of [...jobs, ...later.filter(comesAgain)]) this.#tell(job);
    this.#tell();
  }

  /** What a client is told of it. */
  get description() {
    const { workflowId, runId, type, memo, startedAt, closedAt, closed } = this;
    return {
      workflowId,
      runId,
      type,
      memo,
      status: { name: closed?.status ?? 'RUNNING' },
      startTime: new Date(startedAt),
      ...(closedAt === undefined ? {} : { closeTime: new Date(closedAt) }),
      typedSearchAttributes: new TypedSearchAttributes(),
      historyLength: 3 * this.tasks.length,
      taskQueue: 'aep-dataflows',
      raw: { pendingActivities: [...this.#activities.values()].map(({ pending }) => pending) },
    };
  }

  /** Settles when it has ended, however that is. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /**
   * Sends an update, and waits for what it answers.
   * @throws WorkflowUpdateFailedError where it is refused, or where the run ends once it was accepted; WorkflowNotFoundError where
   * the run has ended before.
   */
  update(name: string, ...args: unknown[]): Promise<unknown> {
    const id = this.#temporal.newRunId();
    const answer = Promise.withResolvers<unknown>();
    // What it makes the workflow do counts, too: not everybody waits for the answer.
    answer.promise.catch(() => undefined);
    if (this.closed) answer.reject(this.hasEnded());
    const doUpdate = {
      id,
      protocolInstanceId: id,
      name,
      input: args.map((one) => defaultPayloadConverter.toPayload(one)),
      headers: {},
      meta: { updateId: id, identity: 'a person' },
      runValidator: true,
    };
    this.#updates.set(id, answer);
    this.#tell({ doUpdate });
    return answer.promise;
  }

  /** Asks the workflow something, between two of its tasks. */
  async query(queryType: string, ...args: unknown[]): Promise<unknown> {
    const { clock, told } = this.#temporal;
    told.push(args);
    const given = args.map((one) => defaultPayloadConverter.toPayload(one));
    const queryWorkflow = { queryId: 'query', queryType, arguments: given, headers: {} };
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      await clock.sleep(1);
      const worker = this.#temporal.workerFor('workflow', this.#cached?.worker);
      if (this.#task || this.tasks.length === 0 || !worker) continue;
      // oxlint-disable-next-line no-await-in-loop
      const commands = await clock.outsideTime(() => this.#work(worker, [{ queryWorkflow }], clock.now()));
      if (this.closed) this.#forget();
      const { succeeded, failed } = commands.find(({ respondToQuery }) => respondToQuery)!.respondToQuery!;
      told.push(failed ?? succeeded);
      if (failed) throw defaultFailureConverter.failureToError(failed, defaultPayloadConverter);
      return defaultPayloadConverter.fromPayload(succeeded!.response!);
    }
  }

  signal(signalName: string, input: unknown): void {
    const payload = defaultPayloadConverter.toPayload(input);
    this.#tell({ signalWorkflow: { signalName, input: [payload], identity: 'a watcher', headers: {} } });
  }

  cancel(): void {
    this.#tell({ cancelWorkflow: { reason: 'asked to' } });
  }

  resolve(seq: number, result: coresdk.activity_result.IActivityResolution): void {
    this.#activities.delete(seq);
    this.#tell({ resolveActivity: { seq, result } });
  }

  close(closed: Closed): void {
    this.closed = closed;
    this.closedAt = this.#temporal.clock.now();
    this.#temporal.ended(this);
    this.#end.resolve();
    for (const { isAccepted, reject } of this.#updates.values())
      reject(isAccepted ? unanswered() : this.hasEnded());
    for (const task of this.#activities.values()) task.forget();
    for (const timer of this.#timers.values()) this.#temporal.clock.cancel(timer);
    this.#forget();
  }

  /** What is said to whoever wants something that only a run can do which has not ended. */
  hasEnded(): WorkflowNotFoundError {
    return new WorkflowNotFoundError('workflow execution already completed', this.workflowId, this.runId);
  }

  /** No worker keeps it any more. */
  #forget(): void {
    this.#cached?.workflow.evict();
    this.#cached = undefined;
  }

  #tell(job?: Job): void {
    if (this.closed) return;
    if (job) this.#pending.push(job);
    this.#beginTask(this.#temporal.settings.latencyMs);
  }

  #beginTask(ms: number): void {
    if (this.#task || this.closed) return;
    const task = {};
    this.#task = task;
    this.#temporal.clock.after(ms, () => this.#give(task), 'nobody');
  }

  #give(task: object): void {
    const { clock } = this.#temporal;
    if (this.#task !== task || this.closed) return;
    const again = (ms: number) => void clock.after(ms, () => this.#give(task), 'nobody');
    if (this.#temporal.isDown) return again(100);
    const cachedOn = this.#cached?.worker;
    if (cachedOn && cachedOn.process.state !== 'running') {
      this.#forget();
      return again(stickyMs);
    }
    const worker = this.#temporal.workerFor('workflow', cachedOn);
    if (!worker) return again(100);
    const jobs = this.#pending.splice(0);
    clock.after(
      taskTimeoutMs,
      () => {
        if (this.#task !== task || this.closed) return;
        this.#task = undefined;
        this.#forget();
        this.#pending.unshift(...jobs);
        this.#beginTask(0);
      },
      'nobody',
    );
    void this.#turn(worker, task, jobs, []);
  }

  /** Wakes the workflow, and again for each local activity that it then wants, before the server hears of any of it. */
  async #turn(worker: SimulatedWorker, task: object, jobs: Job[], before: Turn[]): Promise<void> {
    const { clock } = this.#temporal;
    if (this.#task !== task || this.closed) return;
    const at = clock.now();
    const commands = await clock.outsideTime(() => this.#work(worker, jobs, at));
    const turns = [...before, { jobs, at, commands }];
    const [local, another] = commands.flatMap(({ scheduleLocalActivity }) => scheduleLocalActivity ?? []);
    if (another) this.#temporal.broken.push('Two local activities at once are not simulated');
    if (!local) return this.#temporal.callFrom(worker, () => this.#record(task, turns));
    worker.runLocalActivity(this, local, (result) => {
      const resolveActivity = { seq: local.seq!, result, isLocal: true };
      void this.#turn(worker, task, [{ resolveActivity }], turns);
    });
  }

  async #work(worker: SimulatedWorker, jobs: Job[], at: number): Promise<Command[]> {
    if (!this.#cached) {
      const workflow = await worker.loadWorkflow(this);
      this.#cached = { worker, workflow };
      for (const turn of this.tasks.flat()) {
        const commands = await workflow.activate(turn.jobs, turn.at, true);
        if (described(commands) !== described(turn.commands))
          this.#temporal.broken.push(
            `A replay differs: ${described(turn.commands)} became ${described(commands)}`,
          );
      }
    }
    return this.#cached.workflow.activate(jobs, at, false);
  }

  #record(task: object, turns: Turn[]): void {
    if (this.#task !== task || this.closed) return;
    this.#task = undefined;
    this.tasks.push(turns);
    for (const { commands } of turns)
      for (const command of commands) if (!this.closed) this.#apply(command, 'first');
    if (this.#pending.length > 0) this.#beginTask(0);
  }

  #apply(command: Command, time: 'first' | 'again'): void {
    const { clock } = this.#temporal;
    const { scheduleActivity, requestCancelActivity, startTimer, cancelTimer, modifyWorkflowProperties } =
      command;
    const { startChildWorkflowExecution: child, signalExternalWorkflowExecution: signal } = command;
    if (modifyWorkflowProperties)
      this.memo = {
        ...this.memo,
        ...mapFromPayloads(defaultPayloadConverter, modifyWorkflowProperties.upsertedMemo?.fields as never),
      };
    if (startTimer) {
      const seq = startTimer.seq!;
      const fire = () => {
        this.#timers.delete(seq);
        this.#tell({ fireTimer: { seq } });
      };
      this.#timers.set(seq, clock.after(msOf(startTimer.startToFireTimeout)!, fire, 'nobody'));
    }
    if (cancelTimer) clock.cancel(this.#timers.get(cancelTimer.seq!) ?? 0);
    if (time === 'again') return;
    if (command.updateResponse) this.#answered(command.updateResponse);
    if (scheduleActivity)
      this.#activities.set(scheduleActivity.seq!, this.#temporal.schedule(this, scheduleActivity));
    if (requestCancelActivity) this.#activities.get(requestCancelActivity.seq!)?.requestCancel();
    if (signal) this.#tell(signalled(signal, this.#temporal.signal(signal)));
    if (child) this.#startChild(child);
    this.#closeBy(command);
  }

  #startChild(child: coresdk.workflow_commands.IStartChildWorkflowExecution): void {
    const started = this.#temporal.startChild(child);
    this.#tell(childStarted(child, started !== undefined, this.#temporal.newRunId()));
    if (started instanceof WorkflowRun)
      void started.ended.then(() => this.#tell(childEnded(child, started.closed!)));
  }

  #answered({
    protocolInstanceId,
    accepted,
    rejected,
    completed,
  }: coresdk.workflow_commands.IUpdateResponse): void {
    const answer = this.#updates.get(protocolInstanceId!);
    if (accepted && answer) answer.isAccepted = true;
    if (completed) answer?.resolve(defaultPayloadConverter.fromPayload(completed));
    if (!rejected) return;
    const cause = defaultFailureConverter.failureToError(rejected, defaultPayloadConverter);
    answer?.reject(new WorkflowUpdateFailedError('Workflow Update failed', cause));
  }

  #closeBy(command: Command): void {
    const { completeWorkflowExecution, failWorkflowExecution, cancelWorkflowExecution } = command;
    if (completeWorkflowExecution) {
      const { result } = completeWorkflowExecution;
      this.close({
        status: 'COMPLETED',
        result: result ? defaultPayloadConverter.fromPayload(result) : undefined,
      });
    }
    if (failWorkflowExecution) this.close({ status: 'FAILED', failure: failWorkflowExecution.failure ?? {} });
    if (cancelWorkflowExecution) this.close({ status: 'CANCELLED' });
  }
}

/** As the server says it. */
function unanswered(): WorkflowUpdateFailedError {
  const why = 'Workflow Update failed because the Workflow completed before the Update completed.';
  const cause = ApplicationFailure.create({
    message: why,
    type: 'AcceptedUpdateCompletedWorkflow',
    nonRetryable: true,
  });
  return new WorkflowUpdateFailedError('Workflow Update failed', cause);
}

function acceptedUpdate({ updateResponse }: Command): string[] {
  return updateResponse?.accepted ? [updateResponse.protocolInstanceId!] : [];
}

function childStarted(
  { seq, workflowId, workflowType }: coresdk.workflow_commands.IStartChildWorkflowExecution,
  isNew: boolean,
  runId: string,
): Job {
  const known = { seq: seq!, workflowId: workflowId!, workflowType: workflowType! };
  return {
    resolveChildWorkflowExecutionStart: isNew
      ? { seq: seq!, succeeded: { runId } }
      : { seq: seq!, failed: { ...known, cause: 1 } },
  };
}

function childEnded(
  { seq, workflowId, workflowType }: coresdk.workflow_commands.IStartChildWorkflowExecution,
  { status, result, failure }: Closed,
): Job {
  const failed = (cause: temporal.api.failure.v1.IFailure) => ({
    failure: {
      message: 'Child Workflow execution failed',
      cause,
      childWorkflowExecutionFailureInfo: {
        workflowExecution: { workflowId: workflowId! },
        workflowType: { name: workflowType! },
      },
    },
  });
  const results = {
    COMPLETED: () => ({ completed: { result: defaultPayloadConverter.toPayload(result) } }),
    FAILED: () => ({ failed: failed(failure!) }),
    TERMINATED: () => ({ failed: failed({ message: 'Terminated', terminatedFailureInfo: {} }) }),
    CANCELLED: () => ({ cancelled: failed({ message: 'Cancelled', canceledFailureInfo: {} }) }),
  };
  return { resolveChildWorkflowExecution: { seq: seq!, result: results[status]() } };
}

function signalled(
  { seq }: coresdk.workflow_commands.ISignalExternalWorkflowExecution,
  isHeard: boolean,
): Job {
  const failure = {
    message: 'There is no such workflow',
    applicationFailureInfo: { type: 'ExternalWorkflowExecutionNotFound' },
  };
  return { resolveSignalExternalWorkflow: { seq: seq!, ...(isHeard ? {} : { failure }) } };
}

function described(commands: Command[]): string {
  return commands
    .map((command) => `${Object.keys(command)[0]} ${command.scheduleActivity?.activityType ?? ''}`.trim())
    .join(', ');
}

function seedOf(runId: string): Long {
  return Long.fromString(runId.replaceAll('-', '').slice(0, 15), true, 16);
}

/** Milliseconds of a duration as protobuf has it. */
export function msOf(duration: google.protobuf.IDuration | null | undefined): number | undefined {
  return duration ? tsToMs(duration) : undefined;
}
