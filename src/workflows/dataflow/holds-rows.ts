import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { heartbeatTimeoutMs } from '../../heartbeat-timeout.ts';
import { retry } from '../calls.ts';

/** A warning is not worth a long wait. */
const { readRows } = proxyActivities<Activities>({
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '30 seconds',
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { ...retry, maximumAttempts: 3 },
  summary: 'Does the dataset hold rows',
});

/** Whether a dataset holds rows; undefined where that could not be read. Never fails: no flow is to depend on it. */
export async function holdsRows(sandbox: string, datasetId: string): Promise<boolean | undefined> {
  try {
    return await readRows({ sandbox, datasetId });
  } catch (error) {
    // Nobody is told any more.
    return isCancellation(error) ? false : undefined;
  }
}
