/**
 * The functions of Data Prep that the emulator works out, by the page on mapping functions. Guess where it says nothing:
 * of nothing most of them make nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isObject, parseJson } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { dateFrom, dateOf, formatDate, inZone, shortened, written } from './dates.ts';

/** What an expression is worked out for. */
export type Context = { row: Json; now: number };

export type Work = (context: Context, ...args: Json[]) => Json;

export const textOf = (value: Json): string => (value === undefined || value === null ? '' : String(value));
export const isNothing = (value: Json): boolean => value === undefined || value === null;

export function fieldOf(row: Json, path: string): Json {
  // A flat row may have a name with dots in it.
  if (isObject(row) && path in row) return row[path];
  let value: Json = row;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  return value;
}

/** A function of its arguments alone. */
const pure =
  (work: (...args: Json[]) => Json): Work =>
  (_context, ...args) =>
    work(...args);
/** Of nothing it makes nothing. */
const something = (work: (...args: Json[]) => Json): Work =>
  pure((first, ...rest) => (isNothing(first) ? null : work(first, ...rest)));
const onText = (work: (text: string, ...args: Json[]) => Json): Work =>
  something((first, ...rest) => work(textOf(first), ...rest));

function numberOf(value: Json): number {
  const number = Number(value);
  if (textOf(value).trim() === '' || Number.isNaN(number))
    throw new Error(`"${shortened(textOf(value))}" is no number`);
  return number;
}

const charsets: Record<string, BufferEncoding> = {
  'utf-8': 'utf8',
  'iso-8859-1': 'latin1',
  'us-ascii': 'ascii',
};

function bytesOf(text: string, charset: Json): Buffer {
  const encoding = charsets[(isNothing(charset) ? 'UTF-8' : textOf(charset)).toLowerCase()];
  if (encoding === undefined) throw new Error(`the emulator can't work out the charset ${textOf(charset)}`);
  return Buffer.from(text, encoding);
}
const hash = (name: string): Work =>
  onText((text, charset) => createHash(name).update(bytesOf(text, charset)).digest('hex'));

/** The sample shows the least byte first. */
function checksum(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bytes));
  return sum.toString('hex');
}

const ports: Record<string, number> = { http: 80, https: 443, ftp: 21, sftp: 22 };

/** Of what is no URL it makes nothing. */
const onUrl = (work: (url: URL, ...args: Json[]) => Json): Work =>
  onText((text, ...args) => (URL.canParse(text) ? work(new URL(text), ...args) : null));
const protocolOf = (url: URL): string => url.protocol.replace(/:$/, '');

function queryOf(url: URL, anchor: Json): JsonObject {
  const query: JsonObject = Object.fromEntries(url.searchParams);
  const last = Object.keys(query).at(-1);
  if (anchor === 'append' && url.hash !== '') query['_anchor_'] = url.hash.slice(1);
  else if (anchor === 'retain' && last !== undefined) query[last] += url.hash;
  return query;
}

type Unit =
  | 'year'
  | 'quarter'
  | 'month'
  | 'ordinal'
  | 'day'
  | 'weekNumber'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond';

const units = new Map<string, Unit>(
  Object.entries({
    year: 'year yyyy yy',
    quarter: 'quarter qq q',
    month: 'month mm m',
    ordinal: 'dayofyear dy y',
    day: 'day dd d',
    // The page gives w to two of them.
    weekNumber: 'week ww w',
    weekday: 'weekday dw',
    hour: 'hour hh hh24 hh12',
    minute: 'minute mi n',
    second: 'second ss s',
    millisecond: 'millisecond ms',
  }).flatMap(([unit, names]) => names.split(' ').map((name) => [name, unit as Unit] as const)),
);

function unitOf(component: Json): Unit {
  const unit = units.get(textOf(component).toLowerCase());
  if (unit === undefined) throw new Error(`"${shortened(textOf(component))}" is no part of a date`);
  return unit;
}

function datePart(component: Json, date: Json): number {
  const value = dateOf(date)[unitOf(component)];
  return textOf(component).toLowerCase() === 'hh12' ? value % 12 || 12 : value;
}

/** `key, value, key, value, …`. */
function pairs(args: Json[]): [string, Json][] {
  return Array.from({ length: Math.floor(args.length / 2) }, (_, at) => [
    textOf(args[2 * at]),
    args[2 * at + 1],
  ]);
}

function readPairs(text: string, valueDelimiter: Json, fieldDelimiter: Json): JsonObject {
  const [between, after] = [textOf(valueDelimiter) || ':', textOf(fieldDelimiter) || ','];
  const found: JsonObject = Object.create(null);
  for (const part of text.split(after)) {
    const [key = '', ...value] = part.split(between);
    if (key.trim() !== '') found[key.trim()] = value.join(between).trim();
  }
  return found;
}

function objectsOf(...args: Json[]): JsonObject[] {
  const lists = pairs(args).map(([key, list]) => [key, [list].flat(1)] as const);
  const most = Math.max(0, ...lists.map(([, list]) => list.length));
  return Array.from({ length: most }, (_, at) =>
    Object.fromEntries(lists.map(([key, list]) => [key, list[at] ?? null])),
  );
}

function decode(key: Json, ...options: Json[]): Json {
  const found = pairs(options).find(([option]) => option === textOf(key));
  if (found !== undefined) return found[1];
  return options.length % 2 === 1 ? options.at(-1) : null;
}

/** The first in natural order. */
function least(values: Json[]): Json {
  const there = values.flat(1).filter((value) => !isNothing(value));
  return there.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0] ?? null;
}

function greatest(values: Json[]): Json {
  const there = values.flat(1).filter((value) => !isNothing(value));
  return there.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))[0] ?? null;
}

function jsonOf(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    throw new Error(`"${shortened(value)}" is no JSON`);
  }
}

function position(text: string, part: Json, start: Json, occurrence: Json): number {
  let at = Number(start ?? 0) - 1;
  for (let left = Number(occurrence ?? 1); left > 0; left -= 1) {
    at = text.indexOf(textOf(part), at + 1);
    if (at < 0) return -1;
  }
  return at;
}

/** On any of these characters. */
const characters = (text: string): RegExp => new RegExp(`[${text.replaceAll(/[\\\]^-]/g, String.raw`\$&`)}]`);
const upper = onText((text) => text.toUpperCase());
const lower = onText((text) => text.toLowerCase());
const random = pure(() => randomUUID());

const table: Record<string, Work> = {
  concat: pure((...args) => args.map(textOf).join('')),
  explode: onText((text, regex) => text.split(new RegExp(textOf(regex) || ','))),
  instr: onText(position),
  replacestr: onText((text, find, put) => text.replaceAll(textOf(find), () => textOf(put))),
  substr: onText((text, start, length) => text.slice(start, start + length)),
  lower,
  lcase: lower,
  upper,
  ucase: upper,
  split: onText((text, separators) => text.split(characters(textOf(separators)))),
  join: pure((separator, ...lists) => lists.flat(2).map(textOf).join(textOf(separator))),
  lpad: pure((value, count, padding) => textOf(value).padStart(count, textOf(padding) || ' ')),
  rpad: pure((value, count, padding) => textOf(value).padEnd(count, textOf(padding) || ' ')),
  left: onText((text, count) => text.slice(0, Math.max(0, count))),
  right: onText((text, count) => (count > 0 ? text.slice(-count) : '')),
  ltrim: onText((text) => text.trimStart()),
  rtrim: onText((text) => text.trimEnd()),
  trim: onText((text) => text.trim()),
  extract_regex: onText((text, regex) => [...(new RegExp(textOf(regex)).exec(text) ?? [])]),
  matches_regex: onText((text, regex) => new RegExp(`^(?:${textOf(regex)})$`).test(text)),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
  md5: hash('md5'),
  crc32: onText((text, charset) => checksum(bytesOf(text, charset))),
  get_url_protocol: onUrl(protocolOf),
  get_url_host: onUrl((url) => url.hostname),
  get_url_port: onUrl((url) => (url.port === '' ? (ports[protocolOf(url)] ?? null) : Number(url.port))),
  get_url_path: onUrl((url, whole) =>
    whole === false ? (url.pathname.split('/').at(-1) ?? '') : url.pathname,
  ),
  get_url_query_str: onUrl(queryOf),
  get_url_encoded: onText((text) => encodeURIComponent(text)),
  get_url_decoded: onText((text) => decodeURIComponent(text)),
  now: ({ now }) => written(dateOf(Math.floor(now / 1000) * 1000)),
  timestamp: ({ now }) => now,
  format: something((date, format) => formatDate(dateOf(date), textOf(format))),
  dformat: something((ms, format) => formatDate(dateOf(numberOf(ms)), textOf(format))),
  date: pure((date, format, otherwise) =>
    isNothing(date)
      ? (otherwise ?? null)
      : written(dateOf(date, isNothing(format) ? undefined : textOf(format))),
  ),
  date_part: pure((component, date) => (isNothing(date) ? null : datePart(component, date))),
  set_date_part: pure((component, value, date) =>
    isNothing(date) ? null : written(dateOf(date).set({ [unitOf(component)]: numberOf(value) })),
  ),
  make_date_time: pure((year, month, day, hour, minute, second, nanosecond, zone) =>
    written(
      dateFrom(
        { year, month, day, hour, minute, second, millisecond: Math.floor(nanosecond / 1e6) },
        textOf(zone) || 'utc',
      ),
    ),
  ),
  zone_date_to_utc: something((date) => written(dateOf(date).toUTC())),
  zone_date_to_zone: something((date, zone) => written(inZone(dateOf(date), textOf(zone)))),
  size_of: pure((value) => (isObject(value) ? Object.keys(value).length : (value?.length ?? 0))),
  is_empty: pure((value) => isNothing(value) || value === '' || value.length === 0),
  arrays_to_object: pure(objectsOf),
  arrays_to_objects: pure(objectsOf),
  to_object: pure((...args) => Object.fromEntries(pairs(args))),
  str_to_object: onText(readPairs),
  contains_key: ({ row }, path) => fieldOf(row, textOf(path)) !== undefined,
  nullify: pure(() => null),
  get_keys: something((object) => Object.keys(object)),
  get_values: onText((text, key, between, after) => readPairs(text, between, after)[textOf(key)] ?? null),
  map_get_values: something((map, keys) =>
    Array.isArray(keys) ? keys.map((key) => map[textOf(key)] ?? null) : (map[textOf(keys)] ?? null),
  ),
  map_has_keys: pure((map, keys) => [keys].flat(1).every((key) => isObject(map) && textOf(key) in map)),
  coalesce: pure((...args) => args.find((arg) => !isNothing(arg)) ?? null),
  first: pure((...args) => args.flat(1)[0] ?? null),
  last: pure((...args) => args.flat(1).at(-1) ?? null),
  add_to_array: pure((list, ...values) => [...[list ?? []].flat(1), ...values]),
  join_arrays: pure((...lists) => lists.flat(1)),
  to_array: pure((withNulls, ...args) => (withNulls === true ? args : args.filter((arg) => !isNothing(arg)))),
  decode: pure(decode),
  iif: pure((condition, yes, no) => (condition === true ? yes : no)),
  min: pure((...values) => least(values)),
  max: pure((...values) => greatest(values)),
  to_bigint: something(numberOf),
  to_decimal: something(numberOf),
  to_float: something(numberOf),
  to_integer: something((value) => Math.trunc(numberOf(value))),
  json_to_object: something(jsonOf),
  uuid: random,
  guid: random,
};

export const functions = new Map(Object.entries(table));
