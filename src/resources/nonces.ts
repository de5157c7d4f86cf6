/** Stands for the nonce of a POST of ours that an attempt sent which left no word. */
export const lost = 'lost';
/** Stands for the nonces of what an earlier run may have sent. */
export const earlierRun = 'of an earlier run';

/** The nonces that a resource can carry. */
export function knownNonces(nonces: Iterable<string>): string[] {
  return [...nonces].filter((nonce) => nonce !== lost && nonce !== earlierRun);
}
