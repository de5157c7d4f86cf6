/** Each kind in all its forms: the body that asks for it, what is read of AEP's answer, and the definition that is read back from it. */
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import { neededKinds } from '../../src/resources/orders.ts';
import { merged } from '../../src/resources/read-back.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { answerFor } from './answers.ts';
import { context, ids } from './sample-ids.ts';

const mark = { dataflow: 'prod/orders-from-bigquery', nonce: 'k3f9x2ab' };
/** Everything that a definition can say has a name, a description and a value of its own. */
const rich = {
  ...sample,
  description: 'Orders of the shop',
  source: {
    ...sample.source,
    name: 'Shop',
    description: 'The shop',
    columns: [...sample.source.columns, { name: 'Order ID', type: 'integer', minimum: 0 }],
    filters: { type: 'PQL' },
    params: { entityType: 'view' },
  },
  schema: { ...sample.schema, description: 'Of an order' },
  dataset: { name: 'All orders', description: 'Since 2020' },
  target: { name: 'Lake', description: 'The lake' },
  mapping: [
    ...sample.mapping,
    { source: 'Order ID', destination: '_x.id' },
    { expression: 'upper(Name)', destination: 'person.name.lastName' },
  ],
  schedule: { frequency: 'day', interval: 2, startTime: 2_000_000_000, backfill: false },
  options: { partialIngestionPercent: 5, errorDiagnosticsEnabled: true },
};
const richLegacy = {
  ...legacySample,
  description: 'Orders of the shop',
  source: {
    ...legacySample.source,
    adHocSchema: {
      title: 'Raw orders',
      description: 'As they come',
      class: { title: 'Raw order', description: 'As it comes' },
    },
  },
  target: { datasetBaseConnection: { name: 'Way in', description: 'Into the lake' } },
};
const given = {
  ...legacySample,
  source: { ...legacySample.source, adHocSchema: { id: ids.adHocSchema } },
  target: { datasetBaseConnection: { id: ids.datasetBaseConnection } },
  schema: { id: ids.schema },
  dataset: { id: ids.dataset },
};
const bare = {
  ...sample,
  schema: { class: sample.schema.class },
  dataset: undefined,
  deltaColumn: undefined,
  schedule: { frequency: 'once' },
};

const bodyOf = (kind: Kind, definition: Definition) => resources[kind].body(definition, ids, context);
const answerOf = (kind: Kind, definition: Definition) =>
  answerFor(kind, resources[kind].marked(bodyOf(kind, definition), mark), ids[kind], 1_612_310_475_905);
const ofEach = (input: object, tell: (kind: Kind, definition: Definition) => unknown) => {
  const definition = parsed(input);
  return neededKinds(definition)
    .map((kind) => `${kind} ${JSON.stringify(tell(kind, definition))}`)
    .join('\n');
};

describe('the bodies that ask for a dataflow', () => {
  test('of the modern generation, with nothing but what must be said', () => {
    expect(ofEach(bare, bodyOf)).toMatchInlineSnapshot(`
      "sourceConnection {"name":"orders-from-bigquery","baseConnectionId":"6990abad-977d-41b9-a85d-17ea8cf1c0e4","data":{"format":"tabular"},"params":{"tableName":"test1.Mytable","columns":[{"name":"TestID","type":"string","xdm":{"type":"string"}},{"name":"Name","type":"string","xdm":{"type":"string"}},{"name":"Datefield","type":"string","meta:xdmType":"date-time","xdm":{"type":"string","format":"date-time"}}]},"connectionSpec":{"id":"3c9b37f8-13a6-43d8-bad3-b863b941fedd","version":"1.0"}}
      schema {"type":"object","title":"orders-from-bigquery","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile"}]}
      dataset {"name":"orders-from-bigquery","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4","contentType":"application/vnd.adobe.xed-full-notext+json; version=1"}}
      targetConnection {"name":"orders-from-bigquery","data":{"schema":{"id":"https://ns.adobe.com/t/schemas/4","version":"application/vnd.adobe.xed-full+json;version=1"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}}
      mappingSet {"version":0,"xdmSchema":"https://ns.adobe.com/t/schemas/4","xdmVersion":"1.0","id":null,"mappings":[{"destinationXdmPath":"_id","sourceAttribute":"TestID","identity":false,"identityGroup":null,"namespaceCode":null,"version":0},{"destinationXdmPath":"person.name.fullName","sourceAttribute":"Name","identity":false,"identityGroup":null,"namespaceCode":null,"version":0}]}
      flow {"name":"orders-from-bigquery","flowSpec":{"id":"spec","version":"1.0"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b","mappingVersion":"0"}}],"scheduleParams":{"frequency":"once"}}"
    `);
  });
  test('of the modern generation, with all that can be said', () => {
    expect(ofEach(rich, bodyOf)).toMatchInlineSnapshot(`
      "sourceConnection {"name":"Shop","description":"The shop","baseConnectionId":"6990abad-977d-41b9-a85d-17ea8cf1c0e4","data":{"format":"tabular"},"params":{"entityType":"view","tableName":"test1.Mytable","columns":[{"name":"TestID","type":"string","xdm":{"type":"string"}},{"name":"Name","type":"string","xdm":{"type":"string"}},{"name":"Datefield","type":"string","meta:xdmType":"date-time","xdm":{"type":"string","format":"date-time"}},{"name":"Order ID","type":"integer","xdm":{"type":"integer","minimum":0}}],"filters":{"type":"PQL"}},"connectionSpec":{"id":"3c9b37f8-13a6-43d8-bad3-b863b941fedd","version":"1.0"}}
      schema {"type":"object","title":"Orders","description":"Of an order","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile"},{"$ref":"https://ns.adobe.com/xdm/context/profile-person-details"}]}
      dataset {"name":"All orders","description":"Since 2020","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4","contentType":"application/vnd.adobe.xed-full-notext+json; version=1"}}
      targetConnection {"name":"Lake","description":"The lake","data":{"schema":{"id":"https://ns.adobe.com/t/schemas/4","version":"application/vnd.adobe.xed-full+json;version=1"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}}
      mappingSet {"outputSchema":{"schemaRef":{"id":"https://ns.adobe.com/t/schemas/4","contentType":"application/vnd.adobe.xed-full+json;version=1"}},"mappings":[{"sourceType":"ATTRIBUTE","source":"TestID","destination":"_id"},{"sourceType":"ATTRIBUTE","source":"Name","destination":"person.name.fullName"},{"sourceType":"ATTRIBUTE","source":"\${Order ID}","destination":"_x.id"},{"sourceType":"EXPRESSION","source":"upper(Name)","destination":"person.name.lastName"}]}
      flow {"name":"orders-from-bigquery","description":"Orders of the shop","flowSpec":{"id":"spec","version":"1.0"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Copy","params":{"deltaColumn":{"name":"Datefield"}}},{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b","mappingVersion":"0"}}],"scheduleParams":{"startTime":2000000000,"frequency":"day","interval":2,"backfill":false},"options":{"partialIngestionPercent":5,"errorDiagnosticsEnabled":true}}"
    `);
  });
  test('of the legacy generation', () => {
    expect(ofEach(richLegacy, bodyOf)).toMatchInlineSnapshot(`
      "adHocClass {"type":"object","title":"Raw order","description":"As it comes","allOf":[{"$ref":"https://ns.adobe.com/xdm/data/adhoc"},{"properties":{"_adhoc":{"type":"object","properties":{"TestID":{"type":"string"},"Name":{"type":"string"},"Datefield":{"type":"string","format":"date-time"}}}}}]}
      adHocSchema {"type":"object","title":"Raw orders","description":"As they come","allOf":[{"$ref":"https://ns.adobe.com/t/classes/1"}]}
      sourceConnection {"name":"orders-from-bigquery","description":"Orders of the shop","baseConnectionId":"a5c6b647-e784-4b58-86b6-47e784ab580b","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/2","version":"application/vnd.adobe.xed-full-notext+json; version=1"}},"params":{"path":"Orders"},"connectionSpec":{"id":"8e6b41a8-d998-4545-ad7d-c6a9fff406c3","version":"1.0"}}
      schema {"type":"object","title":"Orders","description":"Orders of the shop","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile"},{"$ref":"https://ns.adobe.com/xdm/context/profile-person-details"}]}
      dataset {"name":"Orders","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4","contentType":"application/vnd.adobe.xed-full-notext+json; version=1"}}
      datasetBaseConnection {"name":"Way in","description":"Into the lake","connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}}
      targetConnection {"name":"orders-from-bigquery","description":"Orders of the shop","baseConnectionId":"base-6","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/4","version":"application/vnd.adobe.xed-full+json;version=1.0"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}}
      mappingSet {"version":0,"xdmSchema":"https://ns.adobe.com/t/schemas/4","xdmVersion":"1.0","id":null,"mappings":[{"destinationXdmPath":"_id","sourceAttribute":"TestID","identity":false,"identityGroup":null,"namespaceCode":null,"version":0},{"destinationXdmPath":"person.name.fullName","sourceAttribute":"Name","identity":false,"identityGroup":null,"namespaceCode":null,"version":0}]}
      flow {"name":"orders-from-bigquery","description":"Orders of the shop","flowSpec":{"id":"spec","version":"1.0"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Copy","params":{"deltaColumn":{"name":"Datefield"}}},{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b","mappingVersion":"0"}}],"scheduleParams":{"frequency":"minute","interval":15,"backfill":true}}"
    `);
  });
  test('that reads files', () => {
    expect(ofEach(fileSample, bodyOf)).toMatchInlineSnapshot(`
      "sourceConnection {"name":"orders-from-bigquery","baseConnectionId":"4c10e202-c428-4796-9208-5f1f5732b1cf","data":{"format":"delimited","properties":{"columnDelimiter":","}},"params":{"type":"folder","recursive":true,"path":"/orders"},"connectionSpec":{"id":"ecadc60c-7455-4d87-84dc-2a0e293d997b","version":"1.0"}}
      schema {"type":"object","title":"Orders","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile"},{"$ref":"https://ns.adobe.com/xdm/context/profile-person-details"}]}
      dataset {"name":"Orders","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4","contentType":"application/vnd.adobe.xed-full-notext+json; version=1"}}
      targetConnection {"name":"orders-from-bigquery","data":{"schema":{"id":"https://ns.adobe.com/t/schemas/4","version":"application/vnd.adobe.xed-full+json;version=1"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}}
      mappingSet {"version":0,"xdmSchema":"https://ns.adobe.com/t/schemas/4","xdmVersion":"1.0","id":null,"mappings":[{"destinationXdmPath":"_id","sourceAttribute":"TestID","identity":false,"identityGroup":null,"namespaceCode":null,"version":0},{"destinationXdmPath":"person.name.fullName","sourceAttribute":"Name","identity":false,"identityGroup":null,"namespaceCode":null,"version":0}]}
      flow {"name":"orders-from-bigquery","flowSpec":{"id":"spec","version":"1.0"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b","mappingVersion":"0"}}],"scheduleParams":{"frequency":"minute","interval":15,"backfill":true}}"
    `);
  });
});

describe('what is read of AEP’s answers', () => {
  const observed = (kind: Kind, definition: Definition) =>
    resources[kind].observe(answerOf(kind, definition));
  test('of the modern generation', () => {
    expect(ofEach(rich, observed)).toMatchInlineSnapshot(`
      "sourceConnection {"id":"source-3","name":"Shop","description":"The shop","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"baseConnectionId":"6990abad-977d-41b9-a85d-17ea8cf1c0e4","data":{"format":"tabular"},"params":{"entityType":"view","tableName":"test1.Mytable","columns":{"TestID":{"name":"TestID","type":"string","xdm":{"type":"string"}},"Name":{"name":"Name","type":"string","xdm":{"type":"string"}},"Datefield":{"name":"Datefield","type":"string","meta:xdmType":"date-time","xdm":{"type":"string","format":"date-time"}},"Order ID":{"name":"Order ID","type":"integer","xdm":{"type":"integer","minimum":0}}},"filters":{"type":"PQL"}},"connectionSpec":{"id":"3c9b37f8-13a6-43d8-bad3-b863b941fedd"}}}
      schema {"id":"https://ns.adobe.com/t/schemas/4","name":"Orders","description":"Of an order","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"refs":["https://ns.adobe.com/xdm/context/profile","https://ns.adobe.com/xdm/context/profile-person-details"]}}
      dataset {"id":"5e8a55ca53662c18af37a83a","name":"All orders","description":"Since 2020","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"schema":"https://ns.adobe.com/t/schemas/4"}}
      targetConnection {"id":"target-7","name":"Lake","description":"The lake","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"data":{"schema":{"id":"https://ns.adobe.com/t/schemas/4"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c"}}}
      mappingSet {"id":"37409d3017e24a3eb4a2dc21020f7a5b","name":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"schema":"https://ns.adobe.com/t/schemas/4","mappings":[{"source":"TestID","destination":"_id"},{"source":"Order ID","destination":"_x.id"},{"source":"Name","destination":"person.name.fullName"},{"source":"upper(Name)","destination":"person.name.lastName"}],"version":0}}
      flow {"id":"flow-9","name":"orders-from-bigquery","description":"Orders of the shop","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"flowSpec":{"id":"spec"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":{"Copy":{"deltaColumn":{"name":"Datefield"}},"Mapping":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b"}},"scheduleParams":{"startTime":2000000000,"frequency":"day","interval":2,"backfill":false},"options":{"partialIngestionPercent":5,"errorDiagnosticsEnabled":true},"state":"enabled","mappingVersion":0}}"
    `);
  });
  test('of the legacy generation', () => {
    expect(ofEach(legacySample, observed)).toMatchInlineSnapshot(`
      "adHocClass {"id":"https://ns.adobe.com/t/classes/1","name":"orders-from-bigquery ad-hoc class","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"refs":["https://ns.adobe.com/xdm/data/adhoc"],"properties":{"TestID":{"type":"string"},"Name":{"type":"string"},"Datefield":{"type":"string","format":"date-time"}}}}
      adHocSchema {"id":"https://ns.adobe.com/t/schemas/2","name":"orders-from-bigquery ad-hoc schema","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"refs":["https://ns.adobe.com/t/classes/1"]}}
      sourceConnection {"id":"source-3","name":"orders-from-bigquery","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"baseConnectionId":"a5c6b647-e784-4b58-86b6-47e784ab580b","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/2"}},"params":{"path":"Orders"},"connectionSpec":{"id":"8e6b41a8-d998-4545-ad7d-c6a9fff406c3"}}}
      schema {"id":"https://ns.adobe.com/t/schemas/4","name":"Orders","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"refs":["https://ns.adobe.com/xdm/context/profile","https://ns.adobe.com/xdm/context/profile-person-details"]}}
      dataset {"id":"5e8a55ca53662c18af37a83a","name":"Orders","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"schema":"https://ns.adobe.com/t/schemas/4"}}
      datasetBaseConnection {"id":"base-6","name":"orders-from-bigquery dataset base connection","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c"}}}
      targetConnection {"id":"target-7","name":"orders-from-bigquery","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"baseConnectionId":"base-6","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/4"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c"}}}
      mappingSet {"id":"37409d3017e24a3eb4a2dc21020f7a5b","name":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"schema":"https://ns.adobe.com/t/schemas/4","mappings":[{"source":"TestID","destination":"_id"},{"source":"Name","destination":"person.name.fullName"}],"version":0}}
      flow {"id":"flow-9","name":"orders-from-bigquery","mark":{"dataflow":"prod/orders-from-bigquery","nonce":"k3f9x2ab"},"createdAt":1612310475905,"fields":{"flowSpec":{"id":"spec"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":{"Copy":{"deltaColumn":{"name":"Datefield"}},"Mapping":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b"}},"scheduleParams":{"frequency":"minute","interval":15,"backfill":true},"state":"enabled","mappingVersion":0}}"
    `);
  });
  test('is nothing where they say nothing', () => {
    expect(ofEach(legacySample, (kind) => resources[kind].observe({ id: 'x' }))).toMatchInlineSnapshot(`
      "adHocClass {"id":"x","fields":{"refs":[],"properties":{}}}
      adHocSchema {"id":"x","fields":{"refs":[]}}
      sourceConnection {"id":"x","fields":{"connectionSpec":{}}}
      schema {"id":"x","fields":{"refs":[]}}
      dataset {"id":"x","fields":{}}
      datasetBaseConnection {"id":"x","fields":{"connectionSpec":{}}}
      targetConnection {"id":"x","fields":{"data":{"schema":{}},"params":{},"connectionSpec":{}}}
      mappingSet {"id":"x","fields":{"mappings":[]}}
      flow {"id":"x","fields":{"flowSpec":{},"transformations":{}}}"
    `);
    expect(ofEach(legacySample, (kind) => resources[kind].observe({}).id)).toMatchInlineSnapshot(`
      "adHocClass ""
      adHocSchema ""
      sourceConnection ""
      schema ""
      dataset ""
      datasetBaseConnection ""
      targetConnection ""
      mappingSet ""
      flow """
    `);
  });
  test('refers to what it names', () => {
    const refersTo = (kind: Kind, definition: Definition) =>
      resources[kind].refersTo(observed(kind, definition));
    expect(ofEach(richLegacy, refersTo)).toMatchInlineSnapshot(`
      "adHocClass {}
      adHocSchema {"adHocClass":"https://ns.adobe.com/t/classes/1"}
      sourceConnection {"adHocSchema":"https://ns.adobe.com/t/schemas/2"}
      schema {}
      dataset {"schema":"https://ns.adobe.com/t/schemas/4"}
      datasetBaseConnection {}
      targetConnection {"datasetBaseConnection":"base-6","schema":"https://ns.adobe.com/t/schemas/4","dataset":"5e8a55ca53662c18af37a83a"}
      mappingSet {"schema":"https://ns.adobe.com/t/schemas/4"}
      flow {"sourceConnection":"source-3","targetConnection":"target-7","mappingSet":"37409d3017e24a3eb4a2dc21020f7a5b"}"
    `);
    expect(ofEach(legacySample, (kind) => resources[kind].refersTo({ id: 'x', fields: {} })))
      .toMatchInlineSnapshot(`
      "adHocClass {}
      adHocSchema {}
      sourceConnection {}
      schema {}
      dataset {}
      datasetBaseConnection {}
      targetConnection {}
      mappingSet {}
      flow {}"
    `);
  });
});

describe('the definition that is read back from AEP’s answers', () => {
  const back = (
    input: object,
    change: (kind: Kind, answer: JsonObject) => JsonObject = (_, answer) => answer,
  ) => {
    const definition = parsed(input);
    const { name, description } = definition;
    return merged(
      neededKinds(definition).map((kind) => {
        const answer = change(kind, answerOf(kind, definition));
        return resources[kind].readBack(
          { ...resources[kind].observe(answer), answer },
          { name, description },
        );
      }),
    );
  };

  test.each([
    ['the modern generation', sample],
    ['the legacy generation', legacySample],
    ['the legacy generation in full', richLegacy],
    ['files', fileSample],
    ['a load that happens once', { ...bare, schema: { ...bare.schema, fieldGroups: [] } }],
    // Times as people write them, and names as expressions do.
    [
      'the modern generation in full',
      {
        ...rich,
        schedule: { ...rich.schedule, startTime: '2033-05-18T03:33:20Z' },
        mapping: rich.mapping.map((row) =>
          'source' in row && row.source === 'Order ID' ? { ...row, source: '${Order ID}' } : row,
        ),
      },
    ],
  ])('says of %s what it said', (_, input) => {
    const { name: _name, sandbox: _sandbox, ...said } = parsed(input);
    // As it would be after a journey through JSON.
    expect(JSON.parse(JSON.stringify(back(input)))).toEqual(JSON.parse(JSON.stringify(said)));
  });
});

describe('an answer without what AEP notes by itself', () => {
  const left = (kind: Kind, definition: Definition) =>
    resources[kind].withoutRecords(answerOf(kind, definition));
  test('holds what was asked for', () => {
    expect(ofEach(rich, left)).toMatchInlineSnapshot(`
      "sourceConnection {"name":"Shop","description":"The shop\\nManaged by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab","baseConnectionId":"6990abad-977d-41b9-a85d-17ea8cf1c0e4","data":{"format":"tabular"},"params":{"entityType":"view","tableName":"test1.Mytable","columns":[{"name":"TestID","type":"string","xdm":{"type":"string"}},{"name":"Name","type":"string","xdm":{"type":"string"}},{"name":"Datefield","type":"string","meta:xdmType":"date-time","xdm":{"type":"string","format":"date-time"}},{"name":"Order ID","type":"integer","xdm":{"type":"integer","minimum":0}}],"filters":{"type":"PQL"}},"connectionSpec":{"id":"3c9b37f8-13a6-43d8-bad3-b863b941fedd","version":"1.0"}}
      schema {"title":"Orders","description":"Of an order\\nManaged by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      dataset {"name":"All orders","description":"Since 2020","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4"},"tags":{}}
      targetConnection {"name":"Lake","description":"The lake\\nManaged by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab","data":{"schema":{"id":"https://ns.adobe.com/t/schemas/4"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c"}}
      mappingSet {"mappings":[{},{},{},{}]}
      flow {"name":"orders-from-bigquery","description":"Orders of the shop\\nManaged by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab","flowSpec":{"id":"spec"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Copy","params":{"deltaColumn":{"name":"Datefield"}}},{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b"}}],"scheduleParams":{"startTime":2000000000,"frequency":"day","interval":2,"backfill":false},"options":{"partialIngestionPercent":5,"errorDiagnosticsEnabled":true}}"
    `);
    expect(ofEach(legacySample, left)).toMatchInlineSnapshot(`
      "adHocClass {"title":"orders-from-bigquery ad-hoc class","description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      adHocSchema {"title":"orders-from-bigquery ad-hoc schema","description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      sourceConnection {"name":"orders-from-bigquery","baseConnectionId":"a5c6b647-e784-4b58-86b6-47e784ab580b","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/2"}},"params":{"path":"Orders"},"connectionSpec":{"id":"8e6b41a8-d998-4545-ad7d-c6a9fff406c3","version":"1.0"},"description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      schema {"title":"Orders","description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      dataset {"name":"Orders","schemaRef":{"id":"https://ns.adobe.com/t/schemas/4"},"tags":{}}
      datasetBaseConnection {"name":"orders-from-bigquery dataset base connection","connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"},"description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      targetConnection {"name":"orders-from-bigquery","baseConnectionId":"base-6","data":{"format":"parquet_xdm","schema":{"id":"https://ns.adobe.com/t/schemas/4"}},"params":{"dataSetId":"5e8a55ca53662c18af37a83a"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c"},"description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}
      mappingSet {"mappings":[{"identityGroup":null,"namespaceCode":null},{"identityGroup":null,"namespaceCode":null}]}
      flow {"name":"orders-from-bigquery","flowSpec":{"id":"spec"},"sourceConnectionIds":["source-3"],"targetConnectionIds":["target-7"],"transformations":[{"name":"Copy","params":{"deltaColumn":{"name":"Datefield"}}},{"name":"Mapping","params":{"mappingId":"37409d3017e24a3eb4a2dc21020f7a5b"}}],"scheduleParams":{"frequency":"minute","interval":15,"backfill":true},"description":"Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab"}"
    `);
  });
});

test('the field of a definition that asks for a field of AEP’s', () => {
  const fields: Record<Kind, string[]> = {
    adHocClass: ['name', 'description', 'properties.Name', 'refs'],
    adHocSchema: ['name', 'description', 'refs'],
    sourceConnection: [
      'name',
      'description',
      'params.tableName',
      'params.tableNames',
      'params.path',
      'params.columns[0].name',
      'params.filters.type',
      'params.cdcEnabled',
      'data.format',
      'data.schema.id',
      'data.properties',
      'baseConnectionId',
      'connectionSpec.id',
    ],
    schema: ['name', 'description', 'refs'],
    dataset: ['name', 'description', 'schema'],
    datasetBaseConnection: ['name', 'description', 'connectionSpec.id'],
    targetConnection: [
      'name',
      'description',
      'data.schema.id',
      'data.format',
      'baseConnectionId',
      'params.dataSetId',
    ],
    mappingSet: ['name', 'mappings', 'schema'],
    flow: [
      'name',
      'description',
      'sourceConnectionIds[0]',
      'targetConnectionIds',
      'flowSpec.id',
      'transformations.Mapping.mappingId',
      'transformations.Copy.deltaColumn.name',
      'transformations.Copy',
      'scheduleParams.interval',
      'options.errorDiagnosticsEnabled',
    ],
  };
  const spec = {
    ...sample,
    source: {
      ...sample.source,
      connector: undefined,
      connectionSpec: { id: '3c9b37f8-0000-43d8-bad3-b863b941fedd' },
    },
  };
  const asked = (input: object) =>
    ofEach({ ...legacySample, ...input }, (kind, definition) =>
      fields[kind].map((field) => `${field}: ${resources[kind].asked(field, definition)}`),
    );
  expect(asked({})).toMatchInlineSnapshot(`
    "adHocClass ["name: source.adHocSchema.class.title","description: description","properties.Name: source.columns.Name","refs: refs"]
    adHocSchema ["name: source.adHocSchema.title","description: description","refs: source.adHocSchema.class"]
    sourceConnection ["name: name","description: description","params.tableName: source.tableName","params.tableNames: source.params.tableNames","params.path: source.path","params.columns[0].name: source.columns[0].name","params.filters.type: source.filters.type","params.cdcEnabled: source.cdcEnabled","data.format: source.format","data.schema.id: source.adHocSchema.id","data.properties: source.data.properties","baseConnectionId: source.baseConnectionId","connectionSpec.id: source.connector"]
    schema ["name: schema.title","description: description","refs: schema.fieldGroups"]
    dataset ["name: dataset.name","description: dataset.description","schema: schema"]
    datasetBaseConnection ["name: target.datasetBaseConnection.name","description: description","connectionSpec.id: connectionSpec.id"]
    targetConnection ["name: name","description: description","data.schema.id: schema","data.format: target.datasetBaseConnection","baseConnectionId: target.datasetBaseConnection","params.dataSetId: dataset"]
    mappingSet ["name: name","mappings: mapping","schema: schema"]
    flow ["name: name","description: description","sourceConnectionIds[0]: source[0]","targetConnectionIds: target","flowSpec.id: source","transformations.Mapping.mappingId: mapping.mappingId","transformations.Copy.deltaColumn.name: deltaColumn.name","transformations.Copy: deltaColumn","scheduleParams.interval: schedule.interval","options.errorDiagnosticsEnabled: options.errorDiagnosticsEnabled"]"
  `);
  expect(asked(richLegacy)).toMatchInlineSnapshot(`
    "adHocClass ["name: source.adHocSchema.class.title","description: source.adHocSchema.class.description","properties.Name: source.columns.Name","refs: refs"]
    adHocSchema ["name: source.adHocSchema.title","description: source.adHocSchema.description","refs: source.adHocSchema.class"]
    sourceConnection ["name: name","description: description","params.tableName: source.tableName","params.tableNames: source.params.tableNames","params.path: source.path","params.columns[0].name: source.columns[0].name","params.filters.type: source.filters.type","params.cdcEnabled: source.cdcEnabled","data.format: source.format","data.schema.id: source.adHocSchema.id","data.properties: source.data.properties","baseConnectionId: source.baseConnectionId","connectionSpec.id: source.connector"]
    schema ["name: schema.title","description: description","refs: schema.fieldGroups"]
    dataset ["name: dataset.name","description: dataset.description","schema: schema"]
    datasetBaseConnection ["name: target.datasetBaseConnection.name","description: target.datasetBaseConnection.description","connectionSpec.id: connectionSpec.id"]
    targetConnection ["name: name","description: description","data.schema.id: schema","data.format: target.datasetBaseConnection","baseConnectionId: target.datasetBaseConnection","params.dataSetId: dataset"]
    mappingSet ["name: name","mappings: mapping","schema: schema"]
    flow ["name: name","description: description","sourceConnectionIds[0]: source[0]","targetConnectionIds: target","flowSpec.id: source","transformations.Mapping.mappingId: mapping.mappingId","transformations.Copy.deltaColumn.name: deltaColumn.name","transformations.Copy: deltaColumn","scheduleParams.interval: schedule.interval","options.errorDiagnosticsEnabled: options.errorDiagnosticsEnabled"]"
  `);
  expect(
    ofEach(rich, (kind, definition) =>
      fields[kind].slice(0, 2).map((field) => resources[kind].asked(field, definition)),
    ),
  ).toMatchInlineSnapshot(`
    "sourceConnection ["source.name","source.description"]
    schema ["schema.title","schema.description"]
    dataset ["dataset.name","dataset.description"]
    targetConnection ["target.name","target.description"]
    mappingSet ["name","mapping"]
    flow ["name","description"]"
  `);
  expect(
    ofEach(bare, (kind, definition) =>
      fields[kind].slice(0, 2).map((field) => resources[kind].asked(field, definition)),
    ),
  ).toMatchInlineSnapshot(`
    "sourceConnection ["name","description"]
    schema ["name","description"]
    dataset ["name","dataset.description"]
    targetConnection ["name","description"]
    mappingSet ["name","mapping"]
    flow ["name","description"]"
  `);
  expect(resources.sourceConnection.asked('connectionSpec.id', parsed(spec))).toBe(
    'source.connectionSpec.id',
  );
  expect(resources.targetConnection.asked('params.dataSetId', parsed(given))).toBe('dataset.id');
});

test('what is given is known by the field that gives it', () => {
  expect(
    ofEach(given, (kind, definition) => [
      resources[kind].given?.field,
      resources[kind].given?.id(definition),
    ]),
  ).toMatchInlineSnapshot(`
    "adHocSchema ["source.adHocSchema.id","https://ns.adobe.com/t/schemas/2"]
    sourceConnection [null,null]
    schema ["schema.id","https://ns.adobe.com/t/schemas/4"]
    dataset ["dataset.id","5e8a55ca53662c18af37a83a"]
    datasetBaseConnection ["target.datasetBaseConnection.id","base-6"]
    targetConnection [null,null]
    mappingSet [null,null]
    flow [null,null]"
  `);
  expect(ofEach(bare, (kind, definition) => resources[kind].given?.id(definition) ?? null))
    .toMatchInlineSnapshot(`
    "sourceConnection null
    schema null
    dataset null
    targetConnection null
    mappingSet null
    flow null"
  `);
});
