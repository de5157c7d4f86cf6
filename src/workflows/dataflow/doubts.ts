import type { Kind } from '../../resources/kinds.ts';
import type { Observed } from '../../resources/resource.ts';

/** A request of which nobody knows the outcome, until its nonce shows on a resource. */
interface Doubt {
  nonce: string;
  /** Epoch milliseconds. */
  since: number;
  /** What it made has had the time to show, and did not: only later than every bound can it still come. */
  isOver: boolean;
}

/** What requests of unknown outcome may still make. */
export class Doubts {
  readonly #doubts = new Map<Kind, Doubt[]>();

  /** @param isOver whether what it may have made must have shown by `since`. Epoch milliseconds. */
  add(kind: Kind, nonce: string, since: number, isOver = false): void {
    const known = this.#of(kind);
    if (known.some((one) => one.nonce === nonce)) return;
    this.#doubts.set(kind, [...known, { nonce, since, isOver }]);
  }

  /** What shows is in doubt no more. */
  seen(kind: Kind, found: readonly Observed[]): void {
    const nonces = new Set(found.map(({ mark }) => mark?.nonce));
    const open = this.#of(kind).filter(({ nonce }) => !nonces.has(nonce));
    this.#doubts.set(kind, open);
  }

  /** All of this kind has had the time to show. */
  over(kind: Kind): void {
    for (const doubt of this.#of(kind)) doubt.isOver = true;
  }

  /** All of this kind has been looked for, and what was one too many is gone or told. */
  accounted(kind: Kind): void {
    this.#doubts.delete(kind);
  }

  /** Whether a request for this kind may still make a resource that nobody has seen. */
  has(kind: Kind): boolean {
    return this.#of(kind).length > 0;
  }

  /** The nonces of what may show any moment: nothing more is sent until it did, or cannot any more. */
  open(kind: Kind): string[] {
    return this.#of(kind).flatMap(({ nonce, isOver }) => (isOver ? [] : nonce));
  }

  /** Kinds with a request whose resource has not been seen, and when the last of these requests was in doubt. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; last: number } {
    const kinds = [...this.#doubts.keys()].filter((kind) => this.has(kind));
    const since = kinds.flatMap((kind) => this.#of(kind).map((doubt) => doubt.since));
    return { kinds, last: Math.max(...since) };
  }

  #of(kind: Kind): Doubt[] {
    return this.#doubts.get(kind) ?? [];
  }
}
