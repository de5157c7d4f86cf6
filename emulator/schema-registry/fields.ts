/** Which fields a schema has, by the paths that mappings use: those of its class and of its field groups. */
import { findStandard } from '../data/xdm.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Sandbox } from '../world.ts';

export type FieldTypes = Map<string, string>;

/** A class, field group or schema of this tenant. */
export function findOwn(sandbox: Sandbox, id: string): JsonObject | undefined {
  return sandbox.schemas.get(id) ?? sandbox.classes.get(id) ?? sandbox.fieldGroups.get(id);
}

/** The same, as far as a request may refer to it yet. */
export function ownReferred(sandbox: Sandbox, id: string): JsonObject | undefined {
  const { schemas, classes, fieldGroups } = sandbox;
  return schemas.referred(id) ?? classes.referred(id) ?? fieldGroups.referred(id);
}

function typeOf(node: JsonObject): string {
  if (node['meta:xdmType'] === 'map' || node.additionalProperties !== undefined) return 'map';
  if (node.type === 'string' && typeof node.format === 'string') return node.format;
  return typeof node.type === 'string' ? node.type : 'object';
}

/** Walks the JSON Schema of a resource of this tenant. */
function collect(sandbox: Sandbox, node: Json, root: JsonObject, prefix: string, into: FieldTypes): void {
  if (!isObject(node)) return;
  if (typeof node.$ref === 'string') {
    const local = /^#\/definitions\/(.+)$/.exec(node.$ref)?.[1];
    if (local !== undefined) collect(sandbox, root.definitions?.[local], root, prefix, into);
    else if (prefix === '')
      for (const [path, type] of fieldsOfResource(sandbox, node.$ref)) into.set(path, type);
  }
  for (const part of node.allOf ?? []) collect(sandbox, part, root, prefix, into);
  for (const [name, below] of Object.entries(node.properties ?? {})) {
    if (!isObject(below)) continue;
    const path = `${prefix}${name}`;
    into.set(path, typeOf(below));
    collect(sandbox, below, root, `${path}.`, into);
    if (isObject(below.items)) collect(sandbox, below.items, root, `${path}[*].`, into);
  }
}

/** Fields of any class, field group or schema, standard ones too. */
export function fieldsOfResource(sandbox: Sandbox, id: string): FieldTypes {
  const standard = findStandard(id);
  if (standard !== undefined) return standard.fields;
  const own = findOwn(sandbox, id);
  const fields: FieldTypes = new Map();
  if (own !== undefined) collect(sandbox, own, own, '', fields);
  return fields;
}

/** Whether a mapping may write to this path. Below a map anything goes; list indexes are left aside. */
export function hasField(fields: FieldTypes, path: string): boolean {
  const plain = path.replaceAll(/\[[^\]]*\]/g, '');
  const known = new Map([...fields].map(([name, type]) => [name.replaceAll('[*]', ''), type]));
  if (known.has(plain)) return true;
  const parts = plain.split('.');
  return parts.some((_, depth) => known.get(parts.slice(0, depth).join('.')) === 'map');
}

/** The nested JSON Schema properties of a field table, as the expanded form shows them. */
export function expand(fields: FieldTypes): JsonObject {
  const root: JsonObject = {};
  for (const [path, type] of fields) {
    let level = root;
    const parts = path.split('.');
    const name = parts.pop() ?? '';
    for (const part of parts) {
      const parent = (level[part.replace('[*]', '')] ??= { type: 'object', 'meta:xdmType': 'object' });
      const holder = part.endsWith('[*]') ? (parent.items ??= { type: 'object' }) : parent;
      level = holder.properties ??= {};
    }
    const isText = type === 'date' || type === 'date-time' || type.startsWith('uri') || type === 'email';
    level[name] = {
      ...level[name],
      type: isText ? 'string' : type === 'map' ? 'object' : type,
      ...(isText ? { format: type } : {}),
      'meta:xdmType': type,
    };
  }
  return root;
}
