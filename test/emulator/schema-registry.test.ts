import { expect, test } from 'vitest';
import { databasesSchema } from './bodies.ts';
import { Client, nextPage, rehearsal, token } from './client.ts';

const { emulator, client } = await rehearsal();

const xed = { accept: 'application/vnd.adobe.xed+json;version=1' };
const xedFull = { accept: 'application/vnd.adobe.xed-full+json; version=1' };
const xedId = { accept: 'application/vnd.adobe.xed-id+json' };
const context = 'https://ns.adobe.com/xdm/context/';
const path = (id: string): string => `/schemaregistry/tenant/schemas/${encodeURIComponent(id)}`;

function schema(title: string, change: object = {}): object {
  return {
    title,
    description: `${title}, described`,
    type: 'object',
    allOf: [{ $ref: `${context}profile` }, { $ref: `${context}profile-person-details` }],
    ...change,
  };
}
const create = (body: object) => client.post('/schemaregistry/tenant/schemas', body);

test('a schema is made of a class and field groups, and is found by its id and by its other id', async () => {
  const made = await create(schema('Orders'));
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    $id: expect.stringMatching(/^https:\/\/ns\.adobe\.com\/emulator\/schemas\/[0-9a-f]{48}$/),
    'meta:altId': expect.stringMatching(/^_emulator\.schemas\./),
    'meta:class': `${context}profile`,
    version: '1.0',
    'meta:registryMetadata': { eTag: expect.any(String) },
  });
  for (const id of [made.body.$id, made.body['meta:altId']]) {
    const read = await client.get(path(id), xed);
    expect(read).toMatchObject({
      status: 200,
      body: { $id: made.body.$id, description: 'Orders, described' },
    });
    expect(read.body.allOf).toHaveLength(2);
  }
  const full = await client.get(path(made.body.$id), xedFull);
  expect(full.body.properties.person.properties.name.properties.fullName).toMatchObject({ type: 'string' });
  expect(full.body.properties).not.toHaveProperty('homeAddress');
  expect((await client.delete(path(made.body.$id))).status).toBe(204);
  expect(await client.get(path(made.body.$id), xed)).toMatchObject({
    status: 404,
    body: { type: 'http://ns.adobe.com/aep/errors/XDM-1012-404', title: 'Resource Not Found' },
  });
});

test('titles are unique across schemas, classes and field groups of a sandbox, and only there', async () => {
  const made = await create(schema('Taken'));
  const refusal = await create(schema('Taken'));
  expect(refusal).toMatchObject({
    status: 400,
    body: { type: expect.stringContaining('XDM-1521-400'), title: 'Title not unique' },
  });
  expect(refusal.body.detail).toContain(made.body.$id);
  const asClass = {
    title: 'Taken',
    type: 'object',
    allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/record' }],
  };
  expect((await client.post('/schemaregistry/tenant/classes', asClass)).status).toBe(400);
  const asGroup = { title: 'Taken', type: 'object', 'meta:intendedToExtend': [`${context}profile`] };
  expect((await client.post('/schemaregistry/tenant/fieldgroups', asGroup)).status).toBe(400);

  emulator.control.configure({ titleTaken: 'older' });
  const older = await create(schema('Taken'));
  emulator.control.configure({ titleTaken: 'newer' });
  expect(older.body).toMatchObject({ type: '/placeholder/type/uri', title: 'BadRequestError', status: 400 });
  expect(older.body.detail).toBe(
    `Title must be unique. An object ${made.body.$id} already exists with the same title.`,
  );

  const dev = new Client(emulator.url, await token(emulator.url), 'dev');
  expect((await dev.post('/schemaregistry/tenant/schemas', schema('Taken'))).status).toBe(201);
});

test('a list wants an Accept header without a version, a lookup one with a version', async () => {
  const listed = await client.get('/schemaregistry/tenant/schemas', xed);
  expect(listed).toMatchObject({
    status: 400,
    body: { type: 'http://ns.adobe.com/aep/errors/XDM-1006-400' },
  });
  const looked = await client.get(path(databasesSchema), xedId);
  expect(looked).toMatchObject({
    status: 400,
    body: { type: 'http://ns.adobe.com/aep/errors/XDM-1007-400' },
  });
  expect((await client.get(path(databasesSchema), { accept: '*/*' })).status).toBe(400);
  expect(
    (await client.get(path(databasesSchema), { accept: 'application/vnd.adobe.xed+json;version=2' })).status,
  ).toBe(404);
});

test('a list is filtered by title, ordered, and paged by the last sort value', async () => {
  for (const title of ['Page C', 'Page A', 'Page B']) await create(schema(title));
  const found = await client.get('/schemaregistry/tenant/schemas?property=title==Page%20B', xedId);
  expect(found.body.results).toEqual([
    { $id: expect.any(String), 'meta:altId': expect.any(String), version: '1.0', title: 'Page B' },
  ]);
  expect((await client.get('/schemaregistry/tenant/schemas?limit=2', xedId)).status).toBe(400);
  const first = await client.get('/schemaregistry/tenant/schemas?orderby=title&limit=2&start=P', xedId);
  expect(first.body.results.map((one: { title: string }) => one.title)).toEqual(['Page A', 'Page B']);
  const next = await client.get(`/schemaregistry${nextPage(first)}`, xedId);
  expect(next.body.results[0].title).toBe('Page C');
});

test('a schema without a title, without a class, with two, or with an unknown reference is refused', async () => {
  const classes = [{ $ref: `${context}profile` }, { $ref: `${context}experienceevent` }];
  expect((await create(schema(''))).status).toBe(400);
  expect((await create(schema('Classless', { allOf: [] }))).status).toBe(400);
  expect((await create(schema('Two classes', { allOf: classes }))).status).toBe(400);
  expect((await create(schema('Unknown', { allOf: [{ $ref: `${context}no-such-thing` }] }))).status).toBe(
    400,
  );
});

test('an ad-hoc class keeps its fields under a key of its own, and a schema can be made of it', async () => {
  const fields = { type: 'object', properties: { field1: { type: 'string' } } };
  const made = await client.post('/schemaregistry/tenant/classes', {
    title: 'New ad-hoc class',
    type: 'object',
    allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }, { properties: { _adhoc: fields } }],
  });
  const namespace = `_${String(made.body.$id).split('/').at(-1)}`;
  expect(made).toMatchObject({ status: 201, body: { 'meta:datasetNamespace': namespace } });
  expect(made.body.allOf[1].properties[namespace].properties.field1).toEqual({
    type: 'string',
    'meta:xdmType': 'string',
  });
  const ofIt = await create({ title: 'New ad-hoc schema', type: 'object', allOf: [{ $ref: made.body.$id }] });
  expect(ofIt).toMatchObject({
    status: 201,
    body: { 'meta:class': made.body.$id, 'meta:datasetNamespace': namespace },
  });
  const inUse = await client.delete(`/schemaregistry/tenant/classes/${encodeURIComponent(made.body.$id)}`);
  expect(inUse.status).toBe(400);
});

test('a schema can be replaced and patched, but loses no field while a dataset uses it', async () => {
  const made = await create(schema('Growing'));
  const patch = [{ op: 'add', path: '/allOf/-', value: { $ref: `${context}profile-personal-details` } }];
  expect(await client.patch(path(made.body.$id), patch)).toMatchObject({
    status: 200,
    body: { version: '1.1', $id: made.body.$id },
  });
  const renamed = await client.call('PUT', path(made.body.$id), { body: schema('Grown') });
  expect(renamed).toMatchObject({ status: 200, body: { title: 'Grown', version: '1.2' } });

  const lesser = [{ op: 'remove', path: '/allOf/1' }];
  expect((await client.patch(path(databasesSchema), lesser)).status).toBe(400);
  expect((await client.delete(path(databasesSchema))).status).toBe(400);
});

test('the standard classes and field groups are there, with their fields', async () => {
  const classes = await client.get('/schemaregistry/global/classes', xedId);
  expect(classes.body.results.map((one: { $id: string }) => one.$id)).toContain(`${context}experienceevent`);
  const group = await client.get(
    '/schemaregistry/global/fieldgroups/_xdm.context.profile-personal-details',
    xedFull,
  );
  expect(group.body.properties.mobilePhone.properties.number).toMatchObject({ type: 'string' });
});

test('descriptors are made, listed by type, replaced and deleted', async () => {
  const body = {
    '@type': 'xdm:descriptorIdentity',
    'xdm:sourceSchema': databasesSchema,
    'xdm:sourceVersion': 1,
    'xdm:sourceProperty': '/personalEmail/address',
    'xdm:namespace': 'Email',
    'xdm:property': 'xdm:code',
    'xdm:isPrimary': false,
  };
  const made = await client.post('/schemaregistry/tenant/descriptors', body);
  expect(made).toMatchObject({
    status: 201,
    body: { ...body, '@id': expect.stringMatching(/^[0-9a-f]{40}$/) },
  });
  const one = `/schemaregistry/tenant/descriptors/${made.body['@id']}`;
  const ids = await client.get('/schemaregistry/tenant/descriptors', {
    accept: 'application/vnd.adobe.xdm-id+json',
  });
  expect(ids.body).toEqual({ 'xdm:descriptorIdentity': [made.body['@id']] });
  expect((await client.get('/schemaregistry/tenant/descriptors', xed)).body.type).toContain('XDM-1008-400');
  expect((await client.get(one, xed)).body.type).toContain('XDM-1009-400');
  expect((await client.call('PUT', one, { body: { ...body, 'xdm:isPrimary': true } })).status).toBe(200);
  expect((await client.get(one, { accept: 'application/vnd.adobe.xdm+json' })).body['xdm:isPrimary']).toBe(
    true,
  );
  expect((await client.delete(one)).status).toBe(204);
  expect((await client.delete(one)).status).toBe(404);
  expect(
    (await client.post('/schemaregistry/tenant/descriptors', { ...body, 'xdm:sourceSchema': 'nope' })).status,
  ).toBe(400);
});

test('a list of descriptors comes in pages where the header has -v2', async () => {
  const { body: parent } = await create(schema('Paged'));
  for (const property of ['/_id', '/person/name/firstName', '/person/name/lastName'])
    await client.post('/schemaregistry/tenant/descriptors', {
      '@type': 'xdm:descriptorIdentity',
      'xdm:sourceSchema': parent.$id,
      'xdm:sourceVersion': 1,
      'xdm:sourceProperty': property,
      'xdm:namespace': 'Email',
      'xdm:property': 'xdm:code',
    });
  const ofSchema = encodeURIComponent(`xdm:sourceSchema==${parent.$id}`);
  const list = (accept: string, more = '') =>
    client.get(`/schemaregistry/tenant/descriptors?property=${ofSchema}${more}`, {
      accept: `application/vnd.adobe.${accept}+json`,
    });
  const whole = await list('xdm-v2');
  expect(whole.body).toMatchObject({
    results: [{ '@type': 'xdm:descriptorIdentity' }, {}, {}],
    _page: { next: null, count: 3 },
  });
  const ids = await list('xdm-v2-id');
  expect(ids.body.results.toSorted()).toEqual(
    whole.body.results.map((one: { '@id': string }) => one['@id']).toSorted(),
  );
  const first = await list('xdm-v2', '&orderby=xdm:sourceProperty&limit=2');
  expect(first.body['_page'].next).toBe('/person/name/firstName');
});

test('the statistics tell the tenant id', async () => {
  const stats = await client.get('/schemaregistry/stats');
  expect(stats.body).toMatchObject({ tenantId: 'emulator', counts: { schemas: expect.any(Number) } });
  // A list, one entry per class in use.
  const [profiles] = stats.body.classUsage;
  expect(profiles).toMatchObject({
    $id: 'https://ns.adobe.com/xdm/context/profile',
    title: 'XDM Individual Profile',
    numberOfSchemas: profiles.schemas.length,
  });
  expect(profiles.schemas[0]).toMatchObject({ title: expect.any(String), $id: expect.any(String) });
});

test('a global field group holds its fields in definitions, and in properties when it is expanded', async () => {
  const path = `/schemaregistry/global/fieldgroups/${encodeURIComponent('https://ns.adobe.com/xdm/context/profile-person-details')}`;
  const look = async (accept: string) => (await client.get(path, { accept })).body;
  expect(await look('application/vnd.adobe.xed+json; version=1')).toMatchObject({
    title: 'Demographic Details',
    'meta:resourceType': 'mixins',
    'meta:intendedToExtend': ['https://ns.adobe.com/xdm/context/profile'],
    definitions: { 'profile-person-details': { properties: { person: { type: 'object' } } } },
    allOf: [{ $ref: '#/definitions/profile-person-details' }],
    'meta:registryMetadata': { eTag: expect.any(String) },
  });
  const full = await look('application/vnd.adobe.xed-full+json; version=1');
  expect(full.properties.person.properties.name.type).toBe('object');
  expect(full).not.toHaveProperty('allOf');
  const list = await client.get(
    '/schemaregistry/global/fieldgroups?property=meta:intendedToExtend==https://ns.adobe.com/xdm/context/profile',
    { accept: 'application/vnd.adobe.xdm+json' },
  );
  expect(list.body.results.length).toBeGreaterThan(2);
  expect(list.body.results[0]).toHaveProperty('definitions');
});
