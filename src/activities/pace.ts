/**
 * Lets looks at AEP begin one after the other: takes the next free moment, and answers in how many milliseconds that is.
 * One per worker. Ten thousand watchers that start together, or that AEP has kept waiting for a day, must not ask all
 * at once; a single one need not wait.
 */
export function createPace(perSecond: number, clock: () => number = Date.now): () => number {
  let free = 0;
  return () => {
    const now = clock();
    const turn = Math.max(now, free);
    free = turn + 1000 / perSecond;
    return turn - now;
  };
}
