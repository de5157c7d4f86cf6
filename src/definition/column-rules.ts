/** What names a column must name one of those that are given. */
import { columnOf, plainPath, spelledName } from '../data-prep/column-path.ts';
import { readExpression, type ColumnUse } from '../data-prep/expression.ts';
import type { Draft } from './definition.ts';
import { didYouMean, type Suggest } from './nearest.ts';
import { isObject } from './plain-json.ts';
import type { Rule } from './rules.ts';

const ofMapping: Rule = ({ source, mapping }, report, _, suggest) => {
  const columns = columnNames(source);
  if (!columns) return;
  const notAmong = notAmongThese(columns, suggest, spelledName);
  mapping?.forEach((entry, index) => {
    const field = `mapping[${index}]`;
    if (entry?.source !== undefined && columnOf(entry.source, columns) === undefined)
      report(`${field}.source`, `must be one of the columns; ${notAmong(plainPath(entry.source))}`);
    for (const { path, character } of columnsIn(entry?.expression))
      if (columnOf(path, columns) === undefined)
        report(`${field}.expression`, `must name only columns; at character ${character}, ${notAmong(path)}`);
  });
};

const ofDelta: Rule = ({ source, deltaColumn }, report, _, suggest) => {
  const columns = columnNames(source);
  const name = deltaColumn?.name;
  if (columns && name !== undefined && !columns.has(name))
    report('deltaColumn.name', `must be one of the columns; ${notAmongThese(columns, suggest)(name)}`);
};

const ofFilters: Rule = ({ source }, report, _, suggest) => {
  const columns = columnNames(source);
  if (!columns) return;
  // Databases do not tell upper case from lower: the sample of Adobe's page filters CITY by "city".
  const foldedColumns = new Set([...columns].map(folded));
  const notAmong = notAmongThese(columns, suggest);
  lookUp(source?.filters, 'source.filters', (name, field) => {
    if (columnOf(folded(name), foldedColumns) === undefined)
      report(field, `must be one of the columns; ${notAmong(name)}`);
  });
};

export const columnRules: Rule[] = [ofMapping, ofDelta, ofFilters];

/** Every field that a filter looks up, wherever it stands. One inside another is a part of that. */
function lookUp(node: unknown, field: string, see: (name: string, field: string) => void): void {
  if (Array.isArray(node)) node.forEach((one, index) => lookUp(one, `${field}[${index}]`, see));
  if (!isObject(node)) return;
  const { nodeType, fieldName, object } = node;
  const isPart = isObject(object) && object['nodeType'] === 'fieldLookup';
  if (nodeType === 'fieldLookup' && typeof fieldName === 'string' && !isPart)
    see(fieldName.replaceAll('`', ''), `${field}.fieldName`);
  for (const [key, value] of Object.entries(node)) lookUp(value, `${field}.${key}`, see);
}

function columnsIn(expression: string | undefined): ColumnUse[] {
  return expression === undefined ? [] : readExpression(expression).columns;
}

/** The names of the columns, where they are given and all of them are readable. */
function columnNames(source: Draft['source']): ReadonlySet<string> | undefined {
  const names = source?.columns?.map((column) => column?.name);
  return names?.every((name) => name !== undefined) ? new Set(names) : undefined;
}

/** Says that a name is no column's, and whose it may be meant to be. */
function notAmongThese(columns: ReadonlySet<string>, suggest: Suggest, spell = (column: string) => column) {
  const names = [...columns];
  return (name: string): string => {
    const near = suggest(name, names);
    return `"${name}" is not among them${didYouMean(near === undefined ? near : spell(near))}`;
  };
}

function folded(name: string): string {
  return name.toLowerCase();
}
