import type { Child } from './child.ts';

/**
 * A worker that is ready again must live for this long, or starting it once more would not help. Who tries out what becomes of a
 * killed worker kills more than one. Milliseconds.
 */
const atOnceMs = 5_000;

/**
 * Starts a worker again whenever it ends, and says so, until `parts` are disposed of.
 * @throws when one that was started again ends at once.
 */
export async function keepWorker(
  parts: AsyncDisposableStack,
  first: Child,
  startAgain: () => Promise<Child>,
  say: (text: string) => void,
): Promise<never> {
  let how = await first.ended;
  while (!parts.disposed) {
    say(`The worker ${how}. Starting it again …`);
    const worker = await startAgain();
    const readyAt = performance.now();
    say(`The worker is process ${worker.pid} now.`);
    how = await worker.ended;
    if (performance.now() - readyAt < atOnceMs)
      throw new Error(`The worker ${how}, right after it was started again.\n${worker.lastOutput()}`);
  }
  throw new Error('The worker was told to end.');
}
