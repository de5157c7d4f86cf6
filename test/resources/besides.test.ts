/** What AEP has and a definition leaves out: what of it is a change, what is only told, and what says nothing. */
import { describe, expect, test } from 'vitest';
import { isNothing } from '../../src/resources/differences.ts';
import { hidden, hiddenFields, withoutSecrets } from '../../src/resources/hidden.ts';
import { resources } from '../../src/resources/index.ts';
import { firstTextAt, objectAt, objectsAt, textAt, timeOf } from '../../src/resources/json.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import { formatMark, markTag, withMark, withoutMark } from '../../src/resources/mark.ts';
import { marking, operationsFor } from '../../src/resources/operations.ts';
import { descriptionBack, merged, nameBack, orNothing, valueBack } from '../../src/resources/read-back.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { shortColumn } from '../../src/resources/source-connection.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from './sample-ids.ts';

const bodyOf = (kind: Kind, input: object = sample) => resources[kind].body(parsed(input), ids, context);
const observed = (kind: Kind, answer: JsonObject) => resources[kind].observe({ id: 'x', ...answer });
const changes = (kind: Kind, answer: JsonObject, input?: object) =>
  resources[kind].differences(bodyOf(kind, input), observed(kind, answer));
const besides = (kind: Kind, answer: JsonObject, input?: object) =>
  resources[kind].besides?.(bodyOf(kind, input), observed(kind, answer));

describe('of a source connection', () => {
  const body = bodyOf('sourceConnection');
  const params = body['params'] as JsonObject;
  test('what loads other rows is a change, and what else is there is told', () => {
    const found = {
      ...body,
      params: { ...params, cdcEnabled: true, filters: { a: 1 }, recursive: false, extra: 5, none: '' },
    };
    expect(changes('sourceConnection', found)).toEqual([
      { field: 'params.cdcEnabled', wanted: undefined, found: true },
      { field: 'params.filters', wanted: undefined, found: { a: 1 } },
    ]);
    expect(besides('sourceConnection', found)).toEqual([
      { field: 'params.extra', wanted: undefined, found: 5 },
    ]);
    const noColumns = { ...sample, source: { ...sample.source, columns: undefined } };
    expect(besides('sourceConnection', body, noColumns)).toEqual([
      { field: 'params.columns', wanted: undefined, found: ['TestID', 'Name', 'Datefield'] },
    ]);
    expect(changes('sourceConnection', body, noColumns)).toEqual([]);
    const oneFile = { ...fileSample, source: { ...fileSample.source, params: { type: 'folder' } } };
    expect(changes('sourceConnection', bodyOf('sourceConnection', fileSample), oneFile)).toEqual([
      { field: 'params.recursive', wanted: undefined, found: true },
    ]);
  });

  test('how files are taken is a change where it is not as AEP takes them by itself', () => {
    const plain = { ...fileSample, source: { ...fileSample.source, data: undefined } };
    const found = {
      ...bodyOf('sourceConnection', plain),
      data: {
        format: 'delimited',
        properties: { columnDelimiter: ';', encoding: 'utf-8', compressionType: 'NONE', quote: '"' },
      },
    };
    expect(changes('sourceConnection', found, plain)).toEqual([
      { field: 'data.properties.columnDelimiter', wanted: undefined, found: ';' },
    ]);
    expect(besides('sourceConnection', found, plain)).toEqual([
      { field: 'data.properties.quote', wanted: undefined, found: '"' },
    ]);
  });

  test('the connector is read back by its name, or by its connection spec where it has none', () => {
    const back = (connectionSpec: object) => {
      const answer = { ...body, connectionSpec };
      const { source } = resources.sourceConnection.readBack(
        { ...observed('sourceConnection', answer), answer },
        { name: 'n', description: undefined },
      );
      const { connector, connectionSpec: spec } = source as JsonObject;
      return { connector, spec };
    };
    const { id } = body['connectionSpec'] as { id: string };
    expect(back({ id, version: '1.0' })).toEqual({ connector: 'google-bigquery', spec: undefined });
    expect(back({ id })).toEqual({ connector: 'google-bigquery', spec: undefined });
    expect(back({ id, version: '2.0' })).toEqual({ connector: undefined, spec: { id, version: '2.0' } });
    expect(back({ id: 'x', version: '1.0' })).toEqual({ connector: undefined, spec: { id: 'x' } });
  });

  test('is told by the name of its connector, where the definition names one', () => {
    const told = (field: string, value: unknown, source: object = {}) =>
      resources.sourceConnection.told?.(
        field,
        value,
        parsed({ ...sample, source: { ...sample.source, ...source } }),
      );
    const { id } = body['connectionSpec'] as { id: string };
    expect(told('connectionSpec.id', id)).toBe('google-bigquery');
    expect(told('connectionSpec.id', 'x')).toBe('x');
    expect(told('params.tableName', id)).toBe(id);
    const connectionSpec = { id: '11111111-2222-4333-8444-555555555555' };
    expect(told('connectionSpec.id', id, { connector: undefined, connectionSpec })).toBe(id);
  });

  test('is read back, whatever AEP says of it', () => {
    const back = (answer: JsonObject) =>
      resources.sourceConnection.readBack(
        { ...observed('sourceConnection', answer), answer },
        { name: 'n', description: undefined },
      )['source'] as JsonObject;
    const columns = ['odd', { name: 'a', type: 'string', xdm: { type: 'string' } }];
    expect(back({ params: { tableName: 't', columns } })['columns']).toEqual([
      'odd',
      { name: 'a', type: 'string' },
    ]);
    expect(back({ params: { tableName: 't', columns: [] } })['columns']).toBeUndefined();
    expect(back({ params: { path: 't', columns } })['columns']).toBeUndefined();
    expect(back({ params: {} })).toMatchObject({ params: undefined, data: undefined, cdcEnabled: undefined });
    const { connectionSpec } = bodyOf('sourceConnection', fileSample);
    expect(back({ connectionSpec, data: { format: 'json' }, params: {} })).toMatchObject({
      format: 'json',
      params: {},
    });
    expect(back({ ...body, data: { format: 'tabular' } })['format']).toBeUndefined();
    expect(back({ ...body, data: { format: 'parquet_xdm' } })['format']).toBe('parquet_xdm');
  });

  test('its records are left out, with what AEP counts up', () => {
    const { withoutRecords } = resources.sourceConnection;
    expect(
      withoutRecords({ etag: 'x', state: 'ENABLED', name: 'n', data: { schema: { id: 's', version: '2' } } }),
    ).toEqual({ name: 'n', data: { schema: { id: 's' } } });
    expect(withoutRecords({ state: 'draft', data: 'none' })).toEqual({ state: 'draft', data: 'none' });
    expect(resources.targetConnection.withoutRecords({ connectionSpec: { id: 'c', version: '1' } })).toEqual({
      connectionSpec: { id: 'c' },
    });
  });

  test.each<[JsonObject, JsonObject]>([
    [
      { name: 'a', type: 'string', xdm: { type: 'string' } },
      { name: 'a', type: 'string' },
    ],
    [
      { name: 'a', type: 'string', 'meta:xdmType': 'date', xdm: { type: 'string', format: 'date' } },
      { name: 'a', type: 'string', format: 'date' },
    ],
  ])('the column %j is %j in short', (column, short) => expect(shortColumn(column)).toEqual(short));

  test.each<JsonObject>([
    { name: 'a', type: 'string' },
    { name: 'a', type: 'string', xdm: { type: 'string', more: 1 } },
    { name: 'a', type: 'long', xdm: { type: 'integer' } },
    { name: 'a', type: 'object', xdm: { type: 'object' } },
    { name: 'a', type: 'integer', xdm: { type: 'integer', format: 'date' } },
    { name: 'a', type: 'integer', xdm: { type: 'integer', format: 'uri' } },
    { name: 'a', type: 'string', 'meta:xdmType': 'date', xdm: { type: 'string' } },
  ])('the column %j has no short form', (column) => expect(shortColumn(column)).toBe(column));
});

describe('of a flow', () => {
  const body = bodyOf('flow');
  const copy = (deltaColumn: object) => ({
    ...body,
    transformations: [
      { name: 'Copy', params: { deltaColumn } },
      ...objectsAt(body, 'transformations').slice(1),
    ],
  });
  test('options that are not asked for any more are changes, where they are not what AEP does by itself', () => {
    const fields = (options: JsonObject) =>
      changes('flow', { ...body, options }).map(({ field, wanted, found }) => [field, wanted, found]);
    expect(fields({ errorDiagnosticsEnabled: 'TRUE', partialIngestionPercent: '10' })).toEqual([
      ['options.errorDiagnosticsEnabled', false, 'TRUE'],
      ['options.partialIngestionPercent', undefined, '10'],
    ]);
    expect(fields({ errorDiagnosticsEnabled: false, partialIngestionPercent: '5' })).toEqual([]);
    const asked = { ...sample, options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 } };
    expect(
      changes(
        'flow',
        { ...body, options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 } },
        asked,
      ),
    ).toEqual([]);
  });

  test('the delta column of a flow that loads once is of AEP, and stays as what another has beside its name does', () => {
    const once = { ...sample, schedule: { frequency: 'once' }, deltaColumn: undefined };
    expect(
      changes(
        'flow',
        { ...bodyOf('flow', once), transformations: copy({ name: 'at' })['transformations'] },
        once,
      ),
    ).toEqual([]);
    expect(besides('flow', copy({ name: 'at' }), once)).toEqual([]);
    expect(besides('flow', bodyOf('flow', once))).toEqual([]);
    expect(besides('flow', copy({ name: 'Datefield', timezone: 'UTC', dateFormat: '' }))).toEqual([
      { field: 'transformations.Copy.deltaColumn.timezone', wanted: undefined, found: 'UTC' },
    ]);
  });

  const key = { publicKeyId: 'key' };
  const encrypted = {
    ...fileSample,
    source: { ...fileSample.source, params: { type: 'folder' }, encryption: key },
  };
  test('the key of encrypted files is a change wherever it is not as asked for, and what AEP adds to it is none', () => {
    const decrypting = (params: object) => {
      const [mapping] = objectsAt(bodyOf('flow', fileSample), 'transformations');
      return {
        ...bodyOf('flow', fileSample),
        transformations: [mapping, { name: 'Encryption', params }],
      };
    };
    const names = objectsAt(bodyOf('flow', encrypted), 'transformations').map(({ name }) => name);
    expect(names).toEqual(['Mapping', 'Encryption']);
    expect(changes('flow', decrypting(key), fileSample)).toEqual([
      { field: 'transformations.Encryption', wanted: undefined, found: key },
    ]);
    const more = { ...key, signVerificationKeyId: 'sign', other: 1 };
    expect(changes('flow', decrypting(more), encrypted)).toEqual([
      { field: 'transformations.Encryption.signVerificationKeyId', wanted: undefined, found: 'sign' },
    ]);
    expect(changes('flow', decrypting({ publicKeyId: 'other' }), encrypted)).toEqual([
      { field: 'transformations.Encryption.publicKeyId', wanted: 'key', found: 'other' },
    ]);
    // Which AEP itself may add.
    const [mapping] = objectsAt(bodyOf('flow', fileSample), 'transformations');
    const added = {
      ...bodyOf('flow', fileSample),
      transformations: [mapping, { name: 'Other', params: key }],
    };
    expect(changes('flow', added, fileSample)).toEqual([]);
  });

  test('the key of encrypted files is put in place with all that its transformation has beside it', () => {
    const answer = {
      transformations: [{ name: 'Mapping' }, 5, { name: 'Encryption', at: 1, params: { ...key, more: 2 } }],
    };
    const edit = { field: 'transformations.Encryption.publicKeyId', from: 'key', to: 'new' };
    const sign = { field: 'transformations.Encryption.signVerificationKeyId', from: 'x', to: undefined };
    const option = { field: 'options.a', from: undefined, to: 1 };
    expect(resources.flow.operations?.([edit, sign, option], answer)).toEqual([
      { op: 'add', path: '/options', value: { a: 1 } },
      {
        op: 'replace',
        path: '/transformations/2',
        value: { name: 'Encryption', at: 1, params: { publicKeyId: 'new', more: 2 } },
      },
    ]);
    expect(resources.flow.operations?.([edit], { transformations: [{ name: 'Mapping' }] })).toEqual([]);
    expect(resources.flow.operations?.([], answer)).toEqual([]);
  });

  test('a start is told as the definition writes it', () => {
    const told = (value: unknown, startTime?: string | number, field = 'scheduleParams.startTime') => {
      const schedule = { ...sample.schedule, ...(startTime === undefined ? {} : { startTime }) };
      return resources.flow.told?.(field, value, parsed({ ...sample, schedule }));
    };
    const written = '2033-05-18T03:33:20Z';
    expect(told('2000000000', written)).toBe(written);
    expect(told(2_000_000_000, written)).toBe(written);
    expect(told('2000000000', 2_000_000_000)).toBe('2000000000');
    expect(told('2000000000')).toBe('2000000000');
    expect([told('soon', written), told(undefined, written)]).toEqual(['soon', undefined]);
    expect(told('2000000000', written, 'scheduleParams.interval')).toBe('2000000000');
  });

  test('a flow is read back whatever AEP says of it', () => {
    const back = (answer: JsonObject) =>
      resources.flow.readBack({ ...observed('flow', answer), answer }, { name: 'n', description: undefined });
    expect(
      back({
        transformations: [{ name: 'Other', params: { deltaColumn: { name: 'a' } } }, { name: 'Copy' }],
      }),
    ).toStrictEqual({
      description: undefined,
      schedule: {},
      options: undefined,
    });
    const scheduleParams = { frequency: 'day', interval: '1', backfill: 'true', startTime: 'soon' };
    expect(back({ scheduleParams, options: { partialIngestionPercent: '5' } })).toStrictEqual({
      description: undefined,
      schedule: { frequency: 'day', interval: 1, backfill: true },
      options: { partialIngestionPercent: 5 },
    });
  });

  test('records of a flow are left out, with the version of its mapping set', () => {
    const left = resources.flow.withoutRecords({
      id: 'f',
      name: 'n',
      state: 'enabled',
      runs: [],
      lastRunDetails: {},
      flowSpec: { id: 'spec', version: '1.0' },
      transformations: [
        { name: 'Copy', params: { mappingVersion: '1' } },
        { name: 'Mapping', params: { mappingId: 'm', mappingVersion: '1' } },
      ],
    });
    expect(left).toEqual({
      name: 'n',
      flowSpec: { id: 'spec' },
      transformations: [
        { name: 'Copy', params: { mappingVersion: '1' } },
        { name: 'Mapping', params: { mappingId: 'm' } },
      ],
    });
    expect(resources.flow.withoutRecords({ state: 'disabled' })).toEqual({
      state: 'disabled',
      transformations: [],
    });
  });

  test('only what is no transformation is edited field by field', () => {
    const edit = (field: string) => ({ field, from: 1, to: 2 });
    const all = [edit('scheduleParams.interval'), edit('transformations.Mapping')];
    expect(resources.flow.operations?.(all, body)).toEqual([
      { op: 'replace', path: '/scheduleParams/interval', value: 2 },
    ]);
  });
});

test('of schemas and classes, a field group or a field more is told, but for what every schema has', () => {
  const ref = (...refs: string[]) => ({ allOf: refs.map(($ref) => ({ $ref })) });
  const [first, second] = [sample.schema.class, ...sample.schema.fieldGroups];
  const found = ref(
    first!,
    second!,
    'https://ns.adobe.com/x/mixins/1',
    'https://ns.adobe.com/xdm/data/record',
  );
  expect(besides('schema', found)).toEqual([
    { field: 'refs', wanted: undefined, found: 'https://ns.adobe.com/x/mixins/1' },
  ]);
  const adHoc = {
    allOf: [
      { properties: { _t: { properties: { More: { type: 'string' }, Name: { type: 'string' } } } } },
      { properties: { a: 5 } },
    ],
  };
  expect(besides('adHocClass', adHoc, legacySample)).toEqual([
    { field: 'properties.More', wanted: undefined, found: { type: 'string' } },
  ]);
});

test('a dataset keeps the tags that people gave it, and says nothing of what AEP does by itself', () => {
  const left = (answer: JsonObject) => resources.dataset.withoutRecords({ name: 'a', ...answer });
  expect(
    left({
      tags: { [markTag]: ['x'], 'adobe/a': ['b'], 'aep/c': ['d'], 'my/adobe/x': ['y'], own: ['z'] },
      enableErrorDiagnostics: false,
    }),
  ).toEqual({
    name: 'a',
    tags: { 'my/adobe/x': ['y'], own: ['z'] },
  });
  expect(left({ enableErrorDiagnostics: true })).toEqual({
    name: 'a',
    enableErrorDiagnostics: true,
    tags: {},
  });
  expect(
    resources.dataset.operations?.([{ field: 'description', from: 'a', to: 'b' }], {
      description: `a\n${formatMark({ dataflow: 'prod/o', nonce: 'aaaaaaaa' })}`,
    }),
  ).toEqual([{ op: 'replace', path: '/description', value: 'b' }]);
});

test('what says nothing is nothing', () => {
  for (const value of [undefined, null, false, '', {}, []]) expect(isNothing(value)).toBe(true);
  for (const value of [0, true, 'x', { a: undefined }, [null]]) expect(isNothing(value)).toBe(false);
});

describe('what looks like a secret', () => {
  test('is not in what is kept of an answer, but keys of a schema are the names of fields', () => {
    const answer = { params: { list: [{ password: 'p8e', user: 'u' }, 5], note: 'x' } };
    expect(withoutSecrets('sourceConnection', answer)).toEqual({
      params: { list: [{ password: hidden, user: 'u' }, 5], note: 'x' },
    });
    expect(withoutSecrets('schema', answer)).toBe(answer);
    expect(hidden).toBe('(not shown: it looks like a secret)');
  });

  test('is told by the fields of a definition in which it is hidden', () => {
    expect(hiddenFields({ a: hidden, b: [{ c: `x ${hidden}` }, 'y', 5, null], d: { e: 'z' } })).toEqual([
      'a',
      'b[0].c',
    ]);
  });
});

describe('what is read back', () => {
  const whole = (more: object) => ({ id: 'x', fields: {}, answer: {}, ...more });
  test('is left out where a definition would give it anyway', () => {
    expect([nameBack(whole({ name: 'a' }), 'a'), nameBack(whole({ name: 'b' }), 'a')]).toEqual([
      undefined,
      'b',
    ]);
    const of = (description?: string) => ({ name: 'n', description });
    expect(descriptionBack(whole({ description: ' a ' }), of('a'))).toBeUndefined();
    expect(descriptionBack(whole({ description: 'a' }), of(' a'))).toBeUndefined();
    expect(descriptionBack(whole({}), of('a'))).toBe('');
    expect(descriptionBack(whole({}), of())).toBeUndefined();
    expect(descriptionBack(whole({ description: ' a ' }), of())).toBe(' a ');
    expect([orNothing({ a: undefined }), orNothing({ a: 0 })]).toEqual([undefined, { a: 0 }]);
    expect(merged([{ a: { b: 1 }, c: 1 }, { a: { d: 2 }, c: undefined }, { c: [2] }])).toEqual({
      a: { b: 1, d: 2 },
      c: [2],
    });
  });

  test.each<[unknown, unknown]>([
    ['true', true],
    ['FALSE', false],
    ['15', 15],
    ['-1.5', -1.5],
    ['', ''],
    [' ', ' '],
    ['day', 'day'],
    ['untrue', 'untrue'],
    ['truest', 'truest'],
    [15, 15],
    [true, true],
    [['true'], ['true']],
  ])('of %j is the value %j', (value, back) => expect(valueBack(value)).toEqual(back));
});

describe('patches', () => {
  const mark = { dataflow: 'prod/orders', nonce: 'aaaaaaaa' };
  test('put a mark at the end of a description, where there is one or none', () => {
    expect(marking(mark, {})).toEqual({ op: 'add', path: '/description', value: formatMark(mark) });
    expect(marking(mark, { description: 'x' })).toEqual({
      op: 'replace',
      path: '/description',
      value: `x\n${formatMark(mark)}`,
    });
    expect([withMark('', mark), withMark(undefined, mark), withMark(5, mark)]).toEqual(
      Array.from({ length: 3 }, () => formatMark(mark)),
    );
    expect([withoutMark('Text'), withoutMark(withMark('Text', mark))]).toEqual(['Text', 'Text']);
  });

  test('add what is to hold a field once, with all that goes into it, and take away what is to go', () => {
    const edits = [
      { field: 'options.a', from: undefined, to: 1 },
      { field: 'options.b', from: undefined, to: 2 },
      { field: 'options.c', from: undefined, to: undefined },
      { field: 'gone.d', from: undefined, to: undefined },
      { field: 'schedule.e', from: 1, to: undefined },
    ];
    expect(operationsFor(edits, { schedule: { e: 1 }, options: 'none' })).toEqual([
      { op: 'remove', path: '/schedule/e' },
      { op: 'add', path: '/options', value: { a: 1, b: 2 } },
    ]);
    const marked = { other: 'x', description: `Old\n${formatMark(mark)}` };
    expect(operationsFor([{ field: 'other', from: 'x', to: 'y' }], marked)).toEqual([
      { op: 'replace', path: '/other', value: 'y' },
    ]);
  });
});

test('what other programs wrote is read as what it should be, or as nothing', () => {
  const odd = { a: [5, { b: 1 }, null], t: 5, l: [7, 'x'], o: 'x' };
  expect([
    objectAt(odd, 'o'),
    objectsAt(odd, 'a'),
    objectsAt(odd, 't'),
    textAt(odd, 't'),
    textAt(odd, 'o'),
  ]).toEqual([{}, [{ b: 1 }], [], undefined, 'x']);
  expect([firstTextAt(odd, 'l'), firstTextAt({ l: ['x', 'y'] }, 'l'), firstTextAt(odd, 'o')]).toEqual([
    undefined,
    'x',
    undefined,
  ]);
  expect([
    timeOf(5),
    timeOf('1970-01-01T00:00:01Z'),
    timeOf('soon'),
    timeOf(Infinity),
    timeOf(null),
    timeOf({}),
  ]).toEqual([5, 1000, undefined, undefined, undefined, undefined]);
});
