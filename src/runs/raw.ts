/** For objects that other programs wrote: what is not as expected reads as nothing, so that one odd field cannot blind a watcher. */

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
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
