import { expect } from 'vitest';
import { isEmpty } from '../../src/client.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { orders } from '../support/dataflows.ts';
import type { Rig } from '../support/rig.ts';

/** A mapping that an update can put in the place of the one of `orders`. */
export const lastName = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.lastName' },
];

/** The dataflow `orders` from another table: only another flow can load that. */
export const ordersFromTable = (sandbox: string, tableName = 'acmeSpringCampaign') =>
  orders(sandbox, { source: { ...(orders(sandbox)['source'] as object), tableName } });

/** Nothing is left to do for an update. */
export async function mustBeEmpty({ client }: Pick<Rig, 'client'>, definition: JsonObject): Promise<void> {
  const plan = await client.plan(definition);
  expect(plan.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
  expect(isEmpty(plan)).toBe(true);
}

/** Looks, at each request before the next one takes effect, whether two flows are enabled. Returns how often that was so. */
export function watchForTwo({ emulator }: Pick<Rig, 'emulator'>, sandbox: string): () => number {
  let seen = 0;
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      await emulator.control.nextRequest();
      const flows = emulator.control.resources('flows', sandbox);
      if (flows.filter(({ state }) => state === 'enabled').length > 1) seen += 1;
    }
  })();
  return () => {
    over.abort();
    return seen;
  };
}
