import { describe, expect, test } from 'vitest';
import { parseDefinition } from '../../src/definition/parse.ts';
import { resources } from '../../src/resources/index.ts';
import { answerFor } from '../resources/answers.ts';
import { fileSample, messageAt, parsed, problemsOf, sample } from '../definition/sample.ts';

const source = (changes: object, base: { source: object } = sample) => ({
  ...base,
  source: { ...base.source, ...changes },
});
const relational = (changes: object, base: { source: object } = sample) => ({
  ...source({ cdcEnabled: true, ...changes }, base),
  schema: undefined,
  dataset: { id: '5e8a55ca53662c18af37a83a' },
});
const codes = (input: object) => parseDefinition(input).warnings.map(({ code, field }) => [code, field]);

describe('change data capture', () => {
  test.each([
    ['google-bigquery', relational({})],
    ['snowflake', relational({ connector: 'snowflake' })],
    ['azure-databricks', relational({ connector: 'azure-databricks' })],
    ['sftp', relational({ connector: 'sftp' }, fileSample)],
    [
      'a connector without a name here',
      relational({ connector: undefined, connectionSpec: { id: custom() } }),
    ],
  ])('of %s is a param of the source connection', (_, input) => {
    expect(codes(input)).toEqual([]);
    const body = resources.sourceConnection.body(parsed(input), {});
    expect(body['params']).toMatchObject({ cdcEnabled: true });
  });

  test('that is not asked for is no param, and is read back only where AEP has it on', () => {
    const body = resources.sourceConnection.body(parsed(source({ cdcEnabled: false })), {});
    expect(body['params']).not.toHaveProperty('cdcEnabled');
    const readBack = (cdcEnabled: unknown) => {
      const answer = answerFor(
        'sourceConnection',
        { ...body, params: { ...(body['params'] as object), cdcEnabled } },
        'id',
        0,
      );
      const whole = { ...resources.sourceConnection.observe(answer), answer };
      const { source } = resources.sourceConnection.readBack(whole, { name: 'x', description: undefined });
      return (source as { cdcEnabled?: unknown }).cdcEnabled;
    };
    expect([true, 'true', false, 'false', undefined].map(readBack)).toEqual([
      true,
      true,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('of a connector that has none is refused with those that have', () => {
    expect(messageAt(relational({ connector: 'mysql' }), 'source.cdcEnabled')).toBe(
      'must be left out: AEP captures no changes of mysql, but of azure-databricks, google-bigquery, snowflake, microsoft-dynamics, salesforce, amazon-s3, azure-blob, data-landing-zone, google-cloud-storage, sftp',
    );
  });

  test('needs a schema that is there, as none is made that takes changes; of the dataset it is warned', () => {
    expect(messageAt(source({ cdcEnabled: true }), 'dataset.id')).toContain('relational schema');
    const withSchema = {
      ...source({ cdcEnabled: true }),
      schema: { id: 'https://ns.adobe.com/t/schemas/1' },
    };
    expect(codes(withSchema)).toEqual([['undocumented-change-data-capture', 'dataset']]);
    expect(problemsOf({ ...source({ cdcEnabled: true }), dataset: 'x' })).toHaveLength(1);
  });

  test('of a connector for which it is only announced is warned of', () => {
    expect(codes(relational({ connector: 'salesforce' }))).toEqual([
      ['undocumented-change-data-capture', 'source.cdcEnabled'],
    ]);
  });
});

test('a row filter is warned of where AEP documents none', () => {
  const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'literal', value: true } };
  expect(codes(source({ filters }))).toEqual([]);
  expect(codes(source({ filters, connector: 'mysql' }))).toEqual([['undocumented-filter', 'source.filters']]);
  expect(codes(source({ filters, connector: undefined, connectionSpec: { id: custom() } }))).toEqual([]);
});

test('params that AEP knows of tables pass', () => {
  expect(codes(source({ params: { entityType: 'view', primaryKey: 'id' } }))).toEqual([]);
  expect(codes(source({ params: { entityTyp: 'view' } }))).toEqual([
    ['unknown-param', 'source.params.entityTyp'],
  ]);
});

function custom(): string {
  return '11111111-2222-4333-8444-555555555555';
}
