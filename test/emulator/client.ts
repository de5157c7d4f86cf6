/** A plain client of AEP, as someone else would write it: nothing of ours but the address. */
import { afterAll } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../../emulator/emulator.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers of foreign shape
export type Json = any;

export type Answer = { status: number; headers: Headers; body: Json };

export type CallOptions = {
  headers?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
};

export class Client {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string, sandbox = 'prod') {
    this.url = url;
    this.#headers = {
      authorization: `Bearer ${token}`,
      'x-api-key': 'rehearsal',
      'x-gw-ims-org-id': 'ACME@AdobeOrg',
      'x-sandbox-name': sandbox,
    };
  }

  /** `path` is what follows `/data/foundation`; a header of undefined is left out. */
  async call(
    method: string,
    path: string,
    { headers = {}, body, signal }: CallOptions = {},
  ): Promise<Answer> {
    const all: Record<string, string | undefined> = {
      ...this.#headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(`${this.url}/data/foundation${path}`, {
      method,
      headers: Object.fromEntries(kept),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  get(path: string, headers: CallOptions['headers'] = {}): Promise<Answer> {
    return this.call('GET', path, { headers });
  }

  post(path: string, body?: unknown, headers: CallOptions['headers'] = {}): Promise<Answer> {
    return this.call('POST', path, { body, headers });
  }

  patch(path: string, body: unknown, etag?: string): Promise<Answer> {
    return this.call('PATCH', path, { body, headers: { 'if-match': etag } });
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }
}

/** Where a list goes on, relative to the base of its service; undefined on the last page. */
export function nextPage({ body }: Answer): string | undefined {
  return body['_links'].next?.href;
}

export async function token(url: string, clientId = 'rehearsal'): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: 's3cret',
    scope: 'openid',
  };
  const response = await fetch(`${url}/ims/token/v3`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: accessToken } = (await response.json()) as { access_token: string };
  return accessToken;
}

/** An emulator for one test file, with a client; closed when the file is done. */
export async function rehearsal(
  options: EmulatorOptions = {},
): Promise<{ emulator: Emulator; client: Client }> {
  const emulator = await startEmulator(options);
  afterAll(() => emulator.close());
  return { emulator, client: new Client(emulator.url, await token(emulator.url)) };
}
