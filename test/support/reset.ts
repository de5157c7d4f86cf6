import type { Client, WorkflowHandle } from '@temporalio/client';

/**
 * Begins the newest run of a workflow anew.
 * @param at the completed workflow task where: by its number, from 0 on, or by the part of all tasks: 0 is the first, 1 the last
 * @returns the run that takes its place
 */
export async function reset(
  { workflow, workflowService, options }: Client,
  workflowId: string,
  at: { task: number } | { part: number },
): Promise<WorkflowHandle> {
  const { events } = await workflow.getHandle(workflowId).fetchHistory();
  const tasks = events!.filter((one) => one.workflowTaskCompletedEventAttributes);
  const task = 'task' in at ? at.task : Math.round(at.part * (tasks.length - 1));
  const { runId } = await workflowService.resetWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: tasks[task]!.eventId!,
    requestId: crypto.randomUUID(),
    reason: 'test',
  });
  return workflow.getHandle(workflowId, runId!);
}
