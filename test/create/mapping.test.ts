import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/definition/problems.ts';
import { large } from '../definition/large.ts';
import { Client, token } from '../emulator/client.ts';
import {
  failureOf,
  orders,
  places,
  refusedMapping,
  requestsIn,
  wrongExpression,
} from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(12);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const context = 'https://ns.adobe.com/xdm/context';
const seededSchema = 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
const seededDataset = '6019e0e7c5dcf718db5ebc71';
const validate = '/conversion/mappingSets/validate';

/** Starts what must be refused, and answers with the problems told. Nothing may have been made. */
async function problemsOf(definition: Record<string, unknown>): Promise<Problem[]> {
  const { type, details } = await failureOf(await rig.client.start(definition));
  expect(type).toBe('InvalidDefinition');
  const posts = requestsIn(rig, String(definition['sandbox']), { method: 'POST' });
  expect(posts.filter(({ path }) => !path.endsWith(validate))).toEqual([]);
  return details['problems'] as Problem[];
}

const fieldsOf = (problems: Problem[]) => problems.map(({ field }) => field);
const withColumns = (sandbox: string, changes: Record<string, unknown>) => {
  const { source } = orders(sandbox) as { source: { columns: object[] } };
  const columns = [...source.columns, { name: 'Active', type: 'boolean' }];
  return orders(sandbox, { source: { ...source, columns }, ...changes });
};
const wrongRows = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.fulName' },
  { source: 'Active', destination: 'person.birthDate' },
];

describe('a mapping into a schema that is to be made', () => {
  it.concurrent('is refused before anything is made: a path that is nowhere, and a boolean into a date', async () => {
    const problems = await problemsOf(withColumns(next(), { mapping: wrongRows }));
    expect(problems).toEqual([
      {
        field: 'mapping[1].destination',
        message:
          '"person.name.fulName" is not in the class and the field groups of the schema; did you mean "person.name.fullName"?',
        suggestion: 'person.name.fullName',
      },
      {
        field: 'mapping[2].destination',
        message: expect.stringContaining(
          'is of type date, which the column Active of type boolean cannot become',
        ) as string,
      },
    ]);
  });

  it.concurrent('is refused with the class and field groups that are not there, and the nearest', async () => {
    const schema = {
      class: `${context}/profil`,
      fieldGroups: [`${context}/profile-person-details`, `${context}/profile-peronal-details`],
    };
    const problems = await problemsOf(orders(next(), { schema }));
    expect(problems).toMatchObject([
      { field: 'schema.class', suggestion: `${context}/profile` },
      { field: 'schema.fieldGroups[1]', suggestion: `${context}/profile-personal-details` },
    ]);
  });

  it.concurrent('is told beside everything else that is wrong', async () => {
    const { source } = orders('') as { source: object };
    const definition = orders(next(), {
      source: { ...source, baseConnectionId: '00000000-1111-4222-8333-444444444444' },
      mapping: [{ source: 'Name', destination: 'nothing.of.the.kind' }],
    });
    expect(fieldsOf(await problemsOf(definition))).toEqual([
      'source.baseConnectionId',
      'mapping[0].destination',
    ]);
  });

  it.concurrent('is refused where it is nearly 1 MB of rows that lead nowhere, and of field groups that are not there', async () => {
    const many = large['columns, each mapped']!(900_000) as { mapping: object[] };
    const gone = Array.from({ length: 45 }, (_, index) => `${context}/nothing-${index}`);
    const counts = [[], gone].map(async (fieldGroups) => {
      const schema = { class: `${context}/profile`, fieldGroups };
      const definition = { ...many, schema, sandbox: next(), name: 'orders' };
      const { type, details } = await failureOf(await rig.client.start(definition));
      expect(type).toBe('InvalidDefinition');
      return details['problemCount'];
    });
    expect(await Promise.all(counts)).toEqual([many.mapping.length, gone.length]);
  });

  it.concurrent('may use a field that was added since the worker read the field group', async () => {
    const sandbox = next();
    const admin = new Client(rig.emulator.url, await token(rig.emulator.url), sandbox);
    const path = '/schemaregistry/tenant/fieldgroups';
    const group = String((await admin.post(path, groupOf('Ours', ['first']))).body.$id);
    const { schema } = orders(sandbox) as { schema: { fieldGroups: string[] } };
    const using = (name: string, destination: string) =>
      orders(sandbox, {
        name,
        schema: { ...schema, title: name, fieldGroups: [...schema.fieldGroups, group] },
        mapping: [{ source: 'Name', destination }],
      });
    await (await rig.client.start(using('before', '_emulator.first'))).result();
    const { type, details } = await failureOf(await rig.client.start(using('too early', '_emulator.second')));
    expect(type).toBe('InvalidDefinition');
    expect(fieldsOf(details['problems'] as Problem[])).toEqual(['mapping[0].destination']);
    const body = groupOf('Ours', ['first', 'second']);
    await admin.call('PUT', `${path}/${encodeURIComponent(group)}`, { body });
    await (await rig.client.start(using('after', '_emulator.second'))).result();
  });

  it.concurrent('may use a field of a field group that somebody added to the schema since it was made', async () => {
    const sandbox = next();
    const refused = { type: 'Rejected' };
    expect(
      await failureOf(await rig.client.start(orders(sandbox, { mapping: refusedMapping }))),
    ).toMatchObject(refused);
    const admin = new Client(rig.emulator.url, await token(rig.emulator.url), sandbox);
    const [made] = rig.emulator.control
      .resources('schemas', sandbox)
      .filter(({ title }) => title === 'Orders');
    const value = { $ref: `${context}/profile-work-details` };
    const path = `/schemaregistry/tenant/schemas/${encodeURIComponent(String(made!['$id']))}`;
    const body = [{ op: 'add', path: '/allOf/-', value }];
    expect((await admin.call('PATCH', path, { body })).status).toBe(200);
    const mapping = [{ source: 'Name', destination: 'workEmail.address' }];
    await (await rig.client.start(orders(sandbox, { mapping }))).result();
  });
});

describe('a mapping into a schema that is there', () => {
  it.concurrent.each([
    ['by its own id', { schema: { id: seededSchema } }],
    ['by its dataset', { schema: undefined, dataset: { id: seededDataset } }],
  ])('%s is refused by its fields, and by what AEP says of the rows', async (_, target) => {
    const sandbox = next();
    const mapping = [...wrongRows, { expression: wrongExpression, destination: 'person.name.lastName' }];
    const problems = await problemsOf(withColumns(sandbox, { ...target, mapping }));
    expect(fieldsOf(problems)).toEqual(['mapping[1].destination', 'mapping[2].destination', 'mapping[3]']);
    expect(problems[0]).toMatchObject({
      message: `"person.name.fulName" is not in the schema ${seededSchema}; did you mean "person.name.fullName"?`,
      suggestion: 'person.name.fullName',
    });
    expect(problems[2]!.message).toContain(`says AEP: The expression ${wrongExpression} is not valid`);
    const [asked] = requestsIn(rig, sandbox, { method: 'POST', path: validate });
    expect(asked?.body).toMatchObject({ outputSchema: { schemaRef: { id: seededSchema } } });
  });

  it.concurrent('is made where AEP does not validate the request: that is no word on any row', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ method: 'POST', path: validate, sandbox, kind: '404' });
    const definition = orders(sandbox, { schema: { id: seededSchema } });
    await (await rig.client.start(definition)).result();
    expect(requestsIn(rig, sandbox, { method: 'POST', path: validate })[0]?.status).toBe(404);
  });
});

function groupOf(title: string, names: string[]) {
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return {
    title,
    type: 'object',
    'meta:intendedToExtend': [`${context}/profile`],
    definitions: { ours: { properties: { _emulator: { type: 'object', properties } } } },
    allOf: [{ $ref: '#/definitions/ours' }],
  };
}
