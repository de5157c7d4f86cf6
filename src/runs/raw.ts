import { cut } from '../cut.ts';

/* For objects that other programs wrote: what is not as expected reads as nothing, so that one odd field cannot blind a watcher. */

/** Characters: enough for a sentence that says why. */
const usualLimit = 300;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or a number as one. Cut, since it travels through histories and messages. */
export function textOf(value: unknown, limit = usualLimit): string {
  return typeof value === 'string' || typeof value === 'number' ? cut(String(value), limit) : '';
}

/** A number, or a text that is one: AEP echoes some numbers as it was sent them. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  // Never -0, which JSON does not know.
  const number = Number(value) + 0;
  return Number.isFinite(number) ? number : undefined;
}

/** Anything smaller is a time in seconds: AEP's push messages give seconds where its API gives milliseconds. */
const earliestMs = 100_000_000_000;
/**
 * The end of the year 9999. A later time is a mistake of its writer (microseconds, say): ISO 8601 has no year for it that
 * all readers know, and days would not sort as texts do.
 */
export const latestMs = 253_402_300_799_999;

/** A moment as epoch milliseconds; undefined where it is none. */
export function timeOf(value: unknown): number | undefined {
  const time = numberOf(value);
  if (time === undefined) return undefined;
  const ms = Math.floor(time < earliestMs ? time * 1000 : time);
  return ms > 0 && ms <= latestMs ? ms : undefined;
}

/** How many of something. Undefined for what nobody can have counted: AEP says -1 where it does not know. */
export function countOf(value: unknown): number | undefined {
  const count = numberOf(value);
  return Number.isSafeInteger(count) && count! >= 0 ? count : undefined;
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Without the fields that are undefined. */
export function known<T extends object>(fields: T): Known<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what makes it true
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
}
