import { Client, Connection, ServiceError, WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { localEnv } from '../../dev/local-stack.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { listExecutions } from '../../src/activities/dataflow/executions.ts';
import { connect, type AepDataflows } from '../../src/client.ts';
import { readConfig } from '../../src/settings/config.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { example } from '../support/example.ts';
import { startTestWorker } from '../support/worker.ts';

/** What a cluster allows by default, for each namespace and frontend. */
const listsPerSecond = 10;
const parts = new AsyncDisposableStack();
let emulator: Emulator;
let client: Client;
let dataflows: AepDataflows;

beforeAll(async () => {
  const server = await startTemporal({ headless: true, listsPerSecond });
  parts.defer(() => server.close());
  emulator = await startEmulator();
  parts.defer(() => emulator.close());
  // Who does not know what ran before would wait for a minute.
  const env = { ...localEnv(emulator.url, server), AEP_LATE_COMMIT: '60000' };
  const worker = await startTestWorker(server, workerOptions(readConfig(env)));
  parts.defer(() => worker.stop());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  client = new Client({ connection });
  dataflows = await connect({ client });
});
afterAll(() => parts.disposeAsync());

function definitionOf(name: string) {
  const definition = example('orders-from-bigquery', { name });
  return { ...definition, source: definition['source'] as object };
}

test('sixty creates at once on a cluster that allows ten lists a second all know what ran before, and few lists tell them', async () => {
  const list = vi.spyOn(WorkflowClient.prototype, 'list');
  const names = Array.from({ length: 60 }, (_, n) => `orders-${n}`);
  const startedAt = performance.now();
  const outcomes = await Promise.allSettled(
    names.map(async (name) => {
      const definition = definitionOf(name);
      // Refused after it has looked back: what follows is no matter here.
      const source = { ...definition.source, baseConnectionId: crypto.randomUUID() };
      const started = await dataflows.start({ ...definition, source });
      return started.result();
    }),
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { type: 'InvalidDefinition' } });
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(list.mock.calls.length).toBeLessThanOrEqual(8 + 4 * seconds + 1);

  // Who asks for many at once is answered by few lists, each with its own.
  list.mockClear();
  const ids = [...names, ...names].map((name) => `dataflow:prod:${name}`);
  const asked = await Promise.all(ids.map((id) => listExecutions(client, id)));
  expect(list).toHaveBeenCalledTimes(2);
  list.mockRestore();
  for (const [n, { executions }] of asked.entries())
    expect(executions.map(({ workflowId }) => workflowId)).toEqual([ids[n]]);
  // None had to leave a stand-in, as if lists did not show it.
  const standIns = names.map((name) => client.workflow.getHandle(`unlisted:prod:${name}`).describe());
  for (const standIn of await Promise.allSettled(standIns))
    expect(standIn).toMatchObject({ reason: expect.any(WorkflowNotFoundError) as unknown });
});

test('a create whose lists were all taken by others asks again, and need not expect the worst', async () => {
  await dataflows.start(definitionOf('refused')).then((started) => started.result());
  const cause = Object.assign(new Error('namespace rate limit exceeded'), {
    code: 8,
    details: 'namespace rate limit exceeded',
    metadata: {},
  });
  const list = vi.spyOn(WorkflowClient.prototype, 'list');
  // At its first glance, and when it looks properly.
  for (let n = 0; n < 2; n++)
    list.mockImplementationOnce(() => {
      throw new ServiceError('Failed to list workflows', { cause });
    });
  const startedAt = performance.now();
  const started = await dataflows.start(definitionOf('refused'));
  expect((await started.result()).made).toEqual([]);
  expect(list.mock.results.filter(({ type }) => type === 'throw')).toHaveLength(2);
  list.mockRestore();
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  await expect(client.workflow.getHandle('unlisted:prod:refused').describe()).rejects.toThrow(
    WorkflowNotFoundError,
  );
});
