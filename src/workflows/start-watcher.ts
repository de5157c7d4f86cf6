import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { watchFlowRuns } from './watch-flow-runs.ts';
import { watcherWorkflowId } from './watch-messages.ts';

/** Starts the flow's watcher, which outlives this workflow. One that is there already is left alone. */
export async function startWatcher({ sandbox, name, source }: Definition, flowId: string): Promise<string> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  const input = {
    sandbox,
    flowId,
    dataflow: dataflowId({ sandbox, name }),
    connector: sourceFacts(source).label,
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
  }
  return workflowId;
}
