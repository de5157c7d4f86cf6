import type { Column } from '../families/columns.ts';
import { typeOfColumn } from '../xdm/fits.ts';
import { wordsOf } from './words.ts';

/** A column by which AEP could find new rows. */
export interface DeltaCandidate {
  name: string;
  why: string;
}

const mostCandidates = 10;

/*
 * What a change of a row is noted by. `datetime` is `date` and `time`: were it a word of its own as well, a name of many of
 * them could be read in so many ways that trying them all would never end.
 */
const ofChanges =
  /^(?:last)?(?:updated?|modified|modification|modify|changed?)(?:at|on|date|time|timestamp|ts|utc)*$|^(?:systemmodstamp|lastupdate|lastupdated|lastmodified|lastmodifieddate|lastchange)$/;
const ofCreates =
  /^(?:created?|creation|inserted?|added|loaded|ingested)(?:at|on|date|time|timestamp|ts|utc)*$/;

/** The columns by which AEP could find new rows, the likeliest first. AEP compares them as times, so that only times can be one. */
export function deltaCandidates(columns: readonly Column[]): DeltaCandidate[] {
  return columns
    .flatMap((column) => candidateOf(column) ?? [])
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostCandidates)
    .map(({ name, why }) => ({ name, why }));
}

function candidateOf(column: Column): (DeltaCandidate & { rank: number }) | undefined {
  const { name } = column;
  const type = typeOfColumn(column);
  const said = wordsOf(name).join('');
  const isTime = type === 'date-time';
  if (ofChanges.test(said)) {
    if (isTime) return { name, rank: 0, why: 'A time, and named as one that every change of a row sets' };
    if (type === 'string' || type === 'date')
      return {
        name,
        rank: 3,
        why: `Named as the time of a change, but of type ${type}: AEP must be able to read it as a time`,
      };
  }
  if (!isTime) return undefined;
  if (ofCreates.test(said))
    return {
      name,
      rank: 1,
      why: 'A time, and named as that of a row’s creation: rows that change later are not loaded again',
    };
  return {
    name,
    rank: 2,
    why: 'A time: whether it grows with every new or changed row, only the source knows',
  };
}
