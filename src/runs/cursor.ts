/**
 * Which runs of a flow were judged, so that none is missed and none judged twice.
 *
 * Never twice: an id is forgotten only when its day falls below the floor, and nothing that starts below the floor
 * is accepted. Never missed: the floor rises only after everything that AEP showed from it was judged or is open;
 * news from elsewhere and outages do not move it. Only a run that appears more than a week late, or is still open when
 * another starts more than a week after it, is lost, and counted.
 *
 * All times are epoch milliseconds of AEP's own clock; days are UTC days.
 */
export interface Cursor {
  /** Runs that start before it are not accepted. The start of a UTC day. */
  floor: number;
  /** The latest start of any run; 0 while there was none. */
  high: number;
  /** UTC day (`2026-03-01`) → ends of the ids that are done with. */
  judged: Record<string, string[]>;
  open: OpenRun[];
  /** Runs that appeared, or did not end, until it was too late to judge them. */
  tooLate: number;
  /** Ends of the ids of the newest of those: they may still end in months, and are no news then. */
  late?: string[];
}

export interface OpenRun {
  id: string;
  start: number;
}

/** What the cursor has to know about a run. */
export interface Offered {
  id: string;
  /** When it started; when it was created, for one that did not. */
  start: number;
  created: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How late a run may appear and still be judged. */
export const latenessMs = 7 * dayMs;
/** How far back an ordinary read goes: far enough for slow lists; what is older is found by the daily full pass. */
const overlapMs = 6 * hourMs;
/** How many of the runs that were too late are known again, however long it takes. */
const lateToKeep = 100;
/** Enough of an id to tell the runs of one flow apart: the last 48 bits of a UUID. */
const idEnd = 12;

/** A cursor that accepts runs from the day of `since` on. */
export function startCursor(since: number): Cursor {
  return { floor: startOfDay(since), high: 0, judged: {}, open: [], tooLate: 0 };
}

/**
 * Offers runs from any source, in any order, any number of times. `ended` answers those to judge now, each once ever.
 * `now` guards against a run dated in the future: it cannot raise the floor over the runs of today.
 */
export function offer<R extends Offered>(
  cursor: Cursor,
  runs: R[],
  { now, hasEnded }: { now: number; hasEnded: (run: R) => boolean },
): { cursor: Cursor; ended: R[] } {
  let { high, tooLate } = cursor;
  const judged = new Map(Object.entries(cursor.judged).map(([day, ids]) => [day, new Set(ids)]));
  const open = new Map(cursor.open.map((run) => [run.id, run]));
  const late = new Set(cursor.late);
  const ended: R[] = [];
  const remember = (run: R) => {
    // By its creation too: a run that appeared late is listed by AEP for as long as its creation is above the floor.
    const day = dayOf(Math.max(run.start, run.created, cursor.floor));
    judged.set(day, (judged.get(day) ?? new Set()).add(run.id.slice(-idEnd)));
  };
  for (const run of runs) {
    const key = run.id.slice(-idEnd);
    if (late.has(key) || [...judged.values()].some((ids) => ids.has(key))) continue;
    if (run.start < cursor.floor && !open.has(run.id)) {
      tooLate += 1;
      remember(run);
      late.add(key);
      continue;
    }
    high = Math.max(high, Math.min(run.start, now));
    if (!hasEnded(run)) {
      open.set(run.id, { id: run.id, start: run.start });
      continue;
    }
    ended.push(run);
    remember(run);
    open.delete(run.id);
  }
  const lists = Object.fromEntries([...judged].map(([day, ids]) => [day, [...ids]]));
  const offered = { ...cursor, high, tooLate, judged: lists, open: [...open.values()] };
  return { cursor: withLate(offered, [...late]), ended };
}

/**
 * Raises the floor. Only after a read of everything from the old floor that nothing cut short, all of it offered. What
 * is still open below it will hardly ever end, and would have to be asked for each day: it is counted, and done with.
 */
export function raiseFloor(cursor: Cursor): Cursor {
  const floor = Math.max(cursor.floor, startOfDay(cursor.high - latenessMs));
  const endless = cursor.open.filter(({ start }) => start < floor);
  const judged = Object.fromEntries(Object.entries(cursor.judged).filter(([day]) => day >= dayOf(floor)));
  const raised = {
    ...cursor,
    floor,
    judged,
    open: cursor.open.filter(({ start }) => start >= floor),
    tooLate: cursor.tooLate + endless.length,
  };
  return withLate(raised, [...(cursor.late ?? []), ...endless.map(({ id }) => id.slice(-idEnd))]);
}

function withLate(cursor: Cursor, late: string[]): Cursor {
  return late.length === 0 ? cursor : { ...cursor, late: late.slice(-lateToKeep) };
}

/** Gives up open runs that AEP does not know any more. */
export function forget(cursor: Cursor, ids: string[]): Cursor {
  return { ...cursor, open: cursor.open.filter(({ id }) => !ids.includes(id)) };
}

/** From which creation time on an ordinary read asks for runs. */
export function readFrom({ floor, high }: Cursor): number {
  return Math.max(floor, high - overlapMs);
}

/** The ends of the ids that a read of runs created since `from` need not bring again. */
export function judgedSince({ judged, late = [] }: Cursor, from: number): string[] {
  return [...late, ...Object.entries(judged).flatMap(([day, ids]) => (day >= dayOf(from) ? ids : []))];
}

/** How many ids are remembered. */
export function judgedIn({ judged }: Cursor): number {
  return Object.values(judged).reduce((sum, ids) => sum + ids.length, 0);
}

/** Whether `id` is among what `judgedSince` answered. */
export function isAmong(idEnds: ReadonlySet<string>, id: string): boolean {
  return idEnds.has(id.slice(-idEnd));
}

function startOfDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
