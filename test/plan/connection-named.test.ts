import { expect, test } from 'vitest';
import { connectionsFound } from '../../src/activities/connections/find.ts';
import { dataLakeSpecId } from '../../src/definition/connectors.ts';
import { notTheOnlyOne } from '../../src/plan/connection-named.ts';

const asked = { sandbox: 'prod', name: 'Warehouse' };
const one = (id: string, name: string, specId: string) => ({ id, name, connectionSpec: { id: specId } });

const told = async (...all: ReturnType<typeof one>[]) =>
  notTheOnlyOne(asked, await connectionsFound(all, asked, {}));

test('a name that no base connection has, of whatever connector, is told with those that there are', async () => {
  const none = 'no base connection in the sandbox prod is called "Warehouse"';
  expect(await told()).toBe(`${none}, and there is no other`);
  const others = [one('a', 'Warehaus', 'mysql'), one('b', 'Shop', 'redshift')];
  const ofDatasets = one('c', 'Warehouses', dataLakeSpecId);
  expect(await told(...others, ofDatasets)).toBe(
    `${none}; there are "Shop", "Warehaus"; did you mean "Warehaus"?`,
  );
});

test('a name that several base connections have is told with their ids', async () => {
  expect(await told(one('a', 'Warehouse', 'mysql'), one('b', 'Warehouse', 'redshift'))).toBe(
    '2 base connections in the sandbox prod are called "Warehouse": give the id of one instead, of a, b',
  );
});
