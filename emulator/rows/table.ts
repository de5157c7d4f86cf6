/** Tables with rows, and what `explore` says of their columns. */
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

export type Column = {
  name: string;
  type: string;
  'meta:xdmType'?: string;
  xdm: { type: string; format?: string; minimum?: number; maximum?: number };
};

export type Row = JsonObject;

export type Table = { name: string; path: string; columns: Column[]; rows: Row[] };

/** What a reader found: names in their order, and rows without a prototype, since a column may have any name. */
export type Records = { names: string[]; rows: Row[] };

const [least, most] = [-2_147_483_648, 2_147_483_647];

type Kind = 'string' | 'integer' | 'long' | 'number' | 'boolean' | 'date' | 'date-time' | 'object' | 'array';

/** Guess beyond texts, integers and moments, which samples show: the rest by analogy. */
function columnOf(name: string, kind: Kind): Column {
  switch (kind) {
    case 'integer':
      return { name, type: kind, xdm: { type: kind, minimum: least, maximum: most } };
    case 'long': {
      const bounds = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
      return { name, type: 'integer', 'meta:xdmType': kind, xdm: { type: 'integer', ...bounds } };
    }
    case 'date':
    case 'date-time':
      return { name, type: 'string', 'meta:xdmType': kind, xdm: { type: 'string', format: kind } };
    default:
      return { name, type: kind, xdm: { type: kind } };
  }
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?$/.test(text);

function kindOf(value: Json): Kind {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'number';
    return value >= least && value <= most ? 'integer' : 'long';
  }
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  const text = String(value);
  if (isDate(text)) return 'date';
  return isMoment(text) ? 'date-time' : 'string';
}

/** What holds the values of both. */
function wider(a: Kind | undefined, b: Kind): Kind {
  if (a === undefined || a === b) return b;
  const numbers: Kind[] = ['integer', 'long', 'number'];
  const [one, other] = [numbers.indexOf(a), numbers.indexOf(b)];
  if (one >= 0 && other >= 0) return numbers[Math.max(one, other)] ?? 'number';
  const isTime = (kind: Kind): boolean => kind === 'date' || kind === 'date-time';
  return isTime(a) && isTime(b) ? 'date-time' : 'string';
}

/** The columns of rows, by all of their values. */
export function columnsOf({ names, rows }: Records): Column[] {
  return names.map((name) => {
    let kind: Kind | undefined;
    for (const row of rows) {
      const value = row[name];
      if (value !== null && value !== undefined) kind = wider(kind, kindOf(value));
    }
    return columnOf(name, kind ?? 'string');
  });
}

/** Columns of text whatever is in them: a file of delimited values says no types. */
export const textColumns = (names: string[]): Column[] => names.map((name) => columnOf(name, 'string'));

// No zeros in front: those belong to a postcode or an account.
const whole = /^-?(0|[1-9]\d*)$/;
const fraction = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The rows of a text file as a database would hold them: a column of nothing but numbers has numbers. */
export function typed({ names, rows }: Records): Records {
  for (const name of names) {
    const texts = rows.map((row) => row[name]).filter((value) => value !== null);
    if (texts.length === 0) continue;
    const all = (test: (text: string) => boolean): boolean => texts.every((text) => test(String(text)));
    const read =
      all((text) => whole.test(text) && Number.isSafeInteger(Number(text))) ||
      all((text) => fraction.test(text))
        ? Number
        : all((text) => /^(true|false)$/i.test(text))
          ? (text: string) => text.toLowerCase() === 'true'
          : undefined;
    if (read === undefined) continue;
    for (const row of rows) if (row[name] !== null) row[name] = read(String(row[name]));
  }
  return { names, rows };
}
