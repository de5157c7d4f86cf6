import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError, isEmpty } from '../../src/client.ts';
import { connectors, type ConnectorName } from '../../src/definition/connectors.ts';
import { administratorOf, orders, places, requestsIn } from '../support/dataflows.ts';
import { dataFolder } from '../emulator/data-folder.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(20);
let rig: Rig;
/** The emulator's base connections, by connector: the same in every sandbox. */
const connections = new Map<string, string>();

beforeAll(async () => {
  const { path: data } = dataFolder({
    'files/acme/customers.csv': await readFile('emulator/data/samples/files/acme/customers.csv'),
    'files/exports/plain.csv': 'id;first_name\r\nC-1;Mila\r\n',
    'files/exports/quoted.csv': 'id;first_name\nC-1;"No;va"\n',
  });
  rig = await startRig({ emulator: { sandboxes, data } });
  await rig.startWorker();
  const all = await administratorOf(rig).flowService.connections.list({ sandbox: sandboxes[0]! });
  for (const { id, connectionSpec } of all)
    connections.set((connectionSpec as { id: string }).id, id as string);
});
afterAll(() => rig.close());

const connectionOf = (name: ConnectorName) => connections.get(connectors[name].id)!;

/** What was asked of AEP about a sandbox. */
const asked = (sandbox: string) =>
  requestsIn(rig, sandbox).map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`);

async function refusal(looking: Promise<unknown>) {
  const error = await looking.then(
    (answer) => new Error(`It answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof DataflowError)) throw error;
  return {
    type: error.type,
    problems: error.details['problems'] as { field: string; suggestion?: string }[],
    message: error.message,
  };
}

describe.concurrent('a source', () => {
  it('of tables tells which it has, and of one its columns and what could find new rows', async () => {
    const sandbox = next();
    const connection = connectionOf('mysql');
    const root = await rig.client.explore({ sandbox, connection });
    expect(root.source).toEqual({ connector: 'mysql' });
    if (root.path !== undefined) throw new Error('It is no list');
    expect(root.entries.map(({ path }) => path)).toContain('acmeSpringCampaign');

    const table = await rig.client.explore({ sandbox, connection, path: 'acmeSpringCampaign' });
    if (table.path === undefined) throw new Error('It is no table');
    expect(table.columns).toContainEqual({ name: 'Datefield', type: 'string', format: 'date-time' });
    expect(table.deltaCandidates!.map(({ name }) => name)).toContain('status_change_date');
    expect(table.rows).toBeUndefined();
    expect(asked(sandbox).filter((one) => one.endsWith('/explore'))).toHaveLength(2);
    expect(asked(sandbox).every((one) => one.startsWith('GET '))).toBe(true);
  });

  it('gives rows only to whoever asks for them', async () => {
    const input = { sandbox: next(), connection: connectionOf('mysql'), path: 'test1.Mytable' };
    const { workflow } = rig.temporal.client;
    const start = async (workflowId: string, args: object) => {
      const handle = await workflow.start('exploreSource', {
        workflowId,
        taskQueue: 'aep-dataflows',
        args: [args],
      });
      const found = (await handle.result()) as { rows?: object[] };
      return { found, history: JSON.stringify(await handle.fetchHistory()) };
    };
    const without = await start('explore-without', input);
    const withRows = await start('explore-with', { ...input, rows: true });
    expect(withRows.found.rows!.length).toBeGreaterThan(0);
    expect(without.found.rows).toBeUndefined();
  });

  it('of files tells its folders, and of a file its columns', async () => {
    const sandbox = next();
    const connection = connectionOf('amazon-s3');
    const folder = await rig.client.explore({ sandbox, connection, path: '/acme' });
    if (folder.path !== undefined) throw new Error('It is no list');
    expect(folder.entries).toContainEqual({
      type: 'file',
      name: 'customers.csv',
      path: '/acme/customers.csv',
    });
    const file = await rig.client.explore({ sandbox, connection, path: '/acme/customers.csv' });
    if (file.path === undefined) throw new Error('It is no file');
    expect(file.columns!.length).toBeGreaterThan(0);
    expect(file.file).toMatchObject({ format: 'delimited' });
    expect(file.deltaCandidates).toBeUndefined();
  });

  it('of files with semicolons in them tells that, as AEP finds it out', async () => {
    const sandbox = next();
    const connection = connectionOf('amazon-s3');
    const semicolons = { properties: { columnDelimiter: ';' } };
    for (const path of ['/exports/plain.csv', '/exports/quoted.csv']) {
      const file = await rig.client.explore({ sandbox, connection, path });
      expect(file).toMatchObject({
        columns: [{ name: 'id' }, { name: 'first_name' }],
        file: { format: 'delimited', ...semicolons },
      });
    }
    const { definition } = await rig.client.suggest({ sandbox, connection, path: '/exports' });
    expect(definition).toMatchObject({ source: { format: 'delimited', data: semicolons } });
  });

  it('of which no file fits the pattern of a definition is told in its plan, where another does its columns are', async () => {
    const sandbox = next();
    const planned = async (path: string, name = 'first_name') => {
      const source = {
        connector: 'amazon-s3',
        baseConnectionId: connectionOf('amazon-s3'),
        format: 'delimited',
        path,
        params: { type: 'folder' },
        data: { properties: { columnDelimiter: ';' } },
      };
      const mapping = [{ source: name, destination: '_id' }];
      const definition = { ...orders(sandbox), source, mapping, deltaColumn: undefined };
      const { problems, warnings } = await rig.client.plan(definition);
      return [...problems, ...warnings].map(({ field, message }) => `${field}: ${message}`);
    };
    expect(await planned('/exports/p*.csv')).toEqual([]);
    expect(await planned('/exports/x*.csv')).toEqual(['source.path: "/exports/x*.csv" is not in the source']);
    expect(await planned('/exports/p*.csv', 'frist_name')).toEqual([
      'mapping[0].source: must be one of the columns; "frist_name" is not among them; did you mean "first_name"?',
    ]);
  });

  it('without a base connection is explored by its connector', async () => {
    const root = await rig.client.explore({ sandbox: next(), connector: 'data-landing-zone' });
    expect(root.source).toEqual({ connector: 'data-landing-zone' });
  });

  it('that is named wrongly is refused with what would be right', async () => {
    const sandbox = next();
    const connection = connectionOf('mysql');
    expect(
      await refusal(rig.client.explore({ sandbox, connection, path: 'acmeSprngCampaign' })),
    ).toMatchObject({
      type: 'InvalidDefinition',
      problems: [{ field: 'path', suggestion: 'acmeSpringCampaign' }],
    });
    expect(await refusal(rig.client.explore({ sandbox, connection: crypto.randomUUID() }))).toMatchObject({
      type: 'InvalidDefinition',
      problems: [{ field: 'connection' }],
    });
    expect(await refusal(rig.client.explore({ sandbox }))).toMatchObject({
      problems: [{ field: 'connection' }],
    });
    expect(await refusal(rig.client.explore({ sandbox, connector: 'mysql' }))).toMatchObject({
      problems: [{ field: 'connector' }],
    });
    // The label and the name of an object differ.
    const path = 'Account Clean Info';
    const salesforce = connectionOf('salesforce');
    expect(await refusal(rig.client.explore({ sandbox, connection: salesforce, path }))).toMatchObject({
      problems: [{ field: 'path', suggestion: 'AccountCleanInfo' }],
    });
  });

  it('whose base connection is named is explored by that name, which its definition keeps', async () => {
    const sandbox = next();
    const { connections: all } = administratorOf(rig).flowService;
    const connectionSpec = { id: connectors.mysql.id, version: '1.0' };
    const params = { server: 'db', port: 3306, database: 'shop', username: 'loader', password: 'any' };
    const auth = { specName: 'Basic Authentication', params };
    const make = (name: string) => all.create({ sandbox }, { name, connectionSpec, auth });
    await make('Web shop');
    const connection = { name: 'Web shop' };
    const input = { sandbox, connection, path: 'acmeSpringCampaign' };
    expect(await rig.client.explore(input)).toMatchObject({ source: { connector: 'mysql' } });
    const { definition } = await rig.client.suggest(input);
    expect(asked(sandbox).filter((one) => one.endsWith('/explore'))).toHaveLength(2);
    expect(asked(sandbox)).toHaveLength(6);
    expect(definition['source']).toMatchObject({ connector: 'mysql', connection });
    expect(definition['source']).not.toHaveProperty('baseConnectionId');
    expect((await rig.client.plan(definition)).problems).toEqual([]);

    expect(await refusal(rig.client.explore({ ...input, connection: { name: 'Webshop' } }))).toMatchObject({
      problems: [{ field: 'connection.name' }],
      message: expect.stringContaining('did you mean "Web shop"?') as string,
    });
    await make('Web shop');
    expect((await refusal(rig.client.explore(input))).message).toContain('2 base connections');
    // As a text only an id can stand there.
    expect((await refusal(rig.client.explore({ ...input, connection: 'Web shop' }))).message).toContain(
      '{"name": "…"}',
    );
  });

  it('of a kind that cannot be loaded from is refused by name', async () => {
    const sandbox = next();
    const { explore } = administratorOf(rig);
    expect(explore).toBeDefined();
    const connection = connections.get('bf9f5905-92b7-48bf-bf20-455bc6b60a4e');
    if (connection === undefined) return;
    expect((await refusal(rig.client.explore({ sandbox, connection }))).message).toContain('streaming');
  });
});

describe.concurrent('a suggested definition', () => {
  it.each([
    ['mysql', 'acmeSpringCampaign', 3],
    ['generic-odata', 'Orders', 2],
    ['salesforce', 'Account', 2],
    ['amazon-s3', '/acme/customers.csv', 2],
    ['amazon-s3', '/acme', 3],
  ] as const)('of %s %s is planned without a problem, and is made', async (connector, path, calls) => {
    const sandbox = next();
    const { definition, reasons, warnings } = await rig.client.suggest({
      sandbox,
      connection: connectionOf(connector),
      path,
    });
    expect(asked(sandbox).length).toBeLessThanOrEqual(calls);
    expect(warnings).toEqual([]);
    expect(reasons.length).toBeGreaterThan(3);
    const plan = await rig.client.plan(definition);
    expect(plan.problems).toEqual([]);
    expect(plan.warnings).toEqual([]);
    await (await rig.client.start(definition)).result();
    expect(isEmpty(await rig.client.plan(definition))).toBe(true);
  });

  it('has the name that is asked for, and is the same each time', async () => {
    const input = { sandbox: next(), connection: connectionOf('mysql'), path: 'test1.Mytable', name: 'mine' };
    const one = await rig.client.suggest(input);
    expect(one.definition['name']).toBe('mine');
    expect(await rig.client.suggest(input)).toEqual(one);
    expect(await refusal(rig.client.suggest({ ...input, name: 'a/b' }))).toMatchObject({
      problems: [{ field: 'name' }],
    });
  });
});

it('a source that is away for a minute is told as that, and one that comes back is explored', async () => {
  const sandbox = next();
  const fault = { method: 'GET', path: '/flowservice/connections/*/explore', kind: '503', sandbox } as const;
  rig.emulator.control.addFault({ ...fault, times: 2 });
  const root = await rig.client.explore({ sandbox, connection: connectionOf('mysql') });
  expect(root.source).toEqual({ connector: 'mysql' });
});
