/** Data Prep expressions, read as far as it takes to tell what is surely wrong: any function and any field is taken. */
import type { Json } from '../json.ts';
import { readTokens, reservedWords } from './tokens.ts';
import type { Token } from './tokens.ts';

export type Node =
  | { kind: 'literal'; value: Json }
  /** The names down to a field; of one that was wrapped, the name as a whole. */
  | { kind: 'field'; path: string[] }
  | { kind: 'list'; items: Node[] }
  | { kind: 'object'; entries: [key: Node, value: Node][] }
  | { kind: 'call'; name: string; args: Node[] }
  | { kind: 'method'; of: Node; name: string; args: Node[] }
  | { kind: 'member'; of: Node; key: Node }
  | { kind: 'operator'; name: string; left: Node; right: Node }
  | { kind: 'sign'; name: string; of: Node }
  | { kind: 'choice'; condition: Node; yes: Node; no: Node }
  /** Statements, which are not read any further. */
  | { kind: 'script' };

/** Each operator as it is worked out, by each of its spellings; those that bind least come first. */
const levels: Map<string, string>[] = [
  [['||', 'or'], ['??']],
  [['&&', 'and']],
  [['|']],
  [['^']],
  [['&']],
  [['==', 'eq'], ['!=', 'ne'], ['=~'], ['!~'], ['=^'], ['=$']],
  [
    ['<', 'lt'],
    ['<=', 'le'],
    ['>', 'gt'],
    ['>=', 'ge'],
  ],
  [['+'], ['-']],
  [['*'], ['/', 'div'], ['%', 'mod']],
].map(bySpelling);
const signs = bySpelling([['!', 'not'], ['-'], ['+'], ['~']]);
const constants = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** What a script of several statements begins with. */
const statements = new Set(['if', 'for', 'while', 'var', 'return', 'new']);

function bySpelling(operators: string[][]): Map<string, string> {
  return new Map(operators.flatMap((spellings) => spellings.map((one) => [one, spellings[0] ?? one])));
}

/** Longest expression [troubleshooting guide of Data Prep]. */
const mostCharacters = 4096;
/** Deeper than any sample, and far from what would exhaust the stack. */
const deepest = 100;

class Reader {
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  read(): Node {
    const node = this.#choice();
    const next = this.#tokens[this.#at];
    if (next !== undefined) throw new Error(`unexpected ${next.text} at ${next.at}`);
    return node;
  }

  #choice(): Node {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Error('it is nested too deeply');
    let node = this.#level(0);
    if (this.#takes('?')) {
      const yes = this.#choice();
      this.#expect(':');
      node = { kind: 'choice', condition: node, yes, no: this.#choice() };
    } else if (this.#takes('?:')) {
      node = { kind: 'choice', condition: node, yes: node, no: this.#choice() };
    }
    this.#depth -= 1;
    return node;
  }

  #level(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#signed();
    let left = this.#level(level + 1);
    for (;;) {
      const name = operators.get(this.#word() ?? '');
      if (name === undefined) return left;
      this.#at += 1;
      left = { kind: 'operator', name, left, right: this.#level(level + 1) };
    }
  }

  #signed(): Node {
    const names: string[] = [];
    for (let name = this.#sign(); name !== undefined; name = this.#sign()) {
      names.push(name);
      this.#at += 1;
    }
    return names.reduceRight((of: Node, name) => ({ kind: 'sign', name, of }), this.#reached(this.#value()));
  }

  #sign(): string | undefined {
    return signs.get(this.#word() ?? '');
  }

  /** A value with what hangs on it: `.name`, `.method(…)`, `[…]`. */
  #reached(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.#takes('.') || this.#takes('?.')) node = this.#member(node);
      else if (this.#takes('[')) {
        // All members of a list: `orders[*].id`.
        const key: Node = this.#takes('*') ? { kind: 'literal', value: '*' } : this.#choice();
        this.#expect(']');
        node = { kind: 'member', of: node, key };
      } else return node;
    }
  }

  #member(of: Node): Node {
    const { kind, text } = this.#next();
    if (kind !== 'name' && kind !== 'text' && kind !== 'number' && kind !== 'field')
      throw new Error(`a name is missing before ${text}`);
    if (kind === 'name' && this.#takes('('))
      return { kind: 'method', of, name: text, args: this.#until(')') };
    if (of.kind === 'field') return { kind: 'field', path: [...of.path, text] };
    return { kind: 'member', of, key: { kind: 'literal', value: text } };
  }

  #value(): Node {
    const { kind, text, at } = this.#next();
    if (kind === 'text' || kind === 'date') return { kind: 'literal', value: text };
    if (kind === 'number')
      return { kind: 'literal', value: Number(text.replace(/(?<!^0[xX].*)[lLhHfFdDbB]$/, '')) };
    if (kind === 'field') return { kind: 'field', path: [text] };
    if (kind === 'sign') return this.#bracketed(text, at);
    if (constants.has(text)) return { kind: 'literal', value: constants.get(text) };
    if (reservedWords.has(text))
      throw new Error(`${text} at ${at} is a reserved word: a field of that name is \${${text}}`);
    return this.#takes('(')
      ? { kind: 'call', name: text, args: this.#until(')') }
      : { kind: 'field', path: [text] };
  }

  #bracketed(sign: string, at: number): Node {
    if (sign === '(') {
      const inner = this.#choice();
      this.#expect(')');
      return inner;
    }
    if (sign === '[') return { kind: 'list', items: this.#until(']') };
    if (sign === '{') return this.#object();
    throw new Error(`unexpected ${sign} at ${at}`);
  }

  /** `{key: value, …}`, or the set `{value, …}`. */
  #object(): Node {
    const entries: [Node, Node][] = [];
    // An empty one may be written `{:}`.
    this.#takes(':');
    while (!this.#takes('}')) {
      const key = this.#choice();
      entries.push([key, this.#takes(':') ? this.#choice() : key]);
      if (!this.#takes(',') && this.#word() !== '}') this.#expect('}');
    }
    return { kind: 'object', entries };
  }

  #until(end: string): Node[] {
    const items: Node[] = [];
    if (this.#takes(end)) return items;
    do items.push(this.#choice());
    while (this.#takes(','));
    this.#expect(end);
    return items;
  }

  /** The next sign, or the next name, which may be an operator. */
  #word(): string | undefined {
    const next = this.#tokens[this.#at];
    return next?.kind === 'sign' || next?.kind === 'name' ? next.text : undefined;
  }

  #takes(sign: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'sign' || next.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #next(): Token {
    const next = this.#tokens[this.#at];
    if (next === undefined) throw new Error('it ends too early');
    this.#at += 1;
    return next;
  }

  #expect(sign: string): void {
    if (this.#takes(sign)) return;
    const next = this.#tokens[this.#at];
    throw new Error(
      next === undefined
        ? `${sign} is missing at its end`
        : `${sign} is missing before ${next.text} at ${next.at}`,
    );
  }
}

/** @throws Error that says what is wrong. */
export function parseExpression(source: string): Node {
  if (source.length > mostCharacters)
    throw new Error(`it has ${source.length} characters, and at most ${mostCharacters} are allowed`);
  const tokens = readTokens(source);
  if (isScript(tokens)) {
    checkBrackets(tokens);
    return { kind: 'script' };
  }
  return new Reader(tokens).read();
}

/** Guess: whether AEP takes statements is not documented, so they are not refused either. */
function isScript([first, second]: Token[]): boolean {
  if (first?.kind !== 'name' || !statements.has(first.text) || second === undefined) return false;
  return second.kind !== 'sign' || second.text === '(';
}

function checkBrackets(tokens: Token[]): void {
  const ends: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
  const open: string[] = [];
  for (const { kind, text, at } of tokens) {
    if (kind !== 'sign') continue;
    const end = ends[text];
    if (end !== undefined) open.push(end);
    else if (')]}'.includes(text) && open.pop() !== text) throw new Error(`unexpected ${text} at ${at}`);
  }
  if (open.length > 0) throw new Error(`${open.at(-1)} is missing at its end`);
}

/** What is wrong with an expression, if anything surely is. */
export function expressionProblem(source: string): string | undefined {
  try {
    parseExpression(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
