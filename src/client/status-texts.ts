import { aepLine } from '../command-line.ts';
import type { DataflowStatus, UnderWay, Unwatched } from './status.ts';

/* What the list of dataflows says of one, for people: on the command line and on the board. */

const doings: Record<string, string> = {
  createDataflow: 'Being created',
  updateDataflow: 'Being changed',
  deleteDataflow: 'Being deleted',
  importDataflow: 'Being adopted',
};

/** What is done to a dataflow just now, and whom it waits for. */
export function whatGoesOn({ doing, waitsFor }: Pick<UnderWay, 'doing' | 'waitsFor'>): string {
  const waits = waitsFor === 'person' ? ', waits for a person' : waitsFor === 'aep' ? ', waits for AEP' : '';
  return `${doings[doing] ?? doing}${waits}.`;
}

const endings: Record<string, string> = {
  TERMINATED: 'was terminated',
  CANCELLED: 'was cancelled',
  TIMED_OUT: 'timed out',
};

/** Why nobody watches the flow of a dataflow any more, which goes on all the same. */
export function whyUnwatched({ status, at, by, reason }: Unwatched): string {
  const who = `${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}`;
  return `Nobody has watched it since ${at}: its watcher ${endings[status] ?? 'has failed'}${who}.`;
}

/** The command to go on with, where a dataflow needs one that its verdict does not tell. */
export function nextCommand({ dataflow, doing, unwatched }: DataflowStatus): string | undefined {
  // What waits for nobody goes on by itself.
  if (doing) return doing.waitsFor || unwatched ? aepLine('status', dataflow) : undefined;
  return unwatched ? 'temporal aep update FILE' : undefined;
}
