import type { Auth } from '../../definition/connection.ts';
import type { ConnectorName } from '../../definition/connectors.ts';

/** What `ensureConnection` is started with, under the id `connection:<sandbox>:<name>`. */
export interface EnsureConnectionInput {
  sandbox: string;
  /** The base connection's name in AEP. */
  name: string;
  /** What it connects to. Or `connectionSpec`. */
  connector?: ConnectorName | undefined;
  /** Instead of `connector`: the connection spec itself, of version "1.0" unless given. */
  connectionSpec?: { id: string; version?: string | undefined } | undefined;
  /** The authentication type and its params, secrets as references. */
  auth: Auth;
  /** Of a base connection that is made. */
  description?: string | undefined;
  /** After how long passing trouble ends it, such as "2h". Never unless given. */
  giveUpAfter?: string | undefined;
}

/** What `ensureConnection` returns. */
export interface EnsureConnectionResult {
  id: string;
  /** `updated`: AEP was given other credentials. `kept`: it had these. In each case its test has passed. */
  outcome: 'made' | 'updated' | 'kept';
}

/** What `deleteConnection` is started with, under the id `connection:<sandbox>:<name>`. */
export interface DeleteConnectionInput {
  sandbox: string;
  /** The base connection's name in AEP. */
  name: string;
}

/** What `deleteConnection` returns. */
export interface DeleteConnectionResult {
  /** Ids. */
  deleted: string[];
  /** Said where there was nothing to delete. */
  note?: string;
}
