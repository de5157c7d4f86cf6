import { workflowInfo } from '@temporalio/workflow';

/**
 * A run may have 5,000 events and 5 MB; but a client is sent all of a short history in one message, of which gRPC takes no
 * more than four. What is under way when the next run is due still goes into this one.
 */
const longestHistory = 4_000;
const largestHistoryBytes = 2_000_000;
const mostHistoryBytes = 2_800_000;

/** Whether it is time for the next run to go on. */
export function isLong(): boolean {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  return historyLength > longestHistory || historySize > largestHistoryBytes || continueAsNewSuggested;
}

/** How many bytes this run can still be sent. */
export function roomLeft(): number {
  return mostHistoryBytes - workflowInfo().historySize;
}
