import { describe, expect, test } from 'vitest';
import {
  followerWorkflowId,
  sandboxOfFollower,
  tellsWatchers,
  unlistedWorkflowId,
  watcherWorkflowId,
} from '../../src/runs/names.ts';
import { countOf, known, latestMs, listOf, numberOf, objectOf, textOf, timeOf } from '../../src/runs/raw.ts';

describe('what other programs wrote is read as it is meant, and what is not as expected as nothing:', () => {
  test.each<[string, (value: unknown) => unknown, [unknown, unknown][]]>([
    [
      'a number',
      numberOf,
      [
        [5, 5],
        [' 5 ', 5],
        ['-1.5', -1.5],
        [-0, 0],
        ['-0', 0],
        ['', undefined],
        [' ', undefined],
        ['five', undefined],
        [Infinity, undefined],
        [NaN, undefined],
        [true, undefined],
        [null, undefined],
        [[5], undefined],
      ],
    ],
    [
      'a count',
      countOf,
      [
        [0, 0],
        ['3', 3],
        [-1, undefined],
        [0.5, undefined],
        [2 ** 53, undefined],
        ['many', undefined],
      ],
    ],
    [
      'a time, in milliseconds or, where it is that early, in seconds',
      timeOf,
      [
        [1_600_000_000_000, 1_600_000_000_000],
        [1_600_000_000, 1_600_000_000_000],
        [1_600_000_000_000.7, 1_600_000_000_000],
        ['1600000000', 1_600_000_000_000],
        [100_000_000_000, 100_000_000_000],
        [99_999_999_999, 99_999_999_999_000],
        [latestMs, latestMs],
        [latestMs + 1, undefined],
        [0, undefined],
        [0.0001, undefined],
        [-1, undefined],
        ['soon', undefined],
      ],
    ],
    [
      'a text',
      textOf,
      [
        ['x', 'x'],
        [5, '5'],
        ['x'.repeat(301), `${'x'.repeat(299)}…`],
        [null, ''],
        [{}, ''],
      ],
    ],
    [
      'an object',
      objectOf,
      [
        [{ a: 1 }, { a: 1 }],
        [null, {}],
        ['x', {}],
      ],
    ],
    [
      'a list',
      listOf,
      [
        [[1], [1]],
        [{ length: 1 }, []],
        [undefined, []],
      ],
    ],
  ])('%s', (_, read, cases) => {
    for (const [raw, meant] of cases) expect(read(raw), JSON.stringify(raw)).toStrictEqual(meant);
  });

  test('what is not known is left out, and what is false or zero is known', () => {
    expect(known({ a: undefined, b: 0, c: false, d: '' })).toStrictEqual({ b: 0, c: false, d: '' });
  });
});

test('workflows find one another by their ids', () => {
  const watcher = watcherWorkflowId({ sandbox: 'prod', flowId: 'f' });
  expect(watcher).toBe('flow:prod:f');
  expect(
    [watcher, 'dataflow:prod:orders', 'runs:prod', 'a flow:prod:f', 'a dataflow:'].map(tellsWatchers),
  ).toEqual([true, true, false, false, false]);
  expect(followerWorkflowId({ sandbox: 'prod' })).toBe('runs:prod');
  expect(sandboxOfFollower('runs:prod')).toBe('prod');
  expect(unlistedWorkflowId('dataflow:prod:orders')).toBe('unlisted:prod:orders');
});
