/** What is wrong with a source between its fields: each told once, and nothing that is wrong only because something else is. */
import { describe, expect, test } from 'vitest';
import { fieldsOf, legacySample, problemsOf, sample } from './sample.ts';

const { baseConnectionId: _, columns: __, ...source } = sample.source;
const legacy = (changes: object, adHocSchema: object = {}) => ({
  ...legacySample,
  source: { ...legacySample.source, adHocSchema },
  ...changes,
});
const { name } = sample;

describe('what follows from what is wrong anyway is not told', () => {
  test.each<[string, object, string[]]>([
    ['no source', { ...legacySample, source: undefined }, ['source']],
    ['a connection that is none', { ...sample, source: { ...source, connection: 7 } }, ['source.connection']],
    [
      'a column without a type',
      {
        ...sample,
        source: { ...sample.source, columns: [...sample.source.columns, { name: 'a', format: 'date' }] },
      },
      ['source.columns[3].type'],
    ],
    [
      'an ad-hoc schema with a key that nobody knows',
      { ...legacySample, source: { ...legacySample.source, columns: undefined, adHocSchema: { titl: 'x' } } },
      ['source.adHocSchema.titl'],
    ],
  ])('%s', (_, input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });
});

describe('changes are captured', () => {
  const capturing = (connector: string, more: object) => ({
    ...sample,
    source: { ...sample.source, connector, cdcEnabled: true },
    ...more,
  });
  const given = { schema: undefined, dataset: { id: '5e8a55ca53662c18af37a83a' } };

  test.each<[string, object, string[]]>([
    ['into a dataset that is there', capturing('google-bigquery', given), []],
    [
      'into a schema that is there',
      capturing('google-bigquery', { schema: { id: 'https://ns.adobe.com/t/schemas/4' } }),
      [],
    ],
    ['into none that is made', capturing('google-bigquery', {}), ['dataset.id']],
    [
      'into none of which only its name is known to be wrong',
      capturing('google-bigquery', { dataset: { name: 7 } }),
      ['dataset.name'],
    ],
    [
      'into none of which only that is known that it is wrong',
      capturing('google-bigquery', { schema: { id: 7 } }),
      ['schema.id'],
    ],
    ['from no source of which AEP captures none', capturing('mysql', given), ['source.cdcEnabled']],
  ])('%s', (_, input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });

  test('into what is there, which is told where nothing is said', () => {
    const nothing = capturing('google-bigquery', { schema: undefined, dataset: undefined });
    expect(problemsOf(nothing).map(({ message }) => message)).toContain(
      'is required with source.cdcEnabled, or schema.id: of an existing relational schema, as no other takes changes',
    );
  });

  test('from no others than are named', () => {
    expect(problemsOf(capturing('mysql', given))[0]!.message).toMatch(
      /^must be left out: AEP captures no changes of mysql, but of .*google-bigquery/,
    );
  });
});

describe('a title that two would have', () => {
  test.each<[string, object, string[]]>([
    [
      'is told of the schema and the ad-hoc class',
      legacy({}, { class: { title: 'Orders' } }),
      ['schema.title'],
    ],
    ['is told of the schema and the ad-hoc schema', legacy({}, { title: 'Orders' }), ['schema.title']],
    [
      'is told of the ad-hoc schema and its class',
      legacy({}, { title: 'A', class: { title: 'A' } }),
      ['source.adHocSchema.title'],
    ],
    [
      'is none where the schema is given',
      legacy({ schema: { id: 'https://ns.adobe.com/t/schemas/4' } }, { class: { title: name } }),
      [],
    ],
    [
      'is none where the dataset is given',
      legacy({ schema: undefined, dataset: { id: '5e8a55ca53662c18af37a83a' } }, { class: { title: name } }),
      [],
    ],
    [
      'is none where the ad-hoc schema is given',
      legacy(
        { schema: { ...sample.schema, title: `${name} ad-hoc class` } },
        { id: 'https://ns.adobe.com/t/schemas/2' },
      ),
      [],
    ],
    [
      'is none where no ad-hoc schema is made',
      { ...sample, schema: { ...sample.schema, title: `${name} ad-hoc class` } },
      [],
    ],
  ])('%s', (_, input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });

  test('is told beside what is missing', () => {
    const nothing = legacy({ schema: undefined, dataset: undefined }, { class: { title: name } });
    expect(fieldsOf(nothing)).toContain('schema.title');
  });
});
