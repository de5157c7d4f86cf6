/** To the millisecond: when a watch looks, waits, gives up, ends and calls something late. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/runs/flow.ts';
import { isOver, planLook } from '../../src/runs/next-look.ts';
import { isPast, reportOf, type Reported } from '../../src/runs/notification.ts';
import {
  asking,
  doubted,
  followRetries,
  givenUp,
  inheritanceOf,
  noReactions,
  pauseBefore,
  putOff,
  react,
  type Reactions,
  type RetryChain,
} from '../../src/runs/reactions.ts';
import { judgedSince, readFrom, startCursor, offer } from '../../src/runs/cursor.ts';
import { healthOf } from '../../src/runs/health.ts';
import type { Watch } from '../../src/definition/watch.ts';
import type { Run } from '../../src/runs/run.ts';
import { emptyRecord } from '../../src/runs/verdict.ts';
import {
  absorb,
  expectedRun,
  hear,
  lastNews,
  patienceOf,
  settingsOf,
  type News,
  type WatchState,
} from '../../src/runs/watch-state.ts';
import { disabled, failed, hour, hourly, inProgress, minute, ok, t0 } from './sample-runs.ts';

const day = 24 * hour;
const news = (more: Partial<News> = {}): News => ({
  readAt: t0,
  full: true,
  cutShort: false,
  vanished: [],
  runs: [],
  flow: hourly,
  since: t0,
  ...more,
});
const begun = (more: Partial<News> = {}) => absorb(undefined, news(more), {});
const look = (state: WatchState, readAt: number, runs: Run[] = [], more: Partial<News> = {}) =>
  absorb(state, { readAt, full: false, cutShort: false, vanished: [], runs, ...more }, {});

describe('a watch that begins', () => {
  test('knows what its first look brought', () => {
    expect(begun()).toMatchObject({
      began: t0,
      readAt: t0,
      flowReadAt: t0,
      fullPassDue: t0 + day,
      cutShort: false,
      behindMs: 0,
      flow: hourly,
      cursor: { floor: t0 - 8 * hour, high: 0, judged: {}, open: [], tooLate: 0 },
      record: emptyRecord(),
    });
    expect(begun({ full: false }).fullPassDue).toBe(t0);
    expect(begun({ restMs: 5 }).fullPassDue).toBe(t0 + 5);
    expect(() => begun({ flow: null })).toThrow('A watch begins with its flow.');
  });

  test('takes over what was counted, and since when', () => {
    const record = { ...emptyRecord(), totals: { ...emptyRecord().totals, ok: 5 } };
    const inherited = { began: 1, record, tooLate: 2, reactions: noReactions };
    expect(absorb(undefined, news(), {}, inherited)).toMatchObject({
      began: 1,
      record,
      cursor: { tooLate: 2 },
    });
  });

  test('hands over what still means something', () => {
    const state = look(begun(), t0 + hour, [ok(t0, { id: 'r' }), failed(t0 + minute)]);
    const reported: Reported = { verdict: 'failed' };
    const outbox = [{ message: {} as never }];
    const handed = inheritanceOf(
      { ...state, cursor: { ...state.cursor, tooLate: 3 } },
      { ...noReactions, seen: ['x'], forgiven: 9, reported, outbox, undelivered: 2 },
    );
    expect(handed).toStrictEqual({
      began: t0,
      record: { ...emptyRecord(), totals: state.record.totals, lastSuccess: state.record.lastSuccess },
      tooLate: 3,
      reactions: { ...noReactions, forgiven: 1, reported, outbox, undelivered: 2 },
    });
    expect(inheritanceOf(begun(), noReactions)).toStrictEqual({
      began: t0,
      record: emptyRecord(),
      tooLate: 0,
      reactions: noReactions,
    });
    // What the next flow is disabled by: not that of failures of a flow that is no more.
    const by = (pausedBy: Reactions['pausedBy'] & {}) =>
      inheritanceOf(begun(), { ...noReactions, pausedBy }).reactions?.pausedBy;
    expect([by('person'), by({ failures: 2 })]).toEqual(['person', undefined]);
  });
});

describe('a look', () => {
  test('that did not read the flow leaves it as it was, and since when it was read', () => {
    const state = look(begun(), t0 + 5, [], { flow: undefined as never });
    expect(state).toMatchObject({ flow: hourly, flowReadAt: t0, readAt: t0 + 5 });
    expect(look(state, t0 + 9, [], { flow: disabled })).toMatchObject({
      flow: disabled,
      flowReadAt: t0 + 9,
      switchedAt: t0 + 9,
    });
    expect(state).not.toHaveProperty('switchedAt');
    expect(
      look(look(state, t0 + 9, [], { flow: disabled }), t0 + 10, [], { flow: disabled }).switchedAt,
    ).toBe(t0 + 9);
  });

  test('that was not full raises no floor, and forgets what vanished', () => {
    const open = look(begun(), t0 + hour, [
      { ...inProgress(t0), id: 'a' },
      { ...inProgress(t0), id: 'b' },
    ]);
    const later = look(open, t0 + 20 * day, [ok(t0 + 20 * day)], { vanished: ['a'] });
    expect(later.cursor.open.map(({ id }) => id)).toEqual(['b']);
    expect(later.cursor.floor).toBe(open.cursor.floor);
    expect(look(open, t0 + 20 * day, [ok(t0 + 20 * day)], { full: true }).cursor.floor).toBe(
      t0 + 13 * day - 8 * hour,
    );
  });

  test('learns how far AEP’s clock is behind from runs that ended before the look that did not show them', () => {
    const seen = look(begun(), t0 + hour);
    const behind = (runs: Run[], more: Partial<News> = {}, from = seen) =>
      look(from, t0 + 2 * hour, runs, more).behindMs;
    // Ended a quarter of an hour before a look to which it was still open.
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })])).toBe(15 * minute);
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 61 * minute })])).toBe(0);
    // The latest of several counts, and of one without an end its start.
    const { end: _, ...endless } = ok(t0 + 50 * minute);
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute }), endless])).toBe(10 * minute);
    // Nothing can be told after a look that was cut short, nor of a run that is older than the newest.
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })], {}, { ...seen, cutShort: true })).toBe(
      0,
    );
    const newest = { ...seen, cursor: { ...seen.cursor, high: t0 + 41 * minute }, behindMs: 7 };
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })], {}, newest)).toBe(7);
    const same = { ...seen, cursor: { ...seen.cursor, high: t0 + 40 * minute } };
    expect(behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })], {}, same)).toBe(15 * minute);
    // What the follower has heard since counts as a look, and no look lies after this one.
    expect(
      behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })], {}, { ...seen, heardAt: t0 + 65 * minute }),
    ).toBe(20 * minute);
    expect(
      behind([ok(t0 + 40 * minute, { end: t0 + 45 * minute })], {}, { ...seen, heardAt: t0 + 9 * hour }),
    ).toBe(75 * minute);
  });

  test('judges runs in the order in which they started', () => {
    const state = look(begun(), t0 + 3 * hour, [failed(t0 + 2 * hour), ok(t0), failed(t0 + hour)]);
    expect(state.record.streak).toMatchObject({ verdict: 'failed', runs: 2 });
  });

  test('hears of what ended as long as no more is known than there can be', () => {
    const state = begun();
    const heard = hear(state, { readAt: t0 + minute, runs: [ok(t0)] }, {});
    expect(heard).toMatchObject({ heardAt: t0 + minute, readAt: t0, record: { totals: { ok: 1 } } });
    expect(hear(heard, { readAt: t0, runs: [] }, {}).heardAt).toBe(t0 + minute);
    expect([lastNews(state), lastNews(heard), lastNews({ ...heard, readAt: t0 + hour })]).toEqual([
      t0,
      t0 + minute,
      t0 + hour,
    ]);
    const ids = (count: number) => ({
      ...state,
      cursor: {
        ...state.cursor,
        judged: { '2026-03-02': Array.from({ length: count }, (_, at) => String(at)) },
      },
    });
    expect(hear(ids(4_999), { readAt: t0, runs: [ok(t0)] }, {}).record.totals.ok).toBe(1);
    expect(hear(ids(5_000), { readAt: t0, runs: [ok(t0)] }, {}).record.totals.ok).toBe(0);
  });
});

describe('patience', () => {
  const used = (...minutes: number[]) => ({
    ...emptyRecord(),
    usual: { durations: minutes.map((one) => one * minute), records: [] },
  });
  test('with a run is what was asked for, else four times the usual, half an hour at least, else two hours and a half', () => {
    expect(patienceOf(emptyRecord(), {})).toBe(150 * minute);
    expect(patienceOf(used(1, 1), {})).toBe(150 * minute);
    expect(patienceOf(used(1, 1, 1), {})).toBe(30 * minute);
    expect(patienceOf(used(20, 20, 20), {})).toBe(80 * minute);
    expect(patienceOf(used(20, 20, 20), { stuckAfterSeconds: 60 })).toBe(minute);
  });

  test('is read from a definition', () => {
    expect(settingsOf()).toStrictEqual({
      overdueAfterSeconds: undefined,
      stuckAfterSeconds: undefined,
      expectRows: undefined,
    });
    expect(settingsOf({ overdueAfter: '2m', stuckAfter: '1h', expectRows: true })).toStrictEqual({
      overdueAfterSeconds: 120,
      stuckAfterSeconds: 3600,
      expectRows: true,
    });
    expect(settingsOf({ overdueAfter: 'soon' })).toMatchObject({ overdueAfterSeconds: undefined });
  });
});

describe('the run that is due', () => {
  const expected = (more: Partial<WatchState> = {}, settings = {}) =>
    expectedRun({ ...begun(), ...more }, settings);
  const cursor = (high: number) => ({ ...begun().cursor, high });

  test('is overdue when its grace is over, by AEP’s clock', () => {
    expect(expected()).toEqual({ due: t0, overdueAt: t0 + 30 * minute });
    expect(expected({}, { overdueAfterSeconds: 5 })).toEqual({ due: t0, overdueAt: t0 + 5_000 });
    expect(expected({ behindMs: minute })).toEqual({ due: t0, overdueAt: t0 + 31 * minute });
  });

  test('comes after the newest run, after the flow was switched on, and on the first day after a run shortly before it', () => {
    expect(expected({ cursor: cursor(t0) })?.due).toBe(t0 + hour);
    expect(expected({ switchedAt: t0 + 2.5 * hour })?.due).toBe(t0 + 3 * hour);
    expect(expected({ switchedAt: t0 + 2.5 * hour, behindMs: hour })?.due).toBe(t0 + 2 * hour);
    const midnight: Flow = { ...hourly, schedule: { startTime: t0 - 8 * hour, periodMs: day } };
    expect(expected({ flow: midnight })?.due).toBe(t0 - 8 * hour);
  });

  test('is none of a flow that is paused, has no schedule, or runs no more', () => {
    const { schedule: _, ...streaming } = hourly;
    expect(expected({ flow: disabled })).toBeUndefined();
    expect(expected({ flow: streaming })).toBeUndefined();
    expect(
      expected({ flow: { ...hourly, schedule: { startTime: t0 } }, cursor: cursor(t0) }),
    ).toBeUndefined();
  });
});

describe('the next look', () => {
  const at = (more: Partial<WatchState> = {}, settings = {}) => planLook({ ...begun(), ...more }, settings);
  const known = { cursor: { ...begun().cursor, high: t0 } };

  test('comes when the next run is overdue, or six minutes and half its usual time after it was due', () => {
    expect(at()).toEqual({ at: t0 + 30 * minute, full: false, readsFlow: true });
    expect(at(known)).toEqual({ at: t0 + 90 * minute, full: false, readsFlow: true });
    const slow = { ...emptyRecord(), usual: { durations: [hour, hour, hour], records: [] } };
    expect(at({ ...known, record: slow }).at).toBe(t0 + hour + 90 * minute + 6 * minute);
    expect(at({ ...known, record: slow, behindMs: minute }).at).toBe(t0 + hour + 97 * minute);
    expect(at({ ...known, record: slow }, { overdueAfterSeconds: 60 }).at).toBe(t0 + hour + minute);
  });

  test('is made at once where the last was cut short, a full one is due, or a paused flow runs', () => {
    expect(at({ cutShort: true })).toEqual({ at: 0, full: false, readsFlow: false });
    expect(at({ fullPassDue: t0 })).toEqual({ at: 0, full: true, readsFlow: false });
    expect(at({ fullPassDue: t0 + 1 })).toEqual({ at: t0 + 1, full: true, readsFlow: false });
    expect(at({ flow: disabled, heardAt: t0 + 1 })).toEqual({ at: 0, full: false, readsFlow: true });
    expect(at({ flow: disabled, heardAt: t0 })).toEqual({ at: t0 + day, full: true, readsFlow: true });
    expect(at({ heardAt: t0 + 1 }).at).toBe(t0 + 30 * minute);
    expect(planLook(undefined, {})).toEqual({ at: 0, full: true, readsFlow: true });
  });

  test('reads the flow before it calls a run overdue', () => {
    const late = { readAt: t0 + 30 * minute, flowReadAt: t0 + 29 * minute };
    expect(at(late)).toEqual({ at: 0, full: false, readsFlow: true });
    expect(at({ ...late, flowReadAt: t0 + 30 * minute }).at).toBeGreaterThan(late.readAt);
    expect(at({ ...late, readAt: t0 + 30 * minute - 1 }).at).toBe(t0 + 30 * minute);
  });

  test('comes when a run takes too long, and reads the flow only after three days', () => {
    const open = { ...known, cursor: { ...known.cursor, open: [{ id: 'r', start: t0 - hour }] } };
    expect(at(open, { stuckAfterSeconds: 5_400, overdueAfterSeconds: 9_999 })).toEqual({
      at: t0 + 30 * minute + 1,
      full: false,
      readsFlow: false,
    });
    expect(at({ ...open, behindMs: 7 }, { stuckAfterSeconds: 5_400, overdueAfterSeconds: 9_999 }).at).toBe(
      t0 + 30 * minute + 8,
    );
    const old = { ...open, flowReadAt: t0 + 30 * minute + 1 - 3 * day };
    expect(at(old, { stuckAfterSeconds: 5_400, overdueAfterSeconds: 9_999 }).readsFlow).toBe(false);
    expect(
      at({ ...old, flowReadAt: old.flowReadAt - 1 }, { stuckAfterSeconds: 5_400, overdueAfterSeconds: 9_999 })
        .readsFlow,
    ).toBe(true);
  });

  test('for a flow that cannot be read comes in an hour, at once where it was cut short or something was heard', () => {
    const hidden = { unreadableSince: t0 };
    expect(at(hidden)).toEqual({ at: t0 + hour, full: false, readsFlow: true });
    expect(at({ ...hidden, fullPassDue: t0 + hour })).toEqual({ at: t0 + hour, full: true, readsFlow: true });
    expect(at({ ...hidden, cutShort: true })).toEqual({ at: 0, full: false, readsFlow: true });
    expect(at({ ...hidden, cutShort: true, fullPassDue: t0 })).toEqual({
      at: 0,
      full: true,
      readsFlow: true,
    });
    expect(at({ ...hidden, heardAt: t0 + 1 }).at).toBe(0);
    expect(at({ ...hidden, heardAt: t0 }).at).toBe(t0 + hour);
  });

  test('is the last a day after a flow that runs once has run well', () => {
    const once: Flow = { ...hourly, schedule: { startTime: t0 } };
    const done = look(begun({ flow: once }), t0 + hour, [ok(t0)]);
    expect(done.onceDone).toBe(t0 + hour);
    expect(planLook(done, {}).at).toBe(t0 + day);
    expect(planLook({ ...done, fullPassDue: t0 + 9 * day }, {}).at).toBe(t0 + 25 * hour);
    const over = (readAt: number) => isOver({ ...done, readAt });
    expect([over(t0 + 25 * hour - 1), over(t0 + 25 * hour)]).toEqual([false, true]);
    expect(isOver(begun())).toBe(false);
    expect(look(done, t0 + 2 * hour, [failed(t0 + hour)])).not.toHaveProperty('onceDone');
    expect(look(begun(), t0 + hour, [ok(t0)])).not.toHaveProperty('onceDone');
    const { schedule: _, ...streaming } = hourly;
    expect(look(begun({ flow: streaming }), t0 + hour, [ok(t0)])).not.toHaveProperty('onceDone');
  });
});

describe('what is reported', () => {
  const report = (
    verdict: string,
    before?: Reported,
    state: WatchState = look(begun(), t0 + hour, [ok(t0)]),
  ) => reportOf(before, state, { verdict } as never);

  test('of what ended before the watch began is nothing', () => {
    const run = { id: 'r', start: t0 - 9, end: t0 - 1, verdict: 'ok' as const };
    expect(isPast(run, begun())).toBe(true);
    expect(isPast({ ...run, end: t0 }, begun())).toBe(false);
    const { end: _, ...endless } = run;
    expect(isPast(endless, begun())).toBe(true);
    expect(isPast(run, { ...begun(), behindMs: 1 })).toBe(false);
    expect(report('failed', undefined, begun())).toEqual({ reported: { verdict: 'failed', silent: true } });
    for (const verdict of ['overdue', 'stuck', 'unreadable'])
      expect(report(verdict, undefined, begun())).toEqual({
        reported: { verdict },
        change: { event: 'changed' },
      });
  });

  test.each<[string, Reported | undefined, object]>([
    ['ok', undefined, { reported: { verdict: 'ok' }, change: { event: 'changed' } }],
    ['ok', { verdict: 'ok' }, {}],
    [
      'ok',
      { verdict: 'failed' },
      { reported: { verdict: 'ok' }, change: { event: 'recovered', was: 'failed' } },
    ],
    [
      'ok',
      { verdict: 'failed', silent: true },
      { reported: { verdict: 'ok' }, change: { event: 'changed' } },
    ],
    ['ok', { verdict: 'ok', silent: true }, { reported: { verdict: 'ok' } }],
    [
      'failed',
      { verdict: 'failed', silent: true },
      { reported: { verdict: 'failed' }, change: { event: 'changed' } },
    ],
    [
      'failed',
      { verdict: 'ok' },
      { reported: { verdict: 'failed' }, change: { event: 'changed', was: 'ok' } },
    ],
    ['pending', { verdict: 'ok' }, {}],
    ['paused', undefined, { reported: { verdict: 'paused', silent: true } }],
    [
      'paused',
      { verdict: 'ok' },
      { reported: { verdict: 'paused' }, change: { event: 'changed', was: 'ok' } },
    ],
    ['overdue', undefined, { reported: { verdict: 'overdue' }, change: { event: 'changed' } }],
    ['stuck', { verdict: 'ok' }, { reported: { verdict: 'stuck' }, change: { event: 'changed', was: 'ok' } }],
    ['unreadable', undefined, { reported: { verdict: 'unreadable' }, change: { event: 'changed' } }],
  ])('where it is %s, and was %j, is %j', (verdict, before, what) =>
    expect(report(verdict, before)).toStrictEqual(what),
  );
});

describe('a retry', () => {
  test('waits twice as long each time', () => {
    expect([0, 1, 3].map((tried) => pauseBefore(tried, '10m'))).toEqual([
      10 * minute,
      20 * minute,
      80 * minute,
    ]);
    expect([pauseBefore(0, undefined), pauseBefore(1, 'soon')]).toEqual([5 * minute, 10 * minute]);
  });

  test('is asked for once at a time, is put off where AEP surely did nothing, and is given up with its run', () => {
    const chain = { root: 'a', run: 'b', tried: 1, dueAt: t0, doubtSince: t0 };
    const other = { root: 'x', run: 'y', tried: 0 };
    expect(asking([other, chain], chain)).toStrictEqual([other, { root: 'a', run: 'b', tried: 1 }]);
    expect(putOff([chain, other], chain, t0, { retry: { times: 3, pause: '1m' } })).toStrictEqual([
      { root: 'a', run: 'b', tried: 1, dueAt: t0 + 2 * minute },
      other,
    ]);
    expect(putOff([chain], chain, t0, {})[0]!.dueAt).toBe(t0 + 10 * minute);
    const state = look(begun(), t0 + hour, [ok(t0, { id: 'b' })]);
    expect(givenUp(chain, state, 'Why')).toMatchObject({ run: { id: 'b', verdict: 'ok' }, refusal: 'Why' });
    expect(givenUp(other, state, undefined)).toStrictEqual({ run: { id: 'y' }, refusal: undefined });
  });
});

describe('reactions', () => {
  const settled = (state: WatchState, before: Partial<Reactions>, watch: Watch) =>
    react({ ...noReactions, ...before }, state, healthOf({ sandbox: 'prod', flowId: 'f' }, state, {}), watch);
  const two = look(begun(), t0 + 2 * hour, [failed(t0), failed(t0 + hour)]);
  const ids = two.record.last.map(({ id }) => id);

  test('forget what was asked of runs that are not among the latest any more', () => {
    const asked = { [ids[0]!]: 'underWay' as const, gone: 'inDoubt' as const };
    expect(settled(two, { asked }, {}).reactions.asked).toEqual({ [ids[0]!]: 'underWay' });
    expect(settled(two, {}, {}).reactions).not.toHaveProperty('asked');
  });

  test('disable a flow for failures that have just come, and not for those that were seen before it was asked for', () => {
    const reported = { verdict: 'failed' as const };
    expect(settled(two, { reported }, { pauseAfter: 2 }).actions.pause).toBe(2);
    expect(settled(two, { reported, seen: ids }, { pauseAfter: 2 }).actions.pause).toBeUndefined();
    // Nor for one that is older, came late and went well.
    const late = look(two, t0 + 3 * hour, [ok(t0 - 8 * hour)]);
    expect(settled(late, { reported, seen: ids }, { pauseAfter: 2 }).actions.pause).toBeUndefined();
    const paused = { ...two, flow: disabled };
    expect(settled(paused, { reported }, { pauseAfter: 2 }).actions.pause).toBeUndefined();
    const chains = [{ root: 'a', run: 'a', tried: 0, dueAt: t0 }];
    const { reactions } = settled(two, { reported, chains }, { pauseAfter: 2, retry: { times: 2 } });
    expect(reactions).toMatchObject({
      chains: [],
      forgiven: 2,
      pausedBy: { failures: 2, cause: { code: 'CONNECTOR-1001-500' } },
    });
  });

  test('remember that they disabled a flow until it was seen disabled and runs again', () => {
    const pausedBy = { failures: 2 };
    const after = (state: WatchState, verdict: 'failed' | 'paused') =>
      settled(state, { pausedBy, seen: ids, reported: { verdict } }, {}).reactions;
    expect(after({ ...two, flow: disabled }, 'paused').pausedBy).toEqual(pausedBy);
    expect(after(two, 'failed').pausedBy).toEqual(pausedBy);
    expect(after(two, 'paused')).not.toHaveProperty('pausedBy');
    expect(after(two, 'paused').forgiven).toBe(2);
    expect(settled(two, { seen: ids, reported: { verdict: 'paused' } }, {}).reactions.forgiven).toBe(0);
  });

  test('go on with a chain for what has just come of it, and for nothing else', () => {
    const [newest] = two.record.last;
    const chain: RetryChain = { root: 'a', run: newest!.id, tried: 1, dueAt: t0 + 5 };
    const follow = (fresh = two.record.last, retry: Watch['retry'] | null = { times: 3 }, before = [chain]) =>
      followRetries(before, fresh, two, retry ? { retry } : {});
    expect(follow([])).toEqual({ chains: [chain], gaveUp: [] });
    expect(follow([newest!]).chains).toEqual([{ ...chain, dueAt: t0 + 2 * hour + 10 * minute }]);
    expect(follow([newest!], null)).toEqual({ chains: [], gaveUp: [{ run: newest }] });
    expect(follow([newest!], null, [])).toEqual({ chains: [], gaveUp: [] });
    const forGood = { ...newest!, cause: { code: 'X-1-403', message: '', next: '' } };
    expect(follow([forGood], { times: 3 }, [])).toEqual({ chains: [], gaveUp: [] });
    expect(follow([forGood])).toEqual({ chains: [], gaveUp: [{ run: forGood }] });
  });

  test('take for the answer what started since AEP was asked, by its clock and a minute before', () => {
    const chain: RetryChain = { root: 'a', run: 'a', tried: 1, dueAt: t0, doubtSince: t0 + 10 * minute };
    const answered = (start: number, more: Partial<WatchState> = {}, id = 'b') => {
      const state = { ...begun(), behindMs: minute, ...more };
      return followRetries(
        [chain],
        [],
        { ...state, cursor: { ...state.cursor, open: [{ id, start }] } },
        { retry: { times: 3 } },
      ).chains[0]!.run;
    };
    expect(answered(t0 + 8 * minute)).toBe('b');
    expect(answered(t0 + 8 * minute - 1)).toBe('a');
    expect(answered(t0 + 9 * minute, { behindMs: 0 })).toBe('b');
    expect(answered(t0 + 9 * minute - 1, { behindMs: 0 })).toBe('a');
    const itself = followRetries(
      [chain],
      [],
      { ...begun(), cursor: { ...begun().cursor, open: [{ id: 'a', start: t0 + hour }] } },
      { retry: { times: 3 } },
    );
    expect(itself.chains).toEqual([chain]);
    expect(doubted([chain], chain, { askedAt: t0, now: t0 }, {})[0]!.dueAt).toBe(t0 + 20 * minute);
  });
});

describe('the cursor', () => {
  test('has an ordinary read begin six hours before the newest run, and never below the floor', () => {
    const cursor = startCursor(t0);
    expect(readFrom({ ...cursor, high: t0 - 3 * hour })).toBe(cursor.floor);
    expect(readFrom({ ...cursor, high: t0 })).toBe(t0 - 6 * hour);
  });

  test('has a read bring nothing again of the days that it is about, nor what came too late', () => {
    const judged = { '2026-03-01': ['a'], '2026-03-02': ['b'], '2026-03-03': ['c'] };
    expect(judgedSince({ ...startCursor(t0), judged }, t0)).toEqual(['b', 'c']);
    expect(judgedSince({ ...startCursor(t0), judged, late: ['d'] }, t0 + day)).toEqual(['d', 'c']);
  });

  test('counts what came too late once, however much of it there is', () => {
    const late = Array.from({ length: 150 }, (_, n) => ok(t0 - 9 * day, { id: `late-${n}` }));
    const offered = (cursor: ReturnType<typeof startCursor>) =>
      offer(cursor, late, { now: t0, hasEnded: () => true });
    const once = offered(startCursor(t0));
    expect(once.ended).toEqual([]);
    expect(offered(once.cursor).cursor.tooLate).toBe(150);
  });
});
