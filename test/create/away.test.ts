import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneOfSix, orders, places } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(3);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const events = async (sandbox: string) =>
  (await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`).fetchHistory()).events!.length;

describe('an AEP that stays away', () => {
  it('for POST alone: however many are sent, the history does not grow, and the flow is made when it is back', async () => {
    const sandbox = next();
    const path = '/flowservice/sourceConnections';
    rig.emulator.control.addFault({ method: 'POST', path, sandbox, kind: '503', times: 1_000 });
    const handle = await rig.client.start(orders(sandbox));
    const posts = () =>
      rig.emulator.control.requests({ method: 'POST', path }).filter((one) => one.sandbox === sandbox).length;
    await waitFor('the second POST', () => posts() >= 2);
    await waitFor(
      'everything else to be made',
      () => marked(rig.emulator, `${sandbox}/orders`).targetConnections === 1,
    );
    const early = await events(sandbox);
    await waitFor('the third POST', () => posts() >= 3, 60_000);
    expect((await events(sandbox)) - early).toBeLessThanOrEqual(12);
    expect(posts()).toBeGreaterThanOrEqual(3);

    const { steps, waiting } = await handle.progress();
    expect(steps.find(({ step }) => step === 'sourceConnection')).toMatchObject({ state: 'running' });
    expect(waiting).toMatchObject([{ activity: 'createSourceConnection', about: 'source connection' }]);

    rig.emulator.control.clearFaults();
    await handle.result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('wholly: the workflow waits in one activity, the client says why, and it finishes by itself', async () => {
    const sandbox = next();
    await rig.emulator.unplug();
    const handle = await rig.client.start(orders(sandbox));
    const { waiting } = await waitFor('the third attempt', async () => {
      const progress = await handle.progress();
      return progress.waiting.some(({ attempt }) => attempt >= 3) && progress;
    });
    expect(new Set(waiting.map(({ why }) => why))).toEqual(new Set(['Unavailable']));
    expect(await events(sandbox)).toBeLessThanOrEqual(30);
    await rig.emulator.plugIn();
    await handle.result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });
});
