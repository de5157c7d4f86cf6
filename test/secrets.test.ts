import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FaultKind } from '../emulator/emulator.ts';
import { forms } from './support/forms.ts';
import { everythingKept } from './support/kept.ts';
import { orders, places, refusedMapping, wrongExpression } from './support/dataflows.ts';
import { startProgram } from './support/program.ts';
import { startRig, type Rig } from './support/rig.ts';

/** Unlike anything else, and with what is written differently in an address or a form. */
const secret = 'p8e-S3cret/of+the=worker';
/** How the emulator's tokens begin. */
const token = /emulator\.[0-9a-f]{16,}/;

const faults: FaultKind[] = ['401', 'token-revoked', '500-committed', '502-html', 'truncated', 'reset-after'];
const { sandboxes, next } = places(20);
let rig: Rig;
let log = '';

beforeAll(async () => {
  rig = await startRig({
    emulator: { sandboxes, clientSecret: secret },
    env: { AEP_CLIENT_SECRET: secret },
  });
});
afterAll(() => rig.close());

it('whatever goes wrong, no history, memo, search attribute, failure or log shows the secret or a token', async () => {
  const { control, url } = rig.emulator;
  const worker = startProgram('src/worker.ts', [], { ...rig.env, TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' });
  const ended = await Promise.all([
    ...faults.map((kind) => spoiled({ kind })),
    outcome(orders(next(), { mapping: refusedMapping })),
    outcome(orders('no-such-place')),
  ]);
  expect(ended.filter((one) => one === 'done')).toHaveLength(faults.length);

  // Then IMS refuses, in the middle: the token is gone, and the secret is no good any more.
  control.configure({ clientSecret: 'another' });
  const refused = await spoiled({ kind: 'token-revoked' });
  expect(refused).toContain('Check the client id and secret');
  worker.kill('SIGTERM');
  await worker.ended;
  log = worker.stderr();

  const kept = [...(await everythingKept(rig, faults.length)), worker.stdout(), worker.stderr()].join('\n');
  // What is kept can be read here, and a token would be known for one.
  for (const known of ['createSourceConnection', 'invalid client_secret parameter', '502', wrongExpression])
    expect(kept).toContain(known);
  expect(await tokenOf(url)).toMatch(token);
  expect(token.exec(kept)).toBeNull();
  for (const form of forms(secret)) expect(kept.includes(form)).toBe(false);
});

it('what a create failed for is in the log of the worker once, without a stack trace', () => {
  const lines = log.split('\n').filter((line) => line.includes(wrongExpression));
  expect(lines).toEqual([
    expect.stringMatching(/\[WARN\] createDataflow dataflow:place-\d+:orders failed: POST \S+ failed: 400 /),
  ]);
  expect(log).not.toMatch(/^ +at /m);
});

/** A dataflow of its own that meets a fault on several of its calls. */
function spoiled(fault: { kind: FaultKind }): Promise<string> {
  const sandbox = next();
  for (const skip of [3, 8, 10]) rig.emulator.control.addFault({ ...fault, sandbox, skip });
  return outcome(orders(sandbox));
}

async function outcome(definition: Record<string, unknown>): Promise<string> {
  const handle = await rig.client.start(definition);
  return handle.result().then(() => 'done', String);
}

async function tokenOf(url: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'test-client',
    client_secret: 'another',
    scope: 'openid',
  });
  const response = await fetch(`${url}/ims/token/v3`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}
