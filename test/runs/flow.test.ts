import { describe, expect, test } from 'vitest';
import { graceOf, missedRuns, nextDue, readSchedule } from '../../src/runs/flow.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 1);
const quarterly = { startTime: start, periodMs: 15 * minute };

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
  ])('that names no time says nothing about what is due: %j', (params) =>
    expect(readSchedule(params)).toBeUndefined(),
  );

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
    expect(missedRuns(quarterly, start, start)).toBe(1);
    expect(missedRuns(quarterly, start, start + 60 * minute)).toBe(5);
    expect(missedRuns({ startTime: start }, start, start + 600 * minute)).toBe(1);
  });
});
