import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Health } from '../runs/health.ts';
import { runsEndedName } from '../runs/names.ts';
import type { Told, WatchSettings } from '../runs/watch.ts';

/** What `watchFlowRuns` is started with. `sandbox` and `flowId` are enough: the rest is read from the flow. */
export interface WatchInput {
  sandbox: string;
  flowId: string;
  /** `<sandbox>/<name>` of the dataflow it belongs to. Default: the one whose mark the flow carries. */
  dataflow?: string | undefined;
  /** The source's connector. Default: by the flow's connection spec. */
  connector?: string | undefined;
  watch?: WatchSettings | undefined;
}

/** What `watchFlowRuns` answers when there is nothing left to watch. */
export interface WatchResult {
  /** `gone`: AEP has the flow no more. `done`: it was to run once, and that went well a day ago. */
  reason: 'gone' | 'done';
  health: Health;
}

export const healthQuery = defineQuery<Health>('health');

/** The follower of the sandbox tells which runs have ended. */
export const runsEndedSignal = defineSignal<[Told]>(runsEndedName);

/** Something happened to a flow: its watcher looks for itself, so that whoever sends it can do no harm. */
export const wakeSignal = defineSignal('wake');

export { watcherWorkflowId } from '../runs/names.ts';
export type { FlowVerdict, Health, RunHealth } from '../runs/health.ts';
export type { WatchSettings } from '../runs/watch.ts';
