import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changedIn,
  compare,
  expect as expected,
  lastChangeOf,
  readExpectation,
  shapeAfter,
  shapeOf,
  shapeOfRaw,
  type Expected,
  type Shape,
} from '../../src/runs/drift.ts';
import { flow as flowKind } from '../../src/resources/flow.ts';
import { beingReplaced, healthOf } from '../../src/runs/health.ts';
import { messageOf } from '../../src/runs/notification.ts';
import { noReactions } from '../../src/runs/reactions.ts';
import { absorb, accepted, beginMade, told, type News, type WatchState } from '../../src/runs/watch-state.ts';
import { failed, hour, hourly, minute, ok, t0 } from './sample-runs.ts';

const raw = {
  id: 'f',
  name: 'Orders',
  description: 'Of the shop',
  state: 'enabled',
  createdAt: t0,
  updatedAt: t0,
  flowSpec: { id: 's', version: '1.0' },
  sourceConnectionIds: ['source'],
  targetConnectionIds: ['target'],
  transformations: [
    { name: 'Copy', params: { deltaColumn: { name: 'At' } } },
    { name: 'Mapping', params: { mappingId: '6e99', mappingVersion: 1 } },
  ],
  scheduleParams: { startTime: 1_700_000_000, frequency: 'minute', interval: 15 },
  options: { partialIngestionPercent: 10 },
};
const shape = shapeOfRaw(raw);

describe('what of a flow counts for drift', () => {
  test('is its schedule, mapping, options, state and connections, in the terms of a definition', () =>
    expect(shape).toEqual({
      source: 'source',
      target: 'target',
      'schedule.startTime': '1700000000',
      'schedule.frequency': 'minute',
      'schedule.interval': '15',
      'schedule.backfill': 'true',
      'options.partialIngestionPercent': '10',
      'options.errorDiagnosticsEnabled': 'false',
      mapping: '6e99, version 1',
      deltaColumn: '{"name":"At"}',
      state: 'enabled',
    }));

  test.each([
    ['numbers that come back as texts', { scheduleParams: { ...raw.scheduleParams, interval: '15' } }],
    ['a default that is spelled out', { scheduleParams: { ...raw.scheduleParams, backfill: true } }],
    ['another name and description', { name: 'Others', description: 'Others' }],
    ['the end of a run', { updatedAt: t0 + 1, etag: 'x', lastRunDetails: { id: 'r', state: 'success' } }],
    ['transformations in another order', { transformations: raw.transformations.toReversed() }],
    ['a state in capitals', { state: 'ENABLED' }],
  ])('is the same for %s', (_, more) => expect(shapeOfRaw({ ...raw, ...more })).toEqual(shape));

  test.each([
    ['schedule.interval', { scheduleParams: { ...raw.scheduleParams, interval: 45 } }],
    ['options.partialIngestionPercent', { options: { partialIngestionPercent: 5 } }],
    ['state', { state: 'disabled' }],
    ['source', { sourceConnectionIds: ['other'] }],
    ['target', { targetConnectionIds: ['other'] }],
    [
      'mapping',
      {
        transformations: [
          { name: 'Mapping', params: { mappingId: '6e99', mappingVersion: '2' } },
          raw.transformations[0],
        ],
      },
    ],
    ['deltaColumn', { transformations: [raw.transformations[1]] }],
  ])('is another one where somebody has changed %s', (field, more) => {
    const { changes } = compare({ shape }, shapeOfRaw({ ...raw, ...more }));
    expect(changes.map((change) => change.field)).toEqual([field]);
  });

  test('is not what an on-demand run adds to a flow that loads once', () => {
    const scheduleParams = { startTime: 1_700_000_000, frequency: 'once' };
    const once = { ...raw, scheduleParams, transformations: [raw.transformations[1]] };
    expect(shapeOfRaw({ ...raw, scheduleParams })).toEqual(shapeOfRaw(once));
  });

  test('can be told beforehand of what a patch makes of it', () => {
    const { fields } = flowKind.observe(raw);
    const edits = [
      { field: 'scheduleParams.interval', from: 15, to: 30 },
      { field: 'options.errorDiagnosticsEnabled', from: false, to: true },
      { field: 'description', from: 'a', to: 'b' },
    ];
    const after = shapeAfter(fields, edits, { mappingId: 'other', mappingVersion: 3 });
    expect(changedIn(shapeOf(fields), after)).toEqual({
      'schedule.interval': '30',
      'options.errorDiagnosticsEnabled': 'true',
      mapping: 'other, version 3',
    });
  });
});

describe('what we change ourselves', () => {
  const interval = (value: string) => ({ ...shape, 'schedule.interval': value });
  const pending = (value: string) => ({ pending: { 'schedule.interval': value } });

  test('is no drift, whether it is seen before or after, and is what is expected from then on', () => {
    const asked = expected({ shape }, pending('30'));
    const before = compare(asked, shape);
    expect(before.changes).toEqual([]);
    const after = compare(before.expected, interval('30'));
    expect(after).toEqual({ expected: { shape: interval('30') }, changes: [] });
    // Who sets it back changes it.
    expect(compare(after.expected, shape).changes).toEqual([
      { field: 'schedule.interval', from: '30', to: '15' },
    ]);
  });

  test('excuses nobody who changes it to something else meanwhile', () =>
    expect(compare(expected({ shape }, pending('30')), interval('45')).changes).toHaveLength(1));

  test('is expected no more where it surely was not done, and what else was asked for is', () => {
    const asked = expected(expected({ shape }, pending('30')), pending('45'));
    const left = expected(asked, { undone: interval('30') });
    expect(compare(left, interval('30')).changes).toHaveLength(1);
    expect(compare(left, interval('45')).changes).toEqual([]);
    expect(expected(left, { undone: interval('45') })).toEqual({ shape });
  });

  test('is expected no more once it was settled, though nobody has looked', () => {
    const asked = expected({ shape }, pending('30'));
    const settled = expected(asked, { settled: interval('30') });
    expect(settled).toEqual({ shape: interval('30') });
    const next = expected(expected(settled, pending('60')), { settled: interval('60') });
    expect(compare(next, interval('30')).changes).toHaveLength(1);
  });

  test('whatever is changed in whatever order, and seen or not, is never told as drift', () => {
    const value = fc.constantFrom('15', '30', '45', '60');
    const act = fc.record({
      value,
      looksBefore: fc.boolean(),
      looksAfter: fc.boolean(),
      settles: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 8 }), (acts) => {
        let now = '15';
        let known: Expected = { shape };
        const look = () => {
          const { expected: next, changes } = compare(known, interval(now));
          expect(changes).toEqual([]);
          known = next;
        };
        for (const { value: to, looksBefore, looksAfter, settles } of acts) {
          known = expected(known, pending(to));
          if (looksBefore) look();
          now = to;
          if (looksAfter) look();
          if (settles) known = expected(known, { settled: interval(to) });
        }
        look();
        // Others are told, unless they set what one of ours that failed had wanted.
        expect(compare(known, interval('5')).changes).toHaveLength(1);
      }),
    );
  });

  test('is read from a signal whatever that holds', () => {
    expect(readExpectation({ pending: { a: 'b', c: 1 }, settled: null })).toEqual({ pending: { a: 'b' } });
    expect(readExpectation({ undone: { a: 'b' }, replacing: true })).toEqual({
      undone: { a: 'b' },
      replacing: true,
    });
    expect(readExpectation({ replacing: 'yes' })).toEqual({});
    fc.assert(fc.property(fc.anything(), (anything) => void readExpectation(anything)));
  });

  test.each(['constructor', 'toString', '__proto__'])('of %s, which every object has, is none', (field) => {
    const fields = JSON.parse(`{"${field}": "x", "state": "enabled"}`) as Shape;
    const known = expected({ shape }, readExpectation({ pending: fields, settled: fields }));
    expect(known.shape).toEqual({ state: 'enabled' });
    expect(compare(known, shape).changes.map((one) => one.field)).not.toContain(field);
  });
});

describe('who changed it', () => {
  const by = { updatedBy: 'ABC@techacct.adobe.com', updatedClient: 'exc_app' };
  test.each([
    [
      'AEP says it where the last operation is the last change',
      { updatedAt: t0, lastOperation: { updated: t0 }, ...by },
      { at: t0, by: 'ABC@techacct.adobe.com' },
    ],
    [
      'nobody knows it after the end of a run',
      { updatedAt: t0 + 1, lastOperation: { updated: t0 }, ...by },
      { at: t0, by: 'unknown' },
    ],
    [
      'nobody knows it of a flow that was only made',
      { updatedAt: t0, lastOperation: { updated: 0 }, ...by },
      { by: 'unknown' },
    ],
    ['nobody knows it where AEP says nothing', {}, { by: 'unknown' }],
  ])('%s', (_, flow, wanted) => expect(lastChangeOf(flow)).toEqual(wanted));
});

describe('a watcher', () => {
  const news = (readAt: number, more: Partial<News> = {}): News => ({
    readAt,
    full: false,
    cutShort: false,
    runs: [],
    vanished: [],
    ...more,
  });
  const first = absorb(undefined, news(t0, { flow: hourly }), {});
  const others = {
    ...hourly,
    shape: { ...hourly.shape, 'schedule.interval': '2' },
    changed: { at: t0 + 1, by: 'B' },
  };
  const drifted = absorb(first, news(t0 + minute, { flow: others }), {});

  test('compares with its first look', () => {
    expect(first.drift).toBeUndefined();
    expect(drifted.drift).toEqual({
      noticed: t0 + minute,
      at: t0 + 1,
      by: 'B',
      changes: [{ field: 'schedule.interval', from: '1', to: '2' }],
    });
  });

  describe('of a flow that was made just now, and that it has not read', () => {
    const unread = beginMade(hourly, t0, 24 * hour);
    const see = (shape: Shape, more: Partial<News> = {}) =>
      absorb(
        unread,
        news(t0 + minute, { flow: { ...hourly, shape: { ...hourly.shape, ...shape } }, ...more }),
        {},
      );

    test('takes what AEP shows besides what was asked for as AEP’s own, once', () => {
      const read = see({ 'options.more': 'of its own' });
      expect(read.drift).toBeUndefined();
      const later = { ...hourly, shape: { ...hourly.shape, 'options.more': 'of others', more: 'of others' } };
      expect(absorb(read, news(t0 + hour, { flow: later }), {}).drift?.changes).toEqual([
        { field: 'options.more', from: 'of its own', to: 'of others' },
        { field: 'more', from: null, to: 'of others' },
      ]);
    });

    test('notices what is otherwise than was asked for, and what is gone', () => {
      expect(
        see({ 'schedule.interval': '2' }, { missing: { dataset: 'd, which is gone' } }).drift?.changes,
      ).toEqual([
        { field: 'schedule.interval', from: '1', to: '2' },
        { field: 'dataset', from: null, to: 'd, which is gone' },
      ]);
    });

    test('waits with that until AEP changes it no more, and knows what we are about to change', () => {
      const busy = absorb(unread, news(t0 + 1, { flow: { ...hourly, state: 'updating', shape: {} } }), {});
      const flow = {
        ...hourly,
        shape: { ...hourly.shape, 'options.more': 'of its own', 'schedule.interval': '3' },
      };
      const announced = told(busy, { pending: { 'schedule.interval': '3' } });
      expect(absorb(announced, news(t0 + minute, { flow }), {}).drift).toBeUndefined();
    });
  });

  test('keeps when it noticed what it sees again, and knows it as over when it is set back', () => {
    const again = absorb(drifted, news(t0 + hour, { flow: others }), {});
    expect(again.drift).toEqual(drifted.drift);
    // A run's end has moved the time of change.
    const later = absorb(drifted, news(t0 + hour, { flow: { ...others, changed: { by: 'unknown' } } }), {});
    expect(later.drift).toEqual(drifted.drift);
    expect(absorb(again, news(t0 + 2 * hour, { flow: hourly }), {}).drift).toBeUndefined();
  });

  test('says nothing new of a flow that AEP is changing', () =>
    expect(
      absorb(first, news(t0 + minute, { flow: { ...others, state: 'updating' } }), {}).drift,
    ).toBeUndefined());

  test('notices what the flow is made of and AEP has no more, and remembers it until that is read again', () => {
    const missing = { dataset: 'd, which is gone' };
    const gone = absorb(first, news(t0 + minute, { flow: hourly, missing }), {});
    expect(gone.drift?.changes).toEqual([{ field: 'dataset', from: null, to: 'd, which is gone' }]);
    expect(absorb(gone, news(t0 + hour, { flow: hourly }), {}).drift).toEqual(gone.drift);
    expect(absorb(gone, news(t0 + hour, { flow: hourly, missing: {} }), {}).drift).toBeUndefined();
  });

  test('is being replaced until it is told that it is not, or is settled', () => {
    const replacing = told(drifted, { pending: { state: 'disabled' }, replacing: true });
    expect(told(replacing, { pending: { state: 'disabled' } }).replacing).toBe(true);
    expect(told(replacing, { replacing: false }).replacing).toBe(false);
    expect(told(replacing, { settled: others.shape }).replacing).toBe(false);
  });

  test('is one that says so in its health whatever it is, and that nothing is done about a failed run', () => {
    const health = (of: WatchState) => healthOf({ sandbox: 'prod', flowId: 'f' }, of, {});
    const isFailed = absorb(first, news(t0 + 5 * minute, { runs: [failed(t0)] }), {});
    const dueAt = t0 + hour;
    const chains = [{ root: 'a', run: 'a', tried: 0, dueAt }];
    const replacing = (state: WatchState) =>
      told({ ...state, reactions: { ...noReactions, chains } }, { replacing: true });
    expect(health(first).cause).toBeUndefined();
    expect(health(replacing(first)).cause).toEqual(beingReplaced);
    const { message, next } = health(isFailed).cause!;
    const cause = { message, next: expect.stringContaining(beingReplaced.next) };
    expect(health(replacing(isFailed))).toMatchObject({ verdict: 'failed', cause });
    expect(next).not.toContain(beingReplaced.next);
    expect(health(replacing(isFailed)).retries).toEqual([{ runId: 'a', tried: 0 }]);
    const isOk = replacing(absorb(first, news(t0 + 5 * minute, { runs: [ok(t0)] }), {}));
    const envelope = { id: 'm', at: t0, watcherWorkflowId: 'flow:prod:f' };
    expect(health(isOk).cause).toEqual(beingReplaced);
    expect(messageOf(health(isOk), { event: 'recovered' }, envelope, {}).cause).toBeUndefined();
  });

  test('that its watcher has disabled while an update went on is not taken for one that others have', () => {
    const paused = { ...hourly, state: 'disabled', shape: { ...hourly.shape, state: 'disabled' } };
    const asked = told(first, { pending: { state: 'disabled' } });
    const seen = absorb(asked, news(t0 + minute, { flow: paused }), {});
    // The update was planned while the flow was enabled.
    for (const before of [asked, seen]) {
      const settled = told(before, { settled: hourly.shape });
      expect(absorb(settled, news(t0 + hour, { flow: paused }), {}).drift).toBeUndefined();
    }
  });

  test('that others have disabled before an update was planned is taken as it is, seen by its watcher or not', () => {
    const paused = { ...hourly, state: 'disabled', shape: { ...hourly.shape, state: 'disabled' } };
    const seen = absorb(first, news(t0 + minute, { flow: paused }), {});
    expect(seen.drift).toBeDefined();
    for (const before of [first, seen]) {
      const settled = told(before, { settled: paused.shape });
      expect(absorb(settled, news(t0 + hour, { flow: paused }), {}).drift).toBeUndefined();
    }
  });

  test('takes it as it is where it is told that it is settled, or accepted', () => {
    const settled = told(drifted, { settled: others.shape });
    expect(settled.drift).toBeUndefined();
    expect(absorb(settled, news(t0 + hour, { flow: others }), {}).drift).toBeUndefined();
    const taken = accepted(drifted);
    expect(taken.drift).toBeUndefined();
    expect(absorb(taken, news(t0 + hour, { flow: others }), {}).drift).toBeUndefined();
    expect(absorb(taken, news(t0 + hour, { flow: hourly }), {}).drift).toBeDefined();
  });
});
