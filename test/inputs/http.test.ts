import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { definitionHash } from '../../src/definition/identity.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { failureOf, orders } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

type Json = Record<string, unknown>;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.startWorker();
});
afterAll(() => rig.close());

/** The address of a workflow, whatever its id. */
const addressOf = (workflowId: string) =>
  `${inject('temporalHttp')}/api/v1/namespaces/${rig.temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`;

async function start(type: string, workflowId: string, input: unknown): Promise<void> {
  const body = { workflowType: { name: type }, taskQueue: { name: 'aep-dataflows' }, input: [input] };
  const { status } = await fetch(addressOf(workflowId), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}

/** Lines of a shell, and the JSON that they print. */
function run(lines: string, more: Record<string, string> = {}): Promise<Json> {
  const { PATH = '' } = process.env;
  const { TEMPORAL_NAMESPACE } = rig.temporal.env;
  const env = { PATH, TEMPORAL_HTTP: inject('temporalHttp'), TEMPORAL_NAMESPACE, ...more };
  return new Promise((resolve, reject) => {
    execFile('bash', ['--norc', '-c', lines], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${lines}\n${stderr}`));
      else resolve(JSON.parse(stdout) as Json);
    });
  });
}

it('the lines of docs/clients.md start, follow, change and delete a dataflow over plain HTTP', async () => {
  const page = readFileSync('docs/clients.md', 'utf8');
  const [, lines = ''] = /^## Plain HTTP$.*?^```sh\n(.*?)^```$/ms.exec(page) ?? [];
  const [names, ...steps] = lines.trim().split('\n\n');
  expect(steps).toHaveLength(8);
  const step = (index: number, more?: Record<string, string>) => run(`${names}\n${steps[index]}`, more);

  const started = await step(0);
  expect(started).toMatchObject({ started: true });
  expect((await step(0))['code'], 'a second start').toBe(6);
  await waitFor('the progress', async () => {
    const { queryResult } = (await step(1)) as { queryResult?: { dataflow: string }[] };
    return queryResult?.[0]?.dataflow === 'prod/orders-from-bigquery';
  });
  const flowId = await waitFor('the result', async () => {
    const { history } = (await step(2)) as { history: { events?: Json[] } };
    const completed = history.events?.[0]?.['workflowExecutionCompletedEventAttributes'];
    return (completed as { result: { flowId: string }[] } | undefined)?.result[0]?.flowId;
  });
  expect((await step(3))['workflowExecutionInfo']).toMatchObject({
    status: 'WORKFLOW_EXECUTION_STATUS_COMPLETED',
    memo: { fields: { outcome: { made: { flow: flowId } } } },
  });
  await waitFor('the health', async () => {
    const { queryResult } = (await step(4, { FLOW_ID: flowId })) as { queryResult?: { flowId: string }[] };
    return queryResult?.[0]?.flowId === flowId;
  });
  expect((await step(5, { FLOW_ID: flowId }))['outcome']).toEqual({ success: [{ pauseAfter: 3 }] });
  expect(await step(6)).toMatchObject({ started: true });
  // It has ended by then, or not.
  expect([undefined, 5]).toContain((await step(7))['code']);
});

it('a definition with an empty list and a huge number is the same over HTTP as from the typed client', async () => {
  const column = JSON.parse('{"name": "Id", "type": "integer", "maximum": 9223372036854775807}') as Json;
  const definition = orders('prod', {
    name: 'Orders (EU) #2 & für Köln: 100%',
    source: { ...(orders('prod')['source'] as Json), columns: [{ name: 'TestID', type: 'string' }, column] },
    schema: { title: 'Orders over HTTP', class: 'https://ns.adobe.com/xdm/context/profile', fieldGroups: [] },
    mapping: [{ source: 'TestID', destination: '_id' }],
    deltaColumn: { name: 'TestID', timezone: null },
  });
  const workflowId = `dataflow:prod:${String(definition['name'])}`;
  // Its source, which has no such column, is away.
  rig.emulator.control.addFault({ method: 'GET', path: '/flowservice/connections/*/explore', kind: '503' });
  await start('createDataflow', workflowId, definition);
  const handle = rig.temporal.client.workflow.getHandle(workflowId);
  expect(await handle.result()).toMatchObject({ made: expect.arrayContaining(['flow']) as unknown });
  const { memo } = await handle.describe();
  expect(memo?.['definition']).toBe(definitionHash(parseDefinition(definition).definition));

  await start('deleteDataflow', workflowId, { sandbox: 'prod', name: definition['name'], only: [] });
  const told = await failureOf(rig.temporal.client.workflow.getHandle(workflowId));
  expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field: 'only' }] } });
  await start('deleteDataflow', workflowId, { sandbox: 'prod', name: definition['name'], also: [] });
  const deleted = await rig.temporal.client.workflow.getHandle(workflowId).result();
  expect(deleted).toMatchObject({
    deleted: expect.arrayContaining([{ flow: expect.any(String) }]) as unknown,
  });
  await start('listOrphans', 'orphans:prod', { sandbox: 'prod', delete: [] });
  const orphans = await rig.temporal.client.workflow.getHandle('orphans:prod').result();
  expect(orphans).toMatchObject({ deleted: [], notDeleted: [] });
});
