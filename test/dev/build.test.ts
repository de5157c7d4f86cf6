import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { localEnv } from '../../dev/local-stack.ts';
import { startTestTemporal } from '../support/temporal.ts';

const run = promisify(execFile);
const root = process.cwd();
/** A project of somebody else that has our package installed. It lies where it finds our dependencies, too. */
let project: string;

beforeAll(async () => {
  const caches = join(root, 'node_modules/.cache');
  await mkdir(caches, { recursive: true });
  project = await mkdtemp(join(caches, 'client-project-'));
  const installed = join(project, 'node_modules/aep-dataflows');
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), await readFile('package.json'));
  await run(process.execPath, ['dev/build.ts', join(installed, 'dist')]);
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: 'nodenext',
    types: ['node'],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
});

afterAll(() => rm(project, { recursive: true, force: true }));

test('another project imports the client with its types', async () => {
  const check = async (line: string) => {
    await writeFile(
      join(project, 'use.ts'),
      `import { connect, type Definition, type Health } from 'aep-dataflows/client';
       export async function use(definition: Definition): Promise<Health | undefined> {
         const client = await connect();
         const result = await (await client.start(definition)).result();
         ${line}
         return client.health({ sandbox: definition.sandbox, flowId: result.flowId });
       }`,
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    return run(process.execPath, [compiler], { cwd: project }).then(
      () => 'fits',
      (error: { stdout: string }) => error.stdout,
    );
  };
  expect(await check('const id: string = result.flowId; console.log(id);')).toBe('fits');
  expect(await check('const id: number = result.flowId; console.log(id);')).toContain('TS2322');
});

test("the built client and worker run on the machine's own Node, and create a dataflow together", async () => {
  const node = await systemNode();
  const [temporal, emulator] = await Promise.all([startTestTemporal(), startEmulator()]);
  const env = { ...process.env, ...localEnv(emulator.url, temporal) };
  const worker = execFile(node, [join(project, 'node_modules/aep-dataflows/dist/worker.js')], { env });
  let said = '';
  worker.stderr?.on('data', (chunk: string) => (said += chunk));
  try {
    await writeFile(
      join(project, 'create.js'),
      `import { readFile } from 'node:fs/promises';
       import { connect } from 'aep-dataflows/client';
       const client = await connect();
       const handle = await client.start(JSON.parse(await readFile(process.argv[2], 'utf8')));
       console.log(JSON.stringify(await handle.result()));
       await client.close();`,
    );
    const definition = join(root, 'examples/orders-from-bigquery.json');
    const { stdout } = await run(node, [join(project, 'create.js'), definition], { env, timeout: 60_000 });
    expect(JSON.parse(stdout)).toMatchObject({
      flowId: expect.any(String),
      watcherWorkflowId: expect.stringMatching(/^flow/),
    });
    // That where a workflow stands is not noted is told to who asks.
    const { watcherWorkflowId } = JSON.parse(stdout) as { watcherWorkflowId: string };
    const stack = temporal.client.workflow.getHandle(watcherWorkflowId).query('__stack_trace');
    await expect(stack).rejects.toThrow('Workflow stack traces are not enabled on this worker');
    // With the prebuilt bundle there is nothing to bundle at the start.
    expect(said).not.toContain('webpack');
  } finally {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await emulator.close();
    await temporal.close();
  }
});

/** The first Node on PATH that is not the project's own. */
async function systemNode(): Promise<string> {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  const { stdout } = await run('sh', ['-c', 'command -v node'], { env: { PATH: folders.join(delimiter) } });
  return stdout.trim();
}
