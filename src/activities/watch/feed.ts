import type { Aep, Call } from '../../aep/aep.ts';
import { readRun } from '../../runs/read-run.ts';
import { hasEnded, type Run } from '../../runs/run.ts';

/**
 * How far a follower has read which runs of a sandbox ended, and of which of them it has signalled the watchers. It need
 * not be exact: it makes watchers fast, and their own looks make them right. Times are epoch milliseconds of AEP's clock.
 */
export interface Feed {
  /** The latest end of a run that was seen; never later than the look that saw it. */
  until: number;
  /** Before it, nobody remembers what was signalled. */
  since: number;
  /** Minute → ends of the ids that were signalled then, one after the other. */
  signalled: Record<string, string>;
}

const minuteMs = 60_000;
/** AEP's lists may show a run a little later than others that ended with it. */
const overlapMs = 2 * minuteMs;
/** How much later an end is still signalled, every tenth look. */
const wideOverlapMs = 30 * minuteMs;
/** Enough of an id: the last 48 bits of a UUID. A mistake costs time, as the watcher's own look finds the run. */
const idEnd = 12;
/** So that the whole of it stays below 100 kB: half an hour of 16,000 runs an hour. */
const signalledLimit = 8_000;

/** A feed of all that ends from now on, and a little before. `newest`: when the newest run of the sandbox was created. */
export function startFeed(newest: number, now: number, { wide }: { wide: boolean }): Feed {
  const until = Math.min(newest, now);
  return { until, since: until - (wide ? wideOverlapMs : overlapMs), signalled: {} };
}

/** From which end on the next look asks for runs. */
export function feedFrom({ until, since }: Feed, { wide }: { wide: boolean }): number {
  return Math.max(since, until - (wide ? wideOverlapMs : overlapMs));
}

/** Those that no watcher was signalled, each once. */
export function notSignalled({ signalled }: Feed, runs: Run[]): Run[] {
  const known = new Set(Object.values(signalled).flatMap(idsIn));
  return [...new Map(runs.filter(({ id }) => !known.has(keyOf(id))).map((run) => [run.id, run])).values()];
}

/** Takes down that their watchers were signalled these runs. */
export function remember(feed: Feed, runs: Run[], now: number): Feed {
  const signalled = { ...feed.signalled };
  for (const { id, end = 0 } of runs) {
    // By its end, but never below what is about to be forgotten: a run without an end is found by other times.
    const minute = minuteOf(Math.max(feed.until, Math.min(end, now)));
    signalled[minute] = (signalled[minute] ?? '') + keyOf(id);
  }
  return { ...feed, signalled };
}

/** Everything that this look showed was seen to: the next one begins where it ended. */
export function advance(feed: Feed, runs: Run[], now: number): Feed {
  const until = runs.reduce((latest, { end = 0 }) => Math.max(latest, Math.min(end, now)), feed.until);
  let since = Math.max(feed.since, until - wideOverlapMs - 2 * minuteMs);
  const minutes = Object.keys(feed.signalled)
    .map(Number)
    .sort((a, b) => b - a);
  let kept = 0;
  const signalled: Feed['signalled'] = {};
  for (const minute of minutes) {
    const ids = feed.signalled[minute] ?? '';
    kept += ids.length / idEnd;
    if ((minute + 1) * minuteMs <= since) break;
    if (kept > signalledLimit) {
      since = (minute + 1) * minuteMs;
      break;
    }
    signalled[minute] = ids;
  }
  return { until, since: Math.min(since, until), signalled };
}

function idsIn(ids: string): string[] {
  return ids.match(/.{12}/gsu) ?? [];
}

function keyOf(id: string): string {
  return id.slice(-idEnd).padStart(idEnd);
}

function minuteOf(time: number): number {
  return Math.floor(time / minuteMs);
}

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
