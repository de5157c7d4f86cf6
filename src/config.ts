import { z } from 'zod';

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
  /** Milliseconds between two looks of a watcher for new runs. */
  watchIntervalMs: number;
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
    AEP_WORKER_BUILD_ID: z.string().trim().min(1, 'is empty').optional(),
  })
  .transform((env): WorkerConfig => ({
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
    buildId: env.AEP_WORKER_BUILD_ID,
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
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = environment.safeParse(set);
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
  throw new InvalidEnvironmentError(`The environment of the worker is not complete:\n${problems.join('\n')}`);
}
