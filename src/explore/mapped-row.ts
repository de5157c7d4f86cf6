import { shown } from '../cut.ts';
import { isObject } from '../definition/plain-json.ts';
import { maskedAt } from '../definition/secrets.ts';
import type { JsonObject } from '../resources/resource.ts';
import { fitting } from './fitting.ts';

/** What a mapping makes of a row. */
export interface MappedRow {
  /** By the path of the field, such as `person.name.firstName`. Long values are cut. */
  fields: Record<string, unknown>;
  /** How many fields there are besides. Absent: these are all. */
  more?: number;
}

/** Deeper than any schema: what is in there is one value. */
const deepest = 20;

/** A record as far as it is told. @param mostCharacters of JSON. */
export function mappedRow(data: JsonObject, mostCharacters: number): MappedRow {
  const { first, more } = fitting(fieldsOf(data, '', 1), mostCharacters);
  return { fields: Object.fromEntries(first), ...(more > 0 ? { more } : {}) };
}

function fieldsOf(data: JsonObject, before: string, depth: number): [path: string, value: unknown][] {
  return Object.entries(data).flatMap(([name, value]): [string, unknown][] => {
    const path = `${before}${name}`;
    if (isObject(value) && depth < deepest) return fieldsOf(value, `${path}.`, depth + 1);
    return [[path, shown(maskedAt(path, value))]];
  });
}
