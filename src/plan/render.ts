import { cutJson, tellSome } from '../cut.ts';
import { fenced } from '../fenced.ts';
import type { MappedRow } from '../explore/mapped-row.ts';
import { titleOf } from '../resources/index.ts';
import type { Action, Change, Plan, Step, StepKind } from './plan.ts';

const signs: Record<Action, string> = {
  create: '+',
  update: '~',
  replace: '-/+',
  remove: '-',
  conflict: '!',
  given: ' ',
  keep: ' ',
  adopt: ' ',
};
const words: Record<Action, string> = {
  create: 'is made',
  update: 'is changed',
  replace: 'is replaced',
  remove: 'is deleted',
  conflict: 'is in the way',
  given: 'is given',
  keep: 'stays',
  adopt: 'stays',
};
const longestValue = 80;
const mostRows = 20;

/**
 * A plan as people read it: `+` is made, `~` is changed, `-/+` is replaced, `-` is deleted, `!` is in the way, and a
 * line for each changed field or row below. Ends with the summary.
 */
export function planAsText(plan: Plan): string {
  const { dataflow, steps, watch, problems, warnings, columns, rows, choices, summary, digest } =
    withLists(plan);
  const lines = [`Plan for ${dataflow}`, ''];
  for (const step of steps)
    lines.push(...lineOf(step), ...step.changes.flatMap(changeLines), ...maskedLines(step));
  if (watch) {
    const isChanged = watch.changes.length > 0;
    const told = isChanged
      ? '  ~ watch is changed: Its watcher takes it'
      : '    watch stays: What differs is masked';
    lines.push(told, ...watch.changes.flatMap(changeLines), ...maskedLines(watch));
  }
  if (columns)
    lines.push('', `Columns, as the source has them: ${tellSome(columns.map(({ name }) => name))}`);
  if (rows && rows.length > 0)
    lines.push('', 'The first rows, as they would become:', ...rows.flatMap(rowLines));
  if (problems.length > 0)
    lines.push(
      '',
      'Problems:',
      ...problems.map(({ field, message }) => `  ${field ? `${field}: ` : ''}${message}`),
    );
  if (warnings.length > 0) lines.push('', 'Warnings:', ...warnings.map(({ message }) => `  ${message}`));
  for (const { name, options } of choices)
    lines.push(
      '',
      `A choice to make, ${name}:`,
      ...options.map(({ value, consequence }) => `  "${value}": ${consequence}`),
    );
  lines.push('', `${summary}.`, `Digest: ${digest}`);
  return lines.join('\n');
}

/** The same for what renders Markdown, as Temporal's web pages do with a workflow's current details. */
export function planAsMarkdown(plan: Plan): string {
  return fenced(planAsText(plan));
}

function lineOf({ kind, action, id, reason }: Step): string[] {
  const sign = signs[action].padStart(3);
  return [`${sign} ${titleOf(kind)} ${id ? `${id} ` : ''}${words[action]}: ${reason}`];
}

function rowLines({ fields, more }: MappedRow, index: number): string[] {
  const told = Object.entries(fields).map(([path, value]) => `      ${path} = ${brief(value)}`);
  return [`  Row ${index + 1}:`, ...told, ...(more === undefined ? [] : [`      and ${more} more`])];
}

function changeLines(change: Change): string[] {
  const { field } = change;
  if ('from' in change) return [`      ${field}: ${brief(change.from)} → ${brief(change.to)}`];
  const rows = [
    ...change.removed.map((row) => `        - ${brief(row)}`),
    ...change.added.map((row) => `        + ${brief(row)}`),
  ];
  const more = rows.length - mostRows;
  return [`      ${field}:`, ...rows.slice(0, mostRows), ...(more > 0 ? [`        and ${more} more`] : [])];
}

function maskedLines({ masked = [] }: Pick<Step, 'masked'>): string[] {
  return masked.flatMap((change) =>
    changeLines(change).map((line, index) => (index === 0 ? `${line} (masked)` : line)),
  );
}

const brief = (value: unknown): string => cutJson(value ?? undefined, longestValue);

/** The same as a Mermaid flow chart: what refers to what, each with its sign. */
export function planAsMermaid(plan: Plan): string {
  const { steps } = withLists(plan);
  const nodes = steps.map(({ kind, action, id }, index) => {
    const label = `${signs[action].trim()} ${titleOf(kind)}${id ? `<br/>${id}` : ''}`.trim();
    return `  ${nodeOf(kind, index)}["${label.replaceAll('"', '#quot;')}"]:::${action}`;
  });
  const at = (kind: StepKind) => steps.findIndex((one) => one.kind === kind);
  const arrows = steps.flatMap(({ kind, needs }, index) =>
    needs.filter((one) => at(one) >= 0).map((one) => `  ${nodeOf(one, at(one))} --> ${nodeOf(kind, index)}`),
  );
  return ['flowchart LR', ...nodes, ...arrows].join('\n');
}

/** Over Temporal's HTTP, empty lists arrive as null. */
function withLists(plan: Plan): Plan {
  const list = <One>(all: One[] | null): One[] => all ?? [];
  return {
    ...plan,
    steps: list(plan.steps).map((step) => ({
      ...step,
      needs: list(step.needs),
      changes: list(step.changes).map((change) =>
        'from' in change ? change : { ...change, added: list(change.added), removed: list(change.removed) },
      ),
    })),
    ...(plan.watch ? { watch: { ...plan.watch, changes: list(plan.watch.changes) } } : {}),
    problems: list(plan.problems),
    warnings: list(plan.warnings),
    choices: list(plan.choices).map((choice) => ({ ...choice, options: list(choice.options) })),
  };
}

function nodeOf(kind: StepKind, index: number): string {
  return `${kind}${index}`;
}
