/** The small parts of a plan: what is told of long ones, over a base connection, by a mask, and in a line. */
import { describe, expect, test } from 'vitest';
import { unseenPart } from '../../src/plan/choices-of.ts';
import { differencesOf } from '../../src/plan/differences-of.ts';
import { factsOf } from '../../src/plan/facts-of.ts';
import { fittingPlan } from '../../src/plan/fitting-plan.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import { planOf, type Facts, type Planned } from '../../src/plan/plan-of.ts';
import type { Change, Plan, Step } from '../../src/plan/plan.ts';
import { summaryOf } from '../../src/plan/plan.ts';
import { planAsText } from '../../src/plan/render.ts';
import type { FactReads } from '../../src/plan/reads.ts';
import { unsaid } from '../../src/plan/unsaid.ts';
import { watchChanges } from '../../src/plan/watch-changes.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { Observed } from '../../src/resources/resource.ts';
import { fileSample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from '../resources/sample-ids.ts';
import { actionsOf, now, observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const { columns: _, ...withoutColumns } = sample.source;
const left = parsed({ ...sample, source: withoutColumns });
const made = partsOfCreated(modern);
const factsWith = (more: Partial<Facts> = {}): Facts => ({
  context,
  now,
  problems: [],
  warnings: [],
  choices: {},
  ...more,
});

describe('a plan that is too long for a history', () => {
  const change = (field: string, length: number): Change => ({ field, from: 'a'.repeat(length), to: null });
  const many = <One>(count: number, one: (index: number) => One) =>
    Array.from({ length: count }, (_, at) => one(at));
  const step = (changes: Change[], more: Partial<Step> = {}): Step => ({
    kind: 'flow',
    action: 'update',
    reason: 'x',
    needs: [],
    changes,
    ...more,
  });
  const long: Plan = {
    version: 1,
    dataflow: 'prod/orders',
    digest: 'd',
    steps: [
      step(many(250, (at) => change(`a${at}`, 2000))),
      step(
        many(200, (at) => change(`b${at}`, 5)),
        { masked: many(201, (at) => change(`c${at}`, 5)) },
      ),
      step([{ field: 'f'.repeat(400), added: many(203, (at) => at), removed: ['x'.repeat(400)] }]),
    ],
    problems: many(202, (at) => ({ field: `p${at}`, message: 'm'.repeat(400) })),
    warnings: [],
    columns: many(204, (at) => ({ name: `n${at}`, type: 'string' })),
    choices: [],
    summary: 's',
  };

  test('loses what is long in it: of lists the first are told, and how many there are besides', () => {
    const { steps, problems, columns, ...rest } = fittingPlan(long);
    expect(rest).toEqual({
      version: 1,
      dataflow: 'prod/orders',
      digest: 'd',
      warnings: [],
      choices: [],
      summary: 's',
    });
    const [first, second, third] = steps;
    expect(first!.changes).toHaveLength(201);
    expect(first!.changes[0]).toEqual({ field: 'a0', from: `"${'a'.repeat(298)}…`, to: null });
    expect(first!.changes[200]).toEqual({ field: '', from: null, to: 'and 50 more' });
    expect(second!.changes).toHaveLength(200);
    expect(second!.masked).toHaveLength(201);
    expect(second!.masked!.at(-1)).toEqual({ field: '', from: null, to: 'and 1 more' });
    const [rows] = third!.changes as Extract<Change, { added: unknown[] }>[];
    expect(rows!.field).toBe(`${'f'.repeat(299)}…`);
    expect(rows!.added.slice(198)).toEqual([198, 199, 'and 3 more']);
    expect(rows!.removed).toEqual([`"${'x'.repeat(298)}…`]);
    expect(problems).toHaveLength(201);
    expect(problems[0]).toEqual({ field: 'p0', message: `${'m'.repeat(299)}…` });
    expect(problems[200]).toEqual({ field: '', message: 'and 2 more' });
    expect(columns!.slice(199)).toEqual([
      { name: 'n199', type: 'string' },
      { name: 'and 4 more', type: '' },
    ]);
    expect(third).not.toHaveProperty('masked');
  });

  test('has no columns where it had none', () => {
    const { columns: __, ...without } = long;
    expect(fittingPlan(without)).not.toHaveProperty('columns');
  });
});

describe('over a base connection that is made with the dataflow', () => {
  const connection: Step<'baseConnection'> = {
    kind: 'baseConnection',
    action: 'create',
    reason: 'AEP has none of this name',
    changes: [],
    needs: [],
  };
  const over = (more: Partial<Facts>, definition = modern) =>
    planOf(definition, observedOf(definition), factsWith({ connection, ...more })).plan;

  test('the source connection is made after it, and nothing else is', () => {
    const { steps } = over({});
    expect(steps[0]).toBe(connection);
    expect(steps.slice(1).map(({ kind, needs }) => `${kind}: ${needs.join()}`)).toEqual([
      'sourceConnection: baseConnection',
      'schema: ',
      'dataset: schema',
      'targetConnection: schema,dataset',
      'mappingSet: schema',
      'flow: sourceConnection,targetConnection,mappingSet',
    ]);
  });

  test('columns cannot be read beforehand', () => {
    const problem = {
      field: 'source.columns',
      message: 'cannot be read from the source (its base connection is made with the dataflow): give them',
    };
    const source = { said: 'columns', columns: modern.source.columns! } as const;
    expect(over({}, left).problems).toEqual([problem]);
    expect(over({ source }, modern).problems).toEqual([]);
    expect(over({ source, connection: { ...connection, action: 'keep' } }, left).problems).toEqual([]);
    // What else is wrong says why nobody could tell.
    const down = { said: 'unknown', why: 'it is down' } as const;
    const kept = { connection: { ...connection, action: 'keep' as const }, source: down };
    const [other] = [{ field: 'x', message: 'y' }];
    expect(over({ ...kept, problems: [other!] }, left).problems).toEqual([other]);
    expect(over(kept, left).problems).toHaveLength(1);
    const missing = { ...kept, source: { said: 'missing' as const }, problems: [other!] };
    expect(over(missing, modern).problems).toHaveLength(2);
  });
});

describe('columns that are read', () => {
  const source = {
    said: 'columns',
    columns: [...modern.source.columns!, { name: 'More', type: 'string' }],
  } as const;
  const planned = (observed = observedOf(left)) =>
    planOf(left, observed, factsWith({ source: { ...source, columns: [...source.columns] } }));

  test('are those that a source connection of its own loads already, and no other', () => {
    expect(planned().columns).toHaveLength(4);
    const { flow: __, ...unfinished } = made;
    const ours = planned(observedOf(left, unfinished));
    expect(ours.columns).toHaveLength(3);
    expect(ours.plan).not.toHaveProperty('columns');
    const theirs = { ...made.sourceConnection!, mark: { dataflow: 'prod/other', nonce: 'aaaaaaaa' } };
    expect(planned(observedOf(left, { sourceConnection: theirs })).columns).toHaveLength(4);
    expect(planned(observedOf(left)).plan.columns).toHaveLength(4);
    expect(planOf(left, { found: {}, flows: [], givenIds: {} }, factsWith()).columns).toBeUndefined();
  });
});

describe('differences', () => {
  const of = (
    kind: 'dataset' | 'sourceConnection' | 'flow',
    changes: Partial<Observed>,
    mask: string[] = [],
    definition = modern,
  ) => {
    const parts = partsOfCreated(definition);
    return differencesOf(
      kind,
      definition,
      { ...(kind === 'dataset' ? { name: 'Orders' } : {}), ...bodyOf(kind, definition) },
      { ...parts[kind]!, ...changes },
      { now, mask },
    );
  };

  test('in a description that the definition leaves out are told, and not where it says one', () => {
    expect(of('dataset', { description: 'Theirs' })).toEqual({
      changes: [],
      edits: [],
      fixed: [],
      masked: [],
      besides: [{ field: 'dataset.description', value: 'Theirs' }],
    });
    expect(of('dataset', { description: 'Theirs' }, ['dataset']).besides).toEqual([]);
    const described = parsed({ ...sample, dataset: { name: 'Orders', description: 'Ours' } });
    expect(of('dataset', { description: 'Theirs' }, [], described)).toMatchObject({
      changes: [{ field: 'dataset.description', from: 'Theirs', to: 'Ours' }],
      besides: [],
    });
  });

  test('in names are masked as others are', () => {
    expect(of('dataset', { name: 'Theirs' }, ['dataset.name'])).toMatchObject({
      changes: [],
      edits: [],
      masked: [{ field: 'dataset.name', from: 'Theirs', to: 'Orders' }],
    });
    expect(of('dataset', { name: ' Orders ' }).changes).toEqual([]);
    const spaced = parsed({ ...sample, dataset: { name: 'Orders', description: ' Ours ' } });
    expect(of('dataset', { description: 'Ours' }, [], spaced).changes).toEqual([]);
  });

  test('of lists are told by the rows that are in one of them only, and of what is no list by both values', () => {
    const fields = made.sourceConnection!.fields;
    const base = { ...fields, params: { ...(fields['params'] as object), tableName: ['x'] } };
    expect(of('sourceConnection', { fields: base }).changes).toEqual([
      { field: 'source.tableName', from: ['x'], to: 'test1.Mytable' },
    ]);
  });

  function bodyOf(kind: 'dataset' | 'sourceConnection' | 'flow', definition: typeof modern) {
    return resources[kind].body(definition, ids, context);
  }
});

test('a plan in a line counts what is masked and what is wrong', () => {
  const masked: Change[] = [{ field: 'x', from: 1, to: 2 }];
  const step: Step = { kind: 'flow', action: 'keep', reason: 'x', changes: [], needs: [], masked };
  const problem = { field: 'x', message: 'y' };
  expect(summaryOf({ steps: [step], problems: [problem] })).toBe(
    'Nothing to change, 1 as they are, a difference masked, a problem',
  );
  expect(summaryOf({ steps: [step, step], problems: [problem, problem] })).toBe(
    'Nothing to change, 2 as they are, 2 differences masked, 2 problems',
  );
});

test('a plan as text tells of the watch what is changed, what is masked, and which columns are read', () => {
  const { plan: base } = plan(modern, observedOf(modern, made));
  const change: Change = { field: 'watch.pauseAfter', from: 3, to: 5 };
  const rows: Change = { field: 'mapping', added: ['a'], removed: [] };
  const text = (more: Partial<Plan>) => planAsText({ ...base, ...more }).split('\n');
  const changed = text({ watch: { changes: [change], masked: [rows] } });
  expect(changed.slice(8, 12)).toEqual([
    '  ~ watch is changed: Its watcher takes it',
    '      watch.pauseAfter: 3 → 5',
    '      mapping: (masked)',
    '        + "a"',
  ]);
  // Over Temporal's HTTP, empty lists arrive as null.
  const stays = text({ watch: { changes: null as never, masked: [change] } });
  expect(stays.slice(8, 10)).toEqual([
    '    watch stays: What differs is masked',
    '      watch.pauseAfter: 3 → 5 (masked)',
  ]);
  const columns = text({ columns: [{ name: 'a', type: 'string' }] });
  expect(columns.slice(8, 10)).toEqual(['', 'Columns, as the source has them: a']);
});

test('another part in the place of one that is not seen is a choice with its price', () => {
  expect(unseenPart('dataset', 'd')).toEqual({
    name: 'missingFlow',
    options: [
      {
        value: 'recreate',
        consequence:
          'Another dataset is made, and another flow that uses it: where d is only hidden from these credentials, what it holds stays where it is',
      },
    ],
  });
});

describe('what was found and nobody asks for', () => {
  test.each<[unknown, unknown, unknown[]]>([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: '' }, {}, []],
    [{ a: null, b: {}, c: [''], d: { e: null } }, {}, []],
    [{ a: 0 }, {}, [{ path: 'x.a', value: 0 }]],
    [{ a: 2 }, { a: 1 }, [{ path: 'x.a', value: 2 }]],
    [[{ name: 'a', v: 1 }], [{ name: 'b' }, { name: 'a', v: 1 }], []],
    [[{ name: 'a', v: 2 }], [{ name: 'a', v: 1 }], [{ path: 'x.a.v', value: 2 }]],
    // Not all have names, or one has it twice: the place tells.
    [[{ name: 'a', v: 2 }, 5], [{ name: 'a', v: 1 }, 5], [{ path: 'x[0].v', value: 2 }]],
    [[{ v: 2 }], [{ v: 1 }], [{ path: 'x[0].v', value: 2 }]],
    [
      [{ name: 'a', v: 2 }],
      [{ v: 1 }],
      [
        { path: 'x[0].name', value: 'a' },
        { path: 'x[0].v', value: 2 },
      ],
    ],
    [[{ name: 'a' }, { name: 'a', v: 2 }], [{ name: 'a' }, { name: 'a' }], [{ path: 'x[1].v', value: 2 }]],
    [{ a: [] }, { a: 5 }, []],
    [{ constructor: 5 }, {}, [{ path: 'x.constructor', value: 5 }]],
    [undefined, undefined, []],
  ])('of %j beside %j is %j', (found, asked, told) => expect(unsaid(found, asked, 'x')).toEqual(told));
});

test('a watch that is asked for with no more than it has changes nothing', () => {
  expect(watchChanges({ pauseAfter: 3 }, { pauseAfter: 3 })).toBeUndefined();
  expect(watchChanges({ pauseAfter: 3 }, { expectRows: true })).toStrictEqual({
    changes: [
      { field: 'watch.expectRows', from: true, to: null },
      { field: 'watch.pauseAfter', from: null, to: 3 },
    ],
  });
});

describe('facts', () => {
  const reads = (asked: string[], changes: Partial<FactReads> = {}): FactReads => ({
    flowSpec: async () => null,
    baseConnection: async () => ({}),
    connectionsNamed: async () => ({ found: [], names: [], problems: [] }),
    given: async (kind, id) =>
      kind === 'dataset' ? { id, fields: { schema: ids.schema } } : { id, fields: {} },
    connectionSpec: async () => ({ problems: [], warnings: [] }),
    encryptionKey: async () => ({}),
    descriptors: async (id) => (asked.push(`descriptors ${id}`), null),
    receivers: async () => ({}),
    part: async () => ({ types: ['string', 'string'] }),
    schemaOfTitle: async () => ({}),
    validate: async () => [],
    ...changes,
  });
  const captured = (changes: object) =>
    parsed({ ...sample, source: { ...sample.source, cdcEnabled: true }, ...changes });

  test('of a schema that takes changes are read of the one that is given, or that the dataset has', async () => {
    const other = 'https://ns.adobe.com/t/schemas/7';
    const asked: string[] = [];
    await factsOf(captured({ schema: { id: other } }), reads(asked));
    await factsOf(captured({ schema: undefined, dataset: { id: ids.dataset } }), reads(asked));
    await factsOf(captured({ schema: { id: other }, dataset: { id: ids.dataset } }), reads(asked));
    expect(asked).toEqual([`descriptors ${other}`, `descriptors ${ids.schema}`, `descriptors ${other}`]);
  });

  test('are empty of a flow spec that AEP does not have', async () => {
    const { context: found, ...facts } = await factsOf(parsed(fileSample), reads([]));
    expect(found).toEqual({ flowSpec: { id: '', version: '' } });
    expect(facts).not.toHaveProperty('step');
  });

  test('hold the step of a base connection that is made', async () => {
    const auth = {
      type: 'Basic Authentication',
      params: { server: 'x', port: 1, database: 'd', username: 'u', password: { secret: 'env:P' } },
    };
    const { baseConnectionId: __, ...source } = sample.source;
    const definition = parsed({
      ...sample,
      source: { ...source, connector: 'mysql', connection: { name: 'Shop', auth } },
    });
    expect((await factsOf(definition, reads([]))).step).toMatchObject({
      kind: 'baseConnection',
      action: 'create',
    });
  });

  test('of a definition whose watch tells nobody need none who is told', async () => {
    const watched = parsed({ ...sample, watch: { pauseAfter: 3 } });
    const { problems } = await factsOf(
      watched,
      reads([], { receivers: async () => Promise.reject(new Error('x')) }),
    );
    expect(problems.map(({ field }) => field)).toEqual(['source']);
  });
});

describe('several flows of a dataflow', () => {
  const own = { sourceConnection: 'source-13', targetConnection: 'target-17', flow: 'flow-19' };
  const inState = (parts: typeof made, state: string, createdAt?: number) => ({
    ...parts,
    flow: {
      ...parts.flow!,
      ...(createdAt === undefined ? {} : { createdAt }),
      fields: { ...parts.flow!.fields, state },
    },
  });

  test('that are enabled are told, all of them, and nothing is done to any', () => {
    const flows = [inState(made, 'enabled', now - 9e7), inState(partsOfCreated(modern, own), 'enabled', now)];
    const other = parsed({ ...sample, source: { ...sample.source, tableName: 'other' } });
    const planned = plan(other, { ...observedOf(other, ...flows), noted: new Set(['flow-9', 'flow-19']) });
    expect(planned.conflicts.map(({ message }) => message)).toEqual([
      '2 flows of prod/orders-from-bigquery are enabled, and each may have loaded rows: flow-9, flow-19. Delete in AEP those that are not to load any more, or disable them: the next update then deletes what is disabled beside the one that loads',
    ]);
    expect(planned.plan.choices).toEqual([]);
  });

  test('of which one is disabled share what only it does not have', () => {
    const late = inState(partsOfCreated(modern, { flow: 'flow-19' }), 'disabled');
    const planned = plan(modern, observedOf(modern, inState(made, 'enabled'), late));
    // The pair is the living flow's, too.
    expect(actionsOf(planned)).toEqual({ 'flow flow-19': 'remove' });
    expect(planned.plan.steps.at(-1)).toMatchObject({
      kind: 'flow',
      reason: 'Another has taken its place',
      needs: [],
    });
  });

  test('of which one is paused and replaced tell that the next will be, too', () => {
    const paused = inState(made, 'disabled');
    const other = parsed({ ...sample, source: { ...sample.source, tableName: 'other' } });
    const warnings = (definition: typeof modern) =>
      plan(definition, observedOf(definition, paused)).plan.warnings.map(({ message }) => message);
    expect(warnings(modern)).toEqual([
      'The flow flow-9 is disabled in AEP, and stays so: it loads nothing until somebody enables it',
    ]);
    expect(warnings(other)).toEqual([
      'The flow flow-9 is disabled in AEP, as the one that takes its place will be: it loads nothing until somebody enables it',
    ]);
  });
});

describe('what becomes of a part', () => {
  const described = parsed({ ...sample, description: 'New' });
  const withPart = (kind: Kind, changes: Partial<Observed>, parts: Parts = made): Parts => ({
    ...parts,
    [kind]: { ...parts[kind]!, ...changes },
  });
  const unmarked = (kind: Kind, changes: Partial<Observed> = {}, parts: Parts = made): Parts => {
    const { mark: __, ...part } = parts[kind]!;
    return { ...parts, [kind]: { ...part, ...changes } };
  };
  const stepOf = ({ plan: { steps } }: Planned, kind: Kind) => steps.find((step) => step.kind === kind)!;
  const of = (definition: typeof modern, parts: Parts, noted: string[] = []) =>
    plan(definition, { ...observedOf(definition, parts), noted: new Set(noted) });

  test('that somebody else marked is none of its own: a mapping set makes room, and what was given is named no more', () => {
    const theirs = { mark: { dataflow: 'prod/other', nonce: 'aaaaaaaa' } };
    const mapping = [sample.mapping[0], { source: 'Name', destination: 'person.name.lastName' }];
    expect(
      stepOf(of(parsed({ ...sample, mapping }), withPart('mappingSet', theirs)), 'mappingSet'),
    ).toMatchObject({
      action: 'replace',
      reason: "It is not the dataflow's own, and so is not changed",
    });
    expect(stepOf(of(modern, withPart('dataset', theirs)), 'dataset')).toMatchObject({
      action: 'replace',
      reason: "It is not the dataflow's own, and the definition does not name it any more",
      changes: [{ field: 'dataset.id', from: ids.dataset, to: null }],
    });
    const { name: __, ...nameless } = unmarked('dataset').dataset!;
    expect(stepOf(of(described, { ...made, dataset: nameless }), 'dataset').action).toBe('replace');
  });

  test('that has lost its mark is told, with the mark that would make it its own again', () => {
    const message = (id: string, nonce: string) =>
      `An earlier run made the flow ${id}, but it does not carry the mark of prod/orders-from-bigquery any more, and so is neither changed nor deleted. To put it back, make this the last line of its description: "Managed by aep-dataflows: prod/orders-from-bigquery #${nonce}". If it is the dataflow's no longer, rename or delete it, or give the dataflow another name`;
    for (const [id, nonce] of [
      ['flow-9', '000flow9'],
      ['AB-CD-ef12345', 'abcdef12345'.slice(-8)],
    ] as const) {
      const { flow: __, ...others } = made;
      const lost = unmarked('flow', { id }).flow!;
      const observed = observedOf(modern, others);
      const found = { ...observed.found, flow: [lost] };
      const planned = plan(modern, { ...observed, found, noted: new Set([id]) });
      expect(stepOf(planned, 'flow')).toStrictEqual({
        kind: 'flow',
        action: 'conflict',
        id,
        reason: message(id, nonce),
        changes: [],
        needs: ['sourceConnection', 'targetConnection', 'mappingSet'],
      });
      // One that carries it counts before it.
      const both = { ...observed.found, flow: [lost, { ...made.flow!, id: 'flow-10' }] };
      expect(stepOf(plan(modern, { ...observed, found: both, noted: new Set([id]) }), 'flow')).toMatchObject({
        action: 'adopt',
        id: 'flow-10',
      });
    }
    // Of a mapping set AEP may keep no name, and so no mark.
    const { name: __, ...nameless } = unmarked('mappingSet').mappingSet!;
    const { plan: kept } = of(modern, { ...made, mappingSet: nameless }, [ids.mappingSet]);
    expect(kept.warnings).toEqual([]);
  });

  test('that was made before counts as it is, whatever others of its name there are', () => {
    const { flow: __, ...before } = made;
    const observed = observedOf(described, before);
    const foreign: Observed = { id: 'a', name: made.sourceConnection!.name!, fields: {} };
    const found = { ...observed.found, sourceConnection: [foreign, made.sourceConnection!] };
    const facts = { context, now, problems: [], warnings: [], choices: {}, mask: ['description'] };
    const planned = planOf(described, { ...observed, found }, facts);
    expect(stepOf(planned, 'sourceConnection')).toMatchObject({
      action: 'adopt',
      id: ids.sourceConnection,
      changes: [],
      masked: [{ field: 'description', from: null, to: 'New' }],
    });
    const alone = plan(modern, { ...observed, found: { ...observed.found, sourceConnection: [foreign] } });
    expect(alone.plan.warnings).toEqual([]);
    expect(stepOf(alone, 'sourceConnection')).toStrictEqual({
      kind: 'sourceConnection',
      action: 'create',
      reason: 'There is none yet',
      changes: [],
      needs: [],
    });
  });

  test('that the living flow uses and nobody sees is told as such', () => {
    const { dataset: __, ...others } = made;
    expect(of(modern, others).conflicts.map(({ message }) => message)).toEqual([
      `The dataset ${ids.dataset}, which the living flow uses, was deleted by others, or is hidden by an access label: updateDataflow with "missingFlow": "recreate" makes another`,
    ]);
    const { mappingSet: ___, ...unmapped } = made;
    expect(of(modern, unmapped).conflicts).toEqual([]);
  });
});
