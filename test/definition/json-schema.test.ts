import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { jsonSchemaFile, messageSchemaFile } from '../../dev/json-schema.ts';
import { problemsOf, sample } from './sample.ts';

const examples = readdirSync('examples').filter((name) => /(?<!schema)\.json$/.test(name));
const jsonSchema = JSON.parse(readFileSync(jsonSchemaFile, 'utf8')) as object;

const fine = ['Größe 🙂 №5', 'a', 'orders (new) – 2'];
const wrong = [
  'a\u0000b',
  ' a',
  'a\u00a0',
  '\u3000a',
  'a,b',
  'a\u2028b',
  'a"b',
  '<a>',
  'a/b',
  'a\u0085b',
  '',
];
const named = (name: string) => ({ ...sample, name });

const message = {
  version: 1,
  id: '3f0e2f4c-6c0f-4e33-9a4d-8f2a6f1f0c11',
  at: '2030-01-31T06:00:00.000Z',
  event: 'createWaits',
  dataflow: 'prod/orders',
  sandbox: 'prod',
  cause: { type: 'Rejected', message: 'no' },
  next: 'Decide',
  workflowId: 'dataflow:prod:orders',
  link: 'http://127.0.0.1:8233/namespaces/default/workflows/x',
};

describe('the published JSON Schema of messages', () => {
  test('is taken by Ajv in strict mode without anything added, and knows a time and an id by their looks', () => {
    const validate = new Ajv({ strict: true }).compile(
      JSON.parse(readFileSync(messageSchemaFile, 'utf8')) as object,
    );
    expect(validate(message), JSON.stringify(validate.errors)).toBe(true);
    for (const wrong of [{ at: 'yesterday' }, { at: '2030-02-30T06:00:00Z' }, { id: '7' }, { link: 'page' }])
      expect(validate({ ...message, ...wrong }), JSON.stringify(wrong)).toBe(false);
  });
});

describe('the published JSON Schema', () => {
  test('has no pattern that only some engines know', () => {
    expect(JSON.stringify(jsonSchema)).not.toMatch(/\\\\p\{|\\\\ud[89a-f]/i);
  });

  test('is taken by Ajv in strict mode, and refuses the names that we refuse', () => {
    const validate = new Ajv({ strict: true }).compile(jsonSchema);
    for (const name of examples) expect(validate(read(name)), name).toBe(true);
    for (const name of fine)
      expect([name, validate(named(name)), problemsOf(named(name))]).toEqual([name, true, []]);
    for (const name of wrong) {
      expect(validate(named(name)), JSON.stringify(name)).toBe(false);
      expect(problemsOf(named(name)), JSON.stringify(name)).toHaveLength(1);
    }
  });

  test('a name with half a character is refused by us alone: not every engine can say it', () => {
    expect(problemsOf(named('a\ud800b'))).toEqual([
      { field: 'name', message: 'must have no half of a character (a lone surrogate)' },
    ]);
  });
});

function read(name: string): unknown {
  return JSON.parse(readFileSync(`examples/${name}`, 'utf8'));
}
