import { describe, expect, test } from 'vitest';
import type { SourceReads } from '../../src/plan/reads.ts';
import { checkSource } from '../../src/plan/source-checks.ts';
import { fileSample, parsed, sample } from '../definition/sample.ts';

const custom = '11111111-2222-4333-8444-555555555555';
const unasked = async () => Promise.reject(new Error('Nobody needs to know'));
const reads = (some: Partial<SourceReads>): SourceReads => ({
  connectionSpec: unasked,
  encryptionKey: unasked,
  descriptors: unasked,
  ...some,
});
const check = async (input: object, some: Partial<SourceReads>, schemaId?: string) => {
  const { problems, warnings } = await checkSource(parsed(input), reads(some), async () => schemaId);
  return [...problems, ...warnings].map(({ field, message }) => `${field}: ${message}`);
};
const dayMs = 86_400_000;
const publicKeyId = '512e686e-543e-4354-bcba-e1403ddcc532';
const encrypted = {
  ...fileSample,
  source: { ...fileSample.source, params: { type: 'folder' }, encryption: { publicKeyId } },
};
const relational = {
  ...sample,
  source: { ...sample.source, cdcEnabled: true },
  schema: undefined,
  dataset: { id: '5e8a55ca53662c18af37a83a' },
};

test('of a source that AEP need not be asked about nothing is read', async () => {
  expect(await check(sample, {}, 'the-schema')).toEqual([]);
  expect(await check(fileSample, {}, 'the-schema')).toEqual([]);
});

describe('a connector without a name here', () => {
  const unnamed = {
    ...sample,
    source: { ...sample.source, connector: undefined, connectionSpec: { id: custom } },
  };
  test('is judged by its connection spec, or is not there', async () => {
    const told = { field: 'source.params', message: 'x' };
    const judged = { problems: [told], warnings: [{ code: 'unknown-param' as const, ...told }] };
    expect(await check(unnamed, { connectionSpec: async () => judged })).toEqual([
      'source.params: x',
      'source.params: x',
    ]);
    expect(await check(unnamed, { connectionSpec: async () => null })).toEqual([
      `source.connectionSpec.id: ${custom} is not there: give the id of a connection spec that AEP lists in the sandbox prod`,
    ]);
  });

  test('that is one with a name after all is not', async () => {
    const id = '3c9b37f8-13a6-43d8-bad3-b863b941fedd';
    const named = { ...unnamed, source: { ...unnamed.source, connectionSpec: { id } } };
    expect(await check(named, {})).toEqual([]);
  });
});

describe('the key of encrypted files', () => {
  const ending = (leftMs: number) => ({
    encryptionKey: async () => ({ endsAt: Date.parse('2027-05-01T12:00:00Z'), leftMs }),
  });
  test.each([31 * dayMs, 30 * dayMs + 1])('with %d ms left is not told of', async (leftMs) => {
    expect(await check(encrypted, ending(leftMs))).toEqual([]);
  });

  test.each([
    [30 * dayMs, 'in 30 days'],
    [dayMs + 1, 'in 2 days'],
    [1, 'in a day'],
  ])('with %d ms left is warned of: %s', async (leftMs, days) => {
    expect(await check(encrypted, ending(leftMs))).toEqual([
      `source.encryption.publicKeyId: The key ${publicKeyId} ends on 2027-05-01, ${days}, and no run decrypts anything after that: make another key pair in AEP, have the files encrypted with it, and give its id`,
    ]);
    expect(
      (await checkSource(parsed(encrypted), reads(ending(leftMs)), async () => undefined)).warnings,
    ).toMatchObject([{ code: 'key-ends' }]);
  });

  test('that has ended, or is not there, is a problem', async () => {
    expect(await check(encrypted, ending(0))).toEqual([
      expect.stringContaining(`${publicKeyId} ended on 2027-05-01: make another key pair in AEP`),
    ]);
    expect(await check(encrypted, { encryptionKey: async () => null })).toEqual([
      expect.stringContaining(`${publicKeyId} is no key of AEP's in the sandbox prod: make another`),
    ]);
  });

  test.each([{}, { endsAt: 1 }, { leftMs: 0 }])(
    'of which AEP tells no more than %j is left to AEP',
    async (key) => {
      expect(await check(encrypted, { encryptionKey: async () => key })).toEqual([]);
    },
  );
});

describe('change data capture', () => {
  const having = (types: string[], isTimeSeries = false) => ({
    descriptors: async () => ({ types: types.map((one) => `xdm:descriptor${one}`), isTimeSeries }),
  });
  test.each([
    [['PrimaryKey', 'Version'], false, ''],
    [['Version', 'Timestamp', 'PrimaryKey', 'Identity'], true, ''],
    [['Identity'], false, 'xdm:descriptorPrimaryKey and xdm:descriptorVersion'],
    [['PrimaryKey', 'Version'], true, 'xdm:descriptorTimestamp'],
  ])('into a schema with %j, time series: %s, lacks "%s"', async (types, isTimeSeries, missing) => {
    const told = await check(relational, having(types, isTimeSeries), 'the-schema');
    const message = `dataset.id: must lead to a relational schema: with source.cdcEnabled AEP applies changes by its descriptors, and the-schema has no ${missing}`;
    expect(told).toEqual(missing === '' ? [] : [message]);
  });

  test('is told of the schema where that is named', async () => {
    const named = { ...relational, dataset: undefined, schema: { id: 'https://ns.adobe.com/t/schemas/4' } };
    expect(await check(named, having([]), 'the-schema')).toEqual([expect.stringMatching(/^schema\.id: /)]);
  });

  test('into a dataset or a schema that is not there is told of elsewhere', async () => {
    expect(await check(relational, {})).toEqual([]);
    expect(await check(relational, { descriptors: async () => null }, 'gone')).toEqual([]);
  });
});
