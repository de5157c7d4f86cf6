import { describe, expect } from 'vitest';
import { kinds } from '../../src/resources/kinds.ts';
import { stageFor } from '../simulation/stage.ts';
import { failureOf, legacyOrders, oneOfNine, outcomeOf, requestsIn } from '../support/dataflows.ts';
import { createPaths } from '../support/create-paths.ts';
import { marked } from '../support/marked.ts';

// Slow enough for a cancellation to arrive while a request is on its way.
const { stage, it } = stageFor({ latencyMs: 400 });
const sandbox = 'prod';

/** Which request made what, by AEP's own book of the requests it got. */
const posts = () => requestsIn(stage, sandbox, { method: 'POST' });

describe('a dataflow that is cancelled', () => {
  it.each(Object.entries(createPaths))(
    'while its %s is being made says what exists, and the next start completes it',
    async (kind, path) => {
      const handle = await stage.client.start(legacyOrders(sandbox));
      await stage.until('its POST', () => requestsIn(stage, sandbox, { method: 'POST', path }).length > 0);
      await handle.cancel();
      expect((await failureOf(handle)).type).toBe('Cancelled');

      const sent = posts();
      expect(sent.map(({ status }) => status).every((status) => status && status < 300)).toBe(true);
      const outcome = (await outcomeOf(stage.temporal, handle.workflowId))!;
      expect(Object.keys(outcome.made)).toContain(kind);
      expect(Object.keys(outcome.made)).toHaveLength(sent.length);
      expect(outcome.unknown).toEqual([]);
      const open = outcome.notTried;
      expect([...Object.keys(outcome.made), ...open].sort()).toEqual([...kinds].sort());

      const { resources, made } = await (await stage.client.start(legacyOrders(sandbox))).result();
      expect(resources).toMatchObject(outcome.made);
      expect(made.sort()).toEqual(open.sort());
      expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
    },
  );

  it('before anything was made has made nothing', async () => {
    stage.emulator.control.addFault({ path: '/flowservice/flowSpecs', kind: '503', times: 100, sandbox });
    const handle = await stage.client.start(legacyOrders(sandbox));
    await stage.until('a call that waits', async () => (await handle.progress()).waiting.length > 0);
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    expect(await outcomeOf(stage.temporal, handle.workflowId)).toEqual({
      made: {},
      adopted: {},
      failed: [],
      notTried: [...kinds],
      unknown: [],
    });
    expect(posts()).toEqual([]);
  });

  it('while a request waits for its next attempt ends without sending it', async () => {
    const path = createPaths.dataset;
    const { control } = stage.emulator;
    control.addFault({ method: 'POST', path, kind: '429-retry-after', retryAfterSeconds: 600 });
    const handle = await stage.client.start(legacyOrders(sandbox));
    await stage.until('the dataset to wait', async () =>
      (await handle.progress()).waiting.some(({ about }) => about === 'dataset'),
    );
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    expect(requestsIn(stage, sandbox, { method: 'POST', path })).toHaveLength(1);
    await (await stage.client.start(legacyOrders(sandbox))).result();
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
  });

  it('while nobody knows whether its schema exists says so', async () => {
    const path = createPaths.schema;
    const { control } = stage.emulator;
    control.addFault({ method: 'POST', path, kind: '500-committed', times: 100, sandbox });
    const handle = await stage.client.start(legacyOrders(sandbox));
    await stage.until('the schema to wait', async () =>
      (await handle.progress()).waiting.some(({ about }) => about === 'schema'),
    );
    await handle.cancel();
    await failureOf(handle);
    const outcome = (await outcomeOf(stage.temporal, handle.workflowId))!;
    expect(outcome.unknown).toContain('schema');
  });

  it('can still be asked for its progress', async () => {
    const handle = await stage.client.start(legacyOrders(sandbox));
    await stage.until('a POST', () => posts().length > 0);
    await handle.cancel();
    await failureOf(handle);
    const progress = await handle.progress();
    expect(progress.state).toBe('cancelled');
    expect(progress.steps.find(({ step }) => step === 'flow')?.state).toBe('notTried');
  });
});
