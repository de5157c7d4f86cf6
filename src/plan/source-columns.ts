import { isObject } from '../definition/plain-json.ts';
import type { Definition } from '../definition/definition.ts';
import type { Column } from '../families/columns.ts';
import { leavesColumnsOut } from '../explore/asked-of-source.ts';
import type { SourceAnswer } from '../explore/source-answer.ts';
import { objectAt } from '../resources/json.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';
import { shortColumn } from '../resources/source-connection.ts';

/**
 * The columns that count for a definition that leaves them out: those that a source connection of this table loads already,
 * so that no later run takes others; else those that the source has. Undefined where neither says any.
 * @param there the dataflow's own source connections, the living flow's first.
 */
export function columnsFor(
  definition: Definition,
  there: readonly Observed[],
  answer: SourceAnswer | undefined,
): Column[] | undefined {
  if (!leavesColumnsOut(definition)) return undefined;
  const loaded = there.find((one) => loadsFrom(one, definition));
  if (loaded) return columnsIn(loaded);
  return answer?.said === 'columns' && answer.columns.length > 0 ? answer.columns : undefined;
}

/** Undefined where it has none, or one that no definition would ask for: then they stay as they are. */
function columnsIn({ fields }: Observed): Column[] | undefined {
  const { columns } = objectAt(fields, 'params');
  if (!isObject(columns)) return undefined;
  const all = Object.values(columns);
  const isWhole = (one: unknown): one is JsonObject =>
    isObject(one) && typeof objectAt(one, 'xdm')['type'] === 'string';
  return all.length > 0 && all.every(isWhole) ? (all.map(shortColumn) as Column[]) : undefined;
}

/** The definition with the columns that it leaves out. */
export function withColumns(definition: Definition, columns: Column[] | undefined): Definition {
  return columns === undefined ? definition : { ...definition, source: { ...definition.source, columns } };
}

function loadsFrom({ fields }: Observed, { source }: Definition): boolean {
  return (
    objectAt(fields, 'params')['tableName'] === source.tableName &&
    (fields['baseConnectionId'] ?? undefined) === source.baseConnectionId
  );
}
