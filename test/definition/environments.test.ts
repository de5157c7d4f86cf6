import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosenEnvironment, toldElsewhere } from '../../src/definition/environments.ts';
import { suggestions } from '../../src/definition/nearest.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { anyDefinition } from './any-definition.ts';
import { messageAt, parsed, problemsOf, sample } from './sample.ts';

const { sandbox: _, ...definition } = sample;
const tenant = {
  ...definition,
  schema: { class: 'https://ns.adobe.com/{TENANT_ID}/classes/1', fieldGroups: [] },
  mapping: [
    { source: 'TestID', destination: '_{TENANT_ID}.id' },
    { expression: 'upper(${TENANT_ID})', destination: '_{TENANT_ID}.name' },
  ],
  source: { ...sample.source, columns: [...sample.source.columns, { name: 'TENANT_ID', type: 'string' }] },
};
const environments = {
  dev: { sandbox: 'dev', tenant: 'acmedev', schedule: { frequency: 'day', interval: 1 } },
  prod: { sandbox: 'prod', tenant: 'acme', dataset: { id: '5e8a55ca53662c18af37a83a' }, schema: null },
};
const file = { definition: tenant, environments };
const fields = (input: unknown) => problemsOf(input).map(({ field }) => field);

describe('a definition with environments', () => {
  test('is the one of the chosen environment', () => {
    const dev = parsed({ ...file, environment: 'dev' });
    expect(dev).toEqual({
      ...tenant,
      sandbox: 'dev',
      schema: { class: 'https://ns.adobe.com/acmedev/classes/1', fieldGroups: [] },
      mapping: [
        { source: 'TestID', destination: '_acmedev.id' },
        { expression: 'upper(${TENANT_ID})', destination: '_acmedev.name' },
      ],
      schedule: { frequency: 'day', interval: 1, backfill: true },
    });
    const prod = parsed({ ...file, environment: 'prod' });
    expect(prod).toMatchObject({ sandbox: 'prod', dataset: { id: '5e8a55ca53662c18af37a83a' } });
    expect(prod).not.toHaveProperty('schema');
  });

  test('names an existing resource where another environment makes one, and the other way round', () => {
    const given = { dev: { sandbox: 'dev', schema: { id: 'https://ns.adobe.com/t/schemas/1' } } };
    expect(parsed({ definition, environments: given, environment: 'dev' }).schema).toEqual(given.dev.schema);
    const base = { ...definition, schema: { id: 'https://ns.adobe.com/t/schemas/1' } };
    const made = { dev: { sandbox: 'dev', schema: { class: 'https://ns.adobe.com/t/classes/1' } } };
    expect(parsed({ definition: base, environments: made, environment: 'dev' }).schema).toEqual(
      made.dev.schema,
    );
  });

  test('of one environment that says nothing but its sandbox is that definition', () => {
    fc.assert(
      fc.property(anyDefinition, (one) => {
        const { sandbox, ...rest } = one;
        const only = { definition: rest, environments: { only: { sandbox } }, environment: 'only' };
        expect(parseDefinition(only).definition).toEqual(one);
      }),
      { numRuns: 100 },
    );
  });

  test('knows which ids are those of the others', () => {
    const of = (sandbox: string, id: string) => ({ sandbox, source: { baseConnectionId: id } });
    const all = { dev: of('dev', 'a'), test: of('test', 'a'), prod: of('prod', 'b') };
    const { elsewhere } = parseDefinition({ definition, environments: all, environment: 'prod' });
    expect(elsewhere).toMatchObject({ a: ['dev', 'test'] });
    expect(elsewhere).not.toHaveProperty('b');
  });

  test('tells what is wrong where it is written', () => {
    const spoiled = {
      definition: { ...definition, schedule: { frequency: 'hourly' } },
      environments: { dev: { sandbox: 'dev', source: { tableName: 5 }, options: { more: 1 } } },
      environment: 'dev',
    };
    expect(fields(spoiled).sort()).toEqual([
      'definition.schedule.frequency',
      'environments.dev.options.more',
      'environments.dev.source.tableName',
    ]);
  });

  test('makes the ids of the others known by where they stand, with their tenants', () => {
    const all = {
      dev: {
        sandbox: 'dev',
        tenant: 'acmedev',
        source: { baseConnectionId: null, connection: 'conn-dev' },
        dataset: { id: 'd-dev' },
        target: { datasetBaseConnection: { id: 'b-dev' } },
      },
      prod: { sandbox: 'prod', tenant: 'acme' },
    };
    const { elsewhere } = parseDefinition({ definition: tenant, environments: all, environment: 'prod' });
    expect(elsewhere).toEqual({
      'conn-dev': ['dev'],
      'https://ns.adobe.com/acmedev/classes/1': ['dev'],
      'd-dev': ['dev'],
      'b-dev': ['dev'],
    });
    const groups = {
      ...definition,
      schema: { ...sample.schema, fieldGroups: ['https://ns.adobe.com/a/mixins/1'] },
    };
    expect(
      parseDefinition({ definition: groups, environments: all, environment: 'prod' }).elsewhere,
    ).toHaveProperty(['https://ns.adobe.com/a/mixins/1'], ['dev']);
  });

  test('of whose ids one is not there says where it is', () => {
    const id = 'https://ns.adobe.com/t/schemas/1';
    const problem = { field: 'schema.id', message: 'is not there' };
    const told = (elsewhere: Record<string, string[]>) =>
      toldElsewhere([problem, { field: 'name', message: 'x' }], { schema: { id }, name: 5 }, elsewhere);
    expect(told({ [id]: ['dev', 'test'] })).toEqual([
      {
        field: 'schema.id',
        message: 'is not there. It is what dev, test has: give what is there in this environment',
      },
      { field: 'name', message: 'x' },
    ]);
    expect(told({})[0]).toBe(problem);
    const lists = { schema: { fieldGroups: ['a', 'b'] } };
    const [second] = toldElsewhere([{ field: 'schema.fieldGroups[1]', message: 'x' }], lists, { b: ['dev'] });
    expect(second!.message).toContain('dev');
    expect(toldElsewhere([problem], { schema: { id: 'constructor' } }, {})).toEqual([problem]);
  });

  test('are a hundred at most, and there is one', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`e${index}`, { sandbox: 'dev' }]));
    expect(problemsOf({ definition, environments: many(100), environment: 'e0' })).toEqual([]);
    expect(problemsOf({ definition, environments: many(101), environment: 'e0' })).toEqual([
      { field: 'environments', message: 'must have at most 100, and has 101' },
    ]);
  });

  test('are told all that is wrong with them', () => {
    const input = {
      definition: 5,
      environments: { 'a b': { sandbox: null, tenant: 5, name: 'x' }, c: 'd' },
      environment: 7,
    };
    expect(problemsOf(input)).toEqual([
      { field: 'definition', message: 'must be an object, not 5' },
      {
        field: 'environments.a b',
        message: 'must have a name of letters, digits, hyphens and underscores, at most 50',
      },
      {
        field: 'environments.a b.tenant',
        message:
          'must be the id of a tenant, which stands in the place of {TENANT_ID}: letters, digits, hyphens and underscores',
      },
      {
        field: 'environments.a b.name',
        message: 'must be left out: a dataflow has one name in every sandbox',
      },
      { field: 'environments.a b.sandbox', message: 'is required: the sandbox of this environment' },
      { field: 'environments.c', message: 'must be an object, not the text "d"' },
      { field: 'environment', message: 'must be one of a b, c, not 7' },
    ]);
    const nothing = { sandbox: 'dev', tenant: null, name: null };
    expect(problemsOf({ definition, environments: { dev: nothing }, environment: 'dev' })).toEqual([]);
  });

  test('may say a schema for their editor, and no list takes the place of a part of a list', () => {
    const dev = { sandbox: 'dev', mapping: [{ source: 'Nme', destination: '_id' }] };
    const input = { $schema: 'x', definition, environments: { dev }, environment: 'dev' };
    expect(problemsOf(input).map(({ field }) => field)).toEqual(['environments.dev.mapping[0].source']);
  });

  test.each<[string, object, string, RegExp]>([
    ['no environment', file, 'environment', /required: one of dev, prod/],
    ['one that there is not', { ...file, environment: 'pord' }, 'environment', /did you mean "prod"/],
    ['what every object has', { ...file, environment: 'constructor' }, 'environment', /must be one of/],
    ['no definition', { environments, environment: 'dev' }, 'definition', /must be an object/],
    ['no environments', { ...file, environments: {}, environment: 'dev' }, 'environments', /not be empty/],
    ['a list', { ...file, environments: [], environment: 'dev' }, 'environments', /not a list/],
    ['a key more', { ...file, environment: 'dev', environmnt: 'dev' }, 'environmnt', /did you mean/],
    [
      'another name',
      { ...file, environments: { dev: { sandbox: 'dev', name: 'x' } }, environment: 'dev' },
      'environments.dev.name',
      /one name in every sandbox/,
    ],
    [
      'no sandbox, in one that is not asked for',
      { ...file, environments: { ...environments, test: {} }, environment: 'dev' },
      'environments.test.sandbox',
      /required/,
    ],
    [
      'a tenant that is none',
      { ...file, environments: { dev: { sandbox: 'dev', tenant: '_a b' } }, environment: 'dev' },
      'environments.dev.tenant',
      /TENANT_ID/,
    ],
    [
      'a secret, in one that is not asked for',
      {
        ...file,
        environments: { ...environments, test: { sandbox: 't', source: { params: { password: 'x' } } } },
        environment: 'dev',
      },
      'environments.test.source.params.password',
      /no secret/,
    ],
    [
      'no tenant',
      { ...file, environments: { dev: { sandbox: 'dev' } }, environment: 'dev' },
      'definition.schema.class',
      /placeholder \{TENANT_ID\}/,
    ],
  ])('is refused with %s', (_, input, field, message) => {
    expect(messageAt(input, field)).toMatch(message);
  });
});

describe('an environment', () => {
  const chosen = (input: Record<string, unknown>) => chosenEnvironment(input, suggestions());

  test.each<[string, Record<string, unknown>, string]>([
    ['a name that is a number', { 7: { sandbox: 'dev' } }, 'must be one of 7, not 7'],
    ['none', { dev: { sandbox: 'dev' } }, 'is required: one of dev'],
  ])('is chosen by its name: of %s it is told', (_, all, message) => {
    const environment = '7' in all ? 7 : null;
    expect(chosen({ definition, environments: all, environment })).toEqual({
      problems: [{ field: 'environment', message }],
    });
  });

  test('beside a definition with a secret is refused with the place of that', () => {
    const params = { password: 'hunter2' };
    const input = {
      definition: { ...definition, source: { ...definition.source, params } },
      environments: { dev: { sandbox: 'dev', source: { params } } },
      environment: 'dev',
    };
    expect(chosen(input).problems?.map(({ field }) => field)).toEqual([
      'definition.source.params.password',
      'environments.dev.source.params.password',
    ]);
  });

  test('is the place of what it says, and no field is in no place', () => {
    const { placeOf } = chosen({ ...file, environment: 'dev' }).chosen!;
    expect(['', 'schedule', 'schedule.interval', 'schedule.startTime', 'name'].map(placeOf)).toEqual([
      '',
      'environments.dev.schedule',
      'environments.dev.schedule.interval',
      'definition.schedule.startTime',
      'definition.name',
    ]);
  });

  test('gives ids that are told of the others, whatever they are of', () => {
    const common = {
      ...definition,
      source: { ...definition.source, adHocSchema: { id: 'ad-hoc' } },
      schema: { id: 'schema' },
      dataset: { id: 'dataset' },
    };
    const all = {
      dev: { sandbox: 'dev' },
      test: { sandbox: 'test', schema: { id: 'schema-of-test' } },
      prod: { sandbox: 'prod', schema: { id: 'schema-of-prod' } },
    };
    const { elsewhere } = chosen({ definition: common, environments: all, environment: 'prod' }).chosen!;
    expect(elsewhere).toEqual({
      [definition.source.baseConnectionId]: ['dev', 'test'],
      'ad-hoc': ['dev', 'test'],
      schema: ['dev'],
      'schema-of-test': ['test'],
      dataset: ['dev', 'test'],
    });
  });

  test('has nothing to tell of a field that is not there', () => {
    const problems = [{ field: 'schema.id', message: 'is not there' }];
    expect(toldElsewhere(problems, { schema: null }, { a: ['dev'] })).toEqual(problems);
  });
});
