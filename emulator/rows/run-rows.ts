/**
 * What a run reads and writes, from the rows behind its flow's source: those of its window or its new files, filtered,
 * mapped row by row. A flow whose source has no rows here has runs that are made up.
 */
import { readMappings } from '../data-prep/mappings.ts';
import { Transform } from '../data-prep/transform.ts';
import type { RowProblem } from '../data-prep/transform.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Outcome, PlannedRun } from '../runs/outcomes.ts';
import { recordOf } from '../schema-registry/fields.ts';
import type { Sandbox } from '../world.ts';
import type { DataFolder, SourceFile } from './data-folder.ts';
import { rowsWithin } from './delta.ts';
import { readFilters } from './filters.ts';
import { filesMeant, readFile } from './source-files.ts';
import type { FileForm } from './source-files.ts';
import { hasFiles, hasTables } from './sources.ts';
import type { Row, Table } from './table.ts';

/** From the one to before the other, epoch ms. Guess: no page says which of its ends belongs to it. */
export type Window = { start: number; end: number };

/** What a run has taken, for one that is to take the same again. */
export type Took = { window?: Window; files?: SourceFile[] };

export type RowError = { code: string; message: string; recordCount?: number };

export type RowsRun = { plan: PlannedRun; errors: RowError[]; took: Took };

/** What a run is asked to take. */
export type Asked = {
  window?: Window | undefined;
  /** The flow has had no run before. */
  isFirst?: boolean;
  again?: Took | undefined;
  /** Epoch ms. */
  now: number;
};

/** `nameOf` tells a row by its place in the list. */
type Read = { rows: Row[]; columns: string[]; nameOf: (at: number) => string };

/** The copy does not come about: the source refuses what is asked of it. Guess: with this code. */
class CopyFailure extends Error {}

const copyCode = 'CONNECTOR-1001-500';
const promotion = { code: 'CONNECTOR-2001-500', message: 'Error occurred at promotion activity.' };
/** Kinds of trouble that are told; the rest are counted. */
const mostKinds = 10;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const transformation = (flow: JsonObject, name: string): JsonObject | undefined =>
  (flow.transformations ?? []).find((one: Json) => one?.name === name)?.params;

export class RunRows {
  readonly #sandbox: Sandbox;
  readonly #data: DataFolder;
  /** The files that each flow has loaded, with when they were changed then. */
  readonly #loaded = new Map<string, Map<string, number>>();

  constructor(sandbox: Sandbox, data: DataFolder) {
    this.#sandbox = sandbox;
    this.#data = data;
  }

  /** Undefined where there are no rows behind the flow's source. */
  read(flowId: string, asked: Asked): RowsRun | undefined {
    const flow = this.#sandbox.flows.get(flowId);
    const source = this.#sandbox.sourceConnections.get(flow?.sourceConnectionIds?.[0]);
    const connector = this.#sandbox.connectorOf(source?.connectionSpec?.id);
    // What is encrypted cannot be read here.
    if (flow === undefined || source === undefined || connector === undefined) return undefined;
    if (transformation(flow, 'Encryption') !== undefined) return undefined;
    const { tables, files } = this.#data;
    const params: JsonObject = source.params ?? {};
    let took = asked.again ?? {};
    try {
      if (hasTables(connector) && tables !== undefined) {
        took = asked.again ?? windowTaken(flow, asked);
        return this.#promoted(
          flow,
          fromTable(tables, params, transformation(flow, 'Copy')?.deltaColumn, took),
          took,
          asked,
        );
      }
      if (hasFiles(connector) && files !== undefined) {
        const meant = copied(() => filesMeant(files, params));
        took = asked.again?.files === undefined ? { files: this.#newFiles(flow, meant, asked) } : asked.again;
        const form: FileForm = { ...source.data?.properties, format: source.data?.format };
        return this.#promoted(flow, fromFiles(form, took), took, asked);
      }
      return undefined;
    } catch (error) {
      const isCopy = error instanceof CopyFailure;
      // What the emulator trips over is one run that fails: it is not to stand in the way of all others.
      if (!isCopy) console.error(`The emulator failed on a run of the flow ${flowId}:`, error);
      const why = { code: isCopy ? copyCode : promotion.code, message: messageOf(error) };
      return failed(why, { records: 0, failedRecords: 0 }, [], took);
    }
  }

  /** Those that are new or changed since the flow's last run. One on demand takes what was changed in its window. */
  #newFiles(flow: JsonObject, meant: SourceFile[], asked: Asked): SourceFile[] {
    const { window, isFirst } = asked;
    if (window !== undefined && isFirst === undefined)
      return meant.filter(({ modifiedMs }) => isWithin(modifiedMs, window));
    const loaded = this.#loaded.get(flow.id) ?? new Map<string, number>();
    this.#loaded.set(flow.id, loaded);
    const isOld = ({ modifiedMs }: SourceFile): boolean =>
      isFirst === true && window !== undefined && !fillsBack(flow) && modifiedMs < window.start;
    const found = meant.filter((file) => loaded.get(file.path) !== file.modifiedMs && !isOld(file));
    for (const { path, modifiedMs } of meant) loaded.set(path, modifiedMs);
    return found;
  }

  #promoted(flow: JsonObject, { rows, columns, nameOf }: Read, took: Took, { now }: Asked): RowsRun {
    const records = rows.length;
    if (records === 0) return { plan: { outcome: 'empty', records }, errors: [], took };
    const transform = this.#transform(flow, columns, now);
    if (transform !== undefined && transform.beyond.length > 0) {
      const message = `the emulator can't work out ${transform.beyond.join(', ')} of the mapping: rehearse without, or plan how the runs end`;
      return failed({ code: 'MAPPER-3700-400', message }, { records, failedRecords: records }, [], took);
    }
    const troubles = new Troubles();
    for (const [at, row] of rows.entries()) troubles.add(transform?.problemsOf(row) ?? [], () => nameOf(at));
    return ended(flow.options ?? {}, records, troubles, took);
  }

  #transform(flow: JsonObject, columns: string[], now: number): Transform | undefined {
    const { mappingId, mappingVersion } = transformation(flow, 'Mapping') ?? {};
    const newest = this.#sandbox.mappingSets.get(mappingId);
    const older = this.#sandbox.mappingSetVersions.get(mappingId) ?? [];
    const set = older.find(({ version }) => String(version) === String(mappingVersion ?? 0)) ?? newest;
    if (set === undefined) return undefined;
    return new Transform(
      readMappings(set),
      recordOf(this.#sandbox, set.outputSchema.schemaRef.id),
      columns,
      now,
    );
  }
}

/** With `backfill` the first run takes what is there already; guess: the window that it shows is no longer for it. */
function windowTaken(flow: JsonObject, { window, isFirst }: Asked): Took {
  if (window === undefined) return {};
  return { window: isFirst === true && fillsBack(flow) ? { ...window, start: -Infinity } : window };
}

const fillsBack = (flow: JsonObject): boolean => String(flow.scheduleParams?.backfill ?? true) === 'true';

function fromTable(tables: Map<string, Table>, params: JsonObject, delta: Json, { window }: Took): Read {
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

function fromFiles(form: FileForm, { files = [] }: Took): Read {
  const parts = files.map((file) => ({ file, records: copied(() => readFile(file, form)) }));
  const columns = [...new Set(parts.flatMap(({ records }) => records.names))];
  const all = parts.flatMap(({ file, records }) =>
    records.rows.map((row, index) => ({ row, name: `row ${index + 1} of ${file.path}` })),
  );
  return { rows: all.map(({ row }) => row), columns, nameOf: (at) => all[at]?.name ?? '' };
}

const isWithin = (moment: number | undefined, { start, end }: Window): boolean =>
  moment !== undefined && moment >= start && moment < end;

/** What goes wrong at the source is the copy's failure. */
function copied<T>(work: () => T): T {
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

/** The troubles of all rows, each kind once. */
class Troubles {
  failed = 0;
  readonly #kinds = new Map<string, RowProblem & { first: string; count: number }>();

  add(problems: RowProblem[], nameOf: () => string): void {
    if (problems.length > 0) this.failed += 1;
    for (const problem of problems) {
      const key = `${problem.code} ${problem.about}`;
      const kind = this.#kinds.get(key);
      if (kind === undefined) this.#kinds.set(key, { ...problem, first: nameOf(), count: 1 });
      else kind.count += 1;
    }
  }

  told(): RowError[] {
    const kinds = [...this.#kinds.values()].toSorted((a, b) => b.count - a.count);
    return kinds.slice(0, mostKinds).map(({ code, message, first, count }) => ({
      code,
      message: `${message} (${first})`,
      recordCount: count,
    }));
  }
}

/** Under the threshold the rest arrives. Guess: without `partialIngestionPercent` nothing does once a row fails, as where it is switched off in the UI. */
function ended(options: JsonObject, records: number, troubles: Troubles, took: Took): RowsRun {
  const failedRecords = troubles.failed;
  if (failedRecords === 0) return { plan: { outcome: 'success', records }, errors: [], took };
  const isTold = String(options.errorDiagnosticsEnabled) === 'true';
  const arrives = (100 * failedRecords) / records <= Number(options.partialIngestionPercent ?? 0);
  const errors = isTold
    ? [
        {
          code: 'INGEST-1212-400',
          message: `Encountered ${failedRecords} errors in the data. Successfully ingested ${arrives ? records - failedRecords : 0} rows. Review the associated diagnostic files for additional details.`,
        },
        ...troubles.told(),
      ]
    : [
        {
          code: 'INGEST-1211-400',
          message:
            'Encountered errors while parsing, converting or otherwise validating the data. Resend the data with error diagnostics enabled to collect additional information on failure types.',
        },
      ];
  if (!arrives) return failed(promotion, { records, failedRecords }, errors, took);
  return { plan: { outcome: 'degraded', records, failedRecords, error: promotion }, errors, took };
}

function failed(
  error: { code: string; message: string },
  counts: { records: number; failedRecords: number },
  errors: RowError[],
  took: Took,
): RowsRun {
  const outcome: Outcome = 'failed';
  return { plan: { outcome, ...counts, error }, errors, took };
}
