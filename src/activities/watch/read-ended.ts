import type { Aep, Call } from '../../aep/aep.ts';
import { feedFrom, startFeed, type Feed } from '../../runs/feed.ts';
import { readRun } from '../../runs/read-run.ts';
import { hasEnded, type Run } from '../../runs/run.ts';

/** What a follower's look at a sandbox has brought. */
export interface Ended {
  /** Where the look began. Absent while the sandbox has no runs. */
  feed?: Feed;
  runs: Run[];
  /** Those up to which everything was read. */
  throughout: Run[];
  /** There is more to read. */
  more: boolean;
}

const pageSize = 100;
/** Ten thousand runs in one look. */
const pagesPerLook = 100;

const completed = 'metrics.durationSummary.completedAtUTC';
const status = 'metrics.statusSummary.status';

/**
 * Reads which runs of a sandbox have ended. Without a feed it begins with what ends now. `now`: epoch milliseconds of
 * the Temporal server's clock.
 */
export async function readEnded(
  aep: Aep,
  call: Call,
  feed: Feed | undefined,
  { wide, now }: { wide: boolean; now: number },
): Promise<Ended> {
  const newest = feed ? undefined : await newestRun(aep, call);
  const known = newest ? startFeed(newest.created, now, { wide }) : feed;
  if (!known) return { runs: [], throughout: [], more: false };

  const from = Math.floor(feedFrom(known, { wide }));
  const ended = await read(aep, call, [`${completed}>=${from}`], completed);
  // Some failed runs never say when they ended; what is known of those is when they changed last.
  const failed = await read(
    aep,
    call,
    [`${status}==failed,Failed,FAILED`, `updatedAt>=${from}`],
    'updatedAt',
  );
  const runs = [...ended.runs, ...failed.runs];
  // The failed ones are not in the order of their ends: beyond the last of the others much may be unread.
  const throughout = ended.more ? ended.runs : runs;
  return { feed: known, runs, throughout, more: ended.more || failed.more };
}

async function read(
  { flowService }: Aep,
  call: Call,
  filters: string[],
  orderby: string,
): Promise<Pick<Ended, 'runs' | 'more'>> {
  const runs: Run[] = [];
  let pages = 0;
  for await (const page of flowService.listRuns(call, { filters, orderby, limit: pageSize })) {
    runs.push(...page.map(readRun).filter(hasEnded));
    pages += 1;
    if (pages === pagesPerLook) return { runs, more: true };
  }
  return { runs, more: false };
}

async function newestRun({ flowService }: Aep, call: Call): Promise<Run | undefined> {
  for await (const [run] of flowService.listRuns(call, { filters: [], orderby: '-createdAt', limit: 1 }))
    return run && readRun(run);
  return undefined;
}
