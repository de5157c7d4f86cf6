/** How long what was loaded is taken for what is. Milliseconds. */
export interface Keeping {
  /** It is answered as it is. */
  freshMs: number;
  /** It is answered while it is loaded anew. After that whoever asks waits. Default: not at all. */
  goodMs?: number;
}

/** Something that is loaded once for all who ask for it at the same time, and kept for a while. */
export class Shared<Value> {
  readonly #load: () => Promise<Value>;
  readonly #freshMs: number;
  readonly #goodMs: number;
  #last: { value: Value; at: number } | undefined;
  #loading: Promise<Value> | undefined;
  /** When somebody asked last. Epoch milliseconds. */
  askedAt = 0;

  constructor(load: () => Promise<Value>, { freshMs, goodMs = freshMs }: Keeping) {
    this.#load = load;
    this.#freshMs = freshMs;
    this.#goodMs = goodMs;
  }

  /** @throws what loading throws, unless what is known is still good */
  async get(): Promise<Value> {
    this.askedAt = Date.now();
    const age = this.#last ? this.askedAt - this.#last.at : Infinity;
    if (age < this.#freshMs) return this.#last!.value;
    const loading = this.#loadOnce();
    if (age >= this.#goodMs) return loading;
    // It is told to the next who asks after what is known has gone bad.
    loading.catch(() => undefined);
    return this.#last!.value;
  }

  /** It is known to be otherwise now. */
  forget(): void {
    this.#last = undefined;
    this.#loading = undefined;
  }

  #loadOnce(): Promise<Value> {
    if (this.#loading) return this.#loading;
    const loading = this.#load();
    this.#loading = loading;
    const isLatest = () => this.#loading === loading;
    loading.then(
      (value) => {
        if (isLatest()) {
          this.#last = { value, at: Date.now() };
          this.#loading = undefined;
        }
      },
      () => {
        if (isLatest()) this.#loading = undefined;
      },
    );
    return loading;
  }
}

const keptMs = 60_000;

/** The same by name, of what somebody has asked for in the last minute. */
export class SharedByName<Value> {
  readonly #byName = new Map<string, Shared<Value>>();
  readonly #load: (name: string) => Promise<Value>;
  readonly #keeping: Keeping;

  constructor(load: (name: string) => Promise<Value>, keeping: Keeping) {
    this.#load = load;
    this.#keeping = keeping;
  }

  get(name: string): Promise<Value> {
    let shared = this.#byName.get(name);
    if (!shared) {
      for (const [other, { askedAt }] of this.#byName)
        if (askedAt < Date.now() - keptMs) this.#byName.delete(other);
      shared = new Shared(() => this.#load(name), this.#keeping);
      this.#byName.set(name, shared);
    }
    return shared.get();
  }

  forget(name: string): void {
    this.#byName.get(name)?.forget();
  }
}
