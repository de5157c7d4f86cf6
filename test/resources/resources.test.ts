import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { resources } from '../../src/resources/index.ts';
import { kinds, type Kind } from '../../src/resources/kinds.ts';
import { givenIds, neededKinds } from '../../src/resources/orders.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { answerFor } from './answers.ts';
import { context, ids } from './sample-ids.ts';

const mark = { dataflow: 'prod/orders-from-bigquery', nonce: 'k3f9x2ab' };
const legacy = parsed(legacySample);
const modern = parsed(sample);
const bodyOf = (kind: Kind, definition: Definition) => resources[kind].body(definition, ids, context);

describe.each(kinds)('%s', (kind) => {
  const resource = resources[kind];
  const body = bodyOf(kind, legacy);
  const observed = resource.observe(answerFor(kind, resource.marked(body, mark), ids[kind], 1234));

  test('is recognised in AEP by its id, name, mark and age', () => {
    expect(resource.kind).toBe(kind);
    expect(observed).toMatchObject({ id: ids[kind], mark, createdAt: 1234 });
    expect(observed.name).toMatch(
      kind === 'mappingSet' ? /^Managed by/ : new RegExp(`^${resource.name(legacy)}$`),
    );
  });

  test('is what was asked for, once it is made', () => {
    expect(resource.differences(body, observed)).toEqual([]);
  });

  test('is changed by its mark in one place, which needs no second look', () => {
    const { name: _, description: __, tags: ___, ...rest } = resource.marked(body, mark);
    expect(body).toMatchObject(rest);
    expect(resource.marked(body, mark)).not.toEqual(body);
  });

  test('says what it refers to', () => {
    const refers: Record<Kind, Kind[]> = {
      adHocClass: [],
      adHocSchema: ['adHocClass'],
      sourceConnection: ['adHocSchema'],
      schema: [],
      dataset: ['schema'],
      datasetBaseConnection: [],
      targetConnection: ['schema', 'dataset', 'datasetBaseConnection'],
      mappingSet: ['schema'],
      flow: ['sourceConnection', 'targetConnection', 'mappingSet'],
    };
    expect(resource.refersTo(observed)).toEqual(
      Object.fromEntries(refers[kind].map((one) => [one, ids[one]])),
    );
  });

  test('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
  });

  test('has no mark where nobody put one', () => {
    expect(resource.observe(answerFor(kind, body, ids[kind]))).not.toHaveProperty('mark');
  });
});

describe('a resource that is not what is asked for', () => {
  const spoil = (kind: Kind, change: (body: JsonObject) => JsonObject, definition = legacy) => {
    const body = bodyOf(kind, definition);
    const observed = resources[kind].observe(answerFor(kind, change(structuredClone(body)), ids[kind]));
    return resources[kind].differences(body, observed).map(({ field }) => field);
  };

  const columnsOf = (body: JsonObject) => body['params'] as { columns: { name: string }[] };

  test.each<[Kind, string, (body: JsonObject) => JsonObject, string[], Definition?]>([
    [
      'sourceConnection',
      'another base connection',
      (body) => ({ ...body, baseConnectionId: 'x' }),
      ['baseConnectionId'],
    ],
    ['sourceConnection', 'another table', (body) => ({ ...body, params: { path: 'x' } }), ['params.path']],
    [
      'sourceConnection',
      'another connector',
      (body) => ({ ...body, connectionSpec: { id: 'x' } }),
      ['connectionSpec.id'],
    ],
    [
      'adHocClass',
      'a column less',
      (body) => ({ ...body, allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }] }),
      ['properties.TestID', 'properties.Name', 'properties.Datefield'],
    ],
    ['adHocSchema', 'another class', (body) => ({ ...body, allOf: [{ $ref: 'x' }] }), ['refs']],
    [
      'schema',
      'a field group less',
      (body) => ({ ...body, allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/profile' }] }),
      ['refs'],
    ],
    ['dataset', 'another schema', (body) => ({ ...body, schemaRef: { id: 'x' } }), ['schema']],
    [
      'datasetBaseConnection',
      'another connector',
      (body) => ({ ...body, connectionSpec: { id: 'x' } }),
      ['connectionSpec.id'],
    ],
    [
      'targetConnection',
      'another dataset',
      (body) => ({ ...body, params: { dataSetId: 'x' } }),
      ['params.dataSetId'],
    ],
    ['mappingSet', 'another schema', (body) => ({ ...body, xdmSchema: 'x' }), ['schema']],
    [
      'sourceConnection',
      'a column more',
      (body) => ({
        ...body,
        params: { ...columnsOf(body), columns: [...columnsOf(body).columns, { name: 'x' }] },
      }),
      ['params.columns.x'],
      modern,
    ],
    [
      'sourceConnection',
      'a column less',
      (body) => ({ ...body, params: { ...columnsOf(body), columns: columnsOf(body).columns.slice(1) } }),
      ['params.columns.TestID'],
      modern,
    ],
    ['mappingSet', 'no mappings', (body) => ({ ...body, mappings: [] }), ['mappings']],
    [
      'flow',
      'another source',
      (body) => ({ ...body, sourceConnectionIds: ['x'] }),
      ['sourceConnectionIds[0]'],
    ],
    [
      'flow',
      'another interval',
      (body) => ({ ...body, scheduleParams: { frequency: 'minute', interval: '30', backfill: 'true' } }),
      ['scheduleParams.interval'],
    ],
    [
      'flow',
      'no delta column',
      (body) => ({
        ...body,
        transformations: [{ name: 'Mapping', params: { mappingId: ids.mappingSet, mappingVersion: '0' } }],
      }),
      ['transformations.Copy'],
    ],
  ])('%s: %s', (kind, _, change, fields, definition) => {
    expect(spoil(kind, change, definition)).toEqual(fields);
  });

  test.each<[Kind, string, (body: JsonObject) => JsonObject]>([
    [
      'schema',
      'a field group more, and another order',
      (body) => ({
        ...body,
        allOf: [{ $ref: 'x' }, ...(Array.isArray(body['allOf']) ? body['allOf'].toReversed() : [])],
      }),
    ],
    [
      'dataset',
      'a content type written otherwise',
      (body) => ({
        ...body,
        schemaRef: { id: ids.schema, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
      }),
    ],
    [
      'flow',
      'a start, where the definition gives none',
      (body) => ({
        ...body,
        scheduleParams: { frequency: 'minute', interval: '15', backfill: 'true', startTime: '1612310466' },
      }),
    ],
    [
      'flow',
      'another version of its flow spec',
      (body) => ({ ...body, flowSpec: { id: 'spec', version: '1.1' } }),
    ],
    ['flow', 'a name of its own', (body) => ({ ...body, name: 'renamed' })],
    ['sourceConnection', 'another description', (body) => ({ ...body, description: 'edited' })],
  ])('%s is still the same with %s', (kind, _, change) => {
    expect(spoil(kind, change)).toEqual([]);
  });
});

describe('bodies', () => {
  test('columns in short go out as the explore call answers them; those that came from it go out untouched', () => {
    const columns = [
      { name: 'a', type: 'integer', minimum: 0, maximum: 9 },
      { name: 'b', type: 'string', format: 'date-time' },
      { name: 'c', type: 'string', format: 'uri' },
      { name: 'd', type: 'long', 'meta:xdmType': 'long', xdm: { type: 'integer' } },
    ];
    const definition = { ...modern, source: { ...modern.source, columns } };
    expect(bodyOf('sourceConnection', definition)['params']).toEqual({
      tableName: 'test1.Mytable',
      columns: [
        { name: 'a', type: 'integer', xdm: { type: 'integer', minimum: 0, maximum: 9 } },
        {
          name: 'b',
          type: 'string',
          'meta:xdmType': 'date-time',
          xdm: { type: 'string', format: 'date-time' },
        },
        { name: 'c', type: 'string', xdm: { type: 'string', format: 'uri' } },
        { name: 'd', type: 'long', 'meta:xdmType': 'long', xdm: { type: 'integer' } },
      ],
    });
  });

  test('filters and params are passed on; a given version of the connection spec is sent', () => {
    const source = {
      ...modern.source,
      connector: undefined,
      connectionSpec: { id: 'x', version: '2.0' },
      filters: { type: 'PQL' },
      params: { cdcEnabled: true },
    };
    const body = bodyOf('sourceConnection', { ...modern, source });
    expect(body['params']).toMatchObject({ cdcEnabled: true, filters: { type: 'PQL' } });
    expect(body['connectionSpec']).toEqual({ id: 'x', version: '2.0' });
  });

  test('files go out with how they are written', () => {
    const body = bodyOf('sourceConnection', parsed(fileSample));
    expect(body['data']).toEqual({ format: 'delimited', properties: { columnDelimiter: ',' } });
    expect(body['params']).toEqual({ type: 'folder', recursive: true, path: '/orders' });
    const flow = bodyOf('flow', parsed(fileSample));
    expect(flow['transformations']).toEqual([
      { name: 'Mapping', params: { mappingId: ids.mappingSet, mappingVersion: '0' } },
    ]);
  });

  test("parts without a name or description take the dataflow's, the dataset only its name", () => {
    const described = { ...legacy, description: 'Orders' };
    expect(bodyOf('sourceConnection', described)).toMatchObject({ name: legacy.name, description: 'Orders' });
    expect(bodyOf('targetConnection', described)).toMatchObject({ name: legacy.name, description: 'Orders' });
    expect(bodyOf('adHocSchema', described)).toMatchObject({
      title: `${legacy.name} ad-hoc schema`,
      description: 'Orders',
    });
    const bare = { ...described, dataset: undefined };
    expect(bodyOf('dataset', bare)).toMatchObject({ name: legacy.name });
    expect(bodyOf('dataset', bare)).not.toHaveProperty('description');
    expect(bodyOf('flow', modern)).not.toHaveProperty('description');
  });

  test('one expression is enough to send the mapping in the form that can say it', () => {
    const mapping = [...modern.mapping, { expression: 'upper(Name)', destination: 'person.name.lastName' }];
    const body = bodyOf('mappingSet', { ...modern, mapping });
    expect(body).toEqual({
      outputSchema: {
        schemaRef: { id: ids.schema, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
      },
      mappings: [
        { sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' },
        { sourceType: 'ATTRIBUTE', source: 'Name', destination: 'person.name.fullName' },
        { sourceType: 'EXPRESSION', source: 'upper(Name)', destination: 'person.name.lastName' },
      ],
    });
  });

  test('a mapping set is recognised whichever form it is answered in', () => {
    const body = bodyOf('mappingSet', modern);
    const answer = {
      id: 'x',
      createdDate: '2021-02-03T00:00:00.000Z',
      outputSchemaRef: { id: ids.schema, contentType: '1.0' },
      mappings: [
        {
          sourceType: 'text/x.schema-path',
          source: 'Name',
          destination: 'person.name.fullName',
          matchScore: 0,
        },
        { sourceType: 'text/x.schema-path', source: 'TestID', destination: '_id', matchScore: 0 },
      ],
    };
    const observed = resources.mappingSet.observe(answer);
    expect(observed.createdAt).toBe(Date.parse('2021-02-03T00:00:00Z'));
    expect(resources.mappingSet.differences(body, observed)).toEqual([]);
  });

  test('columns that are no identifiers go out escaped, and are the same however they are answered', () => {
    const columns = ['Order ID', 'address.street', 'date'].map((name) => ({ name, type: 'string' }));
    const mapping = columns.map(({ name }) => ({ source: name, destination: `_x.${name.length}` }));
    const definition = { ...modern, source: { ...modern.source, columns }, mapping };
    const body = bodyOf('mappingSet', definition);
    expect(body['mappings']).toMatchObject([
      { sourceAttribute: '${Order ID}' },
      { sourceAttribute: String.raw`address\.street` },
      { sourceAttribute: '${date}' },
    ]);
    const answer = { ...answerFor('mappingSet', body, 'x'), mappings: mapping };
    expect(resources.mappingSet.differences(body, resources.mappingSet.observe(answer))).toEqual([]);
  });

  test('a mapping set is recognised although AEP has its own words for what an expression is', () => {
    const expression = 'concat(TestID, "-", Name)';
    const body = bodyOf('mappingSet', { ...modern, mapping: [{ expression, destination: '_id' }] });
    const found = (source: string) =>
      resources.mappingSet.observe({
        ...answerFor('mappingSet', body, 'x'),
        mappings: [{ sourceType: 'text/x.aep-xl', source, destination: '_id' }],
      });
    expect(resources.mappingSet.differences(body, found(expression))).toEqual([]);
    expect(resources.mappingSet.differences(body, found('TestID'))).toHaveLength(1);
  });

  test('"once" leaves the whole Copy out, and options appear only where they are given', () => {
    const once = parsed({ ...sample, schedule: { frequency: 'once' }, options: {} });
    const body = bodyOf('flow', once);
    expect(body['transformations']).toEqual([
      { name: 'Mapping', params: { mappingId: ids.mappingSet, mappingVersion: '0' } },
    ]);
    expect(body['scheduleParams']).toStrictEqual({ frequency: 'once' });
    expect(body).not.toHaveProperty('options');
    expect(bodyOf('flow', { ...once, options: { partialIngestionPercent: 5 } })['options']).toEqual({
      partialIngestionPercent: 5,
    });
  });

  test('a start that the definition gives counts against a flow that lives', () => {
    const given = parsed({ ...sample, schedule: { ...sample.schedule, startTime: 2_000_000_000 } });
    const body = bodyOf('flow', given);
    expect(body['scheduleParams']).toMatchObject({ startTime: 2_000_000_000 });
    const observed = (startTime: unknown) =>
      resources.flow.observe(
        answerFor('flow', { ...body, scheduleParams: { ...Object(body['scheduleParams']), startTime } }, 'x'),
      );
    expect(resources.flow.differences(body, observed('2000000000'))).toEqual([]);
    expect(resources.flow.differences(body, observed('2000000001'))).toHaveLength(1);
  });

  test('a body that refers to what is not known yet is never made', () => {
    expect(() => resources.flow.body(modern, {}, context)).toThrow('sourceConnection');
    expect(() => resources.flow.body(modern, ids)).toThrow('flow spec');
    expect(() => resources.dataset.body(modern, {})).toThrow('schema');
  });
});

describe('the plan of a dataflow', () => {
  test('has the kinds that its generation knows', () => {
    expect(neededKinds(legacy)).toEqual(kinds);
    expect(neededKinds(modern)).toEqual([
      'sourceConnection',
      'schema',
      'dataset',
      'targetConnection',
      'mappingSet',
      'flow',
    ]);
  });

  test('takes the ids that the definition gives', () => {
    const id = 'https://ns.adobe.com/t/schemas/1';
    const existing = parsed({
      ...legacySample,
      source: { ...legacySample.source, adHocSchema: { id } },
      schema: { id },
      dataset: { id: 'd' },
      target: { datasetBaseConnection: { id: 'b' } },
    });
    expect(givenIds(existing)).toStrictEqual({
      adHocSchema: id,
      schema: id,
      dataset: 'd',
      datasetBaseConnection: 'b',
    });
    expect(neededKinds(existing)).toEqual(kinds.filter((kind) => kind !== 'adHocClass'));
    expect(givenIds(legacy)).toStrictEqual({});
  });
});
