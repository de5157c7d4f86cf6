import type { Run } from './run.ts';

/**
 * How far a follower has read which runs of a sandbox ended, and which of them it has told. It need not be exact: it
 * makes watchers fast, and their own looks make them right. Times are epoch milliseconds of AEP's clock.
 */
export interface Feed {
  /** The latest end of a run that was seen; never later than the look that saw it. */
  until: number;
  /** Before it, nobody remembers what was told. */
  since: number;
  /** Minute → ends of the ids that were told about then, one after the other. */
  told: Record<string, string>;
}

const minuteMs = 60_000;
/** AEP's lists may show a run a little later than others that ended with it. */
const overlapMs = 2 * minuteMs;
/** How much later an end is still told, every tenth look. */
const wideOverlapMs = 30 * minuteMs;
/** Enough of an id: the last 48 bits of a UUID. A mistake costs time, as the watcher's own look finds the run. */
const idEnd = 12;
/** So that the whole of it stays below 100 kB: half an hour of 16,000 runs an hour. */
const toldLimit = 8_000;

/** A feed of all that ends from now on, and a little before. `newest`: when the newest run of the sandbox was created. */
export function startFeed(newest: number, now: number, { wide }: { wide: boolean }): Feed {
  const until = Math.min(newest, now);
  return { until, since: until - (wide ? wideOverlapMs : overlapMs), told: {} };
}

/** From which end on the next look asks for runs. */
export function feedFrom({ until, since }: Feed, { wide }: { wide: boolean }): number {
  return Math.max(since, until - (wide ? wideOverlapMs : overlapMs));
}

/** Those that nobody was told about, each once. */
export function untold({ told }: Feed, runs: Run[]): Run[] {
  const known = new Set(Object.values(told).flatMap(idsIn));
  return [...new Map(runs.filter(({ id }) => !known.has(keyOf(id))).map((run) => [run.id, run])).values()];
}

/** Takes down that their watchers were told about these runs. */
export function remember(feed: Feed, runs: Run[], now: number): Feed {
  const told = { ...feed.told };
  for (const { id, end = 0 } of runs) {
    // By its end, but never below what is about to be forgotten: a run without an end is found by other times.
    const minute = minuteOf(Math.max(feed.until, Math.min(end, now)));
    told[minute] = (told[minute] ?? '') + keyOf(id);
  }
  return { ...feed, told };
}

/** Everything that this look showed was seen to: the next one begins where it ended. */
export function advance(feed: Feed, runs: Run[], now: number): Feed {
  const until = runs.reduce((latest, { end = 0 }) => Math.max(latest, Math.min(end, now)), feed.until);
  let since = Math.max(feed.since, until - wideOverlapMs - 2 * minuteMs);
  const minutes = Object.keys(feed.told)
    .map(Number)
    .sort((a, b) => b - a);
  let kept = 0;
  const told: Feed['told'] = {};
  for (const minute of minutes) {
    const ids = feed.told[minute] ?? '';
    kept += ids.length / idEnd;
    if ((minute + 1) * minuteMs <= since) break;
    if (kept > toldLimit) {
      since = (minute + 1) * minuteMs;
      break;
    }
    told[minute] = ids;
  }
  return { until, since: Math.min(since, until), told };
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
