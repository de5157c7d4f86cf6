import type { Auth, ExistingConnection } from '../../definition/connection.ts';
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

/** What `describeConnection` is started with, under any id. */
export interface DescribeConnectionInput {
  sandbox: string;
  /** AEP's id of it, or its name. */
  connection: ExistingConnection;
  /** Whether AEP is to test its credentials, too. No unless given. */
  test?: boolean | undefined;
}

/** What `describeConnection` returns. */
export interface DescribeConnectionResult {
  id: string;
  name: string;
  /** What it connects to, as a definition names it. */
  source: { connector: string } | { connectionSpec: { id: string } };
  /** In AEP's words: `enabled`, `initializing`. */
  state?: string;
  /** The authentication type, as AEP writes it. */
  authType?: string;
  /** Epoch milliseconds. */
  createdAt?: number;
  /** It was made from a definition or by `ensureConnection`, which change and delete no other. */
  isOurs: boolean;
  /** Present where a test was asked for: one that fails ends as `Rejected`. */
  test?: 'passed';
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
  /** Ids of those of this name that others have made: they stay. */
  left?: string[];
  /** Said where there was nothing to delete, or others of this name stay. */
  note?: string;
}
