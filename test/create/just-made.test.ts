import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPaths } from '../support/create-paths.ts';
import {
  failureOf,
  legacyOrders,
  oneOfNine,
  orders,
  places,
  refusedMapping,
  requestsIn,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(20);
const listLagMs = 2_500;
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    emulator: { sandboxes, referenceLagMs: 1_000 },
    // A watcher that cannot read its flow asks again after an interval, or a quarter of a minute if that is shorter.
    env: { ...quickToFollow, AEP_LIST_LAG: String(listLagMs) },
  });
  await rig.startWorker();
});
afterAll(() => rig.close());

const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);
const posts = (sandbox: string, path: string) => requestsIn(rig, sandbox, { method: 'POST', path });

describe('what was made a moment ago and is not there for the next service yet', () => {
  it.concurrent('is tried again, all the way from the class to the flow, and nothing is rolled back', async () => {
    const sandbox = next();
    const definition = legacyOrders(sandbox, { onFailure: 'rollback' });
    const { surplus } = await (await rig.client.start(definition)).result();
    expect(ours(sandbox)).toEqual(oneOfNine);
    expect(surplus).toEqual([]);
    expect(requestsIn(rig, sandbox, { method: 'DELETE' })).toEqual([]);
    const refused = requestsIn(rig, sandbox, { method: 'POST' }).filter(
      ({ status }) => Number(status) >= 400,
    );
    // Which of them comes early enough to be refused hangs on the machine.
    expect(refused).not.toEqual([]);
  });

  const referring = ['sourceConnection', 'dataset', 'targetConnection', 'mappingSet', 'flow'] as const;
  it.concurrent.each(referring)(
    'is tried again where a create of the %s is answered by a 404 once',
    async (kind) => {
      const path = createPaths[kind];
      const sandbox = next();
      rig.emulator.control.addFault({ method: 'POST', path, sandbox, kind: '404' });
      await (await rig.client.start(legacyOrders(sandbox, { onFailure: 'rollback' }))).result();
      expect(ours(sandbox)).toEqual(oneOfNine);
      expect(requestsIn(rig, sandbox, { method: 'DELETE' })).toEqual([]);
    },
  );

  it.concurrent('is told as refused where it stays away for longer than lists may lag', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({
      method: 'POST',
      path: createPaths.flow,
      sandbox,
      kind: '404',
      times: 1_000,
    });
    const { type, details } = await failureOf(await rig.client.start(orders(sandbox)));
    expect(type).toBe('Rejected');
    expect(details).toMatchObject({ code: 'FLOW-1439-404', unknown: [], failed: [{ kind: 'flow' }] });
    const sent = posts(sandbox, createPaths.flow);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeGreaterThanOrEqual(listLagMs - 300);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeLessThan(3 * listLagMs);
  });
});

it.concurrent('what AEP refuses for another reason is refused at once', async () => {
  const sandbox = next();
  const mapping = refusedMapping;
  const { type } = await failureOf(await rig.client.start(orders(sandbox, { mapping })));
  expect(type).toBe('Rejected');
  const answered = posts(sandbox, createPaths.mappingSet);
  expect(answered.filter(({ body }) => JSON.stringify(body).includes(wrongExpression)).at(-1)!.status).toBe(
    400,
  );
  expect(answered.length).toBeLessThanOrEqual(2);
});

it.concurrent('a flow that cannot be read at first is watched all the same, also by who asks for a look at once', async () => {
  const sandbox = next();
  rig.emulator.control.addFault({
    method: 'GET',
    path: '/flowservice/flows/*',
    sandbox,
    kind: '404',
    times: 2,
  });
  const handle = await rig.client.start(orders(sandbox));
  const { watcherWorkflowId, flowId } = await handle.result();
  const { verdict } = await rig.client.watcher({ sandbox, flowId }).checkNow();
  expect(verdict).toBe('pending');
  const reads = requestsIn(rig, sandbox, { method: 'GET', path: `/flowservice/flows/${flowId}` });
  expect(reads.map(({ status }) => status).slice(0, 3)).toEqual([404, 404, 200]);
  const watcher = rig.temporal.client.workflow.getHandle(watcherWorkflowId);
  expect((await watcher.describe()).status.name).toBe('RUNNING');
});
