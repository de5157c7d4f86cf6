/** What AEP may say otherwise than it was asked: none of it makes a resource another one. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resources } from '../../src/resources/index.ts';
import { kinds, type ResourceIds } from '../../src/resources/kinds.ts';
import { neededKinds } from '../../src/resources/orders.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { answerFor } from './answers.ts';

const definitions = [
  sample,
  legacySample,
  fileSample,
  {
    ...sample,
    source: {
      ...sample.source,
      columns: [...sample.source.columns, { name: 'Order ID', type: 'integer', minimum: 0 }],
      params: { entityType: 'view' },
    },
    mapping: [
      ...sample.mapping,
      { source: 'Order ID', destination: '_id' },
      { expression: 'upper(Name)', destination: 'person.name.lastName' },
    ],
    schedule: { frequency: 'day', interval: 1, startTime: 1_900_000_000, backfill: true },
    options: { partialIngestionPercent: 5, errorDiagnosticsEnabled: false },
  },
  {
    ...fileSample,
    source: { ...fileSample.source, params: { type: 'folder' }, encryption: { publicKeyId: 'key' } },
  },
  {
    ...sample,
    source: { ...sample.source, cdcEnabled: true },
    schema: undefined,
    dataset: { id: '5e8a55ca53662c18af37a83a' },
  },
  { ...sample, deltaColumn: undefined, schedule: { frequency: 'once' } },
].map(parsed);

const ids = Object.fromEntries(kinds.map((kind) => [kind, `id-of-${kind}`])) as Required<ResourceIds>;
const context = { flowSpec: { id: 'spec', version: '1.0' } };

/** Lists whose order says nothing. */
const unordered = new Set(['columns', 'mappings', 'allOf', 'transformations']);
/** Fields that AEP counts up, and their values then. */
const counted: Record<string, unknown> = { version: '7.2', mappingVersion: 7, xdmVersion: '1.3' };
/** Fields that AEP may leave out where they have the value that its flow spec gives. */
const defaults: Record<string, unknown> = { backfill: true, errorDiagnosticsEnabled: false };

interface Ways {
  text: boolean;
  counted: boolean;
  withoutDefaults: boolean;
  more: boolean;
  order: number;
}

/** The same thing in AEP's words. */
function inAepsWords(value: unknown, ways: Ways, key = ''): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((one) => inAepsWords(one, ways));
    const turn = unordered.has(key) ? ways.order % Math.max(parts.length, 1) : 0;
    const turned = [...parts.slice(turn), ...parts.slice(0, turn)];
    return unordered.has(key) && ways.order > 3 ? turned.toReversed() : turned;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([name, one]) => !(ways.withoutDefaults && name in defaults && defaults[name] === one))
      .map(([name, one]): [string, unknown] => [
        name,
        ways.counted && name in counted ? counted[name] : inAepsWords(one, ways, name),
      ]);
    const own = ways.more ? { 'meta:xdmType': 'x', credential: '****', permissionsInfo: {} } : {};
    return { ...own, ...Object.fromEntries(entries) };
  }
  if (!ways.text) return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

const ways = fc.record({
  text: fc.boolean(),
  counted: fc.boolean(),
  withoutDefaults: fc.boolean(),
  more: fc.boolean(),
  order: fc.nat(7),
});

test('what AEP reorders, counts up, leaves out as a default, masks, adds or answers as text makes no difference', () => {
  fc.assert(
    fc.property(fc.constantFrom(...definitions), ways, (definition, how) => {
      for (const kind of neededKinds(definition)) {
        const resource = resources[kind];
        const body = resource.body(definition, ids, context);
        const answer = answerFor(kind, body, ids[kind]);
        const found = resource.observe(inAepsWords(answer, how) as Record<string, unknown>);
        expect(resource.differences(body, found), kind).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});
