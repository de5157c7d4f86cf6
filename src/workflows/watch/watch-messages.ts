import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Watch } from '../../definition/watch.ts';
import type { Expectation } from '../../runs/drift.ts';
import type { Health } from '../../runs/health.ts';
import type { Followed } from '../../runs/first-window.ts';
import { runsEndedName, wakeName } from '../../runs/names.ts';
import type { EndedRuns } from '../../runs/run.ts';

/** What `watchFlowRuns` is started with, under the id `flow:<sandbox>:<flow id>`. `sandbox` and `flowId` are enough: the rest is read from the flow. */
export interface WatchInput {
  sandbox: string;
  /** AEP's id of the flow. */
  flowId: string;
  /** `<sandbox>/<name>` of the dataflow it belongs to. Default: the one whose mark the flow carries. */
  dataflow?: string | undefined;
  /** The source's connector. Default: by the flow's connection spec. */
  connector?: string | undefined;
  /** As in a definition. */
  watch?: Watch | undefined;
}

/** What `watchFlowRuns` answers when there is nothing left to watch. */
export interface WatchResult {
  /**
   * `gone`: AEP has the flow no more. `done`: it was to run once, and that went well a day ago. `stopped`: by the update.
   * `replaced`: another flow has taken its place, and is watched instead.
   */
  reason: 'gone' | 'done' | 'stopped' | 'replaced';
  /** That other flow. */
  replacedBy?: string;
  health: Health;
}

/** How the flow is: its verdict and why, its latest runs, what is due next. */
export const healthQuery = defineQuery<Health>('health');

/** The follower of the sandbox signals which runs have ended. */
export const runsEndedSignal = defineSignal<[EndedRuns]>(runsEndedName);

/** Something happened to a flow: its watcher looks for itself, so that whoever sends it can do no harm. */
export const wakeSignal = defineSignal<[Wake?]>(wakeName);

/** What a watcher that is woken should look at besides runs. */
export interface Wake {
  /** The flow itself: it was changed or deleted. */
  flow?: boolean;
  /**
   * The flow was deleted, by whoever sends this. A flow that AEP does not show may be hidden by an access label instead,
   * and is `gone` without this only when its source connection is gone too.
   */
  deleted?: boolean;
  /** What the flow is made of: some of it may be gone. */
  parts?: boolean;
}

/** A workflow of ours is about to change the flow, or has: what it says is no drift. */
export const expectSignal = defineSignal<[Expectation]>('expect');

/**
 * Another flow is about to take the place of this one: its watcher asks AEP for nothing of it any more, and signals
 * `wayMade` to the workflow of this id when what it had asked for has ended. A watcher that has not looked yet says nothing:
 * it is to be asked again.
 */
export const makeWaySignal = defineSignal<[{ workflowId: string; question: string }]>('makeWay');

/** The answer to the `makeWay` with this question. */
export const wayMadeSignal = defineSignal<[{ question: string }]>('wayMade');

/** Another flow takes the place of this one: its watcher hands over to one of that flow, and ends. */
export const replacedSignal = defineSignal<[Successor]>('replaced');

/** The flow that takes the place of a watched one. What is left out stays as it was. */
export interface Successor extends Omit<WatchInput, 'sandbox'> {
  /** The windows of this flow are to go on where those of the other end: it does not begin with all that the source has. */
  follows?: Followed | undefined;
  /** AEP does not show the replaced flow any more: there is nothing left to be judged. */
  missing?: boolean | undefined;
}

/** Looks at AEP now. Returns how the flow is then. */
export const checkNowUpdate = defineUpdate<Health>('checkNow');

/** Asks AEP to run a run again that failed, or that had no rows: the newest, unless one is named. Returns the id of the new run. */
export const retryRunUpdate = defineUpdate<{ runId: string }, [RetryRun?]>('retryRun');

export interface RetryRun {
  /** AEP's id of the run. */
  runId?: string;
}

/** Takes new settings, all of them: what is left out is as if it had never been set. Returns them. */
export const setWatchUpdate = defineUpdate<Watch, [Watch]>('setWatch');

/** The same for workflows, which cannot send updates. Settings that cannot be taken are left out. */
export const setWatchSignal = defineSignal<[Watch]>('setWatch');

/**
 * Disables the flow: AEP starts no more runs of it until `resume`, and what is under way goes on. It is no drift. Returns how
 * the flow is then.
 */
export const pauseUpdate = defineUpdate<Health>('pause');

/** What `resume` answers. */
export interface Resumed extends Health {
  /** That AEP makes up what was missed, where anything was. */
  note?: string;
}

/** Enables a flow that is disabled, whoever did that. Returns how the flow is then. */
export const resumeUpdate = defineUpdate<Resumed>('resume');

/** Takes the flow as it was seen last: what others have changed is drift no more. Returns how the flow is then. */
export const acceptDriftUpdate = defineUpdate<Health>('acceptDrift');

/** Ends the watch; the flow goes on. Returns how it was. */
export const stopUpdate = defineUpdate<Health>('stop');

export { watcherWorkflowId } from '../../runs/names.ts';
export type { FlowVerdict, Health, RunHealth } from '../../runs/health.ts';
export type { Watch } from '../../definition/watch.ts';
