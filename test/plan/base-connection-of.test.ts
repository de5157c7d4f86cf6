import { describe, expect, test } from 'vitest';
import { connectionsFound } from '../../src/activities/connections/find.ts';
import { baseConnectionOf } from '../../src/plan/base-connection-of.ts';
import { parsed, sample } from '../definition/sample.ts';

const { baseConnectionId: _, ...source } = sample.source;
const definition = parsed({ ...sample, source: { ...source, connection: { name: 'Warehouse' } } });
const bigQuery = '3c9b37f8-13a6-43d8-bad3-b863b941fedd';
const redshift = '3416976c-a9ca-4bba-901a-1f08f66978ff';

const one = (id: string, name = 'Warehouse', connectionSpecId = bigQuery, state = 'enabled') => ({
  id,
  name,
  state,
  connectionSpec: { id: connectionSpecId, version: '1.0' },
});

function factsAmong(all: ReturnType<typeof one>[]) {
  return baseConnectionOf(definition, {
    baseConnection: async () => null,
    connectionsNamed: async (name, specId) => connectionsFound(all, name, specId),
  });
}

describe('a base connection that is given by its name', () => {
  test('is the one of that name, and the definition has its id from then on', async () => {
    const { definition: found, ...facts } = await factsAmong([one('a'), one('b', 'Other')]);
    expect(facts).toEqual({ problems: [], isInitializing: false });
    expect(found).toEqual({ ...definition, source: { ...definition.source, baseConnectionId: 'a' } });
  });

  test('is the only one of the connector, whatever others have the name', async () => {
    const { definition: found, problems } = await factsAmong([one('a', 'Warehouse', redshift), one('b')]);
    expect(problems).toEqual([]);
    expect(found.source.baseConnectionId).toBe('b');
  });

  test('may be initializing, and is waited for by whoever needs it', async () => {
    expect(await factsAmong([one('a', 'Warehouse', bigQuery, 'initializing')])).toMatchObject({
      problems: [],
      isInitializing: true,
    });
  });

  test.each<[string, ReturnType<typeof one>[], string]>([
    [
      'nothing has it',
      [],
      'no base connection in the sandbox prod is called "Warehouse", and there is none of google-bigquery',
    ],
    [
      'others are there',
      [one('a', 'Warehaus'), one('b', 'Archive'), one('c', 'Elsewhere', redshift)],
      'no base connection in the sandbox prod is called "Warehouse"; those of google-bigquery are "Archive", "Warehaus". Did you mean "Warehaus"?',
    ],
    [
      'two have it',
      [one('a'), one('b')],
      '2 base connections in the sandbox prod are called "Warehouse": give the id of one instead, of a, b',
    ],
    [
      'one of another connector has it',
      [one('a', 'Warehouse', redshift)],
      'a is a base connection of amazon-redshift, not of google-bigquery',
    ],
    ['it is disabled', [one('a', 'Warehouse', bigQuery, 'disabled')], 'a is disabled: it must be enabled'],
  ])('is a problem of the plan where %s', async (__, all, message) => {
    const { problems } = await factsAmong(all);
    expect(problems).toEqual([{ field: 'source.connection.name', message }]);
  });
});
