import { type ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import type { coresdk, temporal } from '@temporalio/proto';
import type { SimulatedTemporal } from './simulated-temporal.ts';
import { toFailure } from './simulated-temporal.ts';
import type { SimulatedWorker } from './simulated-worker.ts';
import { msOf, type WorkflowRun } from './workflow-run.ts';

type Failure = temporal.api.failure.v1.IFailure;

/** The server makes no attempt sooner than this after the last, whatever it is asked for. */
const soonestMs = 1_000;

/** One try at an activity, by one worker. What comes of it counts only while the server still waits for this very one. */
export interface Attempt {
  number: number;
  worker: SimulatedWorker;
  scheduledAt: number;
  heartbeatDetails: unknown;
  /** After which time without a heartbeat it is missed. Milliseconds. */
  heartbeatMs: number | undefined;
  /** Asks the code to stop. Set once it runs. */
  cancel?: (reason: 'CANCELLED' | 'NOT_FOUND' | 'WORKER_SHUTDOWN') => void;
}

/** An activity as the server keeps it: its retries, its time-outs and what its heartbeats left. */
export class ActivityTask {
  readonly type: string;
  readonly args: unknown[];
  readonly scheduledAt: number;
  readonly run: WorkflowRun;
  readonly startToCloseMs: number;
  /** Of the next attempts: one that runs keeps its own. Milliseconds. */
  heartbeatMs: number | undefined;
  cancelRequested = false;
  readonly #temporal: SimulatedTemporal;
  readonly #command: coresdk.workflow_commands.IScheduleActivity;
  #attempt = 1;
  #details: unknown;
  #current: Attempt | undefined;
  #lastBeatAt = 0;
  #lastFailure: Failure | undefined;
  /** When the newest attempt was, or is, due. Epoch milliseconds. */
  #dueAt = 0;
  #closed = false;

  constructor(
    temporal: SimulatedTemporal,
    run: WorkflowRun,
    command: coresdk.workflow_commands.IScheduleActivity,
  ) {
    this.#temporal = temporal;
    this.#command = command;
    this.run = run;
    this.type = command.activityType!;
    this.args = (command.arguments ?? []).map((one) => defaultPayloadConverter.fromPayload(one));
    this.startToCloseMs = msOf(command.startToCloseTimeout) ?? Infinity;
    this.heartbeatMs = msOf(command.heartbeatTimeout) || undefined;
    this.scheduledAt = temporal.clock.now();
    this.#dispatchIn(0);
  }

  /** What a client is told of it. */
  get pending() {
    return {
      activityType: { name: this.type },
      attempt: this.#attempt,
      ...(this.#lastFailure ? { lastFailure: this.#lastFailure } : {}),
      ...(this.#current ? {} : { nextAttemptScheduleTime: { seconds: Math.ceil(this.#dueAt / 1_000) } }),
    };
  }

  counts(attempt: Attempt): boolean {
    return this.#current === attempt && !this.#closed && !this.run.closed;
  }

  /** @returns what the worker is told: go on, or stop. */
  heartbeat(attempt: Attempt, details: unknown): 'on' | 'CANCELLED' | 'NOT_FOUND' {
    if (!this.counts(attempt)) return 'NOT_FOUND';
    this.#details = details;
    this.#temporal.told.push(details);
    this.#lastBeatAt = this.#temporal.clock.now();
    return this.cancelRequested ? 'CANCELLED' : 'on';
  }

  completed(attempt: Attempt, result: unknown): void {
    if (!this.counts(attempt)) return;
    this.#end({ completed: { result: defaultPayloadConverter.toPayload(result) } });
  }

  /** @param details what the last heartbeat said, sent along. */
  failed(attempt: Attempt, error: unknown, details: { value: unknown } | undefined): void {
    if (!this.counts(attempt)) return;
    if (details) this.#details = details.value;
    if (error instanceof CancelledFailure && this.cancelRequested) return this.#cancelled();
    const failure = toFailure(error);
    this.#temporal.told.push(failure, this.#details);
    const { nonRetryable, nextRetryDelay, type } = (failure.applicationFailureInfo ??
      {}) as Partial<ApplicationFailure>;
    const listed = this.#command.retryPolicy?.nonRetryableErrorTypes ?? [];
    const delayMs = msOf(nextRetryDelay as never);
    const final = Boolean(nonRetryable) || listed.includes(type ?? '') || delayMs === 0;
    this.#retry(failure, final, delayMs);
  }

  requestCancel(): void {
    this.cancelRequested = true;
    // Between two attempts there is nobody to ask.
    if (!this.#current) this.#cancelled();
  }

  /** The run is over: nobody waits for it. A worker that runs it learns so from its next heartbeat. */
  forget(): void {
    this.#closed = true;
  }

  #dispatchIn(ms: number): void {
    const { clock, settings } = this.#temporal;
    const scheduledAt = clock.now() + ms;
    this.#dueAt = scheduledAt;
    const give = () => {
      if (this.#closed || this.run.closed || this.#current) return;
      const worker = this.#temporal.isDown ? undefined : this.#temporal.workerFor('activity');
      if (!worker) {
        clock.after(100, give, 'nobody');
        return;
      }
      const attempt: Attempt = {
        number: this.#attempt,
        worker,
        scheduledAt,
        heartbeatDetails: this.#details,
        heartbeatMs: this.heartbeatMs,
      };
      this.#current = attempt;
      this.#lastBeatAt = clock.now();
      this.#watch(attempt, clock.now() + this.startToCloseMs);
      clock.after(settings.latencyMs, () => worker.runActivity(this, attempt), worker.process);
    };
    clock.after(ms, give, 'nobody');
  }

  #watch(attempt: Attempt, endsAt: number): void {
    const { clock } = this.#temporal;
    const { heartbeatMs } = attempt;
    const next = Math.min(endsAt, heartbeatMs ? this.#lastBeatAt + heartbeatMs : Infinity);
    const look = () => {
      if (!this.counts(attempt)) return;
      if (this.#temporal.isDown) return this.#temporal.whenUp(look);
      if (clock.now() >= endsAt) return this.#timedOut('StartToClose', 1);
      if (heartbeatMs && clock.now() >= this.#lastBeatAt + heartbeatMs) return this.#timedOut('Heartbeat', 4);
      this.#watch(attempt, endsAt);
    };
    clock.after(next - clock.now(), look, 'nobody');
  }

  #timedOut(name: string, timeoutType: number): void {
    const listed = this.#command.retryPolicy?.nonRetryableErrorTypes ?? [];
    this.#retry(
      {
        message: `activity ${name} timeout`,
        timeoutFailureInfo: { timeoutType, lastHeartbeatDetails: this.#lastDetails() },
      },
      listed.includes(`TemporalTimeout:${name}`),
      undefined,
    );
  }

  #lastDetails(): temporal.api.common.v1.IPayloads | null {
    return this.#details === undefined
      ? null
      : { payloads: [defaultPayloadConverter.toPayload(this.#details)] };
  }

  #retry(failure: Failure, final: boolean, delayMs: number | undefined): void {
    this.#current = undefined;
    if (final || this.cancelRequested) return this.#end({ failed: { failure: this.#wrapped(failure) } });
    const policy = this.#command.retryPolicy;
    const first = msOf(policy?.initialInterval) ?? 1_000;
    const longest = msOf(policy?.maximumInterval) ?? 100 * first;
    const growing = Math.min(longest, first * (policy?.backoffCoefficient ?? 2) ** (this.#attempt - 1));
    const pauseMs = Math.max(soonestMs, delayMs ?? growing);
    const endsAt = this.scheduledAt + (msOf(this.#command.scheduleToCloseTimeout) || Infinity);
    const isLast = this.#attempt === policy?.maximumAttempts;
    if (isLast || this.#temporal.clock.now() + pauseMs > endsAt)
      return this.#end({ failed: { failure: this.#wrapped(failure) } });
    this.#attempt += 1;
    this.#lastFailure = failure;
    this.#dispatchIn(pauseMs);
  }

  #cancelled(): void {
    this.#end({ cancelled: { failure: this.#wrapped({ message: 'Cancelled', canceledFailureInfo: {} }) } });
  }

  #wrapped(cause: Failure): Failure {
    return {
      message: 'Activity task failed',
      cause,
      activityFailureInfo: {
        activityId: this.#command.activityId!,
        activityType: { name: this.type },
        identity: 'simulated',
      },
    };
  }

  #end(result: coresdk.activity_result.IActivityResolution): void {
    this.#closed = true;
    this.#current = undefined;
    this.run.resolve(this.#command.seq!, result);
  }
}
