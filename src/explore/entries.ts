import { line } from '../definition/text.ts';
import { textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
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

/** As many of them as a history should hold. */
export function fittingEntries(all: readonly Entry[]): Entries {
  const { first: entries, more } = fitting(all, mostCharacters);
  return { entries, ...(more > 0 ? { more } : {}) };
}
