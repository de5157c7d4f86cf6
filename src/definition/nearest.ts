/** Suggests the known word that `word` was probably meant to be. */
export type Suggest = (word: string, known: readonly string[]) => string | undefined;

/** Comparing costs most where there is most to compare: whoever has more mistakes than this needs no suggestion for each. */
const mostSuggestions = 100;
/** Steps of `distance` that all suggestions for one input may take together: a few hundredths of a second. */
const mostSteps = 3_000_000;
/** No word that anybody meant is longer. */
const longestWord = 100;

/** The known word that `word` was probably meant to be: one of which it is a misspelling, or the only one of which it is a part. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return suggestions()(word, known);
}

/** The same for the problems of one input: for the first of them, as long as that takes no time worth speaking of. */
export function suggestions(): Suggest {
  const lists = new Map<readonly string[], Known[]>();
  let left = mostSuggestions;
  let steps = mostSteps;
  return (word, known) => {
    if (left === 0 || word.length > longestWord) return undefined;
    left--;
    let words = lists.get(known);
    if (!words) {
      words = known.map((one) => ({ one, letters: plain(one) }));
      lists.set(known, words);
    }
    const letters = plain(word);
    const alike = words.find((other) => other.letters === letters);
    if (alike) return alike.one;

    const far = Math.max(1, Math.floor(word.length / 3));
    const near = words.filter((other) => Math.abs(other.letters.length - letters.length) <= far);
    steps -= near.reduce((sum, other) => sum + other.letters.length * letters.length, words.length);
    if (steps < 0) return undefined;
    let best: Known | undefined;
    let least = far + 1;
    for (const other of near) {
      const away = distance(letters, other.letters);
      if (away >= least) continue;
      best = other;
      least = away;
    }
    if (best) return best.one;
    const [only, ...others] = words.filter((other) => isPart(letters, other.letters));
    return others.length === 0 ? only?.one : undefined;
  };
}

/** The end of a message that says which known word was probably meant: nothing where none was. */
export function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

interface Known {
  one: string;
  letters: string;
}

/** Steps (insert, delete, replace, swap neighbours) from one word to another. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let steps = Math.min(row[j]! + 1, next[j - 1]! + 1, replace);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) steps = Math.min(steps, before[j - 2]! + 1);
      next.push(steps);
    }
    before = row;
    row = next;
  }
  return row[to.length]!;
}

/** Whether one of them is a telling part of the other. */
function isPart(one: string, other: string): boolean {
  const [part, whole] = one.length < other.length ? [one, other] : [other, one];
  // Anything may hold two letters, but not in its beginning or end.
  return part.length > 2 ? whole.includes(part) : part.length === 2 && whole.endsWith(part);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
