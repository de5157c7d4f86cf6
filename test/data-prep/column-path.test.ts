import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnOf, plainPath, readPath, spelled } from '../../src/data-prep/column-path.ts';

describe('a path', () => {
  test('to a column, whatever its name is, is found again in what is sent', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 3 }), (column, others) => {
        const columns = new Set([column, ...others]);
        const sent = spelled(column, columns);
        const path = readPath(sent);
        expect(path?.end).toBe(sent.length);
        expect(path?.steps.map((step) => step.name)).toEqual([column]);
        expect(plainPath(sent)).toBe(column);
        expect(columnOf(sent, columns)).toBe(column);
        expect(spelled(sent, columns)).toBe(sent);
      }),
    );
  });

  test.each([
    // [as it is written, with these columns, as it is sent]
    ['date.x', [], '${date}.x'],
    ['${date}.x', [], '${date}.x'],
    ['Order ID[0].nr 1[*]', [], '${Order ID}[0].${nr 1}[*]'],
    ['Order ID[a.b].c', ['Order ID'], '${Order ID}[a.b].c'],
    ['a b.c.d e', ['a b.c'], String.raw`${'${'}a b\.c}.${'${'}d e}`],
    ['a-b[0]', ['a-b'], '${a-b}[0]'],
    ['a-b.c', ['a-b'], '${a-b}.c'],
    ['a-b.c d', ['a-b'], '${a-b}.${c d}'],
    ['a-b.c d[1]', ['a-b'], '${a-b}.${c d}[1]'],
    ['a.b', ['a.b'], String.raw`a\.b`],
    ['a.b.c', ['a', 'a.b'], String.raw`a\.b.c`],
    ['.a b', [], '.${a b}'],
    ['', [], ''],
    ['[0]', [], '[0]'],
    ['a {b}', [], String.raw`${'${'}a \{b\}}`],
  ])('%s among %j is sent as %s', (path, columns, sent) => {
    expect(spelled(path, new Set(columns))).toBe(sent);
  });

  test('leads into the column that is the longest part of it', () => {
    const columns = new Set(['a', 'a.b', 'c[0]', 'x'.repeat(500)]);
    const cases = [
      ['a', 'a'],
      ['a.b.c', 'a.b'],
      ['a.c', 'a'],
      ['a[0].b', 'a'],
      ['c[0].d', 'c[0]'],
      ['c.d', undefined],
      ['ab', undefined],
      ['.a', undefined],
      ['x'.repeat(500), 'x'.repeat(500)],
      [`${'x'.repeat(500)}.y`, 'x'.repeat(500)],
      [`a.${'y'.repeat(600)}`, 'a'],
    ] as const;
    for (const [path, column] of cases) expect(columnOf(path, columns), path).toBe(column);
  });
});
