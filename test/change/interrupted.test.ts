import { describe, expect } from 'vitest';
import type { Fault } from '../../emulator/emulator.ts';
import { stageFor } from '../simulation/stage.ts';
import { oneOfSix, orders, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { mustBeEmpty, ordersFromTable, watchForTwo } from './helpers.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const flows = () => stage.emulator.control.resources('flows', sandbox);
const enabled = () => flows().filter(({ state }) => state === 'enabled');

const first = orders(sandbox);
const second = ordersFromTable(sandbox);
const third = ordersFromTable(sandbox, 'test1.austin_demo');

/** One of each, one enabled flow that is watched, and nothing left to do. */
async function mustBeWhole(definition: Record<string, unknown>): Promise<void> {
  expect(flows().map(({ state }) => state)).toEqual(['enabled']);
  const [flow] = flows();
  await mustBeEmpty(stage, definition);
  expect({ ...marked(stage.emulator, `${sandbox}/orders`), mappingSets: 1 }).toEqual(oneOfSix);
  expect(stage.isWatched({ sandbox, flowId: String(flow!['id']) })).toBe(true);
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
  const { flowId } = await (await stage.client.start(first)).result();
  stage.emulator.control.addFault({ ...fault, sandbox });
  const twos = watchForTwo(stage, sandbox);
  const update = stage.client.update({ definition: second, replaceFlow: 'from-now' });
  const ended = update.then(
    (result) => result,
    (error: unknown) => error,
  );
  await stage.until('the moment', () => requestsIn(stage, sandbox).some((request) => request.fault));
  const workflow = stage.temporal.workflow.getHandle(`dataflow:${sandbox}:orders`);
  return { flowId, twos, ended, workflow };
}

/** What is asked for next: the same again, what was there before, or something else. */
const nexts = [
  ['goes on', second],
  ['is taken back', first],
  ['gives way to another one', third],
] as const;
const turns = cases.flatMap((one) => nexts.map(([ends, definition]) => ({ ...one, ends, definition })));

describe('a replacement that is terminated while', () => {
  it.each(turns)('$moment ($kind) $ends', async ({ fault, definition }) => {
    const { twos, workflow, ended } = await hanging(fault);
    await workflow.terminate();
    await ended;
    await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(twos()).toBe(0);
    await mustBeWhole(definition);
  });
});

describe('an update that enables a flow again which another one has disabled', () => {
  it('tells the watcher so, also where it is cancelled meanwhile', async () => {
    const { flowId, workflow, ended } = await hanging({ ...action, skip: 1, kind: 'hang' });
    await workflow.terminate();
    await ended;
    stage.emulator.control.addFault({ ...action, kind: 'hang-committed', sandbox });
    const hits = () => requestsIn(stage, sandbox).filter((request) => request.fault).length;
    const before = hits();
    const update = stage.client.update({ definition: first }).catch((error: unknown) => error);
    await stage.until('the flow to be enabled', () => hits() > before);
    await workflow.cancel();
    expect(await update).toMatchObject({ type: 'Cancelled' });
    expect(enabled().map(({ id }) => id)).toEqual([flowId]);
    expect(stage.signalsOf(stage.run(workflow.workflowId)).at(-1)).toEqual(['expect', { replacing: false }]);
  });
});

describe('a replacement that is cancelled while', () => {
  it.each(cases)('$moment ($kind) leaves one enabled flow', async ({ fault, isPublished, kind, moment }) => {
    const { flowId, twos, workflow, ended } = await hanging(fault);
    await workflow.cancel();
    await ended;
    const [flow, ...others] = enabled();
    expect(others).toEqual([]);
    expect(flow).toBeDefined();
    const isNew = isPublished || (kind === 'hang-committed' && /published/.test(moment));
    expect(flow!['id'] === flowId).toBe(!isNew);
    await stage.client.update({ definition: second, replaceFlow: 'from-now' });
    expect(twos()).toBe(0);
    await mustBeWhole(second);
  });
});
