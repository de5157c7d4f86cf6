import { Context, activityInfo } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import { unlistedType, unlistedWorkflowId } from '../../runs/names.ts';

/** What is told of an execution by lists and by its id. */
export type Execution = Pick<WorkflowExecutionInfo, 'runId' | 'status' | 'startTime' | 'closeTime' | 'memo'>;

/**
 * Lists of workflows can fail to show a run for minutes, and show a later one at once: when the store behind them comes
 * back, each record is written by itself, and that of a run which ended meanwhile comes last. What is read by its id is
 * always there. So a run that does not see itself in the lists starts a workflow that stands in for it before it sends
 * anything, and every run asks for that workflow by its id.
 */
export async function leaveStandIn(): Promise<void> {
  const { workflowExecution, taskQueue } = activityInfo();
  const { workflowId } = workflowExecution!;
  await Context.current().client.workflow.start(unlistedType, {
    workflowId: unlistedWorkflowId(workflowId),
    taskQueue,
    // It stands for the latest, and so has all its time before it.
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    args: [],
    staticSummary: `Stands in for a run of ${workflowId} that lists did not show`,
  });
}

/** What stands in for runs of this workflow id that lists may not show, if there were any: its latest execution. */
export async function standIns(): Promise<Execution[]> {
  const { client } = Context.current();
  try {
    const id = unlistedWorkflowId(activityInfo().workflowExecution!.workflowId);
    return [await client.workflow.getHandle(id).describe()];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
