import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findConnector } from '../../emulator/data/connectors.ts';
import { authTypesOf, paramsOf } from '../../src/definition/auth-types.ts';
import { checkAuth, checkConnection } from '../../src/definition/connection-rules.ts';
import {
  connectionId,
  connectionWorkflowId,
  existingConnection,
  givenConnection,
  isSecretReference,
  secretReference,
  withBaseConnection,
} from '../../src/definition/connection.ts';
import { connectorNames, connectors } from '../../src/definition/connectors.ts';
import { suggestions } from '../../src/definition/nearest.ts';
import { writtenSecrets } from '../../src/definition/secrets.ts';
import { readShape } from '../../src/definition/shape.ts';
import { fieldsOf, messageAt, parsed, problemsOf, sample } from './sample.ts';

const { baseConnectionId, ...source } = sample.source;
const withConnection = (connection: unknown) => ({ ...sample, source: { ...source, connection } });

describe('the base connection of a source', () => {
  test.each([baseConnectionId, { name: 'Warehouse' }])('may be given as %j', (connection) => {
    expect(parsed(withConnection(connection)).source.connection).toStrictEqual(connection);
  });

  test('is given once: its id beside it is one too many', () => {
    const both = { ...sample, source: { ...sample.source, connection: { name: 'Warehouse' } } };
    expect(problemsOf(both)).toEqual([
      {
        field: 'source.baseConnectionId',
        message: 'must not be given beside connection: one of the two',
      },
    ]);
  });

  test('is made of no connector that has none, and a misspelt connector is told with the nearest', () => {
    const told: string[] = [];
    const report = (field: string, message: string) => told.push(`${field}: ${message}`);
    const auth = { type: 'Basic Authentication', params: {} };
    const asked = { sandbox: 'prod', name: 'Zone', connector: 'data-landing-zone', auth } as const;
    checkConnection(asked, '', report, () => false, suggestions());
    expect(told).toEqual(['connector: needs none: Data Landing Zone has no base connection']);
    const { problems } = readShape({ connector: 'mysqll' }, z.object({ connector: z.enum(connectorNames) }));
    expect(problems).toMatchObject([
      { field: 'connector', message: 'is not a connector known here; did you mean "mysql"?' },
    ]);
  });

  test('has to be left out where the connector has none', () => {
    const zone = {
      connector: 'data-landing-zone',
      format: 'json',
      path: 'orders',
      params: { type: 'folder' },
      connection: { name: 'Warehouse' },
    };
    expect(fieldsOf({ ...sample, source: zone })).toContain('source.connection');
  });

  test.each<[string, unknown, string, string]>([
    [
      'of another kind',
      7,
      'source.connection',
      'must be the id of a base connection, {"name"} of one, or {"name", "auth"} of one that is made, not 7',
    ],
    ['a name that is no text', { name: 7 }, 'source.connection.name', 'must be text, not 7'],
    [
      'without a name',
      {},
      'source.connection.name',
      "is required. The base connection's name in AEP, which must be the only one of it.",
    ],
    [
      'a name where an id belongs',
      'My connection',
      'source.connection',
      'must be an id: letters, digits, hyphens and underscores only. A name is given as {"name": "…"}',
    ],
    ['a name that no part has', { name: 'a,b' }, 'source.connection.name', 'must have '],
    ['with a misspelt key', { nam: 'x' }, 'source.connection.nam', 'is not known; did you mean "name"?'],
    ['with a placeholder', '{BASE_CONNECTION_ID}', 'source.connection', 'still has the placeholder'],
  ])('is told to be wrong where it is %s', (_, connection, field, message) => {
    expect(fieldsOf(withConnection(connection))).toContain(field);
    expect(messageAt(withConnection(connection), field)).toContain(message);
  });

  test('loses what a typed client leaves empty', () => {
    expect(parsed({ ...sample, source: { ...sample.source, connection: null } }).source).toStrictEqual(
      sample.source,
    );
  });
});

const password = 'k9-Canary/of+all=secrets';
const basic = {
  server: 'db.example.com',
  port: 3306,
  database: 'shop',
  username: 'loader',
  password: { secret: 'env:SHOP_PASSWORD' },
};
const mysql = (auth: unknown, more: object = {}) => ({
  ...sample,
  source: { ...source, connector: 'mysql', connection: { name: 'Shop', auth }, ...more },
});
const basicAuth = (params: object) => mysql({ type: 'Basic Authentication', params });

describe('a base connection that is made', () => {
  test('has the params of its authentication type, and secrets that are referred to', () => {
    const definition = basicAuth(basic);
    expect(parsed(definition)).toStrictEqual(definition);
    const fromFile = basicAuth({
      ...basic,
      username: { secret: 'env:USER' },
      password: { secret: 'file:/run/secrets/p' },
    });
    expect(problemsOf(fromFile)).toEqual([]);
  });

  test('is told all params that are missing, and of misspelt ones what was meant', () => {
    const { password: _, server: __, ...rest } = basic;
    const { port: ___, ...left } = { ...rest, prt: 3306 };
    expect(problemsOf(basicAuth(left)).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'source.connection.auth.params.prt: is not known; did you mean "port"?',
      'source.connection.auth.params.server: is required for "Basic Authentication"',
      'source.connection.auth.params.port: is required for "Basic Authentication"',
      'source.connection.auth.params.password: is required for "Basic Authentication": {"secret": "env:NAME"} or {"secret": "file:/run/secrets/NAME"}',
    ]);
  });

  test('is told the authentication types of its connector', () => {
    expect(messageAt(mysql({ type: 'Basic Auth', params: {} }), 'source.connection.auth.type')).toBe(
      'must be "Connection String Based Authentication" or "Basic Authentication", as AEP writes it for MySQL; did you mean "Basic Authentication"? For one that is not known here give source.connectionSpec instead of source.connector',
    );
    const { connector: _, ...spec } = mysql({ type: 'Brand New', params: { host: 'x' } }).source;
    const connectionSpec = { id: '26d738e0-8963-47ea-aadf-c60de735468a' };
    expect(problemsOf({ ...sample, source: { ...spec, connectionSpec } })).toEqual([]);
  });

  test('has a name that its workflow id can have', () => {
    const named = (name: string) => ({
      ...sample,
      source: {
        ...mysql({ type: 'Basic Authentication', params: basic }).source,
        connection: { name, auth: { type: 'Basic Authentication', params: basic } },
      },
    });
    expect(messageAt(named('a/b'), 'source.connection.name')).toContain('no slash');
    expect(messageAt(named('ä'.repeat(150)), 'source.connection.name')).toContain('workflow id');
  });

  test.each<[string, unknown]>([
    ['a secret param', basicAuth({ ...basic, password })],
    ['a reference', basicAuth({ ...basic, password: { secret: password } })],
    [
      'a reference with more beside it',
      basicAuth({ ...basic, password: { secret: 'env:X', value: password } }),
    ],
    ['a param of a type that is not known', mysql({ type: 'x', params: { apiKey: password } })],
    [
      'a connection string',
      mysql({
        type: 'Connection String Based Authentication',
        params: { connectionString: `Server=x;PWD=${password}` },
      }),
    ],
    ['a param that is no secret', basicAuth({ ...basic, server: `mysql://loader:k9-Canary@db` })],
    ['the place of the params', mysql({ type: 'Basic Authentication', params: password })],
    ['the place of auth', mysql(password)],
    ['a list', basicAuth({ ...basic, password: [password] })],
    [
      'an environment',
      {
        definition: basicAuth(basic),
        environments: { dev: { sandbox: 'dev', source: { connection: { auth: { params: { password } } } } } },
        environment: 'dev',
      },
    ],
  ])('is refused with a secret in %s, which is not shown, and told how to refer to it', (_, input) => {
    const problems = problemsOf(input);
    expect(JSON.stringify(problems)).not.toContain('Canary');
    expect(problems.map(({ message }) => message).join('\n')).toContain('{"secret": "env:NAME"}');
  });
});

describe('what is wrong with a base connection that is made', () => {
  const fields = (auth: unknown) =>
    fieldsOf(mysql(auth)).map((field) => field.replace(/^source\.connection\.auth/, ''));

  test.each<[string, unknown, string[]]>([
    ['no type', { params: {} }, ['.type']],
    ['params that are none', { type: 'Basic Authentication', params: 7 }, ['.params']],
    [
      'a param that is a list',
      { type: 'Basic Authentication', params: { ...basic, server: [1] } },
      ['.params.server'],
    ],
    [
      'one wrong param and no other',
      { type: 'Basic Authentication', params: { server: [1] } },
      ['.params.server', '.params.port', '.params.database', '.params.username', '.params.password'],
    ],
  ])('is told once, and all else beside it: %s', (_, auth, told) => {
    expect(fields(auth).toSorted()).toEqual(told.toSorted());
  });

  test('is told of its name where its credentials are wrong, and of no name that AEP has', () => {
    expect(fieldsOf(withConnection({ name: 'a/b' }))).toEqual([]);
    expect(fieldsOf(withConnection({ name: 'a/b', auth: 7 })).toSorted()).toEqual([
      'source.connection.auth',
      'source.connection.name',
    ]);
  });

  test('is told once of a connector that has none, and of nothing that is not said', () => {
    const told: string[] = [];
    const report = (field: string, message: string) => told.push(`${field}: ${message}`);
    const name = 'ä'.repeat(150);
    const auth = { type: 'x', params: {} };
    for (const asked of [
      { name },
      { sandbox: 'prod' },
      { sandbox: 'prod', name: 'Zone', connector: 'data-landing-zone', auth } as const,
    ])
      checkConnection(asked, 'source.connection.', report, () => false, suggestions());
    expect(told).toEqual([]);
  });

  test('is told with a suggestion only where there is a choice', () => {
    const told: string[] = [];
    const report = (field: string, message: string) => told.push(`${field}: ${message}`);
    const telling = { report, isWrong: () => false, suggest: suggestions() };
    const type = (name: string) => ({ name, required: [], optional: [], secrets: [] });
    checkAuth({ type: 'Tokn' }, [type('Token')], { title: 'Acme' }, '', telling);
    checkAuth(
      { type: 'zzz' },
      [type('Token'), type('Key')],
      { title: 'Acme', instead: 'Else.' },
      '',
      telling,
    );
    expect(told).toEqual([
      'type: must be "Token", as AEP writes it for Acme',
      'type: must be "Token" or "Key", as AEP writes it for Acme. Else.',
    ]);
  });
});

describe('how a base connection is known', () => {
  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ baseConnectionId: 'a' }, { field: 'source.baseConnectionId', id: 'a' }],
    [{ connection: 'b' }, { field: 'source.connection', id: 'b' }],
    [{ connection: { name: 'c' } }, { field: 'source.connection.name', name: 'c' }],
  ])('from %j', (given, known) => {
    expect(givenConnection(given)).toStrictEqual(known);
  });

  test('once it is there, and by which name and workflow', () => {
    const definition = parsed(sample);
    expect(withBaseConnection(definition, 'new')).toStrictEqual({
      ...definition,
      source: { ...definition.source, baseConnectionId: 'new' },
    });
    expect(connectionId({ sandbox: 'prod', name: 'Shop' })).toBe('prod/Shop');
    expect(connectionWorkflowId({ sandbox: 'prod', name: 'Shop' })).toBe('connection:prod:Shop');
  });

  test.each([
    ['an-id', []],
    [{ name: 'Shop' }, []],
    [{ nam: 'Shop' }, ['is not known; did you mean "name"?', expect.stringMatching(/^is required/)]],
    [7, ['must be the id of a base connection, or {"name"} of one, not 7']],
  ])('where one is to be there: %j', (given, messages) => {
    const { problems } = readShape({ connection: given }, z.object({ connection: existingConnection() }));
    expect(problems.map(({ message }) => message).toSorted()).toEqual(messages);
  });
});

test.each<[unknown, boolean]>([
  [{ secret: 'env:SHOP_PASSWORD' }, true],
  [{ secret: 'file:/run/secrets/p' }, true],
  [{ secret: 'hunter2' }, false],
  [{ secret: 7 }, false],
  [{ secret: ['env:A'] }, false],
  [{ secret: 'env:A', more: 1 }, false],
  ['env:A', false],
  [undefined, false],
  [null, false],
])('whether %j refers to a secret: %s', (value, is) => {
  expect(isSecretReference(value)).toBe(is);
});

test('a word that says where a secret is refers to it, and no other', () => {
  expect(secretReference('env:SHOP_PASSWORD')).toEqual({ secret: 'env:SHOP_PASSWORD' });
  expect(secretReference('hunter2')).toBeUndefined();
});

describe('the table of authentication types', () => {
  const all = connectorNames.flatMap((connector) =>
    authTypesOf(connector).map((type) => ({ connector, ...type })),
  );

  test('has one for each connector that has base connections', () => {
    const without = connectorNames.filter((name) => authTypesOf(name).length === 0);
    expect(without).toEqual(connectorNames.filter((name) => !connectors[name].baseConnection));
  });

  test('names no param twice, and no type', () => {
    for (const type of all) expect(new Set(paramsOf(type)).size).toBe(paramsOf(type).length);
    const names = all.map(({ connector, name }) => `${connector} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has for a secret what would be taken for one in a table that nobody knows', () => {
    const types = all.filter(({ secrets }) => secrets.length > 0);
    for (const { secrets } of types) {
      const params = Object.fromEntries(secrets.map((key) => [key, 'x']));
      const problems = writtenSecrets({ type: 'unknown', params }, 'unknown', []);
      expect(problems.map(({ field }) => field)).toEqual(secrets.map((key) => `params.${key}`));
    }
  });

  test('is the one that the emulator refuses by', () => {
    for (const { connector, name, required, optional, secrets } of all) {
      const theirs = findConnector(connectors[connector].id)!.auth.find(({ specName }) => specName === name);
      expect(theirs, connector).toEqual({ specName: name, params: required, optional, secrets });
    }
  });
});
