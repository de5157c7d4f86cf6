import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import { messageJsonSchema, messageSchemaFile } from '../../dev/json-schema.ts';
import type { Watch } from '../../src/definition/watch.ts';
import type { Flow } from '../../src/runs/flow.ts';
import { healthOf } from '../../src/runs/health.ts';
import { messageSchema } from '../../src/runs/notification.ts';
import { doubted, noReactions, react, retried, type Actions } from '../../src/runs/reactions.ts';
import type { Run } from '../../src/runs/run.ts';
import { messageOf } from '../../src/runs/notification.ts';
import { settingsOf } from '../../src/runs/watch-state.ts';
import { absorb, type WatchState } from '../../src/runs/watch-state.ts';
import { degraded, disabled, failed, hour, hourly, inProgress, minute, ok, t0 } from './sample-runs.ts';

/** The same run, as it is after AEP ran it to its end. */
const ended = (run: Run, id: string): Run => ({ ...run, id });

/** A watcher that sees to what each look brings. It began at `t0`. */
function watcher(watch: Watch = {}, flow = hourly) {
  let state: WatchState | undefined;
  let actions: Actions = { notify: [] };
  const settings = settingsOf(watch);
  const one = {
    look(readAt: number, runs: Run[] = [], more: { flow?: Flow } = {}) {
      const first = state ? {} : { flow, full: true, since: t0 - 7 * 24 * hour };
      const news = {
        readAt,
        full: false,
        cutShort: false,
        vanished: [],
        runs,
        flow: state?.flow ?? flow,
        ...first,
        ...more,
      };
      const before = state?.reactions ?? noReactions;
      const seen = absorb(state, news, settings);
      const response = react(before, seen, health(seen), watch);
      state = { ...seen, reactions: response.reactions };
      actions = response.actions;
      return one;
    },
    get notified() {
      return actions.notify.map(({ event, was }) => [event, one.health.verdict, was]);
    },
    get pause() {
      return actions.pause;
    },
    get health() {
      return health(state!);
    },
    get chains() {
      return state!.reactions!.chains;
    },
    set chains(chains) {
      state = { ...state!, reactions: { ...state!.reactions!, chains } };
    },
    get message() {
      const envelope = { id: crypto.randomUUID(), at: state!.readAt, watcherWorkflowId: 'flow:prod:f' };
      return messageOf(one.health, actions.notify[0]!, envelope, watch);
    },
  };
  const health = (of: WatchState) => healthOf({ sandbox: 'prod', flowId: 'f' }, of, settings);
  return one;
}

describe('what is notified', () => {
  test('is each change of the verdict, once, and the recovery', () => {
    const one = watcher().look(t0);
    expect(one.notified).toEqual([]);
    const steps = [ok, ok, failed, failed, degraded, ok, ok].map(
      (run, n) => one.look(t0 + n * hour + 5 * minute, [run(t0 + n * hour)]).notified,
    );
    expect(steps).toEqual([
      [['changed', 'ok', undefined]],
      [],
      [['changed', 'failed', 'ok']],
      [],
      [['changed', 'degraded', 'failed']],
      [['recovered', 'ok', 'degraded']],
      [],
    ]);
  });

  test('is nothing of runs that ended before the watch began, until the first that ended after', () => {
    const past = [failed(t0 - 2 * hour), failed(t0 - hour)];
    const one = watcher().look(t0, past);
    expect(one.health.verdict).toBe('failed');
    expect(one.notified).toEqual([]);
    expect(one.look(t0 + 5 * minute, [failed(t0)]).notified).toEqual([['changed', 'failed', undefined]]);
  });

  test('is nothing of a flow that was well when its watch began and is well still', () => {
    const one = watcher().look(t0, [ok(t0 - hour)]);
    expect(one.look(t0 + 5 * minute, [ok(t0)]).notified).toEqual([]);
    expect(one.look(t0 + hour + 5 * minute, [failed(t0 + hour)]).notified).toEqual([
      ['changed', 'failed', 'ok'],
    ]);
  });

  test('is that a run did not come, and that it came after all', () => {
    const one = watcher()
      .look(t0)
      .look(t0 + 5 * minute, [ok(t0)]);
    expect(one.look(t0 + 1.7 * hour).notified).toEqual([['changed', 'overdue', 'ok']]);
    expect(one.look(t0 + 1.8 * hour).notified).toEqual([]);
    expect(one.look(t0 + 2 * hour, [inProgress(t0 + 2 * hour)]).notified).toEqual([
      ['recovered', 'ok', 'overdue'],
    ]);
  });

  test('is at once that a flow is overdue or stuck when its watch begins, as that is so now', () => {
    const late = watcher().look(t0 + 5 * hour, [ok(t0)]);
    expect(late.notified).toEqual([['changed', 'overdue', undefined]]);
    expect(watcher().look(t0, [inProgress(t0 - 10 * hour)]).notified).toEqual([
      ['changed', 'stuck', undefined],
    ]);
  });

  test('is that somebody disabled the flow, but not that it was so from the beginning', () => {
    expect(watcher({}, disabled).look(t0).notified).toEqual([]);
    const one = watcher()
      .look(t0)
      .look(t0 + 5 * minute, [ok(t0)]);
    expect(one.look(t0 + 6 * minute, [], { flow: disabled }).notified).toEqual([['changed', 'paused', 'ok']]);
    expect(one.look(t0 + 7 * minute, [], { flow: hourly }).notified).toEqual([['recovered', 'ok', 'paused']]);
  });

  test('is what others have changed, once, and what they change more', () => {
    const changed = (more: object) => ({ ...hourly, shape: { ...hourly.shape, ...more } });
    const one = watcher()
      .look(t0)
      .look(t0 + 4 * minute, [ok(t0)]);
    const interval = { 'schedule.interval': '2' };
    one.look(t0 + 5 * minute, [], { flow: changed(interval) });
    expect(one.notified).toEqual([['drift', 'ok', undefined]]);
    const { message } = one;
    expect(messageSchema.parse(message)).toEqual(message);
    expect(message).toMatchObject({
      event: 'drift',
      drift: {
        noticed: '2026-03-02T08:05:00.000Z',
        by: 'unknown',
        changes: [{ field: 'schedule.interval', from: '1', to: '2' }],
      },
    });
    one.look(t0 + 6 * minute, [], { flow: changed(interval) });
    expect(one.notified).toEqual([]);
    one.look(t0 + 7 * minute, [], { flow: changed({ ...interval, mapping: 'm, version 1' }) });
    expect(one.notified).toEqual([['drift', 'ok', undefined]]);
    one.look(t0 + 8 * minute, [], { flow: hourly });
    expect(one.notified).toEqual([]);
    one.look(t0 + 9 * minute, [], { flow: changed(interval) });
    expect(one.notified).toEqual([['drift', 'ok', undefined]]);
  });

  test('tells with the verdict that others have disabled the flow, and not a second time', () => {
    const one = watcher()
      .look(t0)
      .look(t0 + 4 * minute, [ok(t0)])
      .look(t0 + 5 * minute, [], { flow: disabled });
    expect(one.notified).toEqual([['changed', 'paused', 'ok']]);
    expect(one.message).toMatchObject({ drift: { changes: [{ field: 'state', to: 'disabled' }] } });
  });

  test('is a message as its published schema says, with what a person on call needs', () => {
    const one = watcher({ retry: { times: 3 } }).look(t0);
    one.look(t0 + 5 * minute, [ok(t0)]).look(t0 + hour + 5 * minute, [failed(t0 + hour)]);
    const { message } = one;
    const published = new Validator(JSON.parse(messageJsonSchema()), '7', false);
    expect(published.validate(message).errors).toEqual([]);
    expect(messageSchema.parse(message)).toEqual(message);
    expect(message).toMatchObject({
      event: 'changed',
      verdict: 'failed',
      was: 'ok',
      since: '2026-03-02T09:04:00.000Z',
      sandbox: 'prod',
      flowId: 'f',
      flowName: 'Orders',
      cause: { code: 'CONNECTOR-1001-500', message: 'Source away', activity: 'copy' },
      run: { verdict: 'failed', recordsRead: 100, recordsWritten: 100 },
      streak: { verdict: 'failed', runs: 1 },
      totals: { ok: 1, failed: 1 },
      lastSuccess: { end: '2026-03-02T08:04:00.000Z' },
      retry: { tried: 0, times: 3, at: '2026-03-02T09:10:00.000Z' },
      next: expect.stringContaining('AEP is asked to run it again at 2026-03-02T09:10:00.000Z (time 1 of 3)'),
    });
    expect(published.validate({ ...message, verdict: 'fine' }).valid).toBe(false);
  });

  test('has its published schema in the docs as it is now (npm run schema)', () => {
    expect(readFileSync(messageSchemaFile, 'utf8')).toBe(messageJsonSchema());
  });
});

describe('a failed run', () => {
  const retry = { times: 2, pause: '10m' };
  const begun = (watch: Watch = { retry }) => watcher(watch).look(t0);

  test('is not run again unless that was asked for', () => {
    expect(begun({}).look(t0 + 5 * minute, [failed(t0)]).chains).toEqual([]);
  });

  test('is run again after a pause that grows, and no more often than asked for', () => {
    const first = failed(t0);
    const one = begun().look(t0 + 5 * minute, [first]);
    expect(one.chains).toEqual([{ root: first.id, run: first.id, tried: 0, dueAt: t0 + 15 * minute }]);
    one.chains = retried(one.chains, one.chains[0]!, 'again-1');
    one.look(t0 + 20 * minute, [ended(failed(t0 + 16 * minute), 'again-1')]);
    expect(one.chains).toEqual([{ root: first.id, run: 'again-1', tried: 1, dueAt: t0 + 40 * minute }]);
    expect(one.notified).toEqual([]);
    one.chains = retried(one.chains, one.chains[0]!, 'again-2');
    one.look(t0 + 50 * minute, [ended(failed(t0 + 41 * minute), 'again-2')]);
    expect(one.chains).toEqual([]);
    expect(one.notified).toEqual([['gaveUp', 'failed', undefined]]);
    expect(one.message).toMatchObject({
      run: { runId: 'again-2' },
      next: expect.stringMatching(/^It is not run again/),
    });
  });

  test('that went well when it was run again is a recovery', () => {
    const one = begun().look(t0 + 5 * minute, [failed(t0)]);
    one.chains = retried(one.chains, one.chains[0]!, 'again');
    one.look(t0 + 20 * minute, [ended(ok(t0 + 16 * minute), 'again')]);
    expect(one.chains).toEqual([]);
    expect(one.notified).toEqual([['recovered', 'ok', 'failed']]);
  });

  test('is not run again for an error that cannot heal, nor where it ended before the watch began', () => {
    expect(begun().look(t0 + 5 * minute, [failed(t0, 'MAPPER-3700-400')]).chains).toEqual([]);
    expect(watcher({ retry }).look(t0, [failed(t0 - hour)]).chains).toEqual([]);
  });

  test('is not run again while the flow is disabled', () => {
    const one = begun().look(t0 + 5 * minute, [failed(t0)]);
    expect(one.look(t0 + 6 * minute, [], { flow: disabled }).chains).toEqual([]);
  });

  test('is run again even where the next run went well: its rows are missing still', () => {
    const one = begun().look(t0 + 5 * minute, [failed(t0)]);
    one.look(t0 + hour + 5 * minute, [ok(t0 + hour)]);
    expect(one.chains).toHaveLength(1);
  });

  test('that nobody knows to be run again or not: a run that starts meanwhile is taken for the answer', () => {
    const one = begun().look(t0 + 5 * minute, [failed(t0)]);
    const asked = { askedAt: t0 + 15 * minute, now: t0 + 15 * minute };
    one.chains = doubted(one.chains, one.chains[0]!, asked, { retry });
    expect(one.chains).toMatchObject([{ tried: 1, dueAt: t0 + 35 * minute }]);
    one.look(t0 + 20 * minute, [inProgress(t0 + 16 * minute)]);
    expect(one.chains).toMatchObject([{ tried: 1 }]);
    expect(one.chains[0]).not.toHaveProperty('dueAt');
  });

  test('whose doubt is noticed hours later: what started since it was asked for is the answer, judged already or not', () => {
    const one = begun().look(t0 + 5 * minute, [failed(t0)]);
    const [chain] = one.chains;
    const answer = failed(t0 + 16 * minute);
    one.look(t0 + 30 * minute, [answer]);
    const asked = { askedAt: t0 + 15 * minute, now: t0 + 40 * minute };
    one.chains = doubted([chain!], chain!, asked, { retry });
    expect(one.chains).toMatchObject([{ dueAt: t0 + 60 * minute }]);
    one.look(t0 + 60 * minute);
    expect(one.chains).toEqual([{ root: chain!.root, run: answer.id, tried: 1, dueAt: t0 + 80 * minute }]);
  });

  test('is one of ten at most that are seen to, and each that is given up for that is notified', () => {
    const one = begun();
    const given: string[] = [];
    const first = failed(t0);
    one.look(t0 + 5 * minute, [first]);
    for (let n = 1; n < 30; n++) {
      one.look(t0 + n * hour + 5 * minute, [failed(t0 + n * hour)]);
      if (one.notified.length > 0) given.push(one.message.next);
    }
    expect(one.chains).toHaveLength(10);
    expect(JSON.stringify(one.chains).length).toBeLessThan(2_000);
    expect(given).toHaveLength(20);
    expect(given[0]).toMatch(new RegExp(`^The run ${first.id} is not run again any more.*10 newer`));
  });
});

describe('a flow whose runs fail again and again', () => {
  test('is disabled after as many failures in a row as were asked for, once', () => {
    const one = watcher({ pauseAfter: 3 }).look(t0);
    const pauses = [failed, ok, failed, failed, failed, failed].map(
      (run, n) => one.look(t0 + n * hour + 5 * minute, [run(t0 + n * hour)]).pause,
    );
    expect(pauses).toEqual([undefined, undefined, undefined, undefined, 3, undefined]);
    expect(one.look(t0 + 6 * hour, [], { flow: disabled }).health).toMatchObject({
      verdict: 'paused',
      cause: {
        message: 'Disabled by its watcher after 3 failed runs in a row: Source away',
        code: 'CONNECTOR-1001-500',
      },
    });
  });

  test('is not disabled for failures from before the watch, and counts anew after it was enabled', () => {
    const past = [failed(t0 - 3 * hour), failed(t0 - 2 * hour), failed(t0 - hour)];
    const one = watcher({ pauseAfter: 2 }).look(t0, past);
    expect(one.look(t0 + 5 * minute, [failed(t0)]).pause).toBeUndefined();
    expect(one.look(t0 + hour + 5 * minute, [failed(t0 + hour)]).pause).toBe(2);
    one.look(t0 + 1.2 * hour, [], { flow: disabled }).look(t0 + 1.9 * hour, [], { flow: hourly });
    expect(one.look(t0 + 2 * hour + 5 * minute, [failed(t0 + 2 * hour)]).pause).toBeUndefined();
    expect(one.look(t0 + 3 * hour + 5 * minute, [failed(t0 + 3 * hour)]).pause).toBe(2);
  });

  test('is left alone unless that was asked for', () => {
    const one = watcher().look(t0);
    for (let n = 0; n < 9; n++)
      expect(one.look(t0 + n * hour + 5 * minute, [failed(t0 + n * hour)]).pause).toBeUndefined();
  });
});
