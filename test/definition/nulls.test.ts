import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definitionHash } from '../../src/definition/identity.ts';
import { fieldsOf, legacySample, parsed, problemsOf, sample } from './sample.ts';

type Json = Record<string, unknown>;

/** Members that may be left out, by the object that they are members of. */
const optional: Record<string, string[]> = {
  '': ['$schema', 'description', 'target', 'options', 'watch', 'onFailure', 'giveUpAfter'],
  source: ['name', 'description', 'connectionSpec', 'filters', 'params', 'data', 'format', 'path'],
  'source.columns.0': ['format', 'minimum', 'maximum', 'xdm', 'meta:xdmType'],
  schema: ['id', 'description'],
  dataset: ['id', 'description'],
  'mapping.1': ['expression'],
  deltaColumn: ['dateFormat', 'timezone'],
  schedule: ['startTime'],
};
const members = Object.entries(optional).flatMap(([of, keys]) => keys.map((key) => [of, key] as const));

function withNulls(chosen: readonly (readonly [string, string])[]): Json {
  const definition = structuredClone(sample) as Json;
  for (const [of, key] of chosen) {
    const parent = of.split('.').reduce<Json>((one, part) => (part ? (one[part] as Json) : one), definition);
    parent[key] = null;
  }
  return definition;
}

describe('a null where something may be left out', () => {
  test('is as if it were left out, and two definitions that differ by such are the same', () => {
    const plain = parsed(sample);
    fc.assert(
      fc.property(fc.subarray(members), (chosen) => {
        const definition = parsed(withNulls(chosen));
        expect(definition).toStrictEqual(plain);
        expect(definitionHash(definition)).toBe(definitionHash(plain));
      }),
      { numRuns: 50 },
    );
    expect(parsed(withNulls(members))).toStrictEqual(plain);
  });

  test('is so in every row, and changes nothing of what was given', () => {
    const rows = sample.mapping.map((row) => ({ ...row, expression: null }));
    const given = { ...sample, description: null, mapping: rows };
    const before = structuredClone(given);
    expect(parsed(given)).toStrictEqual(parsed(sample));
    expect(given).toStrictEqual(before);
  });

  test('is told where something is needed', () => {
    expect(problemsOf({ ...sample, source: null, mapping: [null] })).toMatchObject([
      { field: 'source', message: 'must be an object, not null' },
      { field: 'mapping[0]', message: 'must be an object, not null' },
    ]);
  });

  test('is so deeper down too', () => {
    const target = { name: null, datasetBaseConnection: { id: null, name: null } };
    const adHocSchema = { id: null, class: { title: null } };
    const watch = { pauseAfter: 3, retry: { times: 1, pause: null }, notify: null };
    expect(
      parsed({ ...legacySample, source: { ...legacySample.source, adHocSchema }, target, watch }),
    ).toStrictEqual(
      parsed({
        ...legacySample,
        source: { ...legacySample.source, adHocSchema: { class: {} } },
        target: { datasetBaseConnection: {} },
        watch: { pauseAfter: 3, retry: { times: 1 } },
      }),
    );
  });

  test('stays where it is AEP’s', () => {
    const filters = { type: 'PQL', value: null };
    const column = { name: 'TestID', type: 'string', xdm: { type: 'string', title: null }, more: null };
    const source = { ...sample.source, columns: [column, ...sample.source.columns.slice(1)], filters };
    expect(parsed({ ...sample, source }).source).toStrictEqual(source);
  });
});

test('a null where something is required, or in a list, is told', () => {
  expect(fieldsOf({ ...sample, mapping: null, name: null })).toEqual(['name', 'mapping']);
  expect(problemsOf({ ...sample, schema: { ...sample.schema, fieldGroups: [null] } })).toEqual([
    { field: 'schema.fieldGroups[0]', message: 'must be text, not null' },
  ]);
});

test('no field groups are the same however that is said: over HTTP an empty list arrives as null', () => {
  const hashOf = (fieldGroups: unknown) =>
    definitionHash(parsed({ ...sample, schema: { ...sample.schema, fieldGroups } }));
  expect(new Set([hashOf([]), hashOf(null), hashOf(undefined)]).size).toBe(1);
  expect(hashOf([])).not.toBe(hashOf(['https://ns.adobe.com/xdm/context/profile-person-details']));
});

test('a whole number that JavaScript and Temporal’s HTTP API round is the same number to both', () => {
  const column = (maximum: unknown) =>
    JSON.parse(`{"name":"Id","type":"integer","maximum":${String(maximum)}}`);
  const hashOf = (maximum: string) =>
    definitionHash(
      parsed({
        ...sample,
        source: { ...sample.source, columns: [...sample.source.columns, column(maximum)] },
      }),
    );
  expect(hashOf('9223372036854775807')).toBe(hashOf('9.223372036854776e+18'));
});
