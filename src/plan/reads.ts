import type { AskedOfSpec, Judged } from '../definition/connection-spec.ts';
import type { Replacing } from '../resources/outcome.ts';
import type { Auth } from '../definition/connection.ts';
import type { KnownReceivers } from '../definition/known-receivers.ts';
import type { Watch } from '../definition/watch.ts';
import type { Problem } from '../definition/problems.ts';
import type { FlowSettings } from '../resources/flow.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';
import type { AskedOfSource } from '../explore/asked-of-source.ts';
import type { SourceAnswer } from '../explore/source-answer.ts';
import type { Part, PartAnswer } from '../xdm/judge.ts';

/** The flow spec's id, and what it does not allow. Null where AEP has no flow spec of that name. */
export type FlowSpecAnswer = { id: string; version: string; problems: Problem[] } | null;

/** A base connection, as far as a source connection depends on it. Null where there is none. */
export type BaseConnection = { state?: string; connectionSpecId?: string } | null;

/** A base connection that is named, with the credentials that it is to have where it is ours. */
export interface ConnectionAsked {
  sandbox: string;
  name: string;
  /** Of the connector that it is to be a base connection of. */
  connectionSpecId: string;
  auth?: Auth | undefined;
  /** The field in which `auth` stands, such as `source.connection.auth`. */
  field: string;
}

/** The same where nothing but its name is known. */
export type ConnectionNamed = Pick<ConnectionAsked, 'sandbox' | 'name'> & {
  connectionSpecId?: never;
  auth?: never;
};

/** A base connection of a name. */
export interface ConnectionFound extends NonNullable<BaseConnection> {
  id: string;
  authType?: string;
  /** Epoch milliseconds. */
  createdAt?: number;
  /** We made it, under this name. */
  isOurs: boolean;
  /** The credentials that are asked for are those that AEP was given last, and its test of them has passed. */
  hasCredentials: boolean;
}

/** The base connections that AEP has of a name. */
export interface ConnectionsFound {
  /** The first few. */
  found: ConnectionFound[];
  /** The names of the connector's base connections, or of all, where none has this one: the first hundred of them. */
  names: string[];
  /** Why the credentials cannot be had. */
  problems: Problem[];
}

/** What is wrong with a row of a mapping, in AEP's words. */
export interface RowRefused {
  index: number;
  why: string;
}

/** What executions under a dataflow's id noted, for who only wants to know what there is. */
export interface Notes {
  /** What earlier runs noted as made or adopted, newest first; and the flows of the dataflow that are watched. */
  ids: ResourceIds[];
  /** How those are watched, by their ids. */
  watching?: Record<string, Watch>;
  /** The flow that the newest of them left, or that is watched. */
  flowLeft?: string;
  /** The base connection that the newest of them left, where they are about one. */
  baseConnection?: string;
  /** What the newest update that began to replace a flow noted of it. */
  replacing?: Replacing;
}

/** What is asked about the mapping of one definition. */
export interface MappingReads {
  /** What a class, a field group or a schema says of these destinations; `nearestTo`: which of them to correct. */
  part(part: Part, paths: string[], nearestTo?: string[]): Promise<PartAnswer>;
  /** The same of the schema of a title. */
  schemaOfTitle(title: string, paths: string[]): Promise<PartAnswer>;
  /** What Data Prep has against a mapping set that would be created so. */
  validate(body: JsonObject): Promise<RowRefused[]>;
}

/** When a key pair ends, and in how long: milliseconds, negative once it has. Without both AEP does not tell. Null where it is not there. */
export type KeyAnswer = { endsAt?: number; leftMs?: number } | null;

/** The types of the descriptors that a schema has, such as `xdm:descriptorPrimaryKey`. Null where it is not there. */
export type DescriptorsAnswer = { types: string[]; isTimeSeries: boolean } | null;

/** What is asked about sources that have to do with it. */
export interface SourceReads {
  /** What AEP's description of the connector has against a source. Null where there is no such connection spec. */
  connectionSpec(id: string, asked: AskedOfSpec): Promise<Judged | null>;
  encryptionKey(publicKeyId: string): Promise<KeyAnswer>;
  descriptors(schemaId: string): Promise<DescriptorsAnswer>;
}

/** What is asked about everything that one definition takes for granted. */
export interface FactReads extends MappingReads, SourceReads {
  /** @param settings what of the flow the flow spec has a say in. */
  flowSpec(name: string, settings: FlowSettings): Promise<FlowSpecAnswer>;
  baseConnection(id: string): Promise<BaseConnection>;
  connectionsNamed(asked: ConnectionAsked): Promise<ConnectionsFound>;
  given(kind: Kind, id: string): Promise<Observed | null>;
  /** Whom workers know, at least of the kinds that the watch names. */
  receivers(watch: Watch): Promise<KnownReceivers>;
}

/**
 * Everything that a plan is made from. In a workflow each is an activity of its own; over a snapshot of a sandbox few of
 * them are calls at all.
 */
export interface PlanReads extends FactReads {
  notes(): Promise<Notes>;
  /**
   * What the source has. Undefined where it is not asked: of many dataflows each would cost a call.
   * @param isNeeded whether nothing can be planned without it.
   */
  source(asked: AskedOfSource, isNeeded: boolean): Promise<SourceAnswer | undefined>;
  /** What AEP has of one kind that may be the dataflow's. */
  look(kind: Kind, knownIds: string[]): Promise<Observed[]>;
  /** One resource by its id; of a mapping set, one of its versions. */
  read(kind: Kind, id: string, version?: number): Promise<Observed | null>;
  /** Whether a dataset holds rows. Undefined where that could not be read: a warning is not worth a long wait. */
  rows(datasetId: string): Promise<boolean | undefined>;
}
