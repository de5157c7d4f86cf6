import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  forget,
  isAmong,
  judgedSince,
  latenessMs,
  offer,
  raiseFloor,
  readFrom,
  startCursor,
} from '../../src/runs/cursor.ts';
import type { Cursor } from '../../src/runs/cursor.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const t0 = Date.UTC(2026, 2, 1);

interface SimRun {
  id: string;
  start: number;
  created: number;
  /** When AEP's lists begin to show it. */
  shows: number;
  end: number;
}

const hasEndedAt = (now: number) => (run: SimRun) => run.end <= now;
const idOf = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** A run of a flow: most appear at once, some late, some never end, some share their start with another. */
const simRun = fc.record({
  start: fc.integer({ min: 0, max: 40 * 24 * 4 }).map((quarter) => t0 + quarter * 15 * minute),
  late: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: latenessMs }) },
    { weight: 1, arbitrary: fc.integer({ min: latenessMs, max: 3 * latenessMs }) },
  ),
  createdLate: fc.boolean(),
  lasts: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 * hour }) },
    { weight: 1, arbitrary: fc.constant(Infinity) },
  ),
});

const runsOfFlow = fc.array(simRun, { minLength: 40, maxLength: 160, size: 'max' }).map((runs) =>
  runs.map(({ start, late, createdLate, lasts }, n): SimRun => {
    const shows = start + late;
    return {
      id: idOf(n),
      start,
      created: createdLate ? shows : start,
      shows,
      end: Math.max(shows, start + lasts),
    };
  }),
);

/** Moments at which the watcher looks, and how; between two of them AEP may be away for days. */
const looks = fc.array(
  fc.record({
    after: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: minute, max: 30 * hour }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 * day }) },
    ),
    full: fc.boolean(),
    pageLimit: fc.constantFrom(1, 3, 1000),
    pushed: fc.array(fc.nat(), { maxLength: 5 }),
    doubled: fc.boolean(),
    skew: fc.integer({ min: -20 * minute, max: 20 * minute }),
  }),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/** A watcher's own reading of AEP, as the activity does it. Answers whether everything was read. */
function read(
  runs: SimRun[],
  cursor: Cursor,
  from: number,
  now: number,
  limit: number,
): { found: SimRun[]; complete: boolean } {
  const judged = new Set(judgedSince(cursor, from));
  const listed = runs
    .filter(({ shows, created }) => shows <= now && created >= from)
    .sort((a, b) => a.created - b.created);
  const fresh = listed.filter(({ id }) => !isAmong(judged, id));
  const open = new Set(cursor.open.map(({ id }) => id));
  const unknown = fresh.filter(({ id }) => !open.has(id));
  const found = fresh.filter(({ id }) => open.has(id)).concat(unknown.slice(0, limit));
  const byId = runs.filter(({ id }) => open.has(id) && !found.some((run) => run.id === id));
  return { found: [...found, ...byId], complete: unknown.length <= limit };
}

describe('the cursor', () => {
  test('judges every run once, in any order, doubled, late, through outages, short pages and clocks that differ', () => {
    fc.assert(
      fc.property(runsOfFlow, looks, (runs, looks) => {
        let cursor = startCursor(t0);
        const judged: string[] = [];
        let now = t0;
        const take = (found: SimRun[], skew = 0) => {
          const taken = offer(cursor, found, { now: now + skew, hasEnded: hasEndedAt(now) });
          cursor = taken.cursor;
          judged.push(...taken.ended.map(({ id }) => id));
        };
        const look = (full: boolean, pageLimit: number, skew: number, doubled = false) => {
          const from = full ? cursor.floor : readFrom(cursor);
          const { found, complete } = read(runs, cursor, from, now, pageLimit);
          // Else a watcher would be told the same for ever.
          expect(found.filter(({ id }) => judged.includes(id))).toEqual([]);
          take(doubled ? [...found.toReversed(), ...found] : found, skew);
          if (full && complete) cursor = raiseFloor(cursor);
          return complete;
        };
        let lastFull = t0;
        for (const { after, full, pageLimit, pushed, doubled, skew } of looks) {
          now += after;
          const visible = runs.filter(({ shows }) => shows <= now);
          if (visible.length > 0)
            take(
              pushed.map((n) => visible[n % visible.length]!),
              skew,
            );
          const daily = full || now - lastFull > day;
          if (daily) lastFull = now;
          look(daily, pageLimit, skew, doubled);
          // JSON is how the cursor gets from one execution to the next.
          cursor = JSON.parse(JSON.stringify(cursor)) as Cursor;
        }
        while (!look(true, 1000, 0)) continue;

        const tooLate = runs.filter(({ start, end }) => end - start > latenessMs);
        const due = runs.filter(
          ({ shows, start, end }) => shows <= now && end <= now && shows - start <= latenessMs,
        );
        expect(new Set(judged).size).toBe(judged.length);
        expect(due.filter(({ id }) => !judged.includes(id))).toEqual([]);
        // A push of a run that was judged and forgotten weeks ago looks like one that comes too late.
        const pushed = looks.some((look) => look.pushed.length > 0);
        if (!pushed) expect(cursor.tooLate).toBeLessThanOrEqual(tooLate.length);
        const all = runs.filter(({ shows }) => shows <= now).length;
        const neverShown = runs.filter(
          ({ shows, start, created }) => shows <= now && shows - start > latenessMs && created < cursor.floor,
        ).length;
        expect(judged.length + cursor.open.length + cursor.tooLate).toBeGreaterThanOrEqual(all - neverShown);
      }),
      { numRuns: 200 },
    );
  });

  const run = (id: number, start: number, end = start): SimRun => ({
    id: idOf(id),
    start,
    created: start,
    shows: start,
    end,
  });
  const take = (cursor: Cursor, runs: SimRun[], now: number) =>
    offer(cursor, runs, { now, hasEnded: hasEndedAt(now) });

  test('does not let a run dated in the future raise the floor over those of today', () => {
    const future = run(1, t0 + 400 * day);
    const today = run(2, t0 + 10 * day);
    const now = t0 + 10 * day;
    const after = raiseFloor(offer(startCursor(t0), [future], { now, hasEnded: () => true }).cursor);
    expect(after.floor).toBeLessThanOrEqual(today.start);
    expect(take(after, [today], now).ended).toEqual([today]);
  });

  test('counts a run that appears after more than a week once, and does not judge it', () => {
    const now = t0 + 30 * day;
    const begun = raiseFloor(take(startCursor(t0), [run(1, now)], now).cursor);
    const late = { ...run(2, t0 + 5 * day), created: now };
    const once = take(begun, [late], now);
    const twice = take(once.cursor, [late], now);
    expect(once.ended).toEqual([]);
    expect(twice.cursor.tooLate).toBe(1);
    expect(isAmong(new Set(judgedSince(twice.cursor, readFrom(twice.cursor))), late.id)).toBe(true);
  });

  test('gives up a run that is open when the floor rises over its start, and counts it once, even if it ends', () => {
    const long = run(1, t0, t0 + 20 * day);
    const opened = take(startCursor(t0), [long], t0 + hour).cursor;
    const raised = raiseFloor(take(opened, [run(2, t0 + 15 * day)], t0 + 15 * day).cursor);
    expect(raised.floor).toBeGreaterThan(long.start);
    expect(raised).toMatchObject({ open: [], tooLate: 1 });
    const ended = take(raised, [long, long], t0 + 20 * day);
    expect(ended.ended).toEqual([]);
    expect(ended.cursor.tooLate).toBe(1);
  });

  test.each([9, 20, 200])(
    'counts a run once that is open for %d days, while others come and go every day',
    (days) => {
      const long = run(1, t0, t0 + days * day);
      let cursor = take(startCursor(t0), [long], t0 + hour).cursor;
      const judged: SimRun[] = [];
      for (let n = 1; n <= days + 30; n++) {
        const now = t0 + n * day;
        // Whoever tells of it, at its end and after: the follower, and again after a crash.
        const taken = take(cursor, n >= days ? [run(n + 1, now), long] : [run(n + 1, now)], now);
        judged.push(...taken.ended);
        cursor = raiseFloor(JSON.parse(JSON.stringify(taken.cursor)) as Cursor);
      }
      expect(cursor.tooLate).toBe(1);
      expect(judged.map(({ id }) => id)).not.toContain(long.id);
    },
  );

  test('counts a run once that appears too late and open, and ends days later', () => {
    const now = t0 + 30 * day;
    const late = { ...run(2, t0 + 5 * day, now + 5 * day), created: t0 + 5 * day };
    let cursor = raiseFloor(take(startCursor(t0), [run(1, now)], now).cursor);
    cursor = take(cursor, [late], now).cursor;
    for (let n = 1; n <= 9; n++)
      cursor = raiseFloor(take(cursor, [run(n + 2, now + n * day)], now + n * day).cursor);
    expect(take(cursor, [late], now + 9 * day).cursor.tooLate).toBe(1);
  });

  test('remembers of what came too late no more than the newest hundred', () => {
    let cursor = startCursor(t0 + 30 * day);
    for (let n = 0; n < 500; n++) {
      cursor = take(cursor, [run(n, t0)], t0 + 30 * day).cursor;
    }
    cursor = raiseFloor(take(cursor, [run(999, t0 + 60 * day)], t0 + 60 * day).cursor);
    expect(cursor.tooLate).toBe(500);
    expect(JSON.stringify(cursor).length).toBeLessThan(2_000);
  });

  test('forgets what is older than the floor, so that its size does not grow with the life of the flow', () => {
    let cursor = startCursor(t0);
    let largest = 0;
    for (let n = 0; n < 60 * 96; n++) {
      const now = t0 + n * 15 * minute;
      cursor = take(cursor, [run(n, now)], now).cursor;
      if (n % 96 === 0) cursor = raiseFloor(cursor);
      largest = Math.max(largest, JSON.stringify(cursor).length);
    }
    expect(largest).toBeLessThan(14_000);
  });

  test('gives up a run in progress that AEP does not know any more', () => {
    const { cursor } = take(startCursor(t0), [run(1, t0, Infinity)], t0 + hour);
    expect(cursor.open).toHaveLength(1);
    expect(forget(cursor, [idOf(1)]).open).toEqual([]);
  });
});
