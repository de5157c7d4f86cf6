/** How many are asked about at once. */
const atOnce = 20;

/** Asks about each of many, a few at once: all of them together would look like a flood. Returns the answers in their order. */
export async function* inTurns<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): AsyncGenerator<[Item, Answer]> {
  for (let next = 0; next < items.length; next += atOnce) {
    const some = items.slice(next, next + atOnce);
    const answers = await Promise.all(some.map(ask));
    for (const [index, item] of some.entries()) yield [item, answers[index] as Answer];
  }
}
