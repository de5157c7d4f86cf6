import { describe, expect, test } from 'vitest';
import { askedOfSpec, judgedBySpec } from '../../src/definition/connection-spec.ts';
import { fileSample, legacySample, parsed, sample } from './sample.ts';

const properties = {
  tableName: { type: 'string' },
  columns: { type: 'array' },
  warehouse: { type: 'string' },
};
const tables = {
  id: '11111111-2222-4333-8444-555555555555',
  name: 'acme-warehouse',
  attributes: { isSource: true },
  exploreSpec: { type: 'Tabular' },
  sourceSpec: { spec: { type: 'object', properties, required: ['tableName', 'columns', 'warehouse'] } },
};
const files = {
  ...tables,
  name: 'acme-files',
  exploreSpec: { type: 'FileSystem' },
  sourceSpec: { spec: { properties: { path: { type: 'string', pattern: '^/' } }, required: ['path'] } },
};
const judge = (spec: object, source: object, base: { source: object } = sample) => {
  const { problems, warnings } = judgedBySpec(
    { ...spec },
    askedOfSpec(parsed({ ...base, source: { ...base.source, ...source } }).source),
  );
  return [...problems, ...warnings].map(({ field, message }) => `${field}: ${message}`);
};

describe("a source by its connection spec, as AEP's own", () => {
  test('passes where its params are what the spec asks for', () => {
    expect(judge(tables, { params: { warehouse: 'north' } })).toEqual([]);
    expect(judge(files, {}, fileSample)).toEqual([]);
  });

  test('lacks what is required, or has it in another form: told of the field that would say it', () => {
    expect(judge(tables, { columns: undefined, params: { warehouse: 7 } })).toEqual([
      'source.columns: is not what AEP\'s connection spec acme-warehouse allows: Instance does not have required property "columns".',
      'source.params.warehouse: is not what AEP\'s connection spec acme-warehouse allows: Instance type "number" is invalid. Expected "string".',
    ]);
    expect(judge(tables, {})).toEqual([
      expect.stringMatching(/^source\.params\.warehouse: .*required property/),
    ]);
    expect(judge(files, { path: 'orders' }, fileSample)).toEqual([expect.stringMatching(/^source\.path: /)]);
    const whole = { ...tables, sourceSpec: { spec: { maxProperties: 1 } } };
    expect(judge(whole, {})).toEqual([expect.stringMatching(/^source\.params: /)]);
  });

  test('is told of a field within a param, and of a spec without a name by its id', () => {
    const nested = { properties: { custom: { type: 'object', required: ['a'] } } };
    const spec = { id: 'spec-1', sourceSpec: { spec: nested } };
    expect(judge(spec, { params: { custom: {} } })).toEqual([
      expect.stringMatching(/^source\.params\.custom\.a: .* connection spec spec-1 allows/),
    ]);
  });

  test('without a base connection has no credentials to judge', () => {
    const { baseConnectionId: _, ...source } = parsed(sample).source;
    expect(askedOfSpec(source).auth).toBeUndefined();
  });

  test('says a param that the spec does not know: the nearest is told, and it passes', () => {
    expect(judge(tables, { params: { warehouse: 'north', warehous: 'south', primaryKey: 'id' } })).toEqual([
      'source.params.warehous: source.params.warehous is sent as it is, though AEP does not know it; did you mean "warehouse"?',
    ]);
    expect(judge(files, { params: { type: 'file', pth: 1 } }, fileSample)).toEqual([
      'source.params.pth: source.params.pth is sent as it is, though AEP does not know it; did you mean "path"?',
    ]);
  });

  test('says tables where AEP holds files, or the other way about', () => {
    expect(judge(files, {})).toEqual([
      'source.format: must be delimited or json or parquet: acme-files holds files, says AEP',
    ]);
    expect(judge(tables, {}, fileSample)).toEqual([
      'source.format: must be tabular or parquet_xdm: acme-warehouse holds tables, says AEP',
    ]);
  });

  test('is refused where AEP holds neither, or has no source there', () => {
    expect(judge({ ...tables, exploreSpec: { type: 'StreamingConnection' } }, {})).toEqual([
      'source.connectionSpec.id: acme-warehouse holds StreamingConnection, says AEP: only tables and files can be loaded so far',
    ]);
    expect(judge({ ...tables, attributes: { isSource: false } }, {})).toEqual([
      'source.connectionSpec.id: acme-warehouse is no source, says AEP',
    ]);
  });

  test('is left to AEP in what the spec does not tell, or cannot be read by', () => {
    expect(judge({ id: 'x' }, {})).toEqual([]);
    expect(judge({ id: 'x', sourceSpec: { spec: { $ref: '#/nowhere' } } }, {})).toEqual([]);
    expect(judge({ id: 'x', sourceSpec: 'y', exploreSpec: null, attributes: [] }, {})).toEqual([]);
  });

  test('of the older generation is not judged by what only the newer one sends', () => {
    expect(judge(tables, {}, legacySample)).toEqual([]);
  });
});

test('of a thousand columns one goes along: all have the same form', () => {
  const columns = Array.from({ length: 1000 }, (_, index) => ({ name: `c${index}`, type: 'string' }));
  const source = { ...sample.source, columns };
  const definition = parsed({
    ...sample,
    source,
    mapping: [{ source: 'c0', destination: '_id' }],
    deltaColumn: { name: 'c1' },
  });
  expect(askedOfSpec(definition.source).params['columns']).toHaveLength(1);
});

describe("credentials by the connection spec, as AEP's own", () => {
  const authSpec = [
    {
      name: 'Token',
      spec: {
        properties: { host: { type: 'string' }, pin: { type: 'string', format: 'password' }, region: {} },
        required: ['host', 'pin'],
      },
    },
    null,
    { name: 'Anonymous', spec: { properties: { host: { type: 'string' }, pin: {} } } },
  ];
  const judgeAuth = (type: string, params: object, spec: object = { ...tables, authSpec }) => {
    const { baseConnectionId: _, connector: __, ...source } = sample.source;
    const connection = { name: 'Acme', auth: { type, params } };
    const given = { ...source, connectionSpec: { id: tables.id }, connection, params: { warehouse: 'x' } };
    const { problems } = judgedBySpec({ ...spec }, askedOfSpec(parsed({ ...sample, source: given }).source));
    return problems.map(({ field, message }) => `${field}: ${message}`);
  };
  const pin = { secret: 'env:PIN' };

  test('pass where their type is one of those, and has what that requires', () => {
    expect(judgeAuth('Token', { host: 'x', pin })).toEqual([]);
    // There a pin is no secret.
    expect(judgeAuth('Anonymous', { host: 'x', pin: '1' })).toEqual([]);
    expect(judgeAuth('Whatever', { host: 'x' }, tables)).toEqual([]);
  });

  test('are told of a type that it has not, of params that lack or are misspelt, and of secrets that nobody would know', () => {
    expect(judgeAuth('token', { host: 'x', pin })).toEqual([
      'source.connection.auth.type: must be "Token" or "Anonymous", as AEP writes it for acme-warehouse; did you mean "Token"?',
    ]);
    expect(judgeAuth('Token', { hst: 'x', regio: 'y' })).toEqual([
      'source.connection.auth.params.hst: is not known; did you mean "host"?',
      'source.connection.auth.params.regio: is not known; did you mean "region"?',
      'source.connection.auth.params.host: is required for "Token"',
      'source.connection.auth.params.pin: is required for "Token": {"secret": "env:NAME"} or {"secret": "file:/run/secrets/NAME"}',
    ]);
    expect(judgeAuth('Token', { host: 'x', pin, zzzzzz: 1 })).toEqual([
      'source.connection.auth.params.zzzzzz: is not known here; known are host, pin, region',
    ]);
    const written = judgeAuth('Token', { host: 'x', pin: 'xyzzy' });
    expect(written).toEqual([expect.stringContaining('auth.params.pin: must not be written here')]);
    expect(written.join('')).not.toContain('xyzzy');
  });
});
