/** What an expression makes of a row: literals, operators, fields, and the functions that the emulator works out. */
import type { Json } from '../json.ts';
import { parseExpression } from './expression.ts';
import type { Node } from './expression.ts';
import { fieldOf, functions, isNothing, textOf as text } from './functions.ts';
import type { Context } from './functions.ts';

const named = (works: Record<string, (...args: Json[]) => Json>): Map<string, (...args: Json[]) => Json> =>
  new Map(Object.entries(works));

const fits = (value: Json, wanted: Json): boolean =>
  Array.isArray(wanted) ? wanted.includes(value) : new RegExp(`^(?:${text(wanted)})$`).test(text(value));

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
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  // JEXL's: a pattern, or a list that holds it.
  '=~': fits,
  '!~': (a, b) => !fits(a, b),
  '=^': (a, b) => text(a).startsWith(text(b)),
  '=$': (a, b) => text(a).endsWith(text(b)),
});

const unable = (name: string): never => {
  throw new Error(`the emulator can't work out ${name}`);
};

/** `list[*]` is the list itself, and a name after it one of each of its members. */
function memberOf(of: Json, key: Json): Json {
  if (!Array.isArray(of)) return of?.[key];
  if (key === '*') return of;
  return typeof key === 'string' ? of.map((one) => one?.[key]) : of[key];
}

/** What a node is worked out from. */
function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case 'list':
      return node.items;
    case 'object':
      return node.entries.flatMap(([key, value]) => (key.kind === 'field' ? [value] : [key, value]));
    case 'call':
      return node.args;
    case 'method':
      return [node.of, ...node.args];
    case 'member':
      return [node.of, node.key];
    case 'operator':
      return [node.left, node.right];
    case 'sign':
      return [node.of];
    case 'choice':
      return [node.condition, node.yes, node.no];
    default:
      return [];
  }
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const part of partsOf(node)) yield* nodesOf(part);
}

/** The functions, methods and operators in it that the emulator cannot work out. */
export function beyond(node: Node): string[] {
  return [...nodesOf(node)].flatMap((one) => {
    if (one.kind === 'script') return ['statements'];
    const known = { call: functions, method: methods, operator: operators }[one.kind as string];
    return known === undefined || known.has((one as { name: string }).name)
      ? []
      : [(one as { name: string }).name];
  });
}

/** The fields of a row that it takes, by their whole paths. */
export function fieldsIn(node: Node): string[] {
  return [...nodesOf(node)].flatMap((one) => (one.kind === 'field' ? [one.path.join('.')] : []));
}

/** @throws Error where a value does not do for what is asked of it, or something is beyond the emulator. */
export function workOut(node: Node, context: Context): Json {
  const of = (one: Node): Json => workOut(one, context);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'field':
      return fieldOf(context.row, node.path.join('.'));
    case 'list':
      return node.items.map(of);
    case 'object':
      return Object.fromEntries(
        node.entries.map(([key, value]) => [key.kind === 'field' ? key.path.join('.') : of(key), of(value)]),
      );
    case 'call': {
      const call = functions.get(node.name) ?? unable(node.name);
      return call(context, ...node.args.map(of));
    }
    case 'method': {
      const method = methods.get(node.name) ?? unable(node.name);
      return method(of(node.of), ...node.args.map(of));
    }
    case 'member':
      return memberOf(of(node.of), of(node.key));
    case 'operator': {
      const operator = operators.get(node.name) ?? unable(node.name);
      return operator(of(node.left), of(node.right));
    }
    case 'sign':
      if (node.name === '!') return of(node.of) !== true;
      if (node.name === '~') return ~of(node.of);
      return node.name === '-' ? -of(node.of) : of(node.of);
    case 'choice':
      return of(node.condition) === true ? of(node.yes) : of(node.no);
    case 'script':
  }
  return unable('statements');
}

/**
 * @param now epoch ms
 * @throws Error where the expression is wrong, or beyond what the emulator can work out.
 */
export function evaluate(source: string, row: Json, now: number): Json {
  return workOut(parseExpression(source), { row, now });
}
