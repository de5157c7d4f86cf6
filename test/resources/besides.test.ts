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
    expect(besides('flow', copy({ name: 'Datefield', timezone: 'UTC', dateFormat: '' }))).toEqual([
      { field: 'transformations.Copy.deltaColumn.timezone', wanted: undefined, found: 'UTC' },
    ]);
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
