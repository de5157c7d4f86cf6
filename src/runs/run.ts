/** A run's status, whatever spelling AEP gave it. `unknown` is a word that no document of AEP knows. */
export type RunStatus = (typeof runStatuses)[number];

export const runStatuses = [
  'scheduled',
  'queued',
  'inProgress',
  'success',
  'partialSuccess',
  'partialFailure',
  'failed',
  'unknown',
] as const;

/** The two halves of a run: out of the source, and into the data lake. */
export type Activity = (typeof activities)[number];

export const activities = ['copy', 'promotion'] as const;

/** One error that AEP reported for a run or for one of its activities. */
export interface RunError {
  /** AEP's own code, such as `CONNECTOR-2001-500`. */
  code?: string;
  message: string;
  activity?: Activity;
  /** How many records it hit, where AEP says so. */
  records?: number;
}

/** What AEP counted, without what it does not know (it says -1, or nothing). */
export interface Counts {
  read?: number;
  written?: number;
  failed?: number;
  skipped?: number;
  /** Of a change data capture: rows that were read because the source has deleted them. */
  deleted?: number;
  failedFiles?: number;
  bytesWritten?: number;
}

/** A flow run, cut down to what a watcher needs: it travels through histories. Times are epoch milliseconds. */
export interface Run {
  id: string;
  flowId: string;
  status: RunStatus;
  /** AEP's word where `status` is `unknown`. */
  said?: string;
  /** When it started; when it was created, for one that did not. */
  start: number;
  created: number;
  end?: number;
  counts: Counts;
  /** The most telling first, three at most. */
  errors: RunError[];
  /** The activity that failed, where one did. */
  failedActivity?: Activity;
}

const openStatuses: RunStatus[] = ['scheduled', 'queued', 'inProgress'];

/** Whether a status says that more will happen to its run. */
export function isOpen(status: RunStatus): boolean {
  return openStatuses.includes(status);
}

/** Whether nothing more will happen to a run. A word that we do not know counts as an end where there is a time of completion. */
export function hasEnded({ status, end }: Run): boolean {
  return status === 'unknown' ? end !== undefined : !isOpen(status);
}
