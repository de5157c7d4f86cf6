import { describe, expect, test } from 'vitest';
import { describeHealth } from '../../src/runs/details.ts';
import type { Flow } from '../../src/runs/flow.ts';
import { healthOf } from '../../src/runs/health.ts';
import { makesUp } from '../../src/runs/health.ts';
import type { Run } from '../../src/runs/run.ts';
import { isOver, planLook } from '../../src/runs/next-look.ts';
import { absorb, beginMade, hear } from '../../src/runs/watch-state.ts';
import type { News, WatchSettings, WatchState } from '../../src/runs/watch-state.ts';
import { degraded, disabled, failed, hour, hourly, inProgress, minute, ok, t0 } from './sample-runs.ts';

const day = 24 * hour;
const once: Flow = { ...hourly, schedule: { startTime: t0 } };

/** A watcher that was given some news, with the first look as a full pass at `t0`. */
function watcher(flow: Flow = hourly, settings: WatchSettings = {}) {
  let state: WatchState | undefined;
  const watch = {
    look(readAt: number, runs: Run[], more: Partial<News> = {}) {
      const first = state ? { flow: state.flow } : { flow, full: true, since: flow.created };
      state = absorb(
        state,
        { readAt, full: false, cutShort: false, vanished: [], runs, ...first, ...more },
        settings,
      );
      return watch;
    },
    hear(readAt: number, runs: Run[], lastRead?: number) {
      state = hear(state!, { readAt, runs, ...(lastRead === undefined ? {} : { lastRead }) }, settings);
      return watch;
    },
    get state() {
      return state!;
    },
    get health() {
      return healthOf({ sandbox: 'prod', flowId: 'f' }, state, settings);
    },
    get waits() {
      return Math.max(0, planLook(state, settings).at - state!.readAt);
    },
  };
  return watch;
}

test('somebody who makes up runs without end does not fill the state, and the own looks of a watcher go on to count', () => {
  const watch = watcher().look(t0, []);
  for (let signal = 0; signal < 40; signal++)
    watch.hear(
      t0 + hour,
      Array.from({ length: 1_000 }, () => ok(t0)),
    );
  expect(JSON.stringify(watch.state).length).toBeLessThan(150_000);
  const before = watch.health.totals.ok;
  const { health } = watch.look(t0 + 3 * hour, [failed(t0 + 2 * hour)]);
  expect(health).toMatchObject({ verdict: 'failed', totals: { ok: before, failed: 1 } });
});

describe('the watcher of a flow that was made just now', () => {
  const began = beginMade(hourly, t0, 5 * hour);

  test('looks at everything, the flow with it, when its time comes, or sooner where a run is late', () => {
    expect(planLook(began, {})).toEqual({ at: t0 + 30 * minute, full: false, readsFlow: true });
    expect(planLook({ ...began, fullPassDue: t0 + minute }, {})).toEqual({
      at: t0 + minute,
      full: true,
      readsFlow: true,
    });
  });

  test('takes no run for overdue before the flow was read, which may be disabled', () => {
    const health = (state: WatchState) => healthOf({ sandbox: 'prod', flowId: 'f' }, state, {});
    expect(health(began)).toMatchObject({ verdict: 'pending', nextRunDue: '2026-03-02T08:00:00.000Z' });
    const look = { readAt: t0 + 2 * hour, full: false, cutShort: false, vanished: [], runs: [] };
    const unread = absorb(began, look, {});
    expect(health(unread).verdict).toBe('pending');
    expect(planLook(unread, {})).toMatchObject({ at: 0, readsFlow: true });
    expect(health(absorb(unread, { ...look, flow: hourly }, {})).verdict).toBe('overdue');
    expect(health(absorb(unread, { ...look, flow: disabled }, {})).verdict).toBe('paused');
  });

  test('judges runs that it hears of, also where the clock of AEP is behind', () => {
    const state = hear(began, { readAt: t0 + minute, runs: [ok(t0 - 2 * day)] }, {});
    expect(state.record.totals.ok).toBe(1);
  });
});

describe('the health of a flow', () => {
  test('is pending before anything is known, and until its first run has ended', () => {
    expect(healthOf({ sandbox: 'prod', flowId: 'f' }, undefined, {})).toMatchObject({
      verdict: 'pending',
      lastRuns: [],
    });
    expect(watcher().look(t0, []).health).toMatchObject({
      verdict: 'pending',
      nextRunDue: '2026-03-02T08:00:00.000Z',
    });
  });

  test('is that of the newest run, with its streak, its cause and since when', () => {
    const { health } = watcher()
      .look(t0, [])
      .look(t0 + 3 * hour, [ok(t0), failed(t0 + hour), failed(t0 + 2 * hour)]);
    expect(health).toMatchObject({
      verdict: 'failed',
      since: '2026-03-02T09:04:00.000Z',
      streak: { verdict: 'failed', runs: 2 },
      cause: { code: 'CONNECTOR-1001-500', activity: 'copy' },
      totals: { ok: 1, failed: 2, degraded: 0 },
      lastSuccess: { end: '2026-03-02T08:04:00.000Z' },
      nextRunDue: '2026-03-02T11:00:00.000Z',
    });
    expect(health.lastRuns.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'ok']);
  });

  test('is not changed by an older run that appears late, which still counts', () => {
    const { health } = watcher()
      .look(t0, [])
      .look(t0 + 2 * hour, [ok(t0 + hour)])
      .look(t0 + 2.1 * hour, [failed(t0)]);
    expect(health).toMatchObject({ verdict: 'ok', streak: { runs: 1 }, totals: { ok: 1, failed: 1 } });
  });

  test('knows what is usual after three runs, and not before', () => {
    const twice = watcher()
      .look(t0, [])
      .look(t0 + 2 * hour, [ok(t0), ok(t0 + hour)]);
    expect(twice.health.usual).toEqual({});
    expect(twice.look(t0 + 3 * hour, [ok(t0 + 2 * hour)]).health.usual).toEqual({
      durationSeconds: 240,
      records: 100,
    });
  });

  test('turns overdue when the grace of a due run has passed, at the very look that was waited for, and back', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 5 * minute, [ok(t0)]);
    expect(watch.waits).toBe(hour + 30 * minute - 5 * minute);
    watch.look(watch.state.readAt + watch.waits - 1, []);
    expect(watch.health.verdict).toBe('ok');
    watch.look(watch.state.readAt + watch.waits, []);
    expect(watch.health).toMatchObject({
      verdict: 'overdue',
      since: '2026-03-02T09:00:00.000Z',
      missedRuns: 1,
    });
    expect(watch.health.cause?.message).toContain('2026-03-02T09:00:00.000Z');
    expect(watch.look(t0 + 2.1 * hour, [ok(t0 + 2 * hour)]).health.verdict).toBe('ok');
  });

  test('takes its grace from the settings where they say one', () => {
    const watch = watcher(hourly, { overdueAfterSeconds: 20 }).look(t0, []);
    expect(watch.waits).toBe(20_000);
    expect(watch.look(t0 + 20_000, []).health.verdict).toBe('overdue');
  });

  test('is degraded by a run without rows only where rows are expected, and only after runs that had some', () => {
    const empty = (start: number) => ok(start, { counts: { read: 0, written: 0 } });
    const runs = [empty(t0), ok(t0 + hour), empty(t0 + 2 * hour), empty(t0 + 3 * hour)];
    const verdictsWith = (settings: WatchSettings) =>
      watcher(hourly, settings)
        .look(t0, [])
        .look(t0 + 3.5 * hour, runs)
        .health.lastRuns.map(({ verdict }) => verdict)
        .toReversed();
    expect(verdictsWith({})).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(verdictsWith({ expectRows: true })).toEqual(['ok', 'ok', 'degraded', 'degraded']);
  });

  test('is not overdue while a run is in progress, while a flow is paused, or while a look was cut short', () => {
    expect(
      watcher()
        .look(t0, [])
        .look(t0 + 2 * hour, [inProgress(t0)]).health.verdict,
    ).not.toBe('overdue');
    expect(
      watcher(disabled)
        .look(t0, [])
        .look(t0 + 5 * hour, []).health.verdict,
    ).toBe('paused');
    expect(
      watcher()
        .look(t0, [])
        .look(t0 + 9 * day, [ok(t0)], { cutShort: true }).health.verdict,
    ).toBe('ok');
  });

  test('is stuck when a run takes far longer than usual, and says which', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 3 * hour, [ok(t0), ok(t0 + hour), ok(t0 + 2 * hour)]);
    watch.look(t0 + 3 * hour + 5 * minute, [inProgress(t0 + 3 * hour)]);
    expect(watch.health).toMatchObject({ verdict: 'ok', openRuns: [{ verdict: 'pending' }] });
    watch.look(watch.state.readAt + watch.waits, []);
    expect(watch.state.readAt - t0).toBe(3 * hour + 30 * minute + 1);
    expect(watch.health).toMatchObject({ verdict: 'stuck', openRuns: [{ verdict: 'stuck' }] });
  });

  test('is that of later runs where one never ends, which hides neither them nor that none comes', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 5 * hour + 5 * minute, [inProgress(t0), ok(t0 + 4 * hour), failed(t0 + 5 * hour)]);
    expect(watch.health).toMatchObject({ verdict: 'failed', openRuns: [{ verdict: 'stuck' }] });
    expect(watch.look(t0 + 7 * hour, []).health.verdict).toBe('overdue');
  });

  test('is paused for a disabled flow, and expects a run again only after it was enabled', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 5 * minute, [ok(t0)])
      .look(t0 + 10 * minute, [], { flow: disabled });
    expect(watch.health).toMatchObject({ verdict: 'paused', since: '2026-03-02T08:10:00.000Z' });
    expect(watch.health.nextRunDue).toBeUndefined();
    watch.look(t0 + 9 * hour + 10 * minute, [], { flow: hourly });
    expect(watch.health).toMatchObject({ verdict: 'ok', nextRunDue: '2026-03-02T18:00:00.000Z' });
  });

  describe('of a flow that is not enabled', () => {
    const paused = (flow: Flow) => watcher(flow).look(t0, []).health.cause;

    test('names who may have disabled it, AEP itself among them, and what enabling it brings', () => {
      const cause = paused(disabled);
      expect(cause?.message).toContain('The flow is disabled in AEP.');
      expect(cause?.message).toContain('AEP itself disables a flow whose runs have failed for 30 days');
      expect(cause?.next).toContain('AEP then makes up every interval that was missed, one run for each');
    });

    test('promises no runs where the schedule has none to make up, or where it was never enabled', () => {
      const { schedule: _, ...streaming } = disabled;
      for (const flow of [{ ...once, state: 'disabled' }, streaming])
        expect(paused(flow)?.next).not.toContain('makes up');
      const draft = paused({ ...hourly, state: 'draft' });
      expect(`${draft?.message} ${draft?.next}`).not.toMatch(/30 days|makes up/);
      expect(draft?.next).toContain('publish');
    });

    test('tells whoever enables it how many runs that is, as far as was seen', () => {
      const seen = (flow: Flow) => makesUp(watcher(flow).look(t0, []).state!, t0 + 30 * hour);
      expect(seen(disabled)).toContain('every interval that was missed, one run for each: at least 30');
      expect(seen({ ...once, state: 'disabled' })).toBeUndefined();
      expect(seen({ ...hourly, state: 'draft' })).toBeUndefined();
    });
  });

  test('of a clock of AEP that is years behind ours: overdue by AEP’s runs, not by the difference', () => {
    const years = 2 * 365 * day;
    const watch = watcher()
      .look(t0 + years, [])
      .look(t0 + years + 4 * minute, []);
    watch.hear(t0 + years + 5 * minute, [ok(t0)], t0 + years + 4 * minute);
    expect(watch.health.verdict).toBe('ok');
    expect(watch.look(t0 + years + hour, []).health.verdict).toBe('ok');
    expect(watch.look(t0 + years + 2 * hour, []).health.verdict).toBe('overdue');
  });

  test('of a clock of AEP that is days ahead of ours: its runs are judged, and none is overdue', () => {
    const watch = watcher()
      .look(t0 - 5 * day, [])
      .look(t0 - 5 * day + 5 * minute, [ok(t0), failed(t0 + hour)]);
    expect(watch.health).toMatchObject({ verdict: 'failed', totals: { ok: 1, failed: 1 } });
  });

  test('after an outage is not taken for a slow clock of AEP', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 5 * minute, [ok(t0)]);
    watch.hear(t0 + 3 * day, [ok(t0 + hour)], t0 + 10 * minute).look(t0 + 3 * day, []);
    expect(watch.health).toMatchObject({ verdict: 'overdue', since: '2026-03-02T10:00:00.000Z' });
  });
});

describe('a watch', () => {
  test('makes a full pass when it begins, until one is complete, and then daily', () => {
    const watch = watcher().look(t0, [ok(t0 - hour)], { full: false, cutShort: true });
    expect(planLook(watch.state, {})).toMatchObject({ at: 0, full: true });
    watch.look(t0 + 1, [], { full: true });
    expect(planLook(watch.state, {}).full).toBe(false);
    watch.look(t0 + hour, []);
    expect(planLook(watch.look(t0 + 2 * hour, []).state, {})).toMatchObject({ at: t0 + 1 + day, full: true });
  });

  test('of a flow that runs once is over a day after its run ended well', () => {
    const watch = watcher(once)
      .look(t0, [])
      .look(t0 + 5 * minute, [ok(t0)]);
    expect(isOver(watch.state)).toBe(false);
    expect(watch.waits).toBeLessThanOrEqual(day);
    expect(isOver(watch.look(t0 + 5 * minute + day - 1, []).state)).toBe(false);
    expect(isOver(watch.look(t0 + 5 * minute + day, []).state)).toBe(true);
  });

  test('of a flow that runs once goes on while its run failed or lost records', () => {
    expect(
      isOver(
        watcher(once)
          .look(t0, [])
          .look(t0 + 5 * minute, [failed(t0)])
          .look(t0 + 3 * day, []).state,
      ),
    ).toBe(false);
    expect(
      isOver(
        watcher(once)
          .look(t0, [])
          .look(t0 + 5 * minute, [degraded(t0)])
          .look(t0 + 3 * day, []).state,
      ),
    ).toBe(false);
  });

  test('of a flow that runs on a schedule is never over', () => {
    expect(
      isOver(
        watcher()
          .look(t0, [])
          .look(t0 + 5 * minute, [ok(t0)])
          .look(t0 + 300 * day, []).state,
      ),
    ).toBe(false);
  });

  test('waits for something that is still to come', () => {
    const watch = watcher()
      .look(t0, [])
      .look(t0 + 30 * hour, [inProgress(t0), ok(t0 + hour)]);
    expect(watch.waits).toBe(0);
    expect(watch.look(t0 + 30 * hour, [], { full: true }).waits).toBe(day);
  });

  test('keeps a state that does not grow with the runs it has judged', () => {
    const watch = watcher().look(t0, []);
    for (let n = 0; n < 60 * 24; n++)
      watch.look(t0 + n * hour + 5 * minute, [failed(t0 + n * hour)], { full: n % 24 === 0 });
    expect(watch.state.record.totals.failed).toBe(60 * 24);
    expect(JSON.stringify(watch.state).length).toBeLessThan(8_000);
  });
});

describe('the details for the Temporal UI', () => {
  test('say the verdict, the cause, what to do next and the last runs', () => {
    const text = describeHealth(
      watcher()
        .look(t0, [])
        .look(t0 + 2 * hour, [ok(t0), failed(t0 + hour)]).health,
    );
    expect(text).toMatchInlineSnapshot(`
      "## failed since 2026-03-02 09:04 UTC

      **CONNECTOR-1001-500, copy**: Source away

      **Next**: Check that the source can be reached and that its credentials, table and columns are still there; then run the flow again.

      Flow \`f\` (Orders), sandbox \`prod\`

      1 in a row failed · last success 2026-03-02 08:04 UTC · next run due 2026-03-02 10:00 UTC

      Judged so far: 1 ok, 0 degraded, 1 failed

      The last runs:

      - 2026-03-02 09:00 UTC: **failed**, 100 of 100 records. Source away
      - 2026-03-02 08:00 UTC: **ok**, 100 of 100 records"
    `);
  });

  test('let no text of AEP break the page', () => {
    const run = failed(t0);
    run.errors[0]!.message = 'a | b\n\n# c <img src=x> [d](e) `f`';
    const text = describeHealth(
      watcher()
        .look(t0, [])
        .look(t0 + hour, [run]).health,
    );
    expect(text).not.toMatch(/[^\\]<img/);
    expect(text).not.toContain('\n# c');
    expect(text.split('\n').at(-1)).toContain(String.raw`a \| b \# c \<img src=x\> \[d\](e) \`f\``);
  });
});

describe('a flow that AEP shows no more although its source connection is there', () => {
  // As a look brings it that does not read the flow.
  const unread: Partial<News> = { flow: undefined as never };
  const hidden: Partial<News> = { ...unread, isUnreadable: true };
  const hiddenFlow = { ...hourly, sourceConnectionId: 'the-source' };
  const seen = () => watcher(hiddenFlow).look(t0, [ok(t0 - hour)]);

  test('is unreadable since it was first seen so, whatever else would be said of it', () => {
    const watch = seen().look(t0 + hour, [inProgress(t0 + minute)]);
    watch.look(t0 + 2 * hour, [], hidden).look(t0 + 3 * day, [], hidden);
    expect(watch.health).toMatchObject({
      verdict: 'unreadable',
      since: new Date(t0 + 2 * hour).toISOString(),
      cause: { message: expect.stringContaining('the-source') as string },
    });
  });

  test('is looked for again in an hour, the flow too, and everything once a day', () => {
    const watch = seen().look(t0 + 2 * hour, [], hidden);
    expect(planLook(watch.state, {})).toEqual({ at: t0 + 3 * hour, full: false, readsFlow: true });
    watch.look(t0 + 30 * hour, [], hidden);
    expect(planLook(watch.state, {})).toEqual({ at: t0 + 31 * hour, full: true, readsFlow: true });
  });

  test('is looked for at once when a run of it has shown', () => {
    const watch = seen().look(t0 + 2 * hour, [], hidden);
    watch.hear(t0 + 2 * hour + minute, [ok(t0 + 2 * hour)]);
    expect(planLook(watch.state, {})).toMatchObject({ at: 0, readsFlow: true });
  });

  test('is what its runs say as soon as it shows, and a look that does not read it changes nothing', () => {
    const watch = seen().look(t0 + 2 * hour, [], hidden);
    watch.look(t0 + 3 * hour, [], unread);
    expect(watch.health.verdict).toBe('unreadable');
    watch.look(t0 + 4 * hour, [failed(t0 + 3 * hour)], { flow: hiddenFlow });
    expect(watch.health).toMatchObject({ verdict: 'failed', totals: { ok: 1, failed: 1 } });
  });
});
