import type { Family, SourceFormat } from './family.ts';
import { fileFields, files } from './files.ts';
import { tableFields, tables } from './tables.ts';

/** Every family there is. What is true of one only is in its own file, and nothing outside of this room asks which one it is. */
export const families: readonly Family[] = [tables, files];

/** The fields of a source that belong to one family or another. */
export const familyFields = () => ({ ...tableFields(), ...fileFields() });

/** What flows have beside the mapping, whichever family they are of. */
export const transformations = families.flatMap((family) => family.transformations);

/**
 * The field of a definition that asks for something in a transformation's params.
 * @param inside its path there, such as `deltaColumn.name`; empty for all of them.
 */
export function askedIn(transformation: string, inside: string): string {
  const { field, param } = transformations.find(({ name }) => name === transformation) ?? {
    field: 'mapping',
  };
  const parts = inside === '' ? [] : inside.split('.');
  return [field, ...(param === undefined ? parts : parts.slice(1))].join('.');
}

/** The family of a source that has no name here: its format tells. */
export function familyOf(format: SourceFormat | undefined): Family {
  return families.find(({ formats }) => formats.some((one) => one === format)) ?? tables;
}
