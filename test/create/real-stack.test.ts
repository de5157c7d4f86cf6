import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { createPaths } from '../support/create-paths.ts';
import {
  failureOf,
  legacyOrders,
  oneOfNine,
  oneOfSix,
  orders,
  outcomeOf,
  places,
  refusedMapping,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { reset } from '../support/reset.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

/** A sample of what the other files of this folder play in the simulation: over HTTP, with Temporal's own server. */
const { sandboxes, next } = places(12);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes, lateCommitMs: 1_000 } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);

describe.concurrent('creates whose replies are lost', () => {
  /** Those that only a network has, each at another create of each of the two dataflows. */
  const faults: FaultKind[] = [
    '400-truncated',
    'hang-committed',
    'late-commit',
    'reset-before',
    'reset-after',
    'truncated',
  ];

  it.each([0, 3])('each by another fault (from fault %i on), end with one of each', async (from) => {
    const sandbox = next();
    const met = Object.values(createPaths).map((path, index) => {
      const kind = faults[(from + index) % faults.length]!;
      return rig.emulator.control.addFault({ method: 'POST', path, kind, sandbox });
    });
    const { surplus } = await (await rig.client.start(legacyOrders(sandbox))).result();
    expect(ours(sandbox)).toEqual(oneOfNine);
    expect(surplus).toEqual([]);
    const struck = rig.emulator.control.faults().filter((fault) => fault.sandbox === sandbox);
    expect(struck.map(({ used }) => used)).toEqual(met.map(() => 1));
  });
});

describe.concurrent('a create that waits after a refusal', () => {
  const right = [{ source: 'TestID', destination: '_id' }];

  async function waiting() {
    const sandbox = next();
    const handle = await rig.client.start(orders(sandbox, { onFailure: 'wait', mapping: refusedMapping }));
    await waitFor('the create to wait', async () => (await handle.progress()).state === 'waiting');
    return { sandbox, handle };
  }

  it('is corrected, and is so still when it is reset to its first task', async () => {
    const { sandbox, handle } = await waiting();
    await handle.resume(orders(sandbox, { mapping: right }));
    const first = await handle.result();
    await reset(rig.temporal.client, handle.workflowId, { task: 0 });
    const second = await rig.client.dataflow({ sandbox, name: 'orders' }).result();
    expect(second).toMatchObject({ resources: first.resources, made: [] });
  });

  it('takes no nonsense into its history', async () => {
    const { sandbox, handle } = await waiting();
    await expect(handle.resume({ name: 'orders' })).rejects.toMatchObject({ type: 'InvalidDefinition' });
    const ofAnother = orders(`${sandbox}-2`);
    await expect(handle.resume(ofAnother)).rejects.toMatchObject({ type: 'InvalidDefinition' });
    await expect(handle.giveUp('maybe' as 'keep')).rejects.toMatchObject({ type: 'InvalidDefinition' });
    const { events } = await rig.temporal.client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
    expect(ours(sandbox)).toMatchObject({ schemas: 1 });
  });

  it('is given up, and what it has made is rolled back', async () => {
    const { sandbox, handle } = await waiting();
    expect(ours(sandbox)).toMatchObject({ schemas: 1 });
    await handle.giveUp('rollback');
    const { type, details } = await failureOf(handle);
    expect(type).toBe('Rejected');
    expect(details['deleted']).toMatchObject({ schema: expect.any(String) as string });
    expect(ours(sandbox)).toEqual({});
  });
});

describe.concurrent('a create', () => {
  it('that rolls back a refusal leaves nothing, though the reply to a delete is lost', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ method: 'DELETE', kind: 'reset-after', sandbox });
    const definition = orders(sandbox, { onFailure: 'rollback', mapping: refusedMapping });
    const { type, details } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('Rejected');
    expect(details).toMatchObject({ deleted: { schema: expect.any(String) as string }, unknown: [] });
    expect(ours(sandbox)).toEqual({});
  });

  it('whose dataset held rows before is warned of them', async () => {
    const sandbox = next();
    const first = await (await rig.client.start(orders(sandbox))).result();
    const { control } = rig.emulator;
    const { now } = control.clock();
    control.makeRun(first.flowId, { outcome: 'success', startedAt: now - 60_000, completedAt: now - 1 });
    await rig.client.delete({ sandbox, name: 'orders' });
    const { resources, warnings } = await (await rig.client.start(orders(sandbox))).result();
    expect(resources.dataset).toBe(first.resources.dataset);
    expect(warnings).toMatchObject([{ code: 'backfill-into-existing-dataset' }]);
    expect(warnings[0]?.message).toContain(`${resources.dataset} held rows before`);
  });
});

it('a create that is cancelled while its dataset is being made says what exists, and the next one completes it', async () => {
  const sandbox = next();
  const { control } = rig.emulator;
  const reached = control.nextRequest({ method: 'POST', path: createPaths.schema });
  // Else it could be done before it is cancelled.
  const later = { method: 'POST', path: createPaths.flow, kind: '429-retry-after' } as const;
  control.addFault({ ...later, sandbox, retryAfterSeconds: 60 });
  const handle = await rig.client.start(orders(sandbox));
  await reached;
  // Slow enough for a cancellation to arrive while a request is on its way.
  control.configure({ latencyMs: 500 });
  const post = { method: 'POST', path: createPaths.dataset };
  await waitFor('its POST', () => requestsIn(rig, sandbox, post).length > 0);
  await handle.cancel();
  expect((await failureOf(handle)).type).toBe('Cancelled');
  control.configure({ latencyMs: 0 });
  control.clearFaults();
  const outcome = (await outcomeOf(rig.temporal.client, handle.workflowId))!;
  expect(outcome.made).toMatchObject({ dataset: expect.any(String) as string });
  const open = [...outcome.notTried, ...outcome.unknown];
  expect(open).toContain('flow');
  const { resources, made } = await (await rig.client.start(orders(sandbox))).result();
  expect(resources).toMatchObject(outcome.made);
  expect(made.toSorted()).toEqual(open.toSorted());
  expect(ours(sandbox)).toEqual(oneOfSix);
});

it('a create that is terminated in the middle and started again at once has one of each', async () => {
  const sandbox = next();
  const { workflowId } = await rig.client.start(legacyOrders(sandbox));
  await waitFor('some requests', () => requestsIn(rig, sandbox, { method: 'POST' }).length >= 4);
  await rig.temporal.client.workflow.getHandle(workflowId).terminate();
  await (await rig.client.start(legacyOrders(sandbox))).result();
  expect(ours(sandbox)).toEqual(oneOfNine);
});

it('an AEP that is away altogether is waited for, and nothing is made twice', async () => {
  const sandbox = next();
  const reached = rig.emulator.control.nextRequest({ method: 'POST', path: '/catalog/dataSets' });
  const handle = await rig.client.start(legacyOrders(sandbox));
  await reached;
  await rig.emulator.unplug();
  await waitFor('a call that waits', async () => (await handle.progress()).waiting.length > 0);
  await rig.emulator.plugIn();
  await handle.result();
  expect(ours(sandbox)).toEqual(oneOfNine);
});

it('AEP’s "too many requests" end no dataflow: the client sees which call waits, and why', async () => {
  const sandbox = next();
  const fault = { method: 'POST', path: '/catalog/dataSets', kind: '429-retry-after' } as const;
  rig.emulator.control.addFault({ ...fault, sandbox, retryAfterSeconds: 3 });
  const handle = await rig.client.start(orders(sandbox));
  const call = await waitFor('a call that waits', async () => {
    const { waiting, state } = await handle.progress();
    expect(state).toBe('running');
    return waiting.find(({ about }) => about === 'dataset');
  });
  expect(call).toMatchObject({ activity: 'createDataset', why: 'RateLimited', attempt: 2 });
  expect(call.message).toContain('POST /catalog/dataSets failed: 429');
  expect(call.nextAttemptAt! - Date.now()).toBeGreaterThan(1_000);
  await handle.result();
  expect(ours(sandbox)).toEqual(oneOfSix);
});
