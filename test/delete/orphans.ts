import { expect } from 'vitest';
import type { DataflowError, ListOrphansResult, ResourceIds } from '../../src/client.ts';
import { orders, refusedMapping } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import type { Rig } from '../support/rig.ts';

/** Waits for what shows by itself: a rig in real time, a stage in its own. */
type Until = (what: string, look: () => Promise<ListOrphansResult | false>) => Promise<ListOrphansResult>;

/** A create fails beside a living dataflow: what it left is found, and is deleted where that is asked for, and nothing else. */
export async function orphansAreFoundAndDeleted(
  { client, emulator }: Pick<Rig, 'client' | 'emulator'>,
  sandbox: string,
  until: Until,
): Promise<void> {
  const create = async (definition: Record<string, unknown>) => (await client.start(definition)).result();
  await create(
    orders(sandbox, {
      name: 'living',
      schema: { ...(orders(sandbox)['schema'] as object), title: 'Living' },
    }),
  );
  const failure = (await create(orders(sandbox, { mapping: refusedMapping })).catch(
    (error: unknown) => error,
  )) as DataflowError;
  const made = Object.values(failure.details['made'] as ResourceIds);
  // What was made within the settle time is left out: it may belong to a flow that no list shows yet.
  const found = await until('the orphans to be old enough', async () => {
    const result = await client.listOrphans({ sandbox });
    return made.every((id) => result.orphans.some((orphan) => orphan.id === id)) && result;
  });
  expect(new Set(found.orphans.map(({ dataflow }) => dataflow))).toEqual(new Set([`${sandbox}/orders`]));
  const unwanted = found.orphans.filter(({ kind }) => kind !== 'mappingSet').map(({ id }) => id);
  const { deleted, notDeleted } = await client.listOrphans({
    sandbox,
    delete: [...unwanted, 'nobodys'],
  });
  expect(deleted.sort()).toEqual(unwanted.sort());
  expect(notDeleted).toMatchObject([{ id: 'nobodys' }]);
  expect(marked(emulator, `${sandbox}/living`)).toMatchObject({ flows: 1, schemas: 1 });
  expect(marked(emulator, `${sandbox}/orders`)).toEqual({});
}
