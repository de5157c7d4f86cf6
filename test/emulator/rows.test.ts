/** Runs that read rows of a user's own: what arrives, what does not, and why. */
import { afterAll, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Emulator } from '../../emulator/emulator.ts';
import { databasesSchema, flow, makeFlow, sourceConnection, targetConnection } from './bodies.ts';
import { Client, token } from './client.ts';
import type { Answer, Json } from './client.ts';
import { dataFolder } from './data-folder.ts';
import type { DataFiles } from './data-folder.ts';

const minute = 60_000;
const now = Date.UTC(2026, 0, 31, 12);
const at = (minutes: number): string => new Date(now + minutes * minute).toISOString();

/** Ten members, one a day until yesterday. */
const members = Array.from({ length: 10 }, (_, index) => ({
  id: `M-${index + 1}`,
  name: `Member ${index + 1}`,
  born: `199${index}-03-0${(index % 9) + 1}`,
  changed: at((index - 10) * 24 * 60),
}));
const csv = (rows: object[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((line) => `${line.join(',')}\n`)
    .join('');

class Rehearsal {
  readonly emulator: Emulator;
  readonly client: Client;
  readonly write: (files: DataFiles) => void;

  constructor(emulator: Emulator, client: Client, write: (files: DataFiles) => void) {
    this.emulator = emulator;
    this.client = client;
    this.write = write;
  }

  async #made(path: string, body: object): Promise<string> {
    const answer = await this.client.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  }

  /** A flow of a table, due in a minute and then every 15 minutes. */
  async flow({
    source = {},
    params = {},
    mapping = {},
    schema = databasesSchema,
    dataSetId,
    change = {},
  }: Json = {}): Promise<string> {
    const sourceId = await this.#made(
      '/flowservice/sourceConnections',
      sourceConnection({ params: { tableName: 'members', ...params }, ...source }),
    );
    const contentType = 'application/vnd.adobe.xed-full+json;version=1';
    const target = targetConnection({
      data: { schema: { id: schema, version: contentType } },
      ...(dataSetId === undefined ? {} : { params: { dataSetId } }),
    });
    const targetId = await this.#made('/flowservice/targetConnections', target);
    const mappingId = await this.mappingSet(
      { _id: 'id', 'person.name.fullName': 'name', ...mapping },
      schema,
    );
    const delta = { name: 'Copy', params: { deltaColumn: { name: 'changed' } } };
    const mapped = { name: 'Mapping', params: { mappingId, mappingVersion: 0 } };
    const startTime = Math.floor(this.emulator.control.clock().now / 1000) + 60;
    const { deltaColumn = delta.params.deltaColumn, ...rest } = change;
    const transformations =
      deltaColumn === null ? [mapped] : [{ name: 'Copy', params: { deltaColumn } }, mapped];
    const body = flow({ sourceId, targetId, mappingId }, startTime, { transformations, ...rest });
    if (rest.scheduleParams !== undefined) body.scheduleParams = { startTime, ...rest.scheduleParams };
    return this.#made('/flowservice/flows', body);
  }

  /** A source that is an expression is written `= …`. Null leaves a destination out. */
  mappingSet(mapping: Record<string, string | null>, schema = databasesSchema): Promise<string> {
    const mappings = Object.entries(mapping).flatMap(([destination, source]) => {
      if (source === null) return [];
      const isExpression = source.startsWith('= ');
      const sourceType = isExpression ? 'EXPRESSION' : 'ATTRIBUTE';
      return [{ sourceType, source: isExpression ? source.slice(2) : source, destination }];
    });
    const schemaRef = { id: schema, contentType: 'application/vnd.adobe.xed-full+json;version=1' };
    return this.#made('/conversion/mappingSets', { outputSchema: { schemaRef }, mappings });
  }

  /** The runs once the clock has moved on. */
  async runs(flowId: string, minutes = 0): Promise<Json[]> {
    if (minutes > 0) this.emulator.control.advanceClock(minutes * minute);
    return (await this.client.get(`/flowservice/runs?limit=100&property=flowId==${flowId}`)).body.items;
  }

  /** The first run of a flow, and what it says went wrong. */
  async first(options: Json = {}): Promise<{ counts: number[]; status: string; errors: Json[]; run: Json }> {
    const [run] = await this.runs(await this.flow(options), 10);
    return { run, counts: counts(run), status: run.metrics.statusSummary.status, errors: errorsOf(run) };
  }
}

/** Read, written, failed. */
function counts(run: Json): number[] {
  const { inputRecordCount, outputRecordCount, failedRecordCount } = run.metrics.recordSummary;
  return [inputRecordCount, outputRecordCount, failedRecordCount];
}

/** Of the run, then those that its promotion tells more of. */
function errorsOf(run: Json): Json[] {
  const more = run.activities[1]?.statusSummary.extensions?.errors ?? [];
  return [...(run.metrics.statusSummary.errors ?? []), ...more].map(({ code, message, recordCount }: Json) =>
    recordCount === undefined ? `${code} ${message}` : `${code} ${recordCount}: ${message}`,
  );
}

async function rehearse(files: DataFiles): Promise<Rehearsal> {
  const folder = dataFolder(files);
  const emulator = await startEmulator({
    data: folder.path,
    now,
    clockSpeed: 0,
    runAppearsMs: [2 * minute, 2 * minute],
    runLastsMs: [minute, minute],
  });
  afterAll(() => emulator.close());
  return new Rehearsal(emulator, new Client(emulator.url, await token(emulator.url)), folder.write);
}

const tables = await rehearse({ 'tables/members.csv': csv(members) });
const told = { options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 20 } };

test('the first run takes all rows that are there, the next one those whose delta column lies in its window', async () => {
  const own = await rehearse({ 'tables/members.csv': csv(members) });
  const flowId = await own.flow();
  expect((await own.runs(flowId, 10)).map(counts)).toEqual([[10, 10, 0]]);
  const changed = { ...members[0], changed: at(9) };
  own.write({
    'tables/members.csv': csv([...members.slice(1), changed, { ...changed, id: 'M-11', changed: at(20) }]),
  });
  const runs = await own.runs(flowId, 30);
  expect(runs.map(counts)).toEqual([
    [10, 10, 0],
    [1, 1, 0],
    [1, 1, 0],
  ]);
  expect(runs.map((run) => run.metrics.statusSummary.status)).toEqual(['success', 'success', 'success']);
});

test('a delta column that never moves: after the first run nothing is read any more, whatever changes', async () => {
  const own = await rehearse({ 'tables/members.csv': csv(members) });
  const flowId = await own.flow();
  await own.runs(flowId, 10);
  own.write({ 'tables/members.csv': csv([...members, { ...members[0], id: 'M-11', name: 'New' }]) });
  expect((await own.runs(flowId, 30)).map(counts)).toEqual([
    [10, 10, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('without backfill the first run takes its window alone', async () => {
  const change = { scheduleParams: { frequency: 'day', interval: 1, backfill: false } };
  // From a day before its start: the newest was changed just a day before now.
  expect((await tables.first({ change })).counts).toEqual([0, 0, 0]);
  const week = { scheduleParams: { frequency: 'week', interval: 1, backfill: false } };
  expect((await tables.first({ change: week })).counts[0]).toBe(6);
});

test('a flow that runs once takes the whole table', async () => {
  const change = { deltaColumn: null, scheduleParams: { frequency: 'once' } };
  expect((await tables.first({ change })).counts).toEqual([10, 10, 0]);
});

test.each<[string, Json, string]>([
  ['table', { params: { tableName: 'member' } }, 'The source has no table member: it has members'],
  [
    'column',
    { params: { columns: [{ name: 'id' }, { name: 'nmae' }] } },
    'has no column nmae: it has id, name',
  ],
  ['delta column', { change: { deltaColumn: { name: 'updated' } } }, 'no delta column updated'],
  ['delta column that holds no dates', { change: { deltaColumn: { name: 'name' } } }, 'no date in row 1'],
  [
    'filter',
    {
      params: {
        filters: {
          type: 'PQL',
          format: 'pql/json',
          value: { nodeType: 'fnApply', fnName: 'near', params: [] },
        },
      },
    },
    'The filter is not understood: there is no fnName near',
  ],
])('a wrong %s fails the copy of each run, with the reason', async (_what, options, why) => {
  const { run, status, errors } = await tables.first(options);
  expect(status).toBe('failed');
  expect(run.activities.map((one: Json) => [one.name, one.statusSummary.status])).toEqual([
    ['Copy Activity', 'failed'],
  ]);
  expect(errors).toEqual([expect.stringContaining('CONNECTOR-1001-500')]);
  expect(errors[0]).toContain(why);
});

test('a delta column in a form of its own is read by its dateFormat', async () => {
  const rows = members.map((rest, index) => ({
    ...rest,
    changed: `0${(index % 9) + 1}.01.2026`,
  }));
  const own = await rehearse({ 'tables/members.csv': csv(rows) });
  const of = (dateFormat?: string): Json => ({ change: { deltaColumn: { name: 'changed', dateFormat } } });
  expect((await own.first(of('dd.MM.yyyy'))).counts).toEqual([10, 10, 0]);
  const { errors } = await own.first(of());
  expect(errors[0]).toContain('"01.01.2026" is no date of the form yyyy-MM-dd HH:mm:ss');
});

test('a row filter decides which rows a run reads', async () => {
  const value = {
    nodeType: 'fnApply',
    fnName: '<',
    params: [
      { nodeType: 'fieldLookup', fieldName: 'born' },
      { nodeType: 'literal', value: '1993-01-01' },
    ],
  };
  const filters = { type: 'PQL', format: 'pql/json', value };
  expect((await tables.first({ params: { filters } })).counts).toEqual([3, 3, 0]);
});

test('a mapping from a column that is not there fails every row, and names the columns', async () => {
  const {
    status,
    counts: found,
    errors,
  } = await tables.first({ mapping: { 'person.birthDate': 'birthday' }, change: told });
  expect(status).toBe('failed');
  expect(found).toEqual([10, 0, 10]);
  expect(errors[0]).toContain('CONNECTOR-2001-500');
  expect(errors[2]).toContain(
    'MAPPER-3700-400 10: Mapper Transform Error: birthday to person.birthDate: there is no column birthday: there are id, name, born, changed',
  );
});

/** Two of ten are no dates by the format. */
const american = members.map((one, index) => ({ ...one, born: index < 2 ? '12/31/1990' : '31/12/1990' }));

test('dates that do not parse fail their rows: below the threshold the others arrive, and above it none', async () => {
  const own = await rehearse({ 'tables/members.csv': csv(american) });
  const mapping = { 'person.birthDate': '= date(born, "dd/MM/yyyy")' };
  const below = await own.first({ mapping, change: told });
  expect(below.status).toBe('success');
  expect(below.counts).toEqual([10, 8, 2]);
  expect(below.errors).toEqual([
    'CONNECTOR-2001-500 Error occurred at promotion activity.',
    expect.stringContaining(
      'INGEST-1212-400 Encountered 2 errors in the data. Successfully ingested 8 rows.',
    ),
    'MAPPER-3700-400 2: Mapper Transform Error: date(born, "dd/MM/yyyy") to person.birthDate: "12/31/1990" is no date of the form dd/MM/yyyy (row 1 of members)',
  ]);
  const batchId = below.run.activities[1].targetInfo[0].reference.ids[0];
  const batch = (await own.client.get(`/catalog/batches/${batchId}`)).body[batchId];
  expect(batch).toMatchObject({ status: 'success', recordCount: 8, failedRecordCount: 2 });
  expect(batch.errors.at(-1)).toMatchObject({ code: 'MAPPER-3700-400', recordCount: 2 });

  const options = { errorDiagnosticsEnabled: true, partialIngestionPercent: 19 };
  const above = await own.first({ mapping, change: { options } });
  expect([above.status, above.counts]).toEqual(['failed', [10, 0, 2]]);
  expect(above.errors[1]).toContain('Successfully ingested 0 rows.');
  // Not said is switched off.
  const off = await own.first({ mapping, change: { options: { errorDiagnosticsEnabled: true } } });
  expect([off.status, off.counts]).toEqual(['failed', [10, 0, 2]]);
});

test('without error diagnostics a run says that rows failed, and not why', async () => {
  const own = await rehearse({ 'tables/members.csv': csv(american) });
  const { errors } = await own.first({
    // No form that Data Prep knows by itself.
    mapping: { 'person.birthDate': 'born' },
    change: { options: { partialIngestionPercent: 80 } },
  });
  expect(errors).toEqual([
    expect.stringContaining('CONNECTOR-2001-500'),
    expect.stringContaining('INGEST-1211-400 Encountered errors while parsing'),
  ]);
});

test('a text that is no number, and one that is no boolean, do not become one', async () => {
  const { errors, status } = await tables.first({
    mapping: { 'person.birthYear': 'name', 'homePhone.primary': 'name' },
    change: told,
  });
  expect(status).toBe('failed');
  expect(errors.join('\n')).toContain('"Member 1" is no number');
  expect(errors.join('\n')).toContain('"Member 1" is no boolean');
});

test('a required field that is null fails the row', async () => {
  const rows = members.map((one, index) => ({ ...one, seen: index === 4 ? '' : one.changed }));
  const own = await rehearse({ 'tables/members.csv': csv(rows) });
  const schema = await own.client.post('/schemaregistry/tenant/schemas', {
    title: 'Visits',
    type: 'object',
    allOf: [{ $ref: 'https://ns.adobe.com/xdm/context/experienceevent' }],
  });
  const contentType = 'application/vnd.adobe.xed-full+json;version=1';
  const dataSet = await own.client.post('/catalog/dataSets', {
    name: 'Visits',
    schemaRef: { id: schema.body.$id, contentType },
  });
  const found = await own.first({
    schema: schema.body.$id,
    dataSetId: String(dataSet.body[0]).replace('@/dataSets/', ''),
    mapping: { timestamp: 'seen', 'person.name.fullName': null },
    change: told,
  });
  expect(found.counts).toEqual([10, 9, 1]);
  expect(found.errors[2]).toBe(
    'INGEST-1555-400 1: A required field is missing or null: timestamp (row 5 of members)',
  );
});

test('a function that the emulator cannot work out fails the run, and is named', async () => {
  const mapping = {
    'person.name.firstName': '= ua_os_name(name)',
    'person.name.lastName': '= aa_get_event_id(name, 1)',
  };
  const { status, errors } = await tables.first({ mapping });
  expect(status).toBe('failed');
  expect(errors[0]).toContain("MAPPER-3700-400 the emulator can't work out ua_os_name, aa_get_event_id");
});

test('a run that is planned ends as planned, whatever the rows are', async () => {
  const flowId = await tables.flow();
  tables.emulator.control.planRuns({ flowId, outcomes: [{ outcome: 'success', records: 7 }] });
  expect((await tables.runs(flowId, 10)).map(counts)).toEqual([[7, 7, 0]]);
});

test('a run that is tried again takes the same rows, now that the mistake is mended', async () => {
  const own = await rehearse({ 'tables/other.csv': 'a\n1\n' });
  const flowId = await own.flow();
  const [failed] = await own.runs(flowId, 10);
  expect(failed.metrics.statusSummary.status).toBe('failed');
  own.write({ 'tables/members.csv': csv(members) });
  expect((await own.client.post(`/flowservice/runs/${failed.id}/action?op=re-trigger`)).status).toBe(200);
  expect((await own.runs(flowId, 3)).map(counts)).toEqual([
    [0, 0, 0],
    [10, 10, 0],
  ]);
});

test('a run on demand takes the rows of its window', async () => {
  const flowId = await tables.flow({ change: { deltaColumn: null, scheduleParams: { frequency: 'once' } } });
  await tables.runs(flowId, 10);
  const seconds = (days: number): number => now / 1000 - days * 86_400;
  const params = {
    startTime: Math.floor(tables.emulator.control.clock().now / 1000),
    windowStartTime: seconds(4),
    windowEndTime: seconds(2),
    deltaColumn: { name: 'changed' },
  };
  expect((await tables.client.post('/flowservice/runs', { flowId, params })).status).toBe(201);
  expect((await tables.runs(flowId, 5)).map(counts)).toEqual([
    [10, 10, 0],
    [2, 2, 0],
  ]);
});

test('a mapping that was mended counts from the next run on, by the version that the flow names', async () => {
  const own = await rehearse({ 'tables/members.csv': csv(members) });
  const flowId = await own.flow({ mapping: { 'person.birthDate': 'name' } });
  expect((await own.runs(flowId, 10)).map(counts)).toEqual([[10, 0, 10]]);
  const [item] = (await own.client.get(`/flowservice/flows/${flowId}`)).body.items;
  const { mappingId } = item.transformations[1].params;
  const set = (await own.client.get(`/conversion/mappingSets/${mappingId}`)).body;
  const mappings = set.mappings.map((one: Json) => ({
    ...one,
    source: one.source === 'name' ? 'born' : one.source,
  }));
  await own.client.call('PUT', `/conversion/mappingSets/${mappingId}`, {
    body: {
      outputSchema: set.outputSchema,
      mappings: mappings.filter(({ destination }: Json) => destination !== 'person.name.fullName'),
    },
  });
  const value = { name: 'Mapping', params: { mappingId, mappingVersion: 1 } };
  await own.client.patch(
    `/flowservice/flows/${flowId}`,
    [{ op: 'replace', path: '/transformations/1', value }],
    item.etag,
  );
  own.write({ 'tables/members.csv': csv([...members, { ...members[0], changed: at(10) }]) });
  expect((await own.runs(flowId, 15)).map(counts)).toEqual([
    [10, 0, 10],
    [1, 1, 0],
  ]);
});

test('the samples serve the tutorial: its table has rows, and all of them arrive', async () => {
  const emulator = await startEmulator({ data: 'emulator/data/samples', clockSpeed: 0 });
  afterAll(() => emulator.close());
  const client = new Client(emulator.url, await token(emulator.url));
  const flowId = await makeFlow(client, emulator.control.clock().now);
  emulator.control.advanceClock(10 * minute);
  const { body }: Answer = await client.get(`/flowservice/runs?property=flowId==${flowId}`);
  expect(body.items.map(counts)).toEqual([[12, 12, 0]]);
});

const cloudStorage = '9753525b-82c7-4dce-8a9b-5ccfce2b9876';

/** A flow of files: no delta column. */
async function fileFlow(own: Rehearsal, params: Json, data: Json = { format: 'delimited' }): Promise<string> {
  const s3 = own.emulator.control
    .resources('connections', 'prod')
    .find(({ name }) => name === 'Amazon S3 base connection');
  return own.flow({
    source: { baseConnectionId: s3?.id, connectionSpec: s3?.connectionSpec, data, params },
    change: { flowSpec: { id: cloudStorage, version: '1.0' }, deltaColumn: null },
  });
}

test('a flow of files takes each file once: the new ones, and those that were changed', async () => {
  const two = csv(members.slice(0, 2));
  const own = await rehearse({
    'files/crm/a.csv': two,
    'files/crm/b.csv': csv(members.slice(2)),
    'files/crm/old/c.csv': two,
  });
  const flowId = await fileFlow(own, { path: '/crm', type: 'folder' });
  const deep = await fileFlow(own, { path: '/crm/', type: 'folder', recursive: true });
  const fitting = await fileFlow(own, { path: '/crm/*a*.csv', type: 'folder' });
  expect((await own.runs(flowId, 10)).map(counts)).toEqual([[10, 10, 0]]);
  expect((await own.runs(deep)).map(counts)).toEqual([[12, 12, 0]]);
  expect((await own.runs(fitting)).map(counts)).toEqual([[2, 2, 0]]);
  own.write({ 'files/crm/a.csv': csv(members.slice(0, 3)), 'files/crm/d.csv': two });
  expect((await own.runs(flowId, 30)).map(counts)).toEqual([
    [10, 10, 0],
    [5, 5, 0],
    [0, 0, 0],
  ]);
  const files = (await own.runs(flowId)).map((run) => run.metrics.fileSummary.inputFileCount);
  expect(files).toEqual([2, 2, 0]);
});

test('a file that is not there, or cannot be read, fails the copy', async () => {
  const own = await rehearse({
    'files/a.csv': 'id,name\n1,2,3\n',
    'files/b.json': '{"id": 1, "name": "x"}\n',
  });
  const why = async (params: Json, data?: Json): Promise<string> =>
    errorsOf((await own.runs(await fileFlow(own, params, data), 10))[0])[0] ?? 'nothing';
  expect(await why({ path: '/nope.csv', type: 'file' })).toContain('There is no file /nope.csv');
  expect(await why({ path: '/nope', type: 'folder' })).toContain('There is no folder /nope');
  expect(await why({ path: '/a.csv', type: 'file' })).toContain('The file /a.csv cannot be read');
  expect(await why({ path: '/b.json', type: 'file' }, { format: 'json' })).toBe('nothing');
});

test('where a folder has no tables, runs of table sources are made up', async () => {
  const own = await rehearse({ 'files/a.csv': 'a\n1\n' });
  const read = (await own.first({ params: { tableName: 'whatever' } })).counts[0];
  expect(read).toBeGreaterThanOrEqual(1000);
});

test('a year of a flow over a table of 2,000 rows is worked out in some seconds', async () => {
  const rows = Array.from({ length: 2000 }, (_, index) => ({
    ...members[0],
    id: index,
    changed: at(index * 250),
  }));
  const own = await rehearse({ 'tables/members.csv': csv(rows) });
  const flowId = await own.flow();
  const began = performance.now();
  own.emulator.control.advanceClock(365 * 24 * 60 * minute);
  const { body }: Answer = await own.client.get(`/flowservice/runs?count=true&property=flowId==${flowId}`);
  expect(body.count).toBeGreaterThan(35_000);
  expect(performance.now() - began).toBeLessThan(20_000);
});
