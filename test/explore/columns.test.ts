import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readColumns } from '../../src/explore/columns.ts';
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

it('columns of which AEP tells only a type have the nearest that a definition can say', () => {
  const types = [
    'string',
    'INT',
    'bigint',
    'decimal(10,2)',
    'timestamp',
    'date',
    'boolean',
    'varchar',
    'interval',
  ];
  const columns = readColumns(types.map((type, index) => ({ name: `c${index}`, type })));
  expect(columns.map(({ type, format }) => [type, format].filter(Boolean).join(' '))).toEqual([
    'string',
    'integer',
    'integer',
    'number',
    'string date-time',
    'string date',
    'boolean',
    'string',
    'string',
  ]);
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
