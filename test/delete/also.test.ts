import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeleteDataflowInput } from '../../src/workflows/messages.ts';
import { failureOf, legacyOrders, oneOfNine, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Also = NonNullable<DeleteDataflowInput['also']>;

const { sandboxes, next } = places(4);
let rig: Rig;

beforeAll(async () => {
  // Lists still show what was deleted by the delete before, and do not show yet what was made.
  const listLagMs = 5_000;
  rig = await startRig({ emulator: { sandboxes, listLagMs }, env: { AEP_LIST_LAG: String(listLagMs) } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);
const remove = (sandbox: string, also: Also, more: object = {}) =>
  rig.client.delete({ sandbox, name: 'orders', also, ...more });

/** What stays while something stays that refers to it, and what that is. */
const needs = { schema: 'dataset', adHocClass: 'adHocSchema' } as const;
const kinds = ['dataset', 'schema', 'adHocSchema', 'adHocClass'] as const;
const combinations = Array.from({ length: 2 ** kinds.length }, (_, bits) =>
  kinds.filter((_, index) => bits & (1 << index)),
);
const lacking = (also: Also) =>
  (['schema', 'adHocClass'] as const).filter((kind) => also.includes(kind) && !also.includes(needs[kind]));

describe('a delete of more than flow and connections', () => {
  it('is refused before anything is deleted where something would stay that uses it, with all that lacks', async () => {
    const sandbox = next();
    const { resources } = await (await rig.client.start(legacyOrders(sandbox))).result();
    for (const also of combinations.filter((one) => lacking(one).length > 0)) {
      const { type, message, details } = await failureOf({ result: () => remove(sandbox, also) });
      expect(type, also.join()).toBe('InvalidDefinition');
      expect(details).toMatchObject({
        problemCount: lacking(also).length,
        problems: lacking(also).map(() => ({ field: 'also' })),
        deleted: [],
      });
      for (const kind of lacking(also)) {
        expect(message).toContain(`"${kind}"`);
        expect(message).toContain(`"${needs[kind]}"`);
        expect(message).toContain(resources[needs[kind]]);
      }
    }
    expect(requestsIn(rig, sandbox, { method: 'DELETE' })).toEqual([]);
    expect(ours(sandbox)).toEqual(oneOfNine);
  });

  it('takes one kind after the other too, each when nothing uses it any more', async () => {
    const sandbox = next();
    await (await rig.client.start(legacyOrders(sandbox))).result();
    await remove(sandbox, []);
    await remove(sandbox, ['dataset']);
    await remove(sandbox, ['schema']);
    await remove(sandbox, ['adHocSchema']);
    await remove(sandbox, ['adHocClass']);
    expect(ours(sandbox)).toEqual({ mappingSets: 1 });
  });

  it('takes all of it at once', async () => {
    const sandbox = next();
    await (await rig.client.start(legacyOrders(sandbox))).result();
    await remove(sandbox, [...kinds]);
    expect(ours(sandbox)).toEqual({ mappingSets: 1 });
  });

  it('is refused beside "only", which names all that goes', async () => {
    const told = await failureOf({ result: () => remove(next(), ['dataset'], { only: ['some-id'] }) });
    expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field: 'also' }] } });
  });
});
