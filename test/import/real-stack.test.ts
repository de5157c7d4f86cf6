import { afterAll, beforeAll, expect, it } from 'vitest';
import { isEmpty, type Progress } from '../../src/client.ts';
import { watcherWorkflowId } from '../../src/runs/names.ts';
import { byAepp, tutorial, tutorials } from '../plan/foreign-flows.ts';
import { ids as sampleIds } from '../resources/sample-ids.ts';
import { places, requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeForeign } from './foreign-flow.ts';

/** A sample of what `import-dataflow.test.ts` plays in the simulation, and what watchers have a part in. */
const { sandboxes, next } = places(4);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** What changed something in AEP: of all POSTs only the validation of a mapping cannot. */
const changes = (sandbox: string) =>
  requestsIn(rig, sandbox)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
    .map(({ method, path }) => `${method} ${path}`);

/** Runs an import as any Temporal client can. */
function started(input: object, workflowId: string) {
  return rig.temporal.client.workflow.start('importDataflow', {
    workflowId,
    taskQueue: 'aep-dataflows',
    args: [input],
  });
}

it('tells how far it is, and what it waits for while AEP is away', async () => {
  const sandbox = next();
  const { bodies, ids } = tutorial(tutorials[0]!);
  const { flow: flowId, sourceConnection } = await makeForeign(rig, sandbox, bodies, ids);
  const away = { method: 'PATCH', path: '/flowservice/targetConnections/*', kind: '503', sandbox } as const;
  rig.emulator.control.addFault({ ...away, times: 1_000 });
  const dataflow = `${sandbox}/${String(bodies.flow!['name'])}`;
  const handle = await started({ sandbox, flowId, adopt: true }, `dataflow:${dataflow.replace('/', ':')}`);
  const progress = () => handle.query<Progress>('progress');
  await waitFor('it to wait', async () => (await progress()).waiting.length > 0);
  expect(await progress()).toMatchObject({
    dataflow,
    state: 'running',
    steps: [
      { step: 'check', state: 'done' },
      { step: 'sourceConnection', state: 'adopted', id: sourceConnection },
      { step: 'targetConnection', state: 'running' },
      { step: 'flow', state: 'waiting' },
      { step: 'watch', state: 'waiting' },
    ],
    waiting: [{ activity: 'updateTargetConnection', why: 'Unavailable' }],
  });
  rig.emulator.control.clearFaults();
  await handle.result();
  expect(await progress()).toMatchObject({ state: 'done', flowId, waiting: [] });
});

it('reads a flow that others have made without a change, and adopts it by three', async () => {
  const sandbox = next();
  const made = await makeForeign(rig, sandbox, byAepp, sampleIds);
  const { flow: flowId, sourceConnection, targetConnection } = made;
  const read = await rig.client.importDataflow({ sandbox, flowId });
  expect(changes(sandbox)).toEqual([]);
  expect(isEmpty(read.plan)).toBe(true);
  const adopted = await rig.client.importDataflow({ sandbox, flowId, adopt: true });
  expect(changes(sandbox)).toEqual([
    `PATCH /flowservice/sourceConnections/${sourceConnection}`,
    `PATCH /flowservice/targetConnections/${targetConnection}`,
    `PATCH /flowservice/flows/${flowId}`,
  ]);
  expect(isEmpty(await rig.client.plan(adopted.definition))).toBe(true);
  const dataflow = `${sandbox}/${adopted.definition.name}`;
  expect(await rig.client.health({ sandbox, flowId })).toMatchObject({ dataflow });
});

it('an import with adopt leaves the watch to a watcher that is there', async () => {
  const sandbox = next();
  const { flow: flowId } = await makeForeign(rig, sandbox, byAepp, sampleIds);
  await rig.client.watch({ sandbox, flowId, watch: { pauseAfter: 7 } });
  const { watcherWorkflowId: id } = await rig.client.importDataflow({ sandbox, flowId, adopt: true });
  expect(id).toBe(watcherWorkflowId({ sandbox, flowId }));
  const health = await waitFor('the watcher to have looked', () => rig.client.health({ sandbox, flowId }));
  expect(health.watch.settings).toEqual({ pauseAfter: 7 });
});
