/** What is read back of answers that say more, less or something else than was asked for. */
import { describe, expect, test } from 'vitest';
import { withoutSecrets, hidden } from '../../src/resources/hidden.ts';
import { resources, titleOf } from '../../src/resources/index.ts';
import { idsOfKind, kinds, type Kind } from '../../src/resources/kinds.ts';
import { askedBy, startsAt } from '../../src/resources/described-resource.ts';
import { without, withoutRegistryRecords, withoutUsualState } from '../../src/resources/records.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { surplusOf } from '../../src/resources/surplus.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from './sample-ids.ts';

const back = (kind: Kind, answer: JsonObject) =>
  resources[kind].readBack(
    { ...resources[kind].observe({ id: 'x', ...answer }), answer },
    { name: 'n', description: undefined },
  );

describe('of a mapping set', () => {
  const rows = (...mappings: unknown[]) => back('mappingSet', { mappings })['mapping'];

  test.each<[JsonObject, JsonObject]>([
    [
      { sourceAttribute: 'a', destinationXdmPath: 'b' },
      { source: 'a', destination: 'b' },
    ],
    [
      { sourceType: 'ATTRIBUTE', source: 'a.b', destination: 'c' },
      { source: 'a.b', destination: 'c' },
    ],
    [
      { sourceType: 'text/x.schema-path', source: '${Order ID}', destination: 'c' },
      { source: '${Order ID}', destination: 'c' },
    ],
    [
      { sourceType: 'EXPRESSION', source: 'upper(a)', destination: 'c' },
      { expression: 'upper(a)', destination: 'c' },
    ],
    [
      { sourceType: 'text/x.aep-xl', source: 'a', destination: 'c' },
      { expression: 'a', destination: 'c' },
    ],
    [
      { source: 'concat(a, b)', destination: 'c' },
      { expression: 'concat(a, b)', destination: 'c' },
    ],
    [
      { sourceType: 'STATIC', source: 'a "b"', destination: 'c' },
      { expression: String.raw`"a \"b\""`, destination: 'c' },
    ],
    [
      { sourceType: 'ATTRIBUTE', source: 'a b', destination: 'c' },
      { source: 'a b', destination: 'c' },
    ],
    // Sent as a path it would become `${a }.`, which says something else.
    [
      { sourceType: 'ATTRIBUTE', source: 'a .', destination: 'c' },
      { expression: 'a .', destination: 'c' },
    ],
    [{}, { expression: '', destination: '' }],
  ])('the row %j is %j', (row, said) => expect(rows(row)).toEqual([said]));

  test('its own name and records are left out, and what a row says beside its own', () => {
    const { withoutRecords } = resources.mappingSet;
    const row = { source: 'a', destination: 'b', matchScore: 1, identity: false, primaryIdentity: true };
    expect(
      withoutRecords({
        name: 'Managed by aep-dataflows: prod/o #aaaaaaaa',
        xdmSchema: 's',
        more: 1,
        mappings: [row, 5, { primaryIdentity: false }],
      }),
    ).toEqual({ more: 1, mappings: [{ primaryIdentity: true }, {}] });
    expect(withoutRecords({ name: 'theirs', mappings: [{ identity: true }] })).toEqual({
      name: 'theirs',
      mappings: [{ identity: true }],
    });
  });

  test('rows are the same in whatever order, those of one destination too', () => {
    const row = (source: string, destination: string) => ({ source, destination });
    const observe = (...mappings: unknown[]) => resources.mappingSet.observe({ mappings }).fields['mappings'];
    const sorted = [row('a', 'x'), row('b', 'x'), row('a', 'y')];
    expect(observe(row('a', 'y'), row('b', 'x'), row('a', 'x'))).toEqual(sorted);
    expect(observe(row('b', 'x'), row('a', 'x'), row('a', 'y'))).toEqual(sorted);
    expect(observe(row('a', 'x'), row('b', 'x'), row('a', 'y'))).toEqual(sorted);
    expect(resources.mappingSet.observe({ version: 3, mappings: [] }).fields['version']).toBe(3);
  });
});

describe('of a class', () => {
  test('columns are what stands under its namespace, each in short where that says all of it', () => {
    const properties = {
      a: { type: 'string', format: 'date' },
      b: { type: 'string', format: 'uri' },
      c: { type: 'string', more: 1 },
      d: 'odd',
    };
    const { source } = back('adHocClass', {
      title: 'n ad-hoc class',
      allOf: [{ $ref: 'x' }, { properties: { _t: { properties }, odd: null } }],
    });
    expect(source).toEqual({
      columns: [
        { name: 'a', type: 'string', format: 'date' },
        { name: 'b', type: 'string', format: 'uri' },
        { name: 'c', type: 'string', xdm: { type: 'string', more: 1 } },
        { name: 'd' },
      ],
      adHocSchema: { class: undefined },
    });
  });
});

describe('of a schema', () => {
  const allOf = ['https://ns.adobe.com/x/classes/1', 'b', 'c'].map(($ref) => ({ $ref }));
  test('the class is the one that AEP names, or else the first of what it is made of', () => {
    expect(back('schema', { allOf })['schema']).toMatchObject({
      class: 'https://ns.adobe.com/x/classes/1',
      fieldGroups: ['b', 'c'],
    });
    expect(back('schema', { allOf, 'meta:class': 'b' })['schema']).toMatchObject({
      class: 'b',
      fieldGroups: ['https://ns.adobe.com/x/classes/1', 'c'],
    });
  });

  test('another class is told as AEP names it, and what is asked for without one fits every class', () => {
    const differences = (wanted: string[], answer: JsonObject) =>
      resources.schema.differences(
        { allOf: wanted.map(($ref) => ({ $ref })) },
        resources.schema.observe({ id: 'x', ...answer }),
      );
    expect(differences(['other', 'b'], { allOf, 'meta:class': 'named' })).toEqual([
      { field: 'class', wanted: 'other', found: 'named' },
    ]);
    expect(differences(['other', 'z'], { allOf })).toEqual([
      { field: 'class', wanted: 'other', found: 'https://ns.adobe.com/x/classes/1' },
      { field: 'refs', wanted: ['z'], found: [] },
    ]);
    expect(differences([], { allOf })).toEqual([]);
  });

  test('it does not grow by what is no list, nor by what it has', () => {
    const edit = { field: 'refs', from: [], to: 'b' };
    expect(resources.schema.operations?.([edit], { allOf })).toEqual([]);
    expect(resources.schema.operations?.([{ ...edit, to: ['b'] }], { allOf })).toEqual([]);
    expect(resources.schema.besides?.({ allOf: [] }, resources.schema.observe({ allOf }))).toHaveLength(3);
  });

  test('an ad-hoc one refers to the class among what it is made of', () => {
    const refersTo = (fields: JsonObject) => resources.adHocSchema.refersTo({ id: 'x', fields });
    expect(refersTo({ refs: ['a', 'https://ns.adobe.com/x/classes/1'] })).toEqual({
      adHocClass: 'https://ns.adobe.com/x/classes/1',
    });
    for (const fields of [{ refs: ['a'] }, { refs: '/classes/' }, {}])
      expect(refersTo(fields)).toStrictEqual({});
  });
});

test('what refers to nothing says so by no key', () => {
  const nothing = { id: 'x', fields: { schema: 5, data: { schema: { id: 5 } } } };
  for (const kind of ['dataset', 'mappingSet', 'sourceConnection'] as const)
    expect(resources[kind].refersTo(nothing)).toStrictEqual({});
});

test('what stands at paths is left out, with all in it, and nothing else', () => {
  const object = { a: { b: 1, c: { d: 2, e: 3 } }, 'a.b': 4, f: 'g', h: [1] };
  expect(without(object, ['a.b', 'a.c.d', 'f.x', 'h.0'])).toEqual({
    a: { c: { e: 3 } },
    'a.b': 4,
    f: 'g',
    h: [1],
  });
  expect(without(object, ['a', 'a.b', 'f'])).toEqual({ 'a.b': 4, h: [1] });
  expect(withoutUsualState({ state: 'Enabled', a: 1 })).toEqual({ a: 1 });
  expect(withoutUsualState({ state: 'draft' })).toEqual({ state: 'draft' });
  const registry = { title: 't', 'meta:immutableTags': ['union'], 'meta:x': 1, $id: 'i', xmeta: 1 };
  expect(withoutRegistryRecords(registry)).toEqual({
    title: 't',
    'meta:immutableTags': ['union'],
    xmeta: 1,
  });
});

test.each([
  ['a.b', 'a', true],
  ['a[0]', 'a', true],
  ['a', 'a', true],
  ['ab', 'a', false],
  ['b.a', 'a', false],
  ['xa.b', 'a', false],
])('whether %s is %s or lies under it: %s', (field, prefix, is) => expect(startsAt(field, prefix)).toBe(is));

test('the first field that asks for the beginning of another counts, and what follows stays', () => {
  const pairs = [
    ['a.b', 'first'],
    ['a', 'second'],
  ] as const;
  expect(['a.b.c', 'a[0].b', 'c'].map((field) => askedBy(pairs, field))).toEqual([
    'first.c',
    'second[0].b',
    'c',
  ]);
});

test('the same id that several runs noted is one', () => {
  const noted = [{ flow: 'a' }, { flow: 'b', dataset: 'd' }, { flow: 'a' }, {}];
  expect([idsOfKind(noted, 'flow'), idsOfKind(noted, 'schema')]).toEqual([['a', 'b'], []]);
});

test('people call each kind by its title, and so they do base connections', () => {
  expect([titleOf('baseConnection'), titleOf('adHocClass')]).toEqual(['base connection', 'ad-hoc class']);
});

test('a secret is hidden wherever it stands, and lists keep their order', () => {
  const answer = { params: { list: ['a', { token: 'x', b: 1 }, 'https://u:hunter2@host/'] } };
  expect(withoutSecrets('flow', answer)).toEqual({
    params: { list: ['a', { token: hidden, b: 1 }, hidden] },
  });
  const described = { title: 'https://u:hunter2@host/', properties: { password: { type: 'string' } } };
  expect(withoutSecrets('schema', described)).toEqual({ ...described, title: hidden });
});

test('of copies none is surplus', () => {
  const mark = { dataflow: 'prod/o', nonce: 'a' };
  const copies = ['a', 'b'].map((id) => ({ id, fields: {}, mark }));
  expect(surplusOf(copies, new Set(), 'prod/o')).toEqual([]);
});

describe('whatever a definition leaves out', () => {
  const { baseConnectionId: _, ...source } = fileSample.source;
  const bare = [
    { ...sample, schema: undefined, dataset: { id: ids.dataset } },
    { ...sample, dataset: undefined, target: { name: 'Orders lake' } },
    legacySample,
    { ...fileSample, source: { ...source, connector: 'data-landing-zone' } },
  ].map(parsed);

  test.each(kinds)('of a %s can be asked, whether one is needed or not', (kind) => {
    const { name, body, given, asked } = resources[kind];
    for (const definition of bare) {
      expect(name(definition)).toMatch(/orders/i);
      expect(body(definition, ids, context)).toBeDefined();
      expect(asked('name', definition)).toMatch(/name|title/);
      expect(asked('description', definition)).toMatch(/description$/);
      expect(given?.id(definition)).toBe(
        kind === 'dataset' && definition.dataset?.id !== undefined ? ids.dataset : undefined,
      );
    }
  });

  test('an answer that says nothing is nothing, and not the absence of something', () => {
    for (const kind of kinds)
      expect(Object.values(resources[kind].observe({ id: 'x' }))).not.toContain(undefined);
  });

  test('what a source has no base connection for is not sent, and the field that would say it is told', () => {
    const [landing] = bare.toReversed();
    expect(resources.sourceConnection.body(landing!, ids)).not.toHaveProperty('baseConnectionId');
    expect(resources.sourceConnection.asked('baseConnectionId', landing!)).toBe('source.baseConnectionId');
    const named = parsed({ ...fileSample, source: { ...source, connection: { name: 'Shop' } } });
    expect(resources.sourceConnection.asked('baseConnectionId', named)).toBe('source.connection.name');
  });
});

test('an empty description of a part is none, though the dataflow has one', () => {
  const described = { ...sample, description: 'All', source: { ...sample.source, description: '' } };
  expect(resources.sourceConnection.body(parsed(described), ids)).not.toHaveProperty('description');
  expect(resources.targetConnection.body(parsed(described), ids)).toMatchObject({ description: 'All' });
});

test('changes are captured where that is asked for, and read back where it is on', () => {
  const captured = parsed({
    ...sample,
    source: { ...sample.source, cdcEnabled: true },
    schema: undefined,
    dataset: { id: ids.dataset },
  });
  expect(resources.sourceConnection.body(captured, ids)['params']).toMatchObject({ cdcEnabled: true });
  const said = (cdcEnabled: unknown) =>
    (back('sourceConnection', { params: { cdcEnabled } })['source'] as JsonObject)['cdcEnabled'];
  expect([said('true'), said(true), said('false'), said(undefined)]).toEqual([
    true,
    true,
    undefined,
    undefined,
  ]);
});

test('a mapping set begins its name as its mark does, and its rows are told all together', () => {
  expect(resources.mappingSet.name(parsed(sample))).toBe(
    'Managed by aep-dataflows: prod/orders-from-bigquery #',
  );
  const body = resources.mappingSet.body(parsed(sample), ids);
  const found = resources.mappingSet.observe({ ...body, mappings: [] });
  expect(resources.mappingSet.differences(body, found)).toEqual([
    {
      field: 'mappings',
      wanted: [
        { source: 'TestID', destination: '_id' },
        { source: 'Name', destination: 'person.name.fullName' },
      ],
      found: [],
    },
  ]);
});

test('the class of a schema is asked for by its field', () => {
  expect(resources.schema.asked('class', parsed(sample))).toBe('schema.class');
});
