/** Sources of which AEP knows more than a definition says: encrypted files, changes, connectors without a name here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEmpty } from '../../src/client.ts';
import { Client, token } from '../emulator/client.ts';
import { failureOf, orders, places, requestsIn, startPlainly } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(10);
const text = { type: 'string' };
/** A connector that none of Adobe's pages knows. */
const warehouse = {
  id: 'acacacac-0000-4000-8000-000000000001',
  name: 'acme-warehouse',
  version: '1.0',
  authSpec: [{ name: 'Key', type: 'KeyBased', spec: { properties: { key: text }, required: ['key'] } }],
  sourceSpec: {
    spec: {
      type: 'object',
      properties: { tableName: text, columns: { type: 'array' }, region: text },
      required: ['tableName', 'region'],
    },
  },
  exploreSpec: { name: 'Tabular', type: 'Tabular' },
  attributes: { isSource: true },
};
const dayMs = 86_400_000;
/** Keys that the emulator has from the start end in so many days. */
const daysLeft = 20;
let rig: Rig;
/** An administrator of AEP. */
const adobe = async (sandbox: string) => new Client(rig.emulator.url, await token(rig.emulator.url), sandbox);

beforeAll(async () => {
  const now = Date.now() - (180 - daysLeft) * dayMs;
  rig = await startRig({ emulator: { sandboxes, connectionSpecs: [warehouse], now } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const created = async (definition: Json) => (await rig.client.start(definition)).result();
const problemsOf = async (definition: Json) => {
  const { details } = await failureOf(
    await startPlainly(
      rig,
      definition,
      `dataflow:${String(definition['sandbox'])}:${String(definition['name'])}`,
    ),
  );
  return (details['problems'] as Json[]).map(({ field }) => field);
};
const codesOf = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code);
const resourceIn = (kind: 'flows' | 'sourceConnections', sandbox: string) =>
  rig.emulator.control.resources(kind, sandbox).at(-1) as Json;

describe.concurrent('a connector without a name here', () => {
  const unnamed = (sandbox: string, changes: Json = {}): Json => {
    const { connector: _, ...source } = orders(sandbox)['source'] as Json;
    const base = rig.emulator.control
      .resources('connections', sandbox)
      .find(({ connectionSpec }) => connectionSpec.id === warehouse.id);
    return orders(sandbox, {
      source: {
        ...source,
        connectionSpec: { id: warehouse.id },
        baseConnectionId: base!['id'],
        params: { region: 'north' },
        ...changes,
      },
    });
  };

  it('is loaded by what AEP says of it, which is read once', async () => {
    const sandbox = next();
    const { warnings } = await created(unnamed(sandbox, { params: { region: 'north', regoin: 'south' } }));
    expect(warnings).toEqual([
      {
        code: 'unknown-param',
        field: 'source.params.regoin',
        message: expect.stringContaining('did you mean "region"?'),
      },
    ]);
    expect(resourceIn('flows', sandbox)).toMatchObject({ state: 'enabled' });
    expect(requestsIn(rig, sandbox, { path: '**/connectionSpecs/**' })).toHaveLength(1);
    const planned = await rig.client.planMany({ definitions: [unnamed(sandbox)] });
    expect(planned.totals).toMatchObject({ empty: 1 });
  });

  it('is refused before anything is made where it is not what AEP says', async () => {
    const sandbox = next();
    expect(await problemsOf(unnamed(sandbox, { params: {} }))).toEqual(['source.params.region']);
    const files = { format: 'json', path: '/x', params: {}, tableName: undefined, columns: undefined };
    expect(await problemsOf({ ...unnamed(sandbox, files), deltaColumn: undefined })).toEqual([
      'source.format',
    ]);
    const nowhere = 'acacacac-0000-4000-8000-000000000002';
    expect(await problemsOf(unnamed(sandbox, { connectionSpec: { id: nowhere } }))).toContain(
      'source.connectionSpec.id',
    );
    const { dataflows } = await rig.client.planMany({ definitions: [unnamed(sandbox, { params: {} })] });
    expect(dataflows[0]).toMatchObject({ counts: { problems: 1 } });
    expect(requestsIn(rig, sandbox, { method: 'POST' }).filter(({ status }) => status === 201)).toEqual([]);
  });
});

describe.concurrent('encrypted files', () => {
  const encrypted = (sandbox: string, encryption?: Json) => {
    const whole = example('customers-encrypted', { name: 'customers', sandbox });
    return encryption ? { ...whole, source: { ...(whole['source'] as Json), encryption } } : whole;
  };
  const newKey = async (sandbox: string): Promise<string> => {
    const body = { encryptionAlgorithm: 'GPG', params: { passPhrase: 'x' } };
    return (await (await adobe(sandbox)).post('/connectors/encryption/keys', body)).body.publicKeyId;
  };

  it('are decrypted with their key, of which people are told that it ends soon; another takes its place in the same flow', async () => {
    const sandbox = next();
    const { flowId, warnings } = await created(encrypted(sandbox));
    expect(codesOf({ warnings })).toEqual(['key-ends']);
    expect(warnings[0]!.message).toContain(`in ${daysLeft} days`);
    const { transformations } = resourceIn('flows', sandbox) as { transformations: Json[] };
    expect(transformations.map(({ name }) => name)).toEqual(['Mapping', 'Encryption']);

    const publicKeyId = await newKey(sandbox);
    const update = await rig.client.update({ definition: encrypted(sandbox, { publicKeyId }) });
    expect(update.plan.summary).toContain('1 to change');
    const flow = resourceIn('flows', sandbox);
    expect(flow).toMatchObject({ id: flowId, state: 'enabled' });
    expect(flow['transformations']).toEqual([
      transformations[0],
      { name: 'Encryption', params: { publicKeyId } },
    ]);
    expect(isEmpty(await rig.client.plan(encrypted(sandbox, { publicKeyId })))).toBe(true);

    const { definition, notExpressible } = await rig.client.importDataflow({ sandbox, flowId });
    expect(notExpressible).toEqual([]);
    expect(definition?.source.encryption).toEqual({ publicKeyId });
  });

  it('are refused before anything is made where their key is not there', async () => {
    const sandbox = next();
    const publicKeyId = '00000000-0000-4000-8000-000000000000';
    const definition = encrypted(sandbox, { publicKeyId });
    expect(await problemsOf(definition)).toEqual(['source.encryption.publicKeyId']);
    const many = await rig.client.planMany({
      definitions: [definition, { ...encrypted(sandbox), name: 'others' }],
    });
    expect(many.dataflows[0]).toMatchObject({ counts: { problems: 1 } });
    expect(codesOf(await many.plan('others'))).toEqual(['key-ends']);
  });
});

describe.concurrent('change data capture', () => {
  it('goes into a dataset of a relational schema, and into no other', async () => {
    const sandbox = next();
    const client = await adobe(sandbox);
    const relational = {
      title: 'Mirrored orders',
      type: 'object',
      'meta:extends': ['https://ns.adobe.com/xdm/data/adhoc-v2'],
      definitions: {
        own: {
          type: 'object',
          properties: { id: text, name: text, changed: { ...text, format: 'date-time' } },
        },
      },
      allOf: [{ $ref: '#/definitions/own' }],
    };
    const { $id } = (await client.post('/schemaregistry/tenant/schemas', relational)).body;
    const contentType = 'application/vnd.adobe.xed-full+json;version=1';
    const { body } = await client.post('/catalog/dataSets', {
      name: 'Mirrored orders',
      schemaRef: { id: $id, contentType },
    });
    const id = String(body[0]).split('/').at(-1);
    const { source } = orders(sandbox) as { source: Json };
    const mirrored = orders(sandbox, {
      source: { ...source, cdcEnabled: true },
      schema: undefined,
      dataset: { id },
      mapping: [
        { source: 'TestID', destination: 'id' },
        { source: 'Name', destination: 'name' },
      ],
    });
    expect(await problemsOf(mirrored)).toEqual(['dataset.id']);
    const describe = (type: string, path: unknown) =>
      client.post('/schemaregistry/tenant/descriptors', {
        '@type': type,
        'xdm:sourceSchema': $id,
        'xdm:sourceVersion': 1,
        'xdm:sourceProperty': path,
      });
    await describe('xdm:descriptorPrimaryKey', ['/id']);
    await describe('xdm:descriptorVersion', '/changed');
    const { flowId } = await created(mirrored);
    expect(resourceIn('sourceConnections', sandbox)['params']).toMatchObject({ cdcEnabled: true });
    expect((await rig.client.planMany({ definitions: [mirrored] })).totals).toMatchObject({ empty: 1 });
    const { definition } = await rig.client.importDataflow({ sandbox, flowId });
    expect(definition?.source.cdcEnabled).toBe(true);
  });
});
