import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { bigQuery } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';
import { dataFolder } from './data-folder.ts';
import type { DataFiles } from './data-folder.ts';
import { membersParquet } from './members-parquet.ts';
import { startProgram } from '../support/program.ts';

const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const detail = (answer: Answer): string => answer.body.errorMessage;

const orders = `order_id,customer,total,paid,ordered,postcode,note
7001,Mila Novak,19.5,true,2024-01-08 09:00:00,01067,
7002,"Berg, Jonas",20,false,2024-01-09 10:30:00,80331,"two
lines"
`;
const folder = dataFolder({
  'tables/shop.orders.csv': orders,
  'tables/members.parquet': membersParquet,
  'tables/visits.json': '[{"page": "/", "device": {"type": "phone"}}, {"page": "/cart"}]',
  'files/crm/2024/customers.csv': 'id;name\n1;Ada\n2;Bo\n',
  'files/crm/2024/events.json': '{"id": 1}\n{"id": 2}\n',
  'files/crm/members.parquet': membersParquet,
  'files/crm/packed.csv.gz': gzipSync('id,name\n1,Ada\n'),
  'files/broken.csv': 'a,b\n1,2,3\n',
});
const shop = new DatabaseSync(join(folder.path, 'tables/shop.sqlite'));
shop.exec(`CREATE TABLE stock (sku TEXT, pieces INTEGER, weight REAL, counted TEXT);
  INSERT INTO stock VALUES ('A-1', 3, 1.5, '2024-01-08'), ('A-2', 9007199254740993, 2, NULL)`);
shop.close();

const { emulator, client } = await rehearsal({ data: folder.path });
const s3 = emulator.control
  .resources('connections', 'prod')
  .find(({ name }) => name === 'Amazon S3 base connection');
const explore = (query: Record<string, string>, id = bigQuery.baseConnectionId): Promise<Answer> =>
  client.get(`/flowservice/connections/${id}/explore?${new URLSearchParams(query).toString()}`);
const table = async (object: string): Promise<Json> =>
  (await explore({ objectType: 'table', object, preview: 'true' })).body;
const file = (object: string, more: Record<string, string>): Promise<Answer> =>
  explore({ objectType: 'file', object, preview: 'true', ...more }, s3?.id);
const types = ({ schema }: Json): Json =>
  Object.fromEntries(schema.columns.map((one: Json) => [one.name, one['meta:xdmType'] ?? one.xdm.type]));

test('the tables of a folder of one’s own are those that a table source shows', async () => {
  const root = await explore({ objectType: 'root' });
  expect(root.body.map((one: Json) => [one.type, one.path])).toEqual([
    ['table', 'members'],
    ['table', 'shop.orders'],
    ['table', 'stock'],
    ['table', 'visits'],
  ]);
  expect(code(await explore({ objectType: 'table', object: 'test1.Mytable' }))).toBe('CONNECTOR-1330-400');
});

test('a CSV file is a table whose columns have the types of their values, and its rows are the preview', async () => {
  const found = await table('shop.orders');
  expect(found.format).toBe('flat');
  expect(types(found)).toEqual({
    order_id: 'integer',
    customer: 'string',
    total: 'number',
    paid: 'boolean',
    ordered: 'date-time',
    // Its zero in front is part of it.
    postcode: 'string',
    note: 'string',
  });
  expect(found.data[1]).toEqual({
    order_id: 7002,
    customer: 'Berg, Jonas',
    total: 20,
    paid: false,
    ordered: '2024-01-09 10:30:00',
    postcode: '80331',
    note: 'two\nlines',
  });
  expect(found.data[0].note).toBeNull();
});

test('Parquet, JSON and SQLite are tables too', async () => {
  const members = await table('members');
  expect(types(members)).toEqual({ id: 'string', points: 'integer', joined: 'date-time' });
  expect(members.data[2]).toEqual({ id: 'a3', points: 30, joined: '2024-01-10T09:00:00.000Z' });
  const visits = await table('visits');
  expect(types(visits)).toEqual({ page: 'string', device: 'object' });
  expect(visits.data[0].device).toEqual({ type: 'phone' });
  const stock = await table('stock');
  expect(types(stock)).toEqual({ sku: 'string', pieces: 'string', weight: 'number', counted: 'date' });
  expect(stock.data).toEqual([
    { sku: 'A-1', pieces: 3, weight: 1.5, counted: '2024-01-08' },
    // No number of JSON holds it.
    { sku: 'A-2', pieces: '9007199254740993', weight: 2, counted: null },
  ]);
});

test('without a preview only the columns are shown', async () => {
  expect((await explore({ objectType: 'table', object: 'members' })).body).not.toHaveProperty('data');
});

const pql = (fnName: string, ...params: Json[]): Json => ({ nodeType: 'fnApply', fnName, params });
const field = (fieldName: string): Json => ({ nodeType: 'fieldLookup', fieldName });
const literal = (value: Json): Json => ({ nodeType: 'literal', value });
const filtered = (value: Json, object = 'shop.orders'): Promise<Answer> => {
  const filters = Buffer.from(JSON.stringify({ type: 'PQL', format: 'pql/json', value })).toString('base64');
  return explore({ objectType: 'table', object, preview: 'true', filters });
};

test.each<[string, Json, number[]]>([
  ['a number', pql('>', field('total'), literal(19.9)), [7002]],
  ['a boolean', pql('=', field('paid'), literal(true)), [7001]],
  ['a moment', pql('<=', field('ordered'), literal('2024-01-08T09:00:00Z')), [7001]],
  ['a text', pql('like', field('customer'), literal('%Jon%')), [7002]],
  ['a list', pql('in', field('postcode'), literal(['80331', '01067'])), [7001, 7002]],
  ['nothing', pql('isNull', field('note')), [7001]],
  ['nothing, which is not unequal either', pql('!=', field('note'), literal('x')), [7002]],
  [
    'several',
    pql(
      'and',
      pql('not', pql('=', field('paid'), literal(true))),
      pql('or', pql('isNotNull', field('note'))),
    ),
    [7002],
  ],
])('a row filter on %s lets those rows through that it names', async (_what, value, expected) => {
  const { data } = (await filtered(value)).body;
  expect(data.map((row: Json) => row.order_id)).toEqual(expected);
});

test('what is not understood of a row filter is told, all of it', async () => {
  const refusal = await filtered(
    pql('and', pql('between', field('total'), literal(1)), pql('=', field('tootal'), { nodeType: 'x' })),
  );
  expect(refusal.status).toBe(400);
  for (const said of ['between', 'there is no column tootal', 'the nodeType x is neither'])
    expect(detail(refusal)).toContain(said);
  expect((await explore({ objectType: 'table', object: 'members', filters: 'e30' })).status).toBe(400);
  expect(detail(await explore({ objectType: 'table', object: 'members', filters: '%%' }))).toContain(
    'base64',
  );
});

test('the files of a folder of one’s own are those that a file source shows, folder by folder', async () => {
  const shown = async (query: Record<string, string>): Promise<Json> =>
    (await explore(query, s3?.id)).body.map((one: Json) => [one.type, one.path, one.canPreview]);
  expect(await shown({ objectType: 'root' })).toEqual([
    ['folder', '/crm', false],
    ['file', '/broken.csv', true],
  ]);
  expect(await shown({ objectType: 'folder', object: '/crm/' })).toEqual([
    ['folder', '/crm/2024', false],
    ['file', '/crm/members.parquet', true],
    ['file', '/crm/packed.csv.gz', true],
  ]);
  expect((await explore({ objectType: 'folder', object: '/nope' }, s3?.id)).status).toBe(400);
});

test('a file is read in the form that is said: delimiter, format, compression', async () => {
  const named = { fileType: 'delimited', columnDelimiter: ';' };
  const customers = (await file('/crm/2024/customers.csv', named)).body;
  // Delimited values have no types.
  expect(types(customers)).toEqual({ id: 'string', name: 'string' });
  expect(customers.data).toEqual([
    { id: '1', name: 'Ada' },
    { id: '2', name: 'Bo' },
  ]);
  const asCommas = (await file('/crm/2024/customers.csv', { fileType: 'delimited' })).body;
  expect(Object.keys(types(asCommas))).toEqual(['id;name']);
  expect((await file('/crm/2024/events.json', { fileType: 'json' })).body.data).toEqual([
    { id: 1 },
    { id: 2 },
  ]);
  expect(types((await file('/crm/members.parquet', { fileType: 'parquet' })).body).points).toBe('integer');
  const packed = { fileType: 'delimited', compressionType: 'gzip' };
  expect((await file('/crm/packed.csv.gz', packed)).body.data).toEqual([{ id: '1', name: 'Ada' }]);
});

test('AEP finds out the form of a file where it is asked to', async () => {
  const { properties, data } = (await file('/crm/2024/customers.csv', { determineProperties: 'true' })).body;
  expect(properties).toEqual({ fileType: 'delimited', columnDelimiter: ';' });
  expect(data).toHaveLength(2);
  expect((await file('/crm/packed.csv.gz', { determineProperties: 'true' })).body.properties).toEqual({
    fileType: 'delimited',
    columnDelimiter: ',',
    compressionType: 'gzip',
  });
});

test('a file that is not there, or cannot be read in that form, is refused with the reason', async () => {
  expect(code(await file('/nope.csv', { fileType: 'delimited' }))).toBe('CONNECTOR-1330-400');
  expect(detail(await file('/broken.csv', { fileType: 'delimited' }))).toContain('line 2');
  expect(detail(await file('/crm/2024/customers.csv', { fileType: 'json' }))).toContain('cannot be read');
  const odd = { fileType: 'delimited', compressionType: 'bzip2' };
  expect(detail(await file('/crm/packed.csv.gz', odd))).toContain('bzip2');
});

test('what changes in the folder is there with the next request', async () => {
  folder.write({ 'tables/late.csv': 'a\n1\n' });
  expect((await table('late')).data).toEqual([{ a: 1 }]);
  folder.write({ 'tables/late.csv': 'a,b\n1,2\n3,4\n' });
  expect((await table('late')).data).toHaveLength(2);
});

test('rows may end otherwise than the ones before them, as those do that are appended on another system', async () => {
  folder.write({ 'tables/mixed.csv': 'a,b\r\n1,2\r\n3,4\n5,"6\n7"\n' });
  expect((await table('mixed')).data).toEqual([
    { a: 1, b: '2' },
    { a: 3, b: '4' },
    { a: 5, b: '6\n7' },
  ]);
});

test('what cannot be read any more stays as it was, and is told once', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  folder.write({ 'tables/soon.csv': 'a\n1\n' });
  expect((await table('soon')).data).toEqual([{ a: 1 }]);
  folder.write({ 'tables/soon.csv': 'a\n1,2\n' });
  expect((await table('soon')).data).toEqual([{ a: 1 }]);
  expect((await table('soon')).data).toEqual([{ a: 1 }]);
  expect(told).toHaveBeenCalledOnce();
  expect(told.mock.calls[0]?.[0]).toContain('tables/soon.csv: ');
  folder.write({ 'tables/soon.csv': 'a\n1\n2\n' });
  expect((await table('soon')).data).toEqual([{ a: 1 }, { a: 2 }]);
});

test.each<[string, DataFiles, string[]]>([
  ['a folder that says neither', { 'orders.csv': 'a\n1\n' }, ['orders.csv: nothing but the folders']],
  ['an empty folder', {}, ['neither a folder tables nor a folder files']],
  [
    'tables that cannot be read',
    {
      'tables/a.csv': 'a,b\n1,2\n3\n',
      'tables/b.csv': '',
      'tables/c.csv': 'a,a\n1,2\n',
      'tables/d.json': '[1]',
      'tables/e.xlsx': '',
      'tables/f.parquet': 'no parquet',
      'tables/g.sqlite': 'no database, and long enough to be read as one',
      'tables/h.json': '[]',
      'tables/h.csv': 'a\n',
    },
    [
      'tables/a.csv: ',
      'tables/b.csv: it is empty',
      'tables/c.csv: two columns are called a',
      'tables/d.json: its entry 1 is no object',
      'tables/e.xlsx: a table is one of .csv, .json, .parquet, .sqlite',
      'tables/f.parquet: ',
      'tables/g.sqlite: file is not a database',
      'tables/h.json: the table h is in h.csv already',
    ],
  ],
])('%s ends the start, with all that is wrong', async (_what, files, expected) => {
  const starts = startEmulator({ data: dataFolder(files).path });
  const refusal = await starts.then(
    () => 'none',
    (error: Error) => error.message,
  );
  for (const said of expected) expect(refusal).toContain(said);
  expect(refusal.trim().split('\n')).toHaveLength(expected.length + 1);
});

test('on the command line the folder is --data', async () => {
  const program = startProgram('emulator/main.ts', ['--data', join(folder.path, 'nowhere')]);
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toContain('nowhere cannot be used');
});
