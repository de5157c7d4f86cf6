import { expect, test } from 'vitest';
import { withNote } from '../../src/workflows/watch/noted-asks.ts';

test.each([undefined, null, 5, 'nothing', {}, { length: 3 }])(
  'A note is made beside what somebody has started a watcher with in its place: %j',
  (before) => {
    expect(withNote(before, { what: 'pause' })).toEqual([{ what: 'pause' }]);
  },
);

test('Of many notes the latest twenty are kept', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  expect(withNote(numbers, 20)).toEqual([...numbers.slice(1), 20]);
});
