import { describe, expect } from 'vitest';
import type { DeleteDataflowInput } from '../../src/workflows/messages.ts';
import { stageFor } from '../simulation/stage.ts';
import { failureOf, legacyOrders, oneOfNine, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

type Also = NonNullable<DeleteDataflowInput['also']>;

// Lists still show what was deleted by the delete before, and do not show yet what was made.
const listLagMs = 10_000;
const { stage, it } = stageFor({ emulator: { listLagMs }, worker: { listLagMs } });
const sandbox = 'prod';

const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const remove = (also: Also, more: object = {}) =>
  stage.client.delete({ sandbox, name: 'orders', also, ...more });

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
    const { resources } = await (await stage.client.start(legacyOrders(sandbox))).result();
    for (const also of combinations.filter((one) => lacking(one).length > 0)) {
      const { type, message, details } = await failureOf({ result: () => remove(also) });
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
    expect(requestsIn(stage, sandbox, { method: 'DELETE' })).toEqual([]);
    expect(ours()).toEqual(oneOfNine);
  });

  it('takes one kind after the other too, each when nothing uses it any more', async () => {
    await (await stage.client.start(legacyOrders(sandbox))).result();
    await remove([]);
    await remove(['dataset']);
    await remove(['schema']);
    await remove(['adHocSchema']);
    await remove(['adHocClass']);
    expect(ours()).toEqual({ mappingSets: 1 });
  });

  it('takes all of it at once', async () => {
    await (await stage.client.start(legacyOrders(sandbox))).result();
    await remove([...kinds]);
    expect(ours()).toEqual({ mappingSets: 1 });
  });

  it('is refused beside "only", which names all that goes', async () => {
    const told = await failureOf({ result: () => remove(['dataset'], { only: ['some-id'] }) });
    expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field: 'also' }] } });
  });
});
