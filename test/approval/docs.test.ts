import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { failureOf } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { startReader, type Reader } from '../support/reader.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const named = { sandbox: 'prod', name: 'orders-from-bigquery' };

let rig: Rig;
let reader: Reader;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
  reader = await startReader(rig, 'docs/approving.md');
  await (await rig.client.start(orders('First'))).result();
});
afterAll(async () => {
  await rig.close();
  await reader.close();
});

const orders = (description: string) => ({ ...example('orders-from-bigquery', named), description });
const wants = (description: string) =>
  writeFile(join(reader.folder, 'orders.json'), JSON.stringify(orders(description)));
const description = () => String(rig.emulator.control.resources('flows', 'prod')[0]!['description']);

it.skipIf(!hasJq)('the lines for the Temporal CLI ask, show the plan, approve and reject', async () => {
  const [ask, look, approve, reject] = reader.blocks('By the Temporal CLI', 'sh');
  const asked = rig.client.dataflow(named);
  const isAsked = () =>
    asked.progress().then(
      ({ state }) => state === 'waitingForApproval',
      () => false,
    );
  const waiting = () => waitFor('the plan to wait', isAsked);
  await wants('By the CLI');
  expect(await reader.bash(ask!)).toMatchObject({ code: 0, stderr: '' });
  await waiting();
  const looked = await reader.bash(look!);
  expect(looked).toMatchObject({ code: 0, stderr: '' });
  expect(looked.stdout).toContain('dataflow:prod:orders-from-bigquery');
  expect(looked.stdout).toContain('description: "First" → "By the CLI"');
  expect(looked.stdout).toContain('Waits for the update **approve**');
  expect(await reader.bash(approve!)).toMatchObject({ code: 0, stderr: '' });
  await asked.result();
  expect(description()).toContain('By the CLI');

  await wants('Never');
  expect(await reader.bash(ask!)).toMatchObject({ code: 0 });
  await waiting();
  expect(await reader.bash(reject!)).toMatchObject({ code: 0 });
  expect(await failureOf(asked)).toMatchObject({
    type: 'RejectedByPerson',
    details: { saidToBeBy: 'Ann', why: 'Not before the audit' },
  });
  expect(description()).toContain('By the CLI');
});

it('the TypeScript asks, shows the plan, approves it and waits for the end', async () => {
  await wants('By TypeScript');
  const [script] = reader.blocks('From TypeScript', 'ts');
  const { code, stdout, stderr } = await reader.script('approve.ts', script!);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('"By TypeScript"');
  expect(description()).toContain('By TypeScript');
});

it('the TypeScript for the history prints who did what', async () => {
  const [lines] = reader.blocks('Who did what', 'ts');
  const script = `import { connect } from 'aep-dataflows/client';
const dataflows = await connect();
${lines}await dataflows.close();`;
  const { code, stdout, stderr } = await reader.script('history.ts', script);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/create .*6 to create/);
  expect(stdout).toContain("saidToBeBy: 'Ann'");
});
