import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import type { Warning } from '../../definition/problems.ts';
import { heartbeatTimeoutMs, retry } from '../calls.ts';

/** A warning is not worth a long wait. */
const { readRows } = proxyActivities<Activities>({
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '30 seconds',
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { ...retry, maximumAttempts: 3 },
  summary: 'Does the dataset hold rows',
});

/**
 * The warning where the first run of a new flow takes every row there is, and the dataset that was there before holds
 * rows already, whoever named it. Never fails: the flow is not to depend on it.
 */
export async function rowsTwice(
  { sandbox, schedule }: Definition,
  datasetId: string,
): Promise<Warning | undefined> {
  const once = schedule.frequency === 'once';
  // AEP's default is to backfill.
  if (!once && schedule.backfill === false) return undefined;
  let there = `The dataset ${datasetId} held rows before`;
  try {
    if (!(await readRows({ sandbox, datasetId }))) return undefined;
  } catch (error) {
    if (isCancellation(error)) return undefined;
    there = `Whether the dataset ${datasetId} held rows before could not be read. If it did`;
  }
  const instead = once ? '' : '. "backfill": false takes only what is new';
  return {
    code: 'backfill-into-existing-dataset',
    field: once ? 'schedule.frequency' : 'schedule.backfill',
    message: `${there}: the first run takes every row of the source, and those that the dataset has already come twice${instead}`,
  };
}
