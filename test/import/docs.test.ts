import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isEmpty } from '../../src/client.ts';
import { byUi } from '../plan/foreign-flows.ts';
import { ids } from '../resources/sample-ids.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { makeForeign } from './foreign-flow.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;

let rig: Rig;
let reader: Reader;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/importing.md');
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

/** A flow of AEP's UI, which nobody has taken over. */
async function foreignFlow(name: string): Promise<string> {
  const sourceConnection = { ...byUi.sourceConnection, params: { tableName: 'test1.Mytable' } };
  const bodies = { ...byUi, sourceConnection, flow: { ...byUi.flow, name } };
  return (await makeForeign(rig, 'prod', bodies, ids)).flow;
}

async function mustBeAdopted(FLOW: string): Promise<void> {
  const definition: unknown = JSON.parse(await readFile(join(reader.folder, 'orders.json'), 'utf8'));
  expect(isEmpty(await rig.client.plan(definition))).toBe(true);
  expect(await rig.client.health({ sandbox: 'prod', flowId: FLOW })).toBeDefined();
}

it.skipIf(!hasJq)('the lines for the Temporal CLI read a flow into a definition, and adopt it', async () => {
  const FLOW = await foreignFlow('By the CLI');
  const [read, adopt] = reader.blocks('By the Temporal CLI', 'sh');
  const { code, stdout, stderr } = await reader.bash(read!, { FLOW });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('flow.options.isSampleDataflow');
  expect(stdout).toContain('Nothing to change');
  expect(await reader.bash(adopt!, { FLOW })).toMatchObject({ code: 0, stderr: '' });
  await mustBeAdopted(FLOW);
});

it('the TypeScript reads a flow, tells what stays as it is, and adopts it', async () => {
  const FLOW = await foreignFlow('By TypeScript');
  const [script] = reader.blocks('From TypeScript', 'ts');
  const { code, stdout, stderr } = await reader.script(
    'import.ts',
    `process.env.FLOW = '${FLOW}';\n${script!}`,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Stays as it is: flow.options.isSampleDataflow');
  await mustBeAdopted(FLOW);
});
