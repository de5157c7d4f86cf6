import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  TerminatedFailure,
  TimeoutFailure,
  isCancellation,
  startChild,
} from '@temporalio/workflow';
import { cut } from '../../cut.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import { isEmpty, setsWatch } from '../../plan/plan.ts';
import { summarized } from '../calls.ts';
import { announcementOf } from '../dataflow/announcement.ts';
import type { createDataflow } from '../dataflow/create-dataflow.ts';
import type { updateDataflow } from '../dataflow/update-dataflow.ts';
import { workflowTaskTimeout } from '../messages.ts';
import type { ApplyOutcome, Failed } from './many-messages.ts';
import { longestMessage, type Turn } from './planning.ts';

/** How a workflow that carried out a plan has ended. */
export type Carried =
  | { outcome: ApplyOutcome; flowId?: string; error?: Failed }
  /** Somebody else has started something under the dataflow's id. */
  | 'busy';

/**
 * Starts what carries out the plan of a dataflow, under the dataflow's own id, and waits for it. It goes on whatever becomes
 * of this workflow, but is cancelled with it: what it has sent is finished, and what exists is noted.
 */
export async function carryOut(
  { definition, approved: { digest, ...choices } = {} }: Turn['entry'],
  start: 'createDataflow' | 'updateDataflow',
): Promise<Carried> {
  const dataflow = dataflowId(definition);
  const options = {
    workflowId: workflowId(definition),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    workflowTaskTimeout,
  } as const;
  try {
    if (start === 'updateDataflow') {
      const update = { definition, ...choices, ...(digest === undefined ? {} : { digest }) };
      const child = await startChild<typeof updateDataflow>(start, {
        ...options,
        args: [update],
        staticSummary: `Changes the dataflow ${dataflow}`,
      });
      const { flowId, plan } = await child.result();
      return { outcome: isEmpty(plan) && !setsWatch(plan) ? 'unchanged' : 'updated', flowId };
    }
    const { memo, searchAttributes } = announcementOf(definition);
    const child = await startChild<typeof createDataflow>(start, {
      ...options,
      args: [definition],
      memo,
      typedSearchAttributes: searchAttributes,
      staticSummary: `Creates the dataflow ${dataflow}`,
    });
    const { flowId, made } = await child.result();
    return { outcome: made.length > 0 ? 'created' : 'unchanged', flowId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'busy';
    if (error instanceof ChildWorkflowFailure) return { outcome: 'failed', error: failedBy(error.cause) };
    if (isCancellation(error)) return { outcome: 'notTried' };
    throw error;
  }
}

function failedBy(cause: Error | undefined): Failed {
  const message = cut(cause?.message ?? '', longestMessage);
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'Unknown', message };
  if (isCancellation(cause)) return { type: 'Cancelled', message: 'It was cancelled' };
  if (cause instanceof TerminatedFailure) return { type: 'Terminated', message: 'Somebody terminated it' };
  if (cause instanceof TimeoutFailure) return { type: 'TimedOut', message };
  return { type: cause?.name ?? 'Unknown', message };
}

/** What somebody else has started may wait for a person, for weeks: others need not wait for that. */
const { untilFree: untilEnded } = summarized('Wait until what else works on it has ended', {
  scheduleToCloseTimeout: '10 minutes',
});

/** Waits until nothing runs under the id of a dataflow any more. False: it does so for too long. */
export async function untilFree(entry: Turn['entry']): Promise<boolean> {
  try {
    await untilEnded({ workflowId: workflowId(entry.definition) });
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}
