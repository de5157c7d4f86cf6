/**
 * Waits until all have ended, well or badly.
 * @param stop is called when the first has failed: the others need not go on.
 * @throws what failed first.
 */
export function allEnded<Value>(promises: Promise<Value>[], stop: () => void): Promise<Value[]> {
  // One for each, and one for all: of every promise in a workflow the SDK takes a stack trace.
  return new Promise((resolve, reject) => {
    const values: Value[] = [];
    let failed: { error: unknown } | undefined;
    let left = promises.length;
    const end = () => {
      if (left > 0) return;
      if (failed) reject(failed.error as Error);
      else resolve(values);
    };
    const ended = () => {
      left -= 1;
      end();
    };
    for (const [index, promise] of promises.entries())
      promise.then(
        (value) => {
          values[index] = value;
          ended();
        },
        (error: unknown) => {
          if (!failed) stop();
          failed ??= { error };
          ended();
        },
      );
    end();
  });
}
