import { describe, expect, test } from 'vitest';
import {
  flowMadeOf,
  graceOf,
  isPaused,
  lastActivity,
  missedRuns,
  nextDue,
  readFlow,
  readSchedule,
} from '../../src/runs/flow.ts';
import { latestMs } from '../../src/runs/raw.ts';
import { formatMark } from '../../src/resources/mark.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 1);
const quarterly = { startTime: start, periodMs: 15 * minute };

test('a flow that was made just now is what it was made of, enabled; of its delta column AEP may show more than was sent', () => {
  const made = {
    name: 'Orders',
    sourceConnectionIds: ['s'],
    targetConnectionIds: ['t'],
    transformations: [
      { name: 'Copy', params: { deltaColumn: { name: 'At' } } },
      { name: 'Mapping', params: { mappingId: 'm', mappingVersion: '0' } },
    ],
    scheduleParams: { startTime: start / 1000, frequency: 'minute', interval: 15 },
  };
  const { shape, ...flow } = flowMadeOf(made, start);
  expect(flow).toEqual({
    name: 'Orders',
    state: 'enabled',
    created: start,
    schedule: quarterly,
    sourceConnectionId: 's',
    changed: { by: 'unknown' },
  });
  expect(shape).toMatchObject({ state: 'enabled', mapping: 'm, version 0', 'schedule.interval': '15' });
  expect(shape).not.toHaveProperty('deltaColumn');
});

describe('a schedule', () => {
  test('is read from numbers and from texts', () => {
    const seconds = start / 1000;
    expect(
      readSchedule({ startTime: String(seconds), frequency: 'minute', interval: '15', backfill: 'true' }),
    ).toEqual(quarterly);
    expect(readSchedule({ startTime: seconds, frequency: 'WEEK', interval: 2 })).toEqual({
      startTime: start,
      periodMs: 14 * 24 * 60 * minute,
    });
    expect(readSchedule({ startTime: seconds, frequency: 'once' })).toEqual({ startTime: start });
  });

  test.each([
    undefined,
    {},
    { startTime: 'soon', frequency: 'hour', interval: 1 },
    { startTime: 1, frequency: 'hour' },
    { startTime: start, frequency: 'hour', interval: 1 },
    { startTime: 0, frequency: 'hour', interval: 1 },
    { startTime: -1, frequency: 'once' },
    { startTime: 5_000_000_001, frequency: 'once' },
    { startTime: 1, frequency: 'hour', interval: 0.5 },
    { startTime: 1, frequency: 'constructor', interval: 1 },
    { startTime: 1, frequency: 'event', interval: 1 },
  ])('that names no time says nothing about what is due: %j', (params) =>
    expect(readSchedule(params)).toBeUndefined(),
  );

  test.each([
    [{ startTime: 1, frequency: 'minute', interval: 1 }, minute],
    [{ startTime: 1, frequency: 'hour', interval: 1 }, 60 * minute],
    [{ startTime: 1, frequency: 'Day', interval: '2' }, 48 * 60 * minute],
    [{ startTime: 5_000_000_000, frequency: 'week', interval: 1 }, 7 * 24 * 60 * minute],
    [{ startTime: 1, frequency: 'week', interval: 1e9 }, latestMs],
  ])('%j has a period of %d ms', (params, periodMs) => {
    expect(readSchedule(params)).toEqual({ startTime: params.startTime * 1000, periodMs });
  });

  test('takes a run that starts a little before it is due for the one that is due: two minutes, or a tenth of the period', () => {
    const hourly = { startTime: start, periodMs: 60 * minute };
    expect(nextDue(hourly, start - 2 * minute)).toBe(start + 60 * minute);
    expect(nextDue(hourly, start - 2 * minute - 1)).toBe(start);
    expect(nextDue(quarterly, start - 1.5 * minute)).toBe(start + 15 * minute);
    expect(nextDue(quarterly, start - 1.5 * minute - 1)).toBe(start);
    expect(nextDue({ startTime: start }, start - minute)).toBeUndefined();
    expect(nextDue({ startTime: start }, start - minute - 1)).toBe(start);
  });

  test('is due no more where the calendar ends', () => {
    const periodMs = latestMs - start;
    expect(nextDue({ startTime: start, periodMs }, start)).toBe(latestMs);
    expect(nextDue({ startTime: start + 1, periodMs }, start + 1)).toBeUndefined();
  });

  test('is first due at its start', () => {
    expect(nextDue(quarterly, undefined)).toBe(start);
    expect(nextDue(quarterly, start - 60 * minute)).toBe(start);
  });

  test('is next due after the newest run, which may have started late or a little early', () => {
    expect(nextDue(quarterly, start)).toBe(start + 15 * minute);
    expect(nextDue(quarterly, start + 13 * minute)).toBe(start + 15 * minute);
    expect(nextDue(quarterly, start + 15 * minute - 1000)).toBe(start + 30 * minute);
  });

  test('that runs once is due once', () => {
    expect(nextDue({ startTime: start }, undefined)).toBe(start);
    expect(nextDue({ startTime: start }, start + 3 * minute)).toBeUndefined();
  });

  test('gives a run half a period of grace, ten minutes at least and two hours at most', () => {
    expect(graceOf(quarterly)).toBe(10 * minute);
    expect(graceOf({ startTime: start, periodMs: 60 * minute })).toBe(30 * minute);
    expect(graceOf({ startTime: start, periodMs: 24 * 60 * minute })).toBe(120 * minute);
    expect(graceOf({ startTime: start })).toBe(120 * minute);
  });

  test('says how many runs have not come', () => {
    expect(missedRuns(quarterly, start, start - 1)).toBe(0);
    expect(missedRuns(quarterly, start, start - 60 * minute)).toBe(0);
    expect(missedRuns({ startTime: start }, start, start - 1)).toBe(0);
    expect(missedRuns(quarterly, start, start)).toBe(1);
    expect(missedRuns(quarterly, start, start + 60 * minute)).toBe(5);
    expect(missedRuns({ startTime: start }, start, start + 600 * minute)).toBe(1);
  });
});

describe('a flow', () => {
  const raw = {
    name: 'Orders',
    state: 'enabled',
    createdAt: start,
    description: formatMark({ dataflow: 'prod/orders', nonce: '3f9c21ab' }),
    scheduleParams: { startTime: start / 1000, frequency: 'once' },
    sourceConnectionIds: ['source', 'other'],
    inheritedAttributes: { sourceConnections: [{ connectionSpec: { id: 'spec' } }] },
  };

  test('is read as far as its watcher needs it', () => {
    // What of it somebody may change is told in drift.test.ts.
    const { shape, changed, ...flow } = readFlow(raw);
    expect(shape).toMatchObject({ source: 'source, other', state: 'enabled' });
    expect(changed.by).toBe('unknown');
    expect(flow).toStrictEqual({
      name: 'Orders',
      state: 'enabled',
      created: start,
      schedule: { startTime: start },
      sourceConnectionId: 'source',
      connectionSpecId: 'spec',
      dataflow: 'prod/orders',
    });
    const nothing = { shape: { 'options.errorDiagnosticsEnabled': 'false' }, changed: { by: 'unknown' } };
    expect(readFlow({})).toStrictEqual({ name: '', state: '', created: 0, ...nothing });
  });

  test('has no word that a search attribute could not take', () => {
    const long = 'x'.repeat(300);
    const flow = readFlow({
      ...raw,
      state: long,
      sourceConnectionIds: [long],
      inheritedAttributes: { sourceConnections: [{ connectionSpec: { id: long } }] },
    });
    expect(flow.state).toHaveLength(40);
    for (const text of [flow.sourceConnectionId, flow.connectionSpecId]) expect(text).toHaveLength(255);
  });

  test.each([
    ['enabled', false],
    ['Disabled', true],
    ['disabling', true],
    ['draft', true],
    ['', false],
  ])('that is "%s" is one that AEP starts no runs of: %s', (state, paused) => {
    expect(isPaused({ state })).toBe(paused);
  });

  test('last did something when it last ran, was changed or was made, whichever is known first', () => {
    const [ran, changed, made] = [start + 3, start + 2, start + 1];
    const all = { lastRunDetails: { startedAtUTC: ran }, updatedAt: changed, createdAt: made };
    expect(lastActivity(all)).toBe(ran);
    expect(lastActivity({ ...all, lastRunDetails: null })).toBe(changed);
    expect(lastActivity({ createdAt: made })).toBe(made);
    expect(lastActivity({})).toBe(0);
  });
});
