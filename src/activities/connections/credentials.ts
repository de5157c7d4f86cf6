import { createHmac } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { canonicalJson } from '../../definition/canonical-json.ts';
import { connectionId, type Auth } from '../../definition/connection.ts';
import { tellProblems, type Problem } from '../../definition/problems.ts';
import type { FailureType } from '../../failure-types.ts';
import { NoSecret, type SecretSources } from './secret-sources.ts';

/** What a worker needs to make base connections. */
export interface ConnectionSecrets {
  sources: SecretSources;
  /** The key of the digests by which changed credentials are noticed. */
  digestKey: string;
}

/** The base connection whose credentials are meant, and the field of whoever asks in which they stand. */
export interface AuthRequest {
  sandbox: string;
  name: string;
  connectionSpecId: string;
  auth: Auth;
  /** Such as `source.connection.auth`. */
  field: string;
}

/** Credentials as AEP takes them. They leave the worker with the request that sends them, and in no other way. */
export interface Credentials {
  auth: { specName: string; params: Record<string, unknown> };
  /** To be taken out of whatever AEP answers. */
  secrets: string[];
  /** 32 hexadecimal digits that tell nothing to whoever has not the key. */
  digest: string;
}

/** Credentials, or why they cannot be had. */
export type CredentialsOrProblems =
  | { credentials: Credentials; problems?: never }
  | { credentials?: never; problems: Problem[] };

const noKey =
  'needs AEP_CONNECTION_DIGEST_KEY in the environment of every worker: by that key a changed secret is noticed';

/** Reads the secrets that a base connection's credentials refer to, all of them or none. */
export async function readCredentials(
  { sandbox, name, connectionSpecId, auth, field }: AuthRequest,
  worker: ConnectionSecrets | undefined,
): Promise<CredentialsOrProblems> {
  if (!worker) return { problems: [{ field, message: noKey }] };
  const problems: Problem[] = [];
  const secrets: string[] = [];
  const params = new Map<string, unknown>();
  for (const [key, value] of Object.entries(auth.params)) {
    if (typeof value !== 'object') {
      params.set(key, value);
      continue;
    }
    try {
      // One after the other, so that problems come in the order of the params.
      // oxlint-disable-next-line no-await-in-loop
      const secret = await readSecret(value.secret, worker.sources);
      secrets.push(secret);
      params.set(key, secret);
    } catch (error) {
      if (!(error instanceof NoSecret)) throw error;
      problems.push({ field: `${field}.params.${key}.secret`, message: error.message });
    }
  }
  if (problems.length > 0) return { problems };
  const known = { specName: auth.type, params: Object.fromEntries(params) };
  const meant = { connection: connectionId({ sandbox, name }), connectionSpecId, ...known };
  const digest = createHmac('sha256', worker.digestKey).update(canonicalJson(meant)).digest('hex');
  return { credentials: { auth: known, secrets, digest: digest.slice(0, 32) } };
}

/**
 * The same for a call that needs them.
 * @throws ApplicationFailure `InvalidDefinition` with every secret that this worker cannot read.
 */
export async function credentialsFor(
  request: AuthRequest,
  worker: ConnectionSecrets | undefined,
): Promise<Credentials> {
  const { credentials, problems } = await readCredentials(request, worker);
  if (credentials) return credentials;
  throw ApplicationFailure.create({
    type: 'InvalidDefinition' satisfies FailureType,
    message: tellProblems(problems),
    details: [{ problems, problemCount: problems.length }],
    nonRetryable: true,
  });
}

function readSecret(reference: string, sources: SecretSources): Promise<string> {
  const colon = reference.indexOf(':');
  const scheme = reference.slice(0, colon);
  return sources[scheme as keyof SecretSources].read(reference.slice(colon + 1));
}
