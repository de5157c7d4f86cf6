import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { setFlag } from '../../emulator/cli-options.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import { databasesSchema, makeFlow, sourceConnection } from './bodies.ts';
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
  ['addFault', { kind: '503', path: '^/flows' }, /^path: is no regular expression: \* is part/],
  ['addFault', { kind: '503', path: '/{a,b' }, /^path: has braces that do not close/],
  ['addFault', { kind: '503', path: '{a,b}'.repeat(9) }, /^path: stands for more than 100 patterns/],
  ['addFault', { kind: '503', path: '*'.repeat(2000) }, /^path: is longer than 1000 characters/],
  ['addFault', { kind: '503', path: 'flowservice/flows' }, /^path: begins with no \//],
  ['addFault', { kind: '503', path: '/data/foundation/flowservice/flows' }, /^path: is what follows/],
  ['addFault', { kind: '503', method: 'FETCH' }, /^method: .*POST/],
  ['addFault', { kind: '503', sandbox: 'nope' }, /No sandbox 'nope'/],
  ['requests', { method: 'POSTS' }, /^method: .*POST/],
  ['requests', { path: '^(a+)+$' }, /^path: is no regular expression/],
  ['configure', { clockSpeed: 1 }, /'clockSpeed' is chosen at the start/],
  ['configure', { rateLimit: 1e300 }, /^rateLimit: /],
  ['configure', { hiddenLabels: 'core/C12' }, /^hiddenLabels: expected array/],
  ['configure', { operationLastsMs: 5000 }, /^operationLastsMs: expected/],
  ['setClock', { speed: 1e300 }, /^speed: .*1000000/],
  ['setClock', { now: 1e15 }, /^now: .*253402214400000/],
  ['advanceClock', { ms: 2.53e14 }, /^ms: the clock ends with the year 9999/],
  ['planRuns', { flowId: 'nope', outcomes: ['failed'] }, /No flow nope/],
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

test('a body that is no JSON object, or nested too deeply, is told as such', async () => {
  const post = async (body: string) => {
    const answer = await fetch(`${emulator.url}/_emulator/makeRun`, { method: 'POST', body });
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  const deep = `{"flowId": "x", "run": ${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  for (const body of ['{', '[]', '7', deep]) expect(await post(body)).toEqual([400, expect.any(String)]);
});

test('the clock jumps over no more runs than can be worked out in some seconds', async () => {
  const { emulator: own, client: other } = await rehearsal({ clockSpeed: 0 });
  await makeFlow(other, own.control.clock().now);
  const century = 100 * 365 * 86_400_000;
  expect(() => own.control.advanceClock(century)).toThrow(/^ms: 3504\d+ runs are due until then, .*500000/);
  expect(() => own.control.setClock({ now: own.control.clock().now + century })).toThrow(/^now: /);
  // A clock that runs fast while nobody looks gets there all the same: the oldest of its runs are left out.
  own.control.setClock({ speed: 1_000_000 });
  await delay(1500);
  own.control.setClock({ speed: 0 });
  const { body } = await other.get('/flowservice/runs?count=true');
  expect(body.count).toBeGreaterThan(1000);
  expect(body.count).toBeLessThanOrEqual(500_000);
});

test('what is no request, or exhausts those who read it, is refused, and the emulator lives on', async () => {
  const raw = (head: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1', () =>
        socket.write(`${head}\r\n\r\n`),
      );
      let text = '';
      socket
        .on('data', (chunk) => (text += String(chunk)))
        .on('close', () => resolve(text))
        .on('error', reject);
      socket.setTimeout(5000, () => socket.destroy());
    });
  expect(await raw('GET // HTTP/1.1\r\nhost: x\r\nconnection: close')).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw('TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close')).toMatch(/^HTTP\/1.1 400 /);

  const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000);
  expect((await client.post('/flowservice/flows', deep)).status).toBe(400);

  // A field group of parts that multiply, one that refers to itself, and one with an odd name.
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => {
      const $ref = `#/definitions/d${at + 1}`;
      return [`d${at}`, { properties: { x: { $ref }, y: { $ref } } }];
    }),
  );
  const make = (title: string, definitions: object) =>
    client.post('/schemaregistry/tenant/fieldgroups', {
      title,
      type: 'object',
      'meta:intendedToExtend': ['https://ns.adobe.com/xdm/context/profile'],
      definitions,
      allOf: [{ $ref: '#/definitions/d0' }],
    });
  const read = async (title: string, definitions: object): Promise<number> => {
    const { body } = await make(title, definitions);
    const accept = 'application/vnd.adobe.xed-full+json; version=1';
    const path = `/schemaregistry/tenant/fieldgroups/${encodeURIComponent(body.$id)}`;
    return (await client.get(path, { accept })).status;
  };
  expect(await read('Doubling', doubling)).toBe(400);
  const self = { $ref: '#/definitions/d0' };
  expect(await read('Round', { d0: { properties: { again: self } } })).toBe(200);
  const odd = JSON.parse(
    '{"d0": {"properties": {"__proto__": {"type": "object", "properties": {"polluted": {"type": "string"}}}}}}',
  );
  expect(await read('Odd', odd)).toBe(200);
  const mappings = [{ sourceType: 'STATIC', source: 'x', destination: '__proto__.polluted' }];
  await client.post('/conversion/mappingSets/preview', { data: [{}], mappingSet: { mappings } });
  const id = await makeFlow(client, emulator.control.clock().now);
  const { etag } = (await client.get(`/flowservice/flows/${id}`)).body.items[0];
  const steps = [{ op: 'add', path: '/options/__proto__/polluted', value: 1 }];
  expect((await client.patch(`/flowservice/flows/${id}`, steps, etag)).status).toBe(400);
  expect({}).not.toHaveProperty('polluted');
  expect({}).not.toHaveProperty('properties');

  // Texts and patterns that take for ever to match, for those who try all ways.
  const long = await client.post('/conversion/mappingSets', {
    outputSchema: { schemaRef: { id: databasesSchema, contentType: '1.0' } },
    mappings: [{ sourceType: 'ATTRIBUTE', source: 'a', destination: '.'.repeat(500_000) }],
  });
  expect(long.status).toBe(400);
  const wildcards = encodeURIComponent(`origin:${'a*'.repeat(200)}b`);
  await client.post('/catalog/dataSets', {
    name: 'Tagged',
    schemaRef: { id: databasesSchema, contentType: '1.0' },
    tags: { origin: ['a'.repeat(5000)] },
  });
  expect((await client.get(`/catalog/dataSets?tags=${wildcards}`)).body).toEqual({});
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

test.each([
  ['latency', 'soon', /^--latency takes a number/],
  ['latency', '0x10', /^--latency takes a number/],
  ['latency', '1e3', /^--latency takes a number/],
  ['latency', '3000000000', /^--latency: .*2147483647.*, not '3000000000'/],
  ['port', '70000', /^--port: .*65535/],
  ['port', '1.5', /^--port: .*int/],
  ['seed', '1.5', /^--seed: .*int/],
  ['clock-speed', '1000000000', /^--clock-speed: .*1000000/],
  ['run-appears', '5-1', /^--run-appears takes the smaller number first/],
  ['run-appears', '1-2-3', /^--run-appears takes MS or MS-MS/],
  ['runs', '', /^--runs takes OUTCOME=WEIGHT/],
  ['runs', 'success=1=2', /^--runs takes OUTCOME=WEIGHT/],
  ['runs', 'sucess', /^--runs knows success/],
  ['sandboxes', '', /^--sandboxes: names at least one/],
  ['fault', '503:GET:^(', /^--fault: is no regular expression/],
  ['fault', '503:GET:/a:1:2:3', /^--fault takes KIND/],
  ['fault', '503:GET:/a:1.5', /^--fault: .*int/],
  ['name-filter', 'maybe', /^--name-filter takes taken or refused/],
])('--%s %j is refused by its name', (name, text, told) => {
  expect(() => setFlag({ faults: [] }, name, text)).toThrow(told);
});

test('options of the start are refused by name in this process too', async () => {
  await expect(startEmulator({ latencyMs: -1 })).rejects.toThrow(/^latencyMs: /);
  await expect(startEmulator({ sandboxes: [] })).rejects.toThrow(/^sandboxes: names at least one/);
});
