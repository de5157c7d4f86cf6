/** Whose a resource is, who needs it, and what may go: what a delete, an audit and a clean-up rest on. */
import { describe, expect, test } from 'vitest';
import { copiesAmong, tellCopies } from '../../src/resources/copies.ts';
import { pinnedTo } from '../../src/resources/flow.ts';
import { resources, titleOf } from '../../src/resources/index.ts';
import { activityName, kinds } from '../../src/resources/kinds.ts';
import { earlierRun, knownNonces, lost } from '../../src/resources/nonces.ts';
import { alsoKinds, deletionOrder } from '../../src/resources/orders.ts';
import { orphansAmong } from '../../src/resources/orphans.ts';
import { emptyOutcome } from '../../src/resources/outcome.ts';
import { reachedFromFlows, referringKinds, usersOf, type Listed } from '../../src/resources/references.ts';
import { idOf, type Observed } from '../../src/resources/resource.ts';
import { isLateTwin, surplusOf } from '../../src/resources/surplus.ts';
import { isAdHocSchema } from '../../src/resources/ad-hoc-schema.ts';
import { parsed, sample } from '../definition/sample.ts';
import { context, ids } from './sample-ids.ts';

const ours = 'prod/orders';
const mark = (nonce: string, dataflow = ours) => ({ dataflow, nonce });
const one = (id: string, more: Partial<Observed> = {}): Observed => ({ id, fields: {}, ...more });
const flowOf = (id: string, source: string, target: string, more: Partial<Observed> = {}) =>
  one(id, { fields: { sourceConnectionIds: [source], targetConnectionIds: [target] }, ...more });
const intoDataset = (id: string, dataset: string, more: Partial<Observed> = {}) =>
  one(id, { fields: { params: { dataSetId: dataset }, data: { schema: { id: 'schema' } } }, ...more });

describe('who uses what a delete would take away', () => {
  const listed: Listed = {
    flow: [
      flowOf('f-ours', 's', 't', { mark: mark('a') }),
      flowOf('f-named', 's', 't2', { name: 'Theirs' }),
      flowOf('f-marked', 's2', 't', { mark: mark('b', 'prod/other') }),
      flowOf('f-none', 's2', 't2'),
    ],
    targetConnection: [intoDataset('t', 'd', { mark: mark('c') }), intoDataset('t2', 'd')],
    // It refers to its schema for ever, and keeps nothing in use.
    mappingSet: [one('m', { fields: { schema: 'schema' } })],
  };

  test('is everybody but the dataflow, each with what it uses', () => {
    expect(usersOf(new Set(['s', 't', 'd']), listed, ours)).toStrictEqual([
      { kind: 'targetConnection', id: 't2', uses: { dataset: 'd' } },
      { kind: 'flow', id: 'f-named', name: 'Theirs', uses: { sourceConnection: 's' } },
      { kind: 'flow', id: 'f-marked', dataflow: 'prod/other', uses: { targetConnection: 't' } },
    ]);
    expect(usersOf(new Set(['x']), listed, ours)).toEqual([]);
    expect(usersOf(new Set(['schema']), { mappingSet: listed.mappingSet! }, ours)).toEqual([]);
    expect(usersOf(new Set(['s']), {}, ours)).toEqual([]);
  });

  test('are kinds that keep what they refer to in use', () => {
    expect(referringKinds).toEqual([
      'adHocSchema',
      'sourceConnection',
      'dataset',
      'targetConnection',
      'flow',
    ]);
  });
});

describe('what no flow refers to', () => {
  const listed: Listed = {
    flow: [flowOf('f', 's', 't'), flowOf('g', 's', 'gone')],
    sourceConnection: [
      one('s', { mark: mark('a') }),
      one('s2', { mark: mark('b'), name: 'Left', createdAt: 5 }),
      one('s3', { name: 'Not marked' }),
      one('s4', { mark: mark('c'), createdAt: 10 }),
    ],
    targetConnection: [intoDataset('t', 'd', { mark: mark('d') })],
    dataset: [one('d', { mark: mark('e'), fields: { schema: 'schema' } }), one('d2', { mark: mark('f') })],
    schema: [one('schema', { mark: mark('g') })],
  };

  test('and carries a mark is an orphan, but for what may have been made just now', () => {
    expect(orphansAmong(listed, 10)).toStrictEqual([
      { kind: 'sourceConnection', id: 's2', name: 'Left', dataflow: ours, createdAt: 5 },
      { kind: 'dataset', id: 'd2', dataflow: ours },
    ]);
    expect(orphansAmong(listed, 11).map(({ id }) => id)).toEqual(['s2', 's4', 'd2']);
  });

  test('is all that cannot be reached from a flow', () => {
    expect([...reachedFromFlows(listed)].toSorted()).toEqual(['d', 'f', 'g', 'gone', 's', 'schema', 't']);
    expect([...reachedFromFlows({})]).toEqual([]);
    expect([...reachedFromFlows({ flow: listed.flow! })].toSorted()).toEqual(['f', 'g', 'gone', 's', 't']);
  });
});

describe('what of a dataflow is one too many', () => {
  const found = [
    one('kept', { mark: mark('a') }),
    one('surplus', { mark: mark('b') }),
    one('copy-1', { mark: mark('c') }),
    one('copy-2', { mark: mark('c') }),
    one('theirs', { mark: mark('d', 'prod/other') }),
    one('nobody’s'),
  ];

  test('is what has its mark and is not kept, but no copies: whose those are is nobody’s to guess', () => {
    expect(surplusOf(found, new Set(['kept']), ours).map(({ id }) => id)).toEqual(['surplus']);
    expect(surplusOf(found, new Set(), ours).map(({ id }) => id)).toEqual(['kept', 'surplus']);
  });

  test('are copies where two have the very same mark', () => {
    expect(copiesAmong(found).map(({ id }) => id)).toEqual(['copy-1', 'copy-2']);
    expect(copiesAmong([one('a'), one('b')])).toEqual([]);
    expect(copiesAmong([one('a', { mark: mark('a') }), one('b')])).toEqual([]);
    expect(tellCopies('flow', [{ id: 'a' }, { id: 'b' }], ours)).toBe(
      "More than one flow carries the very same mark of prod/orders, so one was copied by hand. Take the mark off the one that is not the dataflow's: a, b",
    );
  });

  const kept = one('kept', { mark: mark('a'), name: 'Orders', createdAt: 10 });
  const twin = one('twin', { mark: mark('b'), name: 'Orders', createdAt: 21 });
  test.each<[boolean, string, Observed, Observed | undefined, number]>([
    [true, 'has its mark and name, and is younger', twin, kept, 20],
    [true, 'came before the one that stays', { ...twin, createdAt: 9 }, kept, 5],
    [false, 'is as old as the first request', twin, kept, 21],
    [false, 'has another name', { ...twin, name: 'Others' }, kept, 20],
    [false, 'is somebody else’s', { ...twin, mark: mark('b', 'prod/other') }, kept, 20],
    [false, 'has no mark', one('twin', { name: 'Orders', createdAt: 21 }), kept, 20],
    [false, 'is of unknown age', one('twin', { mark: mark('b'), name: 'Orders' }), kept, 20],
    [false, 'is compared with nothing', twin, undefined, 20],
    [false, 'is compared with one without a mark', twin, one('kept', { name: 'Orders', createdAt: 10 }), 20],
    [false, 'has no mark, compared with nothing', one('x', { createdAt: 21 }), undefined, 20],
  ])('is a late twin (%s) where it %s', (isLate, _, late, stays, since) => {
    expect(isLateTwin(late, stays, since)).toBe(isLate);
  });
});

describe('what AEP changes in place under a flow that runs', () => {
  const now = 1_000_000;
  const change = (
    field: string,
    more: { found?: unknown; wanted?: unknown; frequency?: string; asked?: string; startTime?: number } = {},
  ) => {
    const { found, wanted, frequency = 'hour', asked = 'hour', startTime = 2_000 } = more;
    const observed = one('f', { fields: { scheduleParams: { frequency, startTime } } });
    const about = { body: { scheduleParams: { frequency: asked } }, observed, now };
    return resources.flow.canChange?.({ field, found, wanted }, about);
  };
  test.each<[boolean, string, Parameters<typeof change>[1]]>([
    [true, 'options', {}],
    [true, 'options.errorDiagnosticsEnabled', {}],
    [false, 'optionsOfOthers', {}],
    [true, 'options', { frequency: 'once' }],
    [true, 'transformations.Mapping.mappingId', {}],
    [false, 'transformations.Mapping', { frequency: 'once' }],
    [false, 'transformations.Mapping', { asked: 'once' }],
    [false, 'transformations.Copy', {}],
    [true, 'transformations.Encryption.publicKeyId', {}],
    [false, 'transformations.Encryption.publicKeyId', { frequency: 'once' }],
    [false, 'transformations.Encryption', {}],
    [true, 'scheduleParams.frequency', {}],
    [false, 'scheduleParams.frequency', { wanted: 'once' }],
    [false, 'scheduleParams.frequency', { found: 'once' }],
    [true, 'scheduleParams.interval', {}],
    [false, 'scheduleParams.interval', { frequency: 'once' }],
    [true, 'scheduleParams.startTime', { startTime: 1_001 }],
    [false, 'scheduleParams.startTime', { startTime: 1_000 }],
    [true, 'scheduleParams.backfill', { startTime: 1_001 }],
    [false, 'scheduleParams.backfill', { startTime: 999 }],
    [false, 'sourceConnectionIds[0]', {}],
  ])('%s: %s, %j', (can, field, more) => expect(change(field, more)).toBe(can));

  test.each<[boolean, string, number | undefined]>([
    [false, 'scheduleParams.startTime', 1_001],
    [true, 'scheduleParams.startTime', 1_000],
    [true, 'scheduleParams.backfill', undefined],
    [false, 'scheduleParams.backfill', 1_001],
    [false, 'scheduleParams.interval', undefined],
  ])('asks for nothing any more (%s): %s with a start in %s', (isMoot, field, startTime) => {
    const body = { scheduleParams: startTime === undefined ? {} : { startTime } };
    const difference = { field, wanted: 1, found: 2 };
    expect(resources.flow.isMoot?.(difference, { body, observed: one('f'), now })).toBe(isMoot);
  });

  test('is a schema that grows, and no other class', () => {
    const about = { body: { allOf: [{ $ref: 'class' }, { $ref: 'b' }] }, observed: one('s'), now };
    const can = (field: string) => resources.schema.canChange?.({ field, wanted: [], found: [] }, about);
    expect([can('refs'), can('class')]).toEqual([true, false]);
  });

  test('is the rows of a mapping, and not what it maps to', () => {
    const can = (field: string) =>
      resources.mappingSet.canChange?.({ field, wanted: 1, found: 2 }, { body: {}, observed: one('m'), now });
    expect([can('mappings'), can('schema')]).toEqual([true, false]);
  });
});

describe('kinds', () => {
  test('go in the order of the tutorials, and away the other way round; what stays unless it is named comes last', () => {
    expect(deletionOrder).toEqual([
      'flow',
      'mappingSet',
      'targetConnection',
      'datasetBaseConnection',
      'sourceConnection',
      'dataset',
      'schema',
      'adHocSchema',
      'adHocClass',
    ]);
    expect(alsoKinds).toEqual(['dataset', 'schema', 'adHocSchema', 'adHocClass']);
  });

  test('have a title and activities that are named for them', () => {
    expect(kinds.map(titleOf)).toEqual([
      'ad-hoc class',
      'ad-hoc schema',
      'source connection',
      'schema',
      'dataset',
      'dataset base connection',
      'target connection',
      'mapping set',
      'flow',
    ]);
    expect(activityName('create', 'adHocClass')).toBe('createAdHocClass');
  });

  test('are asked for by an id that must be known', () => {
    expect(idOf({ dataset: 'd' }, 'dataset')).toBe('d');
    expect(() => idOf({}, 'dataset')).toThrow('The id of the dataset is needed before it is known');
  });

  test('tell an ad-hoc schema, which has its class and nothing besides, from the others', () => {
    const made = (...refs: string[]) => isAdHocSchema({ allOf: refs.map(($ref) => ({ $ref })) });
    expect([made('x/classes/1'), made('x/classes/1', 'y'), made('x/mixins/1'), made()]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

test('a nonce that stands for one that is not known is none', () => {
  expect(knownNonces(['a', lost, 'b', earlierRun])).toEqual(['a', 'b']);
});

test('an outcome begins with nothing', () => {
  expect(emptyOutcome()).toStrictEqual({ made: {}, adopted: {}, failed: [], notTried: [], unknown: [] });
});

test('a flow is pinned to another version of its mapping set, and its Copy stays', () => {
  const body = resources.flow.body(parsed(sample), ids, context);
  expect(pinnedTo(body, { mappingId: 'm', mappingVersion: 3 })).toEqual({
    ...body,
    transformations: [
      { name: 'Copy', params: { deltaColumn: { name: 'Datefield' } } },
      { name: 'Mapping', params: { mappingId: 'm', mappingVersion: '3' } },
    ],
  });
});
