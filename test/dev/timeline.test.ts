import { expect, test } from 'vitest';
import { timeline } from '../../dev/timeline.ts';

test('what ran at the same time is drawn below one another, what ran later is drawn further right', () => {
  const bars = [
    { title: 'schema', startedAt: 1_000, endedAt: 1_200 },
    { title: 'dataset', startedAt: 1_200, endedAt: 1_400 },
    { title: 'mapping set', startedAt: 1_200, endedAt: 1_300 },
  ];
  expect(timeline(bars, 8)).toEqual([
    'schema      │████    │ 200 ms',
    'dataset     │    ████│ 200 ms',
    'mapping set │    ██  │ 100 ms',
  ]);
});

test('a bar is never so short that it cannot be seen, nor does it leave the drawing', () => {
  const bars = [
    { title: 'long', startedAt: 0, endedAt: 1_000 },
    { title: 'last', startedAt: 999, endedAt: 1_000 },
  ];
  expect(timeline(bars, 8)).toEqual(['long │████████│ 1000 ms', 'last │       █│ 1 ms']);
});
