import { z } from 'zod';
import type { JsonObject, Operation } from '../resources/resource.ts';
import { NotFound } from './errors.ts';
import type { Call } from './http.ts';

/** What can be done with every kind of resource. Ids are bare: no `@/dataSets/` before them, no URL encoding. */
export interface Collection {
  /** Every resource, or every one of exactly this name, each once, from all pages. Lists may lag behind what exists. */
  list(call: Call, filter?: { name?: string | undefined }): Promise<JsonObject[]>;
  /** Undefined where it is not there. */
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  create(call: Call, body: JsonObject): Promise<Created>;
  /** Carries out all of `operations` or none. The same ones twice leave what they left the first time. */
  patch(call: Call, id: string, operations: readonly Operation[], etag?: string): Promise<void>;
  /** False where it was not there. */
  remove(call: Call, id: string): Promise<boolean>;
}

export interface Created {
  id: string;
  etag?: string | undefined;
}

/** A resource as most services show it: an id, and whatever else. */
export const identified = z.looseObject({ id: z.string().min(1) });

/**
 * Whether a name can stand in a filter and mean itself. A comma means "or" there, `*` is a wildcard for Catalog, `!`
 * negates, and no page says how to escape any of them. For other names everything is listed and sifted here: slow, but
 * a resource that a filter fails to show would be made a second time.
 */
export function isPlain(name: string | undefined): name is string {
  return name !== undefined && /^[^\s",\\'*!~<>=|](?:[^",\\'*!~<>=|]*[^\s",\\'*!~<>=|])?$/.test(name);
}

/** Those of exactly this name, or all, each once: pages shift while resources come and go. */
export function named<Item extends { id: string; name?: unknown }>(
  items: Item[],
  name: string | undefined,
): Item[] {
  const wanted = name === undefined ? items : items.filter((item) => item.name === name);
  return [...new Map(wanted.map((item) => [item.id, item])).values()];
}

export async function gather<Item>(pages: AsyncIterable<Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** A read by id: what is not there is no error. */
export async function orUndefined<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** A delete by id: what is not there needs none. */
export async function wasThere(removal: Promise<unknown>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
