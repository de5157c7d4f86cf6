import { describe, expect, test } from 'vitest';
import { gather } from '../../src/aep/collection.ts';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const schemaId = 'https://ns.adobe.com/tenant/schemas/26f6833e';

describe('the Schema Registry', () => {
  const base = '/data/foundation/schemaregistry';

  test('makes a schema or a class in the tenant container and gives its $id', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 201, { $id: schemaId, 'meta:altId': '_tenant.schemas.26f6833e', version: '1.0' }),
    );
    expect(await aep.schemaRegistry.schemas.create(call, { title: 'Orders' })).toEqual({ id: schemaId });
    await aep.schemaRegistry.classes.create(call, { title: 'Orders ad hoc' });
    expect(requests.map(({ path }) => path)).toEqual([`${base}/tenant/schemas`, `${base}/tenant/classes`]);
  });

  test.each([
    [schemaId, `${base}/tenant/schemas/${encodeURIComponent(schemaId)}`],
    ['_tenant.schemas.26f6833e', `${base}/tenant/schemas/_tenant.schemas.26f6833e`],
    [
      'https://ns.adobe.com/xdm/context/profile',
      `${base}/global/schemas/${encodeURIComponent('https://ns.adobe.com/xdm/context/profile')}`,
    ],
  ])('shows %s as it is stored', async (id, path) => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { $id: id, title: 'Orders' }),
    );
    expect(await aep.schemaRegistry.schemas.get(call, id)).toEqual({ $id: id, title: 'Orders' });
    expect(requests[0]?.path).toBe(path);
    expect(requests[0]?.headers.accept).toBe('application/vnd.adobe.xed+json; version=1');
  });

  test('finds the one of a title, over pages, and shows it whole', async () => {
    const { aep, requests } = await fakeAep((request, response) => {
      if (request.path.endsWith(encodeURIComponent(schemaId))) {
        json(response, 200, { $id: schemaId, title: 'Orders', description: 'with its mark' });
      } else if (request.query.get('start') === 'Order') {
        json(response, 200, { results: [{ $id: schemaId, title: 'Orders' }], _page: { next: null } });
      } else {
        json(response, 200, {
          results: [{ $id: 'https://ns.adobe.com/other', title: 'orders' }],
          _page: { next: 'Order' },
        });
      }
    });
    expect(await aep.schemaRegistry.schemas.findByTitle(call, 'Orders')).toMatchObject({
      description: 'with its mark',
    });
    expect([...(requests[0]?.query ?? [])]).toEqual([
      ['property', 'title==Orders'],
      ['orderby', 'title'],
    ]);
    expect(requests[0]?.headers.accept).toBe('application/vnd.adobe.xed-id+json');
    expect(requests).toHaveLength(3);
  });

  test('is asked for all titles where the title could mean something else in a filter', async () => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, { results: [], _page: {} }));
    expect(await aep.schemaRegistry.classes.findByTitle(call, 'a, b')).toBeUndefined();
    expect([...(requests[0]?.query ?? [])]).toEqual([['orderby', 'title']]);
  });

  test('whose next page is the one just read ends the search', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { results: [], _page: { next: 'x' } }),
    );
    expect(await aep.schemaRegistry.schemas.findByTitle(call, 'Orders')).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  test('deletes', async () => {
    const { aep, requests } = await fakeAep((_, response) => response.writeHead(204).end());
    expect(await aep.schemaRegistry.schemas.remove(call, schemaId)).toBe(true);
    expect(requests[0]).toMatchObject({
      method: 'DELETE',
      path: `${base}/tenant/schemas/${encodeURIComponent(schemaId)}`,
    });
  });
});

describe('the fields of a class, a field group or a schema', () => {
  const base = '/data/foundation/schemaregistry';
  const own = 'https://ns.adobe.com/tenant/mixins/6ece98e9';
  const adobes = 'https://ns.adobe.com/experience/profile-extension';

  test('are read with their references resolved, and Adobe’s own where an organisation’s would be not there', async () => {
    const { aep, requests } = await fakeAep(({ path }, response) =>
      path.includes('/tenant/') && path.endsWith(encodeURIComponent(adobes))
        ? json(response, 404, { type: 'http://ns.adobe.com/aep/errors/XDM-1012-404', status: 404 })
        : json(response, 200, { $id: adobes, properties: {} }),
    );
    const { fieldGroups, classes } = aep.schemaRegistry;
    await fieldGroups.expanded(call, own);
    expect(await fieldGroups.expanded(call, adobes)).toMatchObject({ $id: adobes });
    await classes.expanded(call, 'https://ns.adobe.com/xdm/context/profile');
    expect(requests.map(({ path }) => path)).toEqual([
      `${base}/tenant/fieldgroups/${encodeURIComponent(own)}`,
      `${base}/tenant/fieldgroups/${encodeURIComponent(adobes)}`,
      `${base}/global/fieldgroups/${encodeURIComponent(adobes)}`,
      `${base}/global/classes/${encodeURIComponent('https://ns.adobe.com/xdm/context/profile')}`,
    ]);
    expect(requests[0]?.headers.accept).toBe('application/vnd.adobe.xed-full+json; version=1');
  });

  test('are not there where neither has them', async () => {
    const { aep } = await fakeAep((_, response) =>
      json(response, 404, { status: 404, title: 'NotFoundError' }),
    );
    expect(await aep.schemaRegistry.schemas.expanded(call, own)).toBeUndefined();
  });

  test('can be told by the ids of all', async () => {
    const { aep } = await fakeAep(({ path }, response) =>
      json(response, 200, { results: [{ $id: path.includes('/global/') ? adobes : own }], _page: {} }),
    );
    expect(await aep.schemaRegistry.fieldGroups.ids(call)).toEqual([adobes, own]);
  });
});

describe('Catalog', () => {
  const base = '/data/foundation/catalog/dataSets';
  const id = '5ba9452f7de80400007fc52a';

  test.each([`@/dataSets/${id}`, `@/datasets/${id}`, id])(
    'makes a dataset, and %s gives the bare id',
    async (reference) => {
      const { aep, requests } = await fakeAep((_, response) => json(response, 201, [reference]));
      expect(await aep.catalog.datasets.create(call, { name: 'Orders' })).toEqual({ id });
      expect(requests[0]).toMatchObject({ method: 'POST', path: base });
      expect(requests[0]?.query.get('requestDataSource')).toBe('true');
    },
  );

  test.each([[[]], [{}], [['@/dataSets/']], [[`@/dataSets/${id}/views/x`]]])(
    'does not say what it made with %j: doubt',
    async (body) => {
      const { aep } = await fakeAep((_, response) => json(response, 201, body));
      expect(await errorOf(aep.catalog.datasets.create(call, {}))).toMatchObject({
        created: 'unknown',
        code: 'UNREADABLE',
      });
    },
  );

  test('shows a dataset with its id, which is only the key of the answer', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { [id]: { name: 'Orders', tags: {} } }),
    );
    expect(await aep.catalog.datasets.get(call, id)).toEqual({ id, name: 'Orders', tags: {} });
    expect(requests[0]?.path).toBe(`${base}/${id}`);
  });

  test('lists by name, a hundred at a time', async () => {
    const all = Array.from({ length: 150 }, (_, index) => [
      `${index}`.padStart(24, 'a'),
      { name: index % 50 ? 'other' : 'Orders' },
    ]);
    const { aep, requests } = await fakeAep((request, response) => {
      const start = Number(request.query.get('start'));
      json(response, 200, Object.fromEntries(all.slice(start, start + 100)));
    });
    const found = await aep.catalog.datasets.list(call, { name: 'Orders' });
    expect(found.map((dataset) => dataset['id'])).toEqual(
      ['0', '50', '100'].map((tail) => tail.padStart(24, 'a')),
    );
    expect(requests.map(({ query }) => query.get('start'))).toEqual(['0', '100']);
    expect(requests[0]?.query.get('name')).toBe('Orders');
    expect(requests[0]?.query.get('limit')).toBe('100');
  });

  test('is asked for every dataset where a name holds its wildcard or its "or"', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { [id]: { name: 'a*, b' } }),
    );
    expect(await aep.catalog.datasets.list(call, { name: 'a*, b' })).toHaveLength(1);
    expect(requests[0]?.query.has('name')).toBe(false);
  });

  test.each<[string, unknown, boolean]>([
    ['what is there', [`@/dataSets/${id}`], true],
    ['what is not, which it says with an empty list', [], false],
  ])('deletes %s', async (_, body, removed) => {
    const { aep } = await fakeAep((_, response) => json(response, 200, body));
    expect(await aep.catalog.datasets.remove(call, id)).toBe(removed);
  });
});

describe('Data Prep', () => {
  const base = '/data/foundation/conversion/mappingSets';

  test('makes a mapping set with 200, not 201', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { id: '4f2', version: 0, createdDate: 1 }),
    );
    expect(await aep.dataPrep.mappingSets.create(call, { mappings: [] })).toEqual({ id: '4f2' });
    expect(requests[0]).toMatchObject({ method: 'POST', path: base });
  });

  test('lists by name, over pages as large as it makes them', async () => {
    const { aep, requests } = await fakeAep((request, response) => {
      const start = Number(request.query.get('start'));
      const data = ['a', 'b', 'c'].slice(start, start + 2).map((id) => ({ id, name: 'Orders' }));
      json(response, 200, { data, _page: { count: 3, limit: 2 } });
    });
    const found = await aep.dataPrep.mappingSets.list(call, { name: 'Orders' });
    expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(requests.map(({ query }) => query.get('start'))).toEqual(['0', '2']);
    expect(requests[0]?.query.get('name')).toBe('Orders');
  });

  test('lists the newest first, with or without names', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { data: [{ id: 'b' }, { id: 'a', name: null }] }),
    );
    const pages = await gather(aep.dataPrep.mappingSets.newest(call));
    expect(pages).toHaveLength(2);
    expect([...(requests[0]?.query ?? [])]).toEqual([
      ['orderBy', '-createdDate'],
      ['limit', '100'],
      ['start', '0'],
    ]);
  });

  test.each([0, 1, 6, 7, 1_000])(
    'finds the newest of %i versions more than AEP shows, in few steps',
    async (last) => {
      const { aep, requests } = await fakeAep((request, response) => {
        const version = Number(request.query.get('version') ?? 0);
        if (version > last) json(response, 404, { title: 'Not found' });
        else json(response, 200, { id: '4f2', version });
      });
      expect(await aep.dataPrep.mappingSets.getNewest(call, '4f2')).toMatchObject({ version: last });
      expect(requests.length).toBeLessThan(24);
    },
  );

  test('is not asked for ever for newer versions by an AEP that answers with whatever is asked for', async () => {
    const { aep, requests } = await fakeAep((request, response) =>
      json(response, 200, { id: '4f2', version: Number(request.query.get('version') ?? 0) }),
    );
    await aep.dataPrep.mappingSets.getNewest(call, '4f2');
    expect(requests.length).toBeLessThan(24);
  });

  test.each([
    ['a list of rows', [{ data: { _id: '1' }, errors: null }], [{ data: { _id: '1' }, errors: [] }]],
    ['one row', { data: { _id: '1' } }, [{ data: { _id: '1' }, errors: [] }]],
    [
      'errors of any form',
      [{ data: null, errors: [{ destination: '_id', exception: 'no' }, 'odd', null, 5] }],
      [
        {
          data: {},
          errors: [{ destination: '_id', why: 'no' }, { why: 'odd' }, { why: 'null' }, { why: '5' }],
        },
      ],
    ],
  ])('previews rows, whether AEP answers %s', async (_, answer, told) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, answer));
    const rows = [{ a: 1 }];
    expect(await aep.dataPrep.mappingSets.preview(call, rows, { mappings: [] })).toEqual(told);
    expect(requests[0]).toMatchObject({ method: 'POST', path: `${base}/preview` });
  });

  test('shows one', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { id: '4f2', mappings: [] }),
    );
    expect(await aep.dataPrep.mappingSets.get(call, '4f2')).toEqual({ id: '4f2', mappings: [] });
    expect(requests[0]?.path).toBe(`${base}/4f2`);
  });
});
