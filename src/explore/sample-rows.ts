import { shown } from '../cut.ts';
import { maskedAt } from '../definition/secrets.ts';
import type { JsonObject } from '../resources/resource.ts';
import { fitting } from './fitting.ts';

const mostRows = 10;
/** Characters of JSON. */
const mostCharacters = 60_000;

/** The first rows, as far as they are told: long values are cut, and what looks like a secret is not shown. */
export function sampleRows(rows: readonly JsonObject[]): JsonObject[] {
  const told = rows.slice(0, mostRows).map((row) => each(row, (name, value) => shown(maskedAt(name, value))));
  return fitting(told, mostCharacters).first;
}

/** A row as it is, but for what looks like a secret. */
export function withoutSecrets(row: JsonObject): JsonObject {
  return each(row, maskedAt);
}

function each(row: JsonObject, tell: (name: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, tell(name, value)]));
}
