import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../src/client.ts';
import { command } from '../support/command.ts';
import { orders, places } from '../support/dataflows.ts';
import { printedBy } from '../support/printed.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let rig: Rig;
let folder: string;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
  folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-cli-'));
  // As the package's `bin` puts it on PATH.
  const extension = join(folder, 'temporal-aep');
  await writeFile(extension, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(extension, 0o755);
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  const path = [folder, dirname(inject('temporalCli')), process.env['PATH']].join(delimiter);
  const cache = process.env['NODE_COMPILE_CACHE'];
  return { PATH: path, HOME: folder, ...rig.temporal.env, ...(cache ? { NODE_COMPILE_CACHE: cache } : {}) };
}

/** Our own command, without the Temporal CLI around it. */
const aep = (...args: string[]) => command(args, { HOME: folder, ...rig.temporal.env });
/** The same as a process. */
const program = (...args: string[]) => printedBy(process.execPath, [main, ...args], { env: environment() });
/** The Temporal CLI, which finds it on PATH. */
const temporal = (...args: string[]) => printedBy(inject('temporalCli'), args, { env: environment() });

async function fileOf(definition: object, extension = 'json'): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.${extension}`);
  await writeFile(file, extension === 'json' ? JSON.stringify(definition) : stringify(definition));
  return file;
}

it('a dataflow is planned, made, asked after, changed and deleted by the Temporal CLI with our extension', async () => {
  const sandbox = next();
  const file = await fileOf(orders(sandbox), 'yaml');
  const planned = await temporal('aep', 'plan', file);
  expect(planned).toMatchObject({ code: 2, stderr: '' });
  expect(planned.stdout).toMatch(/\+ dataset is made/);

  const created = await temporal('-o', 'json', 'aep', 'create', file);
  expect(created).toMatchObject({ code: 0 });
  const { flowId, version } = JSON.parse(created.stdout) as { flowId: string; version: number };
  expect(version).toBe(1);
  expect(created.stderr).toContain(`flow: made ${flowId}`);

  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...nowhere } = environment();
  const set = (key: string, value: string) =>
    temporal('env', 'set', '--env', 'here', '--key', key, '--value', value);
  await set('address', TEMPORAL_ADDRESS!);
  await set('namespace', TEMPORAL_NAMESPACE!);
  const elsewhere = ['aep', 'plan', file, '--env', 'here', '--command-timeout', '60s'];
  expect(await printedBy(inject('temporalCli'), elsewhere, { env: nowhere })).toMatchObject({ code: 0 });

  const status = await waitFor('the watcher to be listed', async () => {
    const answer = await aep('status', `${sandbox}/orders`);
    return answer.code === 0 && answer;
  });
  expect(status.stdout).toContain(`flow ${flowId}`);
  const all = await aep('status', '--sandbox', sandbox, '-o', 'jsonl');
  expect(JSON.parse(all.stdout)).toMatchObject({ dataflow: `${sandbox}/orders`, flowId, verdict: 'pending' });

  const asked = ['__complete', 'aep', 'delete', `${sandbox}/`];
  const completed = await temporal(...asked);
  expect(completed).toMatchObject({ code: 0, stdout: `${sandbox}/orders\n:4\n` });
  const away = { ...environment(), TEMPORAL_ADDRESS: '127.0.0.1:1' };
  expect(await printedBy(inject('temporalCli'), asked, { env: away })).toEqual({
    ...completed,
    stdout: ':4\n',
  });

  const picture = join(folder, 'orders.svg');
  expect(await aep('board', `${sandbox}/orders`, '--to', picture)).toMatchObject({ code: 0 });
  expect(await readFile(picture, 'utf8')).toContain(`${sandbox}/orders`);
  const imported = await aep('import', `${sandbox}/${flowId}`);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(imported.stdout)).toMatchObject({ name: 'orders', sandbox });

  const changed = await fileOf(orders(sandbox, { description: 'All orders' }));
  const updated = await aep('update', changed);
  expect(updated).toMatchObject({ code: 0 });
  expect(updated.stdout).toContain('~ flow');
  expect((await aep('history', `${sandbox}/orders`)).stdout).toMatch(
    /create .*completed[\s\S]*update .*completed/,
  );

  const deleted = await aep('delete', `${sandbox}/orders`);
  expect(deleted).toMatchObject({ code: 0 });
  expect(deleted.stdout).toContain(`deleted  flow ${flowId}`);
  expect(deleted.stdout).toContain(`next: temporal aep delete ${sandbox}/orders --also dataset schema\n`);
});

describe('the exit status', () => {
  it('of a definition that is wrong is 3, and all of its problems are told before anything is asked', async () => {
    const file = await fileOf({ ...orders(next()), schedule: { frequency: 'fortnight' }, nmae: 'x' });
    for (const command of ['validate', 'plan', 'create', 'update']) {
      const answer = await aep(command, file);
      expect(answer, command).toMatchObject({ code: 3, stdout: '' });
      expect(answer.stderr).toMatch(/schedule\.frequency[\s\S]*nmae|nmae[\s\S]*schedule\.frequency/);
    }
    const { code, stdout } = await program('-o', 'json', 'validate', file);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { type: 'InvalidDefinition' } });
  });

  it('of a conflict is 4, of a choice that nobody made 5, of a decision that nobody waits for 4', async () => {
    const sandbox = next();
    const file = await fileOf(orders(sandbox));
    expect(await aep('update', file)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('next: temporal aep create FILE\n') as string,
    });
    expect((await aep('create', file)).stdout).toMatch(/^mapping set +\S+ +made$/m);
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const another = await fileOf(orders(sandbox, { source }));
    const open = await aep('update', another);
    expect(open).toMatchObject({ code: 5 });
    expect(open.stderr).toContain('ChoiceNeeded');
    expect(open.stderr).toContain(
      'next: Add what you choose: --replace-flow from-now, or --replace-flow backfill',
    );
    // What a command wants to be in colours is none of the next one's.
    expect((await aep('plan', another, '--color', 'always')).stdout).toContain('\u001B[');
    const plain = expect.not.stringContaining('\u001B') as string;
    expect(await aep('plan', another)).toMatchObject({ code: 5, stdout: plain });
    expect(await aep('create', another)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('temporal aep update FILE changes it\n') as string,
    });
    const approval = await aep('approve', `${sandbox}/orders`, '--by', 'Ann', '--digest', 'abc');
    expect(approval.code).not.toBe(0);
  });

  it('of wrong usage, and of a file that cannot be read, is 1', async () => {
    expect(await program('crate', 'x.json')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('create'),
    });
    expect(await aep('plan')).toMatchObject({ code: 1 });
    expect(await aep('delete', 'orders')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SANDBOX/NAME'),
    });
    expect(await aep('plan', join(folder, 'none.json'))).toMatchObject({ code: 1 });
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"name": ');
    expect(await aep('plan', broken)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('neither JSON nor YAML'),
    });
  });

  it('of help is 0, also as the Temporal CLI asks for it', async () => {
    for (const answer of [
      await aep('--help'),
      await temporal('help', 'aep'),
      await temporal('aep', '--help'),
    ]) {
      expect(answer).toMatchObject({ code: 0 });
      expect(answer.stdout).toContain('apply [options] <folder>');
    }
  });
});

it('a folder is planned and applied as one, files in YAML among them, and what is wrong in one is told', async () => {
  const sandbox = next();
  const many = await mkdtemp(join(folder, 'many-'));
  const named = (name: string) => {
    const definition = orders(sandbox, { name });
    return { ...definition, schema: { ...(definition['schema'] as object), title: name } };
  };
  await writeFile(join(many, 'a.json'), JSON.stringify(named('a')));
  await writeFile(join(many, 'b.yaml'), stringify(named('b')));
  const planned = await aep('apply', many, '--plan');
  expect(planned).toMatchObject({ code: 2 });
  expect(planned.stdout).toMatch(new RegExp(`${sandbox}/a +a\\.json +\\d+ create`));
  const applied = await aep('apply', many, '-o', 'json');
  expect(applied).toMatchObject({ code: 0 });
  const { dataflows } = JSON.parse(applied.stdout) as { dataflows: { name: string; outcome: string }[] };
  expect(dataflows.map(({ name, outcome }) => `${name} ${outcome}`).toSorted()).toEqual([
    'a created',
    'b created',
  ]);
  expect(await aep('apply', many, '--plan')).toMatchObject({ code: 0 });
  await writeFile(join(many, 'c.json'), JSON.stringify({ ...named('c'), schedule: 1, mapping: 1, nmae: 1 }));
  const wrong = await aep('apply', many, '--plan');
  expect(wrong.stdout).toMatch(new RegExp(`^${sandbox}/c +c\\.json .*has 3 problems: .*schedule.*`, 'm'));
  expect(wrong.stdout.trimEnd().split('\n').length).toBe(4);
  await writeFile(join(many, 'c.json'), '{');
  await writeFile(join(many, 'd.json'), '{}');
  expect(await aep('apply', many)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/c\.json is neither.*\n.*d\.json is no definition of a dataflow/),
  });
});

it('a command that waits for a worker where there is none says so', async () => {
  const file = await fileOf(orders(next()));
  const place = await startTestTemporal();
  const there = ['--namespace', place.namespace];
  const [answer, nowhere] = await Promise.all([
    program('plan', file, ...there, '--command-timeout', '8s'),
    aep('plan', file, '--namespace', 'nowhere'),
  ]);
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.stderr).toMatch(
    /waits for a worker: none polls the task queue aep-dataflows .*npm run worker/,
  );
  expect(nowhere).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The namespace nowhere is not there\nnext: .*namespace create/),
  });

  // What holds the dataflow would never end by itself.
  const client = await connect({ client: place.client });
  const { workflowId } = await client.start(orders('prod'));
  const held = await aep('delete', 'prod/orders', ...there);
  expect(held).toMatchObject({ code: 4 });
  expect(held.stderr).toContain(
    `is just being created, by the workflow ${workflowId}. It goes on when there is a worker: none polls`,
  );
  const [, line] = /: (temporal workflow terminate .*)$/m.exec(held.stderr)!;
  expect(await temporal(...line!.split(' ').slice(1), ...there)).toMatchObject({ code: 0 });
  await place.close();
});

it('of a dataflow that nobody watches there are no runs to wait for', async () => {
  const never = `${next()}/orders`;
  expect(await aep('runs', never)).toMatchObject({
    code: 4,
    stdout: 'Nobody watches a flow of it.\n',
  });
  expect(await aep('board', never, '--to', join(folder, 'never.html'))).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(`knows nothing of ${never}`),
  });
});

it('Ctrl-C leaves a create, which goes on, and says how to come back', async () => {
  const sandbox = next();
  rig.emulator.control.addFault({
    method: 'POST',
    path: '/catalog/dataSets',
    sandbox,
    kind: '503',
    times: 3,
  });
  const child = spawn(process.execPath, [main, 'create', await fileOf(orders(sandbox))], {
    env: environment(),
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // The Temporal CLI would kill it at Ctrl-C, so that it has to be told before.
  await waitFor('how to come back', () => stderr.includes('See it again: temporal aep status'));
  expect(stderr).toContain('dataset');
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(130);
  expect(stderr).toContain(`temporal aep status ${sandbox}/orders`);
  await rig.client.dataflow({ sandbox, name: 'orders' }).result();
});

it('a flow that is watched live is told as it is, and then that somebody has paused it, until Ctrl-C', async () => {
  const sandbox = next();
  await (await rig.client.start(orders(sandbox))).result();
  const named = { sandbox, name: 'orders' };
  const watcher = await waitFor('the watcher to be listed', () =>
    rig.client.watcherOf(named).catch(() => undefined),
  );
  const watching = spawn(process.execPath, [main, 'watch', `${sandbox}/orders`, '-o', 'jsonl'], {
    env: environment(),
  });
  let stdout = '';
  watching.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await waitFor('how it is', () => stdout.includes('"news":"health"'));
  await watcher.pause();
  await waitFor('the pause', () => stdout.includes('"news":"verdict","verdict":"paused"'));
  const { stdout: status } = await aep('status', `${sandbox}/orders`);
  expect(status).toContain(`  command: temporal aep resume ${sandbox}/orders\n`);
  watching.kill('SIGINT');
  expect(await new Promise((resolve) => watching.once('exit', resolve))).toBe(130);
});

it('the list of all shows what waits for a person, and what nobody watches any more until it is deleted', async () => {
  const sandbox = next();
  const named = { sandbox, name: 'orders' };
  const { flowId } = await (await rig.client.start(orders(sandbox))).result();
  const list = () => rig.client.list({ sandbox });
  const definition = orders(sandbox, { description: 'All orders' });
  const update = rig.client.update({ definition, requireApproval: true }).catch(() => undefined);
  await waitFor('the plan', async () => (await list())[0]?.doing?.waitsFor === 'person');
  const all = await aep('status', '--sandbox', sandbox);
  expect(all.stdout).toContain(
    `${sandbox}/orders: Being changed, waits for a person. Next: temporal aep status ${sandbox}/orders\n`,
  );
  expect(all.code).toBe(5);
  const one = await aep('status', `${sandbox}/orders`);
  expect(one.stdout).toContain(`temporal aep approve ${sandbox}/orders --digest `);
  expect(one.code).toBe(5);

  await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
  await update;
  await rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`).terminate('Ann: end of test');
  await waitFor('the end of both', async () => {
    const [row] = await list();
    return row?.unwatched?.status === 'TERMINATED' && !row.doing;
  });
  const unwatched = await aep('status', '--sandbox', sandbox);
  expect(unwatched.stdout).toContain('its watcher was terminated. Next: temporal aep update FILE\n');
  expect(unwatched.code).toBe(4);
  expect(await aep('status', `${sandbox}/orders`)).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/its watcher was terminated by .+: Ann: end of test\. Next: /) as string,
  });
  await rig.client.delete(named);
  await waitFor('its end', async () => (await list()).length === 0);
});
