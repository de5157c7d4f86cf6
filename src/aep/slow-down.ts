/** What AEP's "too many requests" to one call means for every call of this worker: a rest for all, instead of each finding out. */
export interface SlowDown {
  /** Milliseconds for which nothing should be sent. */
  restMs(): number;
  /** AEP said 429; with how long to wait, where it said so. */
  refused(retryAfterMs: number | undefined): void;
  /** AEP took a request. */
  taken(): void;
}

const firstRestMs = 1_000;
const longestRestMs = 60_000;

/** Where AEP does not say how long, the rests double from a second to a minute, until it takes a request again. */
export function createSlowDown(now: () => number = Date.now): SlowDown {
  let until = 0;
  let nextRestMs = firstRestMs;
  return {
    restMs: () => Math.max(0, until - now()),
    refused(retryAfterMs) {
      // Calls that were under way together are refused together: that is one refusal.
      if (until > now() && retryAfterMs === undefined) return;
      until = Math.max(until, now() + (retryAfterMs ?? nextRestMs));
      nextRestMs = Math.min(2 * nextRestMs, longestRestMs);
    },
    taken() {
      if (until <= now()) nextRestMs = firstRestMs;
    },
  };
}
