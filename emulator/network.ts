/**
 * What lies between a client and AEP: latency, rate limit, and every way in which a call can be spoiled.
 * AEP itself is asked at exactly one moment of each call: what it does then is the call's effect ("commit").
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hono } from 'hono';
import { flowNotFound, plainError } from './errors.ts';
import type { ArmedFault } from './faults.ts';
import type { Env } from './gateway.ts';
import { newUuid } from './ids.ts';
import { parseJson } from './json.ts';
import { RateLimit } from './rate-limit.ts';
import type { RecordedRequest } from './recording.ts';
import type { World } from './world.ts';

/** A request, as far as the network reads it: one of `node:http`, or one that never was on a wire. */
export type Incoming = AsyncIterable<unknown> &
  Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'complete' | 'destroyed'> & {
    socket: { [Way in 'resetAndDestroy' | 'destroy']: () => unknown };
  };

/** Takes its answer. */
export type Outgoing = {
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** The first half of a body that has no second one. */
  write(half: Uint8Array, written: () => void): unknown;
  end(body: Uint8Array): unknown;
};

type Exchange = {
  incoming: Incoming;
  outgoing: Outgoing;
  request: Request;
  requestId: string;
  record: RecordedRequest;
};

type Answer = { status: number; headers: Record<string, string>; body: Uint8Array };

const tooMany = { error_code: '429050', message: 'Too many requests' };
const badGateway =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: bytes };
}

/** Guess: what a service says of something that a request refers to reads as what it says of what a request is about. */
function notThere({ record: { path }, requestId }: Exchange): Response {
  const [, service, kind = 'resource', id = 'that it refers to'] = path.split('/');
  const refusal =
    service === 'flowservice' ? flowNotFound(kind, id) : plainError(404, `The ${kind} ${id} was not found.`);
  return Response.json(refusal.body(requestId), { status: refusal.status });
}

/** More than any call of AEP's that the emulator knows. */
const mostBytes = 20_000_000;

type Received = { url: URL; bytes: Buffer; headers: Headers; request: Request };

/** Reads a request whole, so that it can take effect when its connection is long gone. */
async function read(incoming: Incoming): Promise<Received> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new RangeError(`The body is larger than ${mostBytes} bytes.`);
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? '/', 'http://emulator');
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD' && bytes.length > 0;
  const request = new Request(url, { method, headers, ...(hasBody ? { body: bytes } : {}) });
  return { url, bytes, headers, request };
}

async function answerOf(pending: Response | Promise<Response>): Promise<Answer> {
  const response = await pending;
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

function send(outgoing: Outgoing, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

function bodyForRecord(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8');
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function queryOf(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return query;
}

export class Network {
  readonly #world: World;
  readonly #aep: Hono<Env>;
  readonly #control: Hono;
  readonly #limit = new RateLimit();
  /** Commits that come after their connection is gone; closing waits for none of them. */
  readonly #late = new Set<NodeJS.Timeout>();

  constructor(world: World, aep: Hono<Env>, control: Hono) {
    this.#world = world;
    this.#aep = aep;
    this.#control = control;
  }

  close(): void {
    for (const timer of this.#late) clearTimeout(timer);
  }

  async handle(incoming: Incoming, outgoing: Outgoing): Promise<void> {
    let received: Received;
    try {
      received = await read(incoming);
    } catch (error) {
      // A client that goes away while it sends gets no answer; one that sends what is no request is told.
      if (incoming.destroyed && !incoming.complete) return;
      const message = error instanceof Error ? error.message : String(error);
      return send(outgoing, json(400, { error_code: '400000', message }, { connection: 'close' }));
    }
    const { url, bytes, headers, request } = received;
    // Also for the control, which may ask for the runs.
    if (this.#world.rows !== undefined) await this.#world.rows.folder.refresh();
    // The control stands outside: not recorded, not spoiled, not delayed.
    if (/^\/_emulator(\/|$)/.test(url.pathname))
      return send(outgoing, await answerOf(this.#control.fetch(request)));
    const record = this.#record(request.method, url, headers, bytes);
    const exchange: Exchange = { incoming, outgoing, request, requestId: newUuid(), record };
    const { settings, faults, tokens } = this.#world;
    const fault = faults.take(record);
    if (fault !== undefined) record.fault = fault.kind;

    if (settings.latencyMs > 0) await delay(settings.latencyMs / 2);
    if (fault?.kind === 'token-revoked') tokens.revokeAll();
    else if (fault !== undefined) return this.#spoil(exchange, fault);

    if (settings.rateLimit > 0 && !this.#limit.take(settings.rateLimit)) {
      const seconds = settings.retryAfterSeconds;
      const headers: Record<string, string> = seconds > 0 ? { 'retry-after': String(seconds) } : {};
      return this.#answer(exchange, json(429, tooMany, headers));
    }
    const answer = await this.#commit(exchange);
    return this.#answer(exchange, answer);
  }

  #record(method: string, url: URL, headers: Headers, bytes: Buffer): RecordedRequest {
    const sandbox = headers.get('x-sandbox-name');
    return this.#world.recording.add({
      at: Date.now(),
      method,
      path: url.pathname.replace(/^\/data\/foundation(?=\/)/, '').replace(/(?<=.)\/+$/, ''),
      query: queryOf(url),
      headers: Object.fromEntries(headers),
      body: bodyForRecord(bytes, headers.get('content-type') ?? ''),
      ...(sandbox === null ? {} : { sandbox }),
    });
  }

  /** The one moment at which the call takes effect. */
  #commit({ request, requestId }: Exchange): Promise<Answer> {
    return answerOf(this.#aep.fetch(request, { requestId }));
  }

  async #answer(exchange: Exchange, answer: Answer): Promise<void> {
    const { latencyMs } = this.#world.settings;
    if (latencyMs > 0) await delay(latencyMs / 2);
    const { outgoing, record } = exchange;
    record.status = answer.status;
    send(outgoing, { ...answer, headers: this.#headers(exchange, answer) });
  }

  #headers({ requestId }: Exchange, answer: Answer): Record<string, string> {
    return {
      ...answer.headers,
      // The server's clock, as everywhere: it is the emulator's own, which may run ahead.
      date: new Date(this.#world.now()).toUTCString(),
      'x-request-id': requestId,
      ...(answer.status === 204 ? {} : { 'content-length': String(answer.body.length) }),
    };
  }

  /** A reset that the client sees as one: RST, not the polite end. */
  #reset({ incoming }: Exchange): void {
    incoming.socket.resetAndDestroy();
  }

  async #spoil(exchange: Exchange, fault: ArmedFault): Promise<void> {
    switch (fault.kind) {
      case '429':
      case '429-retry-after': {
        const after = fault.kind === '429' ? undefined : String(fault.retryAfterSeconds ?? 1);
        return this.#replaced(
          exchange,
          fault,
          json(429, tooMany, after === undefined ? {} : { 'retry-after': after }),
        );
      }
      case '401':
        return this.#replaced(
          exchange,
          fault,
          json(401, { error_code: '401013', message: 'Oauth token is not valid' }),
        );
      case '404':
        return this.#replaced(exchange, fault, await answerOf(notThere(exchange)));
      case '400-truncated':
        if (fault.committed === true) await this.#commit(exchange);
        return this.#cut(
          exchange,
          json(400, { title: 'BadRequestError', detail: 'Something is wrong with it' }),
        );
      case '500':
      case '500-committed':
        return this.#replaced(
          exchange,
          fault,
          json(500, { error_code: '500000', message: 'Internal Server Error' }),
        );
      case '503':
        return this.#replaced(
          exchange,
          fault,
          json(503, { error_code: '503000', message: 'Service Unavailable' }),
        );
      case '502-html': {
        const body = new TextEncoder().encode(badGateway);
        return this.#replaced(exchange, fault, {
          status: 502,
          headers: { 'content-type': 'text/html' },
          body,
        });
      }
      case 'hang':
      case 'hang-committed':
        if (fault.committed ?? fault.kind === 'hang-committed') await this.#commit(exchange);
        return;
      case 'reset-before':
        return this.#reset(exchange);
      case 'reset-after':
        await this.#commit(exchange);
        return this.#reset(exchange);
      case 'late-commit':
        return this.#commitLate(exchange, fault);
      case 'truncated':
        return this.#truncate(exchange, fault);
      case 'token-revoked':
        return;
    }
  }

  async #replaced(exchange: Exchange, fault: ArmedFault, answer: Answer): Promise<void> {
    if (fault.committed ?? fault.kind === '500-committed') await this.#commit(exchange);
    return this.#answer(exchange, answer);
  }

  #commitLate(exchange: Exchange, fault: ArmedFault): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      void this.#commit(exchange);
    }, fault.delayMs ?? this.#world.settings.lateCommitMs);
    this.#late.add(timer);
    if (fault.meanwhile !== 'hang') this.#reset(exchange);
  }

  async #truncate(exchange: Exchange, fault: ArmedFault): Promise<void> {
    const answer =
      (fault.committed ?? true)
        ? await this.#commit(exchange)
        : json(200, { items: [{ id: 'cut off before the end' }] });
    this.#cut(exchange, answer);
  }

  /** The answer's headers and half of its body, and then the end of the connection. */
  #cut(exchange: Exchange, answer: Answer): void {
    const { outgoing, incoming, record } = exchange;
    record.status = answer.status;
    // An answer without a body has nothing to cut: its announced length makes it short.
    const whole = answer.body.length > 1 ? answer.body : new TextEncoder().encode('{}');
    const headers = { ...this.#headers(exchange, answer), 'content-length': String(whole.length) };
    outgoing.writeHead(answer.status === 204 ? 200 : answer.status, headers);
    outgoing.write(whole.subarray(0, Math.floor(whole.length / 2)), () => incoming.socket.destroy());
  }
}
