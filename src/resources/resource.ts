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
  /** Without the mark. */
  description?: string;
  mark?: Mark;
  /** Epoch milliseconds. */
  createdAt?: number;
  /** AEP's own fields, only those that a definition can ask for. */
  fields: JsonObject;
}

/** What a flow's body says that neither the definition nor the other resources know. */
export interface FlowContext {
  flowSpec: { id: string; version: string };
}

/** How one kind of resource is named, asked for and recognised. One object per kind, pure. */
export interface Resource {
  kind: Kind;
  /** The name (title, for the Schema Registry's kinds) it is created and looked up with. */
  name: (definition: Definition) => string;
  /** The body AEP wants, without the mark. `ids` holds what this kind refers to; only a flow needs the context. */
  body: (definition: Definition, ids: ResourceIds, context?: FlowContext) => JsonObject;
  /** The same body with the mark where this kind carries it. */
  marked: (body: JsonObject, mark: Mark) => JsonObject;
  /** AEP's answer for one object of this kind. */
  observe: (answer: JsonObject) => Observed;
  /** The ids of what `observed` refers to, as far as they are kinds of ours. */
  refersTo: (observed: Observed) => ResourceIds;
  /** Where `observed` is not what `body` asks for: empty means that it can be adopted. */
  differences: (body: JsonObject, observed: Observed) => Difference[];
}

/** The id of a kind that must be there by now: what refers to it is made after it. */
export function idOf(ids: ResourceIds, kind: Kind): string {
  const id = ids[kind];
  if (id === undefined) throw new Error(`The id of the ${kind} is needed before it is known`);
  return id;
}
