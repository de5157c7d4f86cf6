import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { classify } from '../../src/aep/classify.ts';
import { createAep } from '../../src/aep/aep.ts';
import type { Handler } from './fake-aep.ts';
import { call, configFor, errorOf, fakeAep, json } from './fake-aep.ts';

const create = { name: 'orders' };

setFlagsFromString('--expose-gc');
/** Has Node collect at once what nothing refers to, as it would at some time of its own choice. */
const collectGarbage = runInNewContext('gc') as () => void;

describe('a create whose outcome nobody knows', () => {
  test.each<[string, Handler, object]>([
    ['is reset before an answer', (request) => request.socket.destroy(), {}],
    ['is cut off with a TCP reset', (request) => request.socket.resetAndDestroy(), { code: 'ECONNRESET' }],
    [
      'has its answer cut off',
      (request, response) => {
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"id":"ma', () => request.socket.destroy());
      },
      {},
    ],
    [
      'is answered with half of the JSON',
      (_, r) => r.writeHead(201).end('{"id":"ma'),
      { code: 'UNREADABLE', status: 201 },
    ],
    ['is answered with nothing', (_, r) => r.writeHead(201).end(), { code: 'UNREADABLE' }],
    [
      'is answered without an id',
      (_, r) => json(r, 201, { etag: '"1"' }),
      { code: 'UNREADABLE', detail: expect.stringContaining('id') },
    ],
    [
      'is answered with a page',
      (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'),
      { code: 'UNREADABLE' },
    ],
    ['meets a 500', (_, r) => json(r, 500, {}), { status: 500 }],
    [
      'meets a 502 with a page',
      (_, r) => r.writeHead(502).end('<html><head><title>502 Bad Gateway</title>'),
      { status: 502, title: '502 Bad Gateway' },
    ],
    ['meets a 503', (_, r) => json(r, 503, {}, { 'retry-after': '3' }), { status: 503, retryAfterMs: 3_000 }],
    ['meets a 408', (_, r) => json(r, 408, {}), { status: 408 }],
    [
      'is redirected',
      (_, r) => r.writeHead(307, { location: '/data/foundation/flowservice/flows' }).end(),
      { status: 307 },
    ],
  ])('%s: Unavailable, and it was sent once', async (_, answer, expected) => {
    const { aep, requests } = await fakeAep(answer);
    const error = await errorOf(aep.flowService.flows.create(call, create));
    expect(error).toMatchObject({
      name: 'Unavailable',
      created: 'unknown',
      call: 'POST /flowservice/flows',
      ...expected,
    });
    expect(requests).toHaveLength(1);
  });

  test('hangs: the deadline ends it', async () => {
    const { aep, requests } = await fakeAep(() => undefined);
    const error = await errorOf(aep.flowService.flows.create({ ...call, timeoutMs: 500 }, create));
    expect(error).toMatchObject({ name: 'Unavailable', created: 'unknown', code: 'TIMEOUT' });
    expect(requests).toHaveLength(1);
  });

  test('starts to answer and hangs: the deadline holds for the body too', async () => {
    const { aep, requests } = await fakeAep((_, response) => {
      response.writeHead(201).write('{"id":');
      // Node's fetch hears no signal any more once the request that ky made was collected (Node 24.21, undici 7.29).
      setTimeout(collectGarbage, 250);
    });
    const error = await errorOf(aep.flowService.flows.create({ ...call, timeoutMs: 500 }, create));
    expect(error).toMatchObject({ name: 'Unavailable', created: 'unknown', code: 'TIMEOUT' });
    // Nor is the connection left behind.
    await vi.waitFor(() => expect(requests[0]?.socket.destroyed).toBe(true));
  });

  test('is given up by its caller while it is under way', async () => {
    const controller = new AbortController();
    const { aep } = await fakeAep(() => controller.abort());
    const error = await errorOf(aep.flowService.flows.create({ ...call, signal: controller.signal }, create));
    expect(error).toMatchObject({ name: 'Unavailable', created: 'unknown', code: 'ABORTED' });
  });

  test('is sent on a kept-alive connection that AEP just closed', async () => {
    const { aep, requests, tokenRequests } = await fakeAep((request, response) =>
      requests.length === 1 ? json(response, 201, { id: 'first' }) : request.socket.destroy(),
    );
    await aep.flowService.flows.create(call, create);
    const error = await errorOf(aep.flowService.flows.create(call, create));
    expect(error).toMatchObject({ name: 'Unavailable', created: 'unknown' });
    const served = [...tokenRequests, ...requests.slice(0, 1)].map(({ socket }) => socket);
    expect(served.some((socket) => socket === requests[1]?.socket)).toBe(true);
    expect(requests).toHaveLength(2);
  });
});

describe('a create that surely made nothing', () => {
  test('finds nobody listening', async () => {
    const { url } = await fakeAep(() => undefined);
    const closed = await closedPort();
    const aep = createAep({ ...configFor(url), apiUrl: `http://127.0.0.1:${closed}` });
    const error = await errorOf(aep.flowService.flows.create(call, create));
    expect(error).toMatchObject({ name: 'NotReached', created: 'no', code: 'ECONNREFUSED' });
  });

  test('finds no such host', async () => {
    const { url } = await fakeAep(() => undefined);
    const aep = createAep({ ...configFor(url), apiUrl: 'http://aep.invalid' });
    const error = await errorOf(aep.flowService.flows.create(call, create));
    expect(error).toMatchObject({ name: 'NotReached', created: 'no' });
  });

  test('is vetoed at the last moment: the veto comes back unchanged and nothing is sent', async () => {
    const { aep, requests, tokenRequests } = await fakeAep(() => undefined);
    const veto = new Error('too late');
    const beforeSend = () => {
      expect(tokenRequests).toHaveLength(1);
      throw veto;
    };
    await expect(aep.flowService.flows.create({ ...call, beforeSend }, create)).rejects.toBe(veto);
    expect(requests).toHaveLength(0);
  });

  test('is vetoed after its token was refused: beforeSend is asked again before the second try', async () => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 401, { error_code: '401013' }));
    let asked = 0;
    const beforeSend = () => {
      asked += 1;
      if (asked === 2) throw new Error('too late');
    };
    await expect(aep.flowService.flows.create({ ...call, beforeSend }, create)).rejects.toThrow('too late');
    expect(requests).toHaveLength(1);
  });

  test('was given up before it started', async () => {
    const { aep, requests } = await fakeAep(() => undefined);
    const error = await errorOf(
      aep.flowService.flows.create({ ...call, signal: AbortSignal.abort() }, create),
    );
    expect(error).toMatchObject({ name: 'NotReached', created: 'no', code: 'ABORTED' });
    expect(requests).toHaveLength(0);
  });

  test('is given up by its own last-moment check', async () => {
    const { aep, requests } = await fakeAep(() => undefined);
    const controller = new AbortController();
    const beforeSend = () => controller.abort();
    const error = await errorOf(
      aep.flowService.flows.create({ ...call, signal: controller.signal, beforeSend }, create),
    );
    expect(error).toMatchObject({ name: 'NotReached', created: 'no', code: 'ABORTED' });
    expect(requests).toHaveLength(0);
  });

  test('could not be built: no second try can help', async () => {
    const { aep, requests } = await fakeAep(() => undefined);
    const error = await errorOf(aep.flowService.flows.create({ sandbox: 'prod\r\nx-evil: 1' }, create));
    expect(error).toMatchObject({ name: 'Rejected', created: 'no' });
    expect(error.message).not.toContain('evil');
    expect(requests).toHaveLength(0);
  });
});

describe('a network error', () => {
  const wrap = (cause: Error) => new TypeError('fetch failed', { cause });
  const coded = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });
  const both = (...errors: Error[]) => Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });

  test.each<[string, Error, 'NotReached' | 'Unavailable']>([
    ['no connection in time', coded('UND_ERR_CONNECT_TIMEOUT'), 'NotReached'],
    ['no route while connecting', coded('EHOSTUNREACH', 'connect'), 'NotReached'],
    ['no route on a connection that stood', coded('EHOSTUNREACH', 'read'), 'Unavailable'],
    ['a name server that does not answer', coded('EAI_AGAIN', 'getaddrinfo'), 'NotReached'],
    [
      'refused on both IP versions',
      both(coded('ECONNREFUSED', 'connect'), coded('ENETUNREACH', 'connect')),
      'NotReached',
    ],
    [
      'one of several unlike the others',
      both(coded('ECONNREFUSED', 'connect'), coded('ECONNRESET', 'read')),
      'Unavailable',
    ],
    ['a reset', coded('ECONNRESET', 'read'), 'Unavailable'],
    ['a broken pipe', coded('EPIPE', 'write'), 'Unavailable'],
    ['something nobody has thought of', new Error('?'), 'Unavailable'],
  ])('%s is read as what it means for a create', (_, cause, name) => {
    const error = classify(
      { call: 'POST /x', of: 'aep' },
      { kind: 'noAnswer', error: wrap(cause), sent: true },
      String,
    );
    expect(error).toMatchObject({ name, created: name === 'NotReached' ? 'no' : 'unknown' });
  });
});

test('the deadline is taken down with the call: an ended call leaves no timer behind', async () => {
  const { aep } = await fakeAep((_, response) => json(response, 200, { items: [] }));
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  await aep.flowService.flows.get(call, 'x');
  const before = timers();
  for (let i = 0; i < 20; i += 1) await aep.flowService.flows.get({ ...call, timeoutMs: 600_000 }, 'x');
  await vi.waitFor(() => expect(timers()).toBeLessThanOrEqual(before + 2));
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
