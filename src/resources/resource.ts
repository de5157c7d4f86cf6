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

/** One resource with all that AEP answers of it but its own records. What looks like a secret is hidden. */
export interface Whole extends Observed {
  answer: JsonObject;
}

/** The dataflow that a part of a definition is read back for. */
export interface ReadFor {
  name: string;
  /** Every part's description, where it has none of its own. */
  description: string | undefined;
}

/** What a flow's body says that neither the definition nor the other resources know. */
export interface FlowContext {
  flowSpec: { id: string; version: string };
}

/** One change in place, in the terms of `Observed`. */
export interface Edit {
  /** `name`, `description`, or a path into `fields` such as `scheduleParams.interval`. */
  field: string;
  from: unknown;
  /** Absent: the field is to go. */
  to: unknown;
}

/** One step of a JSON Patch, as AEP's services take it. */
export interface Operation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** What there is to know of one kind of resource: told here and nowhere else. One object per kind, pure. */
export interface Resource extends KindFacts {
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
  /**
   * Where `observed` is not what `body` asks for: empty means that it can be adopted. What it has beside that is a difference
   * where only a request of ours can have set it.
   */
  differences: (body: JsonObject, observed: Observed) => Difference[];
  /** What it has beside what `body` asks for that may be somebody else's, or AEP's: it stays, and is told. */
  besides?: (body: JsonObject, observed: Observed) => Difference[];
  /** The field of a definition that asks for a field of `Observed`, or for its name or description. */
  asked: (field: string, definition: Definition) => string;
  /** A value of such a field as the definition would write it. Absent: as AEP has it. */
  told?: (field: string, value: unknown, definition: Definition) => unknown;
  /**
   * Whether AEP can change this in place, under a flow that runs. Absent: nothing but names and descriptions.
   */
  canChange?: (difference: Difference, about: Compared) => boolean;
  /** Whether a difference asks for nothing any more, as time has gone over it. */
  isMoot?: (difference: Difference, about: Compared) => boolean;
  /**
   * `body` turned round: the part of a definition that asks for what AEP has. AEP may hold anything, so that some of it may
   * be nothing that a definition can say.
   */
  readBack: (whole: Whole, of: ReadFor) => JsonObject;
  /** AEP's answer without what AEP notes of a resource by itself, which nobody asks for. */
  withoutRecords: (answer: JsonObject) => JsonObject;
  /** The patch that carries out `edits` on what AEP answers now. Its mark stays. Absent where AEP takes none. */
  operations?: (edits: readonly Edit[], answer: JsonObject) => Operation[];
}

/** What was compared, and when: epoch milliseconds. */
export interface Compared {
  body: JsonObject;
  observed: Observed;
  now: number;
}

/** What sets one kind apart from the others. Orders of creating and deleting, and what people are told, follow from these. */
export interface KindFacts {
  /** What people call it: in the Temporal UI, in progress and in errors. */
  title: string;
  /** What its body refers to: it is made after these, as far as the definition needs them. */
  needs: readonly Kind[];
  /** Whether a definition asks for one. Absent: every definition does. */
  isNeeded?: (definition: Definition) => boolean;
  /** Where a definition can name an existing one, which is then used as it is and never changed or deleted. */
  given?: { field: string; id: (definition: Definition) => string | undefined };
  /** AEP keeps its title unique: a second create is refused and names the first. */
  hasUniqueTitle?: true;
  /** What else a user can do about one of the same name that is not the dataflow's. Absent: there can be two. */
  insteadOfSecond?: string;
  /** It may hold data or serve others: it stays when a dataflow is deleted, unless it is named. */
  staysOnDelete?: true;
  /** Why AEP cannot delete it. Absent: it can. */
  undeletable?: string;
  /** It keeps what it refers to in use: AEP deletes nothing that it refers to. */
  keepsInUse?: true;
  /** While there is no flow, one that is not what a corrected definition asks for makes room: nothing but the flow depends on it. */
  makesRoom?: true;
}

/** The id of a kind that must be there by now: what refers to it is made after it. */
export function idOf(ids: ResourceIds, kind: Kind): string {
  const id = ids[kind];
  if (id === undefined) throw new Error(`The id of the ${kind} is needed before it is known`);
  return id;
}
