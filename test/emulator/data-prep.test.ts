import { expect, test } from 'vitest';
import { databasesSchema, mappingSet } from './bodies.ts';
import { documentedExpressions, misprints } from './expressions.ts';
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
    attribute('${Nick Name}', 'person.name.courtesyTitle'),
    {
      sourceType: 'EXPRESSION',
      source: 'concat(firstName, " ", upper(lastName))',
      destination: 'person.name.fullName',
    },
    { sourceType: 'STATIC', source: 'EN', destination: 'person.nationality' },
  ];
  const data = [{ id: 1234, firstName: 'Jim', lastName: 'Seltzer', 'Nick Name': 'Jimbo' }];
  const answer = await client.post('/conversion/mappingSets/preview', { data, mappingSet: newer(mappings) });
  expect(answer.body).toEqual([
    {
      data: {
        _id: '1234',
        person: { name: { courtesyTitle: 'Jimbo', fullName: 'Jim SELTZER' }, nationality: 'EN' },
      },
      errors: null,
    },
  ]);
});

test('a preview tells which values the fields cannot hold', async () => {
  const mappings = [attribute('born', 'person.birthDate'), attribute('year', 'person.birthYear')];
  const data = [
    { born: '31/12/1990', year: 'MCMXC' },
    { born: '1990-12-31', year: '1990' },
  ];
  const answer = await client.post('/conversion/mappingSets/preview', { data, mappingSet: newer(mappings) });
  expect(answer.body[0].errors).toMatchObject([
    { destination: 'person.birthDate', exception: expect.stringContaining('"31/12/1990" is no date') },
    { destination: 'person.birthYear', exception: '"MCMXC" is no number' },
  ]);
  expect(answer.body[1].errors).toBeNull();
});

const check = async (expression: string): Promise<Json> =>
  (await client.post('/conversion/languages/el/validate', { expression })).body;

test('an expression can be checked by itself', async () => {
  expect(await check('concat("Hi", ",", "there")')).toEqual({ validationStatus: 'succeeded', error: 'none' });
  expect(await check('concat("Hi"')).toEqual({
    validationStatus: 'failed',
    error: expect.stringContaining(') is missing'),
  });
});

test('the language lists its functions and operators', async () => {
  const functions = (await client.get('/conversion/languages/el/functions')).body;
  expect(functions).toContainEqual(
    expect.objectContaining({ category: 'Date / Time', function: 'date', params: [] }),
  );
  const operators = (await client.get('/conversion/languages/el/operators')).body;
  expect(operators).toContainEqual(
    expect.objectContaining({ operatorSymbol: '~', methodName: 'complement', numberOfOperands: 1 }),
  );
});

test.each(documentedExpressions)('the documented expression %s is taken', async (expression) => {
  expect(await check(expression)).toEqual({ validationStatus: 'succeeded', error: 'none' });
});

test.each(misprints)('%s, which the page misprints, is refused: %s', async (expression, why) => {
  expect(await check(expression)).toEqual({
    validationStatus: 'failed',
    error: expect.stringContaining(why),
  });
});

test.each([
  ['', 'it ends too early'],
  ['   ', 'it ends too early'],
  ['concat(a,', 'it ends too early'],
  ['concat(a b)', ') is missing before b'],
  ['a +', 'it ends too early'],
  ['* a', 'unexpected *'],
  ['(a', ') is missing'],
  ['a)', 'unexpected )'],
  ['[1, 2', '] is missing'],
  ['{"a": 1', '} is missing'],
  ['a ? b', ': is missing'],
  ['"open', 'the text at 1 does not end'],
  ["'open", 'the text at 1 does not end'],
  ['a.', 'it ends too early'],
  ['a..b', 'a name is missing'],
  ['a = b', 'unexpected ='],
  ['first name', 'unexpected name'],
  ['1st_column', 'unexpected st_column'],
  ['concat(if, a)', 'a field of that name is ${if}'],
  ['mod', 'a field of that name is ${mod}'],
  ['${}', 'unexpected {'],
  ['${open', 'unexpected {'],
  ['a \u0007', 'unexpected character at 3'],
  [`"${'x'.repeat(4095)}"`, 'at most 4096'],
  ['('.repeat(2000) + ')'.repeat(2000), 'nested too deeply'],
  ['if (a) { b', '} is missing'],
])('%j is surely wrong: %s', async (expression, why) => {
  expect(await check(expression)).toEqual({
    validationStatus: 'failed',
    error: expect.stringContaining(why),
  });
});

test('a preview works out operators, literals and methods', async () => {
  const worked = async (source: string): Promise<Json> => {
    const mappings = [{ sourceType: 'EXPRESSION', source, destination: 'x' }];
    const data = [{ a: 7, c: true, d: null, 'First Name': 'Ada', 'street.name': 'Main', état: 'NY' }];
    const { body } = await client.post('/conversion/mappingSets/preview', { data, mappingSet: { mappings } });
    return body[0].errors === null ? body[0].data.x : body[0].errors[0].exception;
  };
  expect(await worked('1 + 2 * 3 - -a % 4')).toBe('10');
  expect(await worked('a gt 5 and not (a eq 7 or !c)')).toBe(false);
  expect(await worked('a < 5 ? "small" : "big".equals("big") ? "big" : "none"')).toBe('big');
  expect(await worked('upper(${First Name})')).toBe('ADA');
  expect(await worked(String.raw`concat(street\.name, " ", état)`)).toBe('Main NY');
  expect(await worked('coalesce(d, null, [1, 2][1])')).toBe('2');
  expect(await worked('{"k": [1, {"x": "y"}]}["k"][1].x')).toBe('y');
  expect(await worked('[0x1F, .5, 1e2, 2L][a - 7]')).toBe('31');
  expect(await worked('constructor(a)')).toBe("the emulator can't work out constructor");
  expect(await worked('fpid_to_ecid(a)')).toBe("the emulator can't work out fpid_to_ecid");
});
