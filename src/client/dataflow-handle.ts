import type { WorkflowHandle } from '@temporalio/client';
import type { Plan } from '../plan/plan.ts';
import {
  approveUpdate,
  giveUpUpdate,
  planQuery,
  progressQuery,
  rejectUpdate,
  resumeUpdate,
  searchAttributes,
  type Approve,
  type CreateDataflowResult,
  type Progress,
  type Reject,
} from '../workflows/messages.ts';
import { DataflowError, told, updated } from './dataflow-error.ts';
import { isRefusedAsPaused, pausedWorkflow, type Paused } from './paused.ts';
import { waitingCalls, type WaitingCall } from './waiting-calls.ts';

/** The progress as the workflow knows it, and what Temporal's server knows besides: which calls wait, and why. */
export interface FullProgress extends Omit<Progress, 'state' | 'waiting'> {
  /** `paused`: somebody has paused the workflow in Temporal. Until that is taken back it answers nothing, so no step is known. */
  state: Progress['state'] | 'paused';
  waiting: WaitingCall[];
  /** By whom and why, where it is paused. */
  paused?: Paused;
}

/** One create of a dataflow, or another execution under its id, running or ended. */
export interface DataflowHandle {
  readonly workflowId: string;
  /**
   * Waits until the dataflow is created.
   * @throws DataflowError
   */
  result(): Promise<CreateDataflowResult>;
  progress(): Promise<FullProgress>;
  /**
   * Goes on after a refusal, where the definition has `"onFailure": "wait"`: with a corrected definition, or with the same.
   * @throws DataflowError `InvalidDefinition` where nothing waits, or with what is wrong with the definition; `Conflict` where
   * it has ended.
   */
  resume(corrected?: unknown): Promise<void>;
  /** Ends a create that waits after a refusal, as `onFailure` of "keep" (unless said otherwise) or "rollback" would have. */
  giveUp(how?: 'keep' | 'rollback'): Promise<void>;
  /** The plan that it carries out or that waits for approval. Undefined before it has one. */
  plan(): Promise<Plan | undefined>;
  /**
   * Approves the plan that waits, where approval is required.
   * @throws DataflowError `StalePlan` where the digest is not of the plan that counts now, which is in `details.plan`;
   * `Conflict` where nothing waits for approval; `InvalidDefinition` where nobody is named.
   */
  approve(approval: Approve): Promise<void>;
  /**
   * Rejects the plan that waits: nothing is done, and `result` throws `RejectedByPerson`.
   * @throws DataflowError `Conflict` where nothing waits for approval.
   */
  reject(rejection: Reject): Promise<void>;
  /** Asks it to stop: it begins nothing more, finishes what it sent and notes what exists. */
  cancel(): Promise<void>;
}

export function dataflowHandle(handle: WorkflowHandle): DataflowHandle {
  const { workflowId } = handle;
  const nobody = async () =>
    new DataflowError('Conflict', `Nothing runs under ${workflowId}: it has ended, or was never started`);
  return {
    workflowId,
    result: () => told(handle.result()),
    progress: () => progressOf(handle),
    resume: (corrected) => updated(() => handle.executeUpdate(resumeUpdate, { args: [corrected] }), nobody),
    giveUp: (how = 'keep') => updated(() => handle.executeUpdate(giveUpUpdate, { args: [how] }), nobody),
    plan: async () => (await handle.query(planQuery)) ?? undefined,
    approve: (approval) => updated(() => handle.executeUpdate(approveUpdate, { args: [approval] }), nobody),
    reject: (rejection) => updated(() => handle.executeUpdate(rejectUpdate, { args: [rejection] }), nobody),
    cancel: async () => void (await handle.cancel()),
  };
}

async function progressOf(handle: WorkflowHandle): Promise<FullProgress> {
  const asked = handle.query(progressQuery).catch((error: unknown) => {
    if (!isRefusedAsPaused(error)) throw error;
    return undefined;
  });
  const [progress, { raw, typedSearchAttributes }] = await Promise.all([asked, handle.describe()]);
  const waiting = waitingCalls(raw.pendingActivities ?? []);
  if (progress) return { ...progress, waiting };
  const dataflow = typedSearchAttributes.get(searchAttributes.dataflow) ?? handle.workflowId;
  const paused = pausedWorkflow(raw.workflowExtendedInfo?.pauseInfo ?? {});
  return { dataflow, state: 'paused', steps: [], warnings: [], waiting, paused };
}
