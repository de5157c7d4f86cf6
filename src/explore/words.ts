/** The words that a name is made of, in lower case: `CUST_FirstName__c` is `cust`, `first`, `name`, `c`. */
export function wordsOf(name: string): string[] {
  return asciiWords(name) ?? anyWords(name);
}

/**
 * The same of a name that has nothing but ASCII, as nearly all have. In Temporal's sandbox a regular expression takes many
 * times as long as outside of it, and a table may have a thousand columns. Undefined of any other name.
 */
function asciiWords(name: string): string[] | undefined {
  const words: string[] = [];
  let from = -1;
  let before: Kind = 'other';
  for (let at = 0; at <= name.length; at++) {
    const code = name.charCodeAt(at);
    if (code > 127) return undefined;
    const kind = kindOf(code);
    const begins =
      kind === 'upper' &&
      (before === 'lower' ||
        before === 'digit' ||
        (before === 'upper' && kindOf(name.charCodeAt(at + 1)) === 'lower'));
    if (from >= 0 && (kind === 'other' || begins)) {
      words.push(name.slice(from, at).toLowerCase());
      from = -1;
    }
    if (from < 0 && kind !== 'other') from = at;
    before = kind;
  }
  return words;
}

type Kind = 'lower' | 'upper' | 'digit' | 'other';

/** @param code of an ASCII character; NaN after the last. */
function kindOf(code: number): Kind {
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  return code >= 48 && code <= 57 ? 'digit' : 'other';
}

function anyWords(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{Nd}]/u)
    .filter((word) => word !== '');
}

/** `orders` and `order` are one word, so are `companies` and `company`. */
export function singular(word: string): string {
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

/** The name of a table without what it stands in: of `shop.dbo.Orders` and of `/exports/orders.csv` it is `orders`. */
export function lastName(path: string): string {
  const last = path.split('/').findLast((part) => part !== '') ?? path;
  const isFile = path.includes('/');
  const parts = last.split('.').filter((part) => part !== '');
  return (isFile ? parts[0] : parts.at(-1)) ?? last;
}
