import { expect, test } from 'vitest';
import { databasesSchema, mappingSet } from './bodies.ts';
import { nextPage, rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });

const schemaRef = { id: databasesSchema, contentType: 'application/vnd.adobe.xed-full+json;version=1' };
const newer = (mappings: object[], change: object = {}): object => ({
  outputSchema: { schemaRef },
  mappings,
  ...change,
});
const attribute = (source: string, destination: string): object => ({
  sourceType: 'ATTRIBUTE',
  source,
  destination,
});
const create = (body: object) => client.post('/conversion/mappingSets', body);

test('both generations of the body are taken, answered with 200, and read back in one shape', async () => {
  for (const body of [mappingSet(), newer([attribute('TestID', '_id')])]) {
    const made = await create(body);
    expect(made).toMatchObject({
      status: 200,
      body: { id: expect.stringMatching(/^[0-9a-f]{32}$/), version: 0, createdDate: expect.any(Number) },
    });
    const read = await client.get(`/conversion/mappingSets/${made.body.id}`);
    expect(read.body).toMatchObject({
      xdmSchema: databasesSchema,
      outputSchema: { schemaRef: { id: databasesSchema } },
    });
    expect(read.body.mappings[0]).toMatchObject({
      sourceAttribute: 'TestID',
      source: 'TestID',
      destinationXdmPath: '_id',
      destination: '_id',
    });
    const alone = await client.get(`/conversion/mappingSets/${made.body.id}/mappings`);
    expect(alone.body).toEqual(read.body.mappings);
  }
});

test('a mapping to a path that the schema does not have is refused, and named', async () => {
  const refusal = await create(newer([attribute('a', '_id'), attribute('b', 'person.shoeSize')]));
  expect(refusal.status).toBe(400);
  expect(refusal.body.detail).toContain('person.shoeSize');
  expect((await create(newer([attribute('a', 'workEmail.address')]))).status).toBe(400);
  expect((await create(mappingSet({ xdmSchema: 'https://ns.adobe.com/emulator/schemas/nope' }))).status).toBe(
    400,
  );
});

test('what the tutorials map is taken: objects, dotted prefixes, several sources to one path', async () => {
  const paths = [
    'person.name',
    'mobilePhone.number',
    'personalEmail.address',
    '_repo.createDate',
    'createdByBatchID',
    '_id',
    '_id',
    '_id',
  ];
  expect((await create(newer(paths.map((path, at) => attribute(`column${at}`, path))))).status).toBe(200);
});

test('a mapping may write below a map, and to the fields of an ad-hoc class and of a field group of one’s own', async () => {
  const group = await client.post('/schemaregistry/tenant/fieldgroups', {
    title: 'Loyalty',
    type: 'object',
    'meta:intendedToExtend': ['https://ns.adobe.com/xdm/context/profile'],
    definitions: {
      own: { properties: { _emulator: { type: 'object', properties: { points: { type: 'integer' } } } } },
    },
    allOf: [{ $ref: '#/definitions/own' }],
  });
  const refs = [
    'https://ns.adobe.com/xdm/context/profile',
    group.body.$id,
    'https://ns.adobe.com/xdm/context/identitymap',
  ];
  const schema = await client.post('/schemaregistry/tenant/schemas', {
    title: 'Loyal',
    type: 'object',
    allOf: refs.map(($ref) => ({ $ref })),
  });
  const ofIt = (path: string) =>
    create({
      ...newer([attribute('a', path)]),
      outputSchema: { schemaRef: { id: schema.body.$id, contentType: '1.0' } },
    });
  expect((await ofIt('_emulator.points')).status).toBe(200);
  expect((await ofIt('identityMap.Email[0].id')).status).toBe(200);
  expect((await ofIt('_emulator.nothing')).status).toBe(400);
});

test('names of mapping sets are kept or dropped, as asked for', async () => {
  const { body: made } = await create(mappingSet({ name: 'Managed mapping' }));
  const named = () => client.get('/conversion/mappingSets?limit=10&start=0&name=Managed%20mapping');
  expect((await named()).body.data.map((item: Json) => item.id)).toEqual([made.id]);
  emulator.control.configure({ mappingSetNames: 'dropped' });
  expect((await named()).body.data).toEqual([]);
  expect((await client.get(`/conversion/mappingSets/${made.id}`)).body).not.toHaveProperty('name');
  emulator.control.configure({ mappingSetNames: 'kept' });
});

test('a list starts at its beginning with ten by default, goes newest first on demand, and links its next page', async () => {
  expect((await client.get('/conversion/mappingSets')).body).toMatchObject({ _page: { limit: 10 } });
  expect((await client.get('/conversion/mappingSets?limit=ten')).status).toBe(400);
  const ids: string[] = [];
  for (let number = 0; number < 3; number += 1) {
    emulator.control.advanceClock(1000);
    ids.push((await create(mappingSet({ name: 'Paged' }))).body.id);
  }
  const seen: string[] = [];
  let path: string | undefined = '/mappingSets?limit=2&start=0&name=Paged&orderBy=-createdDate';
  while (path !== undefined) {
    const page: Answer = await client.get(`/conversion${path}`);
    seen.push(...page.body.data.map((item: Json) => item.id));
    path = nextPage(page);
  }
  expect(seen).toEqual(ids.toReversed());
});

test('there is no way to delete a mapping set, but one can be replaced by its next version', async () => {
  const { body: made } = await create(mappingSet());
  expect((await client.delete(`/conversion/mappingSets/${made.id}`)).status).toBe(404);
  const replaced = await client.call('PUT', `/conversion/mappingSets/${made.id}`, { body: mappingSet() });
  expect(replaced).toMatchObject({ status: 200, body: { id: made.id, version: 1 } });
});

test('validation tells which mapping fails, and why', async () => {
  const expression = (source: string): object => ({ sourceType: 'EXPRESSION', source, destination: '_id' });
  const body = newer([
    attribute('a', '_id'),
    attribute('b', 'nowhere'),
    expression('concat(a, " ", b)'),
    expression('concat(a'),
  ]);
  const answer = await client.post('/conversion/mappingSets/validate', body);
  expect(answer.status).toBe(200);
  const results: Json[] = answer.body.validationResponse;
  expect(results.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED', 'SUCCESS', 'FAILED']);
  expect(results[0].errors).toBeNull();
  expect(results[1].errors[0].destination).toBe('nowhere');
});

test('a preview shows what a row becomes', async () => {
  const mappings = [
    attribute('id', '_id'),
    {
      sourceType: 'EXPRESSION',
      source: 'concat(firstName, " ", upper(lastName))',
      destination: 'person.name.fullName',
    },
    { sourceType: 'STATIC', source: 'EN', destination: 'person.nationality' },
  ];
  const data = [{ id: 1234, firstName: 'Jim', lastName: 'Seltzer' }];
  const answer = await client.post('/conversion/mappingSets/preview', { data, mappingSet: newer(mappings) });
  expect(answer.body).toEqual([
    { data: { _id: '1234', person: { name: { fullName: 'Jim SELTZER' }, nationality: 'EN' } }, errors: null },
  ]);
});

test('an expression can be checked by itself', async () => {
  const check = (expression: string) => client.post('/conversion/languages/el/validate', { expression });
  expect((await check('concat("Hi", ",", "there")')).body).toEqual({ status: true });
  expect((await check('concat("Hi"')).body).toMatchObject({ status: false, reason: expect.any(String) });
});
