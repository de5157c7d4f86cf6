import { afterEach, describe, expect } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { stageFor } from '../simulation/stage.ts';
import { canary } from '../support/canary.ts';
import { changesIn, mysqlAuth, ordersFrom as ordersIn, shops as shopsIn } from '../support/connections.ts';
import { administratorOf, failureOf, oneOfSix, orders, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

/** Gives the worker a secret, by which nobody but AEP is to know it, and returns the reference to it. */
function keep(secret: string): { secret: string } {
  process.env['SECRET_OF_THE_SHOP'] = `${canary} ${secret}`;
  return { secret: 'env:SECRET_OF_THE_SHOP' };
}
afterEach(() => delete process.env['SECRET_OF_THE_SHOP']);

const ordersFrom = (auth: JsonObject, changes: JsonObject = {}) => ordersIn(sandbox, auth, changes);
const shops = () => shopsIn(stage, sandbox);
const changes = () => changesIn(stage, sandbox);
const ours = (name = 'orders') => marked(stage.emulator, `${sandbox}/${name}`);

describe('a dataflow whose definition gives the credentials of its base connection', () => {
  it('is planned with it, has it made, tested and marked, and finds it in place from then on', async () => {
    const definition = ordersFrom(mysqlAuth(keep('first-password')));
    const plan = await stage.client.plan(definition);
    expect(plan).toMatchObject({ problems: [], summary: '7 to create' });
    expect(plan.steps[0]).toMatchObject({ kind: 'baseConnection', action: 'create' });
    expect(plan.steps[1]).toMatchObject({ kind: 'sourceConnection', needs: ['baseConnection'] });
    expect(changes()).toEqual([]);

    const handle = await stage.client.start(definition);
    await handle.result();
    expect(ours()).toEqual(oneOfSix);
    const [shop, ...others] = shops();
    expect(others).toEqual([]);
    expect(shop).toMatchObject({
      auth: { specName: 'Basic Authentication' },
      description: expect.stringMatching(
        new RegExp(
          `^Managed by aep-dataflows as the connection ${sandbox}/Shop #[a-z0-9]{8}, credentials [0-9a-f]{32}$`,
        ),
      ) as string,
    });
    expect(requestsIn(stage, sandbox).map(({ path }) => path)).toContain(
      `/flowservice/connections/${String(shop!['id'])}/test`,
    );
    const [source] = stage.emulator.control.resources('sourceConnections', sandbox);
    expect(source).toMatchObject({ baseConnectionId: shop!['id'] });
    const step = (await handle.progress()).steps.find((one) => one.step === 'baseConnection');
    expect(step).toMatchObject({ state: 'made', id: shop!['id'] });

    const again = await stage.client.plan(definition);
    expect(again.summary).toBe('Nothing to change, 7 as they are');
    const many = await stage.client.planMany({ definitions: [definition] });
    expect(many.dataflows[0]).toMatchObject({ digest: again.digest });
  });

  it('has it changed where a secret was rotated, with all params at once, and its flow stays', async () => {
    const definition = ordersFrom(mysqlAuth(keep('first-password')));
    const { flowId } = await (await stage.client.start(definition)).result();
    keep('second-password');
    const plan = await stage.client.plan(definition);
    expect(plan.summary).toBe('1 to change, 6 as they are');
    expect(plan.steps[0]).toMatchObject({ kind: 'baseConnection', action: 'update' });
    const before = changes().length;
    const result = await stage.client.update({ definition, digest: plan.digest });
    expect(result.flowId).toBe(flowId);
    expect(changes().slice(before)).toEqual([
      'PATCH /flowservice/connections/{id}',
      'PATCH /flowservice/connections/{id}',
    ]);
    // The first was that what was made is tested.
    const [, sent] = requestsIn(stage, sandbox, { method: 'PATCH' });
    expect(sent!.body).toMatchObject([{ op: 'replace', path: '/auth/params' }, { path: '/description' }]);
    expect((await stage.client.plan(definition)).summary).toBe('Nothing to change, 7 as they are');
    // A param that is no secret counts as well.
    const auth = mysqlAuth(keep('second-password'));
    const moved = ordersFrom({ ...auth, params: { ...auth.params, server: 'other.example.com' } });
    expect((await stage.client.plan(moved)).summary).toBe('1 to change, 6 as they are');
  });

  it('shares it with others: of three that are made at once, one makes it', async () => {
    const auth = mysqlAuth(keep('shared'));
    const named = (name: string) =>
      ordersFrom(auth, {
        name,
        schema: { ...(orders(sandbox)['schema'] as object), title: name },
        dataset: { name },
      });
    const names = ['first', 'second', 'third'];
    const handles = await Promise.all(names.map((name) => stage.client.start(named(name))));
    await Promise.all(handles.map((handle) => handle.result()));
    expect(shops()).toHaveLength(1);
    expect(changes().filter((call) => call.endsWith('/connections'))).toHaveLength(1);
    for (const name of names) expect(ours(name)).toEqual(oneOfSix);
  });

  it('fails for a wrong credential before it has a flow, is told what to do, and goes on once it is right', async () => {
    const definition = ordersFrom(mysqlAuth(keep('wrong-password')));
    const { type, message } = await failureOf(await stage.client.start(definition));
    expect(type).toBe('Rejected');
    const [shop] = shops();
    expect(message).toContain(`AEP's test of the base connection "Shop" (${String(shop!['id'])}) fails`);
    expect(message).toContain('login failed, with password "[redacted]"');
    expect(message).toMatch(/Correct what the worker finds at env:\S+ \(auth\.params\.password\)/);
    expect(stage.emulator.control.resources('flows', sandbox)).toEqual([]);
    expect(String(shop!['description'])).toMatch(/, not tested$/);

    keep('right-password');
    expect((await stage.client.plan(definition)).steps[0]).toMatchObject({
      action: 'update',
      id: shop!['id'],
    });
    await (await stage.client.start(definition)).result();
    expect(shops()).toHaveLength(1);
    expect(ours()).toEqual(oneOfSix);
  });

  it('is told what the worker cannot read with all else that is wrong, and nothing is made', async () => {
    const definition = ordersFrom(mysqlAuth({ secret: 'env:NO_SUCH_SECRET' }), {
      mapping: [{ source: 'Name', destination: 'person.name.fulName' }],
    });
    const { type, message } = await failureOf(await stage.client.start(definition));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(
      "source.connection.auth.params.password.secret: the worker's environment has no variable",
    );
    expect(message).toContain('person.name.fulName');
    expect(changes()).toEqual([]);
  });
});

describe('a base connection by itself', () => {
  const input = (password = 'password') => ({
    sandbox,
    name: 'Shop',
    connector: 'mysql' as const,
    auth: mysqlAuth(keep(password)),
    description: 'The web shop.',
  });

  it('is made, kept, given other credentials, and deleted once no flow loads from it', async () => {
    const first = await stage.client.ensureConnection(input());
    expect(first.outcome).toBe('made');
    expect(String(shops()[0]!['description'])).toMatch(/^The web shop\.\nManaged by aep-dataflows/);
    expect(await stage.client.ensureConnection(input())).toEqual({
      id: first.id,
      outcome: 'kept',
    });
    keep('other');
    expect(await stage.client.ensureConnection(input('other'))).toEqual({
      id: first.id,
      outcome: 'updated',
    });
    const definition = ordersFrom(mysqlAuth(keep('other')));
    const { flowId } = await (await stage.client.start(definition)).result();
    await expect(stage.client.deleteConnection({ sandbox, name: 'Shop' })).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining(`flows load from it: "orders" (${flowId})`) as string,
      details: { reason: 'in-use' },
    });
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(await stage.client.deleteConnection({ sandbox, name: 'Shop' })).toEqual({ deleted: [first.id] });
    expect(shops()).toEqual([]);
    expect(await stage.client.deleteConnection({ sandbox, name: 'Shop' })).toMatchObject({
      deleted: [],
      note: expect.stringContaining('No base connection') as string,
    });
  });

  it('of somebody else stays as it is', async () => {
    const [like] = stage.emulator.control
      .resources('connections', sandbox)
      .filter(({ name }) => name === 'MySQL base connection');
    const { connectionSpec, auth } = like!;
    const { connections } = administratorOf(stage).flowService;
    const { id } = await connections.create({ sandbox }, { name: 'Shop', connectionSpec, auth });
    await expect(stage.client.ensureConnection(input())).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining(`(${id}) is there already`) as string,
    });
    expect(await stage.client.deleteConnection({ sandbox, name: 'Shop' })).toMatchObject({
      deleted: [],
      left: [id],
    });
    expect(shops()).toHaveLength(1);
  });

  it('of somebody else is told where one of ours with the same name is deleted', async () => {
    const ours = await stage.client.ensureConnection(input());
    const { connectionSpec, auth } = shops()[0]!;
    const { connections } = administratorOf(stage).flowService;
    const { id } = await connections.create({ sandbox }, { name: 'Shop', connectionSpec, auth });
    expect(await stage.client.deleteConnection({ sandbox, name: 'Shop' })).toMatchObject({
      deleted: [ours.id],
      left: [id],
      note: expect.stringContaining(`stays: ${id}`) as string,
    });
  });

  it('is not made under another id, nor with a secret that is written down', async () => {
    const asked = input();
    const run = (workflowId: string, given: unknown) =>
      stage.temporal.workflow.execute('ensureConnection', {
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
    await expect(stage.client.ensureConnection(written as never)).rejects.toThrow('{"secret": "env:NAME"}');
    await expect(run(`connection:${sandbox}:Shop`, written)).rejects.toMatchObject({
      cause: { message: expect.not.stringContaining('xyzzy') as string },
    });
    expect(changes()).toEqual([]);
  });
});

describe('a base connection that AEP takes its time to enable', () => {
  it('is waited for, tested and noted as tested then', async () => {
    stage.emulator.control.configure({ connectionInitMs: 3_600_000 });
    const handle = await stage.client.start(ordersFrom(mysqlAuth(keep('slow'))));
    await stage.until('the base connection to be made', () => shops().length === 1);
    stage.emulator.control.advanceClock(3_600_000);
    await handle.result();
    expect(String(shops()[0]!['description'])).not.toMatch(/not tested/);
  });
});
