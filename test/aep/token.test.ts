import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NotReached, RateLimited, Unauthorized } from '../../src/aep/errors.ts';
import type { Handler } from './fake-aep.ts';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const empty: Handler = (_, response) => json(response, 200, { items: [] });
const bearers = (requests: { headers: { authorization?: string | undefined } }[]) =>
  requests.map(({ headers }) => headers.authorization);

describe('a token', () => {
  test('is asked for as IMS wants it, and every call carries it with the other four headers', async () => {
    const { aep, tokenRequests, requests } = await fakeAep((_, response) => json(response, 201, { id: 'x' }));
    await aep.flowService.flows.create({ sandbox: 'dev' }, { name: 'orders' });
    expect(tokenRequests[0]).toMatchObject({ method: 'POST', path: '/ims/token/v3' });
    expect(tokenRequests[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(tokenRequests[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'a-client',
      client_secret: 'a-very-secret-secret',
      scope: 'openid,AdobeID',
    });
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-api-key': 'a-client',
      'x-gw-ims-org-id': 'AN0RG@AdobeOrg',
      'x-sandbox-name': 'dev',
      'content-type': 'application/json',
    });
  });

  test('is asked for once, however many calls start at the same time', async () => {
    const { aep, tokenRequests, requests } = await fakeAep(empty);
    await Promise.all(Array.from({ length: 20 }, () => aep.flowService.flows.get(call, 'x')));
    expect(tokenRequests).toHaveLength(1);
    expect(requests).toHaveLength(20);
  });

  test('that AEP refuses is replaced once, by one request, for all calls that met the refusal', async () => {
    const { aep, tokenRequests, requests } = await fakeAep((request, response) =>
      request.headers.authorization === 'Bearer token-1'
        ? json(response, 401, { error_code: '401013', message: 'Oauth token is not valid' })
        : empty(request, response),
    );
    await Promise.all(Array.from({ length: 10 }, () => aep.flowService.flows.get(call, 'x')));
    expect(tokenRequests).toHaveLength(2);
    expect(new Set(bearers(requests))).toEqual(new Set(['Bearer token-1', 'Bearer token-2']));
  });

  test('that is refused again makes the call fail, not for good, and surely nothing was created', async () => {
    const { aep, tokenRequests, requests } = await fakeAep((_, response) =>
      json(response, 401, { error_code: '401013', message: 'Oauth token is not valid' }),
    );
    const error = await errorOf(aep.flowService.flows.create(call, {}));
    expect(error).toBeInstanceOf(Unauthorized);
    expect(error).toMatchObject({ code: '401013', status: 401, created: 'no', permanent: false });
    expect([tokenRequests.length, requests.length]).toEqual([2, 2]);
  });

  test('that Flow Service calls invalid with a 400 is replaced as well', async () => {
    const { aep, requests } = await fakeAep((request, response) =>
      request.headers.authorization === 'Bearer token-1'
        ? json(response, 400, { type: 'https://ns.adobe.com/aep/errors/FLOW-2115-400', status: 400 })
        : json(response, 201, { id: 'made' }),
    );
    await expect(aep.flowService.flows.create(call, {})).resolves.toMatchObject({ id: 'made' });
    expect(requests).toHaveLength(2);
  });

  test('is not the answer to a 401 that says the organisation may not be here', async () => {
    const { aep, tokenRequests } = await fakeAep((_, response) =>
      json(response, 401, { type: 'https://ns.adobe.com/aep/errors/FLOW-2000-401', status: 401 }),
    );
    expect(await errorOf(aep.flowService.flows.get(call, 'x'))).toMatchObject({ permanent: true });
    expect(tokenRequests).toHaveLength(1);
  });

  test('goes on being fetched when the first who asked for it gives up', async () => {
    let letIms: (() => void) | undefined;
    const { aep, tokenRequests } = await fakeAep(empty, {
      ims: (_, response) => {
        letIms = () => json(response, 200, { access_token: 'late', expires_in: 86_399 });
      },
    });
    const controller = new AbortController();
    const first = errorOf(aep.flowService.flows.get({ ...call, signal: controller.signal }, 'x'));
    const second = aep.flowService.flows.get(call, 'x');
    await vi.waitFor(() => expect(letIms).toBeDefined());
    controller.abort();
    expect(await first).toMatchObject({ name: 'NotReached', code: 'ABORTED', created: 'no' });
    letIms?.();
    await expect(second).resolves.toBeUndefined();
    expect(tokenRequests).toHaveLength(1);
  });

  test('counts towards the deadline of the call that waits for it', async () => {
    const { aep, requests } = await fakeAep(empty, { ims: () => undefined });
    const error = await errorOf(aep.flowService.flows.create({ ...call, timeoutMs: 50 }, {}));
    expect(error).toMatchObject({
      name: 'NotReached',
      code: 'TIMEOUT',
      created: 'no',
      call: 'POST /ims/token/v3',
    });
    expect(requests).toHaveLength(0);
  });

  test.each<[string, Handler, object]>([
    [
      'refused credentials',
      (_, r) =>
        json(r, 400, { error: 'invalid_client', error_description: 'invalid client_secret parameter' }),
      { name: 'Unauthorized', permanent: true, code: 'invalid_client' },
    ],
    [
      'a wrong scope',
      (_, r) => json(r, 400, { error: 'invalid_scope' }),
      { name: 'Unauthorized', permanent: true },
    ],
    [
      'too many requests',
      (_, r) => json(r, 429, {}, { 'retry-after': '7' }),
      { name: 'RateLimited', retryAfterMs: 7_000 },
    ],
    ['an IMS that is down', (_, r) => json(r, 503, {}), { name: 'NotReached' }],
    [
      'an answer without a token',
      (_, r) => json(r, 200, { expires_in: 86_399 }),
      { name: 'NotReached', code: 'UNREADABLE' },
    ],
    [
      'a token that would break out of its header',
      (_, r) => json(r, 200, { access_token: 'a\r\nx-evil: 1', expires_in: 9 }),
      { name: 'NotReached' },
    ],
    ['a page instead of JSON', (_, r) => r.end('<html>'), { name: 'NotReached', code: 'UNREADABLE' }],
    ['a lost connection', (request) => request.socket.destroy(), { name: 'NotReached' }],
    [
      'a redirect',
      (_, r) => r.writeHead(307, { location: '/elsewhere' }).end(),
      { name: 'NotReached', status: 307 },
    ],
  ])(
    'not to be had because of %s: nothing was created, and the error says what to do',
    async (_, ims, expected) => {
      const { aep, requests } = await fakeAep(empty, { ims });
      const error = await errorOf(aep.flowService.flows.create(call, {}));
      expect([NotReached, RateLimited, Unauthorized].some((type) => error instanceof type)).toBe(true);
      expect(error).toMatchObject({ ...expected, created: 'no', call: 'POST /ims/token/v3' });
      expect(requests).toHaveLength(0);
    },
  );
});

describe('as time goes by, a token', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  test('is renewed shortly before it ends, and serves until the new one is there', async () => {
    const { aep, tokenRequests, requests } = await fakeAep(empty);
    await aep.flowService.flows.get(call, 'x');
    pass(86_399 - 900);
    await aep.flowService.flows.get(call, 'x');
    expect(tokenRequests).toHaveLength(1);
    pass(400);
    await aep.flowService.flows.get(call, 'x');
    await vi.waitFor(() => expect(tokenRequests).toHaveLength(2));
    await vi.waitFor(async () => {
      await aep.flowService.flows.get(call, 'x');
      expect(bearers(requests).at(-1)).toBe('Bearer token-2');
    });
    expect(bearers(requests).slice(0, 3)).toEqual(Array(3).fill('Bearer token-1'));
  });

  test('whose renewal fails serves on to its end, without a storm of renewals', async () => {
    let issued = 0;
    const { aep, tokenRequests, requests } = await fakeAep(empty, {
      ims: (_, response) => {
        issued += 1;
        if (issued === 1) json(response, 200, { access_token: 'only', expires_in: 1_000 });
        else json(response, 503, {});
      },
    });
    await aep.flowService.flows.get(call, 'x');
    pass(850);
    await aep.flowService.flows.get(call, 'x');
    await vi.waitFor(() => expect(tokenRequests).toHaveLength(2));
    for (let i = 0; i < 10; i += 1) await aep.flowService.flows.get(call, 'x');
    expect(tokenRequests).toHaveLength(2);
    expect(new Set(bearers(requests))).toEqual(new Set(['Bearer only']));
    pass(200);
    expect(await errorOf(aep.flowService.flows.get(call, 'x'))).toMatchObject({
      name: 'NotReached',
      status: 503,
    });
  });

  test.each([
    ['seconds', 86_399],
    ['milliseconds, as another IMS flow answers', 86_399_992],
  ])('lives a day when IMS counts in %s', async (_, expires_in) => {
    const { aep, tokenRequests } = await fakeAep(empty, {
      ims: (_, response) => json(response, 200, { access_token: 'day', expires_in }),
    });
    await aep.flowService.flows.get(call, 'x');
    pass(85_000);
    await aep.flowService.flows.get(call, 'x');
    expect(tokenRequests).toHaveLength(1);
    pass(1_400);
    await aep.flowService.flows.get(call, 'x');
    expect(tokenRequests).toHaveLength(2);
  });
});
