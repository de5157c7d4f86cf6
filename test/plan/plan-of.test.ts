import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import { isEmpty, type Step } from '../../src/plan/plan.ts';
import { resources } from '../../src/resources/index.ts';
import { legacySample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from '../resources/sample-ids.ts';
import { actionsOf, now, observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const legacy = parsed(legacySample);
const nothing = observedOf(modern);
const changed = (changes: object) => parsed({ ...sample, ...changes });
const living = (definition = modern) => observedOf(definition, partsOfCreated(definition));

describe('a dataflow of which AEP has nothing', () => {
  test('is all to be made, each after what it needs', () => {
    const { plan: planned } = plan(modern, nothing);
    expect(planned.steps.map(({ kind, action }) => [kind, action])).toEqual(
      ['sourceConnection', 'schema', 'dataset', 'targetConnection', 'mappingSet', 'flow'].map((kind) => [
        kind,
        'create',
      ]),
    );
    expect(planned.steps.find(({ kind }) => kind === 'targetConnection')!.needs).toEqual([
      'schema',
      'dataset',
    ]);
    expect(planned.summary).toBe('6 to create');
    expect(isEmpty(planned)).toBe(false);
  });

  test('whose start has passed has a problem that names the field', () => {
    const late = changed({ schedule: { ...sample.schedule, startTime: now / 1000 - 60 } });
    expect(plan(late, nothing).plan.problems).toMatchObject([{ field: 'schedule.startTime' }]);
  });

  test('whose flow somebody deleted or hides is in conflict until another is asked for', () => {
    const hidden = { ...nothing, missingFlow: 'flow-8' };
    const before = plan(modern, hidden);
    expect(before.conflicts).toMatchObject([{ reason: 'missing', ids: ['flow-8'] }]);
    expect(before.plan.choices.map(({ name }) => name)).toEqual(['missingFlow']);
    expect(actionsOf(before)['flow']).toBe('conflict');
    const after = plan(modern, hidden, { missingFlow: 'recreate' });
    expect(after.conflicts).toEqual([]);
    expect(actionsOf(after)['flow']).toBe('create');
  });
});

describe('a dataflow of which the flow is lacking', () => {
  const { flow: _, ...partsMade } = partsOfCreated(modern);

  test('keeps what fits and makes the rest', () => {
    const { plan: planned } = plan(modern, observedOf(modern, partsMade));
    expect(planned.steps.filter(({ action }) => action === 'adopt')).toHaveLength(5);
    expect(planned.steps.at(-1)).toMatchObject({ kind: 'flow', action: 'create' });
  });

  test('makes another source connection over a base connection that is to be made', () => {
    const { baseConnectionId: _, ...source } = sample.source;
    const auth = { type: 'Basic Authentication', params: { server: 'db' } };
    const named = { ...parsed(sample), source: { ...source, connection: { name: 'Warehouse', auth } } };
    const reason = 'AEP has none of this name';
    const connection: Step<'baseConnection'> = {
      kind: 'baseConnection',
      action: 'create',
      reason,
      changes: [],
      needs: [],
    };
    const facts = { context, now, problems: [], warnings: [], choices: {}, connection };
    const planned = planOf(named as Definition, observedOf(modern, partsMade), facts);
    expect(actionsOf(planned)).toMatchObject({ sourceConnection: 'replace', flow: 'create' });
    expect(planned.plan.steps.map(({ kind, needs }) => [kind, needs.includes('baseConnection')])).toEqual(
      planned.plan.steps.map(({ kind }) => [kind, kind === 'sourceConnection']),
    );
  });

  test('whose source has been corrected makes another source connection in its place', () => {
    const corrected = changed({ source: { ...sample.source, tableName: 'other.Table' } });
    const planned = plan(corrected, observedOf(corrected, partsMade));
    expect(actionsOf(planned)).toEqual({ sourceConnection: 'replace', flow: 'create' });
    expect(planned.plan.steps[0]!.changes).toEqual([
      { field: 'source.tableName', from: 'test1.Mytable', to: 'other.Table' },
    ]);
  });
});

describe.each([
  ['modern', modern],
  ['legacy', legacy],
] as const)('a living dataflow of the %s generation', (_, definition) => {
  test('is as it is asked for after its create', () => {
    const { plan: planned, conflicts } = plan(definition, living(definition));
    expect(planned.steps.filter(({ action }) => action !== 'keep')).toEqual([]);
    expect(isEmpty(planned)).toBe(true);
    expect(conflicts).toEqual([]);
    expect(planned.summary).toMatch(/^Nothing to change, \d as they are$/);
  });

  test.each(Object.keys(partsOfCreated(definition)) as (keyof typeof ids)[])(
    'of which the %s is gone is never empty',
    (kind) => {
      const { [kind]: gone, ...rest } = partsOfCreated(definition);
      expect(gone).toBeDefined();
      expect(isEmpty(plan(definition, observedOf(definition, rest)).plan)).toBe(false);
    },
  );
});

describe('what AEP changes in place:', () => {
  test.each([
    [
      'the interval',
      { schedule: { ...sample.schedule, interval: 30 } },
      { flow: 'update' },
      'schedule.interval',
      15,
      30,
    ],
    [
      'the frequency',
      { schedule: { ...sample.schedule, frequency: 'day' } },
      { flow: 'update' },
      'schedule.frequency',
      'minute',
      'day',
    ],
    [
      'an option',
      { options: { errorDiagnosticsEnabled: true } },
      { flow: 'update' },
      'options.errorDiagnosticsEnabled',
      false,
      true,
    ],
    [
      "the dataset's name",
      { dataset: { name: 'Others' } },
      { dataset: 'update' },
      'dataset.name',
      'Orders',
      'Others',
    ],
    [
      "the schema's title",
      { schema: { ...sample.schema, title: 'Others' } },
      { schema: 'update' },
      'schema.title',
      'Orders',
      'Others',
    ],
    [
      "the source connection's name",
      { source: { ...sample.source, name: 'Shop' } },
      { sourceConnection: 'update' },
      'source.name',
      'orders-from-bigquery',
      'Shop',
    ],
  ])('%s', (_, changes, actions, field, from, to) => {
    const planned = plan(changed(changes), living());
    expect(actionsOf(planned)).toEqual(actions);
    expect(planned.plan.steps.flatMap((step) => step.changes)).toEqual([{ field, from, to }]);
    expect(planned.plan.choices).toEqual([]);
  });

  test('a field group more', () => {
    const fieldGroups = [
      ...sample.schema.fieldGroups,
      'https://ns.adobe.com/xdm/context/profile-work-details',
    ];
    const planned = plan(changed({ schema: { ...sample.schema, fieldGroups } }), living());
    expect(actionsOf(planned)).toEqual({ schema: 'update' });
    expect(planned.plan.steps.flatMap((step) => step.changes)).toEqual([
      { field: 'schema.fieldGroups', added: [fieldGroups[1]], removed: [] },
    ]);
  });

  test('the mapping, which the flow takes part in', () => {
    const mapping = [sample.mapping[0], { source: 'Name', destination: 'person.name.lastName' }];
    const planned = plan(changed({ mapping }), living());
    expect(actionsOf(planned)).toEqual({ mappingSet: 'update', flow: 'update' });
    expect(planned.plan.steps.flatMap((step) => step.changes)).toEqual([
      {
        field: 'mapping',
        added: [{ source: 'Name', destination: 'person.name.lastName' }],
        removed: [{ source: 'Name', destination: 'person.name.fullName' }],
      },
    ]);
  });

  test('a description that all parts share', () => {
    const planned = plan(changed({ description: 'Orders of the shop' }), living());
    expect(new Set(Object.values(actionsOf(planned)))).toEqual(new Set(['update']));
    expect(
      planned.plan.steps.flatMap((step) => step.changes).every(({ field }) => field === 'description'),
    ).toBe(true);
  });
});

describe('what AEP cannot change makes a new flow with a new pair, at a choice:', () => {
  test.each([
    ['another table', { source: { ...sample.source, tableName: 'other.Table' } }, []],
    [
      'another column',
      { source: { ...sample.source, columns: [...sample.source.columns, { name: 'More', type: 'string' }] } },
      [],
    ],
    ['a filter', { source: { ...sample.source, filters: { op: 'x' } } }, []],
    ['another delta column', { deltaColumn: { name: 'Name' } }, []],
    ['once', { schedule: { frequency: 'once' }, deltaColumn: undefined }, []],
    [
      'another schema',
      { schema: { ...sample.schema, title: 'B', class: 'https://ns.adobe.com/xdm/context/experienceevent' } },
      ['schema', 'dataset', 'mappingSet'],
    ],
    ['a given dataset', { schema: undefined, dataset: { id: '6e8a55ca53662c18af37a83b' } }, []],
  ])('%s', (_, changes, besides) => {
    const wanted = changed(changes);
    const planned = plan(wanted, observedOf(wanted, partsOfCreated(modern)));
    const replaced = ['sourceConnection', ...besides, 'targetConnection', 'flow'];
    expect(actionsOf(planned)).toEqual(Object.fromEntries(replaced.map((kind) => [kind, 'replace'])));
    expect(planned.plan.choices.map(({ name }) => name)).toEqual(['replaceFlow']);
    // That the flow then refers to another connection is no field of a definition.
    expect(JSON.stringify(planned.plan.steps)).not.toMatch(/the new |source\[|target\[/);
    // Once is all there is.
    const options = wanted.schedule.frequency === 'once' ? ['backfill'] : ['from-now', 'backfill'];
    expect(planned.plan.choices[0]!.options.map(({ value }) => value)).toEqual(options);
  });

  test.each([
    [3600, true, ['backfill']],
    [3600, false, ['from-now']],
    [3600, undefined, ['from-now', 'backfill']],
    // It has passed: the definition says nothing of the first run any more.
    [0, true, ['from-now', 'backfill']],
  ])(
    'with a start in %d seconds and a backfill of %s, only %j would be as asked for',
    (ahead, backfill, values) => {
      const schedule = { ...sample.schedule, startTime: now / 1000 + ahead, backfill };
      // Its start alone is no difference, once it has passed.
      const wanted = changed({ schedule, source: { ...sample.source, tableName: 'other.Table' } });
      const { options } = plan(wanted, living()).plan.choices[0]!;
      expect(options.map((option) => option.value)).toEqual(values);
    },
  );

  test('what stays of it is told', () => {
    const schema = {
      ...sample.schema,
      title: 'B',
      class: 'https://ns.adobe.com/xdm/context/experienceevent',
    };
    const { warnings } = plan(changed({ schema }), living()).plan;
    expect(warnings).toMatchObject([{ code: 'left-of-replaced-flow' }]);
    for (const id of [ids.schema, ids.dataset, ids.mappingSet]) expect(warnings[0]!.message).toContain(id);
    expect(warnings[0]!.message).not.toContain(ids.sourceConnection);
  });

  test('of a flow that somebody disabled: the plan says that the new one will be, too', () => {
    const other = changed({ source: { ...sample.source, tableName: 'other.Table' } });
    const parts = partsOfCreated(modern);
    const flow = { ...parts.flow!, fields: { ...parts.flow!.fields, state: 'disabled' } };
    const { warnings } = plan(other, observedOf(other, { ...parts, flow })).plan;
    expect(warnings).toMatchObject([
      { code: 'flow-disabled', message: expect.stringContaining('takes its place') },
    ]);
  });

  test('another class under the same title is in the way of itself', () => {
    const schema = { ...sample.schema, class: 'https://ns.adobe.com/xdm/context/experienceevent' };
    const { conflicts } = plan(changed({ schema }), living());
    expect(conflicts.map(({ message }) => message).join()).toMatch(/title/);
  });

  test('the half that a replacement left is brought to its end', () => {
    const other = changed({ source: { ...sample.source, tableName: 'other.Table' } });
    const own = { sourceConnection: 'source-13', targetConnection: 'target-17', flow: 'flow-19' };
    const { flow, ...pair } = partsOfCreated(modern);
    const old = { ...pair, flow: { ...flow!, fields: { ...flow!.fields, state: 'disabled' } } };
    const made = partsOfCreated(other, own);
    const planned = plan(other, observedOf(other, old, made));
    expect(actionsOf(planned)).toEqual({
      'flow flow-9': 'remove',
      'sourceConnection source-3': 'remove',
      'targetConnection target-7': 'remove',
    });
  });
});

describe('a digest', () => {
  test('does not move when a run ends or the flow is switched', () => {
    const parts = partsOfCreated(modern);
    const flow = { ...parts.flow!, fields: { ...parts.flow!.fields, state: 'disabled' } };
    const same = observedOf(modern, { ...parts, flow });
    expect(plan(modern, same).plan.digest).toBe(plan(modern, living()).plan.digest);
  });

  test('is another for another table, though nothing is made of either yet', () => {
    const other = changed({ source: { ...sample.source, tableName: 'other.Table' } });
    expect(plan(other, nothing).plan.digest).not.toBe(plan(modern, nothing).plan.digest);
    const hidden = { ...nothing, missingFlow: 'flow-8' };
    const late = changed({ schedule: { ...sample.schedule, backfill: false } });
    expect(plan(late, hidden).plan.digest).not.toBe(plan(modern, hidden).plan.digest);
  });

  test('is another where a new flow is to be told something else, though the old one keeps it', () => {
    const begun = { ...sample.schedule, startTime: now / 1000 - 60 };
    const digestOf = (backfill: boolean, source: object = sample.source) => {
      const wanted = changed({ source, schedule: { ...begun, backfill } });
      return plan(wanted, living()).plan.digest;
    };
    const other = { ...sample.source, tableName: 'other.Table' };
    expect(digestOf(true, other)).not.toBe(digestOf(false, other));
    // Of a flow that has begun it says nothing any more.
    expect(digestOf(true)).toBe(digestOf(false));
  });

  test('moves when what the plan rests on does', () => {
    const parts = partsOfCreated(modern);
    const dataset = { ...parts.dataset!, name: 'Renamed' };
    const wanted = changed({ dataset: { name: 'Others' } });
    const before = plan(wanted, living()).plan.digest;
    expect(plan(wanted, observedOf(wanted, { ...parts, dataset })).plan.digest).not.toBe(before);
  });
});

test('whatever the definition says, its plan is empty once all of it is made', () => {
  const schedule = fc.oneof(
    fc.record({
      frequency: fc.constantFrom('hour', 'day', 'week'),
      interval: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({
      frequency: fc.constant('minute'),
      interval: fc.integer({ min: 15, max: 90 }),
      backfill: fc.boolean(),
    }),
    fc.record({ frequency: fc.constant('once') }),
  );
  const text = fc.stringMatching(/^[A-Za-z]{1,20}( [a-z]{1,9})?$/);
  const definitions = fc
    .record(
      {
        description: text,
        options: fc.record(
          {
            errorDiagnosticsEnabled: fc.boolean(),
            partialIngestionPercent: fc.integer({ min: 1, max: 100 }),
          },
          { requiredKeys: [] },
        ),
        schedule,
        dataset: fc.record({ name: text, description: text }, { requiredKeys: [] }),
        target: fc.record({ name: text, description: text }, { requiredKeys: [] }),
      },
      { requiredKeys: ['schedule'] },
    )
    .chain((parts) =>
      fc.constantFrom(sample, legacySample).map((base) => ({
        ...base,
        ...parts,
        ...(base === legacySample ? { target: legacySample.target } : {}),
      })),
    );
  fc.assert(
    fc.property(definitions, (input) => {
      const definition = parsed(input);
      expect(actionsOf(plan(definition, living(definition)))).toEqual({});
    }),
  );
});

test('every kind names a field of the definition for each field of its own', () => {
  for (const kind of Object.keys(ids) as (keyof typeof ids)[])
    for (const field of ['name', 'description'])
      expect(resources[kind].asked(field, legacy)).toMatch(/^[a-zA-Z.]+$/);
});
