import { first, next } from './column-path.ts';

/** A word of an expression. */
export interface Token {
  /** `other`: a literal that is no text. */
  kind: 'name' | 'text' | 'other' | 'sign' | 'end';
  /** As it is written. */
  text: string;
  /** The name without what escapes it. */
  name?: string;
  /** Whether the name is wrapped as `${name}`. */
  isWrapped?: boolean;
  /** Where it begins and ends, from 0. */
  at: number;
  end: number;
}

/** What is surely wrong with an expression. The first character is 1. */
export interface Fault {
  character: number;
  /** Such as `the "(" there is never closed`. */
  what: string;
}

const escaped = String.raw`\\[^"'\x60]`;
/** Dates need no quotes in Adobe's samples, and may end with a zone. */
const date = String.raw`\d{4}-\d\d-\d\d(?:T[\d:.]+)?(?:Z|[+-]\d\d:?\d\d| [A-Z]{2,5}\b)?`;
const number = String.raw`\d[\p{L}\p{N}_]*(?:\.\d[\p{L}\p{N}_]*)*`;
/** Two characters before one; a `?.` before a digit is a `?`. */
const sign = String.raw`->|=>|==|!=|<=|>=|=~|!~|=\^|!\^|=\$|!\$|&&|\|\||\?\?|\?:|\?\.(?!\d)|\.\.|[-+*/%&|^~!<>?:.,()[\]{}]`;
/** One group for each sort. Comments and literals of patterns hold anything: those are `unknown`. */
const token = new RegExp(
  [
    String.raw`(\s+)`,
    String.raw`(\/\/|\/\*|##|~\/)`,
    String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`,
    String.raw`\$\{((?:[^{}\\]|\\.)+)\}`,
    `(${date}|${number})`,
    `((?:${first}|${escaped})(?:${next}|${escaped})*)`,
    sign,
  ].join('|'),
  'suy',
);

/** The words of an expression; what is surely wrong with it; or undefined where it has signs that nobody here knows. */
export function readTokens(expression: string): Token[] | Fault | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    token.lastIndex = at;
    const found = token.exec(expression);
    if (!found) {
      if (!/["']/.test(expression[at]!)) return undefined;
      return { character: at + 1, what: 'the text that begins there has no end' };
    }
    const [whole, space, unknown, text, wrapped, other, bare] = found;
    if (unknown !== undefined) return undefined;
    const end = at + whole.length;
    const name = wrapped ?? bare;
    if (name !== undefined)
      tokens.push({ kind: 'name', text: whole, name: unescaped(name), isWrapped: name === wrapped, at, end });
    else if (space === undefined) {
      const kind = text === undefined ? (other === undefined ? 'sign' : 'other') : 'text';
      tokens.push({ kind, text: whole, at, end });
    }
    at = end;
  }
  tokens.push({ kind: 'end', text: '', at, end: at });
  return tokens;
}

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
const closers = new Set(Object.values(closing));

/** A bracket without its other half. */
export function unbalanced(tokens: readonly Token[]): Fault | undefined {
  const open: Token[] = [];
  for (const one of tokens) {
    if (one.kind !== 'sign') continue;
    if (one.text in closing) open.push(one);
    if (!closers.has(one.text)) continue;
    const last = open.pop();
    if (!last) return { character: one.at + 1, what: `the "${one.text}" there closes nothing` };
    if (closing[last.text] !== one.text)
      return {
        character: one.at + 1,
        what: `the "${one.text}" there does not close the "${last.text}" at character ${last.at + 1}`,
      };
  }
  const left = open.pop();
  return left && { character: left.at + 1, what: `the "${left.text}" there is never closed` };
}

function unescaped(name: string): string {
  return name.includes('\\') ? name.replaceAll(/\\(.)/gsu, '$1') : name;
}
