import type { Definition } from '../definition/definition.ts';
import type { Warning } from '../definition/problems.ts';

/**
 * The warning where the first run of a new flow takes every row there is, and the dataset that was there before holds
 * rows already, whoever named it.
 * @param holdsRows undefined where that could not be read.
 */
export async function rowsTwice(
  { schedule }: Definition,
  datasetId: string,
  holdsRows: (datasetId: string) => Promise<boolean | undefined>,
): Promise<Warning | undefined> {
  const once = schedule.frequency === 'once';
  // AEP's default is to backfill.
  if (!once && schedule.backfill === false) return undefined;
  const held = await holdsRows(datasetId);
  if (held === false) return undefined;
  const there = held
    ? `The dataset ${datasetId} held rows before`
    : `Whether the dataset ${datasetId} held rows before could not be read. If it did`;
  const instead = once ? '' : '. "backfill": false takes only what is new';
  return {
    code: 'backfill-into-existing-dataset',
    field: once ? 'schedule.frequency' : 'schedule.backfill',
    message: `${there}: the first run takes every row of the source, and those that the dataset has already come twice${instead}`,
  };
}
