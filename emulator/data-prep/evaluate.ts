/** What an expression makes of a row, for previews: literals, operators, and the commonest functions. */
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import { parseExpression } from './expression.ts';
import type { Node } from './expression.ts';

const text = (value: Json): string => (value === undefined || value === null ? '' : String(value));
const isNothing = (value: Json): boolean => value === undefined || value === null;

type Work = (...args: Json[]) => Json;
const named = (works: Record<string, Work>): Map<string, Work> => new Map(Object.entries(works));

/** The functions that previews can work out. The language has many more. */
const functions = named({
  concat: (...args) => args.map(text).join(''),
  upper: (value) => text(value).toUpperCase(),
  ucase: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  lcase: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  left: (value, count) => text(value).slice(0, count),
  right: (value, count) => (count > 0 ? text(value).slice(-count) : ''),
  iif: (condition, yes, no) => (condition === true ? yes : no),
  coalesce: (...args) => args.find((arg) => !isNothing(arg)) ?? null,
  nullify: () => null,
  first: (...args) => args.flat(1)[0] ?? null,
  last: (...args) => args.flat(1).at(-1) ?? null,
  size_of: (value) => (isObject(value) ? Object.keys(value).length : (value?.length ?? 0)),
  to_array: (withNulls, ...args) => (withNulls === true ? args : args.filter((arg) => !isNothing(arg))),
  to_integer: (value) => Math.trunc(Number(value)),
  to_decimal: Number,
  is_empty: (value) => isNothing(value) || value === '' || value.length === 0,
});
const methods = named({
  equals: (of, other) => text(of) === text(other),
  equalsIgnoreCase: (of, other) => text(of).toLowerCase() === text(other).toLowerCase(),
  get: (of, key) => of?.[key] ?? null,
});

const operators = named({
  '||': (a, b) => a === true || b === true,
  '&&': (a, b) => a === true && b === true,
  '??': (a, b) => (isNothing(a) ? b : a),
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '+': (a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : text(a) + text(b)),
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
});

const unable = (name: string): never => {
  throw new Error(`the emulator can't work out ${name}`);
};

export function fieldOf(row: Json, path: string): Json {
  // A flat row may have a name with dots in it.
  if (isObject(row) && path in row) return row[path];
  let value: Json = row;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  return value;
}

function work(node: Node, row: Json): Json {
  const of = (one: Node): Json => work(one, row);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'field':
      return fieldOf(row, node.path.join('.'));
    case 'list':
      return node.items.map(of);
    case 'object':
      return Object.fromEntries(
        node.entries.map(([key, value]) => [key.kind === 'field' ? key.path.join('.') : of(key), of(value)]),
      );
    case 'call': {
      const call = functions.get(node.name) ?? unable(node.name);
      return call(...node.args.map(of));
    }
    case 'method': {
      const method = methods.get(node.name) ?? unable(node.name);
      return method(of(node.of), ...node.args.map(of));
    }
    case 'member':
      return of(node.of)?.[of(node.key)];
    case 'operator': {
      const operator = operators.get(node.name) ?? unable(node.name);
      return operator(of(node.left), of(node.right));
    }
    case 'sign':
      if (node.name === '!') return of(node.of) !== true;
      return node.name === '-' ? -of(node.of) : node.name === '+' ? of(node.of) : unable(node.name);
    case 'choice':
      return of(node.condition) === true ? of(node.yes) : of(node.no);
    case 'script':
  }
  return unable('statements');
}

/** @throws Error where the expression is wrong, or beyond what the emulator can work out. */
export function evaluate(source: string, row: Json): Json {
  return work(parseExpression(source), row);
}
