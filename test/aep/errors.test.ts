import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Received } from './fake-aep.ts';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const requestId = 'a6773f98-f5ba-4e3e-8ff8-320136cc6c48';
const flow = (number: string, more: object = {}) => ({
  type: `https://ns.adobe.com/aep/errors/FLOW-${number}`,
  title: 'Something is wrong',
  status: Number(number.split('-')[1]),
  report: { 'detailed-message': 'What exactly is wrong.', 'request-id': requestId },
  errorMessage: 'What exactly is wrong.',
  errorDetails: 'What exactly is wrong.',
  ...more,
});
const xdm = (code: string, detail: string) => ({
  type: `http://ns.adobe.com/aep/errors/${code}`,
  title: 'Something is wrong',
  status: 400,
  report: {
    registryRequestId: requestId,
    timestamp: '10-22-2020 06:42:13',
    'detailed-message': detail,
    'sub-errors': [],
  },
  detail,
});
const refusal = { name: 'Rejected', created: 'no' };
const said = { title: 'Something is wrong', detail: 'What exactly is wrong.', requestId };

describe('every family of AEP errors is understood', () => {
  test.each<[string, number, unknown, object]>([
    [
      'the gateway: no token',
      403,
      { error_code: '403010', message: 'Oauth token is missing.' },
      {
        name: 'Unauthorized',
        permanent: true,
        created: 'no',
        code: '403010',
        detail: 'Oauth token is missing.',
      },
    ],
    [
      'the gateway: unknown API key',
      403,
      { error_code: '403003', message: 'Api Key is invalid' },
      { name: 'Unauthorized', permanent: true, code: '403003' },
    ],
    [
      'the gateway: no organisation',
      400,
      { error_code: '400003', message: 'Missing header' },
      { ...refusal, code: '400003' },
    ],
    [
      'the gateway: too many requests',
      429,
      { error_code: '429050', message: 'Too many requests' },
      { name: 'RateLimited', created: 'no', code: '429050' },
    ],
    ['the gateway: no such address', 404, { error_code: '404000', message: 'Not found' }, refusal],
    [
      'the older envelope',
      400,
      {
        type: '/placeholder/type/uri',
        status: 400,
        title: 'BadRequestError',
        detail: 'A valid content-type must be specified',
      },
      { ...refusal, title: 'BadRequestError', detail: 'A valid content-type must be specified' },
    ],
    ['Flow Service', 400, flow('1404-400'), { ...refusal, ...said, code: 'FLOW-1404-400', status: 400 }],
    [
      'Flow Service: a connector',
      400,
      { ...flow('0-400'), type: 'https://ns.adobe.com/aep/errors/CONNECTOR-1360-400' },
      { ...refusal, code: 'CONNECTOR-1360-400' },
    ],
    [
      'Flow Service: not allowed',
      403,
      flow('2120-403'),
      { name: 'Unauthorized', permanent: true, ...said, code: 'FLOW-2120-403' },
    ],
    [
      'Flow Service: no such sandbox',
      404,
      flow('2100-404'),
      { ...refusal, name: 'UnknownSandbox', sandbox: 'prod' },
    ],
    [
      'Flow Service: what the request refers to is not there',
      400,
      flow('1439-400'),
      { name: 'NotFound', created: 'no' },
    ],
    [
      'Flow Service: a service behind it failed',
      500,
      flow('2200-500'),
      { name: 'Unavailable', created: 'unknown', code: 'FLOW-2200-500' },
    ],
    [
      'the Schema Registry',
      400,
      xdm('XDM-1006-400', 'The supplied Accept header is not valid'),
      { ...refusal, code: 'XDM-1006-400', detail: 'The supplied Accept header is not valid', requestId },
    ],
    [
      'the Schema Registry: with reasons',
      400,
      { ...xdm('XDM-1500-400', 'Invalid'), report: { 'sub-errors': [{ detail: 'first' }, 'second'] } },
      { detail: 'Invalid; first; second' },
    ],
    [
      'a list of errors',
      400,
      { errors: [{ code: '106', message: 'Not supported' }], requestId },
      { ...refusal, code: '106', detail: 'Not supported', requestId },
    ],
    [
      'lists of errors by status',
      400,
      { errors: { 400: [{ code: 106, message: 'Not supported' }] } },
      { ...refusal, code: '106', detail: 'Not supported' },
    ],
    ['a body that says nothing', 400, {}, refusal],
    ['a body that is no object', 400, ['?'], refusal],
    ['a null', 409, null, refusal],
    ['a stale version', 412, flow('1404-412'), { ...refusal, code: 'FLOW-1404-412' }],
  ])('%s', async (_, status, body, expected) => {
    const { aep } = await fakeAep((_, response) => json(response, status, body));
    const error = await errorOf(aep.flowService.flows.create(call, { name: 'orders' }));
    expect(error).toMatchObject({ call: 'POST /flowservice/flows', status, ...expected });
  });

  test('the message names the call, the code, what is wrong and the request', async () => {
    const { aep } = await fakeAep((_, response) => json(response, 400, flow('1404-400')));
    const error = await errorOf(aep.flowService.flows.create(call, {}));
    expect(error.message).toBe(
      `POST /flowservice/flows failed: 400 FLOW-1404-400 Something is wrong: What exactly is wrong. (request id ${requestId})`,
    );
  });

  test('the message says what to do where somebody can do something', async () => {
    const { aep } = await fakeAep((_, response) =>
      json(response, 403, { error_code: '403003', message: 'Api Key is invalid.' }),
    );
    const { message } = await errorOf(aep.flowService.flows.create(call, {}));
    expect(message).toMatch(
      /^POST \/flowservice\/flows failed: 403 403003 Api Key is invalid\. Check the client id/,
    );
  });

  test('the request id is taken from the header where the body has none', async () => {
    const { aep } = await fakeAep((_, response) =>
      response
        .writeHead(400, { 'x-request-id': 'from-the-header' })
        .end('<html><title>Bad Request</title></html>'),
    );
    expect(await errorOf(aep.flowService.flows.create(call, {}))).toMatchObject({
      title: 'Bad Request',
      requestId: 'from-the-header',
    });
  });

  test('long texts are cut, so that no history swells', async () => {
    const { aep } = await fakeAep((_, response) =>
      json(response, 400, { title: 'x'.repeat(9_999), detail: 'y'.repeat(99_999) }),
    );
    const error = await errorOf(aep.flowService.flows.create(call, {}));
    expect(error.detail).toHaveLength(2_000);
    expect(error.title).toHaveLength(200);
    expect(error.message.length).toBeLessThan(2_500);
  });

  test('as JSON an error has what is known and no empty fields', async () => {
    const { aep } = await fakeAep((_, response) => json(response, 400, { title: 'no' }));
    const error = await errorOf(aep.flowService.flows.create(call, {}));
    expect(Object.keys(error).sort()).toEqual(['call', 'created', 'name', 'status', 'title']);
  });
});

describe('Retry-After', () => {
  test.each([
    ['seconds', '2', 2_000],
    ['a date gone by', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['nonsense', 'soon', undefined],
    ['more seconds than anybody can mean', '9'.repeat(400), 3_600_000],
  ])('in %s', async (_, header, retryAfterMs) => {
    const { aep } = await fakeAep((_, response) => json(response, 429, {}, { 'retry-after': header }));
    const error = await errorOf(aep.flowService.flows.create(call, {}));
    expect(error.name).toBe('RateLimited');
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  test('as a date to come', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { aep } = await fakeAep((_, response) => json(response, 429, {}, { 'retry-after': date }));
    const { retryAfterMs } = await errorOf(aep.flowService.flows.create(call, {}));
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});

describe('a title that is taken', () => {
  const existingId = 'https://ns.adobe.com/tenant/schemas/26f6833e55db1dd8308aa07a64f2042d';
  test.each<[string, unknown, string | undefined]>([
    [
      'the older wording',
      {
        type: '/placeholder/type/uri',
        status: 400,
        title: 'BadRequestError',
        detail: `Title must be unique. An object ${existingId} already exists with the same title.`,
      },
      existingId,
    ],
    [
      'the newer wording',
      {
        ...xdm('XDM-1521-400', `An object ${existingId} already exists with the same title.`),
        title: 'Title not unique',
      },
      existingId,
    ],
    ['only the code', xdm('XDM-1521-400', 'No.'), undefined],
    [
      'the code and an id in other words',
      xdm('XDM-1521-400', `The title belongs to "${existingId}".`),
      existingId,
    ],
    [
      'a class in the way',
      xdm('XDM-1521-400', 'An object https://ns.adobe.com/tenant/classes/6395cbd5 already exists'),
      'https://ns.adobe.com/tenant/classes/6395cbd5',
    ],
  ])('%s', async (_, body, id) => {
    const { aep } = await fakeAep((_, response) => json(response, 400, body));
    const error = await errorOf(aep.schemaRegistry.schemas.create(call, { title: 'Orders' }));
    expect(error).toMatchObject({ name: 'TitleTaken', created: 'no' });
    expect('existingId' in error ? error.existingId : undefined).toBe(id);
  });
});

describe('what is not there', () => {
  const unknown = { ...xdm('XDM-1012-404', 'Requested resource is not found'), status: 404 };

  test.each<[string, unknown]>([
    ['FLOW-1439-404', flow('1439-404')],
    ['XDM-1012-404', unknown],
    ['an unknown JSON body', { title: 'NotFoundError' }],
  ])('a 404 with %s: get gives undefined, remove gives false', async (_, body) => {
    const { aep } = await fakeAep((_, response) => json(response, 404, body));
    for (const one of [aep.flowService.flows, aep.schemaRegistry.schemas, aep.catalog.datasets]) {
      expect(await one.get(call, 'x')).toBeUndefined();
      expect(await one.remove(call, 'x')).toBe(false);
    }
    expect(await aep.dataPrep.mappingSets.get(call, 'x')).toBeUndefined();
    expect(await aep.flowService.getRun(call, 'x')).toBeUndefined();
  });

  test.each<[string, (response: ServerResponse) => void, name?: string]>([
    ["a proxy's page", (response) => response.writeHead(404).end('<html>not here</html>')],
    ["the gateway's own 404", (response) => json(response, 404, { error_code: '404000', message: 'x' })],
    ['an unknown sandbox', (response) => json(response, 404, flow('2100-404')), 'UnknownSandbox'],
  ])('must not be concluded from %s', async (_, answer, name = 'Rejected') => {
    const { aep } = await fakeAep((_, response) => answer(response));
    expect(await errorOf(aep.flowService.flows.get(call, 'x'))).toMatchObject({ name });
    expect(await errorOf(aep.flowService.flows.remove(call, 'x'))).toMatchObject({ name });
  });
});

describe('a 404 that speaks of the sandbox', () => {
  const refusal = { ...xdm('XDM-1012-404', 'The sandbox prod does not exist.'), status: 404 };
  const answering = (...names: string[]) =>
    fakeAep((request, response) =>
      request.path.includes('/sandbox-management/')
        ? json(response, 200, { sandboxes: names.map((name) => ({ name })) })
        : json(response, 404, refusal),
    );

  test('is about the sandbox where this client may not use it, from services without a code for that too', async () => {
    const { aep } = await answering('dev', 'qa');
    expect(await errorOf(aep.schemaRegistry.schemas.list(call))).toMatchObject({
      name: 'UnknownSandbox',
      sandbox: 'prod',
      known: ['dev', 'qa'],
    });
  });

  test('is about what was asked for where the sandbox is there', async () => {
    const { aep } = await answering('dev', 'prod');
    expect(await aep.schemaRegistry.schemas.get(call, 'x')).toBeUndefined();
  });
});

describe('a refusal that breaks off is no answer: nobody knows what its end would have said', () => {
  const taken =
    'An object https://ns.adobe.com/tenant/schemas/26f6833e55db1dd8308aa07a64f2042d already exists';
  const whole = JSON.stringify({ ...xdm('XDM-1521-400', taken), title: 'Title not unique' });
  const ways: [
    string,
    (request: Received, response: ServerResponse, status: number, part: string) => void,
  ][] = [
    [
      'its connection breaks',
      (request, response, status, part) => {
        response.writeHead(status, { 'content-length': whole.length });
        response.write(part, () => request.socket.destroy());
      },
    ],
    [
      'a chunk is missing',
      (request, response, status, part) => {
        response.writeHead(status);
        response.write(part, () => request.socket.destroy());
      },
    ],
    [
      'its connection is closed as if that were all',
      // Without a length and without chunks, which Node's response would add.
      (request, _, status, part) => {
        request.socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\n\r\n${part}`);
      },
    ],
  ];

  describe.each(ways)('where %s', (_, cut) => {
    const answering = (status: number, length = 60) =>
      fakeAep((request, response) => cut(request, response, status, whole.slice(0, length)));

    test.each([400, 401, 403, 404, 409, 412, 422, 429])(
      'a create that is refused by %i is in doubt, and was sent once',
      async (status) => {
        for (const create of ['flows', 'schemas'] as const) {
          const { aep, requests } = await answering(status);
          const { flows, schemas } = { ...aep.flowService, ...aep.schemaRegistry };
          expect(await errorOf({ flows, schemas }[create].create(call, { title: 'Orders' }))).toMatchObject({
            name: 'Unavailable',
            created: 'unknown',
            status,
            code: 'UNREADABLE',
          });
          expect(requests).toHaveLength(1);
        }
      },
    );

    test('too many requests are too many, whatever else the answer would have said', async () => {
      const { aep, requests } = await answering(429);
      await errorOf(aep.flowService.flows.create(call, {}));
      expect(await errorOf(aep.flowService.flows.create(call, {}))).toMatchObject({ name: 'RateLimited' });
      expect(requests).toHaveLength(1);
    });

    test('wherever it breaks off, no id of half a text is taken for the one that has the title', async () => {
      for (let length = 1; length < whole.length; length += 7) {
        const { aep } = await answering(400, length);
        const error = await errorOf(aep.schemaRegistry.schemas.create(call, { title: 'Orders' }));
        expect(error.name, whole.slice(0, length)).toBe('Unavailable');
      }
    });

    test('what is read, deleted or changed may be asked for again', async () => {
      const { aep } = await answering(404);
      const { flowService } = aep;
      for (const ask of [
        () => flowService.flows.get(call, 'x'),
        () => flowService.flows.remove(call, 'x'),
        () => flowService.flows.list(call),
        () => flowService.setFlowState(call, 'x', 'disable'),
      ])
        expect(await errorOf(ask())).toMatchObject({ name: 'Unavailable' });
    });

    test('a token that is refused so may be had later', async () => {
      const { aep, requests } = await fakeAep(() => undefined, {
        ims: (request, response) => cut(request, response, 400, whole.slice(0, 60)),
      });
      expect(await errorOf(aep.flowService.flows.get(call, 'x'))).toMatchObject({ name: 'NotReached' });
      expect(requests).toHaveLength(0);
    });
  });
});

describe('a refusal that came to its end, and is no JSON though it begins like some, is a page', () => {
  const page = '{% include "sorry.html" %} Your request was blocked.';
  test.each<[string, (response: ServerResponse, status: number) => void]>([
    [
      'as long as it says',
      (response, status) => response.writeHead(status, { 'content-length': page.length }).end(page),
    ],
    ['in chunks, the last one too', (response, status) => response.writeHead(status).end(page)],
  ])('%s', async (_, answer) => {
    for (const status of [400, 404, 422]) {
      const { aep } = await fakeAep((_, response) => answer(response, status));
      const { flows } = aep.flowService;
      for (const ask of [() => flows.create(call, {}), () => flows.get(call, 'x')])
        expect(await errorOf(ask())).toMatchObject({ name: 'Rejected', status, detail: page });
    }
  });

  test('and whoever gives out tokens refuses for good so, too', async () => {
    const { aep } = await fakeAep(() => undefined, {
      ims: (_, response) => response.writeHead(400).end(page),
    });
    expect(await errorOf(aep.flowService.flows.get(call, 'x'))).toMatchObject({
      name: 'Unauthorized',
      permanent: true,
    });
  });
});
