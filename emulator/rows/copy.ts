/** A run's copy: which rows or files of its source it takes. */
import type { Json, JsonObject } from '../json.ts';
import type { SourceFile } from './data-folder.ts';
import { rowsWithin } from './delta.ts';
import { readFilters } from './filters.ts';
import { readFile } from './source-files.ts';
import type { FileForm } from './source-files.ts';
import type { Row, Table } from './table.ts';

/** From the one to before the other, epoch ms. Guess: no page says which of its ends belongs to it. */
export type Window = { start: number; end: number };

/** What a run has taken, for one that is to take the same again. */
export type Took = { window?: Window; files?: SourceFile[] };

/** `nameOf` tells a row by its place in the list. */
export type Read = { rows: Row[]; columns: string[]; nameOf: (at: number) => string };

/** The copy does not come about: the source refuses what is asked of it. */
export class CopyFailure extends Error {}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether what is there already is taken too. */
export const fillsBack = (flow: JsonObject): boolean =>
  String(flow.scheduleParams?.backfill ?? true) === 'true';

/** With `backfill` the first run takes what is there already; guess: the window that it shows is no longer for it. */
export function windowTaken(
  flow: JsonObject,
  { window, isFirst }: { window?: Window | undefined; isFirst?: boolean },
): Took {
  if (window === undefined) return {};
  return { window: isFirst === true && fillsBack(flow) ? { ...window, start: -Infinity } : window };
}

/** @throws CopyFailure where the table, a column or a filter is wrong. */
export function fromTable(
  tables: Map<string, Table>,
  params: JsonObject,
  delta: Json,
  { window }: Took,
): Read {
  const name = String(params.tableName ?? params.path);
  const table = tables.get(name);
  if (table === undefined)
    throw new CopyFailure(`The source has no table ${name}: it has ${[...tables.keys()].join(', ')}.`);
  const known = table.columns.map((column) => column.name);
  const columns = selected(params.columns, known, `The table ${name}`);
  const passes = filterOf(params.filters, known);
  const due =
    delta === undefined || window === undefined
      ? [...table.rows.keys()]
      : copied(() => rowsWithin(table, delta, window));
  const indexes = due.filter((index) => passes(table.rows[index] as Row));
  return {
    rows: indexes.map((index) => table.rows[index] as Row),
    columns,
    nameOf: (at) => `row ${(indexes[at] ?? 0) + 1} of ${name}`,
  };
}

/** @throws CopyFailure where a file cannot be read. */
export function fromFiles(form: FileForm, { files = [] }: Took): Read {
  const parts = files.map((file) => ({ file, records: copied(() => readFile(file, form)) }));
  const columns = [...new Set(parts.flatMap(({ records }) => records.names))];
  const all = parts.flatMap(({ file, records }) =>
    records.rows.map((row, index) => ({ row, name: `row ${index + 1} of ${file.path}` })),
  );
  return { rows: all.map(({ row }) => row), columns, nameOf: (at) => all[at]?.name ?? '' };
}

export const isWithin = (moment: number | undefined, { start, end }: Window): boolean =>
  moment !== undefined && moment >= start && moment < end;

/** What goes wrong at the source is the copy's failure. */
export function copied<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CopyFailure(messageOf(error), { cause: error });
  }
}

function filterOf(filters: Json, columns: string[]): (row: Row) => boolean {
  return filters === undefined ? () => true : copied(() => readFilters(filters, columns));
}

/** The columns that the source connection asks for: all where it names none. */
function selected(wanted: Json, known: string[], of: string): string[] {
  if (!Array.isArray(wanted)) return known;
  const names = wanted.map((column: Json) => String(column?.name));
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new CopyFailure(`${of} has no column ${missing.join(', ')}: it has ${known.join(', ')}.`);
  return names;
}
