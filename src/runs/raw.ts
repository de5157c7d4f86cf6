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
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Without the fields that are undefined. */
export function known<T extends object>(fields: T): Known<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what makes it true
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
}
