/** The delta column of a table, by which a run finds the rows of its window. */
import { dateOf } from '../data-prep/dates.ts';
import type { JsonObject } from '../json.ts';
import { momentOf } from './moments.ts';
import type { Table } from './table.ts';

type Moment = { index: number; moment: number };

/** Of each table as it was read, in order; another reading of it is another table. */
const known = new WeakMap<Table, Map<string, Moment[]>>();

/**
 * Places of the rows whose moment is not before `start` and before `end`, epoch ms. Where the column is null no run ever takes the
 * row. A `dateFormat` counts where the column holds texts that are no dates by themselves: the tutorials say one that does not
 * fit their own column.
 * @throws Error where there is no such column, or it holds something else than dates.
 */
export function rowsWithin(
  table: Table,
  { name, dateFormat }: JsonObject,
  { start, end }: { start: number; end: number },
): number[] {
  const key = JSON.stringify([name, dateFormat]);
  const columns = known.get(table) ?? new Map<string, Moment[]>();
  known.set(table, columns);
  const moments = columns.get(key) ?? worked(table, String(name), dateFormat);
  columns.set(key, moments);
  const found = moments.slice(firstFrom(moments, start), firstFrom(moments, end));
  return found.map(({ index }) => index).toSorted((a, b) => a - b);
}

/** Most runs of a year find nothing new: they are not to look at every row. */
function firstFrom(moments: Moment[], from: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle]?.moment ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function worked(table: Table, name: string, dateFormat: unknown): Moment[] {
  const columns = table.columns.map((column) => column.name);
  if (!columns.includes(name))
    throw new Error(`The table ${table.path} has no delta column ${name}: it has ${columns.join(', ')}.`);
  const moments = table.rows.flatMap((row, index) => {
    const value = row[name];
    if (value === null || value === undefined) return [];
    const known = momentOf(String(value));
    if (known !== undefined) return [{ index, moment: known }];
    try {
      // Guess: without a format it is the one that the page gives.
      const moment = dateOf(
        String(value),
        typeof dateFormat === 'string' ? dateFormat : 'yyyy-MM-dd HH:mm:ss',
      ).toMillis();
      return [{ index, moment }];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`The delta column ${name} is no date in row ${index + 1} of ${table.path}: ${why}.`, {
        cause: error,
      });
    }
  });
  return moments.toSorted((a, b) => a.moment - b.moment);
}
