import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatMark,
  formatTag,
  howToMark,
  markTag,
  parseMark,
  parseTags,
  withMark,
} from '../../src/resources/mark.ts';
import { problemsOf, sample } from '../definition/sample.ts';

const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((name) => problemsOf({ ...sample, name }).length === 0);
const nonces = fc.stringMatching(/^[a-km-np-z2-9]{8}$/);
const marks = fc.record({ dataflow: names.map((name) => `prod/${name}`), nonce: nonces });

describe('a mark', () => {
  test('is a short line that people can read', () => {
    expect(formatMark({ dataflow: 'prod/orders-from-bigquery', nonce: 'k3f9x2ab' })).toBe(
      'Managed by aep-dataflows: prod/orders-from-bigquery #k3f9x2ab',
    );
  });

  test('is read back from the end of any description, for every name that a dataflow can have', () => {
    fc.assert(
      fc.property(marks, fc.option(fc.string()), (mark, description) => {
        expect(parseMark(withMark(description ?? undefined, mark))).toEqual(mark);
        expect(parseTags({ [markTag]: [formatTag(mark)] })).toEqual(mark);
      }),
    );
  });

  test('survives what an editor does to white space', () => {
    const mark = { dataflow: 'prod/orders', nonce: 'k3f9x2ab' };
    for (const text of [
      `Orders\r\n${formatMark(mark)}\r\n`,
      `Orders ${formatMark(mark)}  `,
      `${formatMark(mark)}\n\n`,
    ])
      expect(parseMark(text)).toEqual(mark);
  });

  test('counts only at the end: a description that quotes one is not marked by it', () => {
    const quoted = `See ${formatMark({ dataflow: 'prod/other', nonce: 'aaaaaaaa' })}\nbut this one is mine`;
    expect(parseMark(quoted)).toBeUndefined();
    const own = { dataflow: 'prod/orders', nonce: 'k3f9x2ab' };
    expect(parseMark(withMark(quoted, own))).toEqual(own);
  });

  test('that no dataflow can have is none, as Temporal could never be asked for it', () => {
    const mark = (length: number) => ({ dataflow: `prod/${'x'.repeat(length)}`, nonce: 'k3f9x2ab' });
    expect([parseMark(formatMark(mark(241))), parseMark(formatMark(mark(242)))]).toEqual([
      mark(241),
      undefined,
    ]);
    expect(parseTags({ [markTag]: [formatTag(mark(242)), formatTag(mark(1))] })).toEqual(mark(1));
  });

  test('is put back by a person as a tag of a dataset, and else as a line', () => {
    const mark = { dataflow: 'prod/orders', nonce: 'k3f9x2ab' };
    expect(howToMark('dataset', mark)).toBe(
      'To put it back, give it the tag "aepDataflows" with the value "prod/orders#k3f9x2ab"',
    );
    expect(howToMark('flow', mark)).toBe(
      'To put it back, make this the last line of its description: "Managed by aep-dataflows: prod/orders #k3f9x2ab"',
    );
  });

  test('may be the tag itself, or one of several', () => {
    const mark = { dataflow: 'prod/orders', nonce: 'k3f9x2ab' };
    expect(parseTags({ [markTag]: formatTag(mark) })).toEqual(mark);
    expect(parseTags({ [markTag]: ['other', 5, formatTag(mark)] })).toEqual(mark);
  });

  test.each([
    undefined,
    null,
    5,
    '',
    'Orders',
    'Managed by aep-dataflows: #k3f9x2ab',
    'Managed by aep-dataflows: prod/orders #k3f9x2ab2',
    'Managed by aep-dataflows: prod/orders k3f9x2ab',
    'Managed by aep-dataflows: prod/orders',
    'Managed by aep-dataflows: prod/orders #SHOUTING',
    'managed by aep-dataflows: x #k3f9x2ab',
  ])('is not read into %j', (text) => {
    expect(parseMark(text)).toBeUndefined();
  });

  test.each([
    undefined,
    null,
    'x',
    {},
    { [markTag]: [] },
    { [markTag]: [5] },
    { [markTag]: ['prod/orders'] },
    { [markTag]: ['#k3f9x2ab'] },
    { [markTag]: [['prod/orders#k3f9x2ab']] },
    { [markTag]: ['prod/orders#k3f9x2abc'] },
    { other: ['prod/orders#k3f9x2ab'] },
  ])('is not read into the tags %j', (tags) => {
    expect(parseTags(tags)).toBeUndefined();
  });
});
