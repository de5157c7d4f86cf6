/** Data Prep expressions: a small part of the language, enough to tell a slip of the pen and to preview the common functions. */
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';

type Node =
  | { kind: 'literal'; value: Json }
  | { kind: 'field'; path: string }
  | { kind: 'call'; name: string; args: Node[] }
  | { kind: 'operator'; name: string; left: Node; right: Node };

const text = (value: Json): string => (value === undefined || value === null ? '' : String(value));

/** The functions that previews can work out. The real language has many more; those are taken unchecked. */
export const functions: Record<string, (...args: Json[]) => Json> = {
  concat: (...args) => args.map(text).join(''),
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  iif: (condition, yes, no) => (condition === true ? yes : no),
  to_integer: (value) => Math.trunc(Number(value)),
  is_empty: (value) => value === undefined || value === null || value === '',
};

export const operators = ['+', '-', '*', '/', '==', '!=', '>=', '<=', '>', '<', '&&', '||'];

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_][\w.$[\]*]*)|(==|!=|>=|<=|&&|\|\||[-+*/(),<>{}:?!]))/gy;

class Reader {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(source: string) {
    token.lastIndex = 0;
    while (token.lastIndex < source.trimEnd().length) {
      const from = token.lastIndex;
      const match = token.exec(source);
      if (match === null) throw new Error(`unexpected character at ${from + 1}`);
      this.#tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
    }
  }

  read(): Node {
    const node = this.#expression();
    if (this.#at < this.#tokens.length) throw new Error(`unexpected ${this.#tokens[this.#at]}`);
    return node;
  }

  #expression(): Node {
    let left = this.#value();
    while (operators.includes(this.#tokens[this.#at] ?? '')) {
      const name = this.#next();
      left = { kind: 'operator', name, left, right: this.#value() };
    }
    return left;
  }

  #value(): Node {
    const next = this.#next();
    if (next === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (/^["']/.test(next)) return { kind: 'literal', value: next.slice(1, -1).replaceAll(/\\(.)/g, '$1') };
    if (/^\d/.test(next)) return { kind: 'literal', value: Number(next) };
    if (!/^[A-Za-z_]/.test(next)) throw new Error(`unexpected ${next}`);
    if (this.#tokens[this.#at] !== '(') {
      if (next === 'true' || next === 'false') return { kind: 'literal', value: next === 'true' };
      return next === 'null' ? { kind: 'literal', value: null } : { kind: 'field', path: next };
    }
    this.#at += 1;
    const args: Node[] = [];
    if (this.#tokens[this.#at] !== ')') {
      do args.push(this.#expression());
      while (this.#tokens[this.#at] === ',' && (this.#at += 1) > 0);
    }
    this.#expect(')');
    return { kind: 'call', name: next, args };
  }

  #next(): string {
    const next = this.#tokens[this.#at];
    if (next === undefined) throw new Error('it ends too early');
    this.#at += 1;
    return next;
  }

  #expect(wanted: string): void {
    if (this.#next() !== wanted) throw new Error(`${wanted} expected`);
  }
}

/** What is wrong with an expression, if anything is. */
export function expressionProblem(source: string): string | undefined {
  try {
    new Reader(source).read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function fieldOf(row: Json, path: string): Json {
  // A flat row may have a name with dots in it.
  if (isObject(row) && path in row) return row[path];
  let value: Json = row;
  for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
  return value;
}

function evaluateNode(node: Node, row: Json): Json {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'field') return fieldOf(row, node.path);
  if (node.kind === 'call') {
    const work = functions[node.name];
    if (work === undefined) throw new Error(`the emulator can't work out ${node.name}`);
    return work(...node.args.map((arg) => evaluateNode(arg, row)));
  }
  const [a, b] = [evaluateNode(node.left, row), evaluateNode(node.right, row)];
  switch (node.name) {
    case '+':
      return typeof a === 'number' && typeof b === 'number' ? a + b : text(a) + text(b);
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      throw new Error(`the emulator can't work out ${node.name}`);
  }
}

export function evaluate(source: string, row: Json): Json {
  return evaluateNode(new Reader(source).read(), row);
}
