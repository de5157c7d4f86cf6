import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch } from '../../emulator/patch.ts';
import { flow, pinnedMapping, pinning } from '../../src/resources/flow.ts';
import { formatMark, parseMark, withoutMark } from '../../src/resources/mark.ts';
import { mappingSet, replacementBody } from '../../src/resources/mapping-set.ts';
import { operationsFor } from '../../src/resources/operations.ts';
import type { Edit, JsonObject } from '../../src/resources/resource.ts';
import { schema } from '../../src/resources/schema.ts';

const mark = { dataflow: 'prod/orders', nonce: 'aaaaaaaa' };
/** The answer as AEP would have it after a patch. */
const after = (answer: JsonObject, operations: object[]): JsonObject | undefined =>
  operations.length === 0 ? answer : applyPatch(answer, operations as never);

const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const fields = ['name', 'scheduleParams.interval', 'scheduleParams.backfill', 'options.a', 'options.b'];
const answers = fc.record(
  {
    name: fc.string(),
    state: fc.constant('enabled'),
    scheduleParams: fc.record({ interval: value, backfill: value }, { requiredKeys: [] }),
    options: fc.record({ a: value, b: value }, { requiredKeys: [] }),
  },
  { requiredKeys: ['name', 'state'] },
);
const edits = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...fields),
    from: fc.constant(undefined),
    to: fc.option(value, { nil: undefined }),
  }),
  { selector: ({ field }) => field },
);

const at = (object: JsonObject, field: string): unknown =>
  field.split('.').reduce<unknown>((one, key) => (one as JsonObject | undefined)?.[key], object);

it('a patch for edits leaves what they want, where there was another value or none, and nothing else changed', () => {
  fc.assert(
    fc.property(answers, edits, (answer, all) => {
      const result = after(answer, operationsFor(all as Edit[], answer))!;
      expect(result).toBeDefined();
      for (const field of fields) {
        const edit = all.find((one) => one.field === field);
        expect(at(result, field)).toEqual(edit ? edit.to : at(answer, field));
      }
      expect(result['state']).toBe('enabled');
    }),
  );
});

describe('a description', () => {
  it('keeps the mark, and gets none where there is none any more', () => {
    const edit = { field: 'description', from: 'Old', to: 'New' };
    const marked = { description: `Old\n${formatMark(mark)}` };
    const { description } = after(marked, operationsFor([edit], marked)) as { description: string };
    expect([withoutMark(description), parseMark(description)]).toEqual(['New', mark]);
    expect(operationsFor([edit], { description: 'Old' })).toEqual([
      { op: 'replace', path: '/description', value: 'New' },
    ]);
    expect(operationsFor([edit], {})).toEqual([{ op: 'add', path: '/description', value: 'New' }]);
    expect(operationsFor([{ ...edit, to: undefined }], marked)).toEqual([
      { op: 'replace', path: '/description', value: formatMark(mark) },
    ]);
    expect(operationsFor([{ ...edit, to: undefined }], {})).toEqual([]);
  });

  it('of a dataset is the user’s own to its end', () => {
    const answer = { description: `Quoted\n${formatMark(mark)}` };
    const edit = { field: 'description', from: undefined, to: 'New' };
    expect(operationsFor([edit], answer, { marksDescription: false })).toMatchObject([{ value: 'New' }]);
  });
});

it('a schema is renamed by its title, and grows by what it does not have', () => {
  const answer = { title: 'Orders', allOf: [{ $ref: 'a' }, { $ref: 'b' }], 'meta:extends': ['a', 'b'] };
  const all = [
    { field: 'name', from: 'Orders', to: 'All orders' },
    { field: 'refs', from: ['a'], to: ['a', 'b', 'c'] },
  ];
  expect(schema.operations?.(all, answer)).toEqual([
    { op: 'replace', path: '/title', value: 'All orders' },
    { op: 'add', path: '/meta:extends/-', value: 'c' },
    { op: 'add', path: '/allOf/-', value: { $ref: 'c' } },
  ]);
});

describe('the mapping of a flow', () => {
  const copy = { name: 'Copy', params: { deltaColumn: { name: 'at' } } };
  const pin = { mappingId: 'm', mappingVersion: 2 };

  it('is put in the place where it is, whatever stands beside it, and keeps what else it says', () => {
    for (const transformations of [
      [copy, { name: 'Mapping', params: { mappingId: 'l', more: 1 } }],
      [{ name: 'Mapping', params: { more: 1 } }, copy],
    ]) {
      const answer = { transformations };
      const result = after(answer, pinning(pin, answer))!;
      expect(result['transformations']).toEqual(
        transformations.map((one) =>
          one.name === 'Copy'
            ? copy
            : { name: 'Mapping', params: { mappingId: 'm', mappingVersion: '2', more: 1 } },
        ),
      );
      expect(pinnedMapping(result)).toEqual(pin);
    }
  });

  it('is added where there is none, and is the first version where none is said', () => {
    const answer = { transformations: [copy] };
    expect(pinnedMapping(answer)).toBeUndefined();
    expect(pinnedMapping(after(answer, pinning(pin, answer))!)).toEqual(pin);
    expect(pinnedMapping({ transformations: [{ name: 'Mapping', params: { mappingId: 'm' } }] })).toEqual({
      mappingId: 'm',
      mappingVersion: 0,
    });
  });

  it('is no edit of a field', () => {
    const field = 'transformations.Mapping.mappingId';
    expect(flow.operations?.([{ field, from: 'a', to: 'b' }], { transformations: [] })).toEqual([]);
  });
});

it('the body that replaces a mapping set says the same in the newer form, under the name that the set has', () => {
  const older = {
    version: 0,
    xdmSchema: 'https://ns.adobe.com/s',
    xdmVersion: '1.0',
    mappings: [{ sourceAttribute: 'a', destinationXdmPath: 'b', version: 0 }],
  };
  const replacing = replacementBody(older, { name: formatMark(mark) });
  expect(replacing).toEqual({
    name: formatMark(mark),
    outputSchema: {
      schemaRef: {
        id: 'https://ns.adobe.com/s',
        contentType: 'application/vnd.adobe.xed-full+json;version=1',
      },
    },
    mappings: [{ sourceType: 'ATTRIBUTE', source: 'a', destination: 'b' }],
  });
  expect(mappingSet.differences(older, mappingSet.observe({ id: 'x', ...replacing }))).toEqual([]);
  expect(replacementBody(replacing, {})).toEqual(replacing);
});
