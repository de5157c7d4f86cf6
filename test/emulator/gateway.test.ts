import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { Client, rehearsal, token } from './client.ts';

const { emulator, client } = await rehearsal();

const anyCall: Record<string, string> = {
  flowservice: '/flowservice/flowSpecs',
  schemaregistry: '/schemaregistry/stats',
  catalog: '/catalog/dataSets',
  conversion: '/conversion/mappingSets?limit=1&start=0',
};
const services = Object.keys(anyCall);

test.each(services)(
  '%s refuses a call without a token, with a bad one, and without an API key',
  async (service) => {
    const path = anyCall[service] ?? '';
    const missing = await client.get(path, { authorization: undefined });
    expect(missing).toMatchObject({
      status: 403,
      body: { error_code: '403010', message: 'Oauth token is missing.' },
    });
    const bad = await client.get(path, { authorization: 'Bearer nonsense' });
    expect(bad).toMatchObject({
      status: 401,
      body: { error_code: '401013', message: 'Oauth token is not valid' },
    });
    const keyless = await client.get(path, { 'x-api-key': undefined });
    expect(keyless).toMatchObject({ status: 403, body: { error_code: '403000' } });
    const foreign = await client.get(path, { 'x-api-key': 'somebody-else' });
    expect(foreign).toMatchObject({ status: 403, body: { error_code: '403003' } });
  },
);

test('Flow Service answers a missing organisation or sandbox with its own codes', async () => {
  const path = '/flowservice/flows';
  const code = (number: string) => ({ body: { type: `https://ns.adobe.com/aep/errors/FLOW-${number}` } });
  expect(await client.get(path, { 'x-gw-ims-org-id': undefined })).toMatchObject({
    status: 401,
    ...code('2001-401'),
  });
  expect(await client.get(path, { 'x-gw-ims-org-id': '' })).toMatchObject({
    status: 401,
    ...code('2002-401'),
  });
  expect(await client.get(path, { 'x-sandbox-name': undefined })).toMatchObject({
    status: 400,
    ...code('2105-400'),
  });
  expect(await client.get(path, { 'x-sandbox-name': 'nowhere' })).toMatchObject({
    status: 404,
    ...code('2100-404'),
  });
});

test.each(['schemaregistry', 'catalog', 'conversion'])(
  '%s refuses a call without an organisation, takes one without a sandbox as prod, and refuses an unknown sandbox',
  async (service) => {
    const path = anyCall[service] ?? '';
    const orgless = await client.get(path, { 'x-gw-ims-org-id': undefined });
    expect(orgless).toMatchObject({ status: 400, body: { error_code: '400003' } });
    expect((await client.get(path, { 'x-sandbox-name': undefined })).status).toBe(200);
    expect((await client.get(path, { 'x-sandbox-name': 'nowhere' })).status).toBe(404);
  },
);

test('a body without a JSON content type, or that is no JSON, is refused', async () => {
  const untyped = await client.post('/flowservice/flows', '{}', { 'content-type': 'text/plain' });
  expect(untyped).toMatchObject({
    status: 400,
    body: { title: 'BadRequestError', detail: 'A valid content-type must be specified' },
  });
  expect((await client.post('/flowservice/flows', '{"name":')).status).toBe(400);
});

test('what is made in one sandbox does not exist in the other', async () => {
  const dev = new Client(emulator.url, await token(emulator.url), 'dev');
  const made = await dev.post('/flowservice/connections', {
    name: 'dev only',
    connectionSpec: { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' },
  });
  expect((await dev.get(`/flowservice/connections/${made.body.id}`)).status).toBe(200);
  expect((await client.get(`/flowservice/connections/${made.body.id}`)).status).toBe(404);
});

test('every answer has a request id, and an error repeats it', async () => {
  const answer = await client.get('/flowservice/flows/nope');
  expect(answer.headers.get('x-request-id')).toBeTruthy();
  expect(answer.body.report['request-id']).toBe(answer.headers.get('x-request-id'));
});

test('the token endpoint takes the v3 form and the v2 query, and says how long a token lives in seconds', async () => {
  const fields = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'rehearsal',
    client_secret: 'x',
    scope: 'openid',
  });
  for (const request of [
    fetch(`${emulator.url}/ims/token/v3`, { method: 'POST', body: fields }),
    fetch(`${emulator.url}/ims/token/v2?${fields.toString()}`, { method: 'POST' }),
  ]) {
    const response = await request;
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      token_type: 'bearer',
      expires_in: 86399,
      access_token: expect.any(String),
    });
  }
});

test('options narrow down which clients, secrets and organisations are known', async () => {
  const strict = await startEmulator({
    clientIds: ['known'],
    clientSecret: 'right',
    orgIds: ['ACME@AdobeOrg'],
    sandboxes: ['lab'],
  });
  try {
    const ask = async (clientId: string, clientSecret: string) => {
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'openid',
      };
      const response = await fetch(`${strict.url}/ims/token/v3`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    expect(await ask('unknown', 'right')).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect(await ask('known', 'wrong')).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    const good = await ask('known', 'right');
    const caller = new Client(strict.url, good.body.access_token ?? '', 'lab');
    const key = { 'x-api-key': 'known' };
    expect((await caller.get('/flowservice/flows', key)).status).toBe(200);
    expect(
      await caller.get('/flowservice/flows', { ...key, 'x-gw-ims-org-id': 'OTHER@AdobeOrg' }),
    ).toMatchObject({
      status: 401,
      body: { type: expect.stringContaining('FLOW-2000-401') },
    });
    expect(
      await caller.get('/catalog/dataSets', { ...key, 'x-gw-ims-org-id': 'OTHER@AdobeOrg' }),
    ).toMatchObject({
      status: 403,
      body: { error_code: '403025' },
    });
  } finally {
    await strict.close();
  }
});

test('a token is refused when its life is over', async () => {
  const brief = await startEmulator({ tokenSeconds: 0 });
  try {
    const late = new Client(brief.url, await token(brief.url));
    expect(await late.get('/flowservice/flows')).toMatchObject({
      status: 401,
      body: { error_code: '401013' },
    });
  } finally {
    await brief.close();
  }
});
