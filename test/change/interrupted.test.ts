import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../emulator/emulator.ts';
import { isEmpty } from '../../src/client.ts';
import { oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(40);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const flows = (sandbox: string) => rig.emulator.control.resources('flows', sandbox);
const enabledIn = (sandbox: string) => flows(sandbox).filter(({ state }) => state === 'enabled');

const first = (sandbox: string) => orders(sandbox);
const from = (sandbox: string, tableName: string) =>
  orders(sandbox, { source: { ...(orders(sandbox)['source'] as object), tableName } });
const second = (sandbox: string) => from(sandbox, 'acmeSpringCampaign');
const third = (sandbox: string) => from(sandbox, 'test1.austin_demo');

/** Looks, at each request before it takes effect, whether two flows are enabled. Returns how often that was so. */
function watchForTwo(sandbox: string): () => number {
  let seen = 0;
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      await rig.emulator.control.nextRequest();
      if (enabledIn(sandbox).length > 1) seen += 1;
    }
  })();
  return () => {
    over.abort();
    return seen;
  };
}

/** One of each, one enabled flow that is watched, and nothing left to do. */
async function mustBeWhole(definition: Record<string, unknown>, sandbox: string): Promise<void> {
  expect(flows(sandbox).map(({ state }) => state)).toEqual(['enabled']);
  const [flow] = flows(sandbox);
  const plan = await rig.client.plan(definition);
  expect(plan.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
  expect(isEmpty(plan)).toBe(true);
  expect({ ...marked(rig.emulator, `${sandbox}/orders`), mappingSets: 1 }).toEqual(oneOfSix);
  expect(await rig.client.health({ sandbox, flowId: String(flow!['id']) })).toBeDefined();
}

const action = { method: 'POST', path: '/flowservice/flows/*/action' };
const moments: [moment: string, fault: Omit<Fault, 'kind'>, isPublished: boolean][] = [
  ['the draft is made', { method: 'POST', path: '/flowservice/flows' }, false],
  ['the old flow is disabled', action, false],
  ["the old flow's last run is awaited", { method: 'GET', path: '/flowservice/runs' }, false],
  ['the new flow is published', { ...action, skip: 1 }, false],
  ['the old flow is deleted', { method: 'DELETE', path: '/flowservice/flows/*' }, true],
  [
    'the old target connection is deleted',
    { method: 'DELETE', path: '/flowservice/targetConnections/*' },
    true,
  ],
  [
    'the old source connection is deleted',
    { method: 'DELETE', path: '/flowservice/sourceConnections/*' },
    true,
  ],
];
const cases = moments.flatMap(([moment, fault, isPublished]) =>
  (fault.method === 'GET' ? (['hang'] as const) : (['hang', 'hang-committed'] as const)).map((kind) => ({
    moment,
    fault: { ...fault, kind },
    kind,
    isPublished,
  })),
);

/** A replacement that has come to the moment, and hangs there. */
async function hanging(fault: Fault) {
  const sandbox = next();
  const { flowId } = await (await rig.client.start(first(sandbox))).result();
  rig.emulator.control.addFault({ ...fault, sandbox });
  const twos = watchForTwo(sandbox);
  const update = rig.client.update({ definition: second(sandbox), replaceFlow: 'from-now' });
  const ended = update.then(
    (result) => result,
    (error: unknown) => error,
  );
  await waitFor('the moment', () => requestsIn(rig, sandbox).some((request) => request.fault));
  const workflow = rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`);
  return { sandbox, flowId, twos, ended, workflow };
}

/** What is asked for next: the same again, what was there before, or something else. The simulation tries all with all. */
const nexts = [
  ['goes on', second],
  ['is taken back', first],
  ['gives way to another one', third],
] as const;
const turns = cases.map((one, index) => {
  const [ends, definitionIn] = nexts[index % nexts.length]!;
  return { ...one, ends, definitionIn };
});

describe.concurrent('a replacement that is terminated while', () => {
  it.each(turns)('$moment ($kind) $ends', async ({ fault, definitionIn }) => {
    const { sandbox, twos, workflow, ended } = await hanging(fault);
    await workflow.terminate();
    await ended;
    const definition = definitionIn(sandbox);
    await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(twos()).toBe(0);
    await mustBeWhole(definition, sandbox);
  });
});

describe.concurrent('a replacement that is cancelled while', () => {
  it.each(cases)('$moment ($kind) leaves one enabled flow', async ({ fault, isPublished, kind, moment }) => {
    const { sandbox, flowId, twos, workflow, ended } = await hanging(fault);
    await workflow.cancel();
    await ended;
    const [enabled, ...others] = enabledIn(sandbox);
    expect(others).toEqual([]);
    expect(enabled).toBeDefined();
    const isNew = isPublished || (kind === 'hang-committed' && /published/.test(moment));
    expect(enabled!['id'] === flowId).toBe(!isNew);
    const definition = second(sandbox);
    await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(twos()).toBe(0);
    await mustBeWhole(definition, sandbox);
  });
});

describe.concurrent('a replacement that begins while the watcher of the old flow', () => {
  it('still has AEP enable it waits until that has ended, and never are the two enabled together', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(first(sandbox))).result();
    const watcher = rig.client.watcher({ sandbox, flowId });
    const { control } = rig.emulator;
    // Long enough for a person to pause the flow, and to think better of it, between the plan and the step `replace`.
    control.addFault({
      method: 'POST',
      path: '/flowservice/sourceConnections',
      kind: '429-retry-after',
      retryAfterSeconds: 8,
      sandbox,
    });
    const twos = watchForTwo(sandbox);
    const update = rig.client.update({ definition: second(sandbox), replaceFlow: 'from-now' });
    await waitFor('the new pair', () => requestsIn(rig, sandbox).some((request) => request.fault));
    await watcher.pause();
    const switching = { method: 'POST', path: `/flowservice/flows/${flowId}/action`, sandbox };
    control.addFault({ ...switching, kind: '503', times: 3 });
    const resumed = watcher.resume().catch((error: unknown) => error);
    await waitFor('the resume', () => requestsIn(rig, sandbox, switching).some((request) => request.fault));
    await update;
    await resumed;
    expect(twos()).toBe(0);
    await mustBeWhole(second(sandbox), sandbox);
  });
});
