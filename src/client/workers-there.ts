import type { Client } from '@temporalio/client';

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const kindsOfTasks = [1, 2] as const;

/**
 * How many workers poll a task queue for both kinds of tasks.
 * @returns `missing` says that none does
 * @throws ServiceError
 */
export async function workersOf(
  { workflowService, options: { namespace } }: Client,
  taskQueue: string,
): Promise<{ pollers: number; missing?: string }> {
  const asked = kindsOfTasks.map(async (taskQueueType) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
    });
    return (pollers ?? []).map(({ identity }) => identity ?? '');
  });
  const [ofWorkflows = [], ofActivities = []] = await Promise.all(asked);
  const pollers = new Set(ofWorkflows).size;
  return ofWorkflows.length === 0 || ofActivities.length === 0
    ? { pollers, missing: `none polls the task queue ${taskQueue} in ${namespace}` }
    : { pollers };
}
