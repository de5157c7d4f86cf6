import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
