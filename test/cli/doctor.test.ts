import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll } from '../../src/cli/doctor.ts';
import type { SetupCheck } from '../../src/setup-check.ts';
import type { Measured } from '../../src/setup-tried.ts';
import { command } from '../support/command.ts';
import { startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const doctor = (...args: string[]) => command(['doctor', '-o', 'json', ...args], rig.temporal.env);

/** What is found in a namespace, as `ok` or the text and the next step, by what was looked at. */
async function found(namespace: string) {
  const { connection } = rig.temporal.client;
  const temporal = new Client({ connection, namespace });
  const checks = await checkAll({ client: rig.client, temporal });
  return byCheck(checks);
}

function byCheck(checks: SetupCheck[]) {
  const said = ({ ok, found, next }: SetupCheck) => (ok ? 'ok' : `${found} ${next}`);
  return Object.fromEntries(checks.map((one) => [one.check, said(one)]));
}

it('of a namespace that is not there the line that makes it is told, and nothing else is asked', async () => {
  const checks = await found('nowhere');
  expect(Object.keys(checks)).toEqual(['namespace']);
  expect(checks['namespace']).toContain('temporal operator namespace create --namespace nowhere');
});

it('where no worker polls, and search attributes are missing, both are told at once', async () => {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const { workflowService } = rig.temporal.client;
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  const checks = await found(namespace);
  expect(checks).toMatchObject({
    namespace: 'ok',
    'search attributes': expect.stringContaining('temporal operator search-attribute create'),
    workers: expect.stringMatching(/none polls the task queue aep-dataflows .*npm run worker/),
    AEP: expect.stringContaining('not asked'),
  });
});

it('where all is right the exit status is 0, else 1, and where there is no server it says that', async () => {
  await rig.startWorker();
  const well = await doctor();
  expect(well).toMatchObject({ code: 0, stderr: '' });
  const { ok, checks } = JSON.parse(well.stdout) as { ok: boolean; checks: SetupCheck[] };
  expect(ok).toBe(true);
  expect(Object.keys(byCheck(checks))).toEqual(
    ['Temporal', 'namespace', 'search attributes', 'workers', 'token', 'AEP', 'clock', 'sandboxes'].concat([
      'Flow Service',
      'Schema Registry',
      'Catalog',
      'Data Prep',
    ]),
  );
  const [wrong, away] = await Promise.all([
    doctor('--sandbox', 'prd'),
    doctor('--address', '127.0.0.1:1', '--client-connect-timeout', '300ms'),
  ]);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain('Did you mean prod?');
  expect(away.code).toBe(1);
  expect(JSON.parse(away.stdout)).toMatchObject({ ok: false, checks: [{ check: 'Temporal', ok: false }] });
});

/** The options that have a dataflow tried, too. */
function source(): string[] {
  const connections = rig.emulator.control.resources('connections', 'dev');
  const connection = connections.find(({ name }) => /BigQuery/.test(String(name)))!;
  return ['--connection', String(connection['id']), '--path', 'test1.Mytable'];
}

it('a throwaway dataflow tells how long AEP takes to change a flow, and is gone afterwards', async () => {
  await rig.startWorker();
  const { control } = rig.emulator;
  control.configure({ operationLastsMs: [1_000, 1_000] });
  const { stdout, stderr } = await doctor('--try', 'dev', ...source());
  control.configure({ operationLastsMs: [0, 0] });
  expect(stderr).toContain('disables and enables the flow');
  const { measured, left } = JSON.parse(stdout) as { measured: Measured[]; left: string[] };
  const took = (guess: RegExp) => measured.find((one) => guess.test(one.guess))?.ms;
  for (const guess of [/PATCH of a flow is/, /action disable/, /action enable/])
    expect(took(guess)).toBeGreaterThan(900);
  expect(measured.find(({ guess }) => guess.includes('PATCH moves the etag'))).toMatchObject({ held: true });
  for (const one of left) expect(one).toMatch(/^mapping ?set/i);
  expect(control.resources('flows', 'dev')).toEqual([]);
  for (const wrong of [['--path', 'x'], ['--runs']])
    expect(await doctor('--try', 'dev', ...wrong)).toMatchObject({ code: 1 });
});

it('a try that somebody leaves says how to come back and what deletes the dataflow, and deletes it all the same', async () => {
  await rig.startWorker();
  const { control } = rig.emulator;
  control.configure({ operationLastsMs: [600_000, 600_000] });
  const asked = startProgram(main, ['doctor', '--try', 'dev', ...source()], rig.temporal.env);
  await waitFor('the flow', () => asked.stderr().includes('disables and enables the flow'));
  asked.kill('SIGINT');
  expect(await asked.ended).toBe(130);
  expect(asked.stderr()).toMatch(
    /temporal aep delete dev\/aep-dataflows-try-\w{8}-flow --also dataset schema/,
  );
  expect(asked.stderr()).toContain('temporal workflow show --follow --workflow-id try:dev:');
  const [, workflowId] = /--workflow-id (try:dev:\S+)/.exec(asked.stderr())!;
  const handle = rig.temporal.client.workflow.getHandle(workflowId!);
  await handle.cancel();
  control.configure({ operationLastsMs: [0, 0] });
  control.advanceClock(600_000);
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(control.resources('flows', 'dev')).toEqual([]);
});

it('a try that fails tells why, and what it could not delete with the line that does', async () => {
  await rig.startWorker();
  const { control } = rig.emulator;
  const flows = { path: '/flowservice/flows/*', sandbox: 'dev' };
  control.addFault({ ...flows, method: 'PATCH', kind: '404' });
  control.addFault({ ...flows, method: 'DELETE', kind: '401', times: 20 });
  const [, connection, , path] = source();
  const handle = await rig.client.trySandbox({ sandbox: 'dev', connection, path });
  const error = await handle.result().catch((thrown: unknown) => thrown);
  control.clearFaults();
  expect(error).toMatchObject({ type: 'Rejected' });
  const { message } = error as Error;
  expect(message).toMatch(/^.*PATCH \/flowservice\/flows.*Left in AEP: .*-flow: .*temporal aep delete /s);
  const [, name] = /temporal aep delete dev\/(\S+) --also dataset schema/.exec(message)!;
  await rig.client.delete({ sandbox: 'dev', name: name!, also: ['dataset', 'schema'] });
  expect(control.resources('flows', 'dev')).toEqual([]);
});

it('a try in a sandbox that AEP does not know tells that, and nothing of what is left', async () => {
  await rig.startWorker();
  const handle = await rig.client.trySandbox({ sandbox: 'nobodys' });
  const error = (await handle.result().catch((thrown: unknown) => thrown)) as Error;
  expect(error).toMatchObject({ type: 'InvalidDefinition' });
  expect(error.message).not.toContain('Left in AEP');
});
