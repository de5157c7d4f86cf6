/**
 * A worker that died is known to be dead after this, at the latest. It leaves a worker whose thread stands still for more
 * than a second time to be heard: to take a living one for dead costs a read twice, or a doubt about a create. Milliseconds.
 */
export const heartbeatTimeoutMs = 1_800;
/** However slow the server is: longer than this nobody waits for a worker that has died. Milliseconds. */
export const longestHeartbeatTimeoutMs = 20_000;

/**
 * After which time without a word a worker is taken for dead, where the server takes so long (milliseconds) to hand a call
 * out and to take its answer in: a beat and an answer that follows it need as long as that, each.
 */
export function heartbeatTimeoutAt(serverMs: number): number {
  return Math.max(heartbeatTimeoutMs, Math.min(3 * serverMs, longestHeartbeatTimeoutMs));
}
