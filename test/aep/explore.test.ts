import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const source = { connectionId: 'base' };
const column = { name: 'id', type: 'string', xdm: { type: 'string' } };

describe('a source', () => {
  test('is listed at its root and in a folder, in either form that pages show', async () => {
    const entry = { type: 'table', name: 'T', path: 'T' };
    const { aep, requests } = await fakeAep((request, response) =>
      json(response, 200, request.query.get('objectType') === 'root' ? [entry] : { items: [entry] }),
    );
    expect(await aep.explore.list(call, source)).toEqual([entry]);
    expect(await aep.explore.list(call, { connectionSpecId: 'spec' }, '/a b')).toEqual([entry]);
    expect(requests.map(({ path, query }) => [path, [...query]])).toEqual([
      ['/data/foundation/flowservice/connections/base/explore', [['objectType', 'root']]],
      [
        '/data/foundation/flowservice/connectionSpecs/spec/explore',
        [
          ['objectType', 'folder'],
          ['object', '/a b'],
        ],
      ],
    ]);
  });

  test('tells the columns of a table, and rows only where they are asked for', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { format: 'flat', schema: { columns: [column] }, data: [{ id: '1' }] }),
    );
    expect(await aep.explore.table(call, source, 'T', true)).toEqual({
      columns: [column],
      rows: [{ id: '1' }],
    });
    await aep.explore.table(call, source, 'T', false);
    expect(requests.map(({ query }) => query.get('preview'))).toEqual(['true', null]);
  });

  test('is asked how a file is written, or told, and never both', async () => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, [column]));
    expect(await aep.explore.file(call, source, '/a.csv', {})).toEqual({ columns: [column], rows: [] });
    await aep.explore.file(call, source, '/a.csv', { fileType: 'delimited', columnDelimiter: ';' });
    expect(requests.map(({ query }) => [query.get('determineProperties'), query.get('fileType')])).toEqual([
      ['true', null],
      [null, 'delimited'],
    ]);
  });

  test.each([
    ['nothing', {}],
    ['a schema of nested rows', { format: 'hierarchical', schema: { type: 'object', properties: {} } }],
    ['columns that are none', { schema: { columns: 'none' }, data: 5 }],
  ])('that answers %s tells no columns', async (_, answer) => {
    const { aep } = await fakeAep((_, response) => json(response, 200, answer));
    expect(await aep.explore.table(call, source, 'T', true)).toEqual({ columns: undefined, rows: [] });
  });

  test.each([400, 404, 500, 503])('that quotes credentials with a %d is not quoted', async (status) => {
    const { aep } = await fakeAep((_, response) =>
      json(response, status, {
        type: `https://ns.adobe.com/aep/errors/CONNECTOR-1001-${status}`,
        title: 'login failed with hunter2',
        status,
        report: { 'detailed-message': 'password hunter2', 'request-id': 'r1' },
      }),
    );
    const error = await errorOf(aep.explore.list(call, source));
    expect(inspect(error, { depth: Infinity })).not.toContain('hunter2');
    expect(error.message).toContain(`CONNECTOR-1001-${status}`);
    expect(error.message).toContain('request id r1');
  });
});
