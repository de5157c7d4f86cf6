import { isObject } from '../definition/plain-json.ts';
import type { JsonObject } from './resource.ts';

/** What Flow Service notes of each of its resources. */
export const flowServiceRecords: readonly string[] = [
  'id',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
  'createdClient',
  'updatedClient',
  'sandboxId',
  'sandboxName',
  'imsOrgId',
  'version',
  'etag',
  'providerRefId',
  'inheritedAttributes',
  'lastOperation',
];

/** Of what the Schema Registry notes by itself, only this is asked for: that a schema is enabled for Profile. */
const askedOfRegistry = 'meta:immutableTags';
const registryRecords: ReadonlySet<string> = new Set([
  '$id',
  'version',
  'imsOrg',
  'refs',
  'required',
  'type',
  // What it is made of is said by references, and by columns.
  'allOf',
]);

/** An answer of the Schema Registry without its records. */
export function withoutRegistryRecords(answer: JsonObject): JsonObject {
  const left = Object.entries(answer).filter(
    ([key]) => key === askedOfRegistry || !(key.startsWith('meta:') || registryRecords.has(key)),
  );
  return Object.fromEntries(left);
}

/** What stands elsewhere than at these paths. Keys with a dot are no part of any. */
export function without(object: JsonObject, paths: readonly string[]): JsonObject {
  const inside = new Map<string, string[]>();
  for (const path of paths) {
    const [key = '', ...rest] = path.split('.');
    inside.set(key, [...(inside.get(key) ?? []), rest.join('.')]);
  }
  const left = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const rests = inside.get(key);
    if (rests?.includes('')) return [];
    return [[key, rests && isObject(value) ? without(value, rests) : value]];
  });
  return Object.fromEntries(left);
}

/** Only what is not on has to be asked for by hand: AEP enables what it makes. */
export function withoutUsualState(object: JsonObject): JsonObject {
  return String(object['state']).toLowerCase() === 'enabled' ? without(object, ['state']) : object;
}
