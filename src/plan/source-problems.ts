import { cut, tellSome } from '../cut.ts';
import { columnRules } from '../definition/column-rules.ts';
import type { Definition } from '../definition/definition.ts';
import { didYouMean, suggestions, type Suggest } from '../definition/nearest.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { askedOfSource, leavesColumnsOut } from '../explore/asked-of-source.ts';
import { compareColumns, type ColumnChanges } from '../explore/compare-columns.ts';
import { otherDelimiter } from '../explore/file-facts.ts';
import type { SourceAnswer } from '../explore/source-answer.ts';
import { deltaColumnWarnings } from './delta-column.ts';
import type { PlanReads } from './reads.ts';
import { columnsFor, withColumns } from './source-columns.ts';

/** What is to be told of a source. */
export interface SourceFindings {
  problems: Problem[];
  warnings: Warning[];
}

/** What the source has against a definition that is wrong anyway: where it does not say, nobody waits for it. */
export async function problemsAtSource(
  definition: Definition,
  reads: Pick<PlanReads, 'source'>,
): Promise<Problem[]> {
  const asked = askedOfSource(definition);
  const answer = asked && (await reads.source(asked, false));
  if (!answer || answer.said === 'unknown') return [];
  const full = withColumns(definition, columnsFor(definition, [], answer));
  return sourceFindings(definition, full, answer, true).problems;
}

/**
 * What a source has against a definition. What is to be made must find at the source what it names; of what is there
 * already it is only told, since it is no mistake of the definition's that a source has changed.
 * @param full the definition with its columns.
 * @param isMade whether the source connection is to be made.
 */
export function sourceFindings(
  definition: Definition,
  full: Definition,
  answer: SourceAnswer | undefined,
  isMade: boolean,
): SourceFindings {
  const found: SourceFindings = { problems: [], warnings: deltaColumnWarnings(full) };
  const { path = '' } = definition.source;
  const asked = sourceFacts(definition.source).family.asked(definition.source);
  const file = asked?.type === 'folder' ? `the first file of ${path}` : path;
  const lacksColumns = isMade && leavesColumnsOut(definition) && !full.source.columns;
  if (answer && answer.said !== 'missing' && lacksColumns)
    found.problems.push({
      field: 'source.columns',
      message: `cannot be read from the source${answer.said === 'unknown' ? ` (${answer.why})` : ''}: give them`,
    });
  else if (answer) tell(answer);
  return found;

  function tell(answer: SourceAnswer): void {
    switch (answer.said) {
      case 'missing':
        return tellMissing(answer.nearest);
      case 'unknown':
        return warn(
          'source-unknown',
          'source',
          `AEP could not tell whether the source has what is asked for: ${answer.why}`,
        );
      case 'changes':
        return tellChanges(answer.changes);
      case 'columns':
        return tellColumns(answer);
    }
  }

  function tellMissing(near: string | undefined): void {
    const nearest = near !== undefined && asked?.pattern ? `${near}/${asked.pattern}` : near;
    const { tableName } = definition.source;
    const name = tableName ?? path;
    const problem = {
      field: tableName === undefined ? 'source.path' : 'source.tableName',
      message: `"${name}" is not in the source${didYouMean(nearest)}`,
      ...(nearest === undefined ? {} : { suggestion: nearest }),
    };
    // A folder may be there tomorrow, as one of every day is.
    const isSure = !isOfFiles(definition) || (nearest !== undefined && plain(nearest) !== plain(name));
    add(problem, isSure);
  }

  function tellChanges({ added, gone, retyped }: ColumnChanges): void {
    const columns = full.source.columns ?? [];
    if (isMade)
      for (const { name, nearest } of gone ?? [])
        found.problems.push({
          field: `source.columns[${columns.findIndex((column) => column.name === name)}].name`,
          message: `"${name}" is not a column at the source${didYouMean(nearest)}`,
          ...(nearest === undefined ? {} : { suggestion: nearest }),
        });
    else if (gone)
      changed(
        `What is loaded has columns that the source does not have: ${tellSome(gone.map(({ name }) => name))}. Runs fail until it has them, or the definition loads others`,
      );
    if (added && !isMade)
      changed(
        `The source has columns that are not loaded: ${tellSome(added)}. To load them, name them in source.columns`,
      );
    if (retyped)
      changed(
        `The source has columns of another type: ${tellSome(retyped.map(({ name, said, found }) => `${name} is ${found}, not ${said}`))}`,
      );
  }

  function tellColumns({ columns }: Extract<SourceAnswer, { said: 'columns' }>): void {
    if (columns.length === 0) return;
    if (isOfFiles(definition)) {
      const only = columns.length === 1 ? otherDelimiter(columns[0]!.name) : undefined;
      if (only !== undefined) return tellDelimiter(columns[0]!.name, only);
      // Another file may have it.
      for (const problem of columnProblems(withColumns(definition, columns)))
        add(problem, problem.suggestion !== undefined, `Of ${file}: ${problem.field} ${problem.message}`);
      return;
    }
    if (full.source.columns && !isMade) tellChanges(compareColumns(full.source.columns, columns));
    found.problems.push(...columnProblems(full));
  }

  /** Whatever the mapping names, it finds nothing in rows of one column. */
  function tellDelimiter(line: string, delimiter: string): void {
    const field = 'source.data.properties.columnDelimiter';
    const hint = `: is "columnDelimiter" ${JSON.stringify(delimiter)}?`;
    warn('source-changed', field, `AEP reads ${file} as a single column, "${cut(line, 100)}"${hint}`);
  }

  /** @param told what a warning says instead, which stands without its field. */
  function add(problem: Problem, isSure: boolean, told = problem.message): void {
    if (isSure && isMade) found.problems.push(problem);
    else warn('source-changed', problem.field, told);
  }

  function changed(message: string): void {
    warn('source-changed', 'source.columns', message);
  }

  function warn(code: Warning['code'], field: string, message: string): void {
    found.warnings.push({ code, field, message });
  }
}

/** What of a definition names a column that is none. */
function columnProblems(full: Definition): Problem[] {
  const problems: Problem[] = [];
  const nearest = suggestions();
  let near: string | undefined;
  const suggest: Suggest = (word, known) => (near = nearest(word, known));
  const report = (field: string, message: string) => {
    // In an expression it is not all of it.
    const stands = near !== undefined && !field.endsWith('.expression');
    problems.push({ field, message, ...(stands ? { suggestion: near! } : {}) });
    near = undefined;
  };
  for (const rule of columnRules) rule(full, report, () => false, suggest);
  return problems;
}

function isOfFiles({ source }: Definition): boolean {
  return sourceFacts(source).family.asked(source)?.type !== 'table';
}

/** Without what changes from day to day. */
function plain(path: string): string {
  return path.replaceAll(/\d+/g, '0').replaceAll(/^\/+|\/+$/g, '');
}
