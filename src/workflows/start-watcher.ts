import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, getExternalWorkflowHandle, startChild } from '@temporalio/workflow';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { watchFlowRuns } from './watch-flow-runs.ts';
import { setWatchSignal, watcherWorkflowId } from './watch-messages.ts';

/**
 * Starts the flow's watcher, which outlives this workflow. One that is there already goes on, and is told how the
 * definition wants the flow to be watched: that is no change of the flow. Where the definition says nothing of it, all
 * stays as it is.
 */
export async function startWatcher(
  { sandbox, name, source, watch }: Definition,
  flowId: string,
): Promise<string> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  const input = {
    sandbox,
    flowId,
    dataflow: dataflowId({ sandbox, name }),
    connector: sourceFacts(source).label,
    ...(watch ? { watch } : {}),
  };
  try {
    await startChild(watchFlowRuns, {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Watches the runs of ${input.dataflow}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if (watch) await getExternalWorkflowHandle(workflowId).signal(setWatchSignal, watch);
  }
  return workflowId;
}
