import { expect, it } from 'vitest';
import { compareColumns } from '../../src/explore/compare-columns.ts';

const text = (name: string) => ({ name, type: 'string' });

it('a source that has what is said of it differs in nothing, whatever the case and the order', () => {
  expect(compareColumns([text('ID'), text('name')], [text('Name'), text('id')])).toEqual({});
});

it('columns are told that are new, that are not there with what was probably meant, and that have another type', () => {
  const said = [text('id'), text('firstname'), text('xyz'), text('at')];
  const found = [text('id'), text('first_name'), { name: 'at', type: 'string', format: 'date-time' }];
  expect(compareColumns(said, found)).toStrictEqual({
    added: ['first_name'],
    gone: [{ name: 'firstname', nearest: 'first_name' }, { name: 'xyz' }],
    retyped: [{ name: 'at', said: 'string', found: 'date-time' }],
  });
});

it('of very many the first are told', () => {
  const many = Array.from({ length: 3000 }, (_, index) => text(`column_${index}`));
  const { added, gone } = compareColumns([text('id')], many);
  expect([added!.length, gone!.length]).toEqual([50, 1]);
  expect(compareColumns(many, [text('column_0')]).gone).toHaveLength(50);
  const numbers = many.map(({ name }) => ({ name, type: 'integer' }));
  expect(compareColumns(many, numbers).retyped).toHaveLength(50);
});

it('nothing is told where nothing is said of the columns', () => {
  expect(compareColumns([], [text('a')])).toEqual({});
});

it('a type that one of the two does not tell is no other type', () => {
  const unknown = { name: 'a', type: 'string', xdm: {} };
  expect([compareColumns([text('a')], [unknown]), compareColumns([unknown], [text('a')])]).toEqual([{}, {}]);
});
