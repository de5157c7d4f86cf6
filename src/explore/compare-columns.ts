import type { Column } from '../families/columns.ts';
import { suggestions } from '../definition/nearest.ts';
import { typeOfColumn } from '../xdm/fits.ts';

/** Where a source is not as its columns are said to be. What there is none of is absent. */
export interface ColumnChanges {
  /** At the source, and not said. */
  added?: string[];
  /** Said, and not at the source, each with the one that was probably meant. */
  gone?: { name: string; nearest?: string }[];
  /** Of another type at the source than is said. */
  retyped?: { name: string; said: string; found: string }[];
}

/** A source may have thousands of columns: so many of each sort are told. */
const mostToTell = 50;

/** Whether the source has the columns that are said. Databases do not tell upper case from lower. */
export function compareColumns(said: readonly Column[], found: readonly Column[]): ColumnChanges {
  // The older generation may leave them to an ad-hoc schema that is there.
  if (said.length === 0) return {};
  const atSource = new Map(found.map((column) => [column.name.toLowerCase(), column]));
  const names = found.map(({ name }) => name);
  const known = new Set(said.map(({ name }) => name.toLowerCase()));
  const suggest = suggestions();
  const gone: NonNullable<ColumnChanges['gone']> = [];
  const retyped: NonNullable<ColumnChanges['retyped']> = [];
  for (const column of said) {
    const there = atSource.get(column.name.toLowerCase());
    if (!there) {
      const nearest = suggest(column.name, names);
      gone.push({ name: column.name, ...(nearest === undefined ? {} : { nearest }) });
      continue;
    }
    const [from, to] = [typeOfColumn(column), typeOfColumn(there)];
    if (from !== undefined && to !== undefined && from !== to)
      retyped.push({ name: column.name, said: from, found: to });
  }
  const added = names.filter((name) => !known.has(name.toLowerCase()));
  return {
    ...(added.length > 0 ? { added: added.slice(0, mostToTell) } : {}),
    ...(gone.length > 0 ? { gone: gone.slice(0, mostToTell) } : {}),
    ...(retyped.length > 0 ? { retyped: retyped.slice(0, mostToTell) } : {}),
  };
}
