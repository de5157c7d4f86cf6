import type { z } from 'zod';
import { cut } from '../cut.ts';
import { connectorCalled, connectorNames, refusedConnectors, whyRefused } from './connectors.ts';
import { FieldTree, partsOfPath } from './field-tree.ts';
import { didYouMean, nearest, suggestions, type Suggest } from './nearest.ts';
import { fieldOf, type Problem } from './problems.ts';
import { keysAt, schemaAt } from './schema-at.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What was asked for, or what is wrong with it, and where. */
export interface Shape<Asked> {
  value?: Asked;
  problems: Problem[];
  wrong: FieldTree;
}

/**
 * What was asked for, or what is wrong with each field by itself, in words that say what would be right.
 * @param schema of what `input` should be.
 * @param suggest for all problems of one input, so that it knows which are the first.
 */
export function readShape<Asked>(
  input: unknown,
  schema: z.ZodType<Asked>,
  suggest: Suggest = suggestions(),
): Shape<Asked> {
  const result = schema.safeParse(input);
  const wrong = new FieldTree();
  if (result.success) return { value: result.data, problems: [], wrong };
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const issue of result.error.issues.flatMap(inTheWayThatWasMeant)) {
    const { code, path } = issue;
    const parts = partsOfPath(path);
    const field = parts.join('');
    if (code === 'unrecognized_keys') {
      const messageFor = unknownKeys(keysAt(path, schema), suggest);
      const dot = field === '' ? '' : '.';
      for (const key of issue.keys) {
        const unknown = field + dot + key;
        problems.push({ field: unknown, message: insteadOf.get(unknown) ?? messageFor(key) });
      }
      wrong.addIn(
        parts,
        issue.keys.map((key) => dot + key),
      );
    } else if (!told.has(field)) {
      // An empty text breaks both its length and its pattern: the first thing to say about a field is enough.
      told.add(field);
      problems.push({ field, message: wordsFor(issue, valueAt(input, path), schema, suggest) });
      wrong.add(parts);
    }
  }
  return { problems, wrong };
}

/** Of what can be written in several ways: what is wrong in the only one whose kind of value was given. */
function inTheWayThatWasMeant(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  if (meant.length !== 1) return [issue];
  return meant[0]!
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
    .flatMap(inTheWayThatWasMeant);
}

/** For a key that nothing reads: a typo would otherwise be an option that silently does nothing. */
export function unknownKeys(known: readonly string[], suggest: Suggest): (key: string) => string {
  const likeNone = `is not known here${known.length > 0 ? `; known are ${known.join(', ')}` : ''}`;
  return (key) => {
    const near = suggest(key, known);
    return near === undefined ? likeNone : `is not known${didYouMean(near)}`;
  };
}

function wordsFor(issue: Issue, value: unknown, schema: z.ZodType, suggest: Suggest): string {
  if (value === undefined) return missing(issue.path, schema);
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nameOfType(issue.expected)}, not ${nameOfValue(value)}`;
    case 'invalid_value':
      return oneOf(issue.path, value, issue.values.map(String), suggest);
    case 'invalid_union':
      return `${issue.message}, not ${nameOfValue(value)}`;
    case 'too_small':
      return `must ${limit(issue.origin, issue.minimum, issue.inclusive, 'least')}`;
    case 'too_big':
      return `must ${limit(issue.origin, issue.maximum, issue.inclusive, 'most')}`;
    default:
      return placeholderProblem(value) ?? issue.message;
  }
}

/** What AEP's pages or habits suggest and nothing here reads, with what to do instead. */
const insteadOf = new Map([
  [
    'schedule.endTime',
    'is not taken: AEP\'s newer flow specs have no end, and no sample sends one. A flow runs until it is disabled in AEP or deleted (workflow deleteDataflow); one load alone is frequency "once"',
  ],
]);

/** For what was copied from a page: `https://ns.adobe.com/{TENANT_ID}/schemas/…`. */
function placeholderProblem(value: unknown): string | undefined {
  const placeholder = typeof value === 'string' ? /\{[A-Z][A-Z0-9_]*\}/.exec(value)?.[0] : undefined;
  return placeholder && `still has the placeholder ${placeholder}: put the value of your organisation there`;
}

function missing(path: Path, schema: z.ZodType): string {
  const description = schemaAt(path, schema)?.description;
  return description === undefined ? 'is required' : `is required. ${description}`;
}

function oneOf(path: Path, value: unknown, values: readonly string[], suggest: Suggest): string {
  if (typeof value !== 'string') return `must be one of ${values.join(', ')}, not ${nameOfValue(value)}`;
  if (/^(?:source\.)?connector$/.test(fieldOf(path))) return connectorProblem(value);
  return `must be one of ${values.join(', ')}${didYouMean(suggest(value, values))}`;
}

/** Why a connector cannot be named, with what can be. */
export function connectorProblem(name: string): string {
  const refusal = refusalOf(name);
  if (refusal) return refusal;
  const near = connectorCalled(name) ?? nearest(name, [...connectorNames, ...Object.keys(refusedConnectors)]);
  return near === undefined
    ? `is not a connector known here. Known are ${connectorNames.join(', ')}. For any other give connectionSpec instead`
    : `is not a connector known here${didYouMean(near)}${` ${refusalOf(near) ?? ''}`.trimEnd()}`;
}

function refusalOf(name: string): string | undefined {
  const refused = Object.hasOwn(refusedConnectors, name) ? refusedConnectors[name] : undefined;
  return refused && whyRefused(refused);
}

function limit(
  origin: string,
  bound: number | bigint,
  inclusive: boolean | undefined,
  side: 'least' | 'most',
): string {
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

/** A value as a message tells it: whole where it is short. */
export function nameOfValue(value: unknown): string {
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
