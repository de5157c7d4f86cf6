import { describe, expect, test } from 'vitest';
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
      'must be the id of a base connection, or {"name"} of one, not 7',
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
