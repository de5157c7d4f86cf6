import { describe, expect } from 'vitest';
import { stageFor } from '../simulation/stage.ts';
import { administratorOf, legacyOrders, orders } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { orphansAreFoundAndDeleted } from './orphans.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const create = async (definition: Record<string, unknown>) => (await stage.client.start(definition)).result();

describe('deleteDataflow', () => {
  it('deletes flow and connections, leaves schema, dataset and mapping set', async () => {
    const { flowId, resources } = await create(orders(sandbox));
    const { deleted, left } = await stage.client.delete({ sandbox, name: 'orders' });
    expect(deleted.flatMap((ids) => Object.keys(ids))).toEqual([
      'flow',
      'targetConnection',
      'sourceConnection',
    ]);
    expect(left.map(({ kind }) => kind).sort()).toEqual(['dataset', 'mappingSet', 'schema']);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual({ dataSets: 1, schemas: 1, mappingSets: 1 });
    expect(resources.flow).toBe(flowId);
  });

  it('deletes dataset and schema where they are named, and a dataset base connection that we made', async () => {
    await create(legacyOrders(sandbox));
    const also = ['dataset', 'schema', 'adHocSchema', 'adHocClass'] as const;
    await stage.client.delete({ sandbox, name: 'orders', also: [...also] });
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual({ mappingSets: 1 });
  });

  it('started twice does no harm, and a create after it makes what is missing', async () => {
    const first = await create(orders(sandbox));
    await stage.client.delete({ sandbox, name: 'orders' });
    expect((await stage.client.delete({ sandbox, name: 'orders' })).deleted).toEqual([]);
    const second = await create(orders(sandbox));
    expect(second.resources.schema).toBe(first.resources.schema);
    expect(second.resources.dataset).toBe(first.resources.dataset);
    expect(second.flowId).not.toBe(first.flowId);
  });

  it('touches nothing that does not carry the mark', async () => {
    await create(orders(sandbox));
    await create(
      orders(sandbox, {
        name: 'others',
        schema: { ...(orders(sandbox)['schema'] as object), title: 'Others' },
      }),
    );
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(marked(stage.emulator, `${sandbox}/others`)).toMatchObject({
      flows: 1,
      sourceConnections: 1,
      targetConnections: 1,
    });
  });

  it('while the dataflow is being created is a Conflict, and cancels nothing', async () => {
    stage.emulator.control.addFault({
      method: 'POST',
      path: '/flowservice/flows',
      sandbox,
      kind: '429',
      times: 1,
    });
    const creating = await stage.client.start(orders(sandbox));
    await expect(stage.client.delete({ sandbox, name: 'orders' })).rejects.toMatchObject({
      type: 'Conflict',
    });
    await creating.result();
    expect(marked(stage.emulator, `${sandbox}/orders`)).toMatchObject({ flows: 1 });
  });

  it('goes on where AEP answers a delete with an error that passes', async () => {
    await create(orders(sandbox));
    stage.emulator.control.addFault({ method: 'DELETE', sandbox, kind: '500-committed', times: 2 });
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual({ dataSets: 1, schemas: 1, mappingSets: 1 });
  });
});

describe('listOrphans', () => {
  it('does not delete what something else of the dataflow refers to', async () => {
    const { resources } = await create(orders(sandbox));
    await stage.client.delete({ sandbox, name: 'orders' });
    const orphans = await stage.until('the orphans to be old enough', async () => {
      const result = await stage.client.listOrphans({ sandbox });
      return result.orphans.length === 3 && result;
    });
    expect(orphans.orphans.map(({ kind }) => kind).sort()).toEqual(['dataset', 'mappingSet', 'schema']);
    const { deleted, notDeleted } = await stage.client.listOrphans({ sandbox, delete: [resources.schema!] });
    expect(deleted).toEqual([]);
    expect(notDeleted).toMatchObject([
      { id: resources.schema, why: expect.stringContaining('dataset') as string },
    ]);
  });

  it('deletes nothing of a chain whose first link stays', async () => {
    const { flowId } = await create(orders(sandbox));
    await administratorOf(stage).flowService.flows.remove({ sandbox }, flowId);
    const found = await stage.until('the orphans to be old enough', async () => {
      const { orphans } = await stage.client.listOrphans({ sandbox });
      return orphans.length === 5 && orphans;
    });
    const idOf = (kind: string) => found.find((one) => one.kind === kind)!.id;
    const asked = [idOf('dataset'), idOf('schema')];
    const { deleted, notDeleted } = await stage.client.listOrphans({ sandbox, delete: asked });
    expect(deleted).toEqual([]);
    expect(notDeleted.map(({ id }) => id).sort()).toEqual(asked.sort());
    expect(notDeleted.map(({ why }) => why).join()).toMatch(
      /target connection.*dataset|dataset.*target connection/,
    );
  });

  it('finds what a failed create left, deletes only what it is told to, and says what stays', () =>
    orphansAreFoundAndDeleted(stage, sandbox, stage.until));
});
