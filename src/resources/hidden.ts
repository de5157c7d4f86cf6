import { isObject } from '../definition/plain-json.ts';
import { fieldOf } from '../definition/problems.ts';
import { secretPaths } from '../definition/secrets.ts';
import { resources } from './index.ts';
import type { Kind } from './kinds.ts';
import type { JsonObject } from './resource.ts';

/** Stands for what looks like a secret. */
export const hidden = '(not shown: it looks like a secret)';

/** AEP's answer without what looks like a secret: it goes into histories. */
export function withoutSecrets(kind: Kind, answer: JsonObject): JsonObject {
  // Keys in a schema are the names of fields.
  const tellsByKeys = !resources[kind].hasUniqueTitle;
  return secretPaths(answer, () => tellsByKeys).reduce(
    (left, path) => replaced(left, path) as JsonObject,
    answer,
  );
}

function replaced(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined) return hidden;
  if (Array.isArray(value)) return value.map((one: unknown, at) => (at === key ? replaced(one, rest) : one));
  return isObject(value) ? { ...value, [key]: replaced(value[String(key)], rest) } : value;
}

/** The fields of a definition in which something is hidden. */
export function hiddenFields(definition: JsonObject): string[] {
  const fields: string[] = [];
  const visit = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === 'string' && value.includes(hidden)) fields.push(fieldOf(path));
    else if (Array.isArray(value)) value.forEach((one, index) => visit(one, [...path, index]));
    else if (isObject(value)) for (const [key, one] of Object.entries(value)) visit(one, [...path, key]);
  };
  visit(definition, []);
  return fields;
}
