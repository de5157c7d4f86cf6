import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAep, type Aep } from '../../src/aep/aep.ts';
import { RateLimited } from '../../src/aep/errors.ts';
import { createSlowDown } from '../../src/aep/slow-down.ts';

describe('a worker that is told to slow down', () => {
  let asked = 0;
  let refuse = true;
  let tokens = 0;
  let staleToken = false;
  let imsRefuses = false;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/ims/')) {
      tokens += 1;
      if (imsRefuses) {
        response.statusCode = 429;
        response.setHeader('retry-after', '60');
      }
      response.end(
        JSON.stringify({ access_token: `token${tokens}`, token_type: 'bearer', expires_in: 86_399 }),
      );
      return;
    }
    asked += 1;
    if (staleToken && request.headers.authorization === 'Bearer token1') {
      response.statusCode = 401;
      response.end('{"error_code":"401013","message":"Oauth token is not valid"}');
      return;
    }
    response.statusCode = refuse ? 429 : 200;
    if (refuse) response.setHeader('retry-after', '60');
    response.end(refuse ? '{"error_code":"429050","message":"Too many requests"}' : '{"items":[]}');
  });
  let aep: Aep;

  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    [asked, tokens, refuse, staleToken, imsRefuses] = [0, 0, true, false, false];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      clientId: 'id',
      clientSecret: 'secret',
      orgId: 'org',
      scopes: 'openid',
      httpTimeoutMs: 2_000,
    };
    aep = createAep({ ...config, apiUrl: url, imsUrl: url });
  });

  const read = () => aep.flowService.flows.get({ sandbox: 'prod' }, 'flow').catch((error: unknown) => error);

  it('sends nothing of any other call until the rest is over, and says for how long', async () => {
    expect(await read()).toBeInstanceOf(RateLimited);
    refuse = false;
    const second = (await aep.catalog.datasets
      .create({ sandbox: 'dev' }, {})
      .catch((error: unknown) => error)) as RateLimited;
    expect(second).toBeInstanceOf(RateLimited);
    expect(second.created).toBe('no');
    expect(second.retryAfterMs).toBeGreaterThan(50_000);
    expect(asked).toBe(1);
  });

  it('heeds that after it has renewed a token that was refused, too', async () => {
    staleToken = true;
    expect(await read()).toBeInstanceOf(RateLimited);
    expect(asked).toBe(2);
    expect(await read()).toMatchObject({ name: 'RateLimited', detail: expect.stringContaining('not sent') });
    expect(asked).toBe(2);
  });

  it('heeds it from the service that gives tokens: no other call asks it for one meanwhile', async () => {
    imsRefuses = true;
    expect(await read()).toBeInstanceOf(RateLimited);
    expect(await read()).toMatchObject({ name: 'RateLimited', detail: expect.stringContaining('not sent') });
    expect([tokens, asked]).toEqual([1, 0]);
  });
});

describe('the rest after 429', () => {
  let time = 0;
  const slowDown = () => createSlowDown(() => time);

  it('lasts as long as AEP said, and nothing longer follows from calls that were refused together', () => {
    const one = slowDown();
    one.refused(5_000);
    one.refused(undefined);
    expect(one.restMs()).toBe(5_000);
    time += 5_000;
    expect(one.restMs()).toBe(0);
  });

  it('doubles while AEP says nothing and goes on refusing, up to a minute, until a request is taken', () => {
    const one = slowDown();
    const rests = Array.from({ length: 8 }, () => {
      one.refused(undefined);
      const rest = one.restMs();
      time += rest;
      return rest;
    });
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    one.taken();
    one.refused(undefined);
    expect(one.restMs()).toBe(1_000);
  });
});
