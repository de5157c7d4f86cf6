import { describe, expect, test } from 'vitest';
import { readFields } from '../../src/xdm/fields.ts';
import { below, typeAt } from '../../src/xdm/look-up.ts';
import { pathOf, stepsOf } from '../../src/xdm/path.ts';

const typeOf = (schema: object) => typeAt(readFields({ properties: { a: schema } }), 'a');

describe('the type of a field', () => {
  test.each<[unknown, string | null]>([
    [{ type: 'string' }, 'string'],
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: 'string', format: 'date-time' }, 'date-time'],
    [{ type: 'string', format: 'uri' }, 'string'],
    [{ type: 'integer', format: 'date' }, 'integer'],
    [{ type: ['string', 'null'] }, 'string'],
    [{ type: ['null', 'string'], format: 'date' }, 'date'],
    // What may be one or the other, or nothing that we know, is not told.
    [{ type: ['string', 'integer'] }, '?'],
    [{ type: ['null'] }, '?'],
    [{ type: 5 }, '?'],
    [{ type: [5] }, '?'],
    [{}, '?'],
    [{ type: ['string', 'object'], properties: { b: { type: 'string' } } }, 'object'],
    [{ properties: { b: { type: 'string' } } }, 'object'],
    [{ items: { type: 'string' } }, 'array'],
    [{ type: 'array', items: {} }, 'array'],
    [{ type: 'array' }, 'array'],
    // An open object may be anything that AEP makes of it.
    [{ type: 'object' }, '?'],
    [{ type: 'object', properties: { b: { type: 'string' } }, additionalProperties: true }, '?'],
    [{ type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false }, 'object'],
    [{ type: 'object', 'meta:xdmType': 'map', properties: { b: { type: 'string' } } }, '?'],
    [{ type: 'object', 'meta:xdmType': 'object', properties: { b: { type: 'string' } } }, 'object'],
    [{ type: 'object', properties: { b: { type: 'string' } }, patternProperties: {} }, '?'],
    [{ type: 'string', anyOf: [] }, '?'],
    [{ type: 'string', oneOf: [] }, '?'],
    // Parts that agree add up, parts that do not tell nothing.
    [{ allOf: [{ type: 'string' }, { type: 'string' }] }, 'string'],
    [{ allOf: [{ type: 'string' }, {}] }, 'string'],
    [{ allOf: [{ type: 'string' }, { type: 'integer' }] }, '?'],
    [{ type: 'string', allOf: [true] }, '?'],
    [true, '?'],
  ])('%j is %s', (schema, type) => expect(typeOf(schema as object)).toBe(type));
});

describe('below a field', () => {
  const at = (schema: object, path: string) => typeAt(readFields({ properties: { a: schema } }), path);

  test.each<[object, string, string | null]>([
    [{ type: 'array', items: { type: 'string' } }, 'a[0]', 'string'],
    // Of which nothing is told.
    [{ type: 'array' }, 'a[0]', '?'],
    [{ type: 'array' }, 'a[0].b', '?'],
    [{ type: 'array', items: {} }, 'a[0].b', '?'],
    [{ type: 'array', items: {} }, 'a.b', '?'],
    [{ type: 'array', items: { type: 'string' } }, 'a.b', null],
    [{ type: 'array', items: { type: 'string' } }, 'a[0][0]', 'string'],
    [{ type: 'object', properties: { b: {} } }, 'a.b.c', '?'],
    [
      { allOf: [{ properties: { b: { type: 'string' } } }, { properties: { c: { type: 'date' } } }] },
      'a.c',
      'date',
    ],
    [
      { allOf: [{ properties: { b: { type: 'string' } } }, { properties: { c: { type: 'date' } } }] },
      'a.b',
      'string',
    ],
    [{ allOf: [{ type: 'string' }, { type: 'object', properties: { b: {} } }] }, 'a.c', '?'],
  ])('%j, %s is %s', (schema, path, type) => expect(at(schema, path)).toBe(type));

  test('an index leads to what an array holds, and of what is no array to itself', () => {
    const { fields } = readFields({ properties: { a: { type: 'array' }, b: { type: 'string' } } });
    expect(below(fields!.get('a')!, '[0]')).toBeUndefined();
    expect(below(fields!.get('b')!, '[0]')).toBe(fields!.get('b'));
  });
});

describe('a schema of its own definitions', () => {
  const definitions = { d: { type: 'object', properties: { b: { type: 'string' } } } };
  test.each([
    ['#/definitions/d', 'a.b', 'string'],
    ['#/definitions/d', 'a.c', null],
    ['#/definitions/gone', 'a.c', '?'],
    ['#/definitions/d/more', 'a.c', '?'],
    ['https://x#/definitions/d', 'a.c', '?'],
  ])('says of %s that %s is %s', (ref, path, type) => {
    expect(typeAt(readFields({ definitions, properties: { a: { $ref: ref } } }), path)).toBe(type);
    expect(typeAt(readFields({ properties: { a: { $ref: ref } } }), path)).toBe('?');
  });

  test('that refers to itself is open where it does', () => {
    const itself = { $ref: '#/definitions/d' };
    const again = { ...itself, type: 'string' };
    const tree = readFields({
      definitions: { d: { properties: { name: { type: 'string' }, child: itself, again } } },
      properties: { a: itself },
    });
    expect(typeAt(tree, 'a.name')).toBe('string');
    expect(typeAt(tree, 'a.nothing')).toBeNull();
    expect(typeAt(tree, 'a.child.name')).toBe('?');
    expect(typeAt(tree, 'a.again')).toBe('?');
  });
});

describe('what is larger than any schema of AEP’s is open where we stop reading', () => {
  const times = (count: number, wrap: (inner: object, at: number) => object) =>
    Array.from({ length: count }).reduce<object>((inner, _, at) => wrap(inner, at), { type: 'string' });

  test.each<[string, (count: number) => [object, string]]>([
    [
      'fields in fields',
      (count) => [times(count, (b) => ({ properties: { b } })), 'b.'.repeat(count).slice(0, -1)],
    ],
    ['parts of parts', (count) => [times(count, (part) => ({ allOf: [part] })), '']],
    ['lists of lists', (count) => [times(count, (items) => ({ items })), '[0]'.repeat(count)]],
    [
      'references to references',
      (count) => [
        {
          $ref: '#/definitions/0',
          definitions: Object.fromEntries(
            Array.from({ length: count }, (_, at) => [
              at,
              at === count - 1 ? { type: 'string' } : { $ref: `#/definitions/${at + 1}` },
            ]),
          ),
        },
        '',
      ],
    ],
  ])('%s', (_, of) => {
    const typeIn = ([schema, path]: [object, string]) => typeAt(readFields(schema as never), path);
    expect(typeIn(of(64))).toBe('string');
    expect(typeIn(of(65))).toBe('?');
  });

  test('many fields', () => {
    const text = { type: 'string' };
    const names = Array.from({ length: 50_000 }, (_, at) => `f${at}`);
    // The schema itself counts.
    const fields = readFields({ properties: Object.fromEntries(names.map((name) => [name, text])) });
    expect([typeAt(fields, 'f49998'), typeAt(fields, 'f49999')]).toEqual(['string', '?']);
  });
});

describe('a path', () => {
  test.each([
    ['a.b', ['a', 'b']],
    ['a[0].b', ['a', '[0]', 'b']],
    ['a[0]b', ['a', '[0]', 'b']],
    ['a[0][*]', ['a', '[0]', '[*]']],
    ['[0].a', ['[0]', 'a']],
    ['a[0', ['a[0']],
    ['a\\].b', ['a]', 'b']],
    ['a.${b.c}.d', ['a', 'b.c', 'd']],
    ['a.${b', ['a', '${b']],
    ['${}', []],
    ['a\\.b', ['a.b']],
    ['a\\', ['a\\']],
    ['a\\\\', ['a\\']],
    ['a..b', ['a', '', 'b']],
    ['.a', ['', 'a']],
    ['a.', ['a', '']],
    ['a[0].', ['a', '[0]', '']],
    ['a[0]..b', ['a', '[0]', '', 'b']],
    ['', []],
  ])('%s has the steps %j', (path, steps) => expect(stepsOf(path)).toEqual(steps));

  test('has what must be escaped escaped, and brackets only where both are', () => {
    expect(pathOf(['a', '[0]', 'b.c', 'd]', '[e', 'f\\'])).toBe(String.raw`a[0].b\.c.d\].\[e.f\\`);
    expect(pathOf(['[0]', 'a'])).toBe('[0].a');
  });
});
