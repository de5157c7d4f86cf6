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
  /** What was there before is in every one. */
  sandbox?: string | undefined;
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

  put(id: string, value: JsonObject, madeAt: number, sandbox?: string): string {
    this.#entries.push({ id, value: { ...value, id, $id: id }, madeAt, sandbox });
    return id;
  }

  /** @param sandbox where it is looked for; everywhere unless given. */
  get(id: string, sandbox?: string): JsonObject | undefined {
    const found = this.#entries.find((one) => one.id === id && one.deletedAt === undefined);
    return found && isIn(found, sandbox) ? found.value : undefined;
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
  all(sandbox?: string): JsonObject[] {
    return this.#entries
      .filter((one) => one.deletedAt === undefined && isIn(one, sandbox))
      .map(({ value }) => value);
  }

  /** What a list of a sandbox shows now, oldest first. */
  listed(sandbox: string): JsonObject[] {
    const certain = this.#clock.now() - this.#lists.listLagMs;
    const early = () => this.#lists.flickering && this.#clock.random() < 0.5;
    return this.#entries
      .filter(({ madeAt, deletedAt = Infinity }) => {
        const shown = madeAt <= certain || early();
        const gone = deletedAt <= certain || (deletedAt < Infinity && early());
        return shown && !gone;
      })
      .filter((one) => isIn(one, sandbox))
      .map(({ value }) => value);
  }
}

function isIn(entry: Entry, sandbox: string | undefined): boolean {
  return sandbox === undefined || entry.sandbox === undefined || entry.sandbox === sandbox;
}
