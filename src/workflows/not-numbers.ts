import { cut } from '../cut.ts';
import { fieldOf } from '../definition/problems.ts';

interface Place {
  value: unknown;
  /** The way there, as far as it is told. */
  path: readonly (string | number)[];
}

const longestPath = 20;
const mostToTell = 10;

/**
 * Where a text would be JSON but for NaN and Infinity, as Python's `json` and the like write them: `deltaColumn is NaN`.
 * Empty where it is no JSON otherwise either. Without recursion, as the text may be nested as deep as it likes.
 */
export function tellNotNumbers(text: string): string {
  let root: unknown;
  try {
    root = JSON.parse(withMarks(text));
  } catch {
    return '';
  }
  const found: Place[] = [];
  const left: Place[] = [{ value: root, path: [] }];
  for (let place = left.pop(); place; place = left.pop()) {
    const { value, path } = place;
    if (typeof value === 'string' && value.startsWith(mark) && path.length > 0) found.push(place);
    if (typeof value !== 'object' || value === null) continue;
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    for (const key of keys.toReversed()) {
      const part = (value as Record<string | number, unknown>)[key];
      left.push({ value: part, path: path.length < longestPath ? [...path, key] : path });
    }
  }
  const more = found.length > mostToTell ? ` and ${found.length - mostToTell} more` : '';
  return found.slice(0, mostToTell).map(tell).join(', ') + more;
}

const mark = '\u0000not a number\u0000';

/** The text with marked texts for the words that are no JSON. Searched by hand: a pattern would go back over long texts. */
function withMarks(text: string): string {
  const pieces: string[] = [];
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = endOfText(text, at);
    const word = words.find((word) => text.startsWith(word, at));
    if (word === undefined) continue;
    pieces.push(text.slice(done, at), JSON.stringify(mark + word));
    done = at + word.length;
    at = done - 1;
  }
  return pieces.join('') + text.slice(done);
}

const words = ['NaN', 'Infinity', '-Infinity'];

/** Where the text that begins at `start` has its closing quote; the end, where it has none. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function tell({ path, value }: Place): string {
  return `${cut(fieldOf(path), 100)} is ${String(value).slice(mark.length)}`;
}
