/** A bucket of calls that refills in real time: one second's worth at most. */
export class RateLimit {
  #left = Infinity;
  #at = performance.now();

  /** Whether one more call is within this many per second. */
  take(perSecond: number): boolean {
    const now = performance.now();
    this.#left = Math.min(Math.max(1, perSecond), this.#left + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
