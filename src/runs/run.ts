import { z } from 'zod';
import { latestMs, listOf, numberOf, objectOf } from './raw.ts';

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

/** A run's status, whatever spelling AEP gave it. `unknown` is a word that no document of AEP knows. */
export type RunStatus = (typeof runStatuses)[number];

export const activities = ['copy', 'promotion'] as const;

/** The two halves of a run: out of the source, and into the data lake. */
export type Activity = (typeof activities)[number];

const time = () => z.int().nonnegative().max(latestMs);
const count = () => z.int().nonnegative().exactOptional();
const activity = () => z.enum(activities).exactOptional();
/** Longer than `readRun` leaves any: what follows from it must fit into a history. */
const text = () => z.string().min(1).max(1_000);

const runError = z.object({
  /** AEP's own code, such as `CONNECTOR-2001-500`. */
  code: text().exactOptional(),
  message: text(),
  activity: activity(),
  /** How many records it hit, where AEP says so. */
  records: count(),
});

const counts = z.object({
  read: count(),
  written: count(),
  failed: count(),
  skipped: count(),
  /** Of a change data capture: rows that were read because the source has deleted them. */
  deleted: count(),
  failedFiles: count(),
  bytesWritten: count(),
});

const run = z.object({
  id: text(),
  flowId: text(),
  status: z.enum(runStatuses),
  /** AEP's word where `status` is `unknown`. */
  said: text().exactOptional(),
  /** When it started; when it was created, for one that did not. */
  start: time(),
  created: time(),
  end: time().exactOptional(),
  /** Where the window of time begins whose rows it takes, where AEP says so. */
  windowStart: time().exactOptional(),
  counts,
  /** The most telling first, three at most. */
  errors: z.array(runError).max(10),
  /** The activity that failed, where one did. */
  failedActivity: activity(),
});

/** One error that AEP reported for a run or for one of its activities. */
export type RunError = z.infer<typeof runError>;

/** What AEP counted, without what it does not know (it says -1, or nothing). */
export type Counts = z.infer<typeof counts>;

/** A flow run, cut down to what a watcher needs: it travels through histories. Times are epoch milliseconds. */
export type Run = z.infer<typeof run>;

const openStatuses: RunStatus[] = ['scheduled', 'queued', 'inProgress'];

/** Whether a status says that more will happen to its run. */
export function isOpen(status: RunStatus): boolean {
  return openStatuses.includes(status);
}

/** Whether nothing more will happen to a run. A word that we do not know counts as an end where there is a time of completion. */
export function hasEnded({ status, end }: Run): boolean {
  return status === 'unknown' ? end !== undefined : !isOpen(status);
}

/** What the sandbox's follower signals to a watcher: runs that it saw end. It says nothing about runs that did not come. */
export interface EndedRuns {
  /** When the follower looked. Epoch milliseconds. */
  readAt: number;
  /** When it had looked before. Epoch milliseconds. */
  lastRead?: number;
  runs: Run[];
}

/** The follower signals a hundred at a time. */
const mostRuns = 1_000;

/**
 * Reads what was signalled to the watcher of a flow. Anybody may send a signal: what is not a run of this flow that has
 * ended is left out, and nobody has looked in the future, so that it can do no harm. `now`: epoch milliseconds.
 */
export function readEndedRuns(raw: unknown, now: number, flowId: string): EndedRuns {
  const { readAt, lastRead, runs } = objectOf(raw);
  const looked = lookedAt(lastRead, now);
  return {
    readAt: lookedAt(readAt, now) ?? 0,
    ...(looked === undefined ? {} : { lastRead: looked }),
    runs: listOf(runs)
      .slice(0, mostRuns)
      .flatMap((one) => {
        const { success, data } = run.safeParse(one);
        return success && data.flowId === flowId && hasEnded(data) ? [data] : [];
      }),
  };
}

function lookedAt(raw: unknown, now: number): number | undefined {
  const time = numberOf(raw);
  return time === undefined ? undefined : Math.min(Math.max(0, time), now);
}
