import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBoard } from '../../src/board/app.ts';
import { planAsMermaid, planAsText } from '../../src/client.ts';
import { mysqlAuth, ordersFrom, shops } from '../support/connections.ts';
import { failureOf, places } from '../support/dataflows.ts';
import { forms } from '../support/forms.ts';
import { everythingKept, texts } from '../support/kept.ts';
import { startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** Unlike anything else, and with what is written differently in an address, a form or JSON. */
const canaries = {
  first: 'c4nary-one/of "the"+mine=',
  rotated: 'c4nary-two\\of the+mine&',
  wrong: 'c4nary-three wrong <%mine>',
  key: 'c4nary-key-of-the-digest',
};
const faults = ['500-committed', '502-html', 'truncated', 'reset-after'] as const;
const { sandboxes, next } = places(8);
let directory: string;
let rig: Rig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  rig = await startRig({
    emulator: { sandboxes },
    env: {
      AEP_SECRETS_DIR: directory,
      AEP_CONNECTION_DIGEST_KEY: canaries.key,
      SHOP_PASSWORD: canaries.first,
    },
  });
});
afterAll(async () => {
  await rig.close();
  await rm(directory, { recursive: true });
});

it('whatever becomes of a base connection, nothing shows its secrets, nor the key of its digest', async () => {
  const { client, emulator } = rig;
  const worker = startProgram('src/worker.ts', [], { ...rig.env, TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' });
  const told: unknown[] = [];
  const tell = <Told>(one: Told): Told => {
    told.push(one);
    return one;
  };
  const keep = async (name: string, secret: string) => {
    await writeFile(join(directory, name), secret);
    return { secret: `file:${join(directory, name)}` };
  };
  const fails = async (run: Promise<unknown>) => {
    const error = await run.then(
      () => new Error('It did not fail'),
      (thrown: unknown) => thrown,
    );
    return tell([String(error), texts(error)]);
  };

  // Made from the environment, planned, and rotated to a file.
  const sandbox = next();
  const first = ordersFrom(sandbox, mysqlAuth({ secret: 'env:SHOP_PASSWORD' }));
  tell(await client.plan(first));
  const created = await client.start(first);
  tell(await created.result());
  const second = ordersFrom(sandbox, mysqlAuth(await keep('shop', canaries.rotated)));
  const plan = tell(await client.plan(second));
  expect(plan.steps[0]).toMatchObject({ kind: 'baseConnection', action: 'update' });
  tell([planAsText(plan), planAsMermaid(plan), await client.planMany({ definitions: [second] })]);
  const rotated = await client.apply({ definitions: [second] });
  expect(tell(await rotated.result()).totals).toMatchObject({ updated: 1 });
  tell(await created.progress());

  // A wrong one that the source quotes: of a create, by itself, and while the flow lives.
  const wrong = mysqlAuth(await keep('wrong', canaries.wrong));
  const refusing = next();
  const refused = tell(await failureOf(await client.start(ordersFrom(refusing, wrong))));
  expect(refused.message).toContain('password "[redacted]"');
  const shop = { name: 'Shop', connector: 'mysql' as const };
  await fails(client.ensureConnection({ sandbox: next(), ...shop, auth: wrong }));
  await keep('shop', canaries.wrong);
  await fails(client.update({ definition: second }));
  await keep('shop', canaries.rotated);
  tell(await client.update({ definition: second }));

  // Whatever AEP does meanwhile, and where the secret is written down.
  const spoiled = faults.map(async (kind) => {
    const elsewhere = next();
    emulator.control.addFault({ kind, sandbox: elsewhere, method: 'POST', path: '/flowservice/connections' });
    emulator.control.addFault({
      kind,
      sandbox: elsewhere,
      method: 'PATCH',
      path: '/flowservice/connections/*',
    });
    emulator.control.addFault({ kind, sandbox: elsewhere, path: '/flowservice/connections/*/test' });
    const auth = mysqlAuth({ secret: 'env:SHOP_PASSWORD' });
    tell(await client.ensureConnection({ sandbox: elsewhere, ...shop, auth }));
    expect(shops(rig, elsewhere)).toHaveLength(1);
  });
  await Promise.all(spoiled);
  const written = ordersFrom(next(), { type: 'Basic Authentication', params: { password: canaries.first } });
  await fails(client.start(written));
  await fails(client.plan(written));

  await fails(client.deleteConnection({ sandbox, name: 'Shop' }));
  tell(await client.delete({ sandbox, name: 'orders' }));
  tell(await client.deleteConnection({ sandbox, name: 'Shop' }));
  tell(await client.history({ sandbox, name: 'orders' }));

  const board = createBoard({ client, token: 'mine', port: () => 8080, allowsActions: true });
  const headers = { host: '127.0.0.1:8080', cookie: 'aep-board-8080=mine' };
  const pages = [`/dataflow?name=${sandbox}/orders`, `/dataflow?name=${refusing}/orders`];
  for (const path of ['/', ...pages, `/plan?name=${refusing}/orders`]) {
    // oxlint-disable-next-line no-await-in-loop
    const page = await board.request(`http://127.0.0.1:8080${path}`, { headers });
    expect(page.status, path).toBe(200);
    // oxlint-disable-next-line no-await-in-loop
    tell(await page.text());
  }

  const metadata = await rig.temporal.client.workflow
    .getHandle(`connection:${sandbox}:Shop`)
    .query('__temporal_workflow_metadata');
  worker.kill('SIGTERM');
  await worker.ended;
  const kept = [
    ...(await everythingKept(rig, 10)),
    ...texts(told),
    ...texts(metadata),
    JSON.stringify(told),
    worker.stdout(),
    worker.stderr(),
    JSON.stringify(emulator.control.resources('connections')),
    JSON.stringify(emulator.control.requests()),
  ].join('\n');
  // What is kept can be read here.
  for (const known of ['ensureConnection', 'env:SHOP_PASSWORD', 'login failed', ', credentials '])
    expect(kept, known).toContain(known);
  for (const canary of Object.values(canaries))
    for (const form of forms(canary)) expect(kept.includes(form), form).toBe(false);
});
