import { example } from '../support/example.ts';
import { legacyOrders, orders } from '../support/dataflows.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, makeFlow } from '../watch/make-flow.ts';
import type { Played, Stage } from './stage.ts';

type Shape = (stage: Stage) => Promise<Played>;

/** Every way in which our workflows go, each under the name of its file. */
export const shapes: Record<string, Shape> = {
  'create-modern': (stage) => created(stage, orders(stage.sandbox)),
  'create-legacy': (stage) => created(stage, legacyOrders(stage.sandbox)),
  'create-once': (stage) =>
    created(stage, example('accounts-once', { name: 'accounts', sandbox: stage.sandbox })),
  'create-into-existing-dataset': (stage) =>
    created(stage, example('tutorial-databases', { name: 'databases', sandbox: stage.sandbox })),

  async 'create-again'(stage) {
    await created(stage, legacyOrders(stage.sandbox));
    return created(stage, legacyOrders(stage.sandbox));
  },
  async 'create-after-cancel'(stage) {
    await cancelled(stage);
    return created(stage, legacyOrders(stage.sandbox));
  },

  'create-lost-reply': spoiled('/flowservice/sourceConnections', 'reset-after'),
  'create-lost-request': spoiled('/catalog/dataSets', 'hang'),
  'create-late-commit': spoiled('/flowservice/targetConnections', 'late-commit'),
  'create-lost-schema': spoiled('/schemaregistry/tenant/schemas', 'truncated'),
  'create-slowed-down': spoiled('/conversion/mappingSets', '429-retry-after'),

  async 'create-conflict'(stage) {
    const { sandbox, emulator } = stage;
    await makeFlow(administrator(emulator.url), { sandbox });
    // The look for the flow comes late, so that the schema is made before, and must go.
    emulator.control.addFault({ method: 'GET', path: '/flowservice/flows', kind: '503', sandbox });
    return failed(stage, orders(sandbox, { name: 'Orders' }));
  },
  'create-rejected': (stage) =>
    failed(stage, orders(stage.sandbox, { mapping: [{ source: 'TestID', destination: 'no.such.path' }] })),
  'create-invalid': (stage) => {
    const workflowId = `dataflow/${stage.sandbox}/orders`;
    const input = { name: 'orders', sandbox: stage.sandbox };
    return started(stage, 'createDataflow', workflowId, input).then(ended);
  },
  'create-given-up'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ path: '/catalog/dataSets', kind: '503', times: 1_000, sandbox });
    return failed(stage, orders(sandbox, { giveUpAfter: '1s' }));
  },
  'create-cancelled': (stage) => cancelled(stage),

  async 'delete-dataflow'(stage) {
    const { workflowId } = await created(stage, orders(stage.sandbox));
    const input = { sandbox: stage.sandbox, name: 'orders', also: ['dataset'] };
    return ended(await started(stage, 'deleteDataflow', workflowId, input));
  },
  async 'delete-orphans'(stage) {
    const { sandbox, emulator } = stage;
    await failed(stage, orders(sandbox, { mapping: [{ source: 'TestID', destination: 'no.such.path' }] }));
    const unwanted = emulator.control.resources('sourceConnections', sandbox).map(({ id }) => String(id));
    return ended(await started(stage, 'listOrphans', `orphans/${sandbox}`, { sandbox, delete: unwanted }));
  },

  async 'watch-runs'(stage) {
    const watcher = await watched(stage);
    await runs(stage, 2);
    return watcher;
  },
  async 'follow-runs'(stage) {
    await watched(stage);
    await runs(stage, 2);
    return stage.temporal.client.workflow.getHandle(`runs/${stage.sandbox}`);
  },
  async 'watch-continued'(stage) {
    const watcher = await watched(stage);
    const { runId } = await watcher.describe();
    const { workflow } = stage.temporal.client;
    await waitFor('the next run of the watcher', async () => {
      await runs(stage, 1);
      return (await watcher.describe()).runId !== runId;
    });
    return workflow.getHandle(watcher.workflowId, runId);
  },
  async 'watch-flow-gone'(stage) {
    const watcher = await watched(stage);
    await runs(stage, 1);
    const { sandbox, emulator } = stage;
    await administrator(emulator.url).flowService.flows.remove({ sandbox }, flowOf(stage));
    await watcher.signal('wake', { flow: true });
    return ended(watcher);
  },
};

async function created({ client, temporal }: Stage, definition: object): Promise<Played> {
  const handle = await client.start(definition);
  await handle.result();
  return temporal.client.workflow.getHandle(handle.workflowId);
}

async function failed({ client, temporal }: Stage, definition: object): Promise<Played> {
  const { workflowId } = await client.start(definition);
  return ended(temporal.client.workflow.getHandle(workflowId));
}

/** One create meets a fault and becomes what it should. */
function spoiled(
  path: string,
  kind: 'reset-after' | 'hang' | 'late-commit' | 'truncated' | '429-retry-after',
) {
  return (stage: Stage) => {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ method: 'POST', path, kind, sandbox });
    return created(stage, orders(sandbox));
  };
}

/** Cancelled while a POST is on its way. */
async function cancelled({ client, temporal, emulator, sandbox }: Stage): Promise<Played> {
  const path = '/catalog/dataSets';
  emulator.control.addFault({ method: 'POST', path, kind: 'reset-after', sandbox });
  emulator.control.addFault({ method: 'GET', path, kind: '503', sandbox, skip: 1, times: 2 });
  const handle = await client.start(legacyOrders(sandbox));
  const sent = () =>
    emulator.control.requests({ method: 'POST', path }).some((one) => one.sandbox === sandbox);
  await waitFor('the POST', sent);
  await handle.cancel();
  return ended(temporal.client.workflow.getHandle(handle.workflowId));
}

function started({ temporal }: Stage, type: string, workflowId: string, input: object): Promise<Played> {
  return temporal.client.workflow.start(type, { workflowId, taskQueue: 'aep-dataflows', args: [input] });
}

async function ended(played: Played): Promise<Played> {
  await played.result().catch(() => undefined);
  return played;
}

/** The watcher of a new dataflow. */
async function watched(stage: Stage): Promise<Played> {
  const { client, temporal, sandbox } = stage;
  const { watcherWorkflowId, flowId } = await (await client.start(orders(sandbox))).result();
  const health = () => client.health({ sandbox, flowId });
  await waitFor('the first look', async () => (await health())?.watch.began !== undefined);
  return temporal.client.workflow.getHandle(watcherWorkflowId);
}

const flowOf = ({ emulator, sandbox }: Stage) =>
  String(emulator.control.resources('flows', sandbox)[0]!['id']);

/** As many runs as asked for, one after the other, each judged before the next. */
async function runs(stage: Stage, count: number): Promise<void> {
  const { client, emulator, sandbox } = stage;
  const flowId = flowOf(stage);
  for (let made = 0; made < count; made++) {
    const now = Date.now();
    const { id } = emulator.control.makeRun(flowId, { startedAt: now - 9_000, completedAt: now - 1 });
    await waitFor('the run to be judged', async () =>
      (await client.health({ sandbox, flowId }))?.lastRuns.some(({ runId }) => runId === id),
    );
  }
}
