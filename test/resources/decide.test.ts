import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/resources/decide.ts';
import { resources } from '../../src/resources/index.ts';
import { kinds, type Kind } from '../../src/resources/kinds.ts';
import type { JsonObject, Observed } from '../../src/resources/resource.ts';
import { refs } from '../../src/resources/xdm-refs.ts';
import { legacySample, parsed } from '../definition/sample.ts';
import { answerFor } from './answers.ts';

const dataflow = 'prod/orders-from-bigquery';
const definition = parsed(legacySample);
const ids = Object.fromEntries(kinds.map((kind) => [kind, `id-of-${kind}`]));
const bodies = new Map(
  kinds.map((kind) => [
    kind,
    resources[kind].body(definition, ids, { flowSpec: { id: 'spec', version: '1.0' } }),
  ]),
);
const bodyOf = (kind: Kind) => bodies.get(kind)!;

interface Found {
  id: string;
  nonce?: string;
  of?: string;
  at?: number;
  change?: (body: JsonObject) => JsonObject;
}

function found(
  kind: Kind,
  { id, nonce, of = dataflow, at = 1000, change = (body) => body }: Found,
): Observed {
  const body = change(bodyOf(kind));
  const marked = nonce === undefined ? body : resources[kind].marked(body, { dataflow: of, nonce });
  return resources[kind].observe(answerFor(kind, marked, id, at));
}
const decided = (kind: Kind, ...all: Found[]) =>
  decide(
    kind,
    bodyOf(kind),
    all.map((one) => found(kind, one)),
    { dataflow },
  );

test('a flow that begins at another moment is adopted where it may begin at any, and no other one then', () => {
  const scheduled = (changes: JsonObject) => (body: JsonObject) => ({
    ...body,
    scheduleParams: { ...(body['scheduleParams'] as object), ...changes },
  });
  const asked = scheduled({ startTime: 3_000_000_000 })(bodyOf('flow'));
  const decidedAbout = (changes: JsonObject, anyStart: boolean) => {
    const one = found('flow', { id: 'f', nonce: 'aaaaaaaa', change: scheduled(changes) });
    return decide('flow', asked, [one], { dataflow, anyStart }).action;
  };
  const later = { startTime: 4_000_000_000 };
  expect(decidedAbout(later, true)).toBe('adopt');
  expect(decidedAbout(later, false)).toBe('conflict');
  expect(decidedAbout({ ...later, interval: 77 }, true)).toBe('conflict');
});

describe.each(kinds)('%s', (kind) => {
  test('is created where nothing is there', () => {
    expect(decided(kind)).toEqual({ action: 'create' });
  });

  test('is adopted where ours is there', () => {
    expect(decided(kind, { id: 'a', nonce: 'aaaaaaaa' })).toEqual({ action: 'adopt', id: 'a', surplus: [] });
  });

  test('is adopted once where the look met it twice', () => {
    const twice = [
      { id: 'a', nonce: 'aaaaaaaa' },
      { id: 'a', nonce: 'aaaaaaaa' },
    ];
    expect(decided(kind, ...twice)).toEqual({ action: 'adopt', id: 'a', surplus: [] });
  });

  test('of several of ours the oldest is adopted, the others are surplus', () => {
    const three = [
      { id: 'b', nonce: 'bbbbbbbb', at: 2000 },
      { id: 'c', nonce: 'cccccccc', at: 3000 },
      { id: 'a', nonce: 'aaaaaaaa', at: 1000 },
    ];
    expect(decided(kind, ...three)).toEqual({ action: 'adopt', id: 'a', surplus: ['b', 'c'] });
  });

  test('a mark copied by hand is a conflict, and nothing is surplus', () => {
    const copied = [
      { id: 'a', nonce: 'aaaaaaaa' },
      { id: 'b', nonce: 'aaaaaaaa' },
      { id: 'c', nonce: 'cccccccc' },
    ];
    expect(decided(kind, ...copied)).toMatchObject({
      action: 'conflict',
      reason: 'copied-mark',
      ids: ['a', 'b'],
      differences: [],
    });
  });

  test('what another dataflow marked is never ours', () => {
    const decision = decided(kind, { id: 'a', nonce: 'aaaaaaaa', of: 'prod/other' });
    expect(decision.action).not.toBe('adopt');
  });
});

test('of several that are as old the one with the least id is adopted, and one of unknown age comes last', () => {
  const flows = [undefined, 5, 5].map((createdAt, index) => ({
    id: `f${3 - index}`,
    fields: resources.flow.observe(bodyOf('flow')).fields,
    mark: { dataflow, nonce: `aaaaaaa${index}` },
    ...(createdAt === undefined ? {} : { createdAt }),
  }));
  for (const all of [flows, flows.toReversed()])
    expect(decide('flow', bodyOf('flow'), all, { dataflow })).toEqual({
      action: 'adopt',
      id: 'f1',
      surplus: ['f2', 'f3'],
    });
});

describe('what carries our mark and is not what is asked for', () => {
  const otherTable = (body: JsonObject) => ({ ...body, params: { path: 'Other' } });

  test('alone is a conflict that tells the differences', () => {
    expect(decided('sourceConnection', { id: 'a', nonce: 'aaaaaaaa', change: otherTable })).toEqual({
      action: 'conflict',
      reason: 'differs',
      message:
        'The source connection a belongs to prod/orders-from-bigquery but is not what the definition asks for',
      ids: ['a'],
      differences: [{ field: 'params.path', wanted: 'Orders', found: 'Other' }],
    });
  });

  test('alone is adopted where AEP lets it grow into that, since there can be no second one of its title', () => {
    const withRefs = (...refs: string[]) => ({
      change: (body: JsonObject) => ({ ...body, allOf: refs.map(($ref) => ({ $ref })) }),
    });
    const [itsClass] = refs(bodyOf('schema'));
    const smaller = { id: 'a', nonce: 'aaaaaaaa', ...withRefs(itsClass!) };
    expect(decided('schema', smaller)).toEqual({ action: 'adopt', id: 'a', surplus: [] });
    const other = { id: 'b', nonce: 'bbbbbbbb', at: 2000, ...withRefs('https://ns.adobe.com/t/classes/9') };
    expect(decided('schema', other)).toMatchObject({ action: 'conflict', reason: 'differs', ids: ['b'] });
    expect(decided('schema', smaller, { ...other, at: 500 })).toMatchObject({ action: 'adopt', id: 'a' });
    const columns = (body: JsonObject) => ({
      ...body,
      allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }],
    });
    expect(decided('adHocClass', { id: 'c', nonce: 'aaaaaaaa', change: columns })).toMatchObject({
      action: 'conflict',
      reason: 'differs',
    });
    // A flow that AEP could change is one that a plan changes.
    const options = (body: JsonObject) => ({ ...body, options: { errorDiagnosticsEnabled: true } });
    expect(decided('flow', { id: 'f', nonce: 'aaaaaaaa', change: options })).toMatchObject({
      action: 'conflict',
      reason: 'differs',
    });
  });

  test('beside one that fits is surplus, even where it is older', () => {
    const both = [
      { id: 'old', nonce: 'aaaaaaaa', at: 1, change: otherTable },
      { id: 'new', nonce: 'bbbbbbbb', at: 2 },
    ];
    expect(decided('sourceConnection', ...both)).toEqual({ action: 'adopt', id: 'new', surplus: ['old'] });
  });
});

describe('what has our name and no mark', () => {
  test.each<Kind>(['sourceConnection', 'dataset', 'datasetBaseConnection', 'targetConnection'])(
    '%s: is left alone',
    (kind) => {
      expect(decided(kind, { id: 'a' }, { id: 'b', nonce: 'bbbbbbbb', of: 'prod/other' })).toEqual({
        action: 'create',
      });
    },
  );

  test.each<Kind>(['flow', 'schema', 'adHocSchema', 'adHocClass'])(
    '%s: is a conflict, for there must not be a second one',
    (kind) => {
      const name = resources[kind].name(definition);
      expect(decided(kind, { id: 'a' }, { id: 'b' })).toEqual({
        action: 'conflict',
        reason: 'foreign',
        message: `There is a ${resources[kind].title} named "${name}" that is not the dataflow's: a, b. ${resources[kind].insteadOfSecond}`,
        ids: ['a', 'b'],
        differences: [],
      });
    },
  );

  test('says how a foreign schema can be used', () => {
    expect(decided('schema', { id: 'https://ns.adobe.com/t/schemas/1' })).toMatchObject({
      message: expect.stringContaining('"schema": {"id": …}'),
    });
  });

  test('does not keep ours from being adopted', () => {
    for (const kind of kinds)
      expect(decided(kind, { id: 'theirs', at: 1 }, { id: 'ours', nonce: 'aaaaaaaa', at: 2 })).toEqual({
        action: 'adopt',
        id: 'ours',
        surplus: [],
      });
  });

  test('and not even our name is not our business', () => {
    const renamed = (body: JsonObject) => ({ ...body, name: 'another' });
    expect(decided('flow', { id: 'a', change: renamed })).toEqual({ action: 'create' });
  });
});

describe('mapping sets that came back without a name', () => {
  test('the newest that says the same is adopted, and none is surplus', () => {
    const other = (body: JsonObject) => ({ ...body, mappings: [] });
    const sets = [
      { id: 'old', at: 1 },
      { id: 'newer', at: 2 },
      { id: 'newest-but-other', at: 3, change: other },
    ];
    expect(decided('mappingSet', ...sets)).toEqual({ action: 'adopt', id: 'newer', surplus: [] });
  });

  test('that says the same and has an empty name is adopted, too', () => {
    const empty = (body: JsonObject) => ({ ...body, name: '' });
    expect(decided('mappingSet', { id: 'a', change: empty })).toMatchObject({ action: 'adopt', id: 'a' });
  });

  test("one with a name of its own is somebody else's", () => {
    const named = (body: JsonObject) => ({ ...body, name: 'theirs' });
    expect(decided('mappingSet', { id: 'a', change: named })).toEqual({ action: 'create' });
  });

  test('one for another schema is not ours', () => {
    const elsewhere = (body: JsonObject) => ({ ...body, xdmSchema: 'https://ns.adobe.com/t/schemas/other' });
    expect(decided('mappingSet', { id: 'a', change: elsewhere })).toEqual({ action: 'create' });
  });
});

test('whatever is found, in whatever order: the decision is the same, adopts only ours, and deletes only ours', () => {
  const founds = fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      nonce: fc.option(fc.constantFrom('aaaaaaaa', 'bbbbbbbb', 'cccccccc'), { nil: undefined }),
      of: fc.constantFrom(dataflow, 'prod/other'),
      at: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 6 },
  );
  const unique = founds.map((all) => [...new Map(all.map((one) => [one.id, one])).values()]);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), unique, (kind, all) => {
      const given = all.map(({ nonce, ...rest }) => ({ ...rest, ...(nonce === undefined ? {} : { nonce }) }));
      const decision = decided(kind, ...given);
      expect(decided(kind, ...given.toReversed())).toEqual(decision);
      const ours = given
        .filter(({ nonce, of }) => nonce !== undefined && of === dataflow)
        .map(({ id }) => id);
      if (decision.action !== 'adopt') return;
      const nameless = kind === 'mappingSet' && ours.length === 0;
      if (nameless) expect(decision.surplus).toEqual([]);
      else expect([decision.id, ...decision.surplus].toSorted()).toEqual(ours.toSorted());
    }),
  );
});
