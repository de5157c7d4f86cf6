import { readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import { definitionJsonSchema, jsonSchemaFile } from '../../dev/json-schema.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { sample } from './sample.ts';

const folder = new URL('../../examples/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const examples = readdirSync(folder).filter(
  (name) => name.endsWith('.json') && !name.endsWith('.schema.json'),
);
const published = new Validator(JSON.parse(definitionJsonSchema()), '7', false);

test('the published JSON Schema is the definition as it is now (npm run schema)', () => {
  expect(readFileSync(jsonSchemaFile, 'utf8')).toBe(definitionJsonSchema());
});

test('the published JSON Schema explains every field', () => {
  const unexplained: string[] = [];
  const walk = (schema: unknown, path: string) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [name, field] of Object.entries(Reflect.get(schema, 'properties') ?? {})) {
      if (typeof Reflect.get(Object(field), 'description') !== 'string') unexplained.push(`${path}.${name}`);
      walk(field, `${path}.${name}`);
    }
    walk(Reflect.get(schema, 'items'), `${path}[]`);
  };
  walk(JSON.parse(definitionJsonSchema()), '');
  expect(unexplained).toEqual([]);
});

test('the published JSON Schema refuses what has the wrong shape', () => {
  expect(published.validate(sample).valid).toBe(true);
  expect(published.validate({ ...sample, sandbox: 'Prod' }).valid).toBe(false);
  expect(published.validate({ ...sample, mappnig: [] }).valid).toBe(false);
});

describe.each(examples)('%s', (name) => {
  test('passes, and names the JSON Schema that it satisfies', () => {
    const example = read(name);
    expect(example).toMatchObject({ $schema: './dataflow.schema.json' });
    expect(published.validate(example).errors).toEqual([]);
    expect(() => parseDefinition(example)).not.toThrow();
  });

  test('warns only of what the tutorial itself does', () => {
    const { warnings } = parseDefinition(read(name));
    expect(warnings.map(({ code }) => code)).toEqual(expectedWarnings[name] ?? []);
  });
});

const expectedWarnings: Record<string, string[]> = {
  'tutorial-protocols.json': ['several-sources-for-one-destination', 'undocumented-date-format'],
  'tutorial-customer-success-legacy.json': ['undocumented-date-format'],
  'tutorial-databases.json': ['undocumented-date-format'],
};
