import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Aep, AepConfig } from '../../src/aep/aep.ts';
import { createAep } from '../../src/aep/aep.ts';
import { AepError } from '../../src/aep/errors.ts';

/** One request as the server got it. */
export interface Received {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  socket: Socket;
}

export type Handler = (request: Received, response: ServerResponse) => void;

export interface FakeAep {
  url: string;
  /** Everything but token requests. */
  requests: Received[];
  tokenRequests: Received[];
  aep: Aep;
}

/** A server of its own for one test, whose tokens are `token-1`, `token-2`, … unless the test answers for IMS too. */
export async function fakeAep(
  answer: Handler,
  options: { ims?: Handler; config?: Partial<AepConfig> } = {},
): Promise<FakeAep> {
  const requests: Received[] = [];
  const tokenRequests: Received[] = [];
  const issue: Handler = (_, response) =>
    json(response, 200, { access_token: `token-${tokenRequests.length}`, expires_in: 86_399 });

  const server = createServer((incoming, response) => void handle(incoming, response));
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const url = new URL(incoming.url ?? '', 'http://localhost');
    const received = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await text(incoming),
      socket: incoming.socket,
    };
    const forToken = url.pathname.startsWith('/ims/');
    (forToken ? tokenRequests : requests).push(received);
    (forToken ? (options.ims ?? issue) : answer)(received, response);
  };
  const url = await listen(server);
  return { url, requests, tokenRequests, aep: createAep({ ...configFor(url), ...options.config }) };
}

export async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function configFor(url: string): AepConfig {
  return {
    apiUrl: url,
    imsUrl: url,
    clientId: 'a-client',
    clientSecret: 'a-very-secret-secret',
    orgId: 'AN0RG@AdobeOrg',
    scopes: 'openid,AdobeID',
    httpTimeoutMs: 5_000,
  };
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const call = { sandbox: 'prod' };

/** The error that a call must end with. */
export async function errorOf(promise: Promise<unknown>): Promise<AepError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof AepError) return outcome.error;
  throw new Error('expected an AepError', { cause: outcome });
}
