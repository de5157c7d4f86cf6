import { Context } from '@temporalio/activity';
import type { AepDataflows, DataflowHandle } from '../../src/client.ts';
import { mysqlAuth, ordersFrom } from '../support/connections.ts';
import { example } from '../support/example.ts';
import { legacyOrders, orders, refusedMapping } from '../support/dataflows.ts';
import type { UpdateDataflowInput } from '../../src/workflows/messages.ts';
import type { Watch } from '../../src/workflows/watch/watch-messages.ts';
import { reset } from '../support/reset.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, changedByOthers, makeFlow, removeFlow } from '../watch/make-flow.ts';
import { webhook, type Played, type Stage } from './stage.ts';

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
  async 'create-again-disabled'(stage) {
    const { sandbox, emulator } = stage;
    await created(stage, orders(sandbox));
    await administrator(emulator.url).flowService.setFlowState({ sandbox }, flowOf(stage), 'disable');
    return created(stage, orders(sandbox, { watch: { pauseAfter: 3 } }));
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
  'create-rejected': (stage) => failed(stage, refused(stage)),
  'create-wrong-mapping': (stage) =>
    failed(
      stage,
      orders(stage.sandbox, { mapping: [{ source: 'Name', destination: 'person.name.nickname' }] }),
    ),
  'create-invalid': (stage) => {
    const workflowId = `dataflow:${stage.sandbox}:orders`;
    const input = { name: 'orders', sandbox: stage.sandbox };
    return started(stage, 'createDataflow', workflowId, input).then(ended);
  },
  'create-waits-for-aep'(stage) {
    const { sandbox, emulator } = stage;
    const path = '/flowservice/targetConnections';
    emulator.control.addFault({ method: 'GET', path, kind: '503', times: 4, sandbox });
    return created(stage, orders(sandbox));
  },
  'create-given-up'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ path: '/catalog/dataSets', kind: '503', times: 1_000, sandbox });
    return failed(stage, orders(sandbox, { giveUpAfter: '1s' }));
  },
  'create-cancelled': (stage) => cancelled(stage),
  'create-unauthorized'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ method: 'POST', path: '/catalog/dataSets', kind: '401', times: 100, sandbox });
    return failed(stage, orders(sandbox, { giveUpAfter: '1s' }));
  },
  async 'create-differs'(stage) {
    await created(stage, orders(stage.sandbox));
    return failed(stage, orders(stage.sandbox, { schedule: { frequency: 'day', interval: 1 } }));
  },

  'create-rolled-back': (stage) => failed(stage, refused(stage, { onFailure: 'rollback' })),
  'create-rolled-back-in-doubt'(stage) {
    late(stage, '/flowservice/sourceConnections', 600);
    return failed(stage, refused(stage, { onFailure: 'rollback' }));
  },
  async 'create-replaced'(stage) {
    await failed(stage, refused(stage));
    const source = { ...(orders(stage.sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    return created(stage, orders(stage.sandbox, { source }));
  },
  async 'create-waited-and-resumed'(stage) {
    const { handle, played } = await waiting(stage);
    await handle.resume(orders(stage.sandbox));
    return ended(played);
  },
  async 'create-waited-and-told'(stage) {
    const watch = { notify: { webhook } };
    const handle = await stage.client.start(refused(stage, { onFailure: 'wait', watch }));
    await untilWaiting(handle);
    const played = stage.temporal.client.workflow.getHandle(handle.workflowId);
    await quiet(played);
    await handle.resume(orders(stage.sandbox));
    return ended(played);
  },
  async 'create-waited-twice-and-kept'(stage) {
    const { handle, played } = await waiting(stage);
    await handle.resume();
    await untilWaiting(handle);
    await handle.giveUp();
    return ended(played);
  },
  async 'create-waited-and-rolled-back'(stage) {
    const { handle, played } = await waiting(stage);
    await handle.giveUp('rollback');
    return ended(played);
  },
  async 'create-waited-and-cancelled'(stage) {
    const { handle, played } = await waiting(stage);
    await handle.cancel();
    return ended(played);
  },

  async 'create-approved'(stage) {
    const definition = orders(stage.sandbox, { watch: { notify: { webhook } } });
    const handle = await stage.client.start({ definition, requireApproval: true });
    const played = stage.temporal.client.workflow.getHandle(handle.workflowId);
    const digest = await untilAsked(stage);
    await quiet(played);
    await handle.approve({ digest, by: 'Ann', why: 'As agreed' });
    return ended(played);
  },
  async 'create-rejected-by-person'(stage) {
    const handle = await stage.client.start({ definition: orders(stage.sandbox), requireApproval: true });
    await untilAsked(stage);
    await handle.reject({ by: 'Ann', why: 'Not before the audit' });
    return ended(stage.temporal.client.workflow.getHandle(handle.workflowId));
  },

  async 'create-swept'(stage) {
    const { sandbox, emulator } = stage;
    // The first source connection comes when the second is made; the flow in doubt keeps the sweep waiting for it.
    late(stage, '/flowservice/sourceConnections', 4_000);
    emulator.control.addFault({ method: 'POST', path: '/flowservice/flows', kind: 'hang', sandbox });
    return created(stage, orders(sandbox));
  },
  async 'create-again-beside-a-twin'(stage) {
    const { sandbox, emulator } = stage;
    late(stage, '/flowservice/sourceConnections', 15_000);
    await created(stage, orders(sandbox));
    const connections = () => emulator.control.resources('sourceConnections', sandbox);
    await waitFor('the twin', () => connections().length === 2, 40_000);
    return created(stage, orders(sandbox));
  },
  async 'create-after-terminate'(stage) {
    await terminated(stage);
    return created(stage, orders(stage.sandbox));
  },
  async 'create-reset'(stage) {
    const { workflowId } = await created(stage, orders(stage.sandbox));
    return ended(await reset(stage.temporal.client, workflowId, { task: 2 }));
  },
  async 'create-corrected-and-reset'(stage) {
    const { handle, played } = await waiting(stage);
    await handle.resume(orders(stage.sandbox));
    const { workflowId } = await ended(played);
    return ended(await reset(stage.temporal.client, workflowId, { task: 0 }));
  },
  async 'create-over-an-initializing-connection'(stage) {
    const { sandbox, emulator } = stage;
    const all = emulator.control.resources('connections', sandbox);
    const { connectionSpec, auth } = all.find(({ name }) => name === 'Google BigQuery base connection')!;
    emulator.control.configure({ connectionInitMs: 2_000 });
    const { connections } = administrator(emulator.url).flowService;
    const { id } = await connections.create({ sandbox }, { name: 'New', connectionSpec, auth });
    emulator.control.configure({ connectionInitMs: 0 });
    const source = { ...(orders(sandbox)['source'] as object), baseConnectionId: id };
    return created(stage, orders(sandbox, { source }));
  },

  'create-over-made-connection': (stage) => created(stage, ordersFrom(stage.sandbox, shopAuth())),
  async 'create-over-connection-that-others-make'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ method: 'POST', path: '/flowservice/connections', kind: 'hang', sandbox });
    const connection = connected(stage);
    await waitFor('the base connection to be asked for', () => emulator.control.requests({ method: 'POST', path: '/flowservice/connections' }).some((one) => one.sandbox === sandbox));
    const played = await created(stage, ordersFrom(sandbox, shopAuth()));
    await connection;
    return played;
  },
  async 'create-over-refused-connection'(stage) {
    const auth = mysqlAuth({ secret: 'env:WRONG_PASSWORD' });
    return failed(stage, ordersFrom(stage.sandbox, auth));
  },
  'plan-over-made-connection': (stage) =>
    started(stage, 'planDataflow', `plan:${stage.sandbox}`, ordersFrom(stage.sandbox, shopAuth())).then(ended),
  async 'update-of-credentials'(stage) {
    const { sandbox } = stage;
    await created(stage, ordersFrom(sandbox, shopAuth()));
    return updated(stage, { definition: ordersFrom(sandbox, shopAuth('other.example.com')) });
  },
  'connection-made': (stage) => connected(stage),
  async 'connection-kept'(stage) {
    await connected(stage);
    return connected(stage);
  },
  async 'connection-given-other-credentials'(stage) {
    await connected(stage);
    return connected(stage, shopAuth('other.example.com'));
  },
  async 'connection-lost-reply'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ method: 'POST', path: '/flowservice/connections', kind: 'reset-after', sandbox });
    return connected(stage);
  },
  async 'connection-lost-request'(stage) {
    const { sandbox, emulator } = stage;
    emulator.control.addFault({ method: 'POST', path: '/flowservice/connections', kind: 'hang', sandbox });
    return connected(stage);
  },
  'connection-refused': (stage) => connected(stage, mysqlAuth({ secret: 'env:WRONG_PASSWORD' })),
  'connection-without-secret': (stage) => connected(stage, mysqlAuth({ secret: 'env:NO_PASSWORD' })),
  async 'connection-reset'(stage) {
    const { workflowId } = await connected(stage);
    return ended(await reset(stage.temporal.client, workflowId, { task: 2 }));
  },
  async 'connection-described'(stage) {
    const { sandbox } = stage;
    await connected(stage);
    const input = { sandbox, connection: { name: 'Shop' }, test: true };
    return ended(await started(stage, 'describeConnection', `describe:${sandbox}`, input));
  },
  async 'connection-deleted'(stage) {
    await connected(stage);
    return disconnected(stage);
  },
  async 'connection-in-use'(stage) {
    await created(stage, ordersFrom(stage.sandbox, shopAuth()));
    return disconnected(stage);
  },

  async 'plan-new'(stage) {
    const definition = legacyOrders(stage.sandbox);
    return ended(await started(stage, 'planDataflow', `plan:${stage.sandbox}`, definition));
  },
  async 'plan-change'(stage) {
    const { sandbox } = stage;
    await created(stage, orders(sandbox));
    return ended(await started(stage, 'planDataflow', `plan:${sandbox}`, fromOtherTable(sandbox)));
  },
  async 'plan-with-sampled-rows'(stage) {
    const { sandbox } = stage;
    const definition = orders(sandbox);
    await created(stage, definition);
    return ended(await started(stage, 'planDataflow', `plan:${sandbox}`, { definition, sampleRows: 2 }));
  },
  async 'plan-waits-for-aep'(stage) {
    const { sandbox, emulator } = stage;
    const path = '/flowservice/targetConnections';
    emulator.control.addFault({ method: 'GET', path, kind: '503', times: 4, sandbox });
    return ended(await started(stage, 'planDataflow', `plan:${sandbox}`, orders(sandbox)));
  },
  async 'create-without-columns'(stage) {
    const { columns: _, ...source } = orders(stage.sandbox)['source'] as Record<string, unknown>;
    return created(stage, orders(stage.sandbox, { source }));
  },
  async 'create-wrong-table'(stage) {
    const source = { ...(orders(stage.sandbox)['source'] as object), tableName: 'test1.Mytabel' };
    return failed(stage, orders(stage.sandbox, { source }));
  },
  async 'explore-wrong-table'(stage) {
    const { baseConnectionId } = orders(stage.sandbox)['source'] as { baseConnectionId: string };
    const input = { sandbox: stage.sandbox, connection: baseConnectionId, path: 'test1.Mytabel' };
    return ended(await started(stage, 'exploreSource', `explore:${stage.sandbox}`, input));
  },
  async 'explore-named'(stage) {
    const { sandbox } = stage;
    await connected(stage);
    const input = { sandbox, connection: { name: 'Shop' }, path: 'test1.Mytable' };
    return ended(await started(stage, 'exploreSource', `explore:${sandbox}`, input));
  },
  async 'suggest-table'(stage) {
    const { baseConnectionId } = orders(stage.sandbox)['source'] as { baseConnectionId: string };
    const input = { sandbox: stage.sandbox, connection: baseConnectionId, path: 'test1.Mytable' };
    return ended(await started(stage, 'suggestDefinition', `suggest:${stage.sandbox}`, input));
  },
  async 'update-in-place'(stage) {
    const { sandbox } = stage;
    await created(stage, orders(sandbox));
    return updated(stage, { definition: orders(sandbox, inPlace) });
  },
  async 'update-legacy'(stage) {
    const { sandbox } = stage;
    await created(stage, legacyOrders(sandbox));
    return updated(stage, { definition: legacyOrders(sandbox, { description: 'Changed' }) });
  },
  async 'update-lost-reply'(stage) {
    const { sandbox, emulator } = stage;
    await created(stage, orders(sandbox));
    emulator.control.addFault({ method: 'PATCH', kind: 'reset-after', sandbox });
    return updated(stage, { definition: orders(sandbox, inPlace) });
  },
  async 'update-nothing'(stage) {
    await created(stage, orders(stage.sandbox));
    return updated(stage, { definition: orders(stage.sandbox) });
  },
  async 'update-no-flow'(stage) {
    return updated(stage, { definition: orders(stage.sandbox) });
  },
  async 'update-stale-plan'(stage) {
    await created(stage, orders(stage.sandbox));
    return updated(stage, { definition: orders(stage.sandbox, inPlace), digest: 'of another plan' });
  },
  async 'update-choice-needed'(stage) {
    await created(stage, orders(stage.sandbox));
    return updated(stage, { definition: fromOtherTable(stage.sandbox) });
  },
  async 'update-approved-when-stale'(stage) {
    const { sandbox, emulator } = stage;
    await created(stage, orders(sandbox));
    const definition = orders(sandbox, inPlace);
    const input = { definition, requireApproval: true };
    const played = await started(stage, 'updateDataflow', `dataflow:${sandbox}:orders`, input);
    const handle = stage.client.dataflow({ sandbox, name: 'orders' });
    const digest = await untilAsked(stage);
    await changedByOthers(administrator(emulator.url), { sandbox, flowId: flowOf(stage) });
    await handle.approve({ digest, by: 'Ann' }).catch(() => undefined);
    await handle.approve({ digest: await untilAsked(stage, digest), by: 'Ann' });
    return ended(played);
  },
  async 'update-rejected-while-approved'(stage) {
    const { sandbox, emulator } = stage;
    await created(stage, orders(sandbox));
    const input = { definition: orders(sandbox, inPlace), requireApproval: true };
    const played = await started(stage, 'updateDataflow', `dataflow:${sandbox}:orders`, input);
    const handle = stage.client.dataflow({ sandbox, name: 'orders' });
    const digest = await untilAsked(stage);
    emulator.control.addFault({ method: 'GET', path: '/flowservice/flows', kind: '503', times: 9, sandbox });
    const approving = handle.approve({ digest, by: 'Ann' }).catch(() => undefined);
    await waitFor('the approval to wait', async () => (await handle.progress()).waiting.length > 0);
    await handle.reject({ by: 'Bob', why: 'Not before the audit' });
    await approving;
    return ended(played);
  },
  async 'update-replaced'(stage) {
    await created(stage, orders(stage.sandbox, { watch: { pauseAfter: 3 } }));
    return updated(stage, { definition: fromOtherTable(stage.sandbox), replaceFlow: 'from-now' });
  },
  async 'update-not-published'(stage) {
    return notPublished(stage);
  },
  async 'update-not-published-and-again'(stage) {
    await notPublished(stage);
    return updated(stage, { definition: fromOtherTable(stage.sandbox), replaceFlow: 'backfill' });
  },
  async 'update-missing-flow'(stage) {
    await missing(stage);
    return updated(stage, { definition: orders(stage.sandbox) });
  },
  async 'update-recreated'(stage) {
    await missing(stage);
    return updated(stage, { definition: orders(stage.sandbox), missingFlow: 'recreate' });
  },

  async 'import-read'(stage) {
    await created(stage, legacyOrders(stage.sandbox));
    return imported(stage, `import:${stage.sandbox}`, { flowId: flowOf(stage) });
  },
  async 'import-adopted'(stage) {
    const flowId = await foreignFlow(stage);
    return imported(stage, `dataflow:${stage.sandbox}:Orders`, { flowId, adopt: true });
  },
  async 'import-adopted-under-another-name'(stage) {
    const { sandbox, emulator } = stage;
    const flowId = await foreignFlow(stage);
    // One reply is lost, which the next look settles.
    const path = `/flowservice/flows/${flowId}`;
    emulator.control.addFault({ method: 'PATCH', path, kind: 'reset-after', sandbox });
    return imported(stage, `dataflow:${sandbox}:orders`, { flowId, name: 'orders', adopt: true });
  },
  async 'import-adopted-after-terminate'(stage) {
    const { sandbox, emulator, temporal } = stage;
    const flowId = await foreignFlow(stage);
    const path = '/flowservice/targetConnections/*';
    emulator.control.addFault({ method: 'PATCH', path, kind: 'hang', sandbox });
    const input = { sandbox, flowId, adopt: true };
    const cutOff = await started(stage, 'importDataflow', `dataflow:${sandbox}:Orders`, input);
    const isMarked = () => JSON.stringify(emulator.control.resources('sourceConnections', sandbox));
    await waitFor('the first mark', () => isMarked().includes('Managed by'));
    await temporal.client.workflow.getHandle(cutOff.workflowId).terminate();
    return imported(stage, `dataflow:${sandbox}:Orders`, { flowId, adopt: true });
  },
  async 'import-refused'(stage) {
    await created(stage, orders(stage.sandbox));
    return imported(stage, `import:${stage.sandbox}`, { flowId: flowOf(stage), name: 'mine' });
  },

  async 'delete-dataflow'(stage) {
    const { workflowId } = await created(stage, orders(stage.sandbox));
    const input = { sandbox: stage.sandbox, name: 'orders', also: ['dataset'] };
    return ended(await started(stage, 'deleteDataflow', workflowId, input));
  },
  async 'delete-of-half-a-pair'(stage) {
    const { workflowId } = await created(stage, orders(stage.sandbox));
    const input = { sandbox: stage.sandbox, name: 'orders', also: ['schema'] };
    return ended(await started(stage, 'deleteDataflow', workflowId, input));
  },
  async 'delete-in-use'(stage) {
    const { sandbox, emulator } = stage;
    const { workflowId } = await created(stage, orders(sandbox));
    const [flow] = emulator.control.resources('flows', sandbox);
    const { flowSpec, sourceConnectionIds, targetConnectionIds, transformations, scheduleParams } = flow!;
    const over = { flowSpec, sourceConnectionIds, targetConnectionIds, transformations, scheduleParams };
    const body = { ...over, name: 'Made by hand' };
    await administrator(emulator.url).flowService.flows.create({ sandbox }, body);
    return ended(await started(stage, 'deleteDataflow', workflowId, { sandbox, name: 'orders' }));
  },
  'delete-nothing'(stage) {
    const input = { sandbox: stage.sandbox, name: 'never' };
    return started(stage, 'deleteDataflow', `dataflow:${stage.sandbox}:never`, input).then(ended);
  },
  'delete-invalid': (stage) =>
    started(stage, 'deleteDataflow', `dataflow:${stage.sandbox}:orders`, { name: 'orders' }).then(ended),
  async 'delete-after-terminate'(stage) {
    const { sandbox } = stage;
    await terminated(stage);
    return ended(
      await started(stage, 'deleteDataflow', `dataflow:${sandbox}:orders`, { sandbox, name: 'orders' }),
    );
  },
  async 'delete-orphans'(stage) {
    const { sandbox } = stage;
    await failed(stage, refused(stage));
    const unwanted = await sourceConnectionLeft(stage);
    return ended(await started(stage, 'listOrphans', `orphans:${sandbox}`, { sandbox, delete: unwanted }));
  },
  async 'check-setup'(stage) {
    const { sandbox } = stage;
    return ended(await started(stage, 'checkSetup', `setup:${sandbox}`, { sandbox }));
  },
  async 'list-orphans'(stage) {
    const { sandbox } = stage;
    await failed(stage, refused(stage));
    await sourceConnectionLeft(stage);
    const input = { sandbox, delete: ['nobodys'] };
    return ended(await started(stage, 'listOrphans', `orphans:${sandbox}`, input));
  },

  async 'watch-runs'(stage) {
    const watcher = await watched(stage);
    await runs(stage, 2);
    return watcher;
  },
  async 'follow-runs'(stage) {
    await watched(stage);
    await runs(stage, 2);
    return stage.temporal.client.workflow.getHandle(`runs:${stage.sandbox}`);
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
  async 'watch-told'(stage) {
    const watcher = await watched(stage, { notify: { webhook, slack: webhook } });
    await runs(stage, 1);
    await runs(stage, 1, 'failed');
    await runs(stage, 2);
    await quiet(watcher);
    return watcher;
  },
  async 'watch-run-again'(stage) {
    const watcher = await watched(stage, { retry: { times: 2, pause: '1s' } });
    const { emulator } = stage;
    await runs(stage, 1, 'failed');
    emulator.control.planRuns({ flowId: flowOf(stage), outcomes: ['success'] });
    const again = () => emulator.control.requests({ method: 'POST', path: '/flowservice/runs/*/action' });
    await waitFor('the request', () => again().some(({ sandbox }) => sandbox === stage.sandbox));
    // What AEP made of it has ended too, as far as the watcher can tell.
    emulator.control.advanceClock(5 * 60_000);
    await waitFor('the recovery', async () => (await healthOf(stage))?.verdict === 'ok');
    return watcher;
  },
  async 'watch-run-again-in-doubt'(stage) {
    const { sandbox, emulator } = stage;
    const path = '/flowservice/runs/*/action';
    emulator.control.addFault({ method: 'POST', path, kind: 'reset-after', sandbox });
    const watcher = await watched(stage, { retry: { times: 2, pause: '1s' } });
    await runs(stage, 1, 'failed');
    await waitFor('the run that is taken for the answer', async () => {
      const health = await healthOf(stage);
      return health?.retries.some(({ at, tried }) => at === undefined && tried === 1);
    });
    return watcher;
  },
  async 'watch-paused-and-resumed'(stage) {
    const first = await firstRunOf(watched(stage, { pauseAfter: 1, notify: { webhook } }));
    await runs(stage, 1, 'failed');
    await waitFor('the pause', async () => (await healthOf(stage))?.verdict === 'paused');
    await watcherOf(stage).resume();
    return first;
  },
  async 'watch-paused-by-person'(stage) {
    const first = await firstRunOf(watched(stage, { notify: { webhook } }));
    await runs(stage, 1);
    await watcherOf(stage).pause();
    await watcherOf(stage).resume();
    return first;
  },
  async 'watch-asked'(stage) {
    const first = await firstRunOf(watched(stage));
    await runs(stage, 1, 'failed');
    await watcherOf(stage).setWatch({ notify: { webhook }, overdueAfter: '2h' });
    await watcherOf(stage).setWatch({ stuckAfter: '3h' });
    await watcherOf(stage).retryRun();
    await watcherOf(stage).checkNow();
    return first;
  },
  async 'watch-drift'(stage) {
    const { sandbox, emulator } = stage;
    const watcher = await firstRunOf(watched(stage, { notify: { webhook } }));
    await changedByOthers(administrator(emulator.url), { sandbox, flowId: flowOf(stage) });
    await waitFor('the drift', async () => (await healthOf(stage))?.drift !== undefined);
    await quiet(watcher);
    await watcherOf(stage).acceptDrift();
    return watcher;
  },
  async 'watch-updated'(stage) {
    const watcher = await firstRunOf(watched(stage));
    await updated(stage, { definition: orders(stage.sandbox, inPlace) });
    await watcherOf(stage).checkNow();
    return watcher;
  },
  async 'watch-stopped'(stage) {
    const watcher = await watched(stage);
    await runs(stage, 1);
    await watcherOf(stage).stop();
    return ended(watcher);
  },
  async 'watch-aep-away'(stage) {
    const { sandbox, emulator } = stage;
    const watcher = await watched(stage);
    emulator.control.addFault({ method: 'GET', path: '/flowservice/runs', kind: '503', times: 4, sandbox });
    await watcherOf(stage).checkNow();
    return watcher;
  },
  async 'follow-continued'(stage) {
    const follower = await followed(stage, { isNeeded: true });
    const { runId } = await follower.describe();
    await waitFor('the next run', async () => (await follower.describe()).runId !== runId);
    return stage.temporal.client.workflow.getHandle(follower.workflowId, runId);
  },
  'follow-ended': async (stage) => ended(await followed(stage, { isNeeded: false })),
  async 'watch-flow-gone'(stage) {
    const watcher = await watched(stage);
    await runs(stage, 1);
    const { sandbox, emulator } = stage;
    await removeFlow(administrator(emulator.url), flowOf(stage), sandbox);
    await watcher.signal('wake', { flow: true });
    return ended(watcher);
  },
  async 'watch-unreadable'(stage) {
    const first = await firstRunOf(watched(stage));
    const { sandbox, emulator } = stage;
    const flowId = flowOf(stage);
    await administrator(emulator.url).flowService.flows.remove({ sandbox }, flowId);
    await first.signal('wake', { flow: true });
    const verdict = async () => (await stage.client.health({ sandbox, flowId }))?.verdict;
    await waitFor('the verdict', async () => (await verdict()) === 'unreadable');
    return first;
  },
  'watch-replaced': async (stage) => (await replaced(stage)).old,
  async 'watch-goes-on-for-another-flow'(stage) {
    const { flowId } = await replaced(stage);
    const { client, temporal, sandbox } = stage;
    const health = () => client.health({ sandbox, flowId });
    await waitFor('the first look', async () => (await health())?.flowName !== undefined);
    return temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
  },
  async 'watch-goes-on-after-a-gap'(stage) {
    const { client, temporal, emulator, sandbox } = stage;
    const { now } = emulator.control.clock();
    const { flowId } = await replaced(stage, now - 3_600_000);
    const health = () => client.health({ sandbox, flowId });
    await waitFor('the first look', async () => (await health())?.flowName !== undefined);
    emulator.control.makeRun(flowId, {
      completedAt: emulator.control.clock().now,
      window: { start: now - 1_800_000, end: now },
    });
    await waitFor('the gap', async () => (await health())?.firstWindow?.is === 'gap');
    return temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
  },

  async 'plan-many'(stage) {
    await created(stage, orders(stage.sandbox));
    const { sandbox } = stage;
    const definitions = [
      orders(sandbox, { schedule: { frequency: 'hour', interval: 1 } }),
      others(sandbox, 'new'),
      { name: 'wrong' },
    ];
    const { workflowId } = await stage.client.planMany({ definitions, mask: ['description'] });
    return ended(stage.temporal.client.workflow.getHandle(workflowId));
  },
  async 'apply-many'(stage) {
    await created(stage, orders(stage.sandbox));
    const { sandbox } = stage;
    const definitions = [
      orders(sandbox, { schedule: { frequency: 'hour', interval: 1 } }),
      others(sandbox, 'new'),
      { name: 'wrong' },
    ];
    return applied(stage, { definitions, concurrency: 1 });
  },
  async 'apply-added-to'(stage) {
    const { client, sandbox } = stage;
    const handle = await client.apply({ definitions: [others(sandbox, 'first')], more: true });
    await handle.add({ definitions: [others(sandbox, 'second')] });
    return ended(stage.temporal.client.workflow.getHandle(handle.workflowId));
  },
  'apply-continued': (stage) =>
    applied(stage, {
      definitions: Array.from({ length: 8 }, (_, index) => others(stage.sandbox, `flow-${index}`)),
      concurrency: 2,
    }),
  async 'apply-busy'(stage) {
    const { client, emulator, sandbox } = stage;
    emulator.control.addFault({ method: 'POST', path: '/flowservice/flows', kind: '503', times: 2, sandbox });
    await client.start(orders(sandbox));
    return applied(stage, { definitions: [orders(sandbox)] });
  },
  async 'apply-cancelled'(stage) {
    const { client, emulator, sandbox, temporal } = stage;
    emulator.control.addFault({ method: 'POST', path: '/catalog/dataSets', kind: '503', times: 99, sandbox });
    const definitions = ['one', 'two', 'three'].map((name) => others(sandbox, name));
    const handle = await client.apply({ definitions, concurrency: 1 });
    await waitFor('one under way', async () => (await handle.progress()).running.length === 1);
    await handle.cancel();
    return ended(temporal.client.workflow.getHandle(handle.workflowId));
  },
};

/**
 * A watch with a failed run to run again, and the flow whose watcher has taken it over.
 * @param loadedUntil where the windows of that flow are to go on. Epoch milliseconds.
 */
async function replaced(stage: Stage, loadedUntil?: number): Promise<{ old: Played; flowId: string }> {
  const { sandbox, emulator } = stage;
  const old = await watched(stage, { retry: { times: 2, pause: '1h' } });
  await runs(stage, 1, 'failed');
  const { now } = emulator.control.clock();
  const flowId = await makeFlow(administrator(emulator.url), { sandbox, name: 'another', now });
  const follows = { flowId: old.workflowId.split(':').at(-1)!, loadedUntil };
  await old.signal('replaced', { flowId, ...(loadedUntil === undefined ? {} : { follows }) });
  return { old: await ended(old), flowId };
}

/** A flow named "Orders" that no dataflow of ours has anything to do with. Answers its id. */
const foreignFlow = ({ sandbox, emulator }: Stage) => makeFlow(administrator(emulator.url), { sandbox });

function imported(stage: Stage, workflowId: string, input: object): Promise<Played> {
  return started(stage, 'importDataflow', workflowId, { sandbox: stage.sandbox, ...input }).then(ended);
}

async function created({ client, temporal }: Stage, definition: object): Promise<Played> {
  const handle = await client.start(definition);
  await handle.result();
  return temporal.client.workflow.getHandle(handle.workflowId);
}

async function failed({ client, temporal }: Stage, definition: object): Promise<Played> {
  const { workflowId } = await client.start(definition);
  return ended(temporal.client.workflow.getHandle(workflowId));
}

async function updated(stage: Stage, input: UpdateDataflowInput): Promise<Played> {
  return ended(await started(stage, 'updateDataflow', `dataflow:${stage.sandbox}:orders`, input));
}

/** @param server of the database: another one is other credentials. */
function shopAuth(server = 'db.example.com') {
  const auth = mysqlAuth({ secret: 'env:SHOP_PASSWORD' });
  return { ...auth, params: { ...auth.params, server } };
}

/** The base connection is made, or whatever becomes of it. */
function connected(stage: Stage, auth: object = shopAuth()): Promise<Played> {
  const { sandbox } = stage;
  const input = { sandbox, name: 'Shop', connector: 'mysql', auth };
  return started(stage, 'ensureConnection', `connection:${sandbox}:Shop`, input).then(ended);
}

function disconnected(stage: Stage): Promise<Played> {
  const { sandbox } = stage;
  const input = { sandbox, name: 'Shop' };
  return started(stage, 'deleteConnection', `connection:${sandbox}:Shop`, input).then(ended);
}

const inPlace = {
  description: 'Every two hours',
  schedule: { frequency: 'hour', interval: 2 },
  mapping: [
    { source: 'TestID', destination: '_id' },
    { source: 'Name', destination: 'person.name.lastName' },
  ],
};

/** What AEP changes in no living flow. */
function fromOtherTable(sandbox: string) {
  return orders(sandbox, { source: { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' } });
}

/** The old flow is enabled again, the new one is a draft. */
async function notPublished(stage: Stage): Promise<Played> {
  const { sandbox, emulator } = stage;
  await created(stage, orders(sandbox));
  // The first action disables the old flow.
  const path = '/flowservice/flows/*/action';
  emulator.control.addFault({ method: 'POST', path, kind: '404', skip: 1, sandbox });
  return updated(stage, { definition: fromOtherTable(sandbox), replaceFlow: 'from-now' });
}

/** Somebody deletes the flow. */
async function missing(stage: Stage): Promise<void> {
  const { sandbox, emulator } = stage;
  await created(stage, orders(sandbox));
  await administrator(emulator.url).flowService.flows.remove({ sandbox }, flowOf(stage));
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

/** A definition that AEP refuses when most of it is made. */
function refused({ sandbox }: Stage, changes: object = {}): Record<string, unknown> {
  return orders(sandbox, { mapping: refusedMapping, ...changes });
}

/** The next POST gets no answer, and takes effect after a while. Milliseconds. */
function late({ sandbox, emulator }: Stage, path: string, delayMs: number): void {
  emulator.control.addFault({ method: 'POST', path, kind: 'late-commit', delayMs, sandbox });
}

/** A create that waits for what people decide. */
async function waiting(stage: Stage): Promise<{ handle: DataflowHandle; played: Played }> {
  const handle = await stage.client.start(refused(stage, { onFailure: 'wait' }));
  await untilWaiting(handle);
  return { handle, played: stage.temporal.client.workflow.getHandle(handle.workflowId) };
}

async function untilWaiting(handle: DataflowHandle): Promise<void> {
  await waitFor('the refusal', async () => (await handle.progress()).state === 'waiting');
}

/** Waits until a plan waits for approval that has another digest than `before`. Answers its digest. */
async function untilAsked({ client, sandbox }: Stage, before?: string): Promise<string> {
  const handle = client.dataflow({ sandbox, name: 'orders' });
  return waitFor('the plan to wait for approval', async () => {
    const progress = await handle.progress().catch(() => undefined);
    const digest = progress?.approval?.digest;
    return digest !== undefined && digest !== before && digest;
  });
}

/** Terminated while a POST is on its way. */
async function terminated(stage: Stage): Promise<void> {
  const { client, temporal, emulator, sandbox } = stage;
  const path = '/flowservice/sourceConnections';
  late(stage, path, 1_000);
  const { workflowId } = await client.start(orders(sandbox));
  const sent = () => emulator.control.requests({ method: 'POST', path }).some((one) => one.sandbox === sandbox);
  await waitFor('the POST', sent);
  await temporal.client.workflow.getHandle(workflowId).terminate();
}

/** What a create left is an orphan once it is old enough. */
function sourceConnectionLeft({ client, sandbox }: Stage): Promise<string[]> {
  return waitFor('the orphans', async () => {
    const { orphans } = await client.listOrphans({ sandbox });
    const ids = orphans.filter(({ kind }) => kind === 'sourceConnection').map(({ id }) => id);
    return ids.length > 0 && ids;
  });
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
async function watched(stage: Stage, watch?: Watch): Promise<Played> {
  const { client, temporal, sandbox } = stage;
  const handle = await client.start(orders(sandbox, watch ? { watch } : {}));
  const { watcherWorkflowId } = await handle.result();
  await waitFor('the first look', async () => (await healthOf(stage))?.watch.began !== undefined);
  return temporal.client.workflow.getHandle(watcherWorkflowId);
}

/** A follower after its first day, as the activity says that goes on for one. */
function followed(stage: Stage, { isNeeded }: { isNeeded: boolean }): Promise<Played> {
  const { sandbox, temporal, startWorker } = stage;
  let days = 0;
  const aDay = async () => {
    if (days++ === 0) return { isNeeded, lastRead: Date.now() };
    return Context.current().cancelled;
  };
  return startWorker(sandbox, { signalEndedRuns: aDay }).then(() =>
    temporal.client.workflow.start('followRuns', {
      workflowId: `runs:${sandbox}`,
      taskQueue: sandbox,
      args: [{ sandbox }],
    }),
  );
}

/** What a handle is for now, whatever comes after it: the recorder's server soon suggests the next run. */
async function firstRunOf(played: Promise<Played>): Promise<Played> {
  const handle = await played;
  const { runId } = await handle.describe();
  return handle.client.getHandle(handle.workflowId, runId);
}

const watcherOf = (stage: Stage) => stage.client.watcher({ sandbox: stage.sandbox, flowId: flowOf(stage) });

const healthOf = (stage: Stage) => stage.client.health({ sandbox: stage.sandbox, flowId: flowOf(stage) });

/** Waits until everything that was asked of activities was done. */
async function quiet(played: Played): Promise<void> {
  await waitFor('the end of every activity', async () => {
    const { raw } = await played.describe();
    return (raw.pendingActivities ?? []).length === 0;
  });
}

const flowOf = ({ emulator, sandbox }: Stage) =>
  String(emulator.control.resources('flows', sandbox)[0]!['id']);

/** As many runs as asked for, one after the other, each judged before the next. */
async function runs(stage: Stage, count: number, outcome: 'success' | 'failed' = 'success'): Promise<void> {
  const { client, emulator, sandbox } = stage;
  const flowId = flowOf(stage);
  for (let made = 0; made < count; made++) {
    const { now } = emulator.control.clock();
    const { id } = emulator.control.makeRun(flowId, { outcome, startedAt: now - 9_000, completedAt: now - 1 });
    await waitFor('the run to be judged', async () =>
      (await client.health({ sandbox, flowId }))?.lastRuns.some(({ runId }) => runId === id),
    );
  }
}

/** Another dataflow beside `orders`. */
function others(sandbox: string, name: string): Record<string, unknown> {
  const schema = { ...(orders(sandbox)['schema'] as object), title: name };
  return orders(sandbox, { name, schema, dataset: { name } });
}

async function applied({ client, temporal }: Stage, input: Parameters<AepDataflows['apply']>[0]): Promise<Played> {
  const { workflowId } = await client.apply(input);
  const handle = temporal.client.workflow.getHandle(workflowId);
  await ended(handle);
  const { raw } = await handle.describe();
  return temporal.client.workflow.getHandle(workflowId, raw.workflowExecutionInfo!.firstRunId!);
}
