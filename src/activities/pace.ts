/**
 * Lets looks at AEP begin one after the other: takes the next free moment, and answers in how many milliseconds that is.
 * One per worker. Ten thousand watchers that start together, or that AEP has kept waiting for a day, must not ask all
 * at once; a single one need not wait.
 *
 * @param atOnce how many may begin together where none has begun for a while. Default: 1.
 */
export function createPace(
  perSecond: number,
  { atOnce = 1, clock = Date.now }: { atOnce?: number; clock?: () => number } = {},
): () => number {
  const apartMs = 1000 / perSecond;
  let free = 0;
  return () => {
    const now = clock();
    free = Math.max(now, free) + apartMs;
    return Math.max(0, free - atOnce * apartMs - now);
  };
}
