import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAep } from '../../src/aep/aep.ts';
import type { Received } from './fake-aep.ts';
import { call, configFor, errorOf, fakeAep } from './fake-aep.ts';

/** Every way in which a server can throw back at us what it got. */
const echoes: ((request: Received, secret: string) => string)[] = [
  (request) => JSON.stringify({ title: request.headers.authorization, detail: request.body }),
  (request) => JSON.stringify({ error_code: request.headers.authorization, message: request.body }),
  (_, secret) =>
    JSON.stringify({ type: `https://ns.adobe.com/aep/errors/X-${secret}-1`, status: 1, title: secret }),
  (_, secret) =>
    JSON.stringify({ report: { 'detailed-message': secret, 'request-id': secret, 'sub-errors': [secret] } }),
  (_, secret) => JSON.stringify({ errors: [{ code: secret, message: `said ${secret}!` }] }),
  (_, secret) => JSON.stringify({ error: secret, error_description: encodeURIComponent(secret) }),
  (_, secret) => `<html><title>${secret}</title>`,
  (request, secret) => `${secret} ${request.headers.authorization} ${request.body}`,
  (_, secret) => JSON.stringify({ detail: 'x'.repeat(1_995) + secret }),
  (_, secret) =>
    JSON.stringify({
      detail: `An object https://ns.adobe.com/${secret}/schemas/1 already exists`,
      title: 'Title not unique',
    }),
];

const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/),
  fc.stringMatching(/^p8e-[A-Za-z0-9"\\&=%+ /]{8,30}$/),
);
const tokens = fc.stringMatching(/^[A-Za-z0-9._~+/-]{12,60}={0,2}$/);

test('whatever AEP or IMS throws back, no error ever shows the client secret or a token', async () => {
  let current = { status: 400, echo: echoes[0]!, secret: '', token: '', imsFails: false };
  const reply = (request: Received) => current.echo(request, `${current.secret} and ${current.token}`);
  const { url } = await fakeAep(
    (request, response) => {
      response.writeHead(current.status, {
        'x-request-id': encodeURIComponent(current.secret),
        'retry-after': '1',
      });
      response.end(reply(request));
    },
    {
      ims: (request, response) =>
        current.imsFails
          ? response.writeHead(current.status).end(reply(request))
          : response.end(JSON.stringify({ access_token: current.token, expires_in: 86_399 })),
    },
  );

  await fc.assert(
    fc.asyncProperty(
      secrets,
      tokens,
      fc.constantFrom(...echoes),
      fc.constantFrom(200, 302, 400, 401, 403, 404, 429, 500, 502),
      fc.boolean(),
      async (secret, issued, echo, status, imsFails) => {
        // Without a token there is none to hide.
        const token = imsFails ? 'none' : issued;
        current = { status, echo, secret, token, imsFails };
        const aep = createAep({ ...configFor(url), clientSecret: secret });
        const error = await errorOf(aep.schemaRegistry.schemas.create(call, { title: `${secret}${token}` }));
        const shown = [
          JSON.stringify(error),
          inspect(error, { depth: 10, showHidden: true }),
          String(error.stack),
          ...Object.values(error).map(String),
        ].join('\n');
        for (const form of imsFails
          ? [secret, encodeURIComponent(secret)]
          : [secret, token, encodeURIComponent(secret), encodeURIComponent(token)]) {
          expect(shown).not.toContain(form);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a token of somebody else, or half of one, is hidden too', async () => {
  const { aep } = await fakeAep((_, response) =>
    response
      .writeHead(400)
      .end('Bearer abcdefghijklmnopqrstuvwxyz and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx are no good'),
  );
  expect((await errorOf(aep.flowService.flows.create(call, {}))).detail).toBe(
    '[redacted] and [redacted] are no good',
  );
});

test('an error keeps no trace of the request: neither headers nor a cause', async () => {
  const { aep } = await fakeAep((request) => request.socket.destroy());
  const error = await errorOf(aep.flowService.flows.create(call, {}));
  expect(error.cause).toBeUndefined();
  expect(inspect(error, { depth: 10 })).not.toContain('authorization');
});
