import { missing, type Difference } from './differences.ts';
import { objectsAt, textAt } from './json.ts';
import type { JsonObject } from './resource.ts';

/** What a schema or class is made of. */
export function refs(object: JsonObject): string[] {
  return objectsAt(object, 'allOf').flatMap((part) => textAt(part, '$ref') ?? []);
}

/** Their order means nothing, and somebody may have added a field group since. */
export function refsMissing(wanted: JsonObject, found: JsonObject): Difference[] {
  return missing(texts(wanted['refs']), texts(found['refs']), 'refs');
}

/** What somebody has added since, or a definition does not name any more: a schema that data was loaded with loses no field. */
export function refsBesides(wanted: JsonObject, found: JsonObject): Difference[] {
  const asked = texts(wanted['refs']);
  // Every schema has the fields of its behaviour, whether it is named or not.
  const more = texts(found['refs']).filter((ref) => !asked.includes(ref) && !ref.includes('/xdm/data/'));
  return more.map((ref) => ({ field: 'refs', wanted: undefined, found: ref }));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
