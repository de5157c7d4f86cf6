import { describe, expect } from 'vitest';
import { formatTag, markTag } from '../../src/resources/mark.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { stageFor } from '../simulation/stage.ts';
import { administratorOf, orders, requestsIn } from '../support/dataflows.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const create = async (definition: JsonObject) => (await stage.client.start(definition)).result();
/** Those that were made here. */
const datasets = () =>
  stage.emulator.control
    .resources('dataSets', sandbox)
    .flatMap(({ id, createdClient }) => (createdClient === 'emulator' ? [] : String(id)));

/** A dataset like that of `orders`, as a request leaves it that takes effect later than every bound. */
async function lateTwin(like: string, changes: JsonObject = {}): Promise<string> {
  const original = stage.emulator.control.resources('dataSets', sandbox).find(({ id }) => id === like)!;
  const tags = { [markTag]: [formatTag({ dataflow: `${sandbox}/orders`, nonce: 'latelate' })] };
  const body = { name: original['name'], schemaRef: original['schemaRef'], tags, ...changes };
  return (await administratorOf(stage).catalog.datasets.create({ sandbox }, body)).id;
}

describe('a dataset that is one too many', () => {
  it('is deleted by the next create where only a late request can have made it', async () => {
    const { resources } = await create(orders(sandbox));
    await lateTwin(resources.dataset!);
    expect((await create(orders(sandbox))).surplus).toEqual([]);
    expect(datasets()).toEqual([resources.dataset]);
  });

  it('stays and is told where another dataflow loads into it', async () => {
    const { resources } = await create(orders(sandbox));
    const twin = await lateTwin(resources.dataset!);
    const { schema: _, ...others } = orders(sandbox, { name: 'others', dataset: { id: twin } });
    const { resources: theirs } = await create(others);
    const { surplus } = await create(orders(sandbox));
    expect(surplus).toMatchObject([{ kind: 'dataset', id: twin }]);
    expect(surplus[0]?.why).toContain(`(${theirs.targetConnection}) uses it`);
    expect(new Set(datasets())).toEqual(new Set([resources.dataset, twin]));
  });
});

describe('a mapping set that was made for another schema', () => {
  it('answers no doubt about the new one: POSTs wait for one another, and one that takes effect late is found', async () => {
    const { resources: first } = await create(orders(sandbox));
    // A set that maps to a schema which is gone is of no use.
    await stage.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    const post = { method: 'POST', path: '/conversion/mappingSets', sandbox } as const;
    const sent = () => requestsIn(stage, sandbox, post).length;
    const before = sent();
    stage.emulator.control.addFault({ ...post, kind: '503', times: 2 });
    stage.emulator.control.addFault({ ...post, kind: 'late-commit', skip: 2, delayMs: 250 });
    const handle = await stage.client.start(orders(sandbox));
    const { resources, surplus } = await handle.result();
    expect(sent() - before).toBe(3);
    expect(surplus).toEqual([
      { kind: 'mappingSet', id: first.mappingSet, why: 'AEP cannot delete mapping sets' },
    ]);
    const ids = stage.emulator.control.resources('mappingSets', sandbox).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([first.mappingSet, resources.mappingSet]));
    // With a look that never ended it would be hundreds.
    expect(stage.run(handle.workflowId).tasks).toHaveLength(15);
  });
});
