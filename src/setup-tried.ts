/** One of our guesses about AEP, and what a sandbox made of it. */
export interface Measured {
  /** What is guessed, in a few words. */
  guess: string;
  /** What was seen: one sentence at most. */
  found: string;
  /** Whether what the settings allow, or what is built on it, holds there. */
  held: boolean;
  /** How long it took, where that is what was measured. Milliseconds. */
  ms?: number;
}

/** What a try of a sandbox has brought. */
export interface Tried {
  measured: Measured[];
  /** What a try could not take away again, by kind and id. */
  left: string[];
}

/** The bounds by which a worker guesses how slow AEP can be. Milliseconds. */
export interface Bounds {
  httpTimeoutMs: number;
  lateCommitMs: number;
  listLagMs: number;
}

/** How much longer than what one try has seen a bound should be. */
const margin = 3;

/** The environment variables of workers that follow from what was measured: only those that are too small by now. */
export function settingsThatFollow(
  measured: readonly Measured[],
  { httpTimeoutMs, lateCommitMs, listLagMs }: Bounds,
): Record<string, string> {
  const longest = (kind: RegExp) =>
    Math.max(0, ...measured.filter(({ guess }) => kind.test(guess)).map(({ ms = 0 }) => ms));
  const settings: Record<string, string> = {};
  const put = (name: string, ms: number, now: number) => {
    if (ms * margin > now) settings[name] = String(Math.ceil((ms * margin) / 1_000) * 1_000);
  };
  put('AEP_HTTP_TIMEOUT', longest(/^a create is answered/), httpTimeoutMs);
  put('AEP_LIST_LAG', longest(/^lists/), listLagMs);
  put('AEP_LATE_COMMIT', longest(/^what was made/), lateCommitMs);
  return settings;
}
