/** Making schemas, classes and field groups: what is checked, and what AEP adds to what was sent. */
import { adHocBehavior, findStandard, relationalBehavior } from '../data/xdm.ts';
import { plainError, xdmError } from '../errors.ts';
import { newHex } from '../ids.ts';
import { copy, isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { tenant } from '../world.ts';
import type { Caller, Kind, Sandbox, World } from '../world.ts';
import { findOwn, ownReferred } from './fields.ts';

export type ResourceType = 'schemas' | 'classes' | 'fieldgroups';

/** `mixins` is the old name of field groups. */
export const shelfOf: Record<string, Kind> = {
  schemas: 'schemas',
  classes: 'classes',
  fieldgroups: 'fieldGroups',
  mixins: 'fieldGroups',
};

/** Titles are unique across schemas, classes and field groups of a sandbox. */
export function checkTitle(world: World, sandbox: Sandbox, title: Json, exceptId?: string): void {
  if (typeof title !== 'string' || title === '') throw plainError(400, 'The title is missing.');
  for (const kind of ['schemas', 'classes', 'fieldGroups'] as const) {
    const taken = sandbox[kind].all().find((one) => one.title === title && one.$id !== exceptId);
    if (taken === undefined) continue;
    if (world.settings.titleTaken === 'older') {
      throw plainError(
        400,
        `Title must be unique. An object ${taken.$id} already exists with the same title.`,
      );
    }
    throw xdmError(
      'XDM-1521-400',
      'Title not unique',
      `The title of the resource is not unique. An object ${taken.$id} already exists with the same title.`,
    );
  }
}

function references(body: JsonObject): string[] {
  if (body.allOf !== undefined && !Array.isArray(body.allOf)) throw plainError(400, 'allOf is not a list.');
  const outside = (body.allOf ?? []).map((part: Json) => part?.$ref);
  return outside.filter((ref: Json) => typeof ref === 'string' && !ref.startsWith('#'));
}

function kindOf(sandbox: Sandbox, id: string): 'behaviors' | ResourceType {
  const standard = findStandard(id);
  if (standard !== undefined) return standard.kind;
  const own = ownReferred(sandbox, id);
  // Guess: which code answers an unknown reference is not documented.
  if (own === undefined) throw plainError(400, `The resource ${id} referred to in allOf was not found.`);
  return own['meta:resourceType'];
}

function basesOf(sandbox: Sandbox, id: string): string[] {
  return findStandard(id)?.extends ?? findOwn(sandbox, id)?.['meta:extends'] ?? [];
}

function checkSchema(sandbox: Sandbox, refs: string[]): string {
  const classes = new Set(refs.filter((id) => kindOf(sandbox, id) === 'classes'));
  const [only] = classes;
  if (classes.size !== 1 || only === undefined) {
    throw plainError(
      400,
      `A schema refers to exactly one class in allOf; this one refers to ${classes.size}.`,
    );
  }
  const wrong = refs.find((id) => !['classes', 'fieldgroups'].includes(kindOf(sandbox, id)));
  if (wrong !== undefined) throw plainError(400, `A schema can't refer to ${wrong}.`);
  return only;
}

function checkClass(sandbox: Sandbox, refs: string[]): void {
  const behaviors = refs.filter((id) => kindOf(sandbox, id) === 'behaviors');
  if (behaviors.length !== 1) throw plainError(400, 'A class refers to exactly one behavior in allOf.');
}

/** Types of fields get their `meta:xdmType`, as answers show them. */
function annotate(node: Json): Json {
  if (Array.isArray(node)) return node.map(annotate);
  if (!isObject(node)) return node;
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(node)) {
    const isFields = key === 'properties' || key === 'definitions';
    result[key] =
      isFields && isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, annotate(field)]))
        : annotate(value);
  }
  if (typeof result.type === 'string' && result['meta:xdmType'] === undefined) {
    result['meta:xdmType'] =
      result.format === 'date-time' || result.format === 'date' ? result.format : result.type;
  }
  return result;
}

const adHocKey = '_adhoc';

/** The fields of an ad-hoc class live below a key of its own: `_adhoc` becomes `_{hash}`. */
function renameAdHoc(body: JsonObject, namespace: string): void {
  for (const part of [body, ...(body.allOf ?? [])]) {
    if (part?.properties?.[adHocKey] === undefined) continue;
    const { [adHocKey]: fields, ...others } = part.properties;
    part.properties = { ...others, [namespace]: fields };
  }
}

/** The resource that a request body becomes. `known` is the one it replaces. */
export function compose(
  caller: Caller,
  type: ResourceType,
  given: JsonObject,
  now: number,
  known?: JsonObject,
): JsonObject {
  const { sandbox } = caller;
  const body = copy(given);
  const refs = references(body);
  const hash = known === undefined ? newHex(48) : String(known.$id).split('/').at(-1);
  const isRelational = type === 'schemas' && [body['meta:extends']].flat().includes(relationalBehavior);
  const schemaClass = type === 'schemas' && !isRelational ? checkSchema(sandbox, refs) : undefined;
  if (type === 'classes') checkClass(sandbox, refs);
  const isAdHoc = type === 'classes' && refs.includes(adHocBehavior);
  if (isAdHoc) renameAdHoc(body, `_${hash}`);

  const inherited = refs.flatMap((id) => [id, ...basesOf(sandbox, id)]);
  const namespace = isAdHoc ? `_${hash}` : findOwn(sandbox, schemaClass ?? '')?.['meta:datasetNamespace'];
  const createdDate = known?.['meta:registryMetadata']?.['repo:createdDate'] ?? now;
  const allOf = (body.allOf ?? []).map((part: Json) =>
    part?.$ref === undefined ? part : { type: 'object', ...part },
  );
  return {
    ...annotate({ ...body, allOf }),
    $id: `https://ns.adobe.com/${tenant}/${type === 'fieldgroups' ? 'mixins' : type}/${hash}`,
    'meta:altId': `_${tenant}.${type === 'fieldgroups' ? 'mixins' : type}.${hash}`,
    'meta:resourceType': type,
    version: known === undefined ? '1.0' : nextVersion(known.version),
    ...(type === 'schemas' && !isRelational ? { refs: [...new Set(refs)], 'meta:class': schemaClass } : {}),
    'meta:abstract': type !== 'schemas',
    'meta:extensible': type !== 'schemas',
    'meta:extends': isRelational ? [relationalBehavior] : [...new Set(inherited)],
    'meta:containerId': 'tenant',
    'meta:tenantNamespace': `_${tenant}`,
    ...(namespace === undefined ? {} : { 'meta:datasetNamespace': namespace }),
    imsOrg: caller.org,
    'meta:xdmType': 'object',
    'meta:registryMetadata': {
      'repo:createdDate': createdDate,
      'repo:lastModifiedDate': now,
      'xdm:createdClientId': caller.client,
      'xdm:lastModifiedClientId': caller.client,
      eTag: newHex(64),
      'meta:globalLibVersion': '1.0.0',
    },
  };
}

function nextVersion(version: Json): string {
  const [major = '1', minor = '0'] = String(version).split('.');
  return `${major}.${Number(minor) + 1}`;
}
