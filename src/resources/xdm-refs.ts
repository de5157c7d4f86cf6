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

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
