import type { z } from 'zod';
import { cut } from '../cut.ts';
import { connectorCalled, connectorNames, refusedConnectors, whyRefused } from './connectors.ts';
import { definitionSchema } from './definition.ts';
import { nearest } from './nearest.ts';
import { fieldOf, type Problem } from './problems.ts';
import { keysAt, schemaAt } from './schema-at.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * What is wrong with each field by itself, in words that say what would be right.
 * @param schema of what `input` should be. Default: a definition.
 */
export function shapeProblems(
  input: unknown,
  schema: z.ZodType = definitionSchema(),
): { path: Path; problem: Problem }[] {
  const result = schema.safeParse(input);
  if (result.success) return [];
  const found = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => at([...issue.path, key], unknownKey(key, keysAt(issue.path, schema))))
      : [at(issue.path, wordsFor(issue, valueAt(input, issue.path), schema))],
  );
  // An empty text breaks both its length and its pattern: the first thing to say about a field is enough.
  const first = new Map(found.toReversed().map((one) => [one.problem.field, one]));
  return found.filter((one) => first.get(one.problem.field) === one);
}

function at(path: Path, message: string) {
  return { path, problem: { field: fieldOf(path), message } };
}

/** For a key that nothing reads: a typo would otherwise be an option that silently does nothing. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined
    ? `is not known here; known are ${known.join(', ')}`
    : `is not known; did you mean "${near}"?`;
}

function wordsFor(issue: Issue, value: unknown, schema: z.ZodType): string {
  if (value === undefined) return missing(issue.path, schema);
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nameOfType(issue.expected)}, not ${nameOfValue(value)}`;
    case 'invalid_value':
      return oneOf(issue.path, value, issue.values.map(String));
    case 'invalid_union':
      return fieldOf(issue.path) === 'schedule.startTime'
        ? `must be an ISO 8601 text or epoch seconds, not ${nameOfValue(value)}`
        : `must be plain JSON, not ${nameOfValue(value)}`;
    case 'too_small':
      return `must ${limit(issue.origin, issue.minimum, issue.inclusive ?? true, 'least')}`;
    case 'too_big':
      return `must ${limit(issue.origin, issue.maximum, issue.inclusive ?? true, 'most')}`;
    default:
      return issue.message;
  }
}

function missing(path: Path, schema: z.ZodType): string {
  const description = schemaAt(path, schema)?.description;
  return description === undefined ? 'is required' : `is required. ${description}`;
}

function oneOf(path: Path, value: unknown, values: readonly string[]): string {
  if (typeof value !== 'string') return `must be one of ${values.join(', ')}, not ${nameOfValue(value)}`;
  if (fieldOf(path) === 'source.connector') return connectorProblem(value);
  const near = nearest(value, values);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `must be one of ${values.join(', ')}${hint}`;
}

/** Why a connector cannot be named, with what can be. */
export function connectorProblem(name: string): string {
  const refusal = refusalOf(name);
  if (refusal) return refusal;
  const near = connectorCalled(name) ?? nearest(name, [...connectorNames, ...Object.keys(refusedConnectors)]);
  return near === undefined
    ? `is not a connector known here. Known are ${connectorNames.join(', ')}. For any other give connectionSpec instead`
    : `is not a connector known here; did you mean "${near}"?${` ${refusalOf(near) ?? ''}`.trimEnd()}`;
}

function refusalOf(name: string): string | undefined {
  const refused = Object.hasOwn(refusedConnectors, name) ? refusedConnectors[name] : undefined;
  return refused && whyRefused(refused);
}

function limit(origin: string, bound: number | bigint, inclusive: boolean, side: 'least' | 'most'): string {
  const things = origin === 'string' ? 'characters' : origin === 'array' ? 'items' : undefined;
  if (things !== undefined) return side === 'least' ? 'not be empty' : `have at most ${bound} ${things}`;
  if (inclusive) return `be at ${side} ${bound}`;
  return side === 'least' ? `be greater than ${bound}` : `be less than ${bound}`;
}

function nameOfType(type: string): string {
  const names: Record<string, string> = {
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
    object: 'an object',
    record: 'an object',
    string: 'text',
  };
  return names[type] ?? type;
}

function nameOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text ${JSON.stringify(cut(value, 50))}`;
  return JSON.stringify(value);
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}
