import { execFile, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { administratorOf } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { hasPython, pythonWith } from '../support/python.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** The lines of docs/changing.md, as a reader runs them one after the other. */
const page = readFileSync('docs/changing.md', 'utf8');
const hasJq = spawnSync('jq', ['--version']).status === 0;
/** An hour from now: no run is due while the lines are run, so that nothing waits for one. Epoch seconds. */
const startTime = Math.floor(Date.now() / 1000) + 3600;

let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-changing-'));
  symlinkSync(inject('temporalCli'), join(folder, 'temporal'));
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

/** The blocks of one language in the section of a title. */
function blocks(section: string, language: string): string[] {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  return [...own.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map((one) => one[2]!);
}

interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

function run(file: string, args: string[], more: Record<string, string> = {}): Promise<Printed> {
  const env = {
    PATH: [folder, process.env['PATH']].join(delimiter),
    HOME: folder,
    TEMPORAL_HTTP: inject('temporalHttp'),
    ...rig.temporal.env,
    ...more,
  };
  return new Promise((done) => {
    execFile(file, args, { env, cwd: folder }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const bash = (lines: string, more?: Record<string, string>) => run('bash', ['--norc', '-ec', lines], more);

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
  await writeFile(join(folder, 'orders.json'), JSON.stringify(orders()));
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
    const [plan, update, replace] = blocks('By the Temporal CLI', 'sh');
    const [recreate] = blocks('When the flow is not there', 'sh');
    await wants({ description: 'By the CLI' });
    const planned = await bash(plan!);
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    expect(planned.stdout).toMatch(/~ flow \S+ is changed/);
    expect(planned.stdout).toContain('description: "First" → "By the CLI"');
    expect(planned.stdout).toMatch(/Digest: \w{64}/);
    expect(await bash(update!)).toMatchObject({ code: 0 });
    await mustHaveNothingToDo();

    // The digest is of the plan that has been carried out.
    expect((await bash(update!)).code).not.toBe(0);

    const before = flowIds();
    await wants({ tableName: 'test1.CLI' });
    const replaced = await bash(replace!);
    expect(replaced).toMatchObject({ code: 0, stderr: '' });
    const [shown] = /^temporal workflow metadata .*$/m.exec(replace!)!;
    expect((await bash(shown)).stdout).toMatch(/-\/\+ flow \S+ is replaced/);
    expect(flowIds()).not.toEqual(before);
    await mustHaveNothingToDo();

    await administratorOf(rig).flowService.flows.remove({ sandbox: 'prod' }, flowIds()[0]!);
    expect(await bash(recreate!)).toMatchObject({ code: 0 });
    expect(flowIds()).toHaveLength(1);
    await mustHaveNothingToDo();
  },
);

it('the TypeScript plans, shows the plan as text and as a picture, and updates exactly that', async () => {
  const [script] = blocks('From TypeScript', 'ts');
  const client = pathToFileURL(resolve('src/client.ts')).href;
  await writeFile(join(folder, 'change.ts'), script!.replace('aep-dataflows/client', client));
  await wants({ description: 'By TypeScript' });
  const { code, stdout, stderr } = await run(process.execPath, ['change.ts']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"By TypeScript"');
  expect(stdout).toContain('flowchart LR');
  await mustHaveNothingToDo();

  // In no plan, as it is nothing of AEP's.
  await wants({ watch: { overdueAfter: '50m' } });
  expect(await run(process.execPath, ['change.ts'])).toMatchObject({ code: 0 });
  const health = await rig.client.health({ sandbox: 'prod', flowId: flowIds()[0]! });
  expect(health?.watch.settings).toEqual({ overdueAfter: '50m' });

  const { tableName } = wanted;
  await wants({ tableName: 'test1.TypeScript' });
  const refused = await run(process.execPath, ['change.ts']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('ChoiceNeeded');
  await wants({ tableName });
});

it.skipIf(!hasPython)('the Python client plans, updates, and makes a choice', async () => {
  const python = resolve(await pythonWith(['temporalio==1.35.0']));
  cpSync('examples/clients', join(folder, 'examples/clients'), { recursive: true });
  const [lines] = blocks('From Python', 'sh');
  const [plan, update, replace] = lines!
    .trim()
    .split('\n')
    .map((line) => line.replace(/^python /, `"${python}" `));
  await wants({ description: 'By Python' });
  const planned = await bash(plan!);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toMatch(/~ flow \S+ AEP changes it in place\n {6}description: /);
  expect(await bash(update!)).toMatchObject({ code: 0, stderr: '' });
  await mustHaveNothingToDo();

  await wants({ tableName: 'test1.Python' });
  const undecided = await bash(update!);
  expect(undecided.code).toBe(1);
  expect(undecided.stderr).toContain('ChoiceNeeded');
  const replaced = await bash(replace!);
  expect(replaced).toMatchObject({ code: 0, stderr: '' });
  expect(replaced.stdout).toContain(`Done. Flow ${flowIds().join()}`);
  await mustHaveNothingToDo();
});

it('the lines for plain HTTP plan and update', async () => {
  const [lines] = blocks('Over plain HTTP', 'sh');
  const [names, ...steps] = lines!.trim().split('\n\n');
  const step = async (index: number, more?: Record<string, string>) =>
    JSON.parse((await bash(`${names}\n${steps[index]}`, more)).stdout) as Record<string, unknown>;
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
