/**
 * Waits until all have ended, well or badly.
 * @param stop is called when the first has failed: the others need not go on.
 * @throws what failed first.
 */
export async function allEnded<Value>(promises: Promise<Value>[], stop: () => void): Promise<Value[]> {
  let failed: { error: unknown } | undefined;
  const noted = promises.map((promise) =>
    promise.catch((error: unknown) => {
      if (!failed) stop();
      failed ??= { error };
      throw error;
    }),
  );
  const ended = await Promise.allSettled(noted);
  if (failed) throw (failed as { error: unknown }).error;
  return ended.map((one) => (one as PromiseFulfilledResult<Value>).value);
}
