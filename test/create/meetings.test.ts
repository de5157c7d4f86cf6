import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/client.ts';
import { oneOfSix, orders, places } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(6);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes, latencyMs: 30 } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** Somebody else, with a connection of their own. */
async function stranger<Result>(
  use: (client: Awaited<ReturnType<typeof connect>>) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address: rig.temporal.address });
  try {
    return await use(
      await connect({ client: new Client({ connection, namespace: rig.temporal.namespace }) }),
    );
  } finally {
    await connection.close();
  }
}

describe('two who start the same dataflow at once', () => {
  it('from two clients wait for the same one, and there is one of each', async () => {
    const sandbox = next();
    const [mine, theirs] = await Promise.all([
      rig.client.start(orders(sandbox)).then((handle) => handle.result()),
      stranger(async (client) => (await client.start(orders(sandbox))).result()),
    ]);
    expect(theirs).toEqual(mine);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('from different definitions: one is made, the other is told Conflict', async () => {
    const sandbox = next();
    const other = orders(sandbox, { description: 'Another definition under the same name' });
    const ends = await Promise.allSettled([
      rig.client.start(orders(sandbox)).then((handle) => handle.result()),
      stranger(async (client) => (await client.start(other)).result()),
    ]);
    const refused = ends.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { type: 'Conflict' } }]);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });
});

describe('a start while a delete runs', () => {
  it('is a Conflict, and neither is disturbed', async () => {
    const sandbox = next();
    await (await rig.client.start(orders(sandbox))).result();
    rig.emulator.control.addFault({ method: 'DELETE', sandbox, kind: '500', times: 1 });
    const deleting = rig.client.delete({ sandbox, name: 'orders' });
    await waitFor('the first DELETE', () =>
      rig.emulator.control.requests({ method: 'DELETE' }).some((request) => request.sandbox === sandbox),
    );
    await expect(rig.client.start(orders(sandbox))).rejects.toMatchObject({ type: 'Conflict' });
    await deleting;
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual({ schemas: 1, dataSets: 1, mappingSets: 1 });
    await (await rig.client.start(orders(sandbox))).result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toMatchObject({
      flows: 1,
      sourceConnections: 1,
      targetConnections: 1,
    });
  });
});

describe('what has the names of a dataflow and is not its own', () => {
  it('is never adopted, never deleted, and a dataset of the same name is warned about', async () => {
    const sandbox = next();
    await (
      await rig.client.start(
        orders(sandbox, {
          name: 'others',
          schema: { ...(orders(sandbox)['schema'] as object), title: 'Others' },
        }),
      )
    ).result();
    const source = { ...(orders(sandbox)['source'] as object), name: 'others' };
    const result = await (
      await rig.client.start(orders(sandbox, { source, target: { name: 'others' } }))
    ).result();
    expect(result.warnings.map(({ code }) => code)).toEqual(['foreign-dataset']);
    expect(result.made).toHaveLength(6);
    await rig.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    expect(marked(rig.emulator, `${sandbox}/others`)).toEqual(oneOfSix);
  });
});
