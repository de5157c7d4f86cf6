import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { makeFlow, sourceConnection } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Json } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });

async function pull(lever: string, input?: object): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${emulator.url}/_emulator/${lever}`, {
    method: input === undefined ? 'GET' : 'POST',
    ...(input === undefined
      ? {}
      : { body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: await response.json() };
}

test('the levers over HTTP do what they do in process', async () => {
  const levers = Object.keys((await pull('')).body);
  expect(levers).toEqual(
    expect.arrayContaining([
      'addFault',
      'requests',
      'resources',
      'configure',
      'advanceClock',
      'planRuns',
      'reset',
    ]),
  );

  expect((await pull('addFault', { kind: '503', path: '/flowservice/flows' })).body).toMatchObject({
    id: 1,
    used: 0,
  });
  expect((await client.get('/flowservice/flows')).status).toBe(503);
  expect((await pull('faults')).body).toMatchObject([{ used: 1 }]);
  await pull('clearFaults', {});
  expect((await pull('faults')).body).toEqual([]);

  expect((await pull('requests?path=/flowservice/flows&method=get')).body).toMatchObject([
    { status: 503, fault: '503' },
  ]);
  expect((await pull('callCounts')).body).toMatchObject({ 'GET /flowservice/flows': 1 });

  const before = (await pull('clock')).body.now;
  expect((await pull('advanceClock', { ms: 1000 })).body.now).toBe(before + 1000);
  const flowId = await makeFlow(client, emulator.control.clock().now);
  await pull('planRuns', { flowId, outcomes: ['failed'] });
  await pull('advanceClock', { ms: 10 * 60_000 });
  expect((await pull('resources?kind=runs&sandbox=prod')).body).toMatchObject([
    { flowId, metrics: { statusSummary: { status: 'failed' } } },
  ]);
  expect((await pull('makeRun', { flowId, completedAt: before })).body).toMatchObject({
    flowId,
    metrics: { statusSummary: { status: 'success' } },
  });

  expect((await pull('configure', { latencyMs: 1 })).body.latencyMs).toBe(1);
  await pull('reset', {});
  expect((await pull('resources?kind=flows')).body).toEqual([]);
  expect((await pull('requests')).body).toEqual([]);
});

test('a lever that is not there, a wrong setting and a wrong body are told', async () => {
  expect(await pull('explode', {})).toMatchObject({ status: 404, body: { levers: expect.any(Array) } });
  expect(await pull('configure', { latency: 1 })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('latencyMs') },
  });
  expect((await pull('advanceClock', { ms: -1 })).status).toBe(400);
  expect((await pull('reset')).status).toBe(405);
});

test.each<[lever: string, input: object, told: RegExp]>([
  ['addFault', { kind: 'nonsense' }, /^kind: .*reset-before/],
  ['addFault', { kind: '503', times: '3' }, /^times: expected number, received string/],
  ['addFault', { kind: '503', paths: '/flowservice/**' }, /^paths: there is no such field; .*path,/],
  ['addFault', { kind: '503', path: '^(' }, /^path: is no regular expression/],
  ['configure', { latencyMs: '100' }, /^latencyMs: expected number/],
  ['configure', { latencyMs: 3e9 }, /^latencyMs: .*2147483647/],
  ['configure', { runs: { sucess: 1 } }, /^runs\.?.*sucess/],
  ['configure', { runLastsMs: [2, 1] }, /^runLastsMs: takes the smaller number first/],
  ['configure', { sandboxes: ['prod'] }, /'sandboxes' is chosen at the start/],
  ['setClock', { now: '2030-01-01', speed: -1 }, /^speed: .*; now: expected number/],
  ['advanceClock', {}, /^ms: expected number, received undefined/],
  ['planRuns', { outcomes: ['nonsense'] }, /^outcomes\.0: expected one of success/],
  ['planRuns', { outcomes: [{ outcome: 'failed', records: 'many' }] }, /^outcomes\.0\.records: expected/],
  ['makeRun', { flowId: 7 }, /^flowId: expected string/],
  ['resources', { kind: 'flow' }, /^kind: .*flows/],
  ['clearFaults', { all: true }, /^all: there is no such field/],
])('%s with %j is refused by the name of the field, and changes nothing', async (lever, input, told) => {
  const before = [await pull('faults'), await pull('clock')];
  const { status, body } = await pull(lever, input);
  expect(status).toBe(400);
  expect((body as { error: string }).error).toMatch(told);
  expect([await pull('faults'), await pull('clock')]).toEqual(before);
});

test('one can wait for a call to arrive', async () => {
  const arrival = emulator.control.nextRequest({ method: 'POST', path: '/flowservice/sourceConnections' });
  await client.post('/flowservice/sourceConnections', sourceConnection({ name: 'awaited' }));
  expect(await arrival).toMatchObject({ body: { name: 'awaited' } });
});

const command = (...args: string[]) =>
  spawn(process.execPath, ['emulator/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the command prints its address, serves, and leaves cleanly on %s',
  async (signal) => {
    const child = command('--latency', '1', '--fault', '500:POST:/ims/token/v3');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    expect((await fetch(`${url}/ims/token/v3`, { method: 'POST' })).status).toBe(500);
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(0);
  },
);

test('the command explains every option, and refuses one it does not know', async () => {
  const helper = command('--help');
  let text = '';
  for await (const chunk of helper.stdout) text += String(chunk);
  for (const option of [
    'port',
    'latency',
    'list-lag',
    'fault',
    'rate-limit',
    'mapping-set-names',
    'runs',
    'clock-speed',
  ]) {
    expect(text).toMatch(new RegExp(`--${option} .+\n +\\S`));
  }
  const wrong = command('--latency', 'soon');
  let complaint = '';
  for await (const chunk of wrong.stderr) complaint += String(chunk);
  expect(complaint).toContain('--latency');
  expect(wrong.exitCode ?? (await once(wrong, 'exit'))[0]).toBe(2);
});
