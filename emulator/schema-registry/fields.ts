/** Which fields a schema has, by the paths that mappings use: those of its class and of its field groups. */
import { findStandard } from '../data/xdm.ts';
import { plainError } from '../errors.ts';
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

/** More than any schema of AEP's has. What refers to itself, or multiplies, ends here. */
const mostParts = 20_000;

/** A walk through the JSON Schema of a resource of this tenant, and of what it refers to. */
class Walk {
  readonly fields: FieldTypes = new Map();
  /** Paths that no record may lack. */
  readonly required = new Set<string>();
  readonly #sandbox: Sandbox;
  #left = mostParts;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** `within` holds what is being expanded just now: a part of it that refers back to it has nothing to add. */
  collect(node: Json, root: JsonObject, prefix: string, within: string[]): void {
    if (!isObject(node)) return;
    this.#left -= 1;
    if (this.#left < 0) throw plainError(400, `The schema has more than ${mostParts} parts.`);
    if (typeof node.$ref === 'string' && !within.includes(node.$ref))
      this.#refer(node.$ref, root, prefix, [...within, node.$ref]);
    for (const part of node.allOf ?? []) this.collect(part, root, prefix, within);
    if (Array.isArray(node.required)) for (const name of node.required) this.required.add(`${prefix}${name}`);
    for (const [name, below] of Object.entries(node.properties ?? {})) {
      if (!isObject(below)) continue;
      const path = `${prefix}${name}`;
      this.fields.set(path, typeOf(below));
      this.collect(below, root, `${path}.`, within);
      if (isObject(below.items)) this.collect(below.items, root, `${path}[*].`, within);
    }
  }

  #refer(id: string, root: JsonObject, prefix: string, within: string[]): void {
    const local = /^#\/definitions\/(.+)$/.exec(id)?.[1];
    if (local !== undefined) this.collect(root.definitions?.[local], root, prefix, within);
    else if (prefix === '') this.resource(id, within);
  }

  /** A whole resource: a standard one by its table. */
  resource(id: string, within: string[] = [id]): void {
    const standard = findStandard(id);
    for (const [path, type] of standard?.fields ?? []) this.fields.set(path, type);
    for (const path of standard?.required ?? []) this.required.add(path);
    const own = standard === undefined ? findOwn(this.#sandbox, id) : undefined;
    if (own !== undefined) this.collect(own, own, '', within);
  }
}

/**
 * Fields of any class, field group or schema, standard ones too.
 * @throws Refusal of one with more parts than can be meant.
 */
export function fieldsOfResource(sandbox: Sandbox, id: string): FieldTypes {
  const walk = new Walk(sandbox);
  walk.resource(id);
  return walk.fields;
}

/** The fields of a resource, and those that no record of it may lack. */
export function recordOf(sandbox: Sandbox, id: string): { types: FieldTypes; required: Set<string> } {
  const walk = new Walk(sandbox);
  walk.resource(id);
  return { types: walk.fields, required: walk.required };
}

/** Whether a mapping may write to this path. Below a map anything goes; list indexes are left aside. */
export function hasField(fields: FieldTypes, path: string): boolean {
  const plain = path.replaceAll(/\[[^[\]]*\]/g, '');
  const known = new Map([...fields].map(([name, type]) => [name.replaceAll('[*]', ''), type]));
  if (known.has(plain)) return true;
  // Deeper than this there are no maps.
  const parts = plain.split('.', 50);
  return parts.some((_, depth) => known.get(parts.slice(0, depth).join('.')) === 'map');
}

/** The nested JSON Schema properties of a field table, as the expanded form shows them. */
export function expand(fields: FieldTypes): JsonObject {
  // Without a prototype: a field may be called anything.
  const nothing = (): JsonObject => Object.create(null) as JsonObject;
  const root = nothing();
  for (const [path, type] of fields) {
    let level = root;
    const parts = path.split('.');
    const name = parts.pop() ?? '';
    for (const part of parts) {
      const parent = (level[part.replace('[*]', '')] ??= { type: 'object', 'meta:xdmType': 'object' });
      const holder = part.endsWith('[*]') ? (parent.items ??= { type: 'object' }) : parent;
      level = holder.properties ??= nothing();
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
