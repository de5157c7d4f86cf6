import { describe, expect, test } from 'vitest';
import { connectorNames, connectors, refusedConnectors } from '../../src/definition/connectors.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { fieldsOf, fileSample, legacySample, messageAt, problemsOf, sample } from './sample.ts';

const withSource = (source: object, base: { source: object } = sample) => ({
  ...base,
  source: { ...base.source, ...source },
});
const withSchedule = (schedule: object) => ({ ...sample, schedule });
const warned = (input: unknown) => parseDefinition(input).warnings.map(({ code, field }) => [code, field]);

describe('schedule', () => {
  test('"once" takes neither interval nor backfill', () => {
    expect(fieldsOf(withSchedule({ frequency: 'once', interval: 15, backfill: false }))).toEqual([
      'schedule.interval',
      'schedule.backfill',
    ]);
  });

  test.each(['minute', 'hour', 'day', 'week'])('"%s" needs an interval', (frequency) => {
    expect(fieldsOf(withSchedule({ frequency }))).toEqual(['schedule.interval']);
  });

  test.each([
    ['minute', 14, 15],
    ['hour', 0, 1],
    ['day', -1, 1],
    ['week', 0, 1],
  ])('with "%s" an interval of %d is too short and %d is enough', (frequency, short, enough) => {
    expect(messageAt(withSchedule({ frequency, interval: short }), 'schedule.interval')).toContain(
      `at least ${enough}`,
    );
    expect(fieldsOf(withSchedule({ frequency, interval: enough }))).toEqual([]);
  });

  test('an interval that is not whole, and a frequency nobody knows, are refused', () => {
    expect(fieldsOf(withSchedule({ frequency: 'minute', interval: 15.5 }))).toEqual(['schedule.interval']);
    expect(messageAt(withSchedule({ frequency: 'hourly', interval: 1 }), 'schedule.frequency')).toContain(
      'did you mean "hour"?',
    );
  });
});

describe('delta column', () => {
  test.each(['minute', 'hour', 'day', 'week'])('a table loaded every %s needs one', (frequency) => {
    expect(fieldsOf({ ...sample, deltaColumn: undefined, schedule: { frequency, interval: 15 } })).toEqual([
      'deltaColumn',
    ]);
  });

  test('a load that runs once needs none, and is warned where one was given', () => {
    const once = withSchedule({ frequency: 'once' });
    expect(warned({ ...once, deltaColumn: undefined })).toEqual([]);
    expect(warned(once)).toEqual([['delta-column-not-used', 'deltaColumn']]);
  });

  test('it must be among the columns, where columns are given', () => {
    expect(messageAt({ ...sample, deltaColumn: { name: 'Datefeld' } }, 'deltaColumn.name')).toContain(
      'did you mean "Datefield"?',
    );
    expect(fieldsOf({ ...withSource({ columns: undefined }), deltaColumn: { name: 'whatever' } })).toEqual(
      [],
    );
  });

  test('a date format that AEP does not document for the connector is warned of', () => {
    const formatted = (dateFormat: string, connector: string) =>
      warned({ ...withSource({ connector }), deltaColumn: { name: 'Datefield', dateFormat } });
    expect(formatted('YYYY-MM-DD', 'mysql')).toEqual([
      ['undocumented-date-format', 'deltaColumn.dateFormat'],
    ]);
    expect(formatted('yyyy-MM-dd HH:mm:ss', 'mysql')).toEqual([]);
    for (const connector of ['azure-table-storage', 'microsoft-dynamics']) {
      expect(formatted('yyyy-MM-ddTHH:mm:ssZ', connector)).toEqual([]);
      expect(formatted('yyyy-MM-dd HH:mm:ss', connector)).toHaveLength(1);
    }
  });
});

describe('mapping', () => {
  test('each entry has a source or an expression, not both', () => {
    const mapping = [
      { destination: 'a' },
      { source: 'Name', expression: 'upper(Name)', destination: 'b' },
      { expression: 'now()', destination: 'c' },
    ];
    expect(fieldsOf({ ...sample, mapping })).toEqual(['mapping[0].source', 'mapping[1].expression']);
  });

  test('sources must be among the columns, where columns are given; paths into a column are', () => {
    const mapping = [
      { source: 'Nmae', destination: 'a' },
      { source: 'Name.first', destination: 'b' },
      { source: 'Name[0]', destination: 'c' },
      { source: 'Names', destination: 'd' },
    ];
    expect(fieldsOf({ ...sample, mapping })).toEqual(['mapping[0].source', 'mapping[3].source']);
    expect(fieldsOf({ ...withSource({ columns: undefined }), mapping })).toEqual([]);
  });

  test('an empty mapping is refused', () => {
    expect(problemsOf({ ...sample, mapping: [] })).toEqual([
      { field: 'mapping', message: 'must not be empty' },
    ]);
  });

  test('two sources for one destination are warned of', () => {
    const mapping = [...sample.mapping, { source: 'Name', destination: '_id' }];
    expect(warned({ ...sample, mapping })).toEqual([
      ['several-sources-for-one-destination', 'mapping[2].destination'],
    ]);
  });
});

describe('options', () => {
  test.each([0, -1, 100.5, 'x'])(
    'a partial ingestion of %s percent is refused',
    (partialIngestionPercent) => {
      expect(fieldsOf({ ...sample, options: { partialIngestionPercent } })).toEqual([
        'options.partialIngestionPercent',
      ]);
    },
  );

  test.each([0.5, 100])('a partial ingestion of %s percent passes', (partialIngestionPercent) => {
    expect(fieldsOf({ ...sample, options: { partialIngestionPercent } })).toEqual([]);
  });
});

describe('source', () => {
  test('every connector of the table can be named, and has a spec id of its own', () => {
    expect(connectorNames).toHaveLength(47);
    for (const connector of connectorNames) {
      const base = connectors[connector].family.name === 'files' ? fileSample : sample;
      const without = connectors[connector].baseConnection ? {} : { baseConnectionId: undefined };
      expect(problemsOf(withSource({ connector, ...without }, base))).toEqual([]);
    }
    const ids = [...Object.values(connectors), ...Object.values(refusedConnectors)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test.each(Object.entries(refusedConnectors))(
    '%s is refused by name, and by its spec id',
    (connector, { title, why, id }) => {
      const refusal = expect.stringContaining(`${title} is ${why}: only tables and files`);
      expect(messageAt(withSource({ connector }), 'source.connector')).toEqual(refusal);
      expect(
        messageAt(withSource({ connector: undefined, connectionSpec: { id } }), 'source.connectionSpec.id'),
      ).toEqual(refusal);
    },
  );

  test('a connector with a typo gets the one that was meant', () => {
    expect(messageAt(withSource({ connector: 'MariaDB' }), 'source.connector')).toContain(
      'did you mean "mariadb"?',
    );
    expect(messageAt(withSource({ connector: 'zzzzzzzzz' }), 'source.connector')).toContain(
      'connectionSpec instead',
    );
  });

  test.each([
    ['bigquery', /did you mean "google-bigquery"\?$/],
    ['s3', /did you mean "amazon-s3"\?$/],
    ['postgres', /did you mean "postgresql"\?$/],
    ['google-big-query', /did you mean "google-bigquery"\?$/],
    ['adls-gen2', /did you mean "azure-data-lake-storage-gen2"\?$/],
    ['google', /is not a connector known here\. Known are/],
    [
      'kinesis',
      /did you mean "amazon-kinesis"\? Amazon Kinesis is a streaming source: only tables and files/,
    ],
    ['rest-api', /did you mean "generic-rest-api"\? Generic REST API is a REST source/],
  ])('of the connector "%s" it is told what may have been meant', (connector, told) => {
    expect(messageAt(withSource({ connector }), 'source.connector')).toMatch(told);
  });

  test('either a connector or a connection spec, which may be one that has no name', () => {
    const connectionSpec = { id: '11111111-2222-3333-4444-555555555555', version: '2.0' };
    expect(fieldsOf(withSource({ connector: undefined }))).toEqual(['source.connector']);
    expect(fieldsOf(withSource({ connectionSpec }))).toEqual(['source.connectionSpec']);
    expect(fieldsOf(withSource({ connector: undefined, connectionSpec }))).toEqual([]);
  });

  test('a base connection is required, but for the one connector that has none', () => {
    expect(fieldsOf(withSource({ baseConnectionId: undefined }))).toEqual(['source.baseConnectionId']);
    expect(fieldsOf(withSource({ connector: 'data-landing-zone' }, fileSample))).toEqual([
      'source.baseConnectionId',
    ]);
  });

  test('a table is named once, and what belongs to files is refused', () => {
    expect(fieldsOf(withSource({ tableName: undefined }))).toEqual(['source.tableName']);
    expect(fieldsOf(withSource({ path: 'x' }))).toEqual(['source.path']);
    expect(fieldsOf(withSource({ format: 'json', data: { properties: {} } }))).toEqual([
      'source.format',
      'source.data',
    ]);
    expect(fieldsOf(withSource({ format: 'parquet_xdm' }))).toEqual(['source.format']);
    expect(fieldsOf(withSource({ adHocSchema: {} }))).toEqual(['source.adHocSchema']);
  });

  test('files need a path, a format and their own params, and take nothing of tables', () => {
    expect(problemsOf(fileSample)).toEqual([]);
    expect(
      fieldsOf(withSource({ path: undefined, format: undefined, params: undefined }, fileSample)),
    ).toEqual(['source.format', 'source.path', 'source.params']);
    expect(fieldsOf(withSource({ format: 'parquet', data: undefined }, fileSample))).toEqual([]);
    expect(fieldsOf(withSource({ tableName: 'x', filters: {} }, fileSample))).toEqual([
      'source.tableName',
      'source.filters',
    ]);
  });

  test('params cannot smuggle in what has a field of its own', () => {
    expect(fieldsOf(withSource({ params: { tableName: 'x', cdcEnabled: true } }))).toEqual([
      'source.params.tableName',
      'source.params.cdcEnabled',
    ]);
  });

  test('columns: known types in the short form, unique names', () => {
    const columns = [
      ...sample.source.columns,
      { name: 'Name', type: 'string' },
      { name: 'x', type: 'varchar' },
      { name: 'y', type: 'integer', format: 'date' },
      { name: 'z', type: 'varchar', xdm: { type: 'string' } },
    ];
    expect(fieldsOf(withSource({ columns }))).toEqual([
      'source.columns[4].type',
      'source.columns[5].format',
      'source.columns[3].name',
    ]);
  });
});

describe('the older generation', () => {
  test('parquet_xdm needs an ad-hoc schema, and making one needs columns', () => {
    expect(problemsOf(legacySample)).toEqual([]);
    expect(fieldsOf(withSource({ adHocSchema: undefined }, legacySample))).toEqual(['source.adHocSchema']);
    expect(fieldsOf(withSource({ columns: undefined }, legacySample))).toEqual(['source.columns']);
    const existing = { columns: undefined, adHocSchema: { id: 'https://ns.adobe.com/tenant/schemas/1' } };
    expect(fieldsOf(withSource(existing, legacySample))).toEqual([]);
  });

  test('the id of a class is no schema', () => {
    const id = 'https://ns.adobe.com/tenant/classes/1';
    expect(fieldsOf(withSource({ adHocSchema: { id } }, legacySample))).toEqual(['source.adHocSchema.id']);
    expect(fieldsOf({ ...sample, schema: { id } })).toEqual(['schema.id']);
  });

  test('the titles of ad-hoc class, ad-hoc schema and schema differ, defaults included', () => {
    const adHoc = (adHocSchema: object, title: string) =>
      fieldsOf({ ...withSource({ adHocSchema }, legacySample), schema: { ...sample.schema, title } });
    expect(adHoc({ title: 'A', class: { title: 'A' } }, 'B')).toEqual(['source.adHocSchema.title']);
    expect(adHoc({ title: 'A' }, 'A')).toEqual(['schema.title']);
    expect(adHoc({}, `${sample.name} ad-hoc class`)).toEqual(['schema.title']);
    expect(adHoc({ title: 'A', class: { title: 'B' } }, 'C')).toEqual([]);
  });
});

describe('schema and dataset', () => {
  test('a new dataset needs a schema, a new schema its class', () => {
    expect(fieldsOf({ ...sample, schema: undefined })).toEqual(['schema']);
    expect(fieldsOf({ ...sample, schema: { title: 'Orders' } })).toEqual(['schema.class']);
    expect(fieldsOf({ ...sample, dataset: undefined })).toEqual([]);
  });

  test('an existing dataset is enough, and takes no new schema', () => {
    const dataset = { id: '6019e0e7c5dcf718db5ebc71' };
    expect(fieldsOf({ ...sample, schema: undefined, dataset })).toEqual([]);
    expect(fieldsOf({ ...sample, schema: { id: 'https://ns.adobe.com/tenant/schemas/1' }, dataset })).toEqual(
      [],
    );
    expect(fieldsOf({ ...sample, dataset })).toEqual(['schema']);
  });

  test('what exists is used as it is', () => {
    const spoiled = {
      ...sample,
      schema: { id: 'https://ns.adobe.com/tenant/schemas/1', title: 'x' },
      dataset: { id: 'a', name: 'x' },
      target: { datasetBaseConnection: { id: 'a', name: 'x' } },
    };
    expect(fieldsOf(spoiled)).toEqual(['schema.title', 'dataset.name', 'target.datasetBaseConnection.name']);
  });
});

describe('what no connector and no organisation can mean', () => {
  const xdmColumn = (type: string) =>
    withSource({
      columns: [...sample.source.columns, { name: 'x', type: 'varchar', xdm: { type, format: 'date' } }],
    });

  test('an XDM type that does not exist is refused, whatever the source calls its own', () => {
    expect(problemsOf(xdmColumn('string'))).toEqual([]);
    expect(problemsOf(xdmColumn('strng'))).toEqual([
      {
        field: 'source.columns[3].xdm.type',
        message:
          'must be one of string, integer, number, boolean, object, array, not "strng"; did you mean "string"?',
      },
    ]);
  });

  test('a connection spec has a UUID', () => {
    const spec = (id: string) => withSource({ connector: undefined, connectionSpec: { id } });
    expect(fieldsOf(spec('11111111-2222-3333-4444-555555555555'))).toEqual([]);
    for (const id of ['google-bigquery', '3c9b37f8-13a6-43d8-bad3-b863b941fed', '3c9b37f8'])
      expect(messageAt(spec(id), 'source.connectionSpec.id')).toContain('a UUID such as 3c9b37f8-');
  });

  test.each([
    'UTC',
    'Europe/Paris',
    'america/new_york',
    '+02:00',
    'GMT-8',
    'PST',
    'Pacific Standard Time',
    'Z',
  ])('the time zone %s may be one', (timezone) => {
    expect(fieldsOf({ ...sample, deltaColumn: { name: 'Datefield', timezone } })).toEqual([]);
  });

  test.each([
    ['Europe/Pariss', 'did you mean "Europe/Paris"?'],
    ['Mars/Phobos', 'must be a time zone such as UTC'],
    ['local time', 'must be a time zone such as UTC'],
  ])('the time zone %s does not exist', (timezone, told) => {
    const definition = { ...sample, deltaColumn: { name: 'Datefield', timezone } };
    expect(messageAt(definition, 'deltaColumn.timezone')).toContain(told);
  });

  test('a placeholder that is left in where a mapping goes is named; AEP would refuse it after all else was made', () => {
    const destination = (path: string) =>
      problemsOf({ ...sample, mapping: [{ source: 'Id', destination: path }] }).filter(({ field }) =>
        field.endsWith('destination'),
      );
    const message = 'still has the placeholder {TENANT_ID}: put the value of your organisation there';
    for (const path of ['_{TENANT_ID}.loyalty.id', '{TENANT_ID}.id'])
      expect(destination(path)).toEqual([{ field: 'mapping[0].destination', message }]);
    expect(destination('_acme.loyalty.id')).toEqual([]);
  });

  test('an expression of nothing but spaces is refused', () => {
    const mapping = [{ expression: '   ', destination: '_id' }];
    expect(problemsOf({ ...sample, mapping })).toContainEqual({
      field: 'mapping[0].expression',
      message: 'must not be blank',
    });
  });

  test('the id of a connection spec in capitals, by which no connector is found, is refused', () => {
    const { connector: _, ...source } = sample.source as Record<string, unknown>;
    const id = '3C9B37F8-13A6-43D8-BAD3-B863B941FEDD';
    expect(problemsOf({ ...sample, source: { ...source, connectionSpec: { id } } })[0]).toMatchObject({
      field: 'source.connectionSpec.id',
      message: expect.stringContaining('in lower case') as string,
    });
  });

  test('a placeholder that was copied with an id is named', () => {
    const id = 'https://ns.adobe.com/{TENANT_ID}/schemas/1';
    const told = (placeholder: string) =>
      `still has the placeholder ${placeholder}: put the value of your organisation there`;
    expect(messageAt({ ...sample, schema: { id } }, 'schema.id')).toBe(told('{TENANT_ID}'));
    const base = withSource({ baseConnectionId: '{BASE_CONNECTION_ID}' });
    expect(messageAt(base, 'source.baseConnectionId')).toBe(told('{BASE_CONNECTION_ID}'));
    expect(messageAt({ ...sample, sandbox: '{SANDBOX_NAME}' }, 'sandbox')).toBe(told('{SANDBOX_NAME}'));
  });

  test('an end of the schedule is answered with what to do instead', () => {
    const told = messageAt(withSchedule({ ...sample.schedule, endTime: 1_900_000_000 }), 'schedule.endTime');
    expect(told).toContain('deleteDataflow');
    expect(told).not.toContain('startTime');
  });

  test('delimited files may leave out how they are written', () => {
    const { data: _, ...source } = fileSample.source;
    expect(problemsOf({ ...fileSample, source })).toEqual([]);
  });
});
