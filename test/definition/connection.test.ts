import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findConnector } from '../../emulator/data/connectors.ts';
import { authTypesOf, paramsOf } from '../../src/definition/auth-types.ts';
import { checkConnection } from '../../src/definition/connection-rules.ts';
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
    ['without a name', {}, 'source.connection.name', 'is required'],
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
