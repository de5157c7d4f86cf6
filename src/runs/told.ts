import { z } from 'zod';
import { latestMs, listOf, numberOf, objectOf } from './raw.ts';
import { activities, hasEnded, runStatuses, type Run } from './run.ts';
import type { Told } from './watch.ts';

/** The follower tells of a hundred at a time. */
const mostRuns = 1_000;

const time = () => z.int().nonnegative().max(latestMs);
const count = () => z.int().nonnegative().exactOptional();
const activity = () => z.enum(activities).exactOptional();
/** Longer than `readRun` leaves any: what follows from it must fit into a history. */
const text = () => z.string().min(1).max(1_000);

const run = z.object({
  id: text(),
  flowId: text(),
  status: z.enum(runStatuses),
  said: text().exactOptional(),
  start: time(),
  created: time(),
  end: time().exactOptional(),
  counts: z.object({
    read: count(),
    written: count(),
    failed: count(),
    skipped: count(),
    deleted: count(),
    failedFiles: count(),
    bytesWritten: count(),
  }),
  errors: z
    .array(
      z.object({ code: text().exactOptional(), message: text(), activity: activity(), records: count() }),
    )
    .max(10),
  failedActivity: activity(),
}) satisfies z.ZodType<Run>;

/**
 * Reads what a follower told the watcher of a flow. Anybody may send a signal: what is not a run of this flow that has
 * ended is left out, and nobody has looked in the future, so that it can do no harm. `now`: epoch milliseconds.
 */
export function readTold(raw: unknown, now: number, flowId: string): Told {
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
