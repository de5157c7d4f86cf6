import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/resources/kinds.ts';
import { failureOf, legacyOrders, oneOfNine, outcomeOf, places, requestsIn } from '../support/dataflows.ts';
import { createPaths } from '../support/create-paths.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  // Slow enough for a cancellation to arrive while a request is on its way.
  rig = await startRig({ emulator: { sandboxes, latencyMs: 400 } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** All of them run at once. Milliseconds. */
const patience = 45_000;

/** Which request made what, by AEP's own book of the requests it got. */
const posts = (sandbox: string) => requestsIn(rig, sandbox, { method: 'POST' });

describe('a dataflow that is cancelled', () => {
  it.concurrent.each(Object.entries(createPaths))(
    'while its %s is being made says what exists, and the next start completes it',
    async (kind, path) => {
      const sandbox = next();
      const handle = await rig.client.start(legacyOrders(sandbox));
      await waitFor(
        'its POST',
        () => requestsIn(rig, sandbox, { method: 'POST', path }).length > 0,
        patience,
      );
      await handle.cancel();
      expect((await failureOf(handle)).type).toBe('Cancelled');

      const sent = posts(sandbox);
      expect(sent.map(({ status }) => status).every((status) => status && status < 300)).toBe(true);
      const outcome = (await outcomeOf(rig, handle.workflowId))!;
      expect(Object.keys(outcome.made)).toContain(kind);
      expect(Object.keys(outcome.made)).toHaveLength(sent.length);
      // What had to wait for a worker may be called unknown, though it was never sent.
      const open = [...outcome.notTried, ...outcome.unknown];
      expect([...Object.keys(outcome.made), ...open].sort()).toEqual([...kinds].sort());

      const { resources, made } = await (await rig.client.start(legacyOrders(sandbox))).result();
      expect(resources).toMatchObject(outcome.made);
      expect(made.sort()).toEqual(open.sort());
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
    },
  );

  it.concurrent('before anything was made has made nothing', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ path: '/flowservice/flowSpecs', kind: '503', times: 100, sandbox });
    const handle = await rig.client.start(legacyOrders(sandbox));
    await waitFor('a call that waits', async () => (await handle.progress()).waiting.length > 0);
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    expect(await outcomeOf(rig, handle.workflowId)).toEqual({
      made: {},
      adopted: {},
      failed: [],
      notTried: [...kinds],
      unknown: [],
    });
    expect(posts(sandbox)).toEqual([]);
  });

  it.concurrent('while a request waits for its next attempt ends without sending it', async () => {
    // A stack of its own: when AEP says slow down, everyone on that worker does.
    const own = await startRig({ emulator: { sandboxes } });
    try {
      const worker = await own.startWorker();
      const sandbox = next();
      const path = createPaths.dataset;
      const { control } = own.emulator;
      control.addFault({ method: 'POST', path, kind: '429-retry-after', retryAfterSeconds: 600, sandbox });
      const handle = await own.client.start(legacyOrders(sandbox));
      await waitFor('the dataset to wait', async () =>
        (await handle.progress()).waiting.some(({ about }) => about === 'dataset'),
      );
      await handle.cancel();
      expect((await failureOf(handle)).type).toBe('Cancelled');
      expect(requestsIn(own, sandbox, { method: 'POST', path })).toHaveLength(1);
      // Another worker has not been told to slow down.
      await worker.stop();
      await own.startWorker();
      await (await own.client.start(legacyOrders(sandbox))).result();
      expect(marked(own.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
    } finally {
      await own.close();
    }
  });

  it.concurrent('while nobody knows whether its schema exists says so', async () => {
    const sandbox = next();
    const path = createPaths.schema;
    const { control } = rig.emulator;
    control.addFault({ method: 'POST', path, kind: '500-committed', times: 100, sandbox });
    const handle = await rig.client.start(legacyOrders(sandbox));
    await waitFor('the schema to wait', async () =>
      (await handle.progress()).waiting.some(({ about }) => about === 'schema'),
    );
    await handle.cancel();
    await failureOf(handle);
    const outcome = (await outcomeOf(rig, handle.workflowId))!;
    expect(outcome.unknown).toContain('schema');
  });

  it('can still be asked for its progress', async () => {
    const sandbox = next();
    const handle = await rig.client.start(legacyOrders(sandbox));
    await waitFor('a POST', () => posts(sandbox).length > 0, patience);
    await handle.cancel();
    await failureOf(handle);
    const progress = await handle.progress();
    expect(progress.state).toBe('cancelled');
    expect(progress.steps.find(({ step }) => step === 'flow')?.state).toBe('notTried');
  });
});
