import { z } from 'zod';
import { readWebhooks, type Webhook } from './webhook-config.ts';

/** What the worker is told by its environment. AEP only: Temporal's own settings are read by `@temporalio/envconfig`. */
export interface WorkerConfig {
  clientId: string;
  clientSecret: string;
  orgId: string;
  /** Comma-separated, as IMS takes them. */
  scopes: string;
  apiUrl: string;
  imsUrl: string;
  /** Milliseconds for one call to AEP in all, its token included. */
  httpTimeoutMs: number;
  /** Milliseconds after which a request that we gave up can no longer take effect in AEP. */
  lateCommitMs: number;
  /** Milliseconds for which AEP's lists may not yet show what exists. */
  listLagMs: number;
  /** Milliseconds between two looks of a sandbox's follower for runs that have ended. */
  watchIntervalMs: number;
  /** Looks of their own that the watchers on this worker begin in a second, at most. */
  watchLooksPerSecond: number;
  /** By the names that definitions use for them. */
  webhooks: Record<string, Webhook>;
  /** Where the Temporal UI is, for links in messages. No slash at the end. */
  temporalUiUrl?: string | undefined;
  /** Set: the worker takes part in Temporal's worker versioning under this build id. */
  buildId?: string | undefined;
}

const required = z.string({ error: 'is not set' }).trim().min(1, 'is empty');
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));
const milliseconds = (otherwise: number) =>
  z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .positive('must be more than 0')
    .default(otherwise);

const environment = z
  .object({
    AEP_CLIENT_ID: required,
    AEP_CLIENT_SECRET: required,
    AEP_ORG_ID: required,
    AEP_SCOPES: z
      .string()
      .default('openid,AdobeID,read_organizations,additional_info.projectedProductContext,session'),
    AEP_API_URL: url.default('https://platform.adobe.io'),
    AEP_IMS_URL: url.default('https://ims-na1.adobelogin.com'),
    AEP_HTTP_TIMEOUT: milliseconds(8_000),
    AEP_LATE_COMMIT: milliseconds(10_000),
    AEP_LIST_LAG: milliseconds(10_000),
    AEP_WATCH_INTERVAL: milliseconds(60_000),
    AEP_WATCH_LOOKS_PER_SECOND: z.coerce
      .number({ error: 'must be a number' })
      .positive('must be more than 0')
      .default(10),
    AEP_TEMPORAL_UI_URL: url.optional(),
    AEP_WORKER_BUILD_ID: z.string().trim().min(1, 'is empty').optional(),
  })
  .transform((env): Omit<WorkerConfig, 'webhooks'> => ({
    clientId: env.AEP_CLIENT_ID,
    clientSecret: env.AEP_CLIENT_SECRET,
    orgId: env.AEP_ORG_ID,
    scopes: env.AEP_SCOPES,
    apiUrl: env.AEP_API_URL,
    imsUrl: env.AEP_IMS_URL,
    httpTimeoutMs: env.AEP_HTTP_TIMEOUT,
    lateCommitMs: env.AEP_LATE_COMMIT,
    listLagMs: env.AEP_LIST_LAG,
    watchIntervalMs: env.AEP_WATCH_INTERVAL,
    watchLooksPerSecond: env.AEP_WATCH_LOOKS_PER_SECOND,
    temporalUiUrl: env.AEP_TEMPORAL_UI_URL,
    buildId: env.AEP_WORKER_BUILD_ID,
  }));

/** What the listener for push messages is told by its environment. */
export interface ListenerConfig {
  /** The client id of the Adobe project that subscribed to the events. */
  clientId: string;
  host: string;
  /** 0: a free one. */
  port: number;
  /** Where Adobe keeps the keys that its signatures are checked with. */
  keysUrl: string;
}

const listenerEnvironment = z
  .object({
    AEP_CLIENT_ID: required,
    AEP_LISTENER_HOST: z.string().trim().min(1, 'is empty').default('127.0.0.1'),
    AEP_LISTENER_PORT: z.coerce
      .number({ error: 'must be a port' })
      .int('must be a port')
      .min(0, 'must be a port')
      .max(65_535, 'must be a port')
      .default(8400),
    AEP_EVENTS_KEYS_URL: url.default('https://static.adobeioevents.com'),
  })
  .transform((env): ListenerConfig => ({
    clientId: env.AEP_CLIENT_ID,
    host: env.AEP_LISTENER_HOST,
    port: env.AEP_LISTENER_PORT,
    keysUrl: env.AEP_EVENTS_KEYS_URL,
  }));

/** The environment cannot be used. The message names every variable and what is wrong with it, never its value. */
export class InvalidEnvironmentError extends Error {
  override name = 'InvalidEnvironmentError' as const;
}

/**
 * Reads the worker's settings.
 * @throws InvalidEnvironmentError with every problem at once.
 */
export function readConfig(env: Record<string, string | undefined>): WorkerConfig {
  const set = withoutEmpty(env);
  const read = environment.safeParse(set);
  const { webhooks, problems } = readWebhooks(set);
  if (read.success && problems.length === 0) return { ...read.data, webhooks };
  throw incomplete('worker', [...problemsOf(read.error), ...problems]);
}

/**
 * Reads the listener's settings.
 * @throws InvalidEnvironmentError with every problem at once.
 */
export function readListenerConfig(env: Record<string, string | undefined>): ListenerConfig {
  const read = listenerEnvironment.safeParse(withoutEmpty(env));
  if (read.success) return read.data;
  throw incomplete('listener', problemsOf(read.error));
}

function withoutEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function problemsOf(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

function incomplete(program: string, problems: string[]): InvalidEnvironmentError {
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  return new InvalidEnvironmentError(`The environment of the ${program} is not complete:\n${lines}`);
}
