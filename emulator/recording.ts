/** Every request the emulator got, without tokens and secrets. */
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { pathPattern } from './wildcard.ts';

export type RecordedRequest = {
  /** Real time of arrival, epoch ms. */
  at: number;
  method: string;
  /** Path after `/data/foundation`, without a trailing slash. */
  path: string;
  /** A parameter that comes several times is a list. */
  query: Record<string, string | string[]>;
  /** Without `authorization`. */
  headers: Record<string, string>;
  /** Parsed where it is JSON, with secrets masked. */
  body: unknown;
  /** Of the answer; absent while there is none, and where there never was one. */
  status?: number;
  sandbox?: string;
  /** Kind of the fault that struck. */
  fault?: string;
};

export type RequestFilter = { method?: string; path?: string };

const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie']);
const masked = '****';

function maskSecrets(body: unknown): unknown {
  // A patch of a base connection.
  if (Array.isArray(body))
    return body.map((step: unknown) =>
      isObject(step) && /^\/auth(\/|$)/.test(String(step.path)) ? { ...step, value: masked } : step,
    );
  if (!isObject(body)) return body;
  const copy: JsonObject = { ...body };
  if ('client_secret' in copy) copy.client_secret = masked;
  if (isObject(copy.params) && 'passPhrase' in copy.params)
    copy.params = { ...copy.params, passPhrase: masked };
  if (isObject(copy.auth)) copy.auth = { ...copy.auth, params: masked };
  return copy;
}

/** The call without its ids, so that calls of one sort count together. */
function callOf(method: string, path: string): string {
  const segments = path
    .split('/')
    .map((part) => (/^[0-9a-f-]{24,}$|%3A%2F%2F|^_\w+\.\w+\./i.test(part) ? '{id}' : part));
  return `${method} ${segments.join('/')}`;
}

type Waiter = { isMeant: (request: RecordedRequest) => boolean; found: (request: RecordedRequest) => void };

export class Recording {
  #requests: RecordedRequest[] = [];
  readonly #counts = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  readonly #settings: { recordLimit: number };

  constructor(settings: { recordLimit: number }) {
    this.#settings = settings;
  }

  add(request: RecordedRequest): RecordedRequest {
    for (const header of secretHeaders) delete request.headers[header];
    request.body = maskSecrets(request.body);
    if (request.query.client_secret !== undefined) request.query.client_secret = masked;
    this.#requests.push(request);
    const call = callOf(request.method, request.path);
    this.#counts.set(call, (this.#counts.get(call) ?? 0) + 1);
    // Twice the limit before cutting: cutting at each request would copy the list each time.
    if (this.#requests.length > 2 * this.#settings.recordLimit) {
      this.#requests = this.#requests.slice(-this.#settings.recordLimit);
    }
    for (const waiter of this.#waiters) {
      if (!waiter.isMeant(request)) continue;
      this.#waiters.delete(waiter);
      waiter.found(request);
    }
    return request;
  }

  list(filter: RequestFilter = {}): RecordedRequest[] {
    return this.#requests.slice(-this.#settings.recordLimit).filter(filterTest(filter));
  }

  /** The next request of this sort, when it arrives (before it takes effect). */
  next(filter: RequestFilter): Promise<RecordedRequest> {
    return new Promise((found) => this.#waiters.add({ isMeant: filterTest(filter), found }));
  }

  /** How often each sort of call came, ids left out: `GET /flowservice/flows/{id}` → 3. Never cut. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#requests = [];
    this.#counts.clear();
  }
}

function filterTest({ method, path }: RequestFilter): (request: RecordedRequest) => boolean {
  const isMeant = path === undefined ? undefined : pathPattern(path);
  return (request) =>
    (method === undefined || method.toUpperCase() === request.method) && isMeant?.(request.path) !== false;
}
