const everyMs = 10_000;

/**
 * Says on standard error, every ten seconds, how far something is and when it will have ended if it goes on like that. Disposing
 * of it ends that.
 */
export function startProgress(what: string, total: number, done: () => number): Disposable {
  const beganAt = Date.now();
  const first = done();
  const timer = setInterval(() => {
    const now = done();
    const leftMs = ((Date.now() - beganAt) * (total - now)) / (now - first);
    const end = Number.isFinite(leftMs) ? `, all at about ${clock(Date.now() + leftMs)}` : '';
    console.error(`  ${what}: ${now} of ${total}${end}`);
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The time of day of a moment in epoch milliseconds, UTC. */
export function clock(moment: number): string {
  return new Date(moment).toISOString().slice(11, 19);
}
