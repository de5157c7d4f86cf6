/** Row filters of a source connection, in PQL as JSON, as far as AEP documents it. */
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import { momentOf } from './moments.ts';
import type { Row } from './table.ts';

/** As in SQL: a comparison with nothing holds neither way, and neither does its opposite. */
type Truth = boolean | undefined;
type Test = (row: Row) => Truth;
type Value = (row: Row) => Json;

const isNothing = (value: Json): boolean => value === null || value === undefined;

/** Numbers by their size, moments by their time, everything else as text; undefined where either is nothing. */
function compare(a: Json, b: Json): number | undefined {
  if (isNothing(a) || isNothing(b)) return undefined;
  const by = (read: (value: Json) => number | undefined): number | undefined => {
    const [one, other] = [read(a), read(b)];
    return one === undefined || other === undefined ? undefined : one - other;
  };
  const number = (value: Json): number | undefined => {
    const text = String(value).trim();
    return text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
  };
  const found = by(number) ?? by((value) => momentOf(String(value)));
  if (found !== undefined) return found;
  const [one, other] = [String(a), String(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `%` is anything, `_` one character. */
function like(value: Json, wanted: Json): Truth {
  if (isNothing(value) || isNothing(wanted)) return undefined;
  const escaped = String(wanted).replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's').test(String(value));
}

function isIn(value: Json, list: Json): Truth {
  return anyOf([list].flat(1).map((one) => comparisons['=']?.(value, one)));
}

const by =
  (holds: (difference: number) => boolean) =>
  (a: Json, b: Json): Truth => {
    const difference = compare(a, b);
    return difference === undefined ? undefined : holds(difference);
  };

const comparisons: Record<string, (a: Json, b: Json) => Truth> = {
  '=': by((difference) => difference === 0),
  // One page writes it so; specs and payloads do not.
  '==': by((difference) => difference === 0),
  '!=': by((difference) => difference !== 0),
  '<': by((difference) => difference < 0),
  '<=': by((difference) => difference <= 0),
  '>': by((difference) => difference > 0),
  '>=': by((difference) => difference >= 0),
  like,
  in: isIn,
};

const opposite = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const anyOf = (truths: Truth[]): Truth =>
  truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
const allOf = (truths: Truth[]): Truth => opposite(anyOf(truths.map(opposite)));

const known = [...Object.keys(comparisons), 'isNull', 'isNotNull', 'and', 'or', 'not'];

class Reader {
  readonly problems: string[] = [];
  readonly #columns: Set<string>;

  constructor(columns: Iterable<string>) {
    this.#columns = new Set(columns);
  }

  test(node: Json): Test {
    const never: Test = () => false;
    if (!isObject(node) || node.nodeType !== 'fnApply' || !Array.isArray(node.params)) {
      this.problems.push(`${JSON.stringify(node)?.slice(0, 80)} is no fnApply with params`);
      return never;
    }
    const name = String(node.fnName);
    const lower = name.toLowerCase();
    if (lower === 'and' || lower === 'or' || lower === 'not') {
      const parts = node.params.map((part: Json) => this.test(part));
      if (lower === 'not') return (row) => opposite((parts[0] ?? never)(row));
      const join = lower === 'and' ? allOf : anyOf;
      return (row) => join(parts.map((part: Test) => part(row)));
    }
    const [left, right] = node.params.map((part: Json) => this.value(part));
    if (left !== undefined && lower === 'isnull') return (row) => isNothing(left(row));
    if (left !== undefined && lower === 'isnotnull') return (row) => !isNothing(left(row));
    const holds = Object.hasOwn(comparisons, lower) ? comparisons[lower] : undefined;
    if (holds !== undefined && left !== undefined && right !== undefined)
      return (row) => holds(left(row), right(row));
    this.problems.push(
      holds === undefined
        ? `there is no fnName ${name}: it is one of ${known.join(', ')}`
        : `${name} takes two params`,
    );
    return never;
  }

  value(node: Json): Value {
    if (node?.nodeType === 'literal') return () => node.value;
    if (node?.nodeType === 'fieldLookup') {
      const name = String(node.fieldName);
      if (!this.#columns.has(name)) this.problems.push(`there is no column ${name}`);
      return (row) => row[name];
    }
    this.problems.push(`the nodeType ${node?.nodeType} is neither fieldLookup nor literal`);
    return () => undefined;
  }
}

/**
 * Which rows `params.filters` lets through.
 * @throws Error with all that is not understood.
 */
export function readFilters(filters: Json, columns: Iterable<string>): (row: Row) => boolean {
  const { type, format, value } = isObject(filters) ? filters : {};
  if (type !== 'PQL' || format !== 'pql/json')
    throw new Error('The filter is not understood: its type is PQL, and its format pql/json.');
  const reader = new Reader(columns);
  const test = reader.test(value);
  if (reader.problems.length > 0)
    throw new Error(`The filter is not understood: ${reader.problems.join('; ')}.`);
  return (row) => test(row) === true;
}
