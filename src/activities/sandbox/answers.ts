/** Asks each question once, however many want to know, at whatever time. */
export class Answers {
  readonly #kept = new Map<string, Promise<unknown>>();
  readonly #isAnswer: (error: unknown) => boolean;

  /** @param isAnswer whether a failure is an answer too: after any other the question is asked again. */
  constructor(isAnswer: (error: unknown) => boolean) {
    this.#isAnswer = isAnswer;
  }

  of<Value>(question: string, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(question) as Promise<Value> | undefined;
    if (known) return known;
    const asked = ask();
    this.#kept.set(question, asked);
    asked.catch((error: unknown) => {
      if (!this.#isAnswer(error)) this.#kept.delete(question);
    });
    return asked;
  }
}
