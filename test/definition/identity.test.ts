import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/definition/canonical-json.ts';
import {
  dataflowId,
  dataflowOf,
  definitionHash,
  namedBy,
  workflowId,
} from '../../src/definition/identity.ts';
import { parsed, sample } from './sample.ts';

test('a dataflow is known by its sandbox and name', () => {
  expect(dataflowId(parsed(sample))).toBe('prod/orders-from-bigquery');
  expect(workflowId(parsed(sample))).toBe('dataflow:prod:orders-from-bigquery');
});

test('what a mark names is told by its sandbox and name, whatever that is', () => {
  for (const name of ['orders', 'a/b']) {
    const named = { sandbox: 'prod', name };
    expect(namedBy(dataflowId(named))).toEqual(named);
  }
});

test('a dataflow is told by its workflow id, whatever its name, and no other id is one', () => {
  for (const name of ['orders', 'a:b:c', 'two words'])
    expect(dataflowOf(workflowId({ sandbox: 'prod', name }))).toBe(`prod/${name}`);
  for (const id of ['flow:prod:1', 'unlisted:prod:orders', 'dataflow:prod', 'a dataflow:prod:orders', ''])
    expect(dataflowOf(id)).toBeUndefined();
});

test('definitions that say the same have the same hash, whatever the order of their keys and the editor they come from', () => {
  const { mapping, source, ...rest } = sample;
  const other = {
    mapping,
    $schema: './dataflow.schema.json',
    source: Object.fromEntries(Object.entries(source).toReversed()),
    ...rest,
  };
  expect(definitionHash(parsed(other))).toBe(definitionHash(parsed(sample)));
});

test('definitions that say something else have another hash', () => {
  const hashes = [
    sample,
    { ...sample, mapping: sample.mapping.toReversed() },
    { ...sample, description: '' },
    { ...sample, schedule: { ...sample.schedule, interval: 16 } },
  ].map((one) => definitionHash(parsed(one)));
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('the hash is the SHA-256 of the canonical JSON', () => {
  const definition = parsed({ ...sample, description: 'Größe 大' });
  const expected = createHash('sha256').update(canonicalJson(definition)).digest('hex');
  expect(definitionHash(definition)).toBe(expected);
});

test('canonical JSON says what JSON says', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
