/** Milliseconds. */
const longestAtFirstMs = 30 * 60_000;

/**
 * How long to wait before an AEP that answers no create is asked again: twice as long each time up to half an hour, and
 * from then on up to a tenth of the time that was waited already, never shorter than before. So however many months that takes, its history stays
 * far below what Temporal allows.
 * @param beforeMs the pause before this one. @param waitedMs since the first request. Milliseconds.
 */
export function nextPauseMs(beforeMs: number, waitedMs: number): number {
  const longest = Math.max(beforeMs, longestAtFirstMs, Math.ceil(waitedMs / 10));
  return Math.min(2 * beforeMs, longest);
}
