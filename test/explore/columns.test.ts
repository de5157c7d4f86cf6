import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fittingColumns, readColumns } from '../../src/explore/columns.ts';
import { sampleRows } from '../../src/explore/sample-rows.ts';
import { problemsOf, sample } from '../definition/sample.ts';

it('columns as AEP answers them are what a definition has, in short where that says all of it', () => {
  const date = {
    name: 'at',
    type: 'string',
    'meta:xdmType': 'date-time',
    xdm: { type: 'string', format: 'date-time' },
  };
  const odd = { name: 'n', type: 'long', meta: { originalType: 'bigint' }, xdm: { type: 'integer' } };
  expect(readColumns([date, odd, { name: 'id', type: 'string', xdm: { type: 'string' } }])).toEqual([
    { name: 'at', type: 'string', format: 'date-time' },
    odd,
    { name: 'id', type: 'string' },
  ]);
});

it.each([
  ['string', 'string'],
  ['INT', 'integer'],
  ['tinyint(1)', 'integer'],
  ['bigint', 'integer'],
  ['Integer', 'integer'],
  ['integer unsigned', 'integer'],
  ['point', 'string'],
  ['interval', 'string'],
  ['long', 'integer'],
  ['short', 'integer'],
  ['longtext', 'string'],
  ['along', 'string'],
  ['number', 'number'],
  ['NUMBER(10,2)', 'number'],
  ['decimal(10,2)', 'number'],
  ['numeric', 'number'],
  ['double precision', 'number'],
  ['undouble', 'string'],
  ['timestamp', 'string date-time'],
  ['datetime2', 'string date-time'],
  ['date-time', 'string date-time'],
  ['update-time', 'string'],
  ['date', 'string date'],
  ['boolean', 'boolean'],
  ['bool', 'boolean'],
  ['varchar', 'string'],
  ['', 'string'],
])('a column of which AEP tells only the type "%s" is a %s', (type, read) => {
  const [column] = readColumns([{ name: 'c', type }]);
  expect([column!.type, column!.format].filter(Boolean).join(' ')).toBe(read);
});

it('a column without a type, or with an odd one beside it, is a text, or what its XDM type says', () => {
  const columns = [
    { name: 'a' },
    { name: 'b', type: 'int', xdm: 'integer' },
    { name: 'c', type: 'int', xdm: { type: 'decimal' } },
    { name: 'd', type: 5, xdm: { type: 'integer' } },
    { name: 'e', type: 'list', xdm: { type: 'array' } },
  ];
  expect(readColumns(columns)).toEqual([
    { name: 'a', type: 'string' },
    { name: 'b', type: 'integer' },
    { name: 'c', type: 'integer' },
    { name: 'd', type: 'integer' },
    { name: 'e', type: 'list', xdm: { type: 'array' } },
  ]);
});

it('a column of an object with a field that is called as a secret is no secret', () => {
  const properties = { password: { type: 'string' } };
  const column = { name: 'login', type: 'object', xdm: { type: 'object', properties } };
  expect(readColumns([column])).toEqual([column]);
});

it('columns that no definition can have are left out, and what comes after them is not', () => {
  const columns = [
    { name: 'a', type: 'string' },
    { name: 'a', type: 'integer' },
    { name: 'x\ny', type: 'string' },
    { type: 'string' },
    { name: 'b', type: 'string', xdm: { type: 'string', default: 'https://u:hunter2@host/' } },
    { name: 'c', type: 'string' },
  ];
  expect(readColumns(columns)).toEqual([
    { name: 'a', type: 'string' },
    { name: 'c', type: 'string' },
  ]);
});

it('as many columns are read as a definition takes, and as many are told as a history holds', () => {
  const many = Array.from({ length: 5001 }, (_, index) => ({ name: `${'x'.repeat(90)}${index}` }));
  const read = readColumns(many);
  expect(read).toHaveLength(5000);
  const { first, more } = fittingColumns(read);
  expect(first.length + more).toBe(5000);
  expect(JSON.stringify(first).length).toBeLessThan(250_001);
  expect(first.length).toBeGreaterThan(1500);
});

const anything = fc.oneof(
  fc.anything(),
  fc.constantFrom('string', 'integer', 'date-time', '', 'a\nb', '\ud800', 'https://u:hunter2@host/'),
  fc.string(),
);
const answer = fc.array(
  fc.record(
    {
      name: anything,
      type: anything,
      'meta:xdmType': anything,
      xdm: fc.oneof(anything, fc.record({ type: anything, format: anything }, { requiredKeys: [] })),
      password: anything,
    },
    { requiredKeys: [] },
  ),
);

it('whatever AEP answers, a definition takes the columns that are read from it', () => {
  fc.assert(
    fc.property(answer, (columns) => {
      const read = readColumns(columns);
      fc.pre(read.length > 0);
      const problems = problemsOf({ ...sample, source: { ...sample.source, columns: read } });
      expect(problems.filter(({ field }) => field.startsWith('source'))).toEqual([]);
    }),
  );
});

it('rows are told ten at most, with long values cut and no secret', () => {
  const row = {
    id: 1,
    text: 'x'.repeat(5000),
    password: 'hunter2',
    url: 'https://u:hunter2@host/',
    none: null,
  };
  const rows = sampleRows(Array.from({ length: 30 }, () => row));
  expect(rows).toHaveLength(10);
  expect(rows[0]!['none']).toBeNull();
  expect(String(rows[0]!['text']).length).toBeLessThan(400);
  expect(JSON.stringify(rows)).not.toContain('hunter2');
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`c${index}`, 'y'.repeat(200)]));
  expect(JSON.stringify(sampleRows([wide, wide, wide])).length).toBeLessThan(100_000);
});
