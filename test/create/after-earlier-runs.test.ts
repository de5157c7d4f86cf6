import { expect } from 'vitest';
import { stageFor } from '../simulation/stage.ts';
import { failureOf, oneOfSix, orders, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';
const workflowId = `dataflow:${sandbox}:orders`;

const workflow = () => stage.temporal.workflow.getHandle(workflowId);

/** A create that is terminated once it has sent such a request. */
async function cutOffAt(method: string): Promise<void> {
  const sent = () => requestsIn(stage, sandbox, { method }).length;
  const before = sent();
  await stage.client.start(orders(sandbox));
  await stage.until(`a ${method}`, () => sent() > before);
  await workflow().terminate();
}

/** The types of the activities that the last run has asked for. */
const scheduled = () =>
  stage
    .run(workflowId)
    .tasks.flat()
    .flatMap(({ commands }) => commands.map(({ scheduleActivity }) => scheduleActivity?.activityType));
const failedStart = async (definition: unknown) => failureOf(await stage.client.start(definition));

it('a rollback after a run that was cut off leaves the flow that lives, and all it refers to, alone', async () => {
  await (await stage.client.start(orders(sandbox))).result();
  await cutOffAt('GET');
  const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
  const failure = await failedStart(orders(sandbox, { source, onFailure: 'rollback' }));
  expect(failure.type).toBe('Conflict');
  expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
});

it('a definition that was refused at once is no reason to wait for its corrected one', async () => {
  const wrong = orders(sandbox, { schedule: { frequency: 'often' } });
  const options = { workflowId, taskQueue: 'aep-dataflows', args: [wrong] };
  await expect(stage.temporal.workflow.execute('createDataflow', options)).rejects.toThrow();
  await (await stage.client.start(orders(sandbox))).result();
  expect(scheduled()).toContain('lookForFlow');
  expect(scheduled()).not.toContain('settleFlow');
});

it('a create that was refused at its check and corrected still waits for what the run before may have sent', async () => {
  await cutOffAt('POST');
  const source = { ...(orders(sandbox)['source'] as object), baseConnectionId: 'not-there' };
  const handle = await stage.client.start(orders(sandbox, { source, onFailure: 'wait' }));
  await stage.until('the create to wait', async () => (await handle.progress()).state === 'waiting');
  await handle.resume(orders(sandbox));
  await handle.result();
  expect(scheduled()).toContain('settleFlow');
  expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
});

it.each([
  ['without an input', []],
  ['that names another dataflow', [{ sandbox: 'prod', name: 'others' }]],
])('a delete %s, which is refused at once, is no reason for the next create to wait', async (_, args) => {
  const options = { workflowId, taskQueue: 'aep-dataflows', args };
  await expect(stage.temporal.workflow.execute('deleteDataflow', options)).rejects.toThrow();
  await (await stage.client.start(orders(sandbox))).result();
  expect(scheduled()).toContain('lookForFlow');
  expect(scheduled()).not.toContain('settleFlow');
});
