import type { Column } from '../families/columns.ts';
import { cannotFit, typeOfColumn } from '../xdm/fits.ts';
import type { StandardField } from './standard-fields.ts';
import { singular, wordsOf } from './words.ts';

/** A column, and the field that it seems to hold. */
export interface Pair {
  column: Column;
  field: StandardField;
  why: string;
}

/** What a name begins with that says whose it is. */
const owners: ReadonlySet<string> = new Set(
  'account acct client cust customer contact member owner person profile subscriber user usr buyer shopper guest lead'.split(
    ' ',
  ),
);

/**
 * For each column the field that it seems to hold, by name and by type. No field gets two: a column whose whole name says it
 * comes before one that says whose it is besides, and the first of equals before the others.
 * @param table the table's name: `orders.order_date` is the date of an order.
 */
export function destinations(
  columns: readonly Column[],
  fields: readonly StandardField[],
  table: string,
): Pair[] {
  const byName = new Map<string, StandardField[]>();
  for (const field of fields)
    for (const name of field.names) byName.set(name, [...(byName.get(name) ?? []), field]);
  const own = new Set(wordsOf(table).map(singular));
  const candidates = columns.flatMap((column) =>
    spellings(column.name, own).flatMap((said, away) =>
      (byName.get(said) ?? []).map((field) => ({ column, field, away, said })),
    ),
  );
  candidates.sort((a, b) => a.away - b.away || a.field.names.indexOf(a.said) - b.field.names.indexOf(b.said));
  const taken = new Set<StandardField>();
  const pairs = new Map<Column, Pair>();
  for (const { column, field } of candidates) {
    if (taken.has(field) || pairs.has(column)) continue;
    const type = typeOfColumn(column);
    if (type !== undefined && (cannotFit(type, field.type) || !isTime(type, field.type))) continue;
    taken.add(field);
    pairs.set(column, { column, field, why: whyOf(field, type) });
  }
  return columns.flatMap((column) => pairs.get(column) ?? []);
}

/** What a name may mean: all its words, and the same without what says whose it is. */
function spellings(name: string, own: ReadonlySet<string>): string[] {
  const words = wordsOf(name);
  // Salesforce ends its users' own fields so.
  if (/__c$/i.test(name)) words.pop();
  const all = [words.join('')];
  for (const [index, word] of words.entries()) {
    if (!owners.has(word) && !own.has(singular(word))) break;
    all.push(words.slice(index + 1).join(''));
  }
  return all;
}

/** A number may be a time of any unit: only a person knows. */
function isTime(column: string, field: string): boolean {
  return field !== 'date-time' || column === 'date-time' || column === 'date' || column === 'string';
}

function whyOf({ path, type, note, group }: StandardField, from: string | undefined): string {
  const where = group ? `of ${group.title}` : 'of the class';
  const types = from === undefined || from === type ? '' : ` (${from} to ${type})`;
  return `By its name it is ${path} ${where}${types}${note === undefined ? '' : `; ${note}`}`;
}
