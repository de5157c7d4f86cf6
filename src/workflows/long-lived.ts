import { setWorkflowOptions, workflowInfo, type Workflow } from '@temporalio/workflow';

/** One execution stays small enough to be read and replayed at a glance; the next one goes on where it stopped. */
const longestHistory = 500;
const largestHistoryBytes = 300_000;

/** Whether it is time for the next execution. */
export function historyIsLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  return continueAsNewSuggested || historyLength > longestHistory || historySize > largestHistoryBytes;
}

/**
 * For a workflow that lives for years: pinned to the release that started it, no worker could ever be retired.
 * The server takes a behaviour only from workers that take part in versioning.
 */
export function liveThroughReleases(workflow: Workflow): void {
  setWorkflowOptions(
    () =>
      workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
    workflow,
  );
}
