/** What is told of definitions that cannot be carried out, word by word: each message says what is wrong and what would be right. */
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/definition/canonical-json.ts';
import { tellSpec } from '../../src/definition/connectors.ts';
import { FieldTree, partsOf } from '../../src/definition/field-tree.ts';
import { problemsOfReceivers } from '../../src/definition/known-receivers.ts';
import { maskProblems } from '../../src/definition/mask.ts';
import { nearest, suggestions } from '../../src/definition/nearest.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { maxBytes, plainJson } from '../../src/definition/plain-json.ts';
import { InvalidDefinitionError, tellProblems } from '../../src/definition/problems.ts';
import { factsOf, sourceFacts } from '../../src/definition/source-facts.ts';
import { parseStart, startProblem } from '../../src/definition/start.ts';
import { anyId } from '../../src/definition/text.ts';
import { timeZoneProblem } from '../../src/definition/time-zones.ts';
import { bareDefinition, isWrapped } from '../../src/definition/wrapped.ts';
import { fileSample, legacySample, parsed, problemsOf, sample } from './sample.ts';

const told = (input: unknown) =>
  problemsOf(input)
    .map(({ field, message }) => `${field}: ${message}`)
    .join('\n');
const warned = (input: unknown) =>
  parseDefinition(input)
    .warnings.map(({ code, field, message }) => `${code} ${field}: ${message}`)
    .join('\n');
const withSource = (source: object, base: { source: object } = sample) => ({
  ...base,
  source: { ...base.source, ...source },
});
const id = 'https://ns.adobe.com/t/schemas/1';
const spec = { connector: undefined, connectionSpec: { id: '3c9b37f8-0000-43d8-bad3-b863b941fedd' } };

describe('what has the wrong shape is told by itself', () => {
  test('of what is missing, with what it is for', () => {
    expect(told({})).toMatchInlineSnapshot(`
      "name: is required. The dataflow's name, one per sandbox: the flow's name in AEP and part of the workflow id.
      sandbox: is required. The AEP sandbox. Always to be given: no default can load test data into production.
      source: is required. Where the data comes from.
      mapping: is required. What goes where. Identities are no part of a mapping: they belong to schema descriptors.
      schedule: is required. When AEP loads.
      schema: is required: {"class", "fieldGroups"} for a new one, {"id"} for an existing one; or "dataset": {"id"}, whose schema is used"
    `);
    expect(told({ ...sample, source: { ...spec, connectionSpec: {} }, mapping: [{}] }))
      .toMatchInlineSnapshot(`
      "source.connectionSpec.id: is required. Connection spec id.
      mapping[0].destination: is required. Path in the target schema, such as person.name.fullName.
      mapping[0].source: is required: a column of the source, or expression instead"
    `);
  });

  test('of what is something else', () => {
    expect(
      told({
        ...sample,
        name: 5,
        description: ['x'],
        source: { ...sample.source, connector: { a: 1 }, columns: 'all', filters: 'x', params: null },
        schema: [],
        dataset: true,
        mapping: {},
        schedule: { frequency: 5, interval: '15', startTime: {}, backfill: 'yes' },
        options: { partialIngestionPercent: 0, errorDiagnosticsEnabled: 'x'.repeat(60) },
      }),
    ).toMatchInlineSnapshot(`
      "name: must be text, not 5
      description: must be text, not a list
      source.connector: must be one of amazon-redshift, apache-cassandra, apache-hive, apache-spark, azure-data-explorer, azure-databricks, azure-synapse-analytics, azure-table-storage, couchbase, google-bigquery, greenplum, hp-vertica, ibm-db2, mariadb, microsoft-sql-server, mysql, oracle, phoenix, postgresql, snowflake, teradata-vantage, oracle-service-cloud, salesforce-service-cloud, servicenow, generic-odata, microsoft-dynamics, salesforce, veeva-crm, zoho-crm, shopify, paypal, square, hubspot, oracle-eloqua, oracle-responsys, salesforce-marketing-cloud, google-ads, amazon-s3, apache-hdfs, azure-blob, azure-data-lake-storage-gen2, azure-file-storage, data-landing-zone, ftp, google-cloud-storage, oracle-object-storage, sftp, not an object
      source.columns: must be a list, not the text "all"
      source.filters: must be an object, not the text "x"
      schema: must be an object, not a list
      dataset: must be an object, not true
      mapping: must be a list, not an object
      schedule.frequency: must be one of once, minute, hour, day, week, not 5
      schedule.interval: must be a number, not the text "15"
      schedule.backfill: must be true or false, not the text "yes"
      schedule.startTime: must be an ISO 8601 text or epoch seconds, not an object
      options.partialIngestionPercent: must be greater than 0
      options.errorDiagnosticsEnabled: must be true or false, not the text "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…""
    `);
    expect(
      told({
        ...sample,
        schedule: { frequency: 'dayly', interval: 1.5 },
        options: { partialIngestionPercent: 101 },
      }),
    ).toMatchInlineSnapshot(`
      "schedule.frequency: must be one of once, minute, hour, day, week; did you mean "day"?
      schedule.interval: must be a whole number, not 1.5
      options.partialIngestionPercent: must be at most 100"
    `);
  });

  test('of keys that nothing reads, with what was probably meant', () => {
    expect(
      told({
        ...sample,
        desciption: 'x',
        zzz: 1,
        schedule: { ...sample.schedule, endTime: 5, intervall: 5 },
        deltaColumn: { name: 'Datefield', qqqqqq: 1 },
        source: {
          ...sample.source,
          columns: [{ name: 'TestID', type: 'string', fromat: 'x' }, ...sample.source.columns.slice(1)],
        },
      }),
    ).toMatchInlineSnapshot(`
      "deltaColumn.qqqqqq: is not known here; known are name, dateFormat, timezone
      schedule.endTime: is not taken: AEP's newer flow specs have no end, and no sample sends one. A flow runs until it is disabled in AEP or deleted (workflow deleteDataflow); one load alone is frequency "once"
      schedule.intervall: is not known; did you mean "interval"?
      desciption: is not known; did you mean "description"?
      zzz: is not known here; known are name, description, sandbox, source, schema, dataset, target, mapping, deltaColumn, schedule, options, watch, onFailure, giveUpAfter
      source.columns[0].fromat: is not known; did you mean "format"?"
    `);
  });

  test('of what was copied from a page', () => {
    expect(
      told({ ...sample, schema: { id: 'https://ns.adobe.com/{TENANT_ID}/schemas/1' } }),
    ).toMatchInlineSnapshot(
      `"schema.id: still has the placeholder {TENANT_ID}: put the value of your organisation there"`,
    );
  });

  test('of connectors', () => {
    for (const connector of ['google-bigqery', 'Google BigQuery', 'zzzzzzzzzzzz'])
      expect(told(withSource({ connector })).split('. ')[0]!.slice(0, 120)).toMatch(
        /^source\.connector: is not a connector known here/,
      );
    expect(told(withSource({ connector: 'zzzzzzzzzzzz' }))).toMatch(
      /Known are [a-z0-9-]+, .*For any other give connectionSpec instead$/,
    );
    expect(told(withSource({ connector: 'google-bigqery' }))).toMatchInlineSnapshot(
      `"source.connector: is not a connector known here; did you mean "google-bigquery"?"`,
    );
  });

  test('before anything else, of what is no definition at all', () => {
    expect(told(null)).toMatchInlineSnapshot(`": The definition must be a JSON object"`);
    expect(told([sample])).toMatchInlineSnapshot(`": The definition must be a JSON object"`);
    expect(told({ definition: sample })).toMatchInlineSnapshot(
      `"definition: is not known here: give the definition itself. Only planDataflow, createDataflow and updateDataflow take it inside of another object"`,
    );
    expect(told({ ...sample, definition: sample })).toContain('definition: is not known');
    expect(told({ definition: 'x' })).toContain('definition: is not known');
    expect(parseDefinition({ $schema: 'x', ...sample }).definition).not.toHaveProperty('$schema');
  });
});

test('what does not go together is told of the field that is to change', () => {
  const situations: [string, unknown][] = [
    ['no connector', withSource({ connector: undefined })],
    ['a connector and a connection spec', withSource({ connectionSpec: { id: 'x-y' } })],
    ['no base connection', withSource({ baseConnectionId: undefined })],
    ['a base connection of what has none', withSource({ connector: 'data-landing-zone' }, fileSample)],
    ['a table in another format', withSource({ format: 'delimited' })],
    ['a table as a file', withSource({ data: {} })],
    ['a table without a name', withSource({ tableName: undefined })],
    ['a table and a path', withSource({ path: 'x' })],
    ['a table with an ad-hoc schema', withSource({ adHocSchema: {} })],
    ['a table in the format of the older generation', withSource({ format: 'parquet_xdm' })],
    ['a path without an ad-hoc schema', withSource({ adHocSchema: undefined }, legacySample)],
    ['a path with filters', withSource({ filters: { a: 1 } }, legacySample)],
    [
      'files without what says which',
      withSource({ path: undefined, params: undefined, format: undefined }, fileSample),
    ],
    [
      'files as a table',
      withSource(
        { tableName: 'x', columns: sample.source.columns, filters: {}, adHocSchema: {} },
        fileSample,
      ),
    ],
    [
      'what has a field of its own in params',
      withSource({ params: { tableName: 'x', path: 'y', columns: [], filters: {} } }),
    ],
    [
      'columns of no type that is known',
      withSource({
        columns: [
          { name: 'TestID', type: 'text' },
          { name: 'Name', type: 'integer', format: 'date' },
          { name: 'Datefield', type: 'x', xdm: { type: 'strin' } },
          { name: 'Name', type: 'x', xdm: { type: 'zzzzzzz' } },
        ],
      }),
    ],
    ['an ad-hoc schema of no columns', withSource({ columns: undefined }, legacySample)],
    [
      'titles that are the same',
      {
        ...withSource({ adHocSchema: { title: 'A', class: { title: 'A' } } }, legacySample),
        schema: { ...sample.schema, title: 'A' },
      },
    ],
    [
      'what exists and is described',
      {
        ...legacySample,
        source: { ...legacySample.source, adHocSchema: { id, title: 'x' } },
        schema: { id, title: 'x' },
        dataset: { id: 'x', name: 'y' },
        target: { datasetBaseConnection: { id: 'x', name: 'y' } },
      },
    ],
    ['a schema and a dataset that has one', { ...sample, dataset: { id: 'x' } }],
    ['no schema', { ...sample, schema: undefined }],
    ['a schema of no class', { ...sample, schema: { title: 'x' } }],
    [
      'classes for schemas',
      {
        ...legacySample,
        source: { ...legacySample.source, adHocSchema: { id: 'https://ns.adobe.com/t/classes/1' } },
        schema: { id: 'https://ns.adobe.com/t/classes/1' },
      },
    ],
    [
      'rows of two origins and of none',
      {
        ...sample,
        mapping: [{ destination: 'a' }, { source: 'Name', expression: 'Name', destination: 'b' }],
      },
    ],
    ['no delta column', { ...sample, deltaColumn: undefined }],
    [
      'a load that happens once, again and again',
      { ...sample, schedule: { ...sample.schedule, frequency: 'once' } },
    ],
    ['no interval', { ...sample, schedule: { frequency: 'hour' } }],
    ['an interval that is too short', { ...sample, schedule: { frequency: 'minute', interval: 14 } }],
    [
      'columns that are not among those that are given',
      {
        ...withSource({ filters: { nodeType: 'fieldLookup', fieldName: '`Nam`' } }),
        mapping: [
          { source: 'Nmae', destination: 'a' },
          { expression: 'upper(zzzzzzzzzz)', destination: 'b' },
        ],
        deltaColumn: { name: 'Datefeld' },
      },
    ],
    ['a name that is too long', { ...sample, name: 'x'.repeat(250) }],
  ];
  expect(situations.map(([what, input]) => `# ${what}\n${told(input)}`).join('\n')).toMatchInlineSnapshot(`
    "# no connector
    source.connector: is required: a name such as google-bigquery, or connectionSpec instead
    # a connector and a connection spec
    source.connectionSpec.id: must be the id of a connection spec, a UUID such as 3c9b37f8-13a6-43d8-bad3-b863b941fedd, in lower case
    source.connectionSpec: must not be given beside connector: one of the two
    # no base connection
    source.baseConnectionId: is required: the id of an existing base connection of this connector; or connection, with its name
    # a base connection of what has none
    source.baseConnectionId: must be left out: Data Landing Zone has no base connection
    # a table in another format
    source.format: must be tabular or parquet_xdm: google-bigquery reads tables
    # a table as a file
    source.data.properties: is required. For example {"columnDelimiter": ",", "encoding": "UTF-8", "compressionType": "gzip"}.
    source.data: must be left out: google-bigquery reads tables, not files
    # a table without a name
    source.tableName: is required: the table to read; in the older generation path instead
    # a table and a path
    source.path: must not be given beside tableName: path belongs to the older generation
    # a table with an ad-hoc schema
    source.adHocSchema: must be left out beside tableName: it belongs to the older generation, with path
    # a table in the format of the older generation
    source.format: must be "tabular" with tableName: parquet_xdm belongs to the older generation, with path
    # a path without an ad-hoc schema
    source.adHocSchema: is required with format parquet_xdm: {} makes one from the columns, {"id"} uses one
    # a path with filters
    source.filters: must be left out with path: rows are filtered where tableName says the table
    # files without what says which
    source.format: must be delimited or json or parquet: amazon-s3 reads files
    source.path: is required: the file or folder to read
    source.params: is required for files: {"type": "file"} or {"type": "folder", "recursive": true}
    # files as a table
    source.tableName: must be left out: amazon-s3 reads files, not tables
    source.columns: must be left out: amazon-s3 reads files, not tables
    source.filters: must be left out: amazon-s3 reads files, not tables
    source.adHocSchema: must be left out: amazon-s3 reads files, not tables
    # what has a field of its own in params
    source.params.tableName: must be given as source.tableName
    source.params.path: must be given as source.path
    source.params.columns: must be given as source.columns
    source.params.filters: must be given as source.filters
    # columns of no type that is known
    source.columns[0].type: must be one of string, integer, number, boolean, or give the column as the explore call answers it
    source.columns[1].format: must be left out: only columns of type string have a format
    source.columns[2].xdm.type: must be one of string, integer, number, boolean, object, array, not "strin"; did you mean "string"?
    source.columns[3].xdm.type: must be one of string, integer, number, boolean, object, array, not "zzzzzzz"
    source.columns[3].name: must be unique: "Name" is a column already
    # an ad-hoc schema of no columns
    source.columns: is required to make an ad-hoc schema: its fields are the columns
    # titles that are the same
    source.adHocSchema.title: must differ from the ad-hoc class's title "A"
    schema.title: must differ from the titles of the ad-hoc class and schema: "A" is one of them
    # what exists and is described
    schema.title: must be left out beside id: an existing schema is used as it is
    dataset.name: must be left out beside id: an existing dataset is used as it is
    target.datasetBaseConnection.name: must be left out beside id: an existing connection is used as it is
    source.adHocSchema.title: must be left out beside id: an existing ad-hoc schema is used as it is
    # a schema and a dataset that has one
    schema: must be left out where dataset.id is given: the schema is read from the dataset
    # no schema
    schema: is required: {"class", "fieldGroups"} for a new one, {"id"} for an existing one; or "dataset": {"id"}, whose schema is used
    # a schema of no class
    schema.class: is required for a new schema, such as https://ns.adobe.com/xdm/context/profile; or give id
    # classes for schemas
    source.adHocSchema.id: must be the $id of a schema (…/schemas/…); this is the $id of a class
    schema.id: must be the $id of a schema (…/schemas/…); this is the $id of a class
    # rows of two origins and of none
    mapping[0].source: is required: a column of the source, or expression instead
    mapping[1].expression: must not be given beside source: one of the two
    # no delta column
    deltaColumn: is required with frequency "minute": the column by which AEP finds new rows, such as {"name": "updatedAt"}
    # a load that happens once, again and again
    schedule.interval: must be left out with frequency "once": AEP refuses it
    schedule.backfill: must be left out with frequency "once": AEP refuses it
    # no interval
    schedule.interval: is required with frequency "hour": at least 1
    # an interval that is too short
    schedule.interval: must be at least 15 with frequency "minute", not 14
    # columns that are not among those that are given
    mapping[0].source: must be one of the columns; "Nmae" is not among them; did you mean "Name"?
    mapping[1].expression: must name only columns; at character 7, "zzzzzzzzzz" is not among them
    deltaColumn.name: must be one of the columns; "Datefeld" is not among them; did you mean "Datefield"?
    source.filters.fieldName: must be one of the columns; "Nam" is not among them; did you mean "Name"?
    # a name that is too long
    name: must have at most 200 characters"
  `);
});

test('what AEP takes but may not be meant is told as a warning', () => {
  const situations: [string, unknown][] = [
    ['two sources for one destination', { ...sample, mapping: [...sample.mapping, sample.mapping[0]] }],
    ['a delta column that is not used', { ...sample, schedule: { frequency: 'once' } }],
    [
      'a date format that is not documented',
      { ...withSource({ connector: 'mysql' }), deltaColumn: { name: 'Datefield', dateFormat: 'x' } },
    ],
    ['a connector that is deprecated', withSource({ connector: 'shopify' })],
  ];
  expect(situations.map(([, input]) => warned(input)).join('\n')).toMatchInlineSnapshot(`
    "several-sources-for-one-destination mapping[2].destination: 2 mappings go to _id: only one of them can stay in a row
    delta-column-not-used deltaColumn: A load that runs once takes every row: AEP refuses a delta column with "once", so it is not sent
    undocumented-date-format deltaColumn.dateFormat: AEP's pages document only yyyy-MM-dd HH:mm:ss for this connector; x is sent as it is
    "
  `);
});

describe('a source', () => {
  const facts = (source: object) => {
    const { connector, family, ...rest } = sourceFacts(source as never);
    return { ...rest, reads: family.name, title: connector?.title };
  };
  test('comes down to its connector, or to what its connection spec and format tell', () => {
    expect(
      [
        { connector: 'google-bigquery' },
        { connector: 'amazon-s3' },
        { connector: 'amazon-s3', format: 'json' },
        { connectionSpec: { id: 'ecadc60c-7455-4d87-84dc-2a0e293d997b', version: '2.0' } },
        { connectionSpec: { id: 'x' } },
        { connectionSpec: { id: 'x', version: '1.1' }, format: 'delimited' },
        { connectionSpec: { id: 'x' }, format: 'parquet_xdm' },
      ]
        .map((source) => JSON.stringify(facts(source)))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "{"label":"google-bigquery","connectionSpec":{"id":"3c9b37f8-13a6-43d8-bad3-b863b941fedd","version":"1.0"},"format":"tabular","reads":"tables","title":"Google BigQuery"}
      {"label":"amazon-s3","connectionSpec":{"id":"ecadc60c-7455-4d87-84dc-2a0e293d997b","version":"1.0"},"format":"delimited","reads":"files","title":"Amazon S3"}
      {"label":"amazon-s3","connectionSpec":{"id":"ecadc60c-7455-4d87-84dc-2a0e293d997b","version":"1.0"},"format":"json","reads":"files","title":"Amazon S3"}
      {"label":"amazon-s3","connectionSpec":{"id":"ecadc60c-7455-4d87-84dc-2a0e293d997b","version":"2.0"},"format":"delimited","reads":"files","title":"Amazon S3"}
      {"label":"x","connectionSpec":{"id":"x","version":"1.0"},"format":"tabular","reads":"tables"}
      {"label":"x","connectionSpec":{"id":"x","version":"1.1"},"format":"delimited","reads":"files"}
      {"label":"x","connectionSpec":{"id":"x","version":"1.0"},"format":"parquet_xdm","reads":"tables"}"
    `);
    expect(factsOf(undefined)).toBeUndefined();
    expect(factsOf({ format: 'json' } as never)).toBeUndefined();
    expect(factsOf({ connectionSpec: { id: 'x' } } as never)?.label).toBe('x');
    expect(factsOf({ connector: 'mysql' } as never)?.label).toBe('mysql');
  });

  test('is told by the name of its connector, where it has one here', () => {
    expect(tellSpec('ecadc60c-7455-4d87-84dc-2a0e293d997b')).toBe('amazon-s3');
    expect(tellSpec('x')).toBe('the connection spec x, which has no name here');
  });
});

describe('a start', () => {
  test.each<[string | number, unknown]>([
    [0, { seconds: 0 }],
    [9_999_999_999, { seconds: 9_999_999_999 }],
    [
      10_000_000_000,
      { problem: 'must be epoch seconds; 10000000000 looks like milliseconds: write 10000000' },
    ],
    [-1, { problem: 'must be whole epoch seconds, or an ISO 8601 text' }],
    [1.5, { problem: 'must be whole epoch seconds, or an ISO 8601 text' }],
    ['5', { problem: 'must be a number where epoch seconds are meant: 5 without quotes' }],
    ['2030-01-31T06:00:00.1Z', { seconds: 1_896_069_601 }],
    [
      '2030-02-30T06:00:00Z',
      {
        problem: 'must be an ISO 8601 time with a time zone, such as 2030-01-31T06:00:00Z, or epoch seconds',
      },
    ],
  ])('of %j is %j', (value, start) => expect(parseStart(value)).toEqual(start));

  test('that has passed when the flow is made is a problem, and one to come is none', () => {
    const at = (startTime?: number) => parsed({ ...sample, schedule: { ...sample.schedule, startTime } });
    expect(startProblem(at(1000), 1_000_000)).toEqual({
      field: 'schedule.startTime',
      message:
        '1970-01-01T00:16:40.000Z has passed: give a time to come, or leave it out to start as soon as possible',
    });
    expect(startProblem(at(1000), 999_999)).toBeUndefined();
    expect(startProblem(at(), 0)).toBeUndefined();
  });
});

describe('a webhook', () => {
  const problem = (known: string[]) =>
    problemsOfReceivers({ notify: { webhook: 'on-call' } }, { webhook: known });
  test('that workers do not know is told with what would make it known', () => {
    expect(problem([])).toEqual([
      {
        field: 'notify.webhook',
        message:
          'The environment of the worker has no webhook "on-call", nor any other: set AEP_WEBHOOK_ON_CALL_URL and AEP_WEBHOOK_ON_CALL_KEY on every worker.',
      },
    ]);
    expect(problem(['oncall', 'x'])[0]!.message).toContain(
      'has no webhook "on-call", only oncall, x; did you mean "oncall"?: set',
    );
    expect(problem(['zzzzzzzz'])[0]!.message).toContain(', only zzzzzzzz: set');
    expect(problem(['on-call'])).toEqual([]);
    expect(problemsOfReceivers({ notify: {} }, {})).toEqual([]);
    expect(
      problemsOfReceivers({ notify: { slack: 'a', teams: 'b', email: 'c-d' } }, { teams: ['b'] }).map(
        ({ field, message }) => `${field}: ${message}`,
      ),
    ).toEqual([
      'notify.slack: The environment of the worker has no Slack channel "a", nor any other: set AEP_SLACK_A_URL on every worker.',
      'notify.email: The environment of the worker has no e-mail receivers "c-d", nor any other: set AEP_EMAIL_C_D_TO, AEP_SMTP_URL and AEP_SMTP_FROM on every worker.',
    ]);
    expect(problemsOfReceivers(undefined, {})).toEqual([]);
  });
});

describe('a mask', () => {
  test.each<[string, string | undefined]>([
    ['schedule', undefined],
    ['schedule.interval', undefined],
    ['source.columns[10].name', undefined],
    ['mapping[0].source', undefined],
    // What is passed on may have any key.
    ['source.params.anything.at.all', undefined],
    ['source.params.x[1a]', undefined],
    [
      'schedul',
      'schedul is not known; did you mean "schedule"?: give a field of a definition, such as "schedule.interval"',
    ],
    [
      'schedule.intervall',
      'intervall is not known; did you mean "interval"?: give a field of a definition, such as "schedule.interval"',
    ],
    [
      'mapping[0].sourc',
      'sourc is not known; did you mean "source"?: give a field of a definition, such as "schedule.interval"',
    ],
  ])('of %s: %s', (field, message) => {
    expect(maskProblems(['name', field])).toEqual(
      message === undefined ? [] : [{ field: 'mask[1]', message }],
    );
  });
});

describe('JSON', () => {
  const nested = (levels: number) =>
    Array.from({ length: levels - 1 }).reduce<unknown>((inner) => ({ a: inner }), {});
  const refusalOf = (input: unknown) => plainJson(input).problem?.message;

  test('that is plain is taken as it is, and else what it would be on its way', () => {
    for (const plain of [{}, { a: [1, 'x', true, null, { b: {} }] }])
      expect(plainJson(plain).value).toBe(plain);
    const odd = [
      [{ a: undefined }, {}],
      [{ a: new Date(0) }, { a: '1970-01-01T00:00:00.000Z' }],
      [{ a: Number.NaN }, { a: null }],
      [{ a: [() => 1] }, { a: [null] }],
      [Object.assign(Object.create({ b: 1 }) as object, { a: 1 }), { a: 1 }],
    ];
    for (const [input, value] of odd) {
      expect(plainJson(input).value).toStrictEqual(value);
      expect(plainJson(input).value).not.toBe(input);
    }
    expect(refusalOf({ toJSON: () => 'x' })).toBe('The definition must be a JSON object');
  });

  test('is no deeper and no larger than histories take', () => {
    expect(refusalOf(nested(64))).toBeUndefined();
    expect(refusalOf(nested(65))).toBe('The definition must not be nested deeper than 64 levels');
    expect(refusalOf({ a: 5n })).toMatch(/^The definition must be plain JSON: TypeError/);
    const wrap = JSON.stringify({ a: '' }).length;
    expect(refusalOf({ a: 'x'.repeat(maxBytes - wrap) })).toBeUndefined();
    expect(refusalOf({ a: 'x'.repeat(maxBytes - wrap + 1) })).toBe(
      `The definition must be at most ${maxBytes} bytes of JSON; it has ${maxBytes + 1}`,
    );
    // Bytes, not characters.
    expect(refusalOf({ a: '€'.repeat(maxBytes / 3) })).toContain('it has ');
    expect(refusalOf({ a: Array.from({ length: maxBytes }, () => []) })).toBe(
      `The definition must be at most ${maxBytes} bytes of JSON`,
    );
  });

  test('with its keys in one order says the same, and lists keep theirs', () => {
    const value = { b: [2, { d: 1, c: null }], a: 'x', u: undefined };
    expect(canonicalJson(value)).toBe('{"a":"x","b":[2,{"c":null,"d":1}]}');
    expect(canonicalJson({ a: 'x', b: [2, { c: null, d: 1 }] })).toBe(canonicalJson(value));
    expect(canonicalJson([null, 'x'])).toBe('[null,"x"]');
  });
});

describe('problems', () => {
  test('are told a line each, ten of them, and how many there are besides', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ field: `f${at}`, message: 'No' }));
    expect(tellProblems([{ field: '', message: 'No' }, ...many(1)])).toBe('No\nf0: No');
    expect(tellProblems(many(10)).split('\n')).toHaveLength(10);
    expect(tellProblems(many(12)).split('\n').slice(9)).toEqual([
      'f9: No',
      'and 2 more: the first hundred are in the details of the failure (--output json)',
    ]);
    const one = new InvalidDefinitionError(many(1));
    expect([one.name, one.message, one.problems]).toEqual([
      'InvalidDefinitionError',
      'The definition has a problem:\nf0: No',
      many(1),
    ]);
    expect(new InvalidDefinitionError(many(2)).message).toMatch(/^The definition has 2 problems:\n/);
  });

  test('of fields that are wrong stand for all that is in them, and for nothing beside them', () => {
    const tree = new FieldTree();
    for (const field of ['a.b[2].c', 'd', 'a.b[2].c.e']) tree.add(partsOf(field));
    tree.addIn(partsOf('f.g'), ['.h', '.i']);
    tree.addIn(partsOf('d'), ['.x']);
    tree.add([]);
    const cases = {
      'a.b[2].c': [true, true],
      'a.b[2].c.e': [true, true],
      'a.b': [false, true],
      'a.b[1]': [false, false],
      d: [true, true],
      'd.x': [true, true],
      'f.g.h': [true, true],
      'f.g': [false, true],
      'f.g.j': [false, false],
      x: [false, false],
    };
    for (const [field, [covers, touches]] of Object.entries(cases))
      expect([field, tree.covers(field), tree.touches(field)]).toEqual([field, covers, touches]);
    expect(
      tree.takenFrom({ a: { b: [1, 2, { c: 3, k: 4 }] }, d: 5, f: { g: { h: 1, j: 2 } }, x: null }),
    ).toEqual({
      a: { b: [1, 2, { k: 4 }] },
      f: { g: { j: 2 } },
      x: null,
    });
    const items = new FieldTree();
    items.add(partsOf('a[1]'));
    expect(items.takenFrom({ a: ['x', 'y', 'z'] })).toEqual({ a: ['x', undefined, 'z'] });
    expect([items.takenFrom(null), items.takenFrom('x')]).toEqual([null, 'x']);
  });
});

describe('what was probably meant', () => {
  test.each<[string, string[], string | undefined]>([
    ['Interval', ['interval'], 'interval'],
    ['inter_val', ['frequency', 'interval'], 'interval'],
    ['intervl', ['frequency', 'interval'], 'interval'],
    // Two neighbours swapped are one step.
    ['ab', ['ba'], 'ba'],
    ['abcd', ['abdc'], 'abdc'],
    ['abcd', ['dcba'], undefined],
    ['abc', ['abd', 'abx'], 'abd'],
    ['abcdef', ['abcxyf', 'abcdxf'], 'abcdxf'],
    ['abcdef', ['uvwxyz'], undefined],
    ['abcdef', ['abxyzf'], undefined],
    ['abcdef', ['abcxyf'], 'abcxyf'],
    ['abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
    // A part of one, and of no other.
    ['name', ['fullNameOfAll', 'somethingElse'], 'fullNameOfAll'],
    ['name', ['fullNameOfAll', 'nameOfSomeOther'], undefined],
    ['orderIdOfTheShop', ['id', 'shop'], 'shop'],
    ['customerid', ['id'], 'id'],
    ['idofcustomers', ['id'], undefined],
    ['x', ['abcdefx'], undefined],
    ['x'.repeat(100), [`${'x'.repeat(99)}y`], `${'x'.repeat(99)}y`],
    ['x'.repeat(101), [`${'x'.repeat(100)}y`], undefined],
    ['a', [], undefined],
  ])('by %s among %j is %s', (word, known, meant) => expect(nearest(word, known)).toBe(meant));

  test('is told for the first hundred mistakes of an input', () => {
    const suggest = suggestions();
    const told = Array.from({ length: 101 }, () => suggest('intervl', ['interval']));
    expect(told.lastIndexOf('interval')).toBe(99);
    expect(told[100]).toBeUndefined();
  });

  test('is not told where comparing would take long', () => {
    const suggest = suggestions();
    const many = Array.from({ length: 2_000 }, (_, at) => `${'x'.repeat(40)}${at}`);
    const told = Array.from({ length: 5 }, (_, at) => suggest(`${'y'.repeat(40)}${at}`, many));
    expect(told).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(suggest('intervl', ['interval'])).toBeUndefined();
    // What is the same but for its signs costs nothing.
    expect(suggest('Inter-val', ['interval'])).toBe('interval');
  });
});

test('a time zone that does not exist is told with the one that was probably meant', () => {
  expect(timeZoneProblem('Europe/Paris')).toBeUndefined();
  expect(timeZoneProblem('Europe/Pariss')).toBe(
    'must be a time zone such as UTC or Europe/Paris; did you mean "Europe/Paris"?',
  );
  expect(timeZoneProblem('qqqqqqqqqqqqqq/1')).toBe('must be a time zone such as UTC or Europe/Paris');
});

test('the id of any resource is a word or an address', () => {
  const takes = (text: string) => anyId().safeParse(text).success;
  expect(['a-B_1', 'https://ns.adobe.com/t/schemas/1', 'x'.repeat(500)].map(takes)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['', '-a', 'a b', 'https://ns.adobe.com', 'x'.repeat(501)].map(takes)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(anyId().safeParse('a b').error?.issues[0]?.message).toContain(
    'must be the id of a resource: letters, digits',
  );
});

test('a definition inside of another object is told from the definition itself', () => {
  expect(
    [
      { definition: {} },
      { definition: sample, source: 1 },
      { definition: null },
      { definition: 'x' },
      null,
      'x',
      {},
    ].map(isWrapped),
  ).toEqual([true, false, false, false, false, false, false]);
  expect(bareDefinition({ source: {} })).toEqual({
    field: 'definition',
    message: 'is missing: what was given is the definition itself. Give {"definition": …} with it inside',
  });
  expect(bareDefinition({ source: {}, definition: {} })).toBeUndefined();
  expect(bareDefinition({})).toBeUndefined();
});
