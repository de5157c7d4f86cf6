import { describe, expect } from 'vitest';
import type { Problem } from '../../src/definition/problems.ts';
import { Client, token } from '../emulator/client.ts';
import { stageFor } from '../simulation/stage.ts';
import { failureOf, orders, refusedMapping, requestsIn, wrongExpression } from '../support/dataflows.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const context = 'https://ns.adobe.com/xdm/context';
const seededSchema = 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
const seededDataset = '6019e0e7c5dcf718db5ebc71';
const validate = '/conversion/mappingSets/validate';

/** Starts what must be refused, and answers with the problems told. Nothing may have been made. */
async function problemsOf(definition: Record<string, unknown>): Promise<Problem[]> {
  const { type, details } = await failureOf(await stage.client.start(definition));
  expect(type).toBe('InvalidDefinition');
  const posts = requestsIn(stage, String(definition['sandbox']), { method: 'POST' });
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
  it('is refused before anything is made: a path that is nowhere, and a boolean into a date', async () => {
    const problems = await problemsOf(withColumns(sandbox, { mapping: wrongRows }));
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
      // What the source has against it is told with the rest.
      { field: 'source.columns[3].name', message: '"Active" is not a column at the source' },
    ]);
  });

  it('is refused with the class and field groups that are not there, and the nearest', async () => {
    const schema = {
      class: `${context}/profil`,
      fieldGroups: [`${context}/profile-person-details`, `${context}/profile-peronal-details`],
    };
    const problems = await problemsOf(orders(sandbox, { schema }));
    expect(problems).toMatchObject([
      { field: 'schema.class', suggestion: `${context}/profile` },
      { field: 'schema.fieldGroups[1]', suggestion: `${context}/profile-personal-details` },
    ]);
  });

  it('is told beside everything else that is wrong', async () => {
    const { source } = orders('') as { source: object };
    const definition = orders(sandbox, {
      source: { ...source, baseConnectionId: '00000000-1111-4222-8333-444444444444' },
      mapping: [{ source: 'Name', destination: 'nothing.of.the.kind' }],
    });
    expect(fieldsOf(await problemsOf(definition))).toEqual([
      'source.baseConnectionId',
      'mapping[0].destination',
    ]);
  });

  it('may use a field that was added since the worker read the field group', async () => {
    const admin = new Client(stage.emulator.url, await token(stage.emulator.url), sandbox);
    const path = '/schemaregistry/tenant/fieldgroups';
    const group = String((await admin.post(path, groupOf('Ours', ['first']))).body.$id);
    const { schema } = orders(sandbox) as { schema: { fieldGroups: string[] } };
    const using = (name: string, destination: string) =>
      orders(sandbox, {
        name,
        schema: { ...schema, title: name, fieldGroups: [...schema.fieldGroups, group] },
        mapping: [{ source: 'Name', destination }],
      });
    await (await stage.client.start(using('before', '_emulator.first'))).result();
    const { type, details } = await failureOf(
      await stage.client.start(using('too early', '_emulator.second')),
    );
    expect(type).toBe('InvalidDefinition');
    expect(fieldsOf(details['problems'] as Problem[])).toEqual(['mapping[0].destination']);
    const body = groupOf('Ours', ['first', 'second']);
    await admin.call('PUT', `${path}/${encodeURIComponent(group)}`, { body });
    await (await stage.client.start(using('after', '_emulator.second'))).result();
  });

  it('may use a field of a field group that somebody added to the schema since it was made', async () => {
    const refused = { type: 'Rejected' };
    expect(
      await failureOf(await stage.client.start(orders(sandbox, { mapping: refusedMapping }))),
    ).toMatchObject(refused);
    const admin = new Client(stage.emulator.url, await token(stage.emulator.url), sandbox);
    const [made] = stage.emulator.control
      .resources('schemas', sandbox)
      .filter(({ title }) => title === 'Orders');
    const value = { $ref: `${context}/profile-work-details` };
    const path = `/schemaregistry/tenant/schemas/${encodeURIComponent(String(made!['$id']))}`;
    const body = [{ op: 'add', path: '/allOf/-', value }];
    expect((await admin.call('PATCH', path, { body })).status).toBe(200);
    const mapping = [{ source: 'Name', destination: 'workEmail.address' }];
    await (await stage.client.start(orders(sandbox, { mapping }))).result();
  });
});

describe('a mapping into a schema that is there', () => {
  it.each([
    ['by its own id', { schema: { id: seededSchema } }],
    ['by its dataset', { schema: undefined, dataset: { id: seededDataset } }],
  ])('%s is refused by its fields, and by what AEP says of the rows', async (_, target) => {
    const mapping = [...wrongRows, { expression: wrongExpression, destination: 'person.name.lastName' }];
    const problems = await problemsOf(withColumns(sandbox, { ...target, mapping }));
    expect(fieldsOf(problems)).toEqual([
      'mapping[1].destination',
      'mapping[2].destination',
      'mapping[3]',
      'source.columns[3].name',
    ]);
    expect(problems[0]).toMatchObject({
      message: `"person.name.fulName" is not in the schema ${seededSchema}; did you mean "person.name.fullName"?`,
      suggestion: 'person.name.fullName',
    });
    expect(problems[2]!.message).toContain(`says AEP: The expression ${wrongExpression} is not valid`);
    const [asked] = requestsIn(stage, sandbox, { method: 'POST', path: validate });
    expect(asked?.body).toMatchObject({ outputSchema: { schemaRef: { id: seededSchema } } });
  });

  it('is made where AEP does not validate the request: that is no word on any row', async () => {
    stage.emulator.control.addFault({ method: 'POST', path: validate, sandbox, kind: '404' });
    const definition = orders(sandbox, { schema: { id: seededSchema } });
    await (await stage.client.start(definition)).result();
    expect(requestsIn(stage, sandbox, { method: 'POST', path: validate })[0]?.status).toBe(404);
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
