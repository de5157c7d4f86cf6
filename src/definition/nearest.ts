/** Steps (insert, delete, replace, swap neighbours) from one word to another. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let steps = Math.min(row[j]! + 1, next[j - 1]! + 1, replace);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) steps = Math.min(steps, before[j - 2]! + 1);
      next.push(steps);
    }
    before = row;
    row = next;
  }
  return row[to.length]!;
}

/** The known word that `word` was probably meant to be: one of which it is a misspelling, or the only one of which it is a part. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const ranked = known
    .map((one) => ({ one, steps: distance(plain(word), plain(one)) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  if (best && best.steps <= Math.max(1, Math.floor(word.length / 3))) return best.one;
  const [only, ...others] = known.filter((one) => isPart(plain(word), plain(one)));
  return others.length === 0 ? only : undefined;
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
