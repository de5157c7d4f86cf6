import { ApplicationFailure, Context, activityInfo } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { WorkflowNotFoundError } from '@temporalio/client';
import { beating } from '../attempt.ts';
import { pauseMs } from '../aep-failures.ts';
import { leave } from '../memory.ts';

const longestPauseMs = 10_000;

/**
 * Waits until nothing runs under a workflow id. An attempt that finds something there "fails", which leaves nothing in the
 * history, and the next looks again.
 */
export function untilFree({ workflowId }: { workflowId: string }): Promise<void> {
  return beating(async () => {
    const running = await whatRuns(workflowId);
    if (running === undefined) return;
    leave({});
    throw ApplicationFailure.create({
      type: 'Busy',
      message: `${running} runs under the id ${workflowId}`,
      nextRetryDelay: Math.min(pauseMs(activityInfo().attempt), longestPauseMs),
      category: ApplicationFailureCategory.BENIGN,
    });
  });
}

async function whatRuns(workflowId: string): Promise<string | undefined> {
  try {
    const { type, closeTime } = await Context.current().client.workflow.getHandle(workflowId).describe();
    return closeTime ? undefined : type;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
