import { expect, test } from 'vitest';
import { digestOf } from '../../src/plan/digest.ts';
import type { Step } from '../../src/plan/plan.ts';
import type { JsonObject, Observed } from '../../src/resources/resource.ts';

const step: Step = { kind: 'dataset', action: 'update', id: 'd', reason: 'Why', changes: [], needs: [] };
const there: Observed = { id: 'd', name: 'Orders', description: 'All', fields: { schema: 's', state: 'x' } };
const body: JsonObject = { name: 'Orders', state: 'enabled' };
const digest = (ofStep: Partial<Step> = {}, ofThere: Partial<Observed> = {}, ofBody: JsonObject = {}) =>
  digestOf([{ ...step, ...ofStep }], [{ ...there, ...ofThere }], [{ ...body, ...ofBody }]);

test('a digest is another one for whatever a person who reads the plan agrees to', () => {
  const digests = [
    digest(),
    digest({ kind: 'schema' }),
    digest({ action: 'replace' }),
    digest({ id: 'e' }),
    digest({ changes: [{ field: 'dataset.name', from: 'a', to: 'b' }] }),
    digest({}, { id: 'e' }),
    digest({}, { name: 'Others' }),
    digest({}, { description: 'Some' }),
    digest({}, { fields: { schema: 't', state: 'x' } }),
    digest({}, {}, { name: 'Others' }),
    digest({}, {}, { state: 'disabled' }),
    digestOf([], [there], [body]),
    digestOf([step], [], [body]),
    digestOf([step], [there], []),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  for (const one of digests) expect(one).toMatch(/^[0-9a-f]{64}$/);
});

test('a digest is the same whatever state the flow is in, when its resources were made, and how the plan is worded', () => {
  expect(digest({ reason: 'Therefore', needs: ['schema'] })).toBe(digest());
  expect(digest({}, { fields: { state: 'y', schema: 's' }, createdAt: 1 })).toBe(digest());
});
