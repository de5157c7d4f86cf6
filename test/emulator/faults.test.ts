import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { FaultKind } from '../../emulator/emulator.ts';
import { sourceConnection } from './bodies.ts';
import { Client, rehearsal, token } from './client.ts';

const { emulator, client } = await rehearsal();
const { control } = emulator;
const path = '/flowservice/sourceConnections';

afterEach(() => {
  control.clearFaults();
});

let count = 0;
/** A create under a name of its own, and how many of that name there are. */
function attempt(signal?: AbortSignal) {
  count += 1;
  const name = `attempt ${count}`;
  const made = (): number =>
    control.resources('sourceConnections').filter((item) => item.name === name).length;
  return {
    answer: client.call('POST', path, {
      body: sourceConnection({ name }),
      ...(signal === undefined ? {} : { signal }),
    }),
    made,
  };
}

/** Why a fetch failed: the code of the socket's error. */
async function failure(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const cause = (error as Error | undefined)?.cause as { code?: string } | undefined;
  return cause?.code ?? (error as Error | undefined)?.name ?? 'no failure';
}

test.each<[FaultKind, number, number]>([
  ['429', 429, 0],
  ['429-retry-after', 429, 0],
  ['500', 500, 0],
  ['500-committed', 500, 1],
  ['503', 503, 0],
  ['401', 401, 0],
  ['404', 404, 0],
])('the fault %s answers %i, and then there are %i of what was asked for', async (kind, status, made) => {
  control.addFault({ kind, method: 'POST', path });
  const spoiled = attempt();
  expect((await spoiled.answer).status).toBe(status);
  expect(spoiled.made()).toBe(made);
  expect((await attempt().answer).status).toBe(201);
});

test('429 comes with and without a time to wait', async () => {
  control.addFault({ kind: '429', path });
  control.addFault({ kind: '429-retry-after', path, retryAfterSeconds: 7 });
  const without = await attempt().answer;
  expect(without.body).toEqual({ error_code: '429050', message: 'Too many requests' });
  expect(without.headers.get('retry-after')).toBeNull();
  expect((await attempt().answer).headers.get('retry-after')).toBe('7');
});

test('a 502 has an HTML body, and may have taken effect all the same', async () => {
  control.addFault({ kind: '502-html', path, committed: true });
  const response = await fetch(`${emulator.url}/data/foundation${path}`, { method: 'POST' });
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('text/html');
  expect(await response.text()).toContain('<html>');
});

test('a reset before the commit leaves nothing, one after it leaves the resource', async () => {
  control.addFault({ kind: 'reset-before', path });
  const before = attempt();
  expect(await failure(before.answer)).toBe('ECONNRESET');
  expect(before.made()).toBe(0);
  control.addFault({ kind: 'reset-after', path });
  const after = attempt();
  expect(await failure(after.answer)).toBe('ECONNRESET');
  expect(after.made()).toBe(1);
});

test('a late commit shows up after its delay, though the connection was reset', async () => {
  control.addFault({ kind: 'late-commit', path, delayMs: 150 });
  const late = attempt();
  expect(await failure(late.answer)).toBe('ECONNRESET');
  expect(late.made()).toBe(0);
  while (late.made() === 0) await delay(10);
  expect(late.made()).toBe(1);
});

test('a late commit may also leave the client waiting, and comes though the client gave up', async () => {
  control.addFault({ kind: 'late-commit', path, delayMs: 150, meanwhile: 'hang' });
  const late = attempt(AbortSignal.timeout(50));
  expect(await failure(late.answer)).toBe('TimeoutError');
  expect(late.made()).toBe(0);
  while (late.made() === 0) await delay(10);
});

test.each<[FaultKind, number]>([
  ['hang', 0],
  ['hang-committed', 1],
])('the fault %s never answers, and then there are %i', async (kind, made) => {
  control.addFault({ kind, path });
  const hanging = attempt(AbortSignal.timeout(100));
  expect(await failure(hanging.answer)).toBe('TimeoutError');
  expect(hanging.made()).toBe(made);
});

test('a truncated answer begins well and breaks off, and the resource is there', async () => {
  control.addFault({ kind: 'truncated', path });
  const cut = attempt();
  expect(await failure(cut.answer)).not.toBe('no failure');
  expect(cut.made()).toBe(1);
  expect(control.requests({ path }).at(-1)).toMatchObject({ status: 201, fault: 'truncated' });
});

test('a refusal may break off too, and then nothing is there', async () => {
  control.addFault({ kind: '400-truncated', path });
  const cut = attempt();
  expect(await failure(cut.answer)).not.toBe('no failure');
  expect(cut.made()).toBe(0);
  expect(control.requests({ path }).at(-1)).toMatchObject({ status: 400, fault: '400-truncated' });
});

test('revoked tokens are refused until a new one is asked for', async () => {
  const own = await startEmulator();
  try {
    const caller = new Client(own.url, await token(own.url));
    own.control.addFault({ kind: 'token-revoked', path: '/flowservice/flows' });
    expect(await caller.get('/flowservice/flows')).toMatchObject({
      status: 401,
      body: { error_code: '401013' },
    });
    expect((await caller.get('/flowservice/flows')).status).toBe(401);
    const renewed = new Client(own.url, await token(own.url));
    expect((await renewed.get('/flowservice/flows')).status).toBe(200);
  } finally {
    await own.close();
  }
});

test('a fault waits for its method and path, lets some pass, and strikes so many times', async () => {
  control.addFault({ kind: '503', method: 'GET', path: '/flowservice/*/no-such-id', skip: 1, times: 2 });
  const ask = async () => (await client.get('/flowservice/flows/no-such-id')).status;
  expect((await client.get('/flowservice/flows')).status).toBe(200);
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([404, 503, 503, 404]);
  expect(control.faults()).toMatchObject([{ skipped: 1, used: 2 }]);
  control.addFault({ kind: '503', path: '/flowservice/{flows,runs}' });
  expect((await client.get('/flowservice/runs/')).status).toBe(503);
});

test('faults reach the token endpoint too', async () => {
  control.addFault({ kind: '500', path: '/ims/token/*' });
  expect((await fetch(`${emulator.url}/ims/token/v3`, { method: 'POST' })).status).toBe(500);
});

test('each call takes the latency that is set', async () => {
  control.configure({ latencyMs: 80 });
  const startedAt = performance.now();
  await client.get('/flowservice/flowSpecs');
  control.configure({ latencyMs: 0 });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
});

test('calls beyond the rate are answered 429, with a time to wait where that is set', async () => {
  control.configure({ rateLimit: 5, retryAfterSeconds: 2 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.get('/flowservice/flowSpecs')));
  control.configure({ rateLimit: 0 });
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(10);
  expect(refused.length).toBeLessThan(20);
  expect(refused[0]?.headers.get('retry-after')).toBe('2');
  expect(refused[0]?.body.error_code).toBe('429050');
});

test('an unplugged emulator refuses connections, and has lost nothing when it is plugged in again', async () => {
  const own = await startEmulator();
  try {
    const caller = new Client(own.url, await token(own.url));
    const made = await caller.post(path, sourceConnection());
    await own.unplug();
    // The first call may still find its old connection closing.
    await failure(caller.get('/flowservice/flows'));
    expect(await failure(caller.get('/flowservice/flows'))).toBe('ECONNREFUSED');
    await own.plugIn();
    expect((await caller.get(`${path}/${made.body.id}`)).status).toBe(200);
  } finally {
    await own.close();
  }
});
