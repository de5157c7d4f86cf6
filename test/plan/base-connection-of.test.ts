import { describe, expect, test } from 'vitest';
import type { Aep } from '../../src/aep/aep.ts';
import { readCredentials } from '../../src/activities/connections/credentials.ts';
import { connectionsFound } from '../../src/activities/connections/find.ts';
import { createSecretSources } from '../../src/activities/connections/secret-sources.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { baseConnectionOf, problemsOfBaseConnection } from '../../src/plan/base-connection-of.ts';
import type { BaseConnection } from '../../src/plan/reads.ts';
import { withConnectionMark } from '../../src/resources/base-connection.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { fileSample, parsed, sample } from '../definition/sample.ts';

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

const readable = { variables: ['*'], directory: '/run/secrets' };

/** A worker that has one secret. */
const worker = {
  aep: {} as Aep,
  connectionSecrets: {
    sources: createSecretSources({ SHOP_PASSWORD: 'first', AEP_CLIENT_SECRET: 'own' }, readable),
    digestKey: 'a key of 16 signs',
  },
};

function factsAmong(
  all: JsonObject[],
  asked: Definition = definition,
  secrets: Partial<typeof worker> = worker,
) {
  return baseConnectionOf(asked, {
    baseConnection: async () => null,
    connectionsNamed: async (named) => connectionsFound(all, named, secrets),
  });
}

describe('a base connection that is given by its id', () => {
  const given = parsed(sample);
  const id = sample.source.baseConnectionId;
  const facts = (found: BaseConnection) =>
    baseConnectionOf(given, {
      baseConnection: async () => found,
      connectionsNamed: async () => Promise.reject(new Error('Nobody needs to know')),
    });

  test('is looked at, and the definition stays as it is', async () => {
    expect(await facts({ state: 'enabled', connectionSpecId: bigQuery })).toEqual({
      definition: given,
      problems: [],
      isInitializing: false,
    });
    expect(await facts({ state: 'initializing' })).toMatchObject({ problems: [], isInitializing: true });
  });

  test('has all its problems told at once, later again too', async () => {
    const found = { state: 'disabled', connectionSpecId: redshift };
    const field = 'source.baseConnectionId';
    const problems = [
      { field, message: `${id} is disabled: it must be enabled` },
      { field, message: `${id} is a base connection of amazon-redshift, not of google-bigquery` },
    ];
    expect((await facts(found)).problems).toEqual(problems);
    expect(problemsOfBaseConnection(given, found)).toEqual(problems);
    expect(problemsOfBaseConnection(given, null)).toHaveLength(1);
  });

  test('is none where the connector has none', async () => {
    const landing = { ...fileSample.source, connector: 'data-landing-zone', baseConnectionId: undefined };
    const none = parsed({ ...fileSample, source: landing });
    const unasked = async () => Promise.reject(new Error('Nobody needs to know'));
    expect(await baseConnectionOf(none, { baseConnection: unasked, connectionsNamed: unasked })).toEqual({
      definition: none,
      problems: [],
      isInitializing: false,
    });
    expect(problemsOfBaseConnection(none, null)).toEqual([]);
  });
});

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
      'no base connection in the sandbox prod is called "Warehouse"; those of google-bigquery are "Archive", "Warehaus"; did you mean "Warehaus"?',
    ],
    [
      'others are there, and none is like it',
      [one('b', 'Archive')],
      'no base connection in the sandbox prod is called "Warehouse"; those of google-bigquery are "Archive"',
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
    const facts = await factsAmong(all);
    expect(facts).toEqual({
      definition: expect.anything() as unknown,
      problems: [{ field: 'source.connection.name', message }],
      isInitializing: false,
    });
  });
});

describe('a base connection that is given with its credentials', () => {
  const mysql = '26d738e0-8963-47ea-aadf-c60de735468a';
  const auth = {
    type: 'Basic Authentication',
    params: {
      server: 'db.example.com',
      port: 3306,
      database: 'shop',
      username: 'loader',
      password: { secret: 'env:SHOP_PASSWORD' },
    },
  };
  const over = (params: object = {}) =>
    parsed({
      ...sample,
      source: {
        ...source,
        connector: 'mysql',
        connection: { name: 'Shop', auth: { ...auth, params: { ...auth.params, ...params } } },
      },
    });
  /** One that was made with the credentials that the worker has. */
  async function ours(changes: object = {}, isTested = true) {
    const asked = { sandbox: 'prod', name: 'Shop', connectionSpecId: mysql, auth, field: 'auth' };
    const { credentials } = await readCredentials(asked, worker.connectionSecrets);
    const mark = { connection: 'prod/Shop', nonce: 'abcd1234', credentials: credentials!.digest, isTested };
    return {
      ...one('a', 'Shop', mysql),
      auth: { specName: 'Basic Authentication', params: {} },
      description: withConnectionMark('', mark),
      ...changes,
    };
  }

  test('is to be made where AEP has none', async () => {
    expect(await factsAmong([], over())).toEqual({
      definition: over(),
      problems: [],
      step: {
        kind: 'baseConnection',
        action: 'create',
        reason: 'AEP has none of this name',
        changes: [],
        needs: [],
      },
      isInitializing: false,
    });
  });

  test('stays where it has these credentials', async () => {
    const { step, definition: found, isInitializing } = await factsAmong([await ours()], over());
    expect(step).toEqual({
      kind: 'baseConnection',
      action: 'keep',
      id: 'a',
      reason: 'It has these credentials',
      changes: [],
      needs: [],
    });
    expect([found.source.baseConnectionId, isInitializing]).toEqual(['a', false]);
    // What AEP does not tell is no difference.
    for (const untold of ['state', 'connectionSpec', 'auth'])
      // oxlint-disable-next-line no-await-in-loop
      expect((await factsAmong([await ours({ [untold]: undefined })], over())).step).toMatchObject({
        action: 'keep',
      });
  });

  test('is waited for where AEP does not know yet whether they are good, unless it is given others', async () => {
    const initializing = await ours({ state: 'initializing' });
    expect(await factsAmong([initializing], over())).toMatchObject({
      problems: [],
      step: { action: 'keep' },
      isInitializing: true,
    });
    expect(await factsAmong([initializing], over({ server: 'other.example.com' }))).toMatchObject({
      step: { action: 'update' },
      isInitializing: false,
    });
  });

  test('counts by the first of two, of which one took effect too late', async () => {
    const [late, first] = [await ours({ id: '0', createdAt: 2 }), await ours({ createdAt: 1 })];
    expect((await factsAmong([late, first], over())).step).toMatchObject({ id: 'a' });
    expect((await factsAmong([first, late], over())).step).toMatchObject({ id: 'a' });
    const [b, c] = [await ours({ id: 'b', createdAt: 1 }), await ours({ id: 'c', createdAt: 1 })];
    expect((await factsAmong([c, b], over())).step).toMatchObject({ id: 'b' });
    expect((await factsAmong([b, c], over())).step).toMatchObject({ id: 'b' });
    // One of somebody else's beside ours is in nobody's way.
    expect((await factsAmong([one('0', 'Shop', mysql), b], over())).step).toMatchObject({ id: 'b' });
  });

  test.each<[string, () => Promise<JsonObject>, object]>([
    ['another param', ours, { server: 'other.example.com' }],
    ['one param more', ours, { sslMode: 'DISABLED' }],
    ['another secret', ours, { password: { secret: 'env:OTHER_PASSWORD' } }],
    ['credentials that no test has passed', () => ours({}, false), {}],
  ])('is to be changed where the definition has %s', async (_, there, params) => {
    const rotated = {
      ...worker,
      connectionSecrets: {
        ...worker.connectionSecrets,
        sources: createSecretSources({ SHOP_PASSWORD: 'first', OTHER_PASSWORD: 'second' }, readable),
      },
    };
    const { step, problems } = await factsAmong([await there()], over(params), rotated);
    expect(problems).toEqual([]);
    expect(step).toMatchObject({
      action: 'update',
      id: 'a',
      reason:
        "It was given other credentials last, or such that have not passed AEP's test: a secret or another param has changed",
    });
  });

  test('is to be changed when the secret has, or the key', async () => {
    const { sources, digestKey } = worker.connectionSecrets;
    for (const connectionSecrets of [
      { digestKey, sources: createSecretSources({ SHOP_PASSWORD: 'second' }, readable) },
      { digestKey: 'another key that is long', sources },
    ])
      // oxlint-disable-next-line no-await-in-loop
      expect((await factsAmong([await ours()], over(), { connectionSecrets })).step).toMatchObject({
        action: 'update',
      });
  });

  test.each<[string, () => Promise<JsonObject>, Definition, string]>([
    [
      'somebody else has made one of this name',
      async () => one('a', 'Shop', mysql),
      over(),
      'source.connection.name: the base connection "Shop" (a) is there already, and was not made from a definition: leave auth out to use it as it is, or choose another name',
    ],
    [
      'it is one of another connector',
      () => ours({ connectionSpec: { id: redshift } }),
      over(),
      'source.connection.name: the base connection "Shop" (a) is one of amazon-redshift, not of mysql: choose another name',
    ],
    [
      'it has another authentication type',
      () => ours({ auth: { specName: 'Connection String Based Authentication' } }),
      over(),
      'source.connection.auth.type: the base connection "Shop" (a) was made with "Connection String Based Authentication", which AEP does not change: choose another name for one with "Basic Authentication"',
    ],
    [
      'it is disabled',
      () => ours({ state: 'disabled' }),
      over(),
      'source.connection.name: the base connection "Shop" (a) is disabled: it must be enabled',
    ],
    [
      "secrets are not there, or the worker's own",
      ours,
      over({ username: { secret: 'env:AEP_CLIENT_SECRET' }, password: { secret: 'env:NONE' } }),
      `source.connection.auth.params.username.secret: the variable AEP_CLIENT_SECRET is the worker's own: choose a name that begins otherwise
source.connection.auth.params.password.secret: the worker's environment has no variable NONE: set it, and start the worker again`,
    ],
    [
      'a file is nowhere',
      ours,
      over({ password: { secret: 'file:/run/secrets/none' } }),
      'source.connection.auth.params.password.secret: the worker has no file /run/secrets/none',
    ],
  ])('is a problem where %s', async (_, there, asked, told) => {
    const { problems, step, isInitializing } = await factsAmong([await there()], asked);
    expect(problems.map(({ field, message }) => `${field}: ${message}`).join('\n')).toBe(told);
    expect([step, isInitializing]).toEqual([undefined, false]);
  });

  test('is a problem where the worker has no key to notice changed secrets by', async () => {
    const { problems } = await factsAmong([await ours()], over(), {});
    expect(problems).toEqual([
      {
        field: 'source.connection.auth',
        message: expect.stringContaining('AEP_CONNECTION_DIGEST_KEY') as string,
      },
    ]);
  });
});
