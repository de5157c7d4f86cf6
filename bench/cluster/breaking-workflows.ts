import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { createDataflow as create, watchFlowRuns as watch } from '../../src/workflows/index.ts';
import { liveThroughReleases } from '../../src/workflows/watch/long-lived.ts';

// The workflows of a release that cannot go on with what the one before it began: those histories lack what it begins with.
export * from '../../src/workflows/index.ts';
export { default } from '../../src/workflows/index.ts';

/** The bench puts a number in its place: when this release was made. Epoch milliseconds. */
declare const releasedAt: number;

export async function createDataflow(...args: Parameters<typeof create>): Promise<unknown> {
  await sleep(1);
  return create(...args);
}

const { newWork } = proxyActivities<{ newWork(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/**
 * Those that this release begins are as they were: after a rollback the one before it can go on with them. A timer would
 * not do: a replay takes the next one that the history has for it, however long that is.
 */
export async function watchFlowRuns(...args: Parameters<typeof watch>): Promise<unknown> {
  if (workflowInfo().startTime.getTime() < releasedAt) await newWork();
  return watch(...args);
}
liveThroughReleases(watchFlowRuns);
