import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workflowId } from '../../src/definition/identity.ts';
import { nameProblems } from '../../src/definition/named.ts';
import { parseMark } from '../../src/resources/mark.ts';
import { fieldsOf, messageAt, parsed, sample } from './sample.ts';

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');
const composed = 'Café';

describe('names that look the same', () => {
  test.each([
    ['an accent of its own', composed.normalize('NFD'), 'composed form (NFC)'],
    ['a character of no width', 'ord\u200bers', 'U+200B'],
    ['a joiner', 'ord\u200ders', 'U+200D'],
    ['a word joiner at the end', 'orders\u2060', 'U+2060'],
    ['a byte order mark', '\ufefforders', 'U+FEFF'],
    ['a soft hyphen', 'ord\u00aders', 'U+00AD'],
    ['a mark that turns text around', '\u202eorders', 'U+202E'],
    ['an isolate', 'orders\u2066', 'U+2066'],
    ['a variation selector', 'orders\ufe0f', 'U+FE0F'],
    ['a filler that shows nothing', 'orders\u3164', 'U+3164'],
    ['a tag', 'orders\u{e0041}', 'U+E0041'],
    ['an empty Braille cell', 'orders\u2800', 'U+2800'],
    ['a space that does not break', 'my\u00a0orders', 'U+00A0'],
    ['two spaces', 'my  orders', 'two spaces'],
    ['a space at the end', 'orders ', 'no space at either end'],
    ['a full stop at the end', 'orders.', 'full stop'],
    ['nothing but full stops', '..', 'full stop'],
  ])('are refused but for one of them: %s', (_, name, why) => {
    expect(messageAt({ ...sample, name }, 'name')).toContain(why);
    expect(nameProblems({ sandbox: 'prod', name })).toMatchObject([{ field: 'name' }]);
  });

  test('are refused in the names of parts too', () => {
    const name = composed.normalize('NFD');
    const schema = { ...sample.schema, title: name };
    expect(fieldsOf({ ...sample, schema, dataset: { name }, target: { name } })).toEqual([
      'schema.title',
      'dataset.name',
      'target.name',
    ]);
  });

  test.each([composed, '注文', 'Größe 2.0', 'заказы', 'm²', 'a.b', '½ + ¼', '📦', 'orders:v2', 'l’été'])(
    'leave %s alone',
    (name) => {
      expect(parsed({ ...sample, name }).name).toBe(name);
      expect(nameProblems({ sandbox: 'prod', name })).toEqual([]);
    },
  );

  test('no two that are accepted are one in composed form, without what is not seen', () => {
    const parts = [
      'e',
      '\u0301',
      'é',
      ' ',
      '\u00a0',
      '\u200b',
      '\u202e',
      '.',
      'o',
      '\u0308',
      'ö',
      '가',
      '\u1100',
      '\u1161',
    ];
    const seen = (name: string) =>
      name
        .normalize('NFC')
        .replaceAll(/[\u200b\u202e]/g, '')
        .replaceAll(/\s+/g, ' ')
        .replace(/[\s.]+$/, '');
    const name = fc
      .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 })
      .map((some) => some.join(''));
    const accepted = new Map<string, string>();
    fc.assert(
      fc.property(name, (one) => {
        if (nameProblems({ sandbox: 'prod', name: one }).length > 0) return;
        expect(accepted.get(seen(one)) ?? one).toBe(one);
        accepted.set(seen(one), one);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted.size).toBeGreaterThan(50);
  });
});

describe('an id of a workflow that is longer than 255 bytes', () => {
  test('is refused with the number of bytes that it has: that of the dataflow', () => {
    const fits = '注'.repeat(80);
    const name = `${fits}注`;
    expect([bytes(workflowId({ sandbox: 'prod', name: fits })), fieldsOf({ ...sample, name: fits })]).toEqual(
      [254, []],
    );
    expect(messageAt({ ...sample, name }, 'name')).toBe(
      'makes a workflow id that may have at most 255 bytes in UTF-8, and has 257',
    );
    expect(nameProblems({ sandbox: 'prod', name })).toMatchObject([{ field: 'name' }]);
  });

  test('is refused beside all other problems, and not where its sandbox is wrong by itself', () => {
    const name = '注'.repeat(200);
    expect(fieldsOf({ ...sample, name, options: { partialIngestionPercent: 0 } }).toSorted()).toEqual([
      'name',
      'options.partialIngestionPercent',
    ]);
    expect(fieldsOf({ ...sample, name, sandbox: 'Prod' })).toEqual(['sandbox']);
  });

  test('no sandbox leads to, with the UUIDs that flows and looks for orphans have', () => {
    const uuid = crypto.randomUUID();
    const longest = 'a'.repeat(210);
    expect(bytes(`orphans:${longest}:${uuid}`)).toBe(255);
    expect(bytes(`flow:${longest}:${uuid}`)).toBeLessThan(255);
    expect(fieldsOf({ ...sample, name: 'orders', sandbox: longest })).toEqual([]);
    expect(messageAt({ ...sample, name: 'orders', sandbox: `${longest}a` }, 'sandbox')).toBe(
      'must have at most 210 bytes in UTF-8, and has 211',
    );
  });

  test('is refused where a workflow is to be told of the watch', () => {
    const told = (workflowId: string) => ({
      ...sample,
      watch: { notify: { workflow: { workflowId, signal: 'told' } } },
    });
    expect(fieldsOf(told('注'.repeat(85)))).toEqual([]);
    expect(messageAt(told('注'.repeat(86)), 'watch.notify.workflow.workflowId')).toBe(
      'must have at most 255 bytes in UTF-8, and has 258',
    );
  });

  test('is asked of nobody for a mark in AEP that somebody else wrote', () => {
    const mark = (name: string) => parseMark(`Managed by aep-dataflows: prod/${name} #aaaaaaaa`);
    expect(mark('o'.repeat(241))).toBeDefined();
    expect(mark('o'.repeat(242))).toBeUndefined();
  });
});
