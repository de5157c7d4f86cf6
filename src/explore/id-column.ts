import type { Column } from '../families/columns.ts';
import { singular, wordsOf } from './words.ts';
import { typeOfColumn } from '../xdm/fits.ts';

/** The column that tells the rows apart, as far as its name says so. */
export function idColumn(
  columns: readonly Column[],
  table: string,
): { column: Column; why: string } | undefined {
  const own = wordsOf(table).map(singular);
  const scalars = columns.filter((column) =>
    ['string', 'integer', 'number'].includes(typeOfColumn(column) ?? 'string'),
  );
  const said = scalars.map((column) => ({ column, words: wordsOf(column.name) }));
  for (const { is, why } of signs) {
    const found = said.find(({ words }) => is(words, own));
    if (found) return { column: found.column, why };
  }
  const [first] = scalars;
  return (
    first && {
      column: first,
      why: 'No name says which column tells the rows apart, and this is the first that could: give the right one, or an expression such as concat(a, "-", b)',
    }
  );
}

const ends: ReadonlySet<string> = new Set(['id', 'uuid', 'guid', 'key', 'number', 'no', 'pk']);

const signs: { is: (words: string[], own: string[]) => boolean; why: string }[] = [
  {
    is: (words) => ['id', 'uuid', 'guid', 'pk', 'rowid', 'recordid', 'primarykey'].includes(words.join('')),
    why: 'Named as the id of a row',
  },
  {
    is: (words, own) =>
      [own, own.slice(-1)].some((table) => [...ends].some((end) => words.join('') === table.join('') + end)),
    why: 'Named as the id of what the table holds',
  },
  // The first of several is the table's own more often than not.
  {
    is: (words) => ['id', 'uuid', 'guid'].includes(words.at(-1)!),
    why: 'The first column that is named as an id',
  },
  { is: (words) => /[a-z]id$/.test(words.join('')), why: 'The first column whose name ends as an id’s' },
  {
    is: (words) => words.length > 1 && ends.has(words.at(-1)!),
    why: 'The first column that is named as a key or a number',
  },
];
