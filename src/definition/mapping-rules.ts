import type { Draft } from './draft.ts';
import { nearest } from './nearest.ts';
import type { Rule } from './rules.ts';
import { factsOf } from './source-facts.ts';

const oneOrigin: Rule = ({ mapping }, report, isWrong) => {
  mapping?.forEach((entry, index) => {
    if (!entry) return;
    const neither = entry.source === undefined && entry.expression === undefined;
    if (neither && !isWrong(`mapping[${index}].expression`))
      report(`mapping[${index}].source`, 'is required: a column of the source, or expression instead');
    if (entry.source !== undefined && entry.expression !== undefined)
      report(`mapping[${index}].expression`, 'must not be given beside source: one of the two');
  });
};

const sourcesAmongColumns: Rule = ({ source, mapping }, report) => {
  const names = columnNames(source);
  if (!names) return;
  mapping?.forEach((entry, index) => {
    if (entry?.source !== undefined && !names.some((name) => within(name, entry.source!)))
      report(`mapping[${index}].source`, notAmong(entry.source, names));
  });
};

const deltaColumnRequired: Rule = ({ source, deltaColumn, schedule }, report) => {
  if (!source || deltaColumn || schedule?.frequency === undefined || schedule.frequency === 'once') return;
  if (factsOf(source)?.kind === 'table')
    report(
      'deltaColumn',
      `is required with frequency "${schedule.frequency}": the column by which AEP finds new rows, such as {"name": "updatedAt"}`,
    );
};

const deltaColumnAmongColumns: Rule = ({ source, deltaColumn }, report) => {
  const names = columnNames(source);
  if (names && deltaColumn?.name !== undefined && !names.includes(deltaColumn.name))
    report('deltaColumn.name', notAmong(deltaColumn.name, names));
};

/** The names of the columns, where they are given and all of them are readable. */
function columnNames(source: Draft['source']): string[] | undefined {
  const names = source?.columns?.map((column) => column?.name);
  return names?.every((name) => name !== undefined) ? names : undefined;
}

/** A path into a column that has a structure counts as the column. */
function within(column: string, path: string): boolean {
  return path === column || path.startsWith(`${column}.`) || path.startsWith(`${column}[`);
}

function notAmong(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined
    ? `must be one of the columns; "${name}" is not among them`
    : `must be one of the columns; "${name}" is not among them. Did you mean "${near}"?`;
}

export const mappingRules: Rule[] = [
  oneOrigin,
  sourcesAmongColumns,
  deltaColumnRequired,
  deltaColumnAmongColumns,
];
