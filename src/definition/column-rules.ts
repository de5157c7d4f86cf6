/** What names a column must name one of those that are given. */
import { columnOf, plainPath, spelledName } from './column-path.ts';
import type { Draft } from './draft.ts';
import { columnsIn } from './expression-columns.ts';
import { nearest } from './nearest.ts';
import { isObject } from './plain-json.ts';
import type { Report, Rule } from './rules.ts';

const ofMapping: Rule = ({ source, mapping }, report) => {
  const columns = columnNames(source);
  if (!columns) return;
  mapping?.forEach((entry, index) => {
    const field = `mapping[${index}]`;
    if (entry?.source !== undefined && columnOf(entry.source, columns) === undefined)
      report(
        `${field}.source`,
        `must be one of the columns; ${notAmong(plainPath(entry.source), columns, spelledName)}`,
      );
    for (const { path, character } of columnsIn(entry?.expression ?? ''))
      if (columnOf(path, columns) === undefined)
        report(
          `${field}.expression`,
          `must name only columns; at character ${character}, ${notAmong(path, columns, spelledName)}`,
        );
  });
};

const ofDelta: Rule = ({ source, deltaColumn }, report) => {
  const columns = columnNames(source);
  if (columns && deltaColumn?.name !== undefined && !columns.has(deltaColumn.name))
    report('deltaColumn.name', `must be one of the columns; ${notAmong(deltaColumn.name, columns)}`);
};

const ofFilters: Rule = ({ source }, report) => {
  const columns = columnNames(source);
  // Databases do not tell upper case from lower: the sample of Adobe's page filters CITY by "city".
  if (columns) lookUp(source?.filters, 'source.filters', new Set([...columns].map(folded)), columns, report);
};

export const columnRules: Rule[] = [ofMapping, ofDelta, ofFilters];

/** Every field that a filter looks up, wherever it stands. One inside another is a part of that. */
function lookUp(
  node: unknown,
  field: string,
  foldedColumns: ReadonlySet<string>,
  columns: ReadonlySet<string>,
  report: Report,
): void {
  if (Array.isArray(node))
    node.forEach((one, index) => lookUp(one, `${field}[${index}]`, foldedColumns, columns, report));
  if (!isObject(node)) return;
  const { nodeType, fieldName, object } = node;
  const isPart = isObject(object) && object['nodeType'] === 'fieldLookup';
  if (nodeType === 'fieldLookup' && typeof fieldName === 'string' && !isPart) {
    const name = fieldName.replaceAll('`', '');
    if (columnOf(folded(name), foldedColumns) === undefined)
      report(`${field}.fieldName`, `must be one of the columns; ${notAmong(name, columns)}`);
  }
  for (const [key, value] of Object.entries(node))
    lookUp(value, `${field}.${key}`, foldedColumns, columns, report);
}

/** The names of the columns, where they are given and all of them are readable. */
function columnNames(source: Draft['source']): ReadonlySet<string> | undefined {
  const names = source?.columns?.map((column) => column?.name);
  return names?.every((name) => name !== undefined) ? new Set(names) : undefined;
}

function notAmong(name: string, columns: ReadonlySet<string>, spell = (column: string) => column): string {
  const near = nearest(name, [...columns]);
  return near === undefined
    ? `"${name}" is not among them`
    : `"${name}" is not among them. Did you mean "${spell(near)}"?`;
}

function folded(name: string): string {
  return name.toLowerCase();
}
