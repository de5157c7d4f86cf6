import { defineQuery } from '@temporalio/workflow';
import type { Health } from '../runs/health.ts';
import type { WatchSettings } from '../runs/watch.ts';

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

/** The id of the workflow that watches a flow: a flow has one watcher, whoever starts it. */
export function watcherWorkflowId({ sandbox, flowId }: Pick<WatchInput, 'sandbox' | 'flowId'>): string {
  return `flow/${sandbox}/${flowId}`;
}

export type { FlowVerdict, Health, RunHealth } from '../runs/health.ts';
export type { WatchSettings } from '../runs/watch.ts';
