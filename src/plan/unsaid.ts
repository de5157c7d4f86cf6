import { isObject } from '../definition/plain-json.ts';
import { differences } from '../resources/differences.ts';
import type { JsonObject } from '../resources/resource.ts';

/** Something that AEP has and that no definition can ask for. */
export interface NotExpressible {
  /** The kind of resource, and where in AEP's answer it stands: `flow.options.isSampleDataflow`. */
  path: string;
  /** As AEP shows it; a long one as the beginning of its JSON. What looks like a secret is not shown. */
  value: unknown;
}

/** What of `found` no body asks for: all that is not in `asked`, or there in another way. What is empty says nothing. */
export function unsaid(found: unknown, asked: unknown, path: string): NotExpressible[] {
  if (isNothing(found) || isEqual(found, asked)) return [];
  if (isObject(found) && isObject(asked)) return ofMembers(found, asked, path);
  if (!Array.isArray(found) || !Array.isArray(asked)) return [{ path, value: found }];
  const [ours, theirs] = [byName(found), byName(asked)];
  if (ours && theirs) return ofMembers(ours, theirs, path);
  return found.flatMap((item, index) => unsaid(item, asked[index], `${path}[${index}]`));
}

function ofMembers(found: JsonObject, asked: JsonObject, path: string): NotExpressible[] {
  return Object.entries(found).flatMap(([key, value]) =>
    unsaid(value, Object.hasOwn(asked, key) ? asked[key] : undefined, `${path}.${key}`),
  );
}

/** A list whose items are known by their names, such as columns and transformations. */
function byName(list: readonly unknown[]): JsonObject | undefined {
  const named = new Map<string, unknown>();
  for (const item of list) {
    if (!isObject(item) || typeof item['name'] !== 'string' || named.has(item['name'])) return undefined;
    named.set(item['name'], item);
  }
  return Object.fromEntries(named);
}

function isEqual(found: unknown, asked: unknown): boolean {
  return asked !== undefined && differences(found, asked).length === 0;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isNothing);
}
