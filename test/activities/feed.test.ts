import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, feedFrom, remember, startFeed, notSignalled } from '../../src/activities/watch/feed.ts';
import type { Feed } from '../../src/activities/watch/feed.ts';
import type { Run } from '../../src/runs/run.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 1);

const run = (n: number, end: number): Run => ({
  id: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  flowId: 'f',
  status: 'success',
  start: end - minute,
  created: end - minute,
  end,
  counts: {},
  errors: [],
});

/** A look at everything that ended, as a follower makes it. Answers which were signalled. */
function look(feed: Feed, runs: Run[], now: number, wide: boolean): { feed: Feed; signalled: Run[] } {
  const from = feedFrom(feed, { wide });
  const seen = runs.filter(({ end = 0 }) => end >= from && end <= now);
  const signalled = notSignalled(feed, seen);
  return { feed: advance(remember(feed, signalled, now), seen, now), signalled };
}

describe('a feed', () => {
  test('signals each run once, also one that shows up to half an hour after it ended, however the looks fall', () => {
    const runs = fc.array(
      fc.record({
        end: fc.integer({ min: 0, max: 180 }),
        late: fc.constantFrom(0, 0, 0, 1, 5, 25),
      }),
      { minLength: 5, maxLength: 80 },
    );
    const pauses = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 120, maxLength: 120 });
    fc.assert(
      fc.property(runs, pauses, (times, pauses) => {
        const all = times.map(({ end, late }, n) => ({
          run: run(n, t0 + end * minute),
          shows: t0 + (end + late) * minute,
        }));
        let now = t0;
        let feed = startFeed(t0, now, { wide: true });
        const signalled: string[] = [];
        for (const [n, pause] of pauses.entries()) {
          now += pause * minute;
          const visible = all.filter(({ shows }) => shows <= now).map(({ run }) => run);
          // Every other look is a wide one, or a run could be later than that by the time of the next.
          const found = look(feed, visible, now, n % 2 === 0);
          feed = JSON.parse(JSON.stringify(found.feed)) as Feed;
          signalled.push(...found.signalled.map(({ id }) => id));
        }
        expect(new Set(signalled).size).toBe(signalled.length);
        expect(signalled.toSorted()).toEqual(all.map(({ run }) => run.id).toSorted());
      }),
      { numRuns: 150 },
    );
  });

  test('signals again what it did not take down: nothing is lost with a follower that dies', () => {
    const feed = startFeed(t0, t0, { wide: false });
    const ended = [run(1, t0 + minute), run(2, t0 + minute)];
    const now = t0 + 2 * minute;
    expect(notSignalled(feed, ended)).toEqual(ended);
    expect(notSignalled(remember(feed, [ended[0]!], now), ended)).toEqual([ended[1]]);
  });

  test('is not carried away by one run that says it ended in the future', () => {
    let feed = startFeed(t0, t0, { wide: false });
    ({ feed } = look(feed, [run(1, t0 + minute)], t0 + 2 * minute, false));
    const future = run(2, t0 + 400 * 24 * 60 * minute);
    feed = advance(remember(feed, [future], t0 + 2 * minute), [future], t0 + 2 * minute);
    const today = run(3, t0 + 3 * minute);
    expect(look(feed, [today], t0 + 4 * minute, false).signalled).toEqual([today]);
  });

  test('begins with what ends now by the clock of AEP, whatever ours says', () => {
    const year = 365 * 24 * 60 * minute;
    expect(feedFrom(startFeed(t0, t0 + year, { wide: false }), { wide: false })).toBe(t0 - 2 * minute);
    expect(feedFrom(startFeed(t0 + year, t0, { wide: false }), { wide: false })).toBe(t0 - 2 * minute);
  });

  test('takes down a failed run without a time of its own for as long as it is asked for', () => {
    const feed = { ...startFeed(t0, t0, { wide: false }) };
    const { end: _, ...silent } = run(1, t0);
    const signalled = remember(feed, [silent], t0);
    expect(notSignalled(advance(signalled, [silent], t0 + 20 * minute), [silent])).toEqual([]);
  });

  test('stays small, and goes back only as far as it remembers', () => {
    let feed = startFeed(t0, t0, { wide: true });
    for (let n = 1; n <= 40; n++) {
      const now = t0 + n * minute;
      const ended = Array.from({ length: 1_000 }, (_, i) => run(n * 1_000 + i, now));
      feed = advance(remember(feed, ended, now), ended, now);
      expect(notSignalled(feed, ended)).toEqual([]);
    }
    expect(JSON.stringify(feed).length).toBeLessThan(110_000);
    const from = feedFrom(feed, { wide: true });
    expect(from).toBeGreaterThan(feed.until - 30 * minute);
    expect(from).toBeLessThan(feed.until - 2 * minute);
  });
});
