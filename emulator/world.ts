/** The state of the whole emulator: sandboxes with what is in them, clock, tokens, faults, recordings. */
import { Clock } from './clock.ts';
import type { EncryptionKey } from './connectors/encryption-keys.ts';
import { connectorOf } from './data/connection-specs.ts';
import { findConnector } from './data/connectors.ts';
import type { Connector } from './data/connectors.ts';
import { FaultBook } from './faults.ts';
import { uuidOf } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Operation } from './flow-service/operations.ts';
import type { Settings } from './options.ts';
import type { Rows } from './rows/open.ts';
import { Recording } from './recording.ts';
import { RunBook } from './runs/run-book.ts';
import { Shelf } from './shelf.ts';
import { Tokens } from './tokens.ts';
import { UnknownFields } from './unknown-fields.ts';

export const kinds = [
  'connections',
  'sourceConnections',
  'targetConnections',
  'flows',
  'schemas',
  'classes',
  'fieldGroups',
  'descriptors',
  'dataSets',
  'mappingSets',
] as const;

export type Kind = (typeof kinds)[number];

/** Tenant id of the emulated organisation: schema ids begin with https://ns.adobe.com/emulator/. */
export const tenant = 'emulator';
export const anyOrg = 'EMULATOR@AdobeOrg';

export type Sandbox = {
  id: string;
  name: string;
  runs: RunBook;
  /** A connector that is documented, or that the settings add. */
  connectorOf: (specId: string) => Connector | undefined;
  /** The key pairs for encrypted files, by their public id. */
  encryptionKeys: Map<string, EncryptionKey>;
  /** Keys of others, by which signatures are verified. */
  customerKeys: Set<string>;
  /** Of flows, by their id. */
  operations: Map<string, Operation>;
  /** Each version of the mapping sets that have been replaced, by their id: the newest is on the shelf. */
  mappingSetVersions: Map<string, JsonObject[]>;
  /** The datasets of flows that were deleted: what they loaded stays. */
  filled: Map<string, string>;
} & Record<Kind, Shelf>;

export class World {
  readonly settings: Settings;
  /** A user's own tables and files, where there are any. */
  readonly rows: Rows | undefined;
  clock: Clock;
  readonly tokens = new Tokens();
  readonly faults = new FaultBook();
  readonly recording: Recording;
  readonly unknownFields = new UnknownFields();
  readonly sandboxes = new Map<string, Sandbox>();
  readonly #seed: (sandbox: Sandbox, world: World) => void;

  constructor(
    settings: Settings,
    startMs: number,
    seed: (sandbox: Sandbox, world: World) => void,
    rows?: Rows,
  ) {
    this.settings = settings;
    this.rows = rows;
    this.clock = new Clock(startMs, settings.clockSpeed);
    this.recording = new Recording(settings);
    this.#seed = seed;
    this.#fill();
  }

  /** Back to the first moment: only the seeds are there; nothing is recorded, planned or spoiled. The clock goes on, tokens stay good. */
  reset(): void {
    this.faults.clear();
    this.recording.clear();
    this.unknownFields.clear();
    this.#fill();
  }

  /** A connector that is documented, or that the settings add. */
  connectorOf(specId: string): Connector | undefined {
    const own = this.settings.connectionSpecs.find(({ id }) => id === specId);
    return findConnector(specId) ?? (own && connectorOf(own));
  }

  now(): number {
    return this.clock.now();
  }

  #fill(): void {
    this.sandboxes.clear();
    for (const name of this.settings.sandboxes) {
      const shelves = Object.fromEntries(kinds.map((kind) => [kind, new Shelf(this.settings)])) as Record<
        Kind,
        Shelf
      >;
      const sandbox: Sandbox = {
        id: uuidOf(`sandbox ${name}`),
        name,
        runs: new RunBook(this.settings, (flowId, asked) => readRows?.read(flowId, asked)),
        connectorOf: (specId) => this.connectorOf(specId),
        encryptionKeys: new Map(),
        customerKeys: new Set(),
        operations: new Map(),
        mappingSetVersions: new Map(),
        filled: new Map(),
        ...shelves,
      };
      const readRows = this.rows?.ofRuns(sandbox);
      this.sandboxes.set(name, sandbox);
      this.#seed(sandbox, this);
    }
  }
}

/** Who asked, as far as AEP stamps it on what it stores. */
export type Caller = { sandbox: Sandbox; client: string; org: string; requestId: string };

/** The fields that every Flow Service resource carries. */
export function stamps(caller: Caller, now: number): JsonObject {
  const user = `${caller.client}@techacct.adobe.com`;
  return {
    createdAt: now,
    updatedAt: now,
    createdBy: user,
    updatedBy: user,
    createdClient: caller.client,
    updatedClient: caller.client,
    sandboxId: caller.sandbox.id,
    sandboxName: caller.sandbox.name,
    imsOrgId: caller.org,
  };
}
