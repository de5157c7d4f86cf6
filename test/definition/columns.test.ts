import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnOf, plainPath, readPath, spelled } from '../../src/definition/column-path.ts';
import { columnsIn } from '../../src/definition/expression-columns.ts';
import { fieldsOf, fileSample, messageAt, problemsOf, sample } from './sample.ts';

const odd = [
  'Order ID',
  'address.street.name',
  'First-Name',
  '1st',
  'date',
  'und',
  'Größe',
  'a.b c',
  'x{y}\\z',
];
const withColumns = (...names: string[]) => ({
  ...sample,
  source: { ...sample.source, columns: [...names, 'Datefield'].map((name) => ({ name, type: 'string' })) },
});
const mapped = (source: string) => ({
  ...withColumns(...odd),
  mapping: [{ source, destination: '_id' }],
});
const calculated = (expression: string) => ({
  ...withColumns(...odd),
  mapping: [{ expression, destination: '_id' }],
});
const filtered = (...fieldNames: string[]) => ({
  ...withColumns('CITY', 'AGE', 'TestID', 'Name'),
  source: {
    ...withColumns('CITY', 'AGE', 'TestID', 'Name').source,
    filters: {
      type: 'PQL',
      format: 'pql/json',
      value: {
        nodeType: 'fnApply',
        fnName: 'and',
        params: fieldNames.map((fieldName) => ({
          nodeType: 'fnApply',
          fnName: '=',
          params: [
            { nodeType: 'fieldLookup', fieldName },
            { nodeType: 'literal', value: 'DDN' },
          ],
        })),
      },
    },
  },
});

describe('a column that is no identifier', () => {
  test.each([
    ['Order ID', '${Order ID}'],
    ['address.street.name', String.raw`address\.street\.name`],
    ['First-Name', '${First-Name}'],
    ['1st', '${1st}'],
    ['date', '${date}'],
    ['und', 'und'],
    ['Größe', 'Größe'],
    ['a.b c', String.raw`\${a\.b c}`.slice(1)],
    ['Order ID.sub', '${Order ID}.sub'],
    ['address.street.name[0].nr 1', String.raw`address\.street\.name[0].${'${nr 1}'}`],
  ])('%s is taken, and sent as %s', (source, sent) => {
    expect(problemsOf(mapped(source))).toEqual([]);
    expect(spelled(source, new Set(odd))).toBe(sent);
  });

  test.each([
    '${Order ID}',
    String.raw`address\.street\.name`,
    '${address.street.name}',
    '${First-Name}.given',
    '${date}',
    'und.größe[*].x',
  ])('the documented spelling %s is taken, and sent as it is', (source) => {
    expect(problemsOf(mapped(source))).toEqual([]);
    expect(spelled(source, new Set(odd))).toBe(source);
  });

  test('in a file whose columns are not known is wrapped, and a path stays a path', () => {
    const sent = [
      'Order ID',
      'address.street',
      'a.b c',
      'date',
      '${Order ID}',
      String.raw`a.b\.c`,
      'list[*].x',
    ];
    expect(
      problemsOf({ ...fileSample, mapping: sent.map((source) => ({ source, destination: '_id' })) }),
    ).toEqual([]);
    expect(sent.map((source) => spelled(source))).toEqual([
      '${Order ID}',
      'address.street',
      'a.${b c}',
      '${date}',
      '${Order ID}',
      String.raw`a.b\.c`,
      'list[*].x',
    ]);
  });

  test('whatever its name is, is found again in what is sent', () => {
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

  test('one that is not there is refused, and the right one is proposed as it must be written', () => {
    expect(messageAt(mapped('${Oder ID}'), 'mapping[0].source')).toBe(
      'must be one of the columns; "Oder ID" is not among them; did you mean "${Order ID}"?',
    );
  });
});

describe('a path', () => {
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

describe('an expression', () => {
  test('that names a column that is not there is refused, with the place and the right one', () => {
    expect(problemsOf(calculated('concat(und, " ", ${Oder ID})'))).toEqual([
      {
        field: 'mapping[0].expression',
        message:
          'must name only columns; at character 18, "Oder ID" is not among them; did you mean "${Order ID}"?',
      },
    ]);
    expect(fieldsOf(calculated('upper(undd) + lower(Groesse)'))).toHaveLength(2);
  });

  test('may have 4,096 characters', () => {
    const long = (length: number) => calculated(`"${'x'.repeat(length - 2)}"`);
    expect(fieldsOf(long(4096))).toEqual([]);
    expect(messageAt(long(4097), 'mapping[0].expression')).toBe('must have at most 4096 characters');
  });

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
    ['var x = 5; x + y', []],
    ['a == 5 && !(b % 2 eq 0) || c != null', ['a', 'b', 'c']],
    [String.raw`address.street\.name + ${'${First Name}'}.x`, ['address.street.name', 'First Name.x']],
    ['concat("unfinished', []],
    [String.raw`get_values(\"firstName - John\", \"firstName\")`, []],
    ['größe * 1.5e3 + 0x1F', ['größe']],
    ['$', []],
    ['$.a', []],
    ['', []],
    ['f (a)', ['a']],
    ['a.f(b)', ['a', 'b']],
    ['f(a).b', ['a']],
    ['object_to_map(a, b).c + d', ['a', 'd']],
    ['object_to_map(a, b, f(c), c)', ['a', 'c']],
    ['x.object_to_map(a, b)', ['x', 'a']],
    ['f([a, b], object_to_map(c))', ['a', 'b', 'c']],
    ['{a: b, c : d}', ['b', 'd']],
    ['[a: b]', ['a', 'b']],
    ['a /* b */', []],
    ['a <= b', ['a', 'b']],
    ['a = b', []],
  ])('%s names the columns %j', (expression, columns) => {
    expect(columnsIn(expression).map(({ path }) => path)).toEqual(columns);
  });

  test('says where each column stands', () => {
    expect(columnsIn('f(a) + bb.c')).toEqual([
      { path: 'a', character: 3 },
      { path: 'bb.c', character: 8 },
    ]);
  });

  test('of any text at all is read to its end', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '${',
      ':',
      ',',
      '1',
      ' ',
      '-',
      '=',
      '🙂',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const expression = pieces.join('');
        for (const { path, character } of columnsIn(expression)) {
          expect(path).not.toBe('');
          expect(character).toBeGreaterThan(0);
          expect(character).toBeLessThanOrEqual(expression.length);
        }
      }),
    );
  });
});

describe('a filter', () => {
  test('that looks up a column that is not there is refused, with the place', () => {
    expect(problemsOf(filtered('CITY', 'AGGE'))).toEqual([
      {
        field: 'source.filters.value.params[1].params[0].fieldName',
        message: 'must be one of the columns; "AGGE" is not among them; did you mean "AGE"?',
      },
    ]);
  });

  test('may write a column in other capitals and escaped, as its database takes it', () => {
    expect(problemsOf(filtered('city', '`AGE`'))).toEqual([]);
  });

  test('that looks up a part of something else names a column only there', () => {
    const looking = (object: object) => ({
      ...filtered(),
      source: { ...filtered().source, filters: { nodeType: 'fieldLookup', fieldName: 'part', object } },
    });
    const column = (fieldName: string) => ({ nodeType: 'fieldLookup', fieldName });
    expect(fieldsOf(looking(column('AGE')))).toEqual([]);
    expect(fieldsOf(looking(column('zzzzzz')))).toEqual(['source.filters.object.fieldName']);
    expect(fieldsOf(looking({ nodeType: 'parameterReference' }))).toEqual(['source.filters.fieldName']);
    const filters = {
      nodeType: 'literal',
      fieldName: 'zzzzzz',
      more: { nodeType: 'fieldLookup', fieldName: 5 },
    };
    expect(fieldsOf({ ...filtered(), source: { ...filtered().source, filters } })).toEqual([]);
  });

  test('is not checked where the columns are not known', () => {
    const { columns: _, ...source } = filtered('whatever').source;
    expect(problemsOf({ ...filtered(), source })).toEqual([]);
  });
});
