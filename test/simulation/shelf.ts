import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import type { ShelfName } from './faults.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Where AEP keeps each kind. */
export const shelfOf: Record<Kind, ShelfName> = {
  adHocClass: 'classes',
  adHocSchema: 'schemas',
  schema: 'schemas',
  sourceConnection: 'sourceConnections',
  targetConnection: 'targetConnections',
  datasetBaseConnection: 'connections',
  dataset: 'dataSets',
  mappingSet: 'mappingSets',
  flow: 'flows',
};

interface Entry {
  id: string;
  value: JsonObject;
  madeAt: number;
  deletedAt?: number;
}

/** One collection of AEP's. Reads by id are exact, lists lag: they do not show yet what was made, and still what was deleted. */
export class Shelf {
  readonly #entries: Entry[] = [];
  readonly #clock: VirtualClock;
  readonly #lists: { listLagMs: number; flickering: boolean };

  constructor(clock: VirtualClock, lists: { listLagMs: number; flickering: boolean }) {
    this.#clock = clock;
    this.#lists = lists;
  }

  put(id: string, value: JsonObject, madeAt: number): string {
    this.#entries.push({ id, value: { ...value, id, $id: id }, madeAt });
    return id;
  }

  get(id: string): JsonObject | undefined {
    return this.#entries.find((one) => one.id === id && one.deletedAt === undefined)?.value;
  }

  /** Has another value in the place of what is there. */
  set(id: string, value: JsonObject): void {
    this.#entries.find((one) => one.id === id && one.deletedAt === undefined)!.value = value;
  }

  remove(id: string): boolean {
    const entry = this.#entries.find((one) => one.id === id && one.deletedAt === undefined);
    if (entry) entry.deletedAt = this.#clock.now();
    return entry !== undefined;
  }

  /** What is really there, oldest first. */
  all(): JsonObject[] {
    return this.#entries.filter((one) => one.deletedAt === undefined).map(({ value }) => value);
  }

  /** What a list shows now, oldest first. */
  listed(): JsonObject[] {
    const certain = this.#clock.now() - this.#lists.listLagMs;
    const early = () => this.#lists.flickering && this.#clock.random() < 0.5;
    return this.#entries
      .filter(({ madeAt, deletedAt = Infinity }) => {
        const shown = madeAt <= certain || early();
        const gone = deletedAt <= certain || (deletedAt < Infinity && early());
        return shown && !gone;
      })
      .map(({ value }) => value);
  }
}
