import { sleep } from '@temporalio/workflow';

/** Stands in for a run of a dataflow that lists of workflows did not show when it began: see `activities/dataflow/unlisted.ts`. By its end they do. */
export async function unlistedRun(): Promise<void> {
  await sleep('1 day', { summary: 'Until lists are sure to show the run' });
}
