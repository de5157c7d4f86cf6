/** Files become rows. What reads them is loaded when the first of its kind comes, so that the start does not wait for it. */
import { createRequire } from 'node:module';
import zlib from 'node:zlib';
import type * as csv from 'csv-parse/sync';
import { isObject, parseJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { Records, Row } from './table.ts';

const load = createRequire(import.meta.url);

const emptyRow = (): Row => Object.create(null) as Row;

/**
 * Delimited values, the first line their names. An empty value is null.
 * @throws Error that says what is wrong, and in which line.
 */
export function readDelimited(text: string, delimiter = ','): Records {
  const { parse } = load('csv-parse/sync') as typeof csv;
  // Rows that somebody appends need not end as the others do.
  const ends = ['\r\n', '\n', '\r'];
  const lines = parse(text, { bom: true, delimiter, skip_empty_lines: true, record_delimiter: ends });
  const [names = [], ...rest] = lines;
  if (names.length === 0) throw new Error('it is empty: its first line names the columns');
  const odd = names.find((name, at) => name === '' || names.indexOf(name) !== at);
  if (odd === '') throw new Error('a column has no name in its first line');
  if (odd !== undefined) throw new Error(`two columns are called ${odd}`);
  const rows = rest.map((values) => {
    const row = emptyRow();
    for (const [at, name] of names.entries()) row[name] = values[at] === '' ? null : values[at];
    return row;
  });
  return { names, rows };
}

/** The most frequent of the usual delimiters in the first line. */
export function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split('\n', 1)[0] ?? '';
  const count = (one: string): number => line.split(one).length;
  return [',', ';', '\t', '|'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/**
 * A list of objects, one object, or one object in each line.
 * @throws Error that says what is wrong.
 */
export function readJson(text: string): Records {
  const trimmed = text.trim();
  let values: Json[];
  try {
    values = [parseJson(trimmed)].flat(1);
  } catch (error) {
    // One object in each line is no JSON as a whole.
    values = trimmed.split('\n').map((line, at) => {
      try {
        return parseJson(line);
      } catch {
        throw at === 0 ? error : new Error(`line ${at + 1} is no JSON`);
      }
    });
  }
  const odd = values.findIndex((value) => !isObject(value));
  if (odd >= 0) throw new Error(`its entry ${odd + 1} is no object`);
  return recordsOf(values);
}

/** @throws Error that says what is wrong. */
export async function readParquet(bytes: Uint8Array): Promise<Records> {
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const compressors = {
    GZIP: (input: Uint8Array) => zlib.gunzipSync(input),
    BROTLI: (input: Uint8Array) => zlib.brotliDecompressSync(input),
    ZSTD: (input: Uint8Array) => zlib.zstdDecompressSync(input),
  };
  const rows = await parquetReadObjects({ file, metadata, compressors });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  return recordsOf(rows, names);
}

/**
 * Every table and view of a SQLite file.
 * @throws Error that says what is wrong.
 */
export async function readSqlite(path: string): Promise<Map<string, Records>> {
  // The project's own Node has it; one that is older than 22.13 has not.
  const sqlite = await import('node:sqlite').catch(() => undefined);
  if (sqlite === undefined)
    throw new Error(`Node ${process.versions.node} cannot read SQLite; 22.13 and newer can`);
  const database = new sqlite.DatabaseSync(path, { readOnly: true });
  try {
    const tables = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'`)
      .all();
    return new Map(
      tables.map(({ name }) => {
        const statement = database.prepare(`SELECT * FROM "${String(name).replaceAll('"', '""')}"`);
        statement.setReadBigInts(true);
        const names = statement.columns().map((column) => column.name);
        return [String(name), recordsOf(statement.all(), names)];
      }),
    );
  } finally {
    database.close();
  }
}

/** A value as JSON has it. */
function plain(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value ?? null;
}

function recordsOf(values: object[], known?: string[]): Records {
  const names = new Set(known);
  const rows = values.map((value) => {
    const row = emptyRow();
    for (const [name, one] of Object.entries(value)) {
      names.add(name);
      row[name] = plain(one);
    }
    return row;
  });
  return { names: [...names], rows };
}
