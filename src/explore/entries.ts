import { line } from '../definition/text.ts';
import { textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
import type { ObjectType } from '../families/family.ts';
import { fileQuery } from './file-facts.ts';
import { fitting } from './fitting.ts';

/** A table, view, file or folder of a source. */
export interface Entry {
  /** As AEP calls it: `table`, `view`, `file`, `folder`. */
  type: string;
  /** What people call it. */
  name: string;
  /** What a definition has as `tableName` or `path`. */
  path: string;
}

export interface Entries {
  entries: Entry[];
  /** How many there are besides. Absent: these are all. */
  more?: number;
}

/** Characters of JSON. */
const mostCharacters = 150_000;
const path = line();

/** What AEP lists, without what no definition could name. */
export function readEntries(answer: readonly JsonObject[]): Entry[] {
  return answer.flatMap((one) => {
    const name = textAt(one, 'name') ?? '';
    const entry = { type: textAt(one, 'type') ?? 'table', name, path: textAt(one, 'path') ?? name };
    return path.safeParse(entry.path).success ? entry : [];
  });
}

/** What AEP's word for an entry comes down to: a view is read as a table is. */
export function typeOf({ type }: Entry): ObjectType {
  const lower = type.toLowerCase();
  return lower === 'file' || lower === 'folder' ? lower : 'table';
}

/** The file of a folder that tells most likely how all of them are written. Undefined where it holds none. */
export function firstFile(entries: readonly Entry[]): string | undefined {
  const files = entries.filter((one) => typeOf(one) === 'file');
  return (files.find((one) => fileQuery(one.path).fileType !== undefined) ?? files[0])?.path;
}

/** The folder in which a file or a folder is. Undefined for the root. */
export function folderOf(path: string): string | undefined {
  return /^(.+)\/[^/]+\/*$/.exec(path)?.[1];
}

/** As many of them as a history should hold. */
export function fittingEntries(all: readonly Entry[]): Entries {
  const { first: entries, more } = fitting(all, mostCharacters);
  return { entries, ...(more > 0 ? { more } : {}) };
}
