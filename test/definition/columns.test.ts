import { describe, expect, test } from 'vitest';
import { spelled } from '../../src/data-prep/column-path.ts';
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

  test('one that is not there is refused, and the right one is proposed as it must be written', () => {
    expect(messageAt(mapped('${Oder ID}'), 'mapping[0].source')).toBe(
      'must be one of the columns; "Oder ID" is not among them; did you mean "${Order ID}"?',
    );
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
