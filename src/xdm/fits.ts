import type { Column } from '../families/columns.ts';
import { isObject } from '../definition/plain-json.ts';

const dates = ['date', 'date-time'];
const scalars = ['string', 'integer', 'number', 'boolean', ...dates];

/**
 * What surely never becomes what, by Adobe's pages on how Data Prep handles formats: a date is made of a text, and a
 * boolean of one of sixteen words. That neither is made of the other is inferred, and so is that an object becomes no
 * single value. Everything else is left to AEP: a tutorial of Adobe's maps a text onto the object `person.name`.
 */
const neverFits: Record<string, readonly string[]> = {
  boolean: dates,
  date: ['boolean'],
  'date-time': ['boolean'],
  object: scalars,
  array: scalars.filter((type) => type !== 'string'),
};

/** Whether a column of this type surely does not fit into a field of that one. */
export function cannotFit(column: string, field: string): boolean {
  return neverFits[column]?.includes(field) ?? false;
}

/** A column's type in the words that fields have theirs; undefined where it is not told. */
export function typeOfColumn(column: Column): string | undefined {
  const { type, format } = isObject(column.xdm) ? column.xdm : column;
  if (typeof type !== 'string') return undefined;
  return type === 'string' && typeof format === 'string' && dates.includes(format) ? format : type;
}
