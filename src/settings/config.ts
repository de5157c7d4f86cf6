import { z } from 'zod';
import { isOfChannels, readChannels, type Channels } from './channel-config.ts';
import { didYouMean, nearest } from '../definition/nearest.ts';
import { InvalidEnvironmentError } from './invalid-environment.ts';
import { temporalProblems } from './temporal-settings.ts';
import { readWebhooks, type Webhook } from './webhook-config.ts';

/** What the worker is told by its environment. AEP only: Temporal's own settings are read by `temporal-settings.ts`. */
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
  /** The variables that definitions may refer to for secrets; a `*` at the end stands for any rest. */
  secretVariables: readonly string[];
  /** Where the files are that definitions may refer to for secrets. */
  secretsDir: string;
  /** The key of the digests by which changed credentials of base connections are noticed. */
  connectionDigestKey?: string | undefined;
  /** By the names that definitions use for them. */
  webhooks: Record<string, Webhook>;
  channels: Channels;
  /** Where the Temporal UI is, for links in messages. No slash at the end. */
  temporalUiUrl?: string | undefined;
  /** Whether a workflow can be asked where it stands. */
  hasStacks?: boolean | undefined;
  /** Set: the worker takes part in Temporal's worker versioning under this build id. */
  buildId?: string | undefined;
}

const required = z.string({ error: 'is not set' }).trim().min(1, 'is empty');
/** What travels in a header. */
const id = required.regex(/^[!-~]+$/, 'must be one word of ASCII characters, without spaces and line breaks');
const clientId = id.describe('Client id of an OAuth server-to-server credential.');
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine(isBare, 'must be an address without user, password, query and fragment')
  .transform((text) => text.replace(/\/+$/, ''));
/** A day is longer than anything here can sensibly take, and within the range of every timer. Milliseconds. */
const longestMs = 86_400_000;
const milliseconds = (otherwise: number) =>
  wholeNumber('must be a whole number of milliseconds', 1, longestMs).default(otherwise);

/** Digits only: what JavaScript takes for a number besides (`0x10`, `1e3`, a space) was hardly meant. */
function wholeNumber(error: string, least: number, most: number) {
  return z
    .string()
    .regex(/^\d+$/, error)
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));
}

/** Whether an address can stand before a path. Credentials in it would be printed with it. */
function isBare(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '');
}

const environment = z
  .object({
    AEP_CLIENT_ID: clientId,
    AEP_CLIENT_SECRET: required.regex(/^\P{Cc}+$/u, 'must be one line').describe('Its secret.'),
    AEP_ORG_ID: id.describe('The organisation, `…@AdobeOrg`.'),
    AEP_SCOPES: z
      .string()
      .regex(/^[ -~]+$/, 'must be one line of ASCII characters')
      .default('openid,AdobeID,read_organizations,additional_info.projectedProductContext,session')
      .describe('Scopes of the token.'),
    AEP_API_URL: url
      .default('https://platform.adobe.io')
      .describe("Where AEP is; the emulator's address for a rehearsal."),
    AEP_IMS_URL: url.default('https://ims-na1.adobelogin.com').describe('Where tokens come from.'),
    AEP_HTTP_TIMEOUT: milliseconds(8_000).describe('Milliseconds for one call to AEP in all.'),
    AEP_LATE_COMMIT: milliseconds(10_000).describe(
      'Milliseconds after which a request that was given up can no longer take effect.',
    ),
    AEP_LIST_LAG: milliseconds(10_000).describe(
      "Milliseconds for which AEP's lists and services may not know what was just made.",
    ),
    AEP_WATCH_INTERVAL: milliseconds(60_000).describe(
      'Milliseconds between two looks for runs that have ended, and for sandboxes whose follower is missing.',
    ),
    AEP_WATCH_LOOKS_PER_SECOND: z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'must be a number such as 10 or 0.5')
      .transform(Number)
      .pipe(z.number().min(0.001, 'must be at least 0.001').max(10_000, 'must be at most 10000'))
      .default(10)
      .describe('How many looks at AEP for runs one worker begins in a second, at most.'),
    AEP_SECRET_VARIABLES: z
      .string()
      .default('')
      .transform(namesIn)
      .refine((names) => names.every((name) => /^(\w+\*?|\*)$/.test(name)), {
        message:
          'must be names of variables with a comma between them, such as SHOP_PASSWORD,CRM_*: a * stands for any rest',
      })
      .describe(
        'Variables that definitions may refer to for [secrets](../connections.md#secrets), with a comma between them; `CRM_*` stands for all that begin so. What begins with `AEP_` or `TEMPORAL_` is never among them.',
      ),
    AEP_SECRETS_DIR: z
      .string()
      .startsWith('/', 'must be a path that begins with a slash')
      .default('/run/secrets')
      .describe(
        'Directory of the files that definitions may refer to for [secrets](../connections.md#secrets).',
      ),
    AEP_CONNECTION_DIGEST_KEY: z
      .string()
      .min(16, 'must have at least 16 characters, such as those of: openssl rand -hex 32')
      .optional()
      .describe(
        'Key by which changed credentials are noticed: 16 characters or more, the same for all workers. Needed where definitions give credentials.',
      ),
    AEP_TEMPORAL_UI_URL: url.optional().describe('Where the Temporal UI is, for links in messages.'),
    AEP_WORKER_BUILD_ID: z
      .string()
      .trim()
      .min(1, 'is empty')
      .optional()
      .describe('Switches worker versioning on, under this build id.'),
    AEP_WORKFLOW_STACKS: z
      .enum(['on', 'off'], 'must be on or off')
      .default('off')
      .describe(
        'Whether `temporal workflow stack`, and the call stack in the Temporal UI, show where workflows on this worker stand: `on` or `off`. ' +
          'To note that takes a quarter more CPU in workflow code.',
      ),
  })
  .transform((env): Omit<WorkerConfig, 'webhooks' | 'channels'> => ({
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
    secretVariables: env.AEP_SECRET_VARIABLES,
    secretsDir: env.AEP_SECRETS_DIR,
    connectionDigestKey: env.AEP_CONNECTION_DIGEST_KEY,
    temporalUiUrl: env.AEP_TEMPORAL_UI_URL,
    buildId: env.AEP_WORKER_BUILD_ID,
    hasStacks: env.AEP_WORKFLOW_STACKS === 'on',
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
    AEP_CLIENT_ID: clientId,
    AEP_LISTENER_HOST: z
      .string()
      .trim()
      .min(1, 'is empty')
      .default('127.0.0.1')
      .describe('Interface to listen on.'),
    AEP_LISTENER_PORT: wholeNumber('must be a port', 0, 65_535)
      .default(8400)
      .describe('Port to listen on; 0 takes a free one.'),
    AEP_EVENTS_KEYS_URL: url
      .default('https://static.adobeioevents.com')
      .describe("Where the keys are by which Adobe's signatures are checked."),
  })
  .transform((env): ListenerConfig => ({
    clientId: env.AEP_CLIENT_ID,
    host: env.AEP_LISTENER_HOST,
    port: env.AEP_LISTENER_PORT,
    keysUrl: env.AEP_EVENTS_KEYS_URL,
  }));

/**
 * Reads the worker's settings.
 * @throws InvalidEnvironmentError with every problem at once.
 */
export function readConfig(env: Record<string, string | undefined>): WorkerConfig {
  const set = withoutEmpty(env);
  const read = environment.safeParse(set);
  const { webhooks, problems } = readWebhooks(set);
  const { channels, problems: ofChannels } = readChannels(set);
  const others = [...problems, ...ofChannels, ...mistyped(set), ...temporalProblems(env)];
  if (read.success && others.length === 0) return { ...read.data, webhooks, channels };
  throw new InvalidEnvironmentError('worker', [...problemsOf(read.error), ...others]);
}

/**
 * Reads the listener's settings.
 * @throws InvalidEnvironmentError with every problem at once.
 */
export function readListenerConfig(env: Record<string, string | undefined>): ListenerConfig {
  const set = withoutEmpty(env);
  const read = listenerEnvironment.safeParse(set);
  const others = [...mistyped(set), ...temporalProblems(env)];
  if (read.success && others.length === 0) return read.data;
  throw new InvalidEnvironmentError('listener', [...problemsOf(read.error), ...others]);
}

/** Every variable that worker and listener read, but for those of webhooks and channels, by who reads it. docs/reference/environment.md is made of it. */
export const variables = { worker: environment.in, listener: listenerEnvironment.in };

const known = [
  ...Object.keys(variables.worker.shape),
  ...Object.keys(variables.listener.shape),
  'AEP_SMTP_URL',
  'AEP_SMTP_FROM',
  'AEP_DATAFLOWS_CACHE',
];

/** How the variables of which one carries a name begin. */
const namedHeads = ['AEP_WEBHOOK', 'AEP_SLACK', 'AEP_TEAMS', 'AEP_EMAIL'];

function isNamed(variable: string): boolean {
  return variable.startsWith('AEP_WEBHOOK_') || isOfChannels(variable);
}

/**
 * Names that are one of ours but for a slip: what they say would be ignored without a word. Other software has names of
 * this beginning too, so one that is like nothing of ours, or like something that is set as well, is none of our business.
 */
function mistyped(env: Record<string, string | undefined>): string[] {
  return Object.keys(env)
    .filter((name) => /^AEP_/i.test(name) && !known.includes(name) && !isNamed(name))
    .flatMap((name) => {
      const [, head = '', rest = ''] = /^([^_]*_[^_]*)(.*)$/.exec(name) ?? [];
      const near = /^_.+_(URL|KEY|TO)$/i.test(rest) ? nearest(head, namedHeads) : undefined;
      const meant = near ? `${near}${rest}` : nearest(name, known);
      return meant === undefined || env[meant] !== undefined
        ? []
        : `${name} is not known${didYouMean(meant)}`;
    })
    .sort();
}

function withoutEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function problemsOf(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
