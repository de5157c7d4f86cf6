/** What a plan tells, line by line: what becomes of each resource, after which others, and why; what is in the way; what to know and to choose. */
import { describe, expect, test } from 'vitest';
import type { Planned } from '../../src/plan/plan-of.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { Observed } from '../../src/resources/resource.ts';
import { legacySample, parsed, sample } from '../definition/sample.ts';
import { context } from '../resources/sample-ids.ts';
import { now, observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const made = partsOfCreated(modern);
const changed = (changes: object) => parsed({ ...sample, ...changes });
const elsewhere = { source: { ...sample.source, tableName: 'other.Table' } };
const otherMapping = {
  mapping: [sample.mapping[0], { source: 'Name', destination: 'person.name.lastName' }],
};
const moreGroups = {
  schema: {
    ...sample.schema,
    fieldGroups: [...sample.schema.fieldGroups, 'https://ns.adobe.com/xdm/mixins/b'],
  },
};
const otherClass = {
  schema: { ...sample.schema, class: 'https://ns.adobe.com/xdm/context/experienceevent' },
};

const without = (parts: Parts, ...kinds: Kind[]): Parts =>
  Object.fromEntries(Object.entries(parts).filter(([kind]) => !kinds.includes(kind as Kind)));
const withPart = (parts: Parts, kind: Kind, changes: Partial<Observed>): Parts => ({
  ...parts,
  [kind]: { ...parts[kind]!, ...changes },
});
const ofOther = { dataflow: 'prod/other', nonce: 'aaaaaaaa' };
const inState = (parts: Parts, state: string): Parts =>
  withPart(parts, 'flow', { fields: { ...parts.flow!.fields, state } });
const own = { sourceConnection: 'source-13', targetConnection: 'target-17', flow: 'flow-19' };

/** All that is not as it should be already. */
function told({ plan: { steps, warnings, problems, choices }, conflicts, edits }: Planned): string {
  const idle = new Set(['keep', 'adopt', 'given']);
  return [
    ...steps
      .filter(({ action }) => !idle.has(action))
      .map(({ kind, action, id, needs, reason, changes }) =>
        [
          `${kind} ${action}${id ? ` ${id}` : ''}${needs.length > 0 ? ` after ${needs.join(', ')}` : ''}: ${reason}`,
          ...changes.map((change) => `  ${JSON.stringify(change)}`),
          ...(kind !== 'baseConnection' && edits[kind] && action !== 'remove' ? edits[kind] : []).map(
            (edit) => `  in place: ${JSON.stringify(edit)}`,
          ),
        ].join('\n'),
      ),
    ...conflicts.map(({ reason, ids, message }) => `In the way (${reason}, ${ids.join(' ')}): ${message}`),
    ...problems.map(({ field, message }) => `Problem: ${field}: ${message}`),
    ...warnings.map(
      ({ code, field, message }) => `Warning (${code}${field ? `, ${field}` : ''}): ${message}`,
    ),
    ...choices.map(({ name, options }) => `Choice ${name}: ${options.map(({ value }) => value).join(', ')}`),
  ].join('\n');
}

describe('a dataflow of which AEP has nothing', () => {
  test('is made part by part', () => {
    expect(told(plan(modern, observedOf(modern)))).toMatchInlineSnapshot(`
      "sourceConnection create: There is none yet
      schema create: There is none yet
      dataset create after schema: There is none yet
      targetConnection create after schema, dataset: There is none yet
      mappingSet create after schema: There is none yet
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet"
    `);
  });

  test('tells of datasets of its name that are not its own, and of no others', () => {
    const foreign = ['b-1', 'b-2'].map((id) => ({ id, name: 'Orders', fields: {} }));
    const others = [
      { id: 'b-3', name: 'Other', fields: {} },
      { id: 'b-4', name: 'Orders', mark: ofOther, fields: {} },
    ];
    const observed = observedOf(modern);
    const found = { ...observed.found, dataset: [...foreign, ...others] };
    expect(told(plan(modern, { ...observed, found }))).toMatchInlineSnapshot(`
      "sourceConnection create: There is none yet
      schema create: There is none yet
      dataset create after schema: There is none yet
      targetConnection create after schema, dataset: There is none yet
      mappingSet create after schema: There is none yet
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet
      Warning (foreign-dataset, dataset.name): There is another dataset named "Orders" (b-1, b-2), which is left alone: use it with "dataset": {"id": …} where it is what you mean"
    `);
  });

  test('passes on what was found out before', () => {
    const facts = {
      context,
      now,
      problems: [{ field: 'source', message: 'Is not there' }],
      warnings: [{ code: 'once-with-delta' as never, message: 'Is left out' }],
      choices: {},
    };
    expect(told(planOf(modern, observedOf(modern, made), facts))).toMatchInlineSnapshot(`
      "Problem: source: Is not there
      Warning (once-with-delta): Is left out"
    `);
  });
});

describe('a dataflow whose flow an earlier run did not come to', () => {
  const before = without(made, 'flow');
  const of = (definition = modern, parts: Parts = before) =>
    told(plan(definition, observedOf(definition, parts)));

  test('adopts what fits', () => {
    const { plan: planned } = plan(modern, observedOf(modern, before));
    expect(
      planned.steps.map(({ kind, action, id, reason }) => `${kind} ${action} ${id}: ${reason}`).join('\n'),
    ).toMatchInlineSnapshot(`
      "sourceConnection adopt source-3: Made before, and as the definition asks for
      schema adopt https://ns.adobe.com/t/schemas/4: Made before, and as the definition asks for
      dataset adopt 5e8a55ca53662c18af37a83a: Made before, and as the definition asks for
      targetConnection adopt target-7: Made before, and as the definition asks for
      mappingSet adopt 37409d3017e24a3eb4a2dc21020f7a5b: Made before, and as the definition asks for
      flow create undefined: There is none yet"
    `);
  });

  test('changes what AEP changes in place', () => {
    expect(
      of(changed({ description: 'Orders of the shop', dataset: { name: 'Orders', description: 'All' } })),
    ).toMatchInlineSnapshot(`
      "sourceConnection update source-3: Made before; AEP changes it in place
        {"field":"description","from":null,"to":"Orders of the shop"}
        in place: {"field":"description","to":"Orders of the shop"}
      schema update https://ns.adobe.com/t/schemas/4: Made before; AEP changes it in place
        {"field":"description","from":null,"to":"Orders of the shop"}
        in place: {"field":"description","to":"Orders of the shop"}
      dataset update 5e8a55ca53662c18af37a83a after schema: Made before; AEP changes it in place
        {"field":"dataset.description","from":null,"to":"All"}
        in place: {"field":"description","to":"All"}
      targetConnection update target-7 after schema, dataset: Made before; AEP changes it in place
        {"field":"description","from":null,"to":"Orders of the shop"}
        in place: {"field":"description","to":"Orders of the shop"}
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet"
    `);
    expect(of(changed(moreGroups))).toMatchInlineSnapshot(`
      "schema update https://ns.adobe.com/t/schemas/4: Made before; AEP changes it in place
        {"field":"schema.fieldGroups","added":["https://ns.adobe.com/xdm/mixins/b"],"removed":[]}
        in place: {"field":"refs","from":["https://ns.adobe.com/xdm/context/profile-person-details"],"to":["https://ns.adobe.com/xdm/context/profile-person-details","https://ns.adobe.com/xdm/mixins/b"]}
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet"
    `);
  });

  test('makes another where AEP cannot and nothing is lost', () => {
    expect(of(changed(elsewhere))).toMatchInlineSnapshot(`
      "sourceConnection replace source-3: Made before, from another definition; no flow that stays uses it
        {"field":"source.tableName","from":"test1.Mytable","to":"other.Table"}
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet"
    `);
  });

  test('is in conflict where another would be one too many', () => {
    expect(of(changed(otherClass))).toMatchInlineSnapshot(`
      "schema conflict https://ns.adobe.com/t/schemas/4: The schema https://ns.adobe.com/t/schemas/4 belongs to prod/orders-from-bigquery but is not what the definition asks for
        {"field":"schema.class","from":"https://ns.adobe.com/xdm/context/profile","to":"https://ns.adobe.com/xdm/context/experienceevent"}
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet
      In the way (differs, https://ns.adobe.com/t/schemas/4): The schema https://ns.adobe.com/t/schemas/4 belongs to prod/orders-from-bigquery but is not what the definition asks for"
    `);
    expect(of(modern, withPart(before, 'schema', { mark: ofOther }))).toMatchInlineSnapshot(`
      "schema conflict https://ns.adobe.com/t/schemas/4: There is a schema named "Orders" that is not the dataflow's: https://ns.adobe.com/t/schemas/4. Use it with "schema": {"id": …}, or give the schema another title
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet
      In the way (foreign, https://ns.adobe.com/t/schemas/4): There is a schema named "Orders" that is not the dataflow's: https://ns.adobe.com/t/schemas/4. Use it with "schema": {"id": …}, or give the schema another title"
    `);
    const twin = { ...made.dataset!, id: 'dataset-twin' };
    const observed = observedOf(modern, before);
    const found = { ...observed.found, dataset: [made.dataset!, twin] };
    expect(told(plan(modern, { ...observed, found }))).toMatchInlineSnapshot(`
      "dataset conflict 5e8a55ca53662c18af37a83a after schema: More than one dataset carries the very same mark of prod/orders-from-bigquery, so one was copied by hand. Take the mark off the one that is not the dataflow's: 5e8a55ca53662c18af37a83a, dataset-twin
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet
      In the way (copied-mark, 5e8a55ca53662c18af37a83a dataset-twin): More than one dataset carries the very same mark of prod/orders-from-bigquery, so one was copied by hand. Take the mark off the one that is not the dataflow's: 5e8a55ca53662c18af37a83a, dataset-twin"
    `);
  });

  test('is in conflict, rather than loading twice, where a flow is hidden or another has its name', () => {
    expect(told(plan(modern, { ...observedOf(modern, before), missingFlow: 'flow-8' })))
      .toMatchInlineSnapshot(`
        "flow conflict flow-8 after sourceConnection, targetConnection, mappingSet: The flow flow-8, which an earlier run made, was deleted by others, or is hidden by an access label
        In the way (missing, flow-8): The flow flow-8, which an earlier run made, was deleted by others, or is hidden by an access label: updateDataflow with "missingFlow": "recreate" makes another
        Choice missingFlow: recreate"
      `);
    const observed = observedOf(modern, before);
    const foreign = { ...made.flow!, mark: ofOther };
    expect(
      told(
        plan(modern, { ...observed, found: { ...observed.found, flow: [foreign] }, missingFlow: 'flow-8' }),
      ),
    ).toMatchInlineSnapshot(`
      "flow conflict flow-9 after sourceConnection, targetConnection, mappingSet: There is a flow named "orders-from-bigquery" that is not the dataflow's: flow-9. Give the dataflow another name, or delete that flow
      In the way (foreign, flow-9): There is a flow named "orders-from-bigquery" that is not the dataflow's: flow-9. Give the dataflow another name, or delete that flow"
    `);
    // Nor does a draft of somebody else's make room.
    const draft = inState({ flow: foreign }, 'draft').flow!;
    expect(told(plan(modern, { ...observed, found: { ...observed.found, flow: [draft] } }))).toContain(
      'flow conflict',
    );
  });
});

describe('a living dataflow', () => {
  const of = (definition = modern, ...flows: Parts[]) =>
    told(plan(definition, observedOf(definition, ...(flows.length > 0 ? flows : [made]))));

  test('keeps all that is as asked for', () => {
    const { plan: planned } = plan(modern, observedOf(modern, made));
    expect(
      planned.steps.map(({ kind, action, id, reason }) => `${kind} ${action} ${id}: ${reason}`).join('\n'),
    ).toMatchInlineSnapshot(`
      "sourceConnection keep source-3: As the definition asks for
      schema keep https://ns.adobe.com/t/schemas/4: As the definition asks for
      dataset keep 5e8a55ca53662c18af37a83a: As the definition asks for
      targetConnection keep target-7: As the definition asks for
      mappingSet keep 37409d3017e24a3eb4a2dc21020f7a5b: As the definition asks for
      flow keep flow-9: As the definition asks for"
    `);
    expect(of()).toBe('');
  });

  test('uses what the definition names as it is', () => {
    const given = changed({ schema: undefined, dataset: { id: made.dataset!.id } });
    const { plan: planned } = plan(given, observedOf(given, made));
    expect(planned.steps.filter(({ action }) => action === 'given')).toMatchObject([
      { kind: 'schema', id: made.schema!.id, reason: 'The definition names it', changes: [], needs: [] },
      {
        kind: 'dataset',
        id: made.dataset!.id,
        reason: 'The definition names it',
        changes: [],
        needs: ['schema'],
      },
    ]);
  });

  test('takes a new mapping', () => {
    expect(of(changed(otherMapping))).toMatchInlineSnapshot(`
      "mappingSet update 37409d3017e24a3eb4a2dc21020f7a5b after schema: AEP changes it in place
        {"field":"mapping","added":[{"source":"Name","destination":"person.name.lastName"}],"removed":[{"source":"Name","destination":"person.name.fullName"}]}
        in place: {"field":"mappings","from":[{"source":"TestID","destination":"_id"},{"source":"Name","destination":"person.name.fullName"}],"to":[{"source":"TestID","destination":"_id"},{"source":"Name","destination":"person.name.lastName"}]}
      flow update flow-9 after sourceConnection, targetConnection, mappingSet: Takes the new mapping, for runs to come"
    `);
  });

  test('whose name differs by blanks alone stays', () => {
    const name = { name: ` ${made.dataset!.name} ` };
    expect(of(modern, withPart(made, 'dataset', name))).toBe('');
    const { name: _, ...nameless } = made.dataset!;
    expect(
      of(changed({ dataset: { name: 'Orders', description: ' Text ' } }), { ...made, dataset: nameless }),
    ).toMatchInlineSnapshot(`
      "dataset update 5e8a55ca53662c18af37a83a after schema: AEP changes it in place
        {"field":"dataset.name","from":null,"to":"Orders"}
        {"field":"dataset.description","from":null,"to":" Text "}
        in place: {"field":"name","to":"Orders"}
        in place: {"field":"description","to":" Text "}"
    `);
  });

  test('that loads once takes none: all that loads is replaced', () => {
    const once = { schedule: { frequency: 'once' }, deltaColumn: undefined };
    expect(of(changed({ ...once, ...otherMapping }), partsOfCreated(changed(once)))).toMatchInlineSnapshot(`
      "sourceConnection replace source-3: A flow has a pair of its own
      targetConnection replace target-7 after schema, dataset: A flow has a pair of its own
      mappingSet update 37409d3017e24a3eb4a2dc21020f7a5b after schema: AEP changes it in place
        {"field":"mapping","added":[{"source":"Name","destination":"person.name.lastName"}],"removed":[{"source":"Name","destination":"person.name.fullName"}]}
        in place: {"field":"mappings","from":[{"source":"TestID","destination":"_id"},{"source":"Name","destination":"person.name.fullName"}],"to":[{"source":"TestID","destination":"_id"},{"source":"Name","destination":"person.name.lastName"}]}
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: AEP changes no mapping of a flow that loads once
      Choice replaceFlow: backfill"
    `);
  });

  test('of another table is replaced, at a choice', () => {
    expect(of(changed(elsewhere))).toMatchInlineSnapshot(`
      "sourceConnection replace source-3: AEP cannot change it under a flow that runs
        {"field":"source.tableName","from":"test1.Mytable","to":"other.Table"}
      targetConnection replace target-7 after schema, dataset: A flow has a pair of its own
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
      Choice replaceFlow: from-now, backfill"
    `);
  });

  test('of another dataset leaves the old one, and says so', () => {
    const parts = withPart(made, 'mappingSet', { mark: ofOther });
    expect(of(changed({ schema: undefined, dataset: { id: '6e8a55ca53662c18af37a83b' } }), parts))
      .toMatchInlineSnapshot(`
        "sourceConnection replace source-3: A flow has a pair of its own
        targetConnection replace target-7 after schema, dataset: AEP cannot change it under a flow that runs
          {"field":"dataset.id","from":"5e8a55ca53662c18af37a83a","to":"6e8a55ca53662c18af37a83b"}
        flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
        Warning (left-of-replaced-flow): No longer part of the dataflow, and deleted by no update: the dataset 5e8a55ca53662c18af37a83a
        Choice replaceFlow: from-now, backfill"
      `);
  });

  test('has its schema and its schedule changed in place', () => {
    expect(of(changed({ ...moreGroups, schedule: { ...sample.schedule, interval: 30 } })))
      .toMatchInlineSnapshot(`
      "schema update https://ns.adobe.com/t/schemas/4: AEP changes it in place
        {"field":"schema.fieldGroups","added":["https://ns.adobe.com/xdm/mixins/b"],"removed":[]}
        in place: {"field":"refs","from":["https://ns.adobe.com/xdm/context/profile-person-details"],"to":["https://ns.adobe.com/xdm/context/profile-person-details","https://ns.adobe.com/xdm/mixins/b"]}
      flow update flow-9 after sourceConnection, targetConnection, mappingSet: AEP changes it in place
        {"field":"schedule.interval","from":15,"to":30}
        in place: {"field":"scheduleParams.interval","from":15,"to":30}"
    `);
  });

  test('whose class is to be another is in its own way', () => {
    expect(of(changed(otherClass))).toMatchInlineSnapshot(`
      "schema conflict https://ns.adobe.com/t/schemas/4: AEP cannot change it so, and keeps its title unique. Use it with "schema": {"id": …}, or give the schema another title
        {"field":"schema.class","from":"https://ns.adobe.com/xdm/context/profile","to":"https://ns.adobe.com/xdm/context/experienceevent"}
      In the way (differs, https://ns.adobe.com/t/schemas/4): The schema https://ns.adobe.com/t/schemas/4 is not what the definition asks for. AEP cannot change it so, and keeps its title unique. Use it with "schema": {"id": …}, or give the schema another title"
    `);
  });

  test('of which a part is gone gets another where that is said', () => {
    const gone = (['sourceConnection', 'targetConnection', 'mappingSet', 'schema', 'dataset'] as const).map(
      (kind) =>
        `${kind} is gone\n${told(plan(modern, observedOf(modern, without(made, kind)), { missingFlow: 'recreate' }))}`,
    );
    expect(gone.join('\n\n')).toMatchInlineSnapshot(`
      "sourceConnection is gone
      sourceConnection create: The living flow has no source connection any more
      targetConnection replace target-7 after schema, dataset: A flow has a pair of its own
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
      Choice replaceFlow: from-now, backfill

      targetConnection is gone
      sourceConnection replace source-3: A flow has a pair of its own
      targetConnection create after schema, dataset: The living flow has no target connection any more
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
      Choice replaceFlow: from-now, backfill

      mappingSet is gone
      mappingSet create after schema: The living flow has no mapping set any more
      flow update flow-9 after sourceConnection, targetConnection, mappingSet: Takes the new mapping, for runs to come
        in place: {"field":"transformations.Mapping.mappingId","from":"37409d3017e24a3eb4a2dc21020f7a5b","to":"(the new mapping set)"}

      schema is gone
      sourceConnection replace source-3: A flow has a pair of its own
      schema create: The living flow has no schema any more
      dataset replace 5e8a55ca53662c18af37a83a after schema: What it refers to is replaced, and AEP cannot change that
      targetConnection replace target-7 after schema, dataset: What it refers to is replaced, and AEP cannot change that
      mappingSet replace 37409d3017e24a3eb4a2dc21020f7a5b after schema: What it refers to is replaced, and AEP cannot change that
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
      Warning (left-of-replaced-flow): No longer part of the dataflow, and deleted by no update: the dataset 5e8a55ca53662c18af37a83a, the mapping set 37409d3017e24a3eb4a2dc21020f7a5b
      Choice replaceFlow: from-now, backfill

      dataset is gone
      sourceConnection replace source-3: A flow has a pair of its own
      dataset create after schema: The living flow has no dataset any more
      targetConnection replace target-7 after schema, dataset: What it refers to is replaced, and AEP cannot change that
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: What it refers to is replaced, and AEP cannot change that
      Choice replaceFlow: from-now, backfill"
    `);
  });

  test('is replaced where what it loads into is gone, though nobody minds what that was', () => {
    const choices = { missingFlow: 'recreate' as const };
    const facts = { context, now, problems: [], warnings: [], choices, mask: ['target'] };
    const observed = observedOf(modern, without(made, 'targetConnection'));
    expect(told(planOf(modern, observed, facts))).toMatchInlineSnapshot(`
      "sourceConnection replace source-3: A flow has a pair of its own
      targetConnection create after schema, dataset: The living flow has no target connection any more
      flow replace flow-9 after sourceConnection, targetConnection, mappingSet: AEP cannot change what a flow loads from or into
      Choice replaceFlow: from-now, backfill"
    `);
  });

  test('changes nothing of what is not its own', () => {
    expect(of(changed(moreGroups), withPart(made, 'schema', { mark: ofOther }))).toMatchInlineSnapshot(`
      "schema conflict https://ns.adobe.com/t/schemas/4: There is a schema titled "Orders" that is not the dataflow's: https://ns.adobe.com/t/schemas/4. Use it with "schema": {"id": …}, or give the schema another title
      In the way (foreign, https://ns.adobe.com/t/schemas/4): There is a schema titled "Orders" that is not the dataflow's: https://ns.adobe.com/t/schemas/4. Use it with "schema": {"id": …}, or give the schema another title"
    `);
    expect(of(changed(otherMapping), withPart(made, 'mappingSet', { mark: ofOther }))).toMatchInlineSnapshot(`
      "mappingSet replace 37409d3017e24a3eb4a2dc21020f7a5b after schema: It is not the dataflow's own, and so is not changed
        {"field":"mapping","added":[{"source":"Name","destination":"person.name.lastName"}],"removed":[{"source":"Name","destination":"person.name.fullName"}]}
      flow update flow-9 after sourceConnection, targetConnection, mappingSet: Takes the new mapping, for runs to come
        in place: {"field":"transformations.Mapping.mappingId","from":"37409d3017e24a3eb4a2dc21020f7a5b","to":"(the new mapping set)"}"
    `);
  });

  test('changes a mapping set of which AEP has kept no name', () => {
    const { name: _, mark: __, ...nameless } = made.mappingSet!;
    expect(of(changed(otherMapping), { ...made, mappingSet: nameless })).toContain('mappingSet update');
    expect(of(changed(otherMapping), { ...made, mappingSet: { ...nameless, name: 'Theirs' } })).toContain(
      'mappingSet replace',
    );
  });

  test('changes nothing of what an earlier run made and another dataflow has taken', () => {
    const parts = withPart(made, 'schema', { mark: ofOther });
    const observed = { ...observedOf(modern, parts), noted: new Set([made.schema!.id]) };
    expect(told(plan(changed(moreGroups), observed))).toMatchInlineSnapshot(`
      "schema conflict https://ns.adobe.com/t/schemas/4: The schema https://ns.adobe.com/t/schemas/4, which the flow of prod/orders-from-bigquery uses, is not the dataflow's own, and so is not changed. Use it with "schema": {"id": …}, or give the schema another title
        {"field":"schema.fieldGroups","added":["https://ns.adobe.com/xdm/mixins/b"],"removed":[]}
      In the way (foreign, https://ns.adobe.com/t/schemas/4): The schema https://ns.adobe.com/t/schemas/4, which the flow of prod/orders-from-bigquery uses, is not the dataflow's own, and so is not changed. Use it with "schema": {"id": …}, or give the schema another title"
    `);
  });

  test('gets its own schema back where it was given another, and nothing else has its title', () => {
    const { mark: _, ...given } = { ...made.schema!, id: 'given', name: 'Given' };
    const dataset = { ...made.dataset!, fields: { schema: 'given' } };
    const parts = { ...made, schema: given, dataset };
    const observed = observedOf(modern, parts);
    const planned = (schema: Observed, mask: string[] = []) => {
      const found = { ...observed.found, schema: [given, schema] };
      const facts = { context, now, problems: [], warnings: [], choices: {}, mask };
      return planOf(modern, { ...observed, found }, facts).conflicts.map(({ reason }) => reason);
    };
    const ofOtherClass = { class: 'x', refs: ['x', ...sample.schema.fieldGroups] };
    expect(planned(made.schema!)).toEqual([]);
    expect(planned({ ...made.schema!, fields: ofOtherClass })).toEqual(['differs']);
    expect(planned({ ...made.schema!, fields: ofOtherClass }, ['schema.class'])).toEqual([]);
  });

  test('that somebody disabled stays so, whatever of it but the flow is replaced', () => {
    const { name: _, mark: __, ...nameless } = made.mappingSet!;
    const parts = { ...made, mappingSet: { ...nameless, name: 'Theirs' } };
    expect(of(changed(otherMapping), inState(parts, 'disabled'))).toContain(
      'Warning (flow-disabled): The flow flow-9 is disabled in AEP, and stays so:',
    );
  });

  test('that somebody disabled stays so', () => {
    expect(of(modern, inState(made, 'disabled'))).toMatchInlineSnapshot(
      `"Warning (flow-disabled): The flow flow-9 is disabled in AEP, and stays so: it loads nothing until somebody enables it"`,
    );
    expect(
      of(changed({ schedule: { ...sample.schedule, interval: 30 } }), inState(made, 'disabled')),
    ).toContain('and stays so');
    expect(of(changed(elsewhere), inState(made, 'disabled'))).toContain(
      'as the one that takes its place will be',
    );
  });

  test('of which there is a copy is left as it is', () => {
    const copy = withPart(partsOfCreated(modern, own), 'flow', { mark: made.flow!.mark! });
    expect(of(modern, made, copy)).toMatchInlineSnapshot(`
      "flow conflict flow-9 after sourceConnection, targetConnection, mappingSet: More than one flow carries the very same mark of prod/orders-from-bigquery, so one was copied by hand. Take the mark off the one that is not the dataflow's: flow-9, flow-19
      In the way (copied-mark, flow-9 flow-19): More than one flow carries the very same mark of prod/orders-from-bigquery, so one was copied by hand. Take the mark off the one that is not the dataflow's: flow-9, flow-19"
    `);
  });
});

describe('a replacement that was cut off', () => {
  const next = changed(elsewhere);
  const draft = inState(partsOfCreated(next, own), 'draft');
  const of = (definition: typeof modern, ...flows: Parts[]) =>
    told(plan(definition, observedOf(definition, ...flows)));

  test('before the new flow was published is brought to its end', () => {
    expect(of(next, inState(made, 'disabled'), draft)).toMatchInlineSnapshot(`
      "flow update flow-19 after sourceConnection, targetConnection, mappingSet: Made as a draft: it is published, which enables it
      flow remove flow-9: Another has taken its place
      targetConnection remove target-7 after flow: Another has taken its place
      sourceConnection remove source-3 after flow: Another has taken its place"
    `);
  });

  test('and is not wanted any more is taken back', () => {
    expect(of(modern, inState(made, 'disabled'), draft)).toMatchInlineSnapshot(`
      "flow update flow-9 after sourceConnection, targetConnection, mappingSet: As the definition asks for. A replacement that was not finished had disabled it: it is enabled again, and AEP makes up what it missed
      flow remove flow-19: Of a replacement that was not finished
      targetConnection remove target-17 after flow: Of a replacement that was not finished
      sourceConnection remove source-13 after flow: Of a replacement that was not finished"
    `);
    const other = changed({ schedule: { ...sample.schedule, interval: 30 } });
    expect(of(other, inState(made, 'disabled'), draft)).toContain('in place. A replacement');
  });

  test('after the new flow was published leaves what it replaced to be deleted', () => {
    expect(of(next, inState(made, 'disabled'), inState(draft, 'enabled'))).toMatchInlineSnapshot(`
      "flow remove flow-9: Another has taken its place
      targetConnection remove target-7 after flow: Another has taken its place
      sourceConnection remove source-3 after flow: Another has taken its place"
    `);
  });

  test('and nobody wants to go on with leaves what a new flow can use', () => {
    const third = changed({ source: { ...sample.source, tableName: 'third.Table' } });
    expect(of(third, draft)).toMatchInlineSnapshot(`
      "sourceConnection replace source-13: Made before, from another definition; no flow that stays uses it
        {"field":"source.tableName","from":"other.Table","to":"third.Table"}
      flow create after sourceConnection, targetConnection, mappingSet: There is none yet
      flow remove flow-19: Of a replacement that was not finished"
    `);
  });

  test('more than once deletes what two have in common once', () => {
    const twice = {
      ...draft,
      flow: { ...draft.flow!, id: 'flow-29', mark: { ...draft.flow!.mark!, nonce: 'nonce029' } },
    };
    expect(of(modern, made, draft, twice)).toMatchInlineSnapshot(`
      "flow remove flow-19: Of a replacement that was not finished
      targetConnection remove target-17 after flow: Of a replacement that was not finished
      sourceConnection remove source-13 after flow: Of a replacement that was not finished
      flow remove flow-29: Of a replacement that was not finished"
    `);
  });

  test('deletes nothing that is not there any more', () => {
    expect(of(modern, made, without(draft, 'targetConnection'))).toMatchInlineSnapshot(`
      "flow remove flow-19: Of a replacement that was not finished
      sourceConnection remove source-13 after flow: Of a replacement that was not finished"
    `);
  });

  test('is not taken up by a draft of somebody else’s', () => {
    const { mark: _, ...unmarked } = draft.flow!;
    const observed = observedOf(next);
    const found = { ...observed.found, flow: [unmarked] };
    expect(told(plan(next, { ...observed, found }))).toMatchInlineSnapshot(`
      "sourceConnection create: There is none yet
      schema create: There is none yet
      dataset create after schema: There is none yet
      targetConnection create after schema, dataset: There is none yet
      mappingSet create after schema: There is none yet
      flow conflict flow-19 after sourceConnection, targetConnection, mappingSet: There is a flow named "orders-from-bigquery" that is not the dataflow's: flow-19. Give the dataflow another name, or delete that flow
      In the way (foreign, flow-19): There is a flow named "orders-from-bigquery" that is not the dataflow's: flow-19. Give the dataflow another name, or delete that flow"
    `);
  });

  test('deletes nothing that the new flow uses', () => {
    const { flow } = inState(draft, 'enabled');
    const fields = { ...flow!.fields, targetConnectionIds: [made.targetConnection!.id] };
    const shared = { ...draft, targetConnection: made.targetConnection!, flow: { ...flow!, fields } };
    expect(of(next, inState(made, 'disabled'), shared)).toMatchInlineSnapshot(`
      "flow remove flow-9: Another has taken its place
      sourceConnection remove source-3 after flow: Another has taken its place"
    `);
  });
});

test('a choice tells what follows from each of its ways', () => {
  const elsewherePlan = plan(changed(elsewhere), observedOf(changed(elsewhere), made)).plan;
  const missing = plan(modern, { ...observedOf(modern), missingFlow: 'flow-8' }).plan;
  const options = [...elsewherePlan.choices, ...missing.choices].flatMap((choice) => choice.options);
  expect(options.map(({ value, consequence }) => `${value}: ${consequence}`).join('\n'))
    .toMatchInlineSnapshot(`
    "from-now: The new flow begins at its next slot after the last window of flow-9: rows that AEP's window rule puts between the two may be missed or come twice; its watcher compares the two and tells
    backfill: The new flow takes every row of the source: those that flow-9 has loaded come twice
    recreate: Another flow is made: where flow-8 is only hidden from these credentials, both load the data, and every row comes twice"
  `);
});

test('the legacy generation has its parts in the order of its tutorial', () => {
  expect(told(plan(parsed(legacySample), observedOf(parsed(legacySample))))).toMatchInlineSnapshot(`
    "adHocClass create: There is none yet
    adHocSchema create after adHocClass: There is none yet
    sourceConnection create after adHocSchema: There is none yet
    schema create: There is none yet
    dataset create after schema: There is none yet
    datasetBaseConnection create: There is none yet
    targetConnection create after schema, dataset, datasetBaseConnection: There is none yet
    mappingSet create after schema: There is none yet
    flow create after sourceConnection, targetConnection, mappingSet: There is none yet"
  `);
});
