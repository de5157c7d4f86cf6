import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences } from '../../src/resources/differences.ts';

/** As AEP echoes it: values as text, and fields of its own besides. */
function echoed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(echoed);
  if (typeof value === 'object' && value !== null)
    return {
      ...Object.fromEntries(Object.entries(value).map(([key, one]) => [key, echoed(one)])),
      'added by AEP': { at: 1 },
    };
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

const json = fc.jsonValue({ maxDepth: 4 });

describe('what is asked for', () => {
  test('is the same as itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differences(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  test('is the same as its echo, whose numbers and booleans may be text and which says more', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differences(value, echoed(value))).toEqual([]);
      }),
    );
  });

  test('differs where one leaf differs, and only there', () => {
    const leaves = fc.oneof(
      fc.string().filter((text) => text !== 'other'),
      fc.integer(),
      fc.boolean(),
    );
    const objects = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), leaves, { minKeys: 1 });
    fc.assert(
      fc.property(objects, fc.nat(), (object, nth) => {
        const keys = Object.keys(object);
        const key = keys[nth % keys.length]!;
        const wanted = { list: [object] };
        const found = { list: [{ ...object, [key]: 'other' }] };
        expect(differences(wanted, found)).toEqual([
          { field: `list[0].${key}`, wanted: object[key], found: 'other' },
        ]);
      }),
    );
  });

  test.each([
    ['a field that is not there', { a: 1 }, {}, [{ field: 'a', wanted: 1, found: undefined }]],
    ['another number', { a: 15 }, { a: '16' }, [{ field: 'a', wanted: 15, found: '16' }]],
    ['no number at all', { a: 0 }, { a: '' }, [{ field: 'a', wanted: 0, found: '' }]],
    ['a number for true', { a: true }, { a: 1 }, [{ field: 'a', wanted: true, found: 1 }]],
    [
      'another order',
      { a: [1, 2] },
      { a: [2, 1] },
      [
        { field: 'a[0]', wanted: 1, found: 2 },
        { field: 'a[1]', wanted: 2, found: 1 },
      ],
    ],
    ['a longer list', { a: [1] }, { a: [1, 2] }, [{ field: 'a', wanted: [1], found: [1, 2] }]],
    ['a list for an object', { a: {} }, { a: [] }, [{ field: 'a', wanted: {}, found: [] }]],
    ['an object for a number', { a: 5 }, { a: { b: 1 } }, [{ field: 'a', wanted: 5, found: { b: 1 } }]],
    ['a list for its item', { a: 'x' }, { a: ['x'] }, [{ field: 'a', wanted: 'x', found: ['x'] }]],
    ['a number for nothing', { a: null }, { a: 0 }, [{ field: 'a', wanted: null, found: 0 }]],
    ['nothing for a number', { a: 0 }, { a: null }, [{ field: 'a', wanted: 0, found: null }]],
    ['blanks for a number', { a: 0 }, { a: ' ' }, [{ field: 'a', wanted: 0, found: ' ' }]],
    [
      'what every object inherits',
      { constructor: 'x' },
      {},
      [{ field: 'constructor', wanted: 'x', found: undefined }],
    ],
  ])('differs by %s', (_, wanted, found, expected) => {
    expect(differences(wanted, found)).toEqual(expected);
  });

  test.each([
    ['null where nothing is', { a: null }, {}],
    ['null where null is', { a: null }, { a: null }],
    ['nothing where something is', { a: undefined }, { a: 1 }],
    ['a number written otherwise', { a: 15 }, { a: '15.0' }],
    ['text for a number', { a: '0' }, { a: 0 }],
    ['capitals in a boolean', { a: true }, { a: 'TRUE' }],
  ])('does not differ by %s', (_, wanted, found) => {
    expect(differences(wanted, found)).toEqual([]);
  });
});
