import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DemoReport } from '../../dev/demo-report.ts';
import { alive, descendants, startProgram } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';

/** Watches which processes a program has below it, for as long as it runs. */
async function processesOf(program: { pid: number; ended: Promise<unknown> }): Promise<number[]> {
  const seen = new Set<number>();
  let running = true;
  void program.ended.then(() => (running = false));
  await waitFor(
    'the program to end',
    // It reads `/proc` whole: a promise, so that it is taken less often.
    async () => {
      for (const pid of descendants(program.pid)) seen.add(pid);
      return !running;
    },
    90_000,
  );
  return [...seen];
}

async function file(definition: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'definition.json'), JSON.stringify(definition));
  return join(folder, 'definition.json');
}

async function example(): Promise<{ source: object } & Record<string, unknown>> {
  return JSON.parse(await readFile('examples/orders-from-bigquery.json', 'utf8')) as never;
}

test("the demo with --json prints one object, from a user's own definition to its first judged run, and leaves no process", async () => {
  const definition = await example();
  const baseConnectionId = '11111111-2222-4333-8444-555555555555';
  const source = { ...definition.source, baseConnectionId };
  const own = await file({ ...definition, name: 'mine', sandbox: 'own', source });
  const demo = startProgram('dev/demo.ts', ['--json', '--latency', '20', '--definition', own]);
  const processes = await processesOf(demo);
  expect(await demo.ended, demo.stderr()).toBe(0);
  const id = expect.stringMatching(/.{20,}/) as string;
  expect(JSON.parse(demo.stdout())).toMatchObject({
    ok: true,
    workflowId: 'dataflow:own:mine',
    flowId: id,
    resources: {
      schema: id,
      dataset: id,
      sourceConnection: id,
      targetConnection: id,
      mappingSet: id,
      flow: id,
    },
    watcherWorkflowId: expect.stringMatching(/^flow:own:/),
    firstRun: { verdict: 'ok' },
    temporal: { uiUrl: expect.stringMatching(/^http:/) },
    startCommand: expect.stringContaining('--workflow-id dataflow:own:mine --fail-existing --input-file'),
  });
  expect(demo.stderr()).toContain(`no base connection ${baseConnectionId}`);
  // Temporal, the worker and the process that looks after them.
  expect(processes.length).toBeGreaterThanOrEqual(3);
  expect(alive(processes)).toEqual([]);
});

/** A definition of a table of one's own, and the folder that has it. */
async function ownTable(rows: string[]): Promise<{ definition: string; data: string }> {
  const column = (name: string) => ({ name, type: 'string' });
  const definition = await file({
    ...(await example()),
    name: 'members',
    source: {
      connector: 'google-bigquery',
      baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
      tableName: 'members',
      columns: [...['member_id', 'born'].map(column), { ...column('changed'), format: 'date-time' }],
    },
    mapping: [
      { source: 'member_id', destination: '_id' },
      { expression: 'date(born, "dd/MM/yyyy")', destination: 'person.birthDate' },
    ],
    deltaColumn: { name: 'changed' },
  });
  const data = join(dirname(definition), 'data');
  await mkdir(join(data, 'tables'), { recursive: true });
  await writeFile(join(data, 'tables/members.csv'), `member_id,born,changed\n${rows.join('\n')}\n`);
  return { definition, data };
}

test("the demo with a user's own table shows which of its rows the mapping does not fit, and why", async () => {
  const { definition, data } = await ownTable([
    'M-1,08/03/1990,2024-01-08 09:00:00',
    'M-2,30.05.1992,2024-01-09 09:00:00',
  ]);
  const options = ['--json', '--latency', '0', '--definition', definition, '--data', data];
  const demo = startProgram('dev/demo.ts', options);
  expect(await demo.ended, demo.stderr()).toBe(1);
  const said = '"30.05.1992" is no date of the form dd/MM/yyyy (row 2 of members)';
  expect(JSON.parse(demo.stdout())).toMatchObject({
    ok: false,
    firstRun: {
      verdict: 'failed',
      cause: { code: 'MAPPER-3700-400', message: expect.stringContaining(said) },
    },
  });
});

test('the demo shows each step with its time, no control codes where nobody looks, and with --keep stays up', async () => {
  const demo = startProgram('dev/demo.ts', ['--keep', '--latency', '50'], { FORCE_COLOR: '1' });
  await demo.prints(/Everything stays up/);
  const said = demo.stdout();
  for (const step of ['schema', 'dataset', 'source connection', 'target connection', 'mapping set', 'flow'])
    expect(said).toMatch(new RegExp(`\\d\\.\\d\\d s {2}✓ ${step} +made +\\d+ ms {2}\\S+`));
  expect(said).toMatch(/at once\)/);
  expect(said).toMatch(/first run +ok/);
  expect(said).toContain(
    'temporal workflow start --task-queue aep-dataflows --type createDataflow ' +
      '--workflow-id dataflow:prod:orders-from-bigquery --fail-existing --input-file examples/orders-from-bigquery.json',
  );
  expect(said).not.toContain('\u001B');
  expect(said).not.toContain('\r');

  const ui = said.match(/Temporal UI (\S+),/)?.[1];
  expect((await fetch(ui!)).status).toBe(200);
  const processes = descendants(demo.pid);
  demo.kill('SIGINT');
  expect(await demo.ended).toBe(130);
  expect(alive(processes)).toEqual([]);
});

test('the demo interrupted in the middle of its steps says that it stops, leaves no process and says nothing more', async () => {
  const demo = startProgram('dev/demo.ts', ['--latency', '1000']);
  await demo.prints(/▸/);
  const processes = descendants(demo.pid);
  expect(processes.length).toBeGreaterThanOrEqual(3);
  // As a terminal and npm do with one Ctrl-C.
  demo.kill('SIGINT');
  demo.kill('SIGINT');
  expect(await demo.ended).toBe(130);
  expect(alive(processes)).toEqual([]);
  expect(demo.stderr()).toMatch(/^\nStopping …[^\n]*\n$/);
  expect(demo.stdout()).not.toMatch(/✗|Error|created and watched/);
});

test('the demo refuses a bad definition with all its problems, and starts nothing', async () => {
  const { source: _, ...rest } = await example();
  const bad = await file({ ...rest, sandbox: 'a/b' });
  const demo = startProgram('dev/demo.ts', ['--json', '--definition', bad]);
  expect(await demo.ended).toBe(1);
  const report = JSON.parse(demo.stdout()) as Extract<DemoReport, { error: unknown }>;
  expect(report).toMatchObject({ ok: false, error: { type: 'InvalidDefinition' } });
  expect(JSON.stringify(report.error.details)).toMatch(/"field":"sandbox".*"field":"source"/);
  expect(demo.stderr()).not.toContain('Starting');
});

test('the demo fails with what AEP said where AEP refuses, and its exit code says so', async () => {
  const { schema: _, ...rest } = await example();
  const refused = await file({ ...rest, dataset: { id: '000000000000000000000000' } });
  const demo = startProgram('dev/demo.ts', ['--json', '--latency', '0', '--definition', refused]);
  expect(await demo.ended, demo.stderr()).toBe(1);
  expect(JSON.parse(demo.stdout())).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('000000000000000000000000') },
  });
});
