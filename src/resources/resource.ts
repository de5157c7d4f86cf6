import type { Definition } from '../definition/definition.ts';
import type { Difference } from './differences.ts';
import type { Kind, ResourceIds } from './kinds.ts';
import type { Mark } from './mark.ts';

/** A JSON object as AEP takes and answers it. */
export type JsonObject = Record<string, unknown>;

/** One resource as AEP shows it, cut down to what `decide` needs. */
export interface Observed {
  id: string;
  name?: string;
  mark?: Mark;
  /** Epoch milliseconds. */
  createdAt?: number;
  /** AEP's own fields, only those that a definition can ask for. */
  fields: JsonObject;
}

/** How one kind of resource is named, asked for and recognised. One object per kind, pure. */
export interface Resource {
  kind: Kind;
  /** The name (title, for the Schema Registry's kinds) it is created and looked up with. */
  name(definition: Definition): string;
  /** The body AEP wants, without the mark. `ids` holds what this kind refers to. */
  body(definition: Definition, ids: ResourceIds): JsonObject;
  /** The same body with the mark where this kind carries it. */
  marked(body: JsonObject, mark: Mark): JsonObject;
  /** AEP's answer for one object of this kind. */
  observe(answer: JsonObject): Observed;
  /** Where `observed` is not what `body` asks for: empty means that it can be adopted. */
  differences(body: JsonObject, observed: Observed): Difference[];
}
