/** Row filters, beside a database that does the same in SQL. */
import { DatabaseSync } from 'node:sqlite';
import {
  array,
  assert,
  constant,
  constantFrom,
  letrec,
  oneof,
  property,
  record,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { expect, test } from 'vitest';
import { readFilters } from '../../emulator/rows/filters.ts';
import type { Json } from './client.ts';

type Row = { id: number; pieces: number | null; city: string | null };

const texts = ['Austin', 'Dallas', 'a_b', '100%', ''];
const numbers = [-2, 0, 1, 7];
const row: Arbitrary<Omit<Row, 'id'>> = record({
  pieces: constantFrom(...numbers, null),
  city: constantFrom(...texts, null),
});

const apply = (fnName: string, ...params: Json[]): Json => ({ nodeType: 'fnApply', fnName, params });
const field = (fieldName: string): Json => ({ nodeType: 'fieldLookup', fieldName });
const literal = (value: Json): Json => ({ nodeType: 'literal', value });
const quoted = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;

/** The same filter in both languages. */
type Filter = { pql: Json; sql: string };

const comparison: Arbitrary<Filter> = tuple(
  constantFrom('=', '!=', '<', '<=', '>', '>='),
  oneof(tuple(constant('pieces'), constantFrom(...numbers)), tuple(constant('city'), constantFrom(...texts))),
).map(([name, [column, value]]) => ({
  pql: apply(name, field(column), literal(value)),
  sql: `${column} ${name} ${quoted(value)}`,
}));
const alike: Arbitrary<Filter> = constantFrom('%s%', 'D_llas', 'a_b', '1%', '').map((wanted) => ({
  pql: apply('like', field('city'), literal(wanted)),
  sql: `city LIKE ${quoted(wanted)}`,
}));
const among: Arbitrary<Filter> = array(constantFrom(...numbers), { minLength: 1, maxLength: 3 }).map(
  (list) => ({
    pql: apply('in', field('pieces'), literal(list)),
    sql: `pieces IN (${list.join(', ')})`,
  }),
);
const nothing: Arbitrary<Filter> = tuple(
  constantFrom('isNull', 'isNotNull'),
  constantFrom('pieces', 'city'),
).map(([name, column]) => ({
  pql: apply(name, field(column)),
  sql: `${column} IS ${name === 'isNull' ? '' : 'NOT '}NULL`,
}));

const { filter } = letrec<{ filter: Filter }>((tie) => ({
  filter: oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    alike,
    among,
    nothing,
    tie('filter').map(({ pql, sql }) => ({ pql: apply('not', pql), sql: `NOT (${sql})` })),
    tuple(constantFrom('and', 'or'), array(tie('filter'), { minLength: 1, maxLength: 3 })).map(
      ([name, parts]) => ({
        pql: apply(name, ...parts.map(({ pql }) => pql)),
        sql: parts.map(({ sql }) => `(${sql})`).join(` ${name.toUpperCase()} `),
      }),
    ),
  ),
}));

test('any filter lets the rows through that a database finds with the same in SQL, null or not', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA case_sensitive_like = ON; CREATE TABLE t (id INTEGER, pieces INTEGER, city TEXT)');
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?)');
  try {
    assert(
      property(array(row, { minLength: 1, maxLength: 8 }), filter, (found, { pql, sql }) => {
        database.exec('DELETE FROM t');
        const rows = found.map((one, id) => ({ id, ...one }));
        for (const { id, pieces, city } of rows) insert.run(id, pieces, city);
        const passes = readFilters({ type: 'PQL', format: 'pql/json', value: pql }, ['pieces', 'city']);
        const expected = database.prepare(`SELECT id FROM t WHERE ${sql} ORDER BY id`).all();
        expect(rows.filter((one) => passes(one)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 500 },
    );
  } finally {
    database.close();
  }
});
