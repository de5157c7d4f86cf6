import type { JsonObject } from './resource.ts';
import { isObject } from '../definition/plain-json.ts';

/** One field where a resource is not what was asked for. */
export interface Difference {
  /** Such as `params.columns[1].name`. */
  field: string;
  wanted: unknown;
  found: unknown;
}

/**
 * Where `found` is not what `wanted` asks for. Only what is asked for counts: AEP adds fields of its own.
 * AEP echoes numbers and booleans as they were sent, so 15 and "15", true and "true" are the same.
 */
export function differences(wanted: unknown, found: unknown, field = ''): Difference[] {
  if (wanted === undefined || same(wanted, found)) return [];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return [{ field, wanted, found }];
    return wanted.flatMap((part: unknown, index) => differences(part, found[index], `${field}[${index}]`));
  }
  if (isObject(wanted)) {
    if (!isObject(found)) return [{ field, wanted, found }];
    return Object.keys(wanted).flatMap((key) =>
      differences(
        wanted[key],
        Object.hasOwn(found, key) ? found[key] : undefined,
        field === '' ? key : `${field}.${key}`,
      ),
    );
  }
  return [{ field, wanted, found }];
}

/** Whether a value says nothing: AEP may answer such a field where nobody asked for it. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** What is found at some keys of an object and asked for by nobody, as differences. */
export function notAsked(
  wanted: JsonObject,
  found: JsonObject,
  prefix: string,
  isMeant: (key: string, value: unknown) => boolean,
): Difference[] {
  return Object.entries(found)
    .filter(([key, value]) => wanted[key] === undefined && !isNothing(value) && isMeant(key, value))
    .map(([key, value]) => ({ field: `${prefix}.${key}`, wanted: undefined, found: value }));
}

/** Whether all of `wanted` is among `found`, where order and more mean nothing: what of it is there is told as found. */
export function missing(wanted: readonly string[], found: readonly string[], field: string): Difference[] {
  const there = wanted.filter((one) => found.includes(one));
  return there.length === wanted.length ? [] : [{ field, wanted, found: there }];
}

function same(wanted: unknown, found: unknown): boolean {
  if (found === undefined) return wanted === null;
  if (typeof wanted === typeof found) return wanted === found;
  const [text, value] = typeof wanted === 'string' ? [wanted, found] : [found, wanted];
  if (typeof text !== 'string') return false;
  if (typeof value === 'number') return text.trim() !== '' && Number(text) === value;
  return typeof value === 'boolean' && text.toLowerCase() === String(value);
}
