import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createListener } from '../../src/listener/app.ts';
import type { RunEvent } from '../../src/listener/read-events.ts';
import { createVerify } from '../../src/listener/signature.ts';
import { serveApp, startAdobe, type Served } from './adobe.ts';

const clientId = 'our-client';
const run = { id: 'run-1', flowId: 'flow-1', sandboxName: 'prod', sandboxId: 'x' };

let adobe: Awaited<ReturnType<typeof startAdobe>>;
beforeAll(async () => {
  adobe = await startAdobe(clientId);
});
afterAll(() => adobe.close());

let listener: Served;
let woken: RunEvent[];
let wakeFails: boolean;
let logged: string[];
beforeEach(async () => {
  woken = [];
  logged = [];
  wakeFails = false;
  adobe.state.away = false;
  adobe.state.fetched = 0;
  const wake = async (events: RunEvent[]) => {
    if (wakeFails) throw new Error('Temporal is away');
    woken.push(...events);
  };
  const verify = createVerify(adobe.keysUrl);
  listener = await serveApp(createListener({ clientId, verify, wake, log: (text) => logged.push(text) }));
});
afterEach(() => listener.close());

async function post(payload: unknown, changes: Record<string, string> = {}, text = JSON.stringify(payload)) {
  const headers = { ...adobe.headersFor(JSON.stringify(payload)), ...changes };
  const { status } = await fetch(listener.url, { method: 'POST', body: text, headers });
  return status;
}

describe('the address that Adobe is given', () => {
  test('echoes the challenge as plain text, whatever is in it', async () => {
    const challenge = '8ec8d794-e0ab-42df-9017-e3dada8e84f7 <script>';
    const answer = await fetch(`${listener.url}/?challenge=${encodeURIComponent(challenge)}`);
    expect(await answer.text()).toBe(challenge);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${listener.url}/?challenge=${'x'.repeat(2000)}`)).status).toBe(400);
    expect((await fetch(`${listener.url}/health`)).status).toBe(200);
  });

  test('wakes the watcher of a run that went well, and of one that failed: the two come in different shapes', async () => {
    expect(await post(adobe.success(run))).toBe(200);
    expect(await post(adobe.failure({ ...run, id: 'run-2' }))).toBe(200);
    expect(woken).toEqual([
      { flowId: 'flow-1', sandbox: 'prod', runId: 'run-1', status: 'success' },
      { flowId: 'flow-1', sandbox: 'prod', runId: 'run-2', status: 'failed' },
    ]);
  });

  test('takes events in a batch, and events that are no news of a run', async () => {
    const batch = [adobe.success(run), adobe.success({ ...run, id: 'run-2' })];
    expect(await post(batch)).toBe(200);
    expect(woken.map(({ runId }) => runId)).toEqual(['run-1', 'run-2']);
    expect(await post({ event: { hello: 'test' }, recipient_client_id: clientId })).toBe(200);
    expect(woken).toHaveLength(2);
  });

  test('leaves out a flow id that could be anything else', async () => {
    for (const flowId of ['../x', 'a/b', '', 'a" OR 1=1', 'x'.repeat(200)])
      expect(await post(adobe.success({ ...run, flowId }))).toBe(200);
    expect(await post(adobe.success({ ...run, sandboxName: 'PROD/..' }))).toBe(200);
    expect(woken).toEqual([{ flowId: 'flow-1', runId: 'run-1', status: 'success' }]);
  });
});

describe('an event that Adobe did not send to us', () => {
  test('is refused without signature, with another, and with a right one on other words', async () => {
    const event = adobe.success(run);
    expect((await fetch(listener.url, { method: 'POST', body: JSON.stringify(event) })).status).toBe(401);
    expect(await post(event, { 'x-adobe-digital-signature-1': 'bm8=' })).toBe(401);
    expect(await post(event, {}, JSON.stringify({ ...event, extra: 1 }))).toBe(401);
    expect(woken).toEqual([]);
  });

  test('is refused where it is for another client, or for nobody', async () => {
    expect(await post({ ...adobe.success(run), recipient_client_id: 'another' })).toBe(401);
    expect(await post({ event: run })).toBe(401);
    expect(await post([adobe.success(run), { ...adobe.success(run), recipient_client_id: 'another' }])).toBe(
      401,
    );
    expect(woken).toEqual([]);
  });

  test.each([
    '//evil.example.com/k.pem',
    '/../k.pem',
    'https://evil.example.com/k.pem',
    '/prod/keys/k.pem?x',
    '/a@b/k.pem',
  ])('cannot name a key that is not on the host of Adobe: %s', async (path) => {
    expect(
      await post(adobe.success(run), { 'x-adobe-public-key1-path': path, 'x-adobe-public-key2-path': path }),
    ).toBe(401);
    expect(adobe.state.fetched).toBe(0);
  });

  test('cannot keep a key of Adobe out with keys of its own making, and has no more than two of them asked for', async () => {
    const junk = (n: number) =>
      post(adobe.success(run), {
        'x-adobe-public-key1-path': `/prod/keys/k${n}.pem`,
        'x-adobe-public-key2-path': `/prod/keys/l${n}.pem`,
      });
    for (let n = 0; n < 60; n++) expect(await junk(n)).toBe(401);
    expect(adobe.state.fetched).toBe(120);
    // What was not there a moment ago is not asked for again.
    expect(await junk(59)).toBe(401);
    expect(adobe.state.fetched).toBe(120);
    expect(await post(adobe.success(run))).toBe(200);
    for (let n = 200; n < 260; n++) await junk(n);
    adobe.state.asked = [];
    expect(await post(adobe.success({ ...run, id: 'run-2' }))).toBe(200);
    expect(adobe.state.asked).not.toContain('pub-key-one.pem');
  });

  test('whose key is too large, or never comes to its end, keeps nobody waiting for long', async () => {
    const large = { 'x-adobe-public-key1-path': '/prod/keys/large.pem' };
    expect(await post(adobe.success(run), large)).toBe(503);
    // One right signature is enough.
    const right = adobe.headersFor(JSON.stringify(adobe.failure(run)));
    const slow = {
      'x-adobe-public-key1-path': '/prod/keys/slow.pem',
      'x-adobe-digital-signature-2': right['x-adobe-digital-signature-1']!,
      'x-adobe-public-key2-path': right['x-adobe-public-key1-path']!,
    };
    expect(await post(adobe.failure(run), slow)).toBe(200);
    expect(logged.join()).toContain('too large for a key');
  });

  test('is refused where it is too large, or not JSON', async () => {
    expect(await post({ ...adobe.success(run), filler: 'x'.repeat(300_000) })).toBe(413);
    const text = 'not JSON';
    const answer = await fetch(listener.url, { method: 'POST', body: text, headers: adobe.headersFor(text) });
    expect(answer.status).toBe(400);
    expect(woken).toEqual([]);
  });

  test('is refused where it is nested more deeply than anything of Adobe’s', async () => {
    let lists: unknown = adobe.success(run);
    for (let depth = 0; depth < 100; depth++) lists = [lists];
    expect(await post(lists)).toBe(400);
    const text = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const answer = await fetch(listener.url, { method: 'POST', body: text, headers: adobe.headersFor(text) });
    expect(answer.status).toBe(400);
    let filler: unknown = {};
    for (let depth = 0; depth < 100; depth++) filler = { filler };
    expect(await post({ ...adobe.success(run), filler })).toBe(400);
    expect(woken).toEqual([]);
  });
});

describe('trouble', () => {
  test.each([503, 429, 408])(
    'with the keys (%s) makes Adobe send again, and the keys are asked for again',
    async (status) => {
      adobe.state.away = status;
      expect(await post(adobe.success(run))).toBe(503);
      adobe.state.away = false;
      expect(await post(adobe.success(run))).toBe(200);
      expect(woken).toHaveLength(1);
    },
  );

  test('with Temporal makes Adobe send again, and is logged without what was sent', async () => {
    wakeFails = true;
    expect(await post(adobe.success(run))).toBe(503);
    expect(logged.join()).toContain('Temporal is away');
    expect(logged.join()).not.toContain('recipient_client_id');
  });

  test('keys are kept: many events are one or two requests to Adobe', async () => {
    for (let n = 0; n < 20; n++) await post(adobe.success({ ...run, id: `run-${n}` }));
    expect(adobe.state.fetched).toBeLessThanOrEqual(2);
  });
});
