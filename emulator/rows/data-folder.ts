/**
 * A folder with tables and files of a user's own: `tables/` stands behind every table source, `files/` is the root of
 * every file source. What changes in it is there with the next request.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { readDelimited, readJson, readParquet, readSqlite } from './readers.ts';
import { columnsOf, typed } from './table.ts';
import type { Records, Table } from './table.ts';

/** A file of a file source. `path` is what AEP calls it, from `/`. */
export type SourceFile = {
  path: string;
  onDisk: string;
  modifiedMs: number;
  size: number;
  parquet?: Records | Error;
};

type Known = { stamp: string; tables: Table[] };

const asTable = (name: string, records: Records): Table => ({
  name,
  path: name,
  columns: columnsOf(records),
  rows: records.rows,
});

const readers: Record<string, (path: string) => Promise<Records>> = {
  '.csv': async (path) => typed(readDelimited(await readFile(path, 'utf8'))),
  '.json': async (path) => readJson(await readFile(path, 'utf8')),
  '.parquet': async (path) => readParquet(await readFile(path)),
};
const sqliteEndings = ['.sqlite', '.sqlite3', '.db'];

async function tablesIn(path: string): Promise<Table[]> {
  const ending = extname(path).toLowerCase();
  if (sqliteEndings.includes(ending))
    return [...(await readSqlite(path))].map(([name, records]) => asTable(name, records));
  const read = readers[ending];
  if (read === undefined)
    throw new Error(`a table is one of ${[...Object.keys(readers), ...sqliteEndings].join(', ')}`);
  return [asTable(basename(path, extname(path)), await read(path))];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isHidden = (name: string): boolean => name.startsWith('.');

/** Every file below a folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !isHidden(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

export class DataFolder {
  /** By their names; undefined where the folder has no `tables/`. */
  tables: Map<string, Table> | undefined;
  /** By their paths; undefined where the folder has no `files/`. */
  files: Map<string, SourceFile> | undefined;
  readonly #root: string;
  readonly #known = new Map<string, Known>();
  #reading: Promise<string[]> | undefined;
  #told = '';

  private constructor(root: string) {
    this.#root = root;
  }

  /** @throws Error that names everything in it that cannot be read. */
  static async open(root: string): Promise<DataFolder> {
    const folder = new DataFolder(root);
    const problems = await folder.#read();
    if (problems.length > 0)
      throw new Error(`${root} cannot be used:\n${problems.map((one) => `  ${one}`).join('\n')}`);
    return folder;
  }

  /** Takes in what has changed. What cannot be read any more stays as it was, and is told once. */
  async refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    const told = (await this.#reading).join('\n');
    if (told !== this.#told && told !== '')
      console.error(`The data in ${this.#root} is left as it was:\n${told}`);
    this.#told = told;
  }

  /** What is wrong; nothing is taken in where anything is. */
  async #read(): Promise<string[]> {
    const problems: string[] = [];
    const entries = await readdir(this.#root, { withFileTypes: true }).catch((error: unknown) => {
      problems.push(messageOf(error));
      return [];
    });
    for (const { name } of entries.filter(
      (entry) => !isHidden(entry.name) && !['tables', 'files'].includes(entry.name),
    ))
      problems.push(`${name}: nothing but the folders tables and files belongs here`);
    const has = (name: string): boolean =>
      entries.some((entry) => entry.name === name && entry.isDirectory());
    if (problems.length === 0 && !has('tables') && !has('files'))
      problems.push('it has neither a folder tables nor a folder files');
    const tables = has('tables') ? await this.#readTables(problems) : undefined;
    const files = has('files') ? await this.#readFiles() : undefined;
    if (problems.length > 0) return problems;
    this.tables = tables;
    this.files = files;
    return [];
  }

  async #readTables(problems: string[]): Promise<Map<string, Table>> {
    const tables = new Map<string, Table>();
    const from = new Map<string, string>();
    const folder = join(this.#root, 'tables');
    for (const { name } of (await readdir(folder, { withFileTypes: true })).filter(
      (entry) => !isHidden(entry.name),
    )) {
      try {
        for (const table of await this.#tablesOf(join(folder, name))) {
          const other = from.get(table.path);
          if (other !== undefined) throw new Error(`the table ${table.path} is in ${other} already`);
          tables.set(table.path, table);
          from.set(table.path, name);
        }
      } catch (error) {
        problems.push(`tables/${name}: ${messageOf(error)}`);
      }
    }
    return tables;
  }

  async #tablesOf(path: string): Promise<Table[]> {
    const about = await stat(path);
    if (!about.isFile()) throw new Error('it is no file');
    const stamp = `${about.mtimeMs} ${about.size}`;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.tables;
    const tables = await tablesIn(path);
    this.#known.set(path, { stamp, tables });
    return tables;
  }

  async #readFiles(): Promise<Map<string, SourceFile>> {
    const root = join(this.#root, 'files');
    const files = new Map<string, SourceFile>();
    for (const onDisk of await filesBelow(root)) {
      const about = await stat(onDisk);
      const path = onDisk.slice(root.length).replaceAll('\\', '/');
      const known = this.files?.get(path);
      const isSame = known?.modifiedMs === about.mtimeMs && known.size === about.size;
      const file: SourceFile = isSame ? known : { path, onDisk, modifiedMs: about.mtimeMs, size: about.size };
      // The others are read when somebody asks for them, in the form that the request says; this one can only be read beforehand.
      if (!isSame && path.toLowerCase().endsWith('.parquet'))
        file.parquet = await readParquet(await readFile(onDisk)).catch(
          (error: unknown) => new Error(messageOf(error)),
        );
      files.set(path, file);
    }
    return files;
  }
}
