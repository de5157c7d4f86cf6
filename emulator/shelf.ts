/**
 * Everything of one kind in one sandbox. A lookup by id is exact at once; a list lags behind: it does
 * not yet show what was just made and still shows what was just deleted (AEP promises nothing here). So does what
 * other services know of it.
 */
import type { JsonObject } from './json.ts';
import type { Settings } from './options.ts';

type Entry = { value: JsonObject; madeAt: number; deletedAt?: number };

export class Shelf {
  readonly #entries = new Map<string, Entry>();
  readonly #deleted = new Map<string, Entry>();
  readonly #settings: Pick<Settings, 'referenceLagMs'>;

  constructor(settings: Pick<Settings, 'referenceLagMs'>) {
    this.#settings = settings;
  }

  get(id: string): JsonObject | undefined {
    return this.#entries.get(id)?.value;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** What a request that refers to it finds: nothing yet of what was made just now. Guess: its end is known at once. */
  referred(id: string): JsonObject | undefined {
    const entry = this.#entries.get(id);
    const isKnown = entry !== undefined && entry.madeAt <= performance.now() - this.#settings.referenceLagMs;
    return isKnown ? entry.value : undefined;
  }

  /** Stores a new resource, or replaces one. `settled` ones show in lists at once, whatever the lag. */
  put(id: string, value: JsonObject, settled = false): void {
    const known = this.#entries.get(id);
    this.#entries.set(id, { value, madeAt: known?.madeAt ?? (settled ? -Infinity : performance.now()) });
  }

  remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    this.#deleted.set(id, { ...entry, deletedAt: performance.now() });
    return true;
  }

  /** What there is, whatever lists show. */
  all(): JsonObject[] {
    return [...this.#entries.values()].map((entry) => entry.value);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What a list shows now. Guess: a change to a resource shows at once, only its making and its end lag. */
  listed(lagMs: number): JsonObject[] {
    const horizon = performance.now() - lagMs;
    const shown: Entry[] = [];
    for (const [id, entry] of this.#deleted) {
      if ((entry.deletedAt ?? 0) <= horizon) this.#deleted.delete(id);
      else if (entry.madeAt <= horizon) shown.push(entry);
    }
    for (const entry of this.#entries.values()) if (entry.madeAt <= horizon) shown.push(entry);
    return shown.map((entry) => entry.value);
  }
}
