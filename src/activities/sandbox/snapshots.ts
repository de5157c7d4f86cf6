import type { Snapshot } from './snapshot.ts';

/** Nobody keeps a sandbox in mind that nobody asks for: so long after the last question it is forgotten. Milliseconds. */
const forgottenAfterMs = 60_000;

/** The snapshots that a worker has in mind: for one workflow, one of each sandbox. */
export class Snapshots {
  readonly #takeOne: (sandbox: string) => Snapshot;
  readonly #kept = new Map<string, { bySandbox: Map<string, Snapshot>; forget?: NodeJS.Timeout }>();

  constructor(takeOne: (sandbox: string) => Snapshot) {
    this.#takeOne = takeOne;
  }

  /** The snapshots of this name, for as long as nobody leaves them. */
  take(name: string): (sandbox: string) => Snapshot {
    const kept = this.#kept.get(name) ?? { bySandbox: new Map<string, Snapshot>() };
    this.#kept.set(name, kept);
    clearTimeout(kept.forget);
    return (sandbox) => {
      let one = kept.bySandbox.get(sandbox);
      if (!one) kept.bySandbox.set(sandbox, (one = this.#takeOne(sandbox)));
      return one;
    };
  }

  /** Whoever took them has done. They are forgotten at once, or unless they are taken again soon. */
  leave(name: string, { forGood }: { forGood: boolean }): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    clearTimeout(kept.forget);
    if (forGood) this.#kept.delete(name);
    else kept.forget = setTimeout(() => this.#kept.delete(name), forgottenAfterMs).unref();
  }
}
