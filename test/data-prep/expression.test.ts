import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readExpression } from '../../src/data-prep/expression.ts';
import { anyExpression } from './expressions.ts';

const columnsIn = (expression: string) => readExpression(expression).columns.map(({ path }) => path);

describe('an expression', () => {
  test.each([
    ['concat("Hi, ", "there", "!")', []],
    ['"string1".equalsIgnoreCase("STRING1")', []],
    [
      'iif(marketing_type.equals("phyMail"), nullify(), marketing_type)',
      ['marketing_type', 'marketing_type'],
    ],
    ['iif(total_consents > 5000 and not flagged, a, "b")', ['total_consents', 'flagged', 'a']],
    ['format(2019-10-23T11:24:00+00:00, "yyyy-MM-dd HH:mm:ss")', []],
    ['zone_date_to_utc(2019-10-17T11:55:12 PST)', []],
    ['size_of([1, -2, x])', ['x']],
    ['get_keys({"book1": "Pride and Prejudice", book2: y})', ['y']],
    ['object_to_map(addresses, type)', ['addresses']],
    ['concat(object_to_map(addresses, type), z)', ['addresses', 'z']],
    ["add_to_array(['a', 'b'], c ? d : e.f[0].g)", ['c', 'd', 'e.f[0].g']],
    ['str_to_object("firstName - John", "-", ",").get("firstName")', []],
    ['str_to_object(text, "-", ",").firstName', ['text']],
    ['filterArray([5, -6, 0, 7], x -> x > 0)', []],
    ['filterArray(orders, x -> x.total > limit)', ['orders', 'limit']],
    ['transformArray(orders, (x, y) => x + y + z) + x', ['orders', 'z', 'x']],
    ['a == 5 && !(b % 2 eq 0) || c != null', ['a', 'b', 'c']],
    [String.raw`address.street\.name + ${'${First Name}'}.x`, ['address.street.name', 'First Name.x']],
    ['größe * 1.5e3 + 0x1F', ['größe']],
    ['$.a', []],
    ['_errors.a', []],
    ['f (a)', ['a']],
    ['a.f(b)', ['a', 'b']],
    ['f(a).b', ['a']],
    ['(a).b', ['a']],
    ['(a.b).c', ['a.b']],
    ['a.0.b', ['a.0.b']],
    ['a."b c"', ['a."b c"']],
    ['a["x]"].b', ['a["x]"].b']],
    ['a[b[0]].c', ['a[b[0]].c']],
    ['f(a)[b]', ['a']],
    ['object_to_map(a, b).c + d', ['a', 'd']],
    ['object_to_map(a, b, f(c), c, d.e)', ['a', 'c', 'd.e']],
    ['array_to_map(addresses, type)', ['addresses']],
    ['f([a, b], object_to_map(c))', ['a', 'b', 'c']],
    ['{a: b, c : d}', ['b', 'd']],
    ['{a, b.c: d}', ['a', 'b.c', 'd']],
    ['{a ? b : c : d}', ['a', 'b', 'c', 'd']],
    ['{}', []],
    ['a?.b ?: c', ['a.b', 'c']],
    ['a ? b ? c : d : e', ['a', 'b', 'c', 'd', 'e']],
    ['a <= b', ['a', 'b']],
    ['empty a || size b > 1', ['a', 'b']],
    ['[a, [b]][0]', ['a', 'b']],
    ['-a', ['a']],
    ['true and false', []],
    ['"a\nb" + c', ['c']],
  ])('%s names the columns %j', (expression, columns) => {
    expect(readExpression(expression).fault).toBeUndefined();
    expect(columnsIn(expression)).toEqual(columns);
  });

  test.each([
    'var x = 5; x + y',
    'if (a) b else c',
    'a = b',
    'a += b',
    'a /* b( */',
    "a // don't (",
    "a ## don't (",
    '~/[(/',
    '`a ${b} (`',
    String.raw`get_values(\"firstName - John\", \"firstName\")`,
    'a b',
    'f(a b)',
    'f(a,)',
    'f(,a)',
    '[a: b]',
    '{:}',
    'a ? b',
    'a ?[0]',
    'a ? : b',
    'ns:f(a)',
    'new("x")',
    'function(x) { x }',
    '${new}{}',
    String.raw`a\.b(c)`,
    'f(a)(b)',
    '(a, b)',
    '(a.b, c) -> d',
    '(-a) -> d',
    'x ->',
    '.5',
    'a.',
    'a.(b)',
    'a[0',
    '*',
    '$',
    '',
    ' ',
    '#{a}',
    'a @ b',
    'f(🙂)',
  ])('%s, which no page of Adobe’s tells the meaning of, or which is none, names nothing', (expression) => {
    expect(readExpression(expression)).toMatchObject({ columns: [], calls: [] });
  });

  test('says where each column and each call stands, and with how many arguments', () => {
    expect(readExpression('f(a) + bb.c.g(h(), 1)')).toEqual({
      columns: [
        { path: 'a', character: 3 },
        { path: 'bb.c', character: 8 },
      ],
      calls: [
        { name: 'f', args: 1, character: 1 },
        { name: 'h', args: 0, character: 15 },
      ],
    });
  });

  test.each([
    ['concat(a', 7, 'the "(" there is never closed'],
    ['f([a)', 5, 'the ")" there does not close the "[" at character 3'],
    ['a)', 2, 'the ")" there closes nothing'],
    ['f(a}', 4, 'the "}" there does not close the "(" at character 2'],
    ['f("a)', 3, 'the text that begins there has no end'],
    [String.raw`f('a\')`, 3, 'the text that begins there has no end'],
    ['${First Name', 2, 'the "{" there is never closed'],
    ['a +', 4, 'a value is missing there, after "+"'],
    ['f(a and )', 9, 'a value is missing there, after "and"'],
    ['[a == ]', 7, 'a value is missing there, after "=="'],
    ['if (a', 4, 'the "(" there is never closed'],
  ])('%s is surely wrong at character %i: %s', (expression, character, what) => {
    expect(readExpression(expression)).toEqual({ fault: { character, what }, columns: [], calls: [] });
  });

  test('of the documented forms is read, whatever it is made of, and its columns and calls are found', () => {
    fc.assert(
      fc.property(anyExpression, ({ text, columns, calls }) => {
        const read = readExpression(text);
        expect(read.fault, text).toBeUndefined();
        expect(read.columns.map(({ path }) => path).sort(), text).toEqual(columns.sort());
        expect(read.calls, text).toHaveLength(calls);
      }),
    );
  });

  test('of any text at all is read to its end', () => {
    const signs = '.()[]{}:,1 -=?*"\'\\'.split('');
    const words = ['a', 'f(', 'not ', ' and ', '${', '->', '//', '?.', '2019-10-23', '🙂'];
    const piece = fc.constantFrom(...words, ...signs);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(piece, { maxLength: 60 })), (given) => {
        const expression = typeof given === 'string' ? given : given.join('');
        const { fault, columns, calls } = readExpression(expression);
        if (fault) expect([...columns, ...calls]).toEqual([]);
        for (const { character } of [fault, ...columns, ...calls].filter((one) => one !== undefined)) {
          expect(character).toBeGreaterThan(0);
          expect(character).toBeLessThanOrEqual(expression.length + 1);
        }
      }),
    );
  });

  test.each([
    ['brackets', (n: number) => '('.repeat(n) + 'a' + ')'.repeat(n)],
    ['open brackets', (n: number) => '(['.repeat(n)],
    ['calls', (n: number) => 'f('.repeat(n) + ')'.repeat(n)],
    ['choices', (n: number) => 'a ? b : '.repeat(n) + 'c'],
    ['signs', (n: number) => '!-'.repeat(n) + 'a'],
    ['lambdas', (n: number) => 'x -> '.repeat(n) + 'a'],
    ['names', (n: number) => 'a.'.repeat(n) + 'a'],
    ['indexes', (n: number) => `a${'[0]'.repeat(n)}`],
    ['nested indexes', (n: number) => 'a['.repeat(n) + ']'.repeat(n)],
    ['wrapped names without an end', (n: number) => '${a'.repeat(n)],
    ['texts', (n: number) => '"a"+'.repeat(n)],
    ['an open text', (n: number) => `"${String.raw`\a`.repeat(n)}`],
  ])('of very many %s ends soon', (_, make) => {
    const before = process.cpuUsage();
    readExpression(make(20_000));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  test('of a thousand choices, one after the other, is read', () => {
    expect(columnsIn('a ? b : '.repeat(1_000) + 'c')).toHaveLength(2_001);
  });
});
