import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAep } from '../../src/aep/aep.ts';
import { createSecrets } from '../../src/aep/secrets.ts';
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

describe('a secret in the text of a source is hidden', () => {
  const { redact } = createSecrets('of the client');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const password = `pa<ss>&"w'rd/+=é?`;
  const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkq/hkiG9w0BAQEF+ASC'.repeat(2)}\nc2Vjb25kTGluZU9mVGhlS2V5\n-----END PRIVATE KEY-----\n`;

  test.each([
    ['as it is', password],
    ['in base64', base64(password)],
    ['in base64, with a user', base64(`me:${password}`)],
    ['in base64, with a longer user', base64(`you1:${password}`)],
    ['in base64, with more after it', base64(`you:${password}, and more`)],
    ['in base64 for addresses', Buffer.from(`me:${password}`).toString('base64url')],
    ['in an address', encodeURIComponent(password)],
    [
      'in an address, in lower case',
      encodeURIComponent(password).replaceAll(/%../g, (one) => one.toLowerCase()),
    ],
    ['in JSON', JSON.stringify(password).slice(1, -1)],
    ['in JSON that escapes more', JSON.stringify(password).slice(1, -1).replaceAll('/', '\\/')],
    ['in a page', 'pa&lt;ss&gt;&amp;&quot;w&#39;rd/+=é?'],
    ['in a page of another library', 'pa&lt;ss&gt;&amp;&#34;w&#39;rd/+=é?'],
    ['in JSON with escapes in capitals', 'pa\\u003Css\\u003E\\u0026\\"w\\u0027rd/\\u002B\\u003Dé?'],
    ['in a page inside JSON', 'pa\\u003css\\u003e\\u0026\\"w\\u0027rd/\\u002b\\u003dé?'],
  ])('%s', (_, written) => {
    expect(redact(`It said "${written}", no more.`, [password])).toBe('It said "[redacted]", no more.');
  });

  test('by any line of it that is long enough to be told from others', () => {
    const [begin, first, second, end] = pem.split('\n');
    const quoted = `${begin} then ${second} at 2, ${first} and ${end}`;
    expect(redact(quoted, [pem])).toBe(`${begin} then [redacted] at 2, [redacted] and ${end}`);
    const inJson = JSON.stringify({ private_key: pem });
    expect(redact(`no key: ${first}`, [inJson])).toBe('no key: [redacted]');
    expect(redact(`no key: ${inJson}`, [inJson])).toBe('no key: [redacted]');
  });

  test('that is short only where it stands alone', () => {
    expect(redact('a is a part of "a" and (abc), and 12 of 123', ['a', '12'])).toBe(
      '[redacted] is [redacted] part of "[redacted]" and (abc), and [redacted] of 123',
    );
    expect(redact('nothing', [''])).toBe('nothing');
  });

  test('and nothing else of any text, without long work', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 40 }), fc.string(), (secret, text) => {
        const shown = redact(`${text} ${secret} ${text}`, [secret]);
        if (secret.trim().length >= 6 && !text.includes(secret)) expect(shown).not.toContain(secret);
      }),
    );
    const key = Array.from({ length: 1_000 }, (_, line) => `${line}`.padStart(64, 'k')).join('\n');
    const began = performance.now();
    expect(redact(`${'QUJD'.repeat(16_000)}\n${key.slice(-65)}`, [key, 'QUJDQ'.repeat(200)])).toContain(
      '[redacted]',
    );
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
