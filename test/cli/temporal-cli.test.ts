import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { example } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { refusedMapping, wrongExpression } from '../support/dataflows.ts';
import { printedBy, type Printed } from '../support/printed.ts';
import { waitFor } from '../support/wait-for.ts';

let rig: Rig;
let folder: string;

beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-cli-'));
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

/** The Temporal CLI as a user runs it, with nothing of ours but the server's address. */
function temporal(...args: string[]): Promise<Printed> {
  const env = { PATH: process.env['PATH'], HOME: folder, ...rig.temporal.env };
  return printedBy(inject('temporalCli'), args, { env });
}

function start(workflowId: string, file: string): Promise<Printed> {
  const what = ['--task-queue', 'aep-dataflows', '--type', 'createDataflow', '--input-file', file];
  return temporal('workflow', 'start', ...what, '--workflow-id', workflowId, '--fail-existing');
}

/** What the workflow answered, or how it failed. */
const result = (workflowId: string) =>
  temporal('workflow', 'result', '--workflow-id', workflowId, '--output', 'json');

it('the Temporal CLI starts a dataflow from a file, follows it, and gets its result', async () => {
  const id = 'dataflow:prod:orders-from-bigquery';
  // It waits for its dataset as long as a user needs to look at it.
  rig.emulator.control.addFault({ method: 'POST', path: '/catalog/dataSets', kind: '429-retry-after' });
  const started = await start(id, 'examples/orders-from-bigquery.json');
  expect(started.stderr).toBe('');
  expect(started).toMatchObject({ code: 0 });

  const again = await start(id, 'examples/orders-from-bigquery.json');
  expect(again.code).not.toBe(0);
  expect(again.stderr).toMatch(/already/i);

  const query = () =>
    temporal('workflow', 'query', '--workflow-id', id, '--type', 'progress', '--output', 'json');
  await waitFor('the dataset to be on its way', async () =>
    /"step": ?"dataset"[^}]*"state": ?"running"|"state": ?"running"[^}]*"step": ?"dataset"/.test(
      (await query()).stdout,
    ),
  );
  const { code, stdout } = await result(id);
  expect(code).toBe(0);
  const [flow] = rig.emulator.control.resources('flows', 'prod');
  expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', result: { flowId: flow!['id'] } });
  expect((await query()).stdout).toContain('"done"');
});

it('the Temporal CLI is told at once what is wrong with a definition', async () => {
  const file = join(folder, 'bad.json');
  await writeFile(
    file,
    JSON.stringify({ name: 'bad', sandbox: 'dev', schedule: { frequency: 'fortnight' } }),
  );
  const before = rig.emulator.control.requests().length;
  expect((await start('dataflow:dev:bad', file)).code).toBe(0);
  const { code, stdout, stderr } = await result('dataflow:dev:bad');
  expect(code).not.toBe(0);
  const told = stdout + stderr;
  expect(told).toContain('InvalidDefinition');
  expect(told).toContain('schedule.frequency');
  expect(told).toContain('mapping');
  const plain = await temporal('workflow', 'result', '--workflow-id', 'dataflow:dev:bad');
  expect(plain.stdout.split('The definition has').length).toBe(2);
  expect(plain.stdout).not.toContain('StackTrace');
  expect(
    rig.emulator.control
      .requests()
      .slice(before)
      .filter(({ sandbox }) => sandbox === 'dev'),
  ).toEqual([]);
});

it('the Temporal CLI is told the right workflow id where it gives another', async () => {
  expect((await start('my-orders', 'examples/accounts-once.json')).code).toBe(0);
  const { stdout, stderr } = await result('my-orders');
  expect(stdout + stderr).toContain('--workflow-id dataflow:dev:accounts-once');
});

describe('a Temporal Schedule', () => {
  const schedule = (id: string, type: string, ...input: string[]) => {
    const what = ['--type', type, '--task-queue', 'aep-dataflows', '--interval', '24h', ...input];
    return temporal('schedule', 'create', '--schedule-id', id, '--workflow-id', id, ...what);
  };

  /** What a Schedule's only workflow has come to. */
  async function outcomeOf(id: string): Promise<string> {
    expect((await temporal('schedule', 'trigger', '--schedule-id', id)).code).toBe(0);
    const query = `TemporalScheduledById = "${id}"`;
    const started = await waitFor('its workflow', async () => {
      const { stdout } = await temporal('workflow', 'list', '--query', query, '--output', 'json');
      const [found] = JSON.parse(stdout) as { execution: { workflowId: string } }[];
      return found?.execution.workflowId;
    });
    const { stdout, stderr } = await result(started);
    return stdout + stderr;
  }

  it('cannot start what has an id of its own, and is told what can', async () => {
    const create = ['--input-file', 'examples/accounts-once.json'];
    const lock = 'dataflow:dev:accounts-once';
    expect((await schedule(lock, 'createDataflow', ...create)).code).toBe(0);
    const told = await outcomeOf(lock);
    expect(told).toContain(`The Temporal Schedule ${lock} cannot do that`);
    expect(told).toContain(`have cron start it with --workflow-id ${lock}`);

    const input = ['--input', '{"sandbox": "dev", "name": "accounts-once"}'];
    expect((await schedule('nightly-delete', 'deleteDataflow', ...input)).code).toBe(0);
    expect(await outcomeOf('nightly-delete')).toContain(
      'The Temporal Schedule nightly-delete cannot do that',
    );
  });

  it('looks for orphans, which takes any id', async () => {
    expect((await schedule('orphans-of-dev', 'listOrphans', '--input', '{"sandbox": "dev"}')).code).toBe(0);
    expect(JSON.parse(await outcomeOf('orphans-of-dev'))).toMatchObject({
      status: 'COMPLETED',
      result: { count: 0 },
    });
  });
});

it('lists of workflows can be searched for a dataflow', async () => {
  const query = `AepDataflow = "prod/orders-from-bigquery"`;
  const listed = await waitFor('the create and the watcher to show', async () => {
    const { stdout } = await temporal('workflow', 'list', '--query', query, '--output', 'json');
    const found = JSON.parse(stdout) as { type: { name: string } }[];
    return found.length >= 2 && found;
  });
  expect(listed.map(({ type }) => type.name).sort()).toEqual(['createDataflow', 'watchFlowRuns']);
});

it('the Temporal CLI mends a refused dataflow by an update, deletes it, and finds what is left', async () => {
  const id = 'dataflow:dev:mended';
  const path = join(folder, 'mended.json');
  const definition = {
    ...example('orders-from-bigquery', { name: 'mended', sandbox: 'dev' }),
    onFailure: 'wait',
  };
  await writeFile(path, JSON.stringify({ ...definition, mapping: refusedMapping }));
  expect(await start(id, path)).toMatchObject({ code: 0 });

  const update = (name: string, ...input: string[]) =>
    temporal('workflow', 'update', 'execute', '--workflow-id', id, '--name', name, ...input);
  const early = await update('giveUp', '--input', '"perhaps"');
  expect(early.code).not.toBe(0);
  await waitFor('the refusal', async () => {
    const { stdout } = await temporal(
      'workflow',
      'query',
      '--workflow-id',
      id,
      '--type',
      'progress',
      '--output',
      'json',
    );
    return /"state": ?"waiting"/.test(stdout) && stdout.includes(wrongExpression);
  });
  await writeFile(path, JSON.stringify(definition));
  expect(await update('resume', '--input-file', path)).toMatchObject({ code: 0 });
  expect(await result(id)).toMatchObject({ code: 0 });

  const run = (type: string, workflowId: string, input: object) =>
    temporal(
      'workflow',
      'execute',
      '--task-queue',
      'aep-dataflows',
      '--type',
      type,
      '--workflow-id',
      workflowId,
      '--input',
      JSON.stringify(input),
      '--output',
      'json',
    );
  const deleted = await run('deleteDataflow', id, { sandbox: 'dev', name: 'mended' });
  expect(deleted).toMatchObject({ code: 0 });
  expect(deleted.stdout).toContain('sourceConnection');
  expect(rig.emulator.control.resources('flows', 'dev')).toEqual([]);
  // The youngest of them: what was made just now is no orphan yet.
  await waitFor('the mapping set among the orphans', async () => {
    const { stdout } = await run('listOrphans', 'orphans-of-dev', { sandbox: 'dev' });
    return stdout.includes('"dev/mended"') && stdout.includes('AEP cannot delete mapping sets');
  });
});

it('one line for cron creates a dataflow, and finds it in place ever after', async () => {
  const id = 'dataflow:dev:by-cron';
  const file = join(folder, 'by-cron.json');
  await writeFile(file, JSON.stringify(example('accounts-once', { name: 'by-cron', sandbox: 'dev' })));
  const what = ['--task-queue', 'aep-dataflows', '--type', 'createDataflow', '--input-file', file];
  const line = () => temporal('workflow', 'execute', '--workflow-id', id, '--fail-existing', ...what);
  expect(await line()).toMatchObject({ code: 0 });
  const [flow] = rig.emulator.control.resources('flows', 'dev');
  expect(await line()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(String(flow!['id'])) as unknown,
  });
  await writeFile(file, JSON.stringify({ name: 'by-cron', sandbox: 'dev' }));
  expect((await line()).code).not.toBe(0);
});
