/**
 * The words of Data Prep expressions. The language is JEXL's by its reserved words, its operators and its literals
 * [pages on mapping functions and on the functions endpoint]; what they leave open is read as JEXL has it.
 */
export type Token = {
  kind: 'text' | 'number' | 'date' | 'field' | 'name' | 'sign';
  /** As it is written; of a text its value, of `${First Name}` the name within. */
  text: string;
  /** Where it begins, from 1. */
  at: number;
};

/** A field of one of these names has to be wrapped in `${}`. */
export const reservedWords = new Set(
  'new mod or break var lt for false while eq gt div not null continue else and ne true le if ge return'.split(
    ' ',
  ),
);

// Letters of any alphabet; a backslash takes the next character into a name: `address.street\.name`.
const letter = String.raw`[\p{L}_$@#]|\\[^\n"'\x60]`;
const patterns: [Token['kind'], string][] = [
  ['text', String.raw`"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'` + '|`(?:[^`\\\\]|\\\\[^])*`'],
  ['field', String.raw`\$\{[^{}]+\}`],
  // Guess: samples show dates that stand there by themselves.
  [
    'date',
    String.raw`\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\p{L}\d])`,
  ],
  ['number', String.raw`0[xX][\da-fA-F]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[lLhHfFdDbB]?`],
  ['name', `(?:${letter})(?:${letter}|\\p{N})*`],
  ['sign', String.raw`==|!=|>=|<=|=~|!~|=\^|=\$|&&|\|\||\?\?|\?:|\?\.(?!\d)|[-+*/%&|^~(),<>{}[\]:?!.;=]`],
];
const token = new RegExp(patterns.map(([kind, pattern]) => `(?<${kind}>${pattern})`).join('|'), 'uy');

/** @throws Error with the place of what is no word of the language. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(source.charAt(at))) at += 1;
    if (at >= source.length) return tokens;
    token.lastIndex = at;
    const found = token.exec(source)?.groups;
    const [kind, text] = Object.entries(found ?? {}).find(([, part]) => part !== undefined) ?? [];
    if (kind === undefined || text === undefined) {
      const isOpen = /["'`]/.test(source.charAt(at));
      throw new Error(isOpen ? `the text at ${at + 1} does not end` : `unexpected character at ${at + 1}`);
    }
    tokens.push({ kind: kind as Token['kind'], text: valueOf(kind as Token['kind'], text), at: at + 1 });
    at += text.length;
  }
}

function valueOf(kind: Token['kind'], text: string): string {
  if (kind === 'text') return text.slice(1, -1).replaceAll(/\\([^])/g, '$1');
  if (kind === 'field') return text.slice(2, -1);
  return kind === 'name' ? text.replaceAll(/\\([^])/g, '$1') : text;
}
