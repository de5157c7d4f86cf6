import { expect, test } from 'vitest';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const hourMs = 3_600_000;

/** AEP's clock, as it is told by a `Date` header that is this far from ours. */
async function nowAfter(headerOf: () => string): Promise<number> {
  const { aep } = await fakeAep((_, response) => json(response, 404, {}, { date: headerOf() }));
  await errorOf(aep.flowService.flows.create(call, {}));
  return aep.now() - Date.now();
}
const ahead = (ms: number) => () => new Date(Date.now() + ms).toUTCString();

test.each([
  ['ahead', 5 * hourMs],
  ['behind', -5 * hourMs],
])("AEP's clock counts where it is hours %s of ours", async (_, ms) => {
  expect(Math.abs((await nowAfter(ahead(ms))) - ms)).toBeLessThan(2_000);
});

test.each([
  ['a year ahead', ahead(365 * 24 * hourMs)],
  ['of 1970', () => new Date(0).toUTCString()],
  ['that is nonsense', () => 'yesterday'],
])('a Date header %s is no clock: ours counts', async (_, header) => {
  expect(Math.abs(await nowAfter(header))).toBeLessThan(50);
});
