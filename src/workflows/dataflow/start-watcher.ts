import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  getExternalWorkflowHandle,
  startChild,
} from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { thrownBy } from '../failures.ts';
import { attributesOf, currentHealth } from '../watch/show-health.ts';
import { watchFlowRuns } from '../watch/watch-flow-runs.ts';
import { setWatchSignal, wakeSignal, watcherWorkflowId } from '../watch/watch-messages.ts';

/**
 * Starts the flow's watcher, which outlives this workflow. One that is there already goes on, and is told how the
 * definition wants the flow to be watched: that is no change of the flow. Where the definition says nothing of it, all
 * stays as it is.
 *
 * @param wake whether one that is there should look at the flow: it may have been changed behind its back.
 */
export async function startWatcher(
  { sandbox, name, source, watch }: Definition,
  flowId: string,
  wake: boolean,
): Promise<string> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  const input = {
    sandbox,
    flowId,
    dataflow: dataflowId({ sandbox, name }),
    connector: sourceFacts(source).label,
    ...(watch ? { watch } : {}),
  };
  const start = () =>
    startChild(watchFlowRuns, {
      workflowId,
      args: [input],
      // It goes on whatever becomes of this workflow, a cancellation included.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      // Said here, they cost the watcher no event.
      typedSearchAttributes: attributesOf(currentHealth(input, undefined)),
      staticSummary: `Watches the runs of ${input.dataflow}`,
    });
  try {
    await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const watcher = getExternalWorkflowHandle(workflowId);
    try {
      if (watch) await watcher.signal(setWatchSignal, watch);
      if (wake) await watcher.signal(wakeSignal, { flow: true });
    } catch (error) {
      // One that ended just now takes no signal any more: then there is none, and it can be started.
      if (thrownBy(error)?.type !== 'ExternalWorkflowExecutionNotFound') throw error;
      await start();
    }
  }
  return workflowId;
}
