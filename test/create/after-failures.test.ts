import type { WorkflowHandle } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leaveStandIn } from '../../src/activities/dataflow/unlisted.ts';
import { connect } from '../../src/client.ts';
import { readConfig } from '../../src/settings/config.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { large } from '../definition/large.ts';
import { administratorOf, failureOf, oneOfSix, orders, places } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { waitFor } from '../support/wait-for.ts';
import { startTestWorker } from '../support/worker.ts';

const { sandboxes, next } = places(6);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const workflow = (sandbox: string) => rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`);
/** The types of the activities that a workflow has asked for. */
const scheduledIn = async (handle: WorkflowHandle) =>
  (await handle.fetchHistory()).events!.map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
  );

const failedStart = async (definition: unknown) => failureOf(await rig.client.start(definition));

it('a cancellation during the sweep leaves the watcher at work', async () => {
  const sandbox = next();
  const path = '/flowservice/sourceConnections';
  rig.emulator.control.addFault({ method: 'POST', path, sandbox, kind: 'reset-before' });
  const handle = await rig.client.start(orders(sandbox));
  const { flowId } = await waitFor('the sweep', async () => {
    const progress = await handle.progress();
    return progress.steps.some(({ step, state }) => step === 'sweep' && state === 'running') && progress;
  });
  await handle.cancel();
  await handle.result().catch(() => undefined);
  const watcher = rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
  expect((await watcher.describe()).status.name).toBe('RUNNING');
});

it('a create after a run that lists did not show, for which another stands in, waits for what that may have sent', async () => {
  const sandbox = next();
  const workflowId = `dataflow:${sandbox}:orders`;
  const environment = new MockActivityEnvironment(
    { workflowExecution: { workflowId, runId: 'unlisted' }, taskQueue: 'aep-dataflows' },
    { client: rig.temporal.client },
  );
  await environment.run(leaveStandIn);
  // The next run that is not listed either.
  await environment.run(leaveStandIn);
  const standIn = rig.temporal.client.workflow.getHandle(`unlisted:${sandbox}:orders`);
  expect((await standIn.describe()).status.name).toBe('RUNNING');
  await (await rig.client.start(orders(sandbox))).result();
  const scheduled = await scheduledIn(workflow(sandbox));
  expect(scheduled).toContain('settleFlow');
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
});

it('a create of what is there in part, of which Temporal keeps no run any more, waits before it makes the rest', async () => {
  const sandbox = next();
  const { resources } = await (await rig.client.start(orders(sandbox))).result();
  await administratorOf(rig).flowService.flows.remove({ sandbox }, resources.flow!);
  // Another namespace is a Temporal that has forgotten everything.
  await using parts = new AsyncDisposableStack();
  const forgetful = parts.adopt(await startTestTemporal(), (place) => place.close());
  const options = workerOptions(readConfig({ ...rig.env, ...forgetful.env }));
  parts.adopt(await startTestWorker(forgetful, options), (worker) => worker.stop());
  const client = await connect({ client: forgetful.client });
  const again = await (await client.start(orders(sandbox))).result();
  expect(again).toMatchObject({ made: ['flow'], resources: { ...resources, flow: again.flowId } });
  const scheduled = await scheduledIn(forgetful.client.workflow.getHandle(`dataflow:${sandbox}:orders`));
  expect(scheduled).toContain('settleFlow');
  expect(scheduled).not.toContain('settleDataset');
});

it('a Conflict with thousands of differences ends, and tells the first of them', async () => {
  const sandbox = next();
  const mapping = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      expression: `concat("${index}", "${'x'.repeat(50)}")`,
      destination: '_id',
    }));
  await (await rig.client.start(orders(sandbox, { mapping: mapping(2_000) }))).result();
  const failure = await failedStart(orders(sandbox, { mapping: mapping(1_900) }));
  expect(failure.type).toBe('Conflict');
  expect(JSON.stringify([failure.message, failure.details]).length).toBeLessThan(100_000);
});

it('a mapping of nearly 1 MB is refused where its rows lead nowhere, and where its field groups are not there', async () => {
  const many = large['columns, each mapped']!(900_000) as { mapping: object[] };
  const context = 'https://ns.adobe.com/xdm/context';
  const gone = Array.from({ length: 45 }, (_, index) => `${context}/nothing-${index}`);
  const counts = [[], gone].map(async (fieldGroups) => {
    const schema = { class: `${context}/profile`, fieldGroups };
    const failure = await failedStart({ ...many, schema, sandbox: next(), name: 'orders' });
    expect(failure.type).toBe('InvalidDefinition');
    return failure.details['problemCount'];
  });
  // Beside them the first 50 of the columns that the source does not have.
  expect(await Promise.all(counts)).toEqual([many.mapping.length + 50, gone.length + 50]);
});
