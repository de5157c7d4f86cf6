import { setWorkflowOptions, workflowInfo, type Workflow } from '@temporalio/workflow';

/** One execution stays small enough to be read and replayed at a glance; the next one goes on where it stopped. */
const longestHistory = 500;
const largestHistoryBytes = 300_000;

/** What is under way may make it longer by this much. */
const patience = 1.06;

/** Nobody may hold an execution up beyond this. */
const lastPatience = 2;

/** How long an execution's history has become. */
export interface OwnHistory {
  /** Whether it is time for the next execution: as soon as nothing is under way, and in a while whatever is. */
  isLong(now: { isBusy: boolean }): boolean;
  /** Whether the execution must end, so that whoever waits for something in it had better ask the next one. */
  isTooLong(): boolean;
}

/**
 * Measures from now on: what an execution was started with is no reason to end it, since the next would be started with as
 * much, and end at once.
 */
export function measureHistory(): OwnHistory {
  const { historySize: first } = workflowInfo();
  const isLongerThan = (factor: number) => {
    const { historyLength, historySize } = workflowInfo();
    return historyLength > longestHistory * factor || historySize - first > largestHistoryBytes * factor;
  };
  return {
    isLong: ({ isBusy }) =>
      isLongerThan(isBusy ? patience : 1) || (workflowInfo().continueAsNewSuggested && !isBusy),
    isTooLong: () => isLongerThan(lastPatience),
  };
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
