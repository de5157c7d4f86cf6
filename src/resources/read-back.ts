import { isObject } from '../definition/plain-json.ts';
import { defined } from './json.ts';
import type { JsonObject, ReadFor, Whole } from './resource.ts';

/** The name of a part, where it is not the one that a definition gives it unless said otherwise. */
export function nameBack({ name }: Whole, otherwise: string): string | undefined {
  return name === otherwise ? undefined : name;
}

/** The description of a part, where it is not the dataflow's. An empty one says that it has none. */
export function descriptionBack({ description = '' }: Whole, of: ReadFor): string | undefined {
  return description.trim() === (of.description ?? '').trim() ? undefined : description;
}

/** A number, a flag: AEP shows them as text where they were sent as text. What is neither stays as it is. */
export function valueBack(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** The object without what is undefined; undefined where nothing is left. */
export function orNothing(object: JsonObject): JsonObject | undefined {
  const said = defined(object);
  return Object.keys(said).length === 0 ? undefined : said;
}

/** What several resources say of one definition, put together. */
export function merged(parts: readonly JsonObject[]): JsonObject {
  const whole = new Map<string, unknown>();
  for (const part of parts)
    for (const [key, value] of Object.entries(defined(part))) {
      const there = whole.get(key);
      whole.set(key, isObject(there) && isObject(value) ? merged([there, value]) : value);
    }
  return Object.fromEntries(whole);
}
