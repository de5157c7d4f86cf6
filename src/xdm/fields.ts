import { isObject, type PlainObject } from '../definition/plain-json.ts';

/** A field of a schema, a class or a field group, and what is in it. */
export interface Field {
  /** `string`, `date`, `date-time`, `integer`, `number`, `boolean`, `object` or `array`; absent where the schema does not say. */
  type?: string;
  /** Of an object, by name. */
  fields?: Map<string, Field>;
  /** What an array holds. */
  items?: Field;
  /** Anything may be in it: a map, an object of which no field is told, or what we cannot read. */
  open?: true;
}

/** More than any schema of AEP's has. What refers to itself, or multiplies, ends here. */
const mostFields = 50_000;
const deepest = 64;

/**
 * The fields of a schema, class or field group as AEP answers with `xed-full`, where `$ref` and `allOf` are resolved.
 * The raw form is read too, and whatever cannot be told is open: nothing may be refused that AEP would take.
 */
export function readFields(answer: PlainObject): Field {
  let left = mostFields;
  const root: Field = {};
  add(answer, root, 0, []);
  close(root);
  return root;

  function add(node: unknown, into: Field, depth: number, within: readonly string[]): void {
    if (!isObject(node) || depth > deepest || left-- <= 0) {
      into.open = true;
      return;
    }
    if (isOpen(node)) into.open = true;
    const type = typeOf(node);
    // Parts that disagree tell nothing.
    if (type && into.type && into.type !== type) into.open = true;
    if (type) into.type = type;
    const { $ref: ref, allOf, properties, items } = node;
    if (typeof ref === 'string') addReferred(ref, into, depth, within);
    if (Array.isArray(allOf)) for (const part of allOf) add(part, into, depth + 1, within);
    if (isObject(properties)) {
      into.fields ??= new Map();
      for (const [name, below] of Object.entries(properties)) {
        const field = into.fields.get(name) ?? {};
        into.fields.set(name, field);
        add(below, field, depth + 1, within);
      }
    }
    if (items !== undefined) add(items, (into.items ??= {}), depth + 1, within);
  }

  function addReferred(ref: string, into: Field, depth: number, within: readonly string[]): void {
    const name = /^#\/definitions\/([^/]+)$/.exec(ref)?.[1];
    const { definitions } = answer;
    const referred = name !== undefined && isObject(definitions) ? definitions[name] : undefined;
    if (within.includes(ref)) into.open = true;
    else add(referred, into, depth + 1, [...within, ref]);
  }
}

/** What tells of nothing in it is open, as a deprecated object in Adobe's sample is: `"properties": {}`. */
function close(field: Field): void {
  const isNested = field.type === undefined || field.type === 'object' || field.type === 'array';
  if (isNested && !field.fields?.size && !field.items) field.open = true;
  for (const below of field.fields?.values() ?? []) close(below);
  if (field.items) close(field.items);
}

function isOpen(node: PlainObject): boolean {
  const { additionalProperties, patternProperties, anyOf, oneOf } = node;
  return (
    node['meta:xdmType'] === 'map' ||
    Boolean(additionalProperties) ||
    [patternProperties, anyOf, oneOf].some((one) => one !== undefined)
  );
}

function typeOf({ type, format, properties, items }: PlainObject): string | undefined {
  const named = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  const [only] = named;
  if (named.length === 1 && typeof only === 'string')
    return only === 'string' && (format === 'date' || format === 'date-time') ? format : only;
  if (properties !== undefined) return 'object';
  return items === undefined ? undefined : 'array';
}
