import { keywords } from './functions.ts';
import type { Fault, Token } from './tokens.ts';

/*
 * An expression as a tree. Nothing is worked out here, and no question about columns and functions depends on which operator
 * binds more: what operators join lies side by side. The language is JEXL's by its reserved words and its operators; Adobe's
 * pages leave much of it open, so that what is not read here is left to AEP.
 */
export type Node =
  | { kind: 'value' }
  /** A column or a path into one; `isName`: nothing but a name. */
  | { kind: 'path'; path: string; head: string; isName: boolean; at: number }
  | { kind: 'call'; name: string; args: Node[]; at: number }
  /** What operators, lists, objects and methods are made of. */
  | { kind: 'parts'; parts: Node[] }
  | { kind: 'lambda'; params: string[]; body: Node };

const operators = new Set(
  `|| && ?? ?: | ^ & == != =~ !~ =^ !^ =$ !$ < <= > >= + - * / % .. or and eq ne lt le gt ge div mod`.split(
    /\s+/,
  ),
);
const prefixes = new Set(['!', '-', '+', '~', 'not', 'empty', 'size']);
const constants = new Set(['true', 'false', 'null']);
/** Names that stand for something else than a column. */
const noColumns = new Set([...constants, '$', '_errors']);
const arrows = new Set(['->', '=>']);
const closers = new Set([')', ']', '}']);

/** Far deeper than anybody nests, and far from where a stack ends. */
const deepest = 100;

/**
 * Where the reading ends: with what is surely wrong, or with something that is not read here. No Error: there may be thousands,
 * and each would take a stack trace.
 */
class Stop {
  readonly fault: Fault | undefined;

  constructor(fault?: Fault) {
    this.fault = fault;
  }
}

/**
 * The tree of an expression; what is surely wrong with it; or undefined where it has something that is not read here, such as
 * a statement.
 * @param tokens with balanced brackets.
 */
export function treeOf(expression: string, tokens: readonly Token[]): Node | Fault | undefined {
  try {
    return new Reader(expression, tokens).read();
  } catch (error) {
    if (error instanceof Stop) return error.fault;
    throw error;
  }
}

class Reader {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(expression: string, tokens: readonly Token[]) {
    this.#expression = expression;
    this.#tokens = tokens;
  }

  read(): Node {
    const node = this.#joined();
    if (this.#token.kind !== 'end') throw new Stop();
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#index]!;
  }

  /** Values with operators between them. */
  #joined(): Node {
    if (++this.#depth > deepest) throw new Stop();
    const parts = [this.#operand()];
    let choices = 0;
    for (;;) {
      if (this.#takes('?')) choices++;
      else if (choices > 0 && this.#takes(':')) choices--;
      else if (this.#isWord(operators)) this.#index++;
      else break;
      parts.push(this.#operand());
    }
    if (choices > 0) throw new Stop();
    this.#depth--;
    return together(parts);
  }

  #operand(): Node {
    const from = this.#index;
    while (this.#isWord(prefixes)) this.#index++;
    const isSigned = this.#index > from;
    let node = this.#value();
    for (;;) {
      if (this.#takes('.') || this.#takes('?.')) node = this.#member(node);
      else if (this.#is('[')) node = this.#element(node);
      else return isSigned ? { kind: 'parts', parts: [node] } : node;
    }
  }

  #value(): Node {
    const token = this.#token;
    const { kind, at } = token;
    if (kind === 'name') return this.#named(token);
    const before = this.#tokens[this.#index - 1];
    if (before && isWordOf(operators, before) && (kind === 'end' || closers.has(token.text)))
      throw new Stop({ character: at + 1, what: `a value is missing there, after "${before.text}"` });
    this.#index++;
    if (kind === 'text' || kind === 'other') return { kind: 'value' };
    if (token.text === '(') return this.#group();
    if (token.text === '[') return together(this.#list(']'));
    if (token.text === '{') return this.#object();
    throw new Stop();
  }

  #named({ text, name = '', isWrapped, at }: Token): Node {
    this.#index++;
    const isPlain = !isWrapped && text === name;
    if (isPlain && this.#isArrow()) return this.#lambda([name]);
    if (isPlain && noColumns.has(name) && !this.#is('(')) return { kind: 'value' };
    if (!isWrapped && keywords.has(name)) throw new Stop();
    if (!this.#is('(')) return { kind: 'path', path: name, head: name, isName: true, at };
    if (!isPlain) throw new Stop();
    this.#index++;
    return { kind: 'call', name, args: this.#list(')'), at };
  }

  #group(): Node {
    const items = this.#list(')');
    if (this.#isArrow()) {
      const params = items.map((item) => (item.kind === 'path' && item.isName ? item.path : undefined));
      if (!params.every((param) => param !== undefined)) throw new Stop();
      return this.#lambda(params);
    }
    if (items.length !== 1) throw new Stop();
    // A path ends with its bracket: what hangs on it belongs to a value.
    return { kind: 'parts', parts: items };
  }

  #lambda(params: string[]): Node {
    this.#index++;
    return { kind: 'lambda', params, body: this.#joined() };
  }

  /** What follows its opening bracket, with the closing one. */
  #list(close: string): Node[] {
    if (this.#takes(close)) return [];
    const items = [this.#joined()];
    while (this.#takes(',')) items.push(this.#joined());
    if (!this.#takes(close)) throw new Stop();
    return items;
  }

  #object(): Node {
    const parts: Node[] = [];
    if (this.#takes('}')) return { kind: 'value' };
    do {
      const key = this.#joined();
      const isKey = this.#takes(':');
      if (!isKey || key.kind !== 'path' || !key.isName) parts.push(key);
      if (isKey) parts.push(this.#joined());
    } while (this.#takes(','));
    if (!this.#takes('}')) throw new Stop();
    return { kind: 'parts', parts };
  }

  /** What follows a dot: a name, or a method. */
  #member(of: Node): Node {
    const { kind, text, name = text } = this.#token;
    if (kind !== 'name' && kind !== 'text' && kind !== 'other') throw new Stop();
    this.#index++;
    if (this.#takes('(')) return { kind: 'parts', parts: [of, ...this.#list(')')] };
    return of.kind === 'path' ? { ...of, path: `${of.path}.${name}`, isName: false } : of;
  }

  /** What stands in brackets behind a value: a number, a key, or a star. What it names may be of the element. */
  #element(of: Node): Node {
    const from = this.#token.at;
    this.#index++;
    if (!this.#takes('*')) this.#joined();
    const { end } = this.#token;
    if (!this.#takes(']')) throw new Stop();
    return of.kind === 'path'
      ? { ...of, path: of.path + this.#expression.slice(from, end), isName: false }
      : of;
  }

  #is(sign: string): boolean {
    const { kind, text } = this.#token;
    return kind === 'sign' && text === sign;
  }

  #takes(sign: string): boolean {
    const isThere = this.#is(sign);
    if (isThere) this.#index++;
    return isThere;
  }

  #isArrow(): boolean {
    return this.#isWord(arrows);
  }

  #isWord(words: ReadonlySet<string>): boolean {
    return isWordOf(words, this.#token);
  }
}

function isWordOf(words: ReadonlySet<string>, { kind, text }: Token): boolean {
  return (kind === 'sign' || kind === 'name') && words.has(text);
}

function together(parts: Node[]): Node {
  const [only, ...others] = parts;
  return only && others.length === 0 ? only : { kind: 'parts', parts };
}
