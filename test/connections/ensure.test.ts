import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysqlAuth, ordersFrom } from '../support/connections.ts';
import { administratorOf, failureOf, oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { waitFor } from '../support/wait-for.ts';
import { changesIn, shops, startStage, type Stage } from './stage.ts';

const { sandboxes, next } = places(24);
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ sandboxes });
  await stage.rig.startWorker();
});
afterAll(() => stage.close());

const ofMarked = (sandbox: string, name = 'orders') => marked(stage.rig.emulator, `${sandbox}/${name}`);

describe.concurrent('a dataflow whose definition gives the credentials of its base connection', () => {
  it('is planned with it, has it made, tested and marked, and finds it in place from then on', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'first-password')));
    const plan = await rig.client.plan(definition);
    expect(plan).toMatchObject({ problems: [], summary: '7 to create' });
    expect(plan.steps[0]).toMatchObject({ kind: 'baseConnection', action: 'create' });
    expect(plan.steps[1]).toMatchObject({ kind: 'sourceConnection', needs: ['baseConnection'] });
    expect(changesIn(rig, sandbox)).toEqual([]);

    const handle = await rig.client.start(definition);
    await handle.result();
    expect(ofMarked(sandbox)).toEqual(oneOfSix);
    const [shop, ...others] = shops(rig, sandbox);
    expect(others).toEqual([]);
    expect(shop).toMatchObject({
      auth: { specName: 'Basic Authentication' },
      description: expect.stringMatching(
        new RegExp(
          `^Managed by aep-dataflows as the connection ${sandbox}/Shop #[a-z0-9]{8}, credentials [0-9a-f]{32}$`,
        ),
      ) as string,
    });
    expect(requestsIn(rig, sandbox).map(({ path }) => path)).toContain(
      `/flowservice/connections/${String(shop!['id'])}/test`,
    );
    const [source] = rig.emulator.control.resources('sourceConnections', sandbox);
    expect(source).toMatchObject({ baseConnectionId: shop!['id'] });
    const step = (await handle.progress()).steps.find((one) => one.step === 'baseConnection');
    expect(step).toMatchObject({ state: 'made', id: shop!['id'] });

    const again = await rig.client.plan(definition);
    expect(again.summary).toBe('Nothing to change, 7 as they are');
    const many = await rig.client.planMany({ definitions: [definition] });
    expect(many.dataflows[0]).toMatchObject({ digest: again.digest });
  });

  it('has it changed where a secret was rotated, with all params at once, and its flow stays', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'first-password')));
    const { flowId } = await (await rig.client.start(definition)).result();
    await keep(sandbox, 'second-password');
    const plan = await rig.client.plan(definition);
    expect(plan.summary).toBe('1 to change, 6 as they are');
    expect(plan.steps[0]).toMatchObject({ kind: 'baseConnection', action: 'update' });
    const before = changesIn(rig, sandbox).length;
    const result = await rig.client.update({ definition, digest: plan.digest });
    expect(result.flowId).toBe(flowId);
    expect(changesIn(rig, sandbox).slice(before)).toEqual([
      'PATCH /flowservice/connections/{id}',
      'PATCH /flowservice/connections/{id}',
    ]);
    // The first was that what was made is tested.
    const [, sent] = requestsIn(rig, sandbox, { method: 'PATCH' });
    expect(sent!.body).toMatchObject([{ op: 'replace', path: '/auth/params' }, { path: '/description' }]);
    expect((await rig.client.plan(definition)).summary).toBe('Nothing to change, 7 as they are');
    // A param that is no secret counts as well.
    const auth = mysqlAuth(await keep(sandbox, 'second-password'));
    const moved = ordersFrom(sandbox, { ...auth, params: { ...auth.params, server: 'other.example.com' } });
    expect((await rig.client.plan(moved)).summary).toBe('1 to change, 6 as they are');
  });

  it('shares it with others: of three that are made at once, one makes it', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const auth = mysqlAuth(await keep(sandbox, 'shared'));
    const named = (name: string) =>
      ordersFrom(sandbox, auth, {
        name,
        schema: { ...(orders(sandbox)['schema'] as object), title: name },
        dataset: { name },
      });
    const names = ['first', 'second', 'third'];
    const handles = await Promise.all(names.map((name) => rig.client.start(named(name))));
    await Promise.all(handles.map((handle) => handle.result()));
    expect(shops(rig, sandbox)).toHaveLength(1);
    expect(changesIn(rig, sandbox).filter((call) => call.endsWith('/connections'))).toHaveLength(1);
    for (const name of names) expect(ofMarked(sandbox, name)).toEqual(oneOfSix);
  });

  it('fails for a wrong credential before it has a flow, is told what to do, and goes on once it is right', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'wrong-password')));
    const { type, message } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('Rejected');
    const [shop] = shops(rig, sandbox);
    expect(message).toContain(`AEP's test of the base connection "Shop" (${String(shop!['id'])}) fails`);
    expect(message).toContain('login failed, with password "[redacted]"');
    expect(message).toMatch(/Correct what the worker finds at file:\S+ \(auth\.params\.password\)/);
    expect(rig.emulator.control.resources('flows', sandbox)).toEqual([]);
    expect(String(shop!['description'])).toMatch(/, not tested$/);

    await keep(sandbox, 'right-password');
    expect((await rig.client.plan(definition)).steps[0]).toMatchObject({ action: 'update', id: shop!['id'] });
    await (await rig.client.start(definition)).result();
    expect(shops(rig, sandbox)).toHaveLength(1);
    expect(ofMarked(sandbox)).toEqual(oneOfSix);
  });

  it('is told what the worker cannot read with all else that is wrong, and nothing is made', async () => {
    const { rig } = stage;
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth({ secret: 'env:NO_SUCH_SECRET' }), {
      mapping: [{ source: 'Name', destination: 'person.name.fulName' }],
    });
    const { type, message } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(
      "source.connection.auth.params.password.secret: the worker's environment has no variable",
    );
    expect(message).toContain('person.name.fulName');
    expect(changesIn(rig, sandbox)).toEqual([]);
  });
});

describe.concurrent('a base connection by itself', () => {
  const input = async (sandbox: string, password = 'password') => ({
    sandbox,
    name: 'Shop',
    connector: 'mysql' as const,
    auth: mysqlAuth(await stage.keep(sandbox, password)),
    description: 'The web shop.',
  });

  it('is made, kept, given other credentials, and deleted once no flow loads from it', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const first = await rig.client.ensureConnection(await input(sandbox));
    expect(first.outcome).toBe('made');
    expect(String(shops(rig, sandbox)[0]!['description'])).toMatch(
      /^The web shop\.\nManaged by aep-dataflows/,
    );
    expect(await rig.client.ensureConnection(await input(sandbox))).toEqual({
      id: first.id,
      outcome: 'kept',
    });
    await keep(sandbox, 'other');
    expect(await rig.client.ensureConnection(await input(sandbox, 'other'))).toEqual({
      id: first.id,
      outcome: 'updated',
    });
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'other')));
    const { flowId } = await (await rig.client.start(definition)).result();
    await expect(rig.client.deleteConnection({ sandbox, name: 'Shop' })).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining(`flows load from it: "orders" (${flowId})`) as string,
      details: { reason: 'in-use' },
    });
    await rig.client.delete({ sandbox, name: 'orders' });
    expect(await rig.client.deleteConnection({ sandbox, name: 'Shop' })).toEqual({ deleted: [first.id] });
    expect(shops(rig, sandbox)).toEqual([]);
    expect(await rig.client.deleteConnection({ sandbox, name: 'Shop' })).toMatchObject({
      deleted: [],
      note: expect.stringContaining('No base connection') as string,
    });
  });

  it('of somebody else stays as it is', async () => {
    const { rig } = stage;
    const sandbox = next();
    const [like] = rig.emulator.control
      .resources('connections', sandbox)
      .filter(({ name }) => name === 'MySQL base connection');
    const { connectionSpec, auth } = like!;
    const { connections } = administratorOf(rig).flowService;
    const { id } = await connections.create({ sandbox }, { name: 'Shop', connectionSpec, auth });
    await expect(rig.client.ensureConnection(await input(sandbox))).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining(`(${id}) is there already`) as string,
    });
    expect(await rig.client.deleteConnection({ sandbox, name: 'Shop' })).toMatchObject({ deleted: [] });
    expect(shops(rig, sandbox)).toHaveLength(1);
  });

  it('is not made under another id, nor with a secret that is written down', async () => {
    const { rig } = stage;
    const sandbox = next();
    const asked = await input(sandbox);
    const run = (workflowId: string, given: unknown) =>
      rig.temporal.client.workflow.execute('ensureConnection', {
        workflowId,
        taskQueue: 'aep-dataflows',
        args: [given],
      });
    await expect(run('some-id', asked)).rejects.toMatchObject({
      cause: {
        message: expect.stringContaining(`under the workflow id connection:${sandbox}:Shop`) as string,
      },
    });
    const written = {
      ...asked,
      auth: { ...asked.auth, params: { ...asked.auth.params, password: 'xyzzy-1' } },
    };
    await expect(rig.client.ensureConnection(written as never)).rejects.toThrow('{"secret": "env:NAME"}');
    await expect(run(`connection:${sandbox}:Shop`, written)).rejects.toMatchObject({
      cause: { message: expect.not.stringContaining('xyzzy') as string },
    });
    expect(changesIn(rig, sandbox)).toEqual([]);
  });
});

describe('a base connection that AEP takes its time to enable', () => {
  it('is waited for, tested and noted as tested then', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    rig.emulator.control.configure({ connectionInitMs: 3_600_000 });
    try {
      const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'slow')));
      const handle = await rig.client.start(definition);
      await waitFor('the base connection to be made', async () => shops(rig, sandbox).length === 1);
      rig.emulator.control.advanceClock(3_600_000);
      await handle.result();
      expect(String(shops(rig, sandbox)[0]!['description'])).not.toMatch(/not tested/);
    } finally {
      rig.emulator.control.configure({ connectionInitMs: 0 });
    }
  });
});
