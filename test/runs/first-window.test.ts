import { describe, expect, test } from 'vitest';
import { describeHealth } from '../../src/runs/details.ts';
import { followedBy, type Predecessor } from '../../src/runs/first-window.ts';
import { healthOf } from '../../src/runs/health.ts';
import { flowMessageSchema, messageOf } from '../../src/runs/notification.ts';
import { inheritanceOf, noReactions, react } from '../../src/runs/reactions.ts';
import type { Run } from '../../src/runs/run.ts';
import { absorb, type WatchState } from '../../src/runs/watch-state.ts';
import { failed, hour, hourly, minute, ok, t0 } from './sample-runs.ts';

const predecessor: Predecessor = { flowId: 'before', loadedUntil: t0 };
const withWindow = (run: Run, windowStart: number): Run => ({ ...run, windowStart });
const healthIn = (state: WatchState) => healthOf({ sandbox: 'prod', flowId: 'f' }, state, {});

/** A watch of a flow that has taken the place of another, after looks that brought these runs: what it told of, and its state. */
function after(looks: Run[][], follows: Predecessor = predecessor) {
  let state: WatchState | undefined;
  const messages = [];
  for (const [n, runs] of looks.entries()) {
    const news = { readAt: t0 + (n + 1) * hour, full: n === 0, cutShort: false, vanished: [], runs };
    const seen = absorb(state, { ...news, flow: hourly, since: t0 }, {}, { follows });
    const { reactions, actions } = react(state?.reactions ?? noReactions, seen, healthIn(seen), {});
    state = { ...seen, reactions };
    for (const notification of actions.notify) {
      const envelope = { id: crypto.randomUUID(), at: state.readAt, watcherWorkflowId: 'flow:prod:f' };
      messages.push(flowMessageSchema.parse(messageOf(healthIn(state), notification, envelope, {})));
    }
  }
  return { state: state!, health: healthIn(state!), messages };
}

const isOfWindow = ({ event }: { event: string }) => event === 'gap' || event === 'overlap';

describe('the first window of a flow that has taken the place of another', () => {
  test.each([
    ['at the very end of the last one', t0],
    ['less than a second from it', t0 + 900],
    ['a second from it', t0 - 1_000],
  ])('is no news where it begins %s', (_, windowStart) => {
    const { state, health, messages } = after([[withWindow(ok(t0 + minute), windowStart)]]);
    expect(health).not.toHaveProperty('firstWindow');
    expect(state).not.toHaveProperty('follows');
    expect(state).not.toHaveProperty('firstWindow');
    expect(messages.filter(isOfWindow)).toEqual([]);
  });

  test.each([
    ['gap', t0 + hour, t0, t0 + hour, 'source.filters'],
    ['overlap', t0 - hour, t0 - hour, t0, 'removes no duplicates'],
  ] as const)(
    'is told once where there is a %s, and stays in the health',
    (is, windowStart, from, to, next) => {
      const first = withWindow(ok(t0 + hour + minute), windowStart);
      const later = withWindow(ok(t0 + 2 * hour + minute), t0 + 5 * hour);
      const { health, messages } = after([[], [first], [later]]);
      const moments = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      expect(health).toMatchObject({ verdict: 'ok', firstWindow: { is, ...moments, runId: first.id } });
      const told = messages.filter(isOfWindow);
      expect(told).toMatchObject([{ event: is, verdict: 'ok', run: { runId: first.id } }]);
      for (const moment of Object.values(moments)) {
        expect(told[0]!.cause!.message).toContain(moment);
        expect(describeHealth(health)).toContain(moment);
      }
      expect(told[0]!.next).toContain(next);
      expect(told[0]!.cause!.message).not.toContain('failed');
    },
  );

  test('is that of the run that started first, whatever became of it; runs without a window are passed over', () => {
    const runs = [
      withWindow(ok(t0 + hour), t0 + hour),
      withWindow(failed(t0 + 2 * minute), t0 + 10 * minute),
      ok(t0 + minute),
    ];
    const { health, messages } = after([[ok(t0)], runs]);
    expect(health.firstWindow).toMatchObject({ is: 'gap', to: new Date(t0 + 10 * minute).toISOString() });
    expect(messages.filter(isOfWindow)).toHaveLength(1);
  });

  test('names the last runs of the other, where they failed', () => {
    const follows = { ...predecessor, failed: ['run-7', 'run-8'] };
    const { health } = after([[withWindow(ok(t0 + minute), t0 + hour)]], follows);
    expect(health.firstWindow!.cause.message).toContain('its last runs failed (run-7, run-8)');
    expect(describeHealth(health)).toContain(`**Next**: ${health.firstWindow!.cause.next}`);
    const none = after([[withWindow(ok(t0 + minute), t0 + hour)]], { ...predecessor, failed: [] });
    expect(none.health.firstWindow!.cause.message).toMatch(/had loaded up to \S+Z; the first window/);
  });

  test('is told though so many runs ended at once that it is not among the latest', () => {
    const runs = Array.from({ length: 12 }, (_, n) => withWindow(ok(t0 + n * minute), t0 + hour));
    expect(after([runs]).messages.filter(isOfWindow)).toHaveLength(1);
  });
});

test('a flow that had no window yet leaves to the next what its own place was', () => {
  const { state } = after([[]]);
  expect(state.follows).toEqual(predecessor);
  const { follows } = state;
  expect(followedBy({ flowId: 'f' }, follows)).toEqual(predecessor);
  expect(followedBy({ flowId: 'f', loadedUntil: 5 }, follows)).toEqual({ flowId: 'f', loadedUntil: 5 });
  expect(inheritanceOf(state, noReactions)).not.toHaveProperty('follows');
});
