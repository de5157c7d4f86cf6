import { expect, test } from 'vitest';
import { authTypesOf, authTypeWith } from '../../src/definition/auth-types.ts';
import { connectorNames } from '../../src/definition/connectors.ts';

test('the params of an authentication type tell which it is, where not two have the same', () => {
  const others = connectorNames.flatMap((connector) =>
    authTypesOf(connector)
      .filter(({ name, required }) => authTypeWith(connector, required)?.name !== name)
      .map(({ name }) => `${connector}: ${name}`),
  );
  expect(others).toEqual([
    'snowflake: ConnectionString',
    'snowflake: Basic Authentication for Snowflake',
    'shopify: Access Token Based',
    'shopify: Basic Authentication',
  ]);
});

test('params of which one is missing, or is of no type, are of none', () => {
  expect(authTypeWith('ftp', ['host', 'userName', 'password'])?.name).toBe('Basic Authentication for FTP');
  expect(authTypeWith('ftp', ['host', 'userName'])).toBeUndefined();
  expect(authTypeWith('ftp', ['host', 'userName', 'password', 'port'])).toBeUndefined();
});
