import { plain, readPath, type Path } from './column-path.ts';
import { keywords } from './data-prep-words.ts';

/** A column, or a path into one, that an expression names. */
export interface ColumnUse {
  /** Without what escapes its names. */
  path: string;
  /** The first character is 1. */
  character: number;
}

/**
 * The columns that a Data Prep expression names. No parser: where it cannot tell a column from something else, it leaves
 * it out, so that nothing is refused that Data Prep would take.
 */
export function columnsIn(expression: string): ColumnUse[] {
  const uses: ColumnUse[] = [];
  /** Brackets that are open; a call of a function that takes names besides columns has a mark of its own. */
  const open: string[] = [];
  let at = 0;
  while (at < expression.length) {
    const skipped = skip(expression, at);
    if (skipped === undefined) return [];
    if (skipped > at) at = skipped;
    else {
      const path = readPath(expression, at);
      if (path) at = take(path, at);
      else at = bracket(at);
    }
  }
  return uses;

  function take(path: Path, from: number): number {
    const called = follows(expression, path.end, '(');
    const steps = called ? path.steps.slice(0, -1) : path.steps;
    const [head] = steps;
    const isKey = open.at(-1) === '{' && follows(expression, path.end, ':');
    const isName = open.at(-1) === 'names' && !called;
    const isKeyword = head?.kind === 'bare' && (keywords.has(head.name) || head.name === '$');
    if (head && !isKey && !isName && !isKeyword) uses.push({ path: plain(steps), character: from + 1 });
    if (!called || path.steps.at(-1)?.name !== 'object_to_map') return path.end;
    open.push('object');
    return expression.indexOf('(', path.end) + 1;
  }

  function bracket(from: number): number {
    const character = expression[from]!;
    if ('([{'.includes(character)) open.push(character);
    if (')]}'.includes(character)) open.pop();
    // object_to_map(addresses, type): what follows the objects is an attribute of theirs.
    if (character === ',' && open.at(-1) === 'object') open[open.length - 1] = 'names';
    // What follows a dot here belongs to a value, such as "text".length() or f(a).b.
    const member = character === '.' ? readPath(expression, from + 1) : undefined;
    if (!member) return from + 1;
    return member.end;
  }
}

/** Statements, lambdas, comments and templates have names of their own: then nothing can be said. */
const untold = /->|=>|;|`|\/\/|\/\*|##|~\/|\b(?:var|for|while|do|function|new)\b|(?<![=!<>])=(?![=~^$!])/uy;
const text = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy;
/** Dates need no quotes in Adobe's samples, and may end with a zone. */
const date = /\d{4}-\d\d-\d\d(?:T[\d:.]+)?(?:Z|[+-]\d\d:?\d\d| [A-Z]{2,5}\b)?/uy;
const number = /\d[\p{L}\p{N}_]*(?:\.\d[\p{L}\p{N}_]*)*/uy;
const space = /\s+/uy;

/** Where what is no name ends, `at` where a name or a sign may begin; undefined where nothing can be said. */
function skip(expression: string, at: number): number | undefined {
  if (matchEnd(untold, expression, at) !== undefined) return undefined;
  for (const pattern of [space, text, date, number]) {
    const end = matchEnd(pattern, expression, at);
    if (end !== undefined) return end;
  }
  // A text without an end, or a quote behind a backslash.
  return /^\\?["']/u.test(expression.slice(at, at + 2)) ? undefined : at;
}

function matchEnd(pattern: RegExp, expression: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(expression) ? pattern.lastIndex : undefined;
}

function follows(expression: string, at: number, character: string): boolean {
  space.lastIndex = at;
  return expression[space.test(expression) ? space.lastIndex : at] === character;
}
