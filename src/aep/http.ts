import ky from 'ky';
import type { z } from 'zod';
import { readAnswer, readBody } from './answer.ts';
import type { Asked } from './classify.ts';
import { classify, speaksOfSandbox } from './classify.ts';
import type { Deadline } from './deadline.ts';
import { startDeadline } from './deadline.ts';
import { AepError, RateLimited, Rejected, Unauthorized, UnknownSandbox } from './errors.ts';
import { sendBefore } from './late-send.ts';
import { createSandboxNames } from './sandboxes.ts';
import { createSecrets } from './secrets.ts';
import { createSlowDown } from './slow-down.ts';
import type { TokenConfig } from './token.ts';
import { createTokens } from './token.ts';

/** What every call to AEP is given besides its own arguments. */
export interface Call {
  sandbox: string;
  /** Gives the call up, wherever it is. A create that was sent by then is in doubt. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for each request of the call, its token included: a list has as many as it has pages. Default: the configuration's. */
  timeoutMs?: number | undefined;
  /** What is sent and must not come back: it is taken out of what AEP says of the call. */
  secrets?: readonly string[] | undefined;
  /** Called at the last moment before each request goes out. What it throws is thrown unchanged, and nothing is sent. */
  beforeSend?: (() => void) | undefined;
}

/** One HTTP request below `/data/foundation`. */
export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/flowservice/flows/…`, its ids already made safe by `segment`. */
  path: string;
  /** In this order; a name may be repeated. */
  query?: [name: string, value: string | number][];
  body?: object;
  /** Of the body, where it is not `application/json`. */
  contentType?: string;
  /** The version that must still be the newest for the request to take effect, as AEP gave it: quotes and all. */
  ifMatch?: string | undefined;
  /** The Schema Registry answers in the form that Accept asks for. Default: JSON. */
  accept?: string;
  /** Says no sandbox. */
  anySandbox?: true;
}

/** Sends one request and gives the answer as `answer` reads it. */
export type Send = <Answer>(request: Request, answer: z.ZodType<Answer>) => Promise<Answer>;

export interface Http {
  /** AEP's clock, as far as its last answer showed it. Epoch milliseconds. */
  now(): number;
  send<Answer>(call: Call, request: Request, answer: z.ZodType<Answer>): Promise<Answer>;
  /** The same for several requests of one call. */
  sender(call: Call): Send;
}

export interface HttpConfig extends TokenConfig {
  apiUrl: string;
  orgId: string;
  /** Milliseconds for one request, where the call itself does not say. */
  httpTimeoutMs: number;
}

interface Answered {
  status: number;
  headers: Headers;
  body: string;
}

/** AEP's HTTP: headers, token, deadline and errors. It never sends a request twice, but for a token that was refused. */
export function createHttp(config: HttpConfig): Http {
  const secrets = createSecrets(config.clientSecret);
  const tokens = createTokens(config, secrets);
  const slowDown = createSlowDown();
  const redactFor = (call: Call) => (text: string) => secrets.redact(text, call.secrets);
  let aheadMs = 0;

  async function exchange(
    call: Call,
    { signal, at }: Deadline,
    request: Request,
    token: string,
  ): Promise<Answered> {
    const asked = askedFor(request);
    const redact = redactFor(call);
    let sent = false;
    let veto: { reason: unknown } | undefined;
    const onBeforeRequest = () => {
      try {
        call.beforeSend?.();
      } catch (reason) {
        veto = { reason };
        throw reason;
      }
      signal.throwIfAborted();
      sent = true;
    };
    try {
      const response = await sendBefore(at, () =>
        ky(config.apiUrl + addressOf(request), {
          method: request.method,
          ...(request.body && { json: request.body }),
          headers: {
            accept: request.accept ?? 'application/json',
            ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
            ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
            authorization: `Bearer ${token}`,
            'x-api-key': config.clientId,
            'x-gw-ims-org-id': config.orgId,
            ...(request.anySandbox ? {} : { 'x-sandbox-name': call.sandbox }),
          },
          hooks: { beforeRequest: [onBeforeRequest] },
          signal,
          // A redirect would send a POST twice, and the token to wherever it points.
          redirect: 'manual',
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
        }),
      );
      const { status, headers } = response;
      aheadMs = aheadBy(headers.get('date')) ?? aheadMs;
      if (response.ok) return { status, headers, body: await readBody(response, signal) };
      const body = await readBody(response, signal).catch(() => undefined);
      throw classify(asked, { kind: 'refused', status, headers, body }, redact);
    } catch (error) {
      if (veto) throw veto.reason;
      if (error instanceof AepError) throw error;
      throw classify(asked, { kind: 'noAnswer', error, sent }, redact);
    }
  }

  /** Does `work`, unless AEP has told this worker to slow down; and heeds it if it does so now. */
  async function inTurn<Answer>(request: Request, work: () => Promise<Answer>): Promise<Answer> {
    const restMs = slowDown.restMs();
    if (restMs > 0) {
      const detail = 'not sent: AEP has told this worker to slow down';
      throw new RateLimited({ ...askedFor(request), detail, retryAfterMs: restMs });
    }
    try {
      return await work();
    } catch (error) {
      // What the rest of the answer would have said makes no difference here.
      if (error instanceof AepError && error.status === 429) slowDown.refused(error.retryAfterMs);
      throw error;
    }
  }

  async function exchangeWithToken(call: Call, deadline: Deadline, request: Request): Promise<Answered> {
    const token = await inTurn(request, () => tokens.get(deadline.signal));
    const exchangeWith = (token: string) =>
      inTurn(request, async () => {
        const answered = await exchange(call, deadline, request, token);
        slowDown.taken();
        return answered;
      });
    try {
      return await exchangeWith(token);
    } catch (error) {
      if (!(error instanceof Unauthorized) || error.permanent) throw error;
      return exchangeWith(await inTurn(request, () => tokens.replace(token, deadline.signal)));
    }
  }

  const sendOnce: Http['send'] = async (call, request, answer) => {
    const deadline = startDeadline(call.timeoutMs ?? config.httpTimeoutMs, call.signal);
    try {
      const { status, headers, body } = await exchangeWithToken(call, deadline, request);
      const read = readAnswer(body, answer);
      if (read.success) return read.data;
      throw classify(
        askedFor(request),
        { kind: 'unreadable', status, headers, problem: read.problem },
        redactFor(call),
      );
    } finally {
      deadline.end();
    }
  };
  const sandboxNames = createSandboxNames(sendOnce);

  const http: Http = {
    now: () => Date.now() + aheadMs,
    async send(call, request, answer) {
      try {
        return await sendOnce(call, request, answer);
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        const says = speaksOfSandbox(error);
        if (says === 'nothing') throw error;
        const known = await sandboxNames(call);
        if (says === 'perhaps' && (known?.includes(call.sandbox) ?? true)) throw error;
        throw new UnknownSandbox(error, call.sandbox, known);
      }
    },
    sender: (call) => (request, answer) => http.send(call, request, answer),
  };
  return http;
}

/** Our clock may be hours off. What differs by more was not written by a clock: a flow must not begin in a year because of it. Milliseconds. */
const mostAheadMs = 24 * 3_600_000;

/** How far the clock that wrote a `Date` header is ahead of ours. Milliseconds; the header counts whole seconds. */
function aheadBy(date: string | null): number | undefined {
  const aheadMs = (date === null ? Number.NaN : Date.parse(date)) - Date.now();
  return Math.abs(aheadMs) <= mostAheadMs ? aheadMs : undefined;
}

/** An id as one segment of a path. Ids come from definitions, so they could be anything. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) {
    throw new Rejected({ call: 'no call', title: 'not an id', detail: JSON.stringify(id) });
  }
  return encodeURIComponent(id);
}

function askedFor({ method, path }: Request): Asked {
  return { call: `${method} ${path.replace(/\?.*/s, '')}`, of: 'aep' };
}

function addressOf({ path, query = [] }: Request): string {
  const pairs = query.map((pair) => pair.map(encodeURIComponent).join('='));
  return `/data/foundation${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}
