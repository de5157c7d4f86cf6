import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import { formatMark, parseMark } from '../../src/resources/mark.ts';
import type { Observed } from '../../src/resources/resource.ts';
import { legacySample, parsed, sample } from '../definition/sample.ts';
import { ids } from '../resources/sample-ids.ts';
import { actionsOf, observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const legacy = parsed(legacySample);
const titled = (title: string) => parsed({ ...sample, schema: { ...sample.schema, title } });
const everything = new Set(Object.values(ids));

function unmarked(one: Observed): Observed {
  const { mark: _, ...rest } = one;
  return rest;
}

/** What AEP has after a create, where these do not carry the mark. */
function without(definition: Definition, ...kinds: Kind[]): Parts {
  const parts = partsOfCreated(definition);
  return { ...parts, ...Object.fromEntries(kinds.map((kind) => [kind, unmarked(parts[kind]!)])) };
}

const flowToo = { sourceConnection: 'replace', targetConnection: 'replace', flow: 'replace' };

describe('what the definition named by its id, and names no more,', () => {
  test.each<[string, Definition, Kind[], Record<string, string>]>([
    ['dataset', modern, ['dataset'], { dataset: 'replace' }],
    [
      'schema',
      titled('Another'),
      ['schema'],
      { schema: 'replace', dataset: 'replace', mappingSet: 'replace' },
    ],
    ['ad-hoc schema', legacy, ['adHocSchema', 'adHocClass'], {}],
    ['dataset base connection', legacy, ['datasetBaseConnection'], { datasetBaseConnection: 'replace' }],
  ])('is replaced by one of its own, at a choice: a %s', (what, definition, kinds, replaced) => {
    const parts = without(definition, ...kinds);
    // AEP keeps titles unique: the given ones have others.
    for (const kind of ['schema', 'adHocSchema', 'adHocClass'] as const)
      if (kinds.includes(kind)) parts[kind] = { ...parts[kind]!, name: 'Given' };
    const planned = plan(definition, observedOf(definition, parts));
    const expected = what === 'ad-hoc schema' ? { adHocSchema: 'replace', adHocClass: 'replace' } : replaced;
    expect(actionsOf(planned)).toEqual({ ...flowToo, ...expected });
    expect(planned.plan.choices.map(({ name }) => name)).toEqual(['replaceFlow']);
    const [kind] = kinds;
    const step = planned.plan.steps.find((one) => one.kind === kind);
    expect(step!.changes).toMatchObject([{ from: ids[kind!], to: null }]);
  });

  test('and that has the title which its own is to have, is in the way', () => {
    const planned = plan(modern, observedOf(modern, without(modern, 'schema')));
    expect(planned.conflicts).toMatchObject([{ reason: 'foreign', ids: [ids.schema] }]);
    expect(planned.conflicts[0]!.message).toContain('"schema": {"id": …}');
  });
});

describe('what was the dataflow’s own, and the definition names another', () => {
  const other = { schema: 'https://ns.adobe.com/t/schemas/44', dataset: 'given-dataset', base: 'given-base' };
  const { schema: _, ...rest } = sample;

  test.each<[string, Definition, Definition, Record<string, string>]>([
    ['dataset', modern, parsed({ ...rest, dataset: { id: other.dataset } }), {}],
    [
      'schema',
      modern,
      parsed({ ...sample, schema: { id: other.schema } }),
      { dataset: 'replace', mappingSet: 'replace' },
    ],
    [
      'ad-hoc schema',
      legacy,
      parsed({
        ...legacySample,
        source: { ...legacySample.source, adHocSchema: { id: 'https://ns.adobe.com/t/schemas/22' } },
      }),
      {},
    ],
    [
      'dataset base connection',
      legacy,
      parsed({ ...legacySample, target: { datasetBaseConnection: { id: other.base } } }),
      {},
    ],
  ])('by its id: another flow takes its place, at a choice (%s)', (__, before, after, replaced) => {
    const planned = plan(after, observedOf(after, partsOfCreated(before)));
    expect(actionsOf(planned)).toEqual({ ...flowToo, ...replaced });
    expect(planned.plan.choices.map(({ name }) => name)).toEqual(['replaceFlow']);
  });
});

describe('what an earlier run made, and carries no mark any more,', () => {
  const lost = (kind: Kind, parts: Parts = without(modern, kind)) => ({
    ...observedOf(modern, parts),
    noted: everything,
  });

  test.each(['sourceConnection', 'schema', 'dataset', 'targetConnection'] as const)(
    'stays, and the plan says how to put the mark back: a %s',
    (kind) => {
      const planned = plan(modern, lost(kind));
      expect(actionsOf(planned)).toEqual({});
      const [warning] = planned.plan.warnings;
      expect(warning).toMatchObject({ code: 'mark-lost' });
      expect(warning!.message).toContain(ids[kind]);
      expect(warning!.message).toContain(kind === 'dataset' ? '"aepDataflows"' : 'Managed by aep-dataflows');
    },
  );

  test('is not changed in place before the mark is put back', () => {
    const fieldGroups = [
      ...sample.schema.fieldGroups,
      'https://ns.adobe.com/xdm/context/profile-work-details',
    ];
    const grown = parsed({ ...sample, schema: { ...sample.schema, fieldGroups } });
    const planned = plan(grown, lost('schema'));
    expect(planned.conflicts).toMatchObject([{ reason: 'mark-lost', ids: [ids.schema] }]);
  });

  test.each(['as it was', 'renamed'])('is no reason to make another flow: a flow, %s', (how) => {
    const flow = unmarked(partsOfCreated(modern).flow!);
    const there = how === 'renamed' ? { ...flow, name: 'Renamed' } : flow;
    const planned = plan(modern, { ...lost('flow'), found: { flow: [there] }, flows: [] });
    expect(actionsOf(planned)).toMatchObject({ flow: 'conflict' });
    expect(planned.conflicts).toMatchObject([{ reason: 'mark-lost', ids: [ids.flow] }]);
    const [line] = /Managed by aep-dataflows: [^"]+/.exec(planned.conflicts[0]!.message)!;
    expect(formatMark(parseMark(line)!)).toBe(line);
    expect(parseMark(line)!.dataflow).toBe('prod/orders-from-bigquery');
  });

  test('is no reason to make another dataset', () => {
    const { dataset } = without(modern, 'dataset');
    const planned = plan(modern, { ...lost('dataset'), found: { dataset: [dataset!] }, flows: [] });
    expect(planned.conflicts).toMatchObject([{ reason: 'mark-lost', ids: [ids.dataset] }]);
  });

  test('counts for nothing beside one that carries it', () => {
    const parts = partsOfCreated(modern);
    const disowned = { ...unmarked(parts.flow!), id: 'flow-8' };
    const observed = { ...observedOf(modern, parts), noted: new Set([...everything, 'flow-8']) };
    const planned = plan(modern, {
      ...observed,
      found: { ...observed.found, flow: [disowned, parts.flow!] },
    });
    expect(actionsOf(planned)).toEqual({});
  });
});

describe('what the living flow uses, and AEP does not show,', () => {
  test.each(['schema', 'dataset', 'sourceConnection', 'targetConnection'] as const)(
    'may be hidden, and is made again only where that is said: a %s',
    (kind) => {
      const { [kind]: __, ...parts } = partsOfCreated(modern);
      const observed = observedOf(modern, parts);
      const planned = plan(modern, observed);
      expect(planned.conflicts).toMatchObject([{ reason: 'missing', ids: [ids[kind]] }]);
      expect(planned.plan.choices).toMatchObject([{ name: 'missingFlow' }]);
      const chosen = plan(modern, observed, { missingFlow: 'recreate' });
      expect(chosen.conflicts).toEqual([]);
      expect(actionsOf(chosen)).toMatchObject({ [kind]: 'create', flow: 'replace' });
    },
  );
});
