/** Lets looks at AEP begin one after the other, at a steady pace. */
export interface Pace {
  /** Takes the next free moment, and answers in how many milliseconds that is. */
  takeTurn(): number;
  /** AEP asked for a rest: nobody begins for so many milliseconds. */
  rest(ms: number): void;
}

/**
 * One per worker. Ten thousand watchers that start together, or that AEP has kept waiting for a day, must not ask all
 * at once; a single one need not wait.
 */
export function createPace(perSecond: number, clock: () => number = Date.now): Pace {
  let free = 0;
  return {
    takeTurn() {
      const now = clock();
      const turn = Math.max(now, free);
      free = turn + 1000 / perSecond;
      return turn - now;
    },
    rest(ms) {
      free = Math.max(free, clock() + ms);
    },
  };
}
