import { missing, type Difference } from './differences.ts';
import { objectsAt, textAt } from './json.ts';
import type { JsonObject } from './resource.ts';

/** What a schema or class is made of. */
export function refs(object: JsonObject): string[] {
  return objectsAt(object, 'allOf').flatMap((part) => textAt(part, '$ref') ?? []);
}

/** Their order means nothing, and somebody may have added a field group since. */
export function refsMissing(wanted: JsonObject, found: JsonObject): Difference[] {
  return missing(textsAt(wanted, 'refs'), textsAt(found, 'refs'), 'refs');
}

/** What somebody has added since, or a definition does not name any more: a schema that data was loaded with loses no field. */
export function refsBesides(wanted: JsonObject, found: JsonObject): Difference[] {
  const asked = textsAt(wanted, 'refs');
  // Every schema has the fields of its behaviour, whether it is named or not.
  const more = textsAt(found, 'refs').filter((ref) => !asked.includes(ref) && !ref.includes('/xdm/data/'));
  return more.map((ref) => ({ field: 'refs', wanted: undefined, found: ref }));
}

/** The texts in the array at `key`. */
export function textsAt(object: JsonObject, key: string): string[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
