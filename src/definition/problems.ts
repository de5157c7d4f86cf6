import { partsOfPath } from './field-tree.ts';

/** One thing that is wrong with a definition. */
export interface Problem {
  /** Where, such as `schedule.interval` or `mapping[2].source`; empty for the definition as a whole. */
  field: string;
  /** What is wrong and what would be right. */
  message: string;
  /** What was probably meant, where it can be guessed: a value that could stand in the place. */
  suggestion?: string;
}

export type WarningCode =
  | 'backfill-into-existing-dataset'
  | 'delta-column-no-time'
  | 'delta-column-not-used'
  | 'deprecated-connector'
  | 'flow-disabled'
  | 'foreign-dataset'
  | 'left-of-replaced-flow'
  | 'not-in-definition'
  | 'key-ends'
  | 'late-twin'
  | 'mark-lost'
  | 'once-advised'
  | 'row-not-mapped'
  | 'rows-not-shown'
  | 'several-sources-for-one-destination'
  | 'source-changed'
  | 'source-unknown'
  | 'undocumented-change-data-capture'
  | 'undocumented-date-format'
  | 'undocumented-filter'
  | 'unknown-param'
  | 'window-to-compare';

/** Something that AEP takes but that may not be what was meant. */
export interface Warning {
  code: WarningCode;
  message: string;
  /** Where, spelled as in a problem. */
  field?: string;
}

const shown = 10;

/** The first of them, a line each, and how many there are besides. */
export function tellProblems(problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, shown)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const more = problems.length - lines.length;
  if (more > 0)
    lines.push(`and ${more} more: the first hundred are in the details of the failure (--output json)`);
  return lines.join('\n');
}

/** A definition that cannot be carried out, with every reason. No call was made. */
export class InvalidDefinitionError extends Error {
  readonly problems: Problem[];

  /** @param what has these problems. */
  constructor(problems: Problem[], what = 'The definition') {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`${what} has ${count}:\n${tellProblems(problems)}`);
    this.name = 'InvalidDefinitionError';
    this.problems = problems;
  }
}

/** The field of a path: `['mapping', 2, 'source']` is `mapping[2].source`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return partsOfPath(path).join('');
}
