import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Problem } from './problems.ts';

/** Bytes of JSON. Temporal takes 2 MB in one payload, and a definition travels in several. */
export const maxBytes = 1_000_000;
/** Deeper than anything that people write or AEP answers, and shallow enough for every recursion that follows. */
const maxDepth = 64;

export type PlainObject = Record<string, unknown>;

/** A copy of `input` that is plain JSON, or what keeps it from being so. */
export function plainJson(
  input: unknown,
): { value: PlainObject; problem?: undefined } | { value?: undefined; problem: Problem } {
  if (!isObject(input)) return refuse('must be a JSON object');
  if (depth(input) > maxDepth) return refuse(`must not be nested deeper than ${maxDepth} levels`);
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    return refuse(`must be plain JSON: ${String(error)}`);
  }
  const bytes = utf8ToBytes(text).length;
  if (bytes > maxBytes) return refuse(`must be at most ${maxBytes} bytes of JSON; it has ${bytes}`);
  const value: unknown = JSON.parse(text);
  return isObject(value) ? { value } : refuse('must be a JSON object');
}

function refuse(why: string): { problem: Problem } {
  return { problem: { field: '', message: `The definition ${why}` } };
}

export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Levels of objects and lists; stops counting above the limit, so that a cycle ends too. */
function depth(input: object): number {
  let level = 0;
  let objects: object[] = [input];
  while (objects.length > 0 && level <= maxDepth) {
    level++;
    const seen = new Set<object>();
    for (const value of objects.flatMap((one): unknown[] => Object.values(one)))
      if (typeof value === 'object' && value !== null) seen.add(value);
    objects = [...seen];
  }
  return level;
}
