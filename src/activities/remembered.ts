/**
 * Remembers what was read, but only what is there and worth keeping: a user who has just mended something must not be told
 * otherwise.
 * @param mostKept so that a worker that lives for months keeps no more than it uses.
 */
export function remembered<Value>(
  ageMs: number,
  worthKeeping: (value: Value) => boolean = () => true,
  mostKept = 100,
) {
  const kept = new Map<string, { value: Value; until: number }>();
  return {
    known(key: string): Value | undefined {
      const one = kept.get(key);
      return one && Date.now() < one.until ? one.value : undefined;
    },
    async read(key: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
      const value = await ask();
      // What is read anew goes to the end: the first is the oldest.
      kept.delete(key);
      if (value && worthKeeping(value)) kept.set(key, { value, until: Date.now() + ageMs });
      if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
      return value;
    },
  };
}
