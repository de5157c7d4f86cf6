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
  const files = filesOf(entries);
  return files.find((path) => fileQuery(path).fileType !== undefined) ?? files[0];
}

/** The files of a folder that are written in another way than this one, as far as their names tell. */
export function writtenOtherwise(entries: readonly Entry[], first: string): string[] {
  const written = (path: string) => JSON.stringify(fileQuery(path));
  return filesOf(entries).filter((path) => written(path) !== written(first));
}

function filesOf(entries: readonly Entry[]): string[] {
  return entries.filter((one) => typeOf(one) === 'file').map(({ path }) => path);
}

/** Whether a name is one of those for which a pattern stands: `*` is for any characters, `?` for one. */
export function fitsPattern(name: string, pattern: string): boolean {
  const isAt = (part: string, at: number): boolean =>
    at >= 0 &&
    part
      .split('')
      .every((one, index) => one === name[at + index] || (one === '?' && at + index < name.length));
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name.length === first.length && isAt(first, 0);
  if (!isAt(first, 0)) return false;
  // Part by part, each as early as it can stand: a regular expression would try every way to share the name out.
  let at = first.length;
  for (const part of rest) {
    while (at < name.length && !isAt(part, at)) at += 1;
    if (!isAt(part, at)) return false;
    at += part.length;
  }
  return name.length - last.length >= at && isAt(last, name.length - last.length);
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
