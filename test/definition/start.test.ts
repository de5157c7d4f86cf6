import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs } from '../../src/definition/duration.ts';
import { givenStartSeconds, startProblem, startText } from '../../src/definition/start.ts';
import { messageAt, parsed, sample } from './sample.ts';

const starting = (startTime: unknown) => ({ ...sample, schedule: { ...sample.schedule, startTime } });
const now = Date.parse('2030-01-01T00:00:00.500Z');

describe('a start', () => {
  test.each([
    ['2030-01-31T06:00:00Z', 1896069600],
    ['2030-01-31T06:00Z', 1896069600],
    ['2030-01-31T07:00:00+01:00', 1896069600],
    ['2030-01-31T05:59:59.001Z', 1896069600],
    [1896069600, 1896069600],
  ])('given as %s is %d', (startTime, seconds) => {
    expect(givenStartSeconds(parsed(starting(startTime)))).toBe(seconds);
  });

  test('in milliseconds is refused, with the seconds to write', () => {
    expect(messageAt(starting(1612310466000), 'schedule.startTime')).toContain('write 1612310466');
  });

  test('in seconds as text is refused, with the number to write', () => {
    expect(messageAt(starting('1612310466'), 'schedule.startTime')).toContain('1612310466 without quotes');
  });

  test.each([
    'tomorrow',
    '2030-02-30T00:00:00Z',
    '2030-01-31',
    '2030-01-31T06:00:00',
    '2030-13-31T06:00:00Z',
    '',
    1.5,
    -1,
    true,
  ])('given as %s is refused', (startTime) => {
    expect(messageAt(starting(startTime), 'schedule.startTime')).toBeDefined();
  });

  test('that is given is refused only for a flow to be made after it', () => {
    const past = parsed(starting('2029-12-31T23:59:59Z'));
    expect(startProblem(past, now)).toEqual({
      field: 'schedule.startTime',
      message: expect.stringContaining('2029-12-31T23:59:59.000Z has passed'),
    });
    expect(startProblem(parsed(starting('2030-01-01T00:00:01Z')), now)).toBeUndefined();
  });

  test('that is not given is never refused', () => {
    const soon = parsed(sample);
    expect(givenStartSeconds(soon)).toBeUndefined();
    expect(startProblem(soon, now)).toBeUndefined();
  });

  test('of any whole second means the same as text and as number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (seconds) => {
        const text = new Date(seconds * 1000).toISOString();
        expect(givenStartSeconds(parsed(starting(text)))).toBe(givenStartSeconds(parsed(starting(seconds))));
      }),
    );
  });
});

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_893_456_000, '2030-01-01T00:00:00Z'],
  [1.5, undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [1_893_456_000_000, undefined],
])('a start at %d s is written %j', (seconds, text) => {
  expect(startText(seconds)).toBe(text);
  if (text !== undefined) expect(givenStartSeconds(parsed(starting(text)))).toBe(seconds);
});

describe('a duration', () => {
  test.each([
    ['2h', 7_200_000],
    ['90m', 5_400_000],
    ['90min', 5_400_000],
    ['30s', 30_000],
    ['1d 12h', 129_600_000],
    ['1d12h', 129_600_000],
    ['PT2H', 7_200_000],
    ['P1DT12H', 129_600_000],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each(['', '0s', 'P', 'PT', '2', 'h', '2 weeks', '-1h', '1.5h', '999999999999999999d'])(
    '%j is none',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
      expect(messageAt({ ...sample, giveUpAfter: text }, 'giveUpAfter')).toContain('duration');
    },
  );
});
