import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { administratorOf } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { hasPython, pythonWith } from '../support/python.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
/** An hour from now: no run is due while the lines are run, so that nothing waits for one. Epoch seconds. */
const startTime = Math.floor(Date.now() / 1000) + 3600;

let rig: Rig;
let reader: Reader;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/changing.md');
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

/** What AEP is to have, and has after each of the tests. */
const wanted: { description: string; tableName: string; watch?: object } = {
  description: 'First',
  tableName: 'test1.Mytable',
};

function orders() {
  const { description, tableName, watch } = wanted;
  const definition = example('orders-from-bigquery', { name: 'orders-from-bigquery', sandbox: 'prod' });
  const source = { ...(definition['source'] as object), tableName };
  const schedule = { frequency: 'minute', interval: 30, startTime };
  return { ...definition, description, source, schedule, ...(watch ? { watch } : {}) };
}

/** What the reader writes into orders.json. */
async function wants(changes: Partial<typeof wanted>): Promise<void> {
  Object.assign(wanted, changes);
  await writeFile(join(reader.folder, 'orders.json'), JSON.stringify(orders()));
}

const flowIds = () => rig.emulator.control.resources('flows', 'prod').map(({ id }) => String(id));

async function mustHaveNothingToDo(): Promise<void> {
  const { steps } = await rig.client.plan(orders());
  expect(steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
}

beforeAll(async () => {
  await (await rig.client.start(orders())).result();
});

it.skipIf(!hasJq)(
  'the lines for the Temporal CLI plan, update, make a choice and make a flow anew',
  async () => {
    const [plan, update, replace] = reader.blocks('By the Temporal CLI', 'sh');
    const [recreate] = reader.blocks('When the flow is not there', 'sh');
    await wants({ description: 'By the CLI' });
    const planned = await reader.bash(plan!);
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    expect(planned.stdout).toMatch(/~ flow \S+ is changed/);
    expect(planned.stdout).toContain('description: "First" → "By the CLI"');
    expect(planned.stdout).toMatch(/Digest: \w{64}/);
    expect(await reader.bash(update!)).toMatchObject({ code: 0 });
    await mustHaveNothingToDo();

    // The digest is of the plan that has been carried out.
    expect((await reader.bash(update!)).code).not.toBe(0);

    const before = flowIds();
    await wants({ tableName: 'test1.austin_demo' });
    const replaced = await reader.bash(replace!);
    expect(replaced).toMatchObject({ code: 0, stderr: '' });
    const [shown] = /^temporal workflow metadata .*$/m.exec(replace!)!;
    expect((await reader.bash(shown)).stdout).toMatch(/-\/\+ flow \S+ is replaced/);
    expect(flowIds()).not.toEqual(before);
    await mustHaveNothingToDo();

    await administratorOf(rig).flowService.flows.remove({ sandbox: 'prod' }, flowIds()[0]!);
    expect(await reader.bash(recreate!)).toMatchObject({ code: 0 });
    expect(flowIds()).toHaveLength(1);
    await mustHaveNothingToDo();
  },
);

it('the TypeScript plans, shows the plan as text and as a picture, and updates exactly that', async () => {
  const [script] = reader.blocks('From TypeScript', 'ts');
  const change = () => reader.script('change.ts', script!);
  await wants({ description: 'By TypeScript' });
  const { code, stdout, stderr } = await change();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"By TypeScript"');
  expect(stdout).toContain('flowchart LR');
  await mustHaveNothingToDo();

  // In no plan, as it is nothing of AEP's.
  await wants({ watch: { overdueAfter: '50m' } });
  expect(await change()).toMatchObject({ code: 0 });
  const health = await rig.client.health({ sandbox: 'prod', flowId: flowIds()[0]! });
  expect(health?.watch.settings).toEqual({ overdueAfter: '50m' });

  const { tableName } = wanted;
  await wants({ tableName: 'acmeSpringCampaign' });
  const refused = await change();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('ChoiceNeeded');
  await wants({ tableName });
});

it.skipIf(!hasPython)('the Python client plans, updates, and makes a choice', async () => {
  const python = resolve(await pythonWith(['temporalio==1.35.0']));
  cpSync('examples/clients', join(reader.folder, 'examples/clients'), { recursive: true });
  const [lines] = reader.blocks('From Python', 'sh');
  const [plan, update, replace] = lines!
    .trim()
    .split('\n')
    .map((line) => line.replace(/^python /, `"${python}" `));
  await wants({ description: 'By Python' });
  const planned = await reader.bash(plan!);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toMatch(/~ flow \S+ AEP changes it in place\n {6}description: /);
  expect(await reader.bash(update!)).toMatchObject({ code: 0, stderr: '' });
  await mustHaveNothingToDo();

  await wants({ tableName: 'test1.Mytable' });
  const undecided = await reader.bash(update!);
  expect(undecided.code).toBe(1);
  expect(undecided.stderr).toContain('ChoiceNeeded');
  const replaced = await reader.bash(replace!);
  expect(replaced).toMatchObject({ code: 0, stderr: '' });
  expect(replaced.stdout).toContain(`Done. Flow ${flowIds().join()}`);
  await mustHaveNothingToDo();
});

it('the lines for plain HTTP plan and update', async () => {
  const [lines] = reader.blocks('Over plain HTTP', 'sh');
  const [names, ...steps] = lines!.trim().split('\n\n');
  const step = async (index: number, more?: Record<string, string>) =>
    JSON.parse((await reader.bash(`${names}\n${steps[index]}`, more)).stdout) as Record<string, unknown>;
  const result = async (index: number) => {
    for (;;) {
      const { history } = (await step(index)) as { history: { events?: Record<string, unknown>[] } };
      const [event] = history.events ?? [];
      if (!event) continue;
      const completed = event['workflowExecutionCompletedEventAttributes'] as {
        result: Record<string, unknown>[];
      };
      return completed.result[0]!;
    }
  };
  await wants({ description: 'Over HTTP' });
  expect(await step(0)).toMatchObject({ started: true });
  const { digest } = await result(1);
  expect(JSON.stringify(await step(2))).toContain(`Digest: ${String(digest)}`);
  expect(await step(3, { DIGEST: String(digest) })).toMatchObject({ started: true });
  expect(await result(4)).toMatchObject({ flowId: flowIds()[0] });
  await mustHaveNothingToDo();
});
