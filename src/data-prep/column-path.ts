/*
 * How Data Prep writes the name of a column, or a path into one: `Name`, `address.street`, `addresses[*].city`. What is
 * no identifier is wrapped, `${Order ID}`, and a dot that is part of a name has a backslash, `address.street\.name`.
 */
import { reserved } from './functions.ts';

/** What an identifier begins with, and goes on with. */
export const first = String.raw`[\p{L}\p{Nl}$_]`;
export const next = String.raw`[\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}$_]`;
const escaped = String.raw`\\.`;
const bareName = new RegExp(`(?:${first}|${escaped})(?:${next}|${escaped})*`, 'uy');
const wrappedName = /\$\{((?:[^{}\\]|\\.)+)\}/uy;
const index = /\[[^[\]]*\]/uy;

const identifier = new RegExp(`^${first}${next}*$`, 'u');
const identifierWithDots = new RegExp(`^${first}(?:${next}|\\.)*$`, 'u');

interface Step {
  /** As it stands in the text. */
  written: string;
  /** Without what escapes it. */
  name: string;
  kind: 'bare' | 'wrapped' | 'index';
}

/** A path of Data Prep, as far as one begins at `from`. */
interface Path {
  steps: [Step, ...Step[]];
  /** Where it ends in the text. */
  end: number;
}

export function readPath(text: string, from = 0): Path | undefined {
  const head = nameAt(text, from);
  if (!head) return undefined;
  const steps: Path['steps'] = [head];
  let end = from + head.written.length;
  for (;;) {
    const step = text[end] === '.' ? nameAt(text, end + 1) : indexAt(text, end);
    if (!step) return { steps, end };
    end += step.written.length + (step.kind === 'index' ? 0 : 1);
    steps.push(step);
  }
}

/** A path without what escapes its names; any other text as it is. */
export function plainPath(text: string): string {
  const path = wholePath(text);
  return path ? plain(path.steps) : text;
}

function plain(steps: readonly Step[]): string {
  return steps.map(({ kind, name }, at) => (kind === 'index' || at === 0 ? name : `.${name}`)).join('');
}

/** The column that a path leads to or into, however it is written. */
export function columnOf(path: string, columns: ReadonlySet<string>): string | undefined {
  return matchOf(path, columns)?.column;
}

/**
 * The path as Data Prep reads it. One that is right already stays as it is.
 * @param columns of the source, where they are known: they tell a dot in a name from one between names.
 */
export function spelled(path: string, columns: ReadonlySet<string> = new Set()): string {
  const match = matchOf(path, columns);
  const whole = wholePath(path);
  if (whole && (match === undefined || match.column === whole.steps[0].name)) return headSpelled(path, whole);
  if (match) return spelledName(match.column) + spelledRest(match.rest);
  const [head = '', ...others] = namesOf(path);
  return [indexed(head, spelledName), ...others.map((name) => indexed(name, quoted))].join('.');
}

/** A column's name as Data Prep reads it. */
export function spelledName(name: string): string {
  return reserved.has(name) ? `\${${name}}` : quoted(name);
}

function matchOf(path: string, columns: ReadonlySet<string>): { column: string; rest: string } | undefined {
  for (const text of new Set([path, plainPath(path)]))
    for (let end = firstEnd(text); end > 0; end = lastBoundary(text, end - 1)) {
      const column = text.slice(0, end);
      if (columns.has(column)) return { column, rest: text.slice(end) };
    }
  return undefined;
}

/** The definition takes no longer name for a column, and an expression may hold a path of thousands of names. */
const longestName = 500;

function firstEnd(text: string): number {
  return text.length <= longestName ? text.length : lastBoundary(text, longestName);
}

function lastBoundary(text: string, before: number): number {
  return Math.max(text.lastIndexOf('.', before), text.lastIndexOf('[', before));
}

function wholePath(text: string): Path | undefined {
  const path = readPath(text);
  return path?.end === text.length ? path : undefined;
}

function headSpelled(path: string, { steps: [head] }: Path): string {
  return head.kind === 'bare' && reserved.has(head.name)
    ? `\${${head.name}}${path.slice(head.written.length)}`
    : path;
}

/** What follows a column: `.name`, `[0]`, or nothing. */
function spelledRest(rest: string): string {
  if (wholePath(`_${rest}`)) return rest;
  const [before = '', ...names] = namesOf(rest);
  return [before, ...names.map((name) => indexed(name, quoted))].join('.');
}

/** Split at the dots that are outside brackets. */
function namesOf(path: string): string[] {
  return path.split(/\.(?![^[]*\])/u);
}

/** A name with what stands in brackets behind it. */
function indexed(text: string, spell: (name: string) => string): string {
  const [, name = text, indexes = ''] = /^(.*?)((?:\[[^[\]]*\])*)$/su.exec(text) ?? [];
  return spell(name) + indexes;
}

/**
 * Guess: behind a dot no name needs this for being a keyword, and what is neither identifier nor dot is wrapped there
 * too. Adobe's pages show a child only with a dot in its name, and that with a backslash.
 */
function quoted(name: string): string {
  if (name === '' || identifier.test(name)) return name;
  if (identifierWithDots.test(name)) return name.replaceAll('.', String.raw`\.`);
  return `\${${name.replaceAll(/[\\.{}]/g, String.raw`\$&`)}}`;
}

function nameAt(text: string, at: number): Step | undefined {
  wrappedName.lastIndex = at;
  const wrapped = wrappedName.exec(text);
  if (wrapped) return { written: wrapped[0], name: unescaped(wrapped[1]!), kind: 'wrapped' };
  bareName.lastIndex = at;
  const bare = bareName.exec(text);
  return bare ? { written: bare[0], name: unescaped(bare[0]), kind: 'bare' } : undefined;
}

function indexAt(text: string, at: number): Step | undefined {
  index.lastIndex = at;
  const found = index.exec(text);
  return found ? { written: found[0], name: found[0], kind: 'index' } : undefined;
}

function unescaped(name: string): string {
  return name.replaceAll(/\\(.)/gu, '$1');
}
