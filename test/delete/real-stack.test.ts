import { afterAll, beforeAll, expect, it } from 'vitest';
import { marked } from '../support/marked.ts';
import { administratorOf, failureOf, oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { copyOf, flowOver } from './flow-over.ts';
import { orphansAreFoundAndDeleted } from './orphans.ts';

/** A sample of what the other files of this folder play in the simulation, and what watchers have a part in. */
const { sandboxes, next } = places(3);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes }, env: quickToFollow });
  await rig.startWorker();
});
afterAll(() => rig.close());

const create = async (definition: Record<string, unknown>) => (await rig.client.start(definition)).result();

it.concurrent('a delete deletes flow and connections, leaves schema, dataset and mapping set, and the watcher ends', async () => {
  const sandbox = next();
  const { flowId, resources } = await create(orders(sandbox));
  const { deleted, left } = await rig.client.delete({ sandbox, name: 'orders' });
  expect(deleted.flatMap((ids) => Object.keys(ids))).toEqual([
    'flow',
    'targetConnection',
    'sourceConnection',
  ]);
  expect(left.map(({ kind }) => kind).sort()).toEqual(['dataset', 'mappingSet', 'schema']);
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual({ dataSets: 1, schemas: 1, mappingSets: 1 });
  expect(resources.flow).toBe(flowId);
  const watcher = rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
  expect(await watcher.result()).toMatchObject({ reason: 'gone' });
});

it.concurrent('a delete of what a flow of others uses, and of a flow that was copied, is refused until that is gone', async () => {
  const sandbox = next();
  const { flowId } = await create(orders(sandbox));
  const asked = () => rig.client.delete({ sandbox, name: 'orders' });
  for (const [make, reason] of [
    [flowOver, 'in-use'],
    [copyOf, 'copied-mark'],
  ] as const) {
    // oxlint-disable no-await-in-loop
    const other = await make(rig, sandbox, flowId);
    const { type, message, details } = await failureOf({ result: asked });
    expect({ type, ...details }).toMatchObject({ type: 'Conflict', reason, deleted: [] });
    expect(message).toContain(other);
    await administratorOf(rig).flowService.flows.remove({ sandbox }, other);
    // oxlint-enable no-await-in-loop
  }
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  expect(requestsIn(rig, sandbox, { method: 'DELETE' })).toEqual([]);
  await asked();
  expect(marked(rig.emulator, `${sandbox}/orders`)).not.toHaveProperty('flows');
});

it.concurrent('listOrphans finds what a failed create left, deletes only what it is told to, and says what stays', () =>
  orphansAreFoundAndDeleted(rig, next(), waitFor));
