/** What all resources of Flow Service have in common: stamps, versions, patches, lookups. */
import { flowError, flowNotFound } from '../errors.ts';
import { newEtag, newUuid } from '../ids.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { applyPatch, readPatch } from '../patch.ts';
import type { PatchStep } from '../patch.ts';
import { stamps } from '../world.ts';
import type { Caller, Kind, World } from '../world.ts';

export function requireBody(body: unknown): JsonObject {
  if (!isObject(body) || Object.keys(body).length === 0)
    throw flowError('1405-400', 'The request body is empty.');
  return body;
}

export function requireField(body: JsonObject, path: string): Json {
  let value: Json = body;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  if (value === undefined || value === null || value === '') {
    throw flowError('CONNECTOR-1304-400', `The mandatory field ${path} is missing.`);
  }
  return value;
}

/** Stores a new resource and answers it. */
export function create(
  world: World,
  caller: Caller,
  kind: Kind,
  fields: JsonObject,
  state: string,
): JsonObject {
  const now = world.now();
  const id = newUuid();
  const etag = newEtag(now);
  const item = { id, ...stamps(caller, now), ...fields, state, version: etag, etag };
  caller.sandbox[kind].put(id, item);
  return item;
}

export function find(caller: Caller, kind: Kind, id: string): JsonObject {
  const item = caller.sandbox[kind].get(id);
  if (item === undefined) throw flowNotFound(kind, id);
  return item;
}

/** `If-Match` comes quoted as the etag is, or with its quotes stripped. */
export function checkVersion(item: JsonObject, ifMatch: string | undefined, required: boolean): void {
  if (ifMatch === undefined || ifMatch === '') {
    if (required) throw flowError('1403-400', 'The If-Match header is missing.');
    return;
  }
  const bare = (etag: string): string => etag.replaceAll('"', '').trim();
  if (bare(ifMatch) !== bare(String(item.etag))) {
    throw flowError(
      '1404-412',
      'The version in the If-Match header is not the current version of the resource.',
    );
  }
}

/** Replaces a resource by a changed one, with a new version. */
export function update(
  world: World,
  caller: Caller,
  kind: Kind,
  item: JsonObject,
  change: JsonObject,
): JsonObject {
  const now = world.now();
  const etag = newEtag(now);
  const { updatedAt, updatedBy, updatedClient } = stamps(caller, now);
  const changed = withoutRemoved({
    ...item,
    ...change,
    updatedAt,
    updatedBy,
    updatedClient,
    version: etag,
    etag,
  });
  caller.sandbox[kind].put(String(item.id), changed);
  return changed;
}

/** Without the fields that a patch has removed: they are undefined in it. */
export function withoutRemoved(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}

/** Works out a patch whose paths are all allowed. What it removes is undefined in `changed`. */
export function patched(
  item: JsonObject,
  body: unknown,
  allowed: RegExp,
): { changed: JsonObject; steps: PatchStep[] } {
  const operations = Array.isArray(body) ? body.map((one: Json) => String(one?.op)) : [];
  const odd = operations.find((op) => /^(move|copy|test)$/i.test(op));
  if (odd !== undefined) throw flowError('1434-400', `Unsupported operation '${odd}' received.`);
  const steps = readPatch(body);
  if (steps === undefined) throw flowError('1455-400', 'The body is not a list of patch operations.');
  const wrong = steps.find((step) => !allowed.test(step.path));
  if (wrong !== undefined)
    throw flowError('CONNECTOR-1365-400', `The path ${wrong.path} provided in ops is invalid.`);
  const changed = applyPatch(item, steps);
  if (changed === undefined) throw flowError('1455-400', 'The patch does not fit the resource.');
  const removed = Object.keys(item).filter((key) => !(key in changed));
  return { changed: { ...changed, ...Object.fromEntries(removed.map((key) => [key, undefined])) }, steps };
}

/** Whether `mode` asks for a draft; there is no other mode. */
export function readMode(mode: string | undefined): boolean {
  if (mode === undefined) return false;
  if (mode === 'draft') return true;
  throw flowError('CONNECTOR-1368-400', `Mode ${mode} is not allowed in the request.`);
}

/** The verb of an action: `re-trigger` and `RE_TRIGGER` are one. */
export function readOperation(op: string | undefined): string {
  if (op === undefined || op === '') throw flowError('1422-400', 'The parameter op is missing.');
  return op.toUpperCase().replaceAll('-', '_');
}
