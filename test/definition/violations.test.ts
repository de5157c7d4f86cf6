import { describe, expect, test } from 'vitest';
import { violationsOf } from '../../src/definition/json-schema.ts';

describe('what a JSON Schema of AEP’s has against a value', () => {
  test('is told of the field that has it, and not of those around it', () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } }, required: ['c'] };
    const schema = { allOf: [{ properties: { a: inner, list: { items: { type: 'number' } } } }] };
    expect(violationsOf(schema, { a: { b: 1 }, list: ['x'] })).toStrictEqual([
      { path: 'a', missing: 'c', message: 'Instance does not have required property "c".' },
      { path: 'a.b', message: 'Instance type "number" is invalid. Expected "string".' },
      { path: 'list.0', message: 'Instance type "string" is invalid. Expected "number".' },
    ]);
    expect(violationsOf({ maxProperties: 0 }, { a: 1 })).toMatchObject([{ path: '' }]);
  });

  test('is read as draft 7 has it, where what stands beside a reference does not count', () => {
    const schema = { definitions: { any: {} }, $ref: '#/definitions/any', maxProperties: 0 };
    expect(violationsOf(schema, { a: 1 })).toEqual([]);
  });

  test('is nothing where it cannot be read', () => {
    expect(violationsOf({ $ref: '#/nowhere' }, {})).toEqual([]);
  });
});
