const ends: (() => unknown)[] = [];

/** Has something ended when the test file is over. Unlike `afterAll`, a test may call it too. */
export function atFileEnd(end: () => unknown): void {
  ends.push(end);
}

export async function endWhatFileStarted(): Promise<void> {
  await Promise.all(ends.splice(0).map((end) => end()));
}
