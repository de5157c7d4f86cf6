import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isEmpty, type Plan } from '../../src/client.ts';
import { failureOf, requestsIn, startPlainly } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const bigQuery = '3c9b37f8-13a6-43d8-bad3-b863b941fedd';

let rig: Rig;
let reader: Reader;
let file: { definition: object; environments: Record<string, object> };
beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes: ['dev', 'prod'], baseConnectionIds: 'own' } });
  await rig.startWorker();
  reader = await startReader(rig, 'docs/promoting.md');
  const [text] = reader.blocks('The file', 'json');
  await writeFile(join(reader.folder, 'orders.json'), text!);
  file = JSON.parse(text!) as typeof file;
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

const connectionOf = (sandbox: string) =>
  String(
    rig.emulator.control
      .resources('connections', sandbox)
      .find(({ connectionSpec }) => (connectionSpec as { id: string }).id === bigQuery)!['id'],
  );
const changes = () =>
  ['dev', 'prod'].flatMap((sandbox) =>
    requestsIn(rig, sandbox).filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate')),
  );
const problem = () => ({
  field: 'source.baseConnectionId',
  message: expect.stringMatching(/is not there: .* in the sandbox prod\. It is what dev has/) as string,
});

it('the plan of another sandbox names each id that only another has, and nothing is made', async () => {
  const dev = await rig.client.plan({ ...file, environment: 'dev' });
  expect(dev).toMatchObject({ dataflow: 'dev/orders', problems: [] });
  const schema = { id: 'https://ns.adobe.com/emulator/schemas/deadbeef' };
  const environments = {
    ...file.environments,
    dev: { sandbox: 'dev', schema },
    prod: { ...file.environments['prod'], schema },
  };
  const prod = await rig.client.plan({ ...file, environments, environment: 'prod' });
  expect(prod.dataflow).toBe('prod/orders');
  expect(prod.problems).toEqual([
    problem(),
    { field: 'schema.id', message: expect.stringContaining('It is what dev has') as string },
  ]);
  const told = await failureOf(
    await startPlainly(rig, { ...file, environments, environment: 'prod' }, 'dataflow:prod:orders'),
  );
  expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: prod.problems } });
  expect(changes()).toEqual([]);
});

it('in a folder each environment has its own plan, is asked for by sandbox and name, and is told which ids only another has', async () => {
  const definitions = ['dev', 'prod'].map((environment) => ({ ...file, environment }));
  const plans = await rig.client.planMany({ definitions });
  expect(plans.dataflows.map(({ sandbox, name }) => `${sandbox}/${name}`).sort()).toEqual([
    'dev/orders',
    'prod/orders',
  ]);
  expect((await plans.plan('prod/orders')).problems).toEqual([problem()]);
  const each = Object.fromEntries(
    plans.dataflows.map(({ sandbox, name, digest }) => [`${sandbox}/${name}`, { digest }]),
  );
  const apply = await rig.client.apply({
    definitions: [definitions[1], { ...file, environment: 'prd' }],
    each: { 'prod/orders': each['prod/orders']! },
  });
  const { dataflows } = await apply.result();
  expect(dataflows).toMatchObject([
    { sandbox: '', name: 'orders', error: { problems: [{ field: 'environment' }] } },
    { sandbox: 'prod', name: 'orders', error: { message: expect.stringContaining('It is what dev has') } },
  ]);
  expect(changes()).toEqual([]);
});

it('what no environment says is told where it is written, by the client and by a workflow', async () => {
  const wrong = { ...file, environment: 'prd' };
  await expect(rig.client.plan(wrong)).rejects.toThrow('environment: must be one of dev, prod');
  const told = await failureOf(await startPlainly(rig, wrong, 'dataflow:prod:orders'));
  expect(told).toMatchObject({
    type: 'InvalidDefinition',
    details: { problems: [{ field: 'environment' }] },
  });
});

it('an update that has environments beside its definition is told where they go', async () => {
  const update = { ...file, environment: 'dev' };
  await expect(rig.client.update(update as never)).rejects.toThrow('environments: goes inside');
  const { workflow } = rig.temporal.client;
  const options = { workflowId: 'dataflow:dev:orders', taskQueue: 'aep-dataflows', args: [update] };
  await expect(workflow.execute('updateDataflow', options)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('environments: goes inside') as string },
  });
});

it('is created, updated and found in place in each sandbox', async () => {
  await (await rig.client.start({ ...file, environment: 'dev' })).result();
  const again = await rig.client.start({ ...file, environment: 'dev' });
  expect((await again.result()).made).toEqual([]);
  const environments = { ...file.environments, dev: { sandbox: 'dev', schedule: { interval: 2 } } };
  const definition = { ...file, environments, environment: 'dev' };
  await rig.client.update({ definition });
  expect(isEmpty(await rig.client.plan(definition))).toBe(true);
  expect(marked(rig.emulator, 'dev/orders')['flows']).toBe(1);
});

it.skipIf(!hasJq)('the lines for the Temporal CLI plan for each sandbox, and create it in one', async () => {
  const [plan, create] = reader.blocks('By the Temporal CLI', 'sh');
  expect(await reader.bash(plan!)).toMatchObject({ code: 0, stderr: '' });
  const planned = JSON.parse(await readFile(join(reader.folder, 'plan-prod.json'), 'utf8')) as {
    result: Plan;
  };
  expect(planned.result.problems).toEqual([problem()]);
  const PROD_CONNECTION = connectionOf('prod');
  expect(await reader.bash(create!, { PROD_CONNECTION })).toMatchObject({ code: 0, stderr: '' });
  const [flow] = rig.emulator.control.resources('flows', 'prod');
  expect(flow).toMatchObject({ name: 'orders', scheduleParams: { frequency: 'hour', interval: 1 } });
});

it('the TypeScript shows the plan for each sandbox', async () => {
  const [script] = reader.blocks('From TypeScript', 'ts');
  const { code, stdout, stderr } = await reader.script('promote.ts', script!);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(/^dev /m);
  expect(stdout).toMatch(/^prod [^]*source\.baseConnectionId/m);
});
