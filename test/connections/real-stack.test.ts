import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { changesIn, mysqlAuth, ordersFrom, shops } from '../support/connections.ts';
import { failureOf, oneOfSix, places } from '../support/dataflows.ts';
import { canary } from '../support/canary.ts';
import { marked } from '../support/marked.ts';
import { reset } from '../support/reset.ts';
import { waitFor } from '../support/wait-for.ts';
import { startRigWithSecrets, type RigWithSecrets } from './rig-with-secrets.ts';

const { sandboxes, next } = places(6);
let rig: RigWithSecrets;

beforeAll(async () => {
  rig = await startRigWithSecrets({ sandboxes, lateCommitMs: 1_000 });
  await rig.startWorker();
});
afterAll(() => rig.close());

const input = async (sandbox: string, password = 'password') => ({
  sandbox,
  name: 'Shop',
  connector: 'mysql' as const,
  auth: mysqlAuth(await rig.keep(sandbox, password)),
});
const path = '/flowservice/connections';
const posts = (sandbox: string) => changesIn(rig, sandbox).filter((call) => call === `POST ${path}`);

const faults: FaultKind[] = ['hang-committed', 'late-commit'];

/** A sample of what `interrupted.test.ts` plays in the simulation, and what a dataflow has a part in. */
describe.concurrent('one base connection remains, tested', () => {
  it.each(faults)('though each of its requests meets %s', async (kind) => {
    const sandbox = next();
    const { control } = rig.emulator;
    control.addFault({ kind, sandbox, method: 'POST', path });
    control.addFault({ kind, sandbox, method: 'PATCH', path: `${path}/*` });
    control.addFault({ kind, sandbox, path: `${path}/*/test` });
    const { id } = await rig.client.ensureConnection(await input(sandbox));
    const [shop, ...others] = shops(rig, sandbox);
    expect(others).toEqual([]);
    expect(shop).toMatchObject({ id, description: expect.not.stringContaining('not tested') as string });
    control.addFault({ kind, sandbox, method: 'PATCH', path: `${path}/*` });
    expect(await rig.client.ensureConnection(await input(sandbox, 'other'))).toEqual({
      id,
      outcome: 'updated',
    });
  });

  it('though the dataflow that asked for it is cancelled, and created again', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ kind: 'hang-committed', sandbox, method: 'POST', path });
    const definition = ordersFrom(sandbox, mysqlAuth(await rig.keep(sandbox, 'password')));
    const handle = await rig.client.start(definition);
    await waitFor('the create to be sent', () => posts(sandbox).length > 0);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    await (await rig.client.start(definition)).result();
    expect(shops(rig, sandbox)).toHaveLength(1);
    expect(posts(sandbox)).toHaveLength(1);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('though the update that asked for it is cancelled, which is then told as that', async () => {
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth(await rig.keep(sandbox, 'password')));
    await (await rig.client.start(definition)).result();
    rig.emulator.control.addFault({ kind: 'hang', sandbox, method: 'PATCH', path: `${path}/*` });
    const patches = () => changesIn(rig, sandbox).filter((call) => call.startsWith(`PATCH ${path}`)).length;
    const before = patches();
    const changed = ordersFrom(sandbox, mysqlAuth(await rig.keep(sandbox, 'another')), {
      description: 'All',
    });
    const updating = rig.client.update({ definition: changed });
    const asked = expect(updating).rejects.toMatchObject({ type: 'Cancelled' });
    await waitFor('the change to be sent', () => patches() > before);
    await rig.client.dataflow({ sandbox, name: 'orders' }).cancel();
    await asked;
    expect(shops(rig, sandbox)).toHaveLength(1);
  });

  it.each([0.4])('when its run is reset to %d of its way', async (part) => {
    const sandbox = next();
    const { id } = await rig.client.ensureConnection(await input(sandbox));
    const again = await reset(rig.temporal.client, `connection:${sandbox}:Shop`, { part });
    expect(await again.result()).toMatchObject({ id });
    expect(shops(rig, sandbox)).toHaveLength(1);
  });

  it('though its credential was wrong at first, which is told by the file where the worker finds it', async () => {
    const sandbox = next();
    const auth = mysqlAuth(await rig.keep(sandbox, `wrong ${canary}`));
    const { type, message } = await failureOf(await rig.client.start(ordersFrom(sandbox, auth)));
    expect(type).toBe('Rejected');
    expect(message).toContain(
      `Correct what the worker finds at ${auth.params.password.secret} (auth.params.password)`,
    );
    await rig.keep(sandbox, 'password');
    await (await rig.client.start(ordersFrom(sandbox, auth))).result();
    expect(shops(rig, sandbox)).toHaveLength(1);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });
});
