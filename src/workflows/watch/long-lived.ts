import { setWorkflowOptions, workflowInfo, type Workflow } from '@temporalio/workflow';

/** One execution stays small enough to be read and replayed at a glance; the next one goes on where it stopped. */
const longestHistory = 500;
const largestHistoryBytes = 300_000;

/** What is under way may make it longer by this much. */
const patience = 1.06;

/** Nobody may hold an execution up beyond this. */
const lastPatience = 2;

/** Whether it is time for the next execution: as soon as nothing is under way, and in a while whatever is. */
export function historyIsLong({ isBusy }: { isBusy: boolean }): boolean {
  return isLongerThan(isBusy ? patience : 1) || (workflowInfo().continueAsNewSuggested && !isBusy);
}

/** Whether the execution must end, so that whoever waits for something in it had better ask the next one. */
export function historyIsTooLong(): boolean {
  return isLongerThan(lastPatience);
}

function isLongerThan(factor: number): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > longestHistory * factor || historySize > largestHistoryBytes * factor;
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
