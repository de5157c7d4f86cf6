import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Problem } from './problems.ts';

/** Bytes of JSON. Temporal takes 2 MB in one payload, and a definition travels in several. */
export const maxBytes = 1_000_000;
/** Deeper than anything that people write or AEP answers, and shallow enough for every recursion that follows. */
const maxDepth = 64;

export type PlainObject = Record<string, unknown>;

/** `input` as plain JSON: itself, if it is so already, else a copy. Or what keeps it from being so. */
export function plainJson(
  input: unknown,
): { value: PlainObject; problem?: undefined } | { value?: undefined; problem: Problem } {
  if (!isObject(input)) return refuse('must be a JSON object');
  const { levels, parts, isPlain } = survey(input);
  if (levels > maxDepth) return refuse(`must not be nested deeper than ${maxDepth} levels`);
  if (parts > maxBytes) return refuse(tooLarge);
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    return refuse(`must be plain JSON: ${String(error)}`);
  }
  // No character takes more than three bytes, so that few texts have to be counted.
  const bytes = text.length * 3 > maxBytes ? utf8ToBytes(text).length : text.length;
  if (bytes > maxBytes) return refuse(`${tooLarge}; it has ${bytes}`);
  if (isPlain) return { value: input };
  const value: unknown = JSON.parse(text);
  return isObject(value) ? { value } : refuse('must be a JSON object');
}

/** Whether a value is nested deeper than any definition may be. Such a one may be too deep to be written out as JSON. */
export function isTooDeep(value: unknown): boolean {
  return typeof value === 'object' && value !== null && survey(value).levels > maxDepth;
}

const tooLarge = `must be at most ${maxBytes} bytes of JSON`;

function refuse(why: string): { problem: Problem } {
  return { problem: { field: '', message: `The definition ${why}` } };
}

export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Levels of objects and lists, how many of these there are, and whether JSON has words for all of it. It looks no further
 * than is allowed, so that it ends with a cycle too, and with what would grow without end where it is written out.
 */
function survey(input: object): { levels: number; parts: number; isPlain: boolean } {
  let levels = 0;
  let parts = 0;
  let isPlain = true;
  let level: object[] = [input];
  while (level.length > 0 && levels <= maxDepth && parts <= maxBytes) {
    levels++;
    parts += level.length;
    const next: object[] = [];
    for (const one of level) {
      if (!Array.isArray(one) && Object.getPrototypeOf(one) !== Object.prototype) isPlain = false;
      for (const value of Object.values(one) as unknown[]) {
        if (typeof value === 'object' && value !== null) next.push(value);
        else if (value === null || typeof value === 'string' || typeof value === 'boolean') continue;
        else if (!Number.isFinite(value)) isPlain = false;
      }
    }
    level = next;
  }
  return { levels, parts, isPlain };
}
