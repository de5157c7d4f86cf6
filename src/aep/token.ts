import ky from 'ky';
import { z } from 'zod';
import { readAnswer, readBody } from './answer.ts';
import { classify } from './classify.ts';
import { startDeadline, waitWithin } from './deadline.ts';
import { AepError } from './errors.ts';
import type { Secrets } from './secrets.ts';

export interface TokenConfig {
  imsUrl: string;
  clientId: string;
  clientSecret: string;
  /** Comma-separated. */
  scopes: string;
  /** Milliseconds for one request of a token. */
  httpTimeoutMs: number;
}

/** The access token that all calls share. */
export interface Tokens {
  /** The current token, or a new one. `signal` ends the waiting, not the request, which others may wait for too. */
  get(signal: AbortSignal): Promise<string>;
  /** Another token than `refused`, which AEP did not accept. */
  replace(refused: string, signal: AbortSignal): Promise<string>;
}

interface Token {
  value: string;
  /** Epoch milliseconds from which on a new one is fetched while this one still serves. */
  renewAt: number;
  /** Epoch milliseconds from which on it is not used any more. */
  endsAt: number;
}

/** The characters that a token may have (RFC 6750): anything else could break out of the header. */
const answer = z.object({
  access_token: z.string().regex(/^[\w.~+/-]+=*$/),
  expires_in: z.number().positive(),
});
/** No token of this kind lives for eleven days, so a number above this must be milliseconds, as another IMS flow has it. */
const longestSeconds = 1_000_000;
/** After a renewal that failed while the old token still serves, milliseconds until the next. */
const renewalPause = 5_000;
const asked = { call: 'POST /ims/token/v3', of: 'tokens' } as const;

/** OAuth server-to-server: one token for everyone, renewed before it ends, with one request at a time. */
export function createTokens(config: TokenConfig, secrets: Secrets): Tokens {
  let current: Token | undefined;
  let renewal: Promise<Token> | undefined;
  let noRenewalBefore = 0;

  function renew(): Promise<Token> {
    if (renewal === undefined) {
      renewal = fetchToken(config, secrets)
        .then((token) => (current = token))
        .finally(() => (renewal = undefined));
      // Whoever waits hears of a failure. It must not end the process if they have all given up.
      renewal.catch(() => (noRenewalBefore = Date.now() + renewalPause));
    }
    return renewal;
  }

  async function get(signal: AbortSignal): Promise<string> {
    const now = Date.now();
    if (current !== undefined && now < current.endsAt) {
      if (now >= current.renewAt && now >= noRenewalBefore) void renew();
      return current.value;
    }
    try {
      return (await waitWithin(renew(), signal)).value;
    } catch (error) {
      if (error instanceof AepError) throw error;
      throw classify(asked, { kind: 'noAnswer', error, sent: true }, secrets.redact);
    }
  }

  return {
    get,
    replace(refused, signal) {
      if (current?.value === refused) current = undefined;
      return get(signal);
    },
  };
}

async function fetchToken(config: TokenConfig, { add, redact }: Secrets): Promise<Token> {
  const startedAt = Date.now();
  const deadline = startDeadline(config.httpTimeoutMs);
  try {
    const response = await ky.post(`${config.imsUrl}/ims/token/v3`, {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: config.clientId,
        client_secret: config.clientSecret,
        scope: config.scopes,
      }),
      headers: { accept: 'application/json' },
      signal: deadline.signal,
      redirect: 'manual',
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    });
    const { status, headers } = response;
    if (!response.ok) {
      const body = await readBody(response, deadline.signal).catch(() => undefined);
      throw classify(asked, { kind: 'refused', status, headers, body }, redact);
    }
    const read = readAnswer(await readBody(response, deadline.signal), answer);
    if (!read.success) {
      throw classify(
        asked,
        { kind: 'unreadable', status, headers, problem: 'no usable token in it' },
        redact,
      );
    }
    add(read.data.access_token);
    return toToken(read.data, startedAt);
  } catch (error) {
    if (error instanceof AepError) throw error;
    throw classify(asked, { kind: 'noAnswer', error, sent: true }, redact);
  } finally {
    deadline.end();
  }
}

function toToken({ access_token: value, expires_in }: z.infer<typeof answer>, startedAt: number): Token {
  const lifeMs = expires_in > longestSeconds ? expires_in : expires_in * 1000;
  return {
    value,
    renewAt: startedAt + lifeMs - Math.min(600_000, lifeMs / 5),
    endsAt: startedAt + lifeMs - Math.min(60_000, lifeMs / 10),
  };
}
