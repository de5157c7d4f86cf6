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
      'must be one of the columns; "Oder ID" is not among them. Did you mean "${Order ID}"?',
    );
  });
});

describe('an expression', () => {
  test('that names a column that is not there is refused, with the place and the right one', () => {
    expect(problemsOf(calculated('concat(und, " ", ${Oder ID})'))).toEqual([
      {
        field: 'mapping[0].expression',
        message:
          'must name only columns; at character 18, "Oder ID" is not among them. Did you mean "${Order ID}"?',
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
  ])('%s names the columns %j', (expression, columns) => {
    expect(columnsIn(expression).map(({ path }) => path)).toEqual(columns);
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
        message: 'must be one of the columns; "AGGE" is not among them. Did you mean "AGE"?',
      },
    ]);
  });

  test('may write a column in other capitals and escaped, as its database takes it', () => {
    expect(problemsOf(filtered('city', '`AGE`'))).toEqual([]);
  });

  test('is not checked where the columns are not known', () => {
    const { columns: _, ...source } = filtered('whatever').source;
    expect(problemsOf({ ...filtered(), source })).toEqual([]);
  });
});
