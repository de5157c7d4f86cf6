/** A plan from what is read for it: here from a sandbox that is an object, as `planDataflow` reads it with activities. */
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { factsOf } from '../../src/plan/facts-of.ts';
import { makePlan, type Asked } from '../../src/plan/make-plan.ts';
import { fieldsToRecall, mappingProblems } from '../../src/plan/mapping-problems.ts';
import { observe, partsOf } from '../../src/plan/observe.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import type { PlanReads } from '../../src/plan/reads.ts';
import { rowsTwice } from '../../src/plan/rows-twice.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { Observed } from '../../src/resources/resource.ts';
import { readFields } from '../../src/xdm/fields.ts';
import { partKey, partsOf as partsOfSchema } from '../../src/xdm/judge.ts';
import { typeAt } from '../../src/xdm/look-up.ts';
import { nearestPaths } from '../../src/xdm/nearest-path.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { ids } from '../resources/sample-ids.ts';
import { answer } from '../xdm/sample.ts';
import { now, partsOfCreated } from './living.ts';

const modern = parsed(sample);
const changed = (changes: object): Definition => parsed({ ...sample, ...changes });
const root = readFields(answer);
const typesOf = (paths: string[]) => paths.map((path) => typeAt(root, path));
const bigQuery = '3c9b37f8-13a6-43d8-bad3-b863b941fedd';

/** A sandbox in which all is well, and which has these flows with their parts; `asked` notes each call. */
function sandbox(flows: Parts[], changes: Partial<PlanReads> = {}) {
  const asked: string[] = [];
  const all = flows.flatMap((parts) => Object.entries(parts) as [Kind, Observed][]);
  const found = (kind: Kind, id: string) =>
    all.find(([one, { id: other }]) => one === kind && other === id)?.[1] ?? null;
  const reads: PlanReads = {
    flowSpec: async () => ({ id: 'spec', version: '1.0', problems: [] }),
    baseConnection: async () => ({ state: 'enabled', connectionSpecId: bigQuery }),
    connectionsNamed: async () => ({ found: [], names: [], problems: [] }),
    given: async (kind, id) => found(kind, id),
    connectionSpec: async () => ({ problems: [], warnings: [] }),
    encryptionKey: async () => ({}),
    descriptors: async () => null,
    receivers: async () => ({}),
    part: async (_, paths, nearestTo = []) => ({
      types: typesOf(paths),
      nearest: nearestPaths(root, nearestTo),
    }),
    schemaOfTitle: async () => ({}),
    validate: async () => [],
    source: async () => undefined,
    notes: async () => ({ ids: [] }),
    look: async (kind) => all.filter(([one]) => one === kind).map(([, one]) => one),
    read: async (kind, id) => found(kind, id),
    rows: async () => false,
    ...changes,
  };
  const noted = Object.fromEntries(
    Object.entries(reads).map(([name, read]) => [
      name,
      (...args: unknown[]) => {
        asked.push(`${name} ${JSON.stringify(args)}`);
        return (read as (...all: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as PlanReads;
  return {
    reads: noted,
    asked,
    callsOf: (name: string) => asked.filter((one) => one.startsWith(`${name} `)),
  };
}

const planFrom = (definition: Definition, { reads }: { reads: PlanReads }, more: Partial<Asked> = {}) =>
  makePlan({ definition, warnings: [], now: () => now, ...more }, reads);

describe('what a definition takes for granted', () => {
  const problemsWith = async (
    definition: Definition,
    changes: Partial<PlanReads> = {},
    flows: Parts[] = [],
  ) =>
    (await factsOf(definition, sandbox(flows, changes).reads)).problems.map(
      ({ field, message }) => `${field}: ${message}`,
    );

  test('is no problem where all of it is there, and says which flow spec it is', async () => {
    const facts = await factsOf(modern, sandbox([]).reads);
    expect(facts).toEqual({
      definition: modern,
      context: { flowSpec: { id: 'spec', version: '1.0' } },
      given: {},
      problems: [],
      warnings: [],
      isInitializing: false,
    });
  });

  test.each<[string, Partial<PlanReads>, string[]]>([
    [
      'has no such flow spec',
      { flowSpec: async () => null },
      ['source: AEP has no flow spec CRMToAEP in the sandbox prod'],
    ],
    [
      'has a flow spec that does not allow it',
      { flowSpec: async () => ({ id: 's', version: '1', problems: [{ field: 'schedule', message: 'No' }] }) },
      ['schedule: No'],
    ],
    [
      'has no such base connection',
      { baseConnection: async () => null },
      [
        `source.baseConnectionId: ${sample.source.baseConnectionId} is not there: give the id of an existing base connection in the sandbox prod`,
      ],
    ],
    [
      'has a base connection that is disabled',
      { baseConnection: async () => ({ state: 'disabled' }) },
      [`source.baseConnectionId: ${sample.source.baseConnectionId} is disabled: it must be enabled`],
    ],
    ['does not say how its base connection is', { baseConnection: async () => ({}) }, []],
    [
      'has a base connection of another source',
      { baseConnection: async () => ({ state: 'enabled', connectionSpecId: 'x' }) },
      [
        `source.baseConnectionId: ${sample.source.baseConnectionId} is a base connection of the connection spec x, which has no name here, not of google-bigquery`,
      ],
    ],
  ])('is told where AEP %s', async (_, changes, problems) => {
    expect(await problemsWith(modern, changes)).toEqual(problems);
  });

  test('is not judged before AEP knows whether the credentials are good', async () => {
    const { reads } = sandbox([], { baseConnection: async () => ({ state: 'initializing' }) });
    expect(await factsOf(modern, reads)).toMatchObject({ problems: [], isInitializing: true });
  });

  test('asks for no base connection that is not named, and for no webhook', async () => {
    const { baseConnectionId: _, ...source } = modern.source;
    const { reads, callsOf } = sandbox([]);
    expect((await factsOf({ ...modern, source: source as never }, reads)).problems).toEqual([]);
    expect([...callsOf('baseConnection'), ...callsOf('receivers')]).toEqual([]);
  });

  test('has to have the webhook that its watch names', async () => {
    const watched = changed({ watch: { notify: { webhook: 'on-call' } } });
    expect(await problemsWith(watched, { receivers: async () => ({ webhook: ['on-call'] }) })).toEqual([]);
    expect(await problemsWith(watched)).toEqual([
      expect.stringMatching(/^watch\.notify\.webhook: .*AEP_WEBHOOK_ON_CALL_URL/),
    ]);
  });

  test('has to have what is given, with the schema that is given', async () => {
    const parts = partsOfCreated(modern);
    const given = changed({ schema: undefined, dataset: { id: ids.dataset } });
    const { reads, asked } = sandbox([parts]);
    expect(await factsOf(given, reads)).toMatchObject({
      problems: [],
      given: { dataset: ids.dataset, schema: ids.schema },
    });
    // The mapping goes into the dataset's schema.
    expect(asked.some((one) => one.startsWith('part') && one.includes(ids.schema))).toBe(true);
    expect(await problemsWith(given)).toEqual([
      `dataset.id: ${ids.dataset} is not there: give the id of an existing dataset in the sandbox prod`,
    ]);
    const both = changed({ schema: { id: ids.schema }, dataset: { id: ids.dataset } });
    expect(await problemsWith(both, {}, [parts])).toEqual([]);
    const other = { ...parts.dataset!, fields: { schema: 'https://ns.adobe.com/t/schemas/5' } };
    expect(await problemsWith(both, {}, [{ ...parts, dataset: other }])).toEqual([
      `schema.id: is ${ids.schema}, but the dataset ${ids.dataset} has the schema https://ns.adobe.com/t/schemas/5`,
    ]);
    expect(await problemsWith(changed({ schema: { id: ids.schema } }))).toEqual([
      `schema.id: ${ids.schema} is not there: give the id of an existing schema in the sandbox prod`,
    ]);
  });

  test('asks the flow spec about a flow with the start that is given', async () => {
    const { reads, callsOf } = sandbox([]);
    const later = changed({ schedule: { ...sample.schedule, startTime: 2_000_000_000 } });
    await factsOf(later, reads);
    await factsOf(modern, reads);
    expect(callsOf('flowSpec').map((one) => /"startTime":\d+/.exec(one)?.[0])).toEqual([
      '"startTime":2000000000',
      '"startTime":0',
    ]);
  });
});

describe('a mapping', () => {
  const wrong = changed({
    mapping: [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.fulName' },
    ],
  });
  const missing = {
    field: 'mapping[1].destination',
    message:
      '"person.name.fulName" is not in the class and the field groups of the schema; did you mean "person.name.fullName"?',
    suggestion: 'person.name.fullName',
  };

  test('that leads somewhere costs one read of each part, and none of those that are remembered', async () => {
    const { reads, callsOf, asked } = sandbox([]);
    expect(await mappingProblems(modern, undefined, reads)).toEqual([]);
    expect(callsOf('part')).toHaveLength(2);
    expect(asked).toHaveLength(2);
    const known = Object.fromEntries(
      partsOfSchema(modern, undefined).map((part) => [
        partKey(part),
        { types: typesOf(['_id', 'person.name.fullName']) },
      ]),
    );
    const again = sandbox([]);
    expect(await mappingProblems(modern, undefined, again.reads, known)).toEqual([]);
    expect(again.asked).toEqual([]);
    const [first] = Object.keys(known);
    const { [first!]: __, ...others } = known;
    expect(await mappingProblems(modern, undefined, again.reads, others)).toEqual([]);
    expect(again.callsOf('part')).toHaveLength(1);
  });

  test('that leads nowhere is told with what was meant, once somebody has looked anew', async () => {
    const { reads, callsOf } = sandbox([]);
    expect(await mappingProblems(wrong, undefined, reads)).toEqual([missing]);
    expect(callsOf('part')).toHaveLength(4);
    expect(callsOf('schemaOfTitle')).toEqual([
      `schemaOfTitle ${JSON.stringify(['Orders', ['_id', 'person.name.fulName']])}`,
    ]);
    // What is remembered may be old: somebody may have added the field.
    const old = Object.fromEntries(
      partsOfSchema(modern, undefined).map((part) => [partKey(part), { types: ['string', null] }]),
    );
    expect(await mappingProblems(modern, undefined, sandbox([]).reads, old)).toEqual([]);
  });

  test('that leads somewhere, but from what does not fit, has nobody look for a schema of this title', async () => {
    const { reads, callsOf } = sandbox([]);
    const odd = changed({ mapping: [{ source: 'Datefield', destination: 'person.active' }] });
    expect(await mappingProblems(odd, undefined, reads)).toMatchObject([{ field: 'mapping[0].destination' }]);
    expect(callsOf('schemaOfTitle')).toEqual([]);
  });

  test('into a schema that is to be made is judged with all else that is wrong', async () => {
    const { problems } = await factsOf(wrong, sandbox([], { flowSpec: async () => null }).reads);
    expect(problems.map(({ field }) => field)).toEqual(['source', missing.field]);
  });

  test('may lead to a field that a schema of this title has got since', async () => {
    const { reads } = sandbox([], { schemaOfTitle: async () => ({ types: ['string', 'string'] }) });
    expect(await mappingProblems(wrong, undefined, reads)).toEqual([]);
  });

  test('into a schema that is there is judged by AEP too; of a row that is told already ours says more', async () => {
    const refused = [
      { index: 0, why: 'Not like this' },
      { index: 1, why: 'No such field' },
    ];
    const { reads, callsOf } = sandbox([], { validate: async () => refused });
    const problems = await mappingProblems(wrong, ids.schema, reads);
    expect(problems.map(({ field }) => field)).toEqual(['mapping[1].destination', 'mapping[0]']);
    expect(problems[1]!.message).toBe('is not valid, says AEP: Not like this');
    expect(callsOf('validate')[0]).toContain(ids.schema);
    expect(callsOf('schemaOfTitle')).toEqual([]);
  });

  test('of two hundred field groups asks twenty at once, and for what five of those that are gone may have meant', async () => {
    const fieldGroups = Array.from({ length: 50 }, (_, index) => `https://ns.adobe.com/xdm/mixins/${index}`);
    const many = { ...modern, schema: { ...sample.schema, fieldGroups } };
    let [now, most] = [0, 0];
    const seeking: boolean[] = [];
    const { reads } = sandbox([], {
      part: async ({ id }, paths, nearestTo) => {
        most = Math.max(most, (now += 1));
        await Promise.resolve();
        now -= 1;
        if (!/mixins\/[0-7]$/.test(id)) return { types: typesOf(paths), nearest: [] };
        seeking.push(nearestTo !== undefined);
        return {};
      },
    });
    const problems = await mappingProblems(many, undefined, reads);
    expect(problems.map(({ field }) => field)).toEqual(
      Array.from({ length: 8 }, (_, index) => `schema.fieldGroups[${index}]`),
    );
    expect(most).toBe(20);
    expect(seeking.filter(Boolean)).toHaveLength(5);
    expect(seeking).toHaveLength(16);
  });

  test('is remembered by what gives its schema the fields, where the definition says what that is', () => {
    expect(fieldsToRecall(modern)).toEqual({
      sandbox: 'prod',
      parts: [
        { kind: 'class', id: sample.schema.class },
        { kind: 'fieldGroup', id: sample.schema.fieldGroups[0] },
      ],
      paths: ['_id', 'person.name.fullName'],
    });
    expect(fieldsToRecall(changed({ schema: { id: ids.schema } }))?.parts).toEqual([
      { kind: 'schema', id: ids.schema },
    ]);
    const alone = changed({ schema: undefined, dataset: { id: ids.dataset } });
    expect(fieldsToRecall(alone)).toBeUndefined();
    const both = changed({ schema: { id: ids.schema }, dataset: { id: ids.dataset } });
    expect(fieldsToRecall(both)?.parts).toEqual([{ kind: 'schema', id: ids.schema }]);
  });
});

describe('what AEP has of a dataflow', () => {
  const parts = partsOfCreated(modern);
  const other = partsOfCreated(modern, {
    sourceConnection: 'source-13',
    targetConnection: 'target-17',
    flow: 'flow-19',
  });
  const theirs = { ...other.flow!, mark: { dataflow: 'prod/other', nonce: 'aaaaaaaa' } };
  const sight = (flows: Parts[], more: object = {}) => {
    const { reads } = sandbox(flows);
    return { look: (kind: Kind) => reads.look(kind, []), read: reads.read, given: {}, ...more };
  };

  test('is each flow of its own with all that it refers to, the oldest first', async () => {
    const younger = { ...other, flow: { ...other.flow!, createdAt: parts.flow!.createdAt! + 1 } };
    for (const flows of [
      [parts, younger],
      [younger, parts],
    ]) {
      const observed = await observe(modern, sight(flows));
      expect(observed.flows).toEqual([parts, younger]);
      expect(observed.found.flow).toHaveLength(2);
      expect(observed).not.toHaveProperty('missingFlow');
    }
    const [a, b] = [other, parts].map((one) => ({ ...one, flow: { ...one.flow!, createdAt: 5 } }));
    const sameAge = await observe(modern, sight([b!, a!]));
    expect(sameAge.flows.map(({ flow }) => flow!.id)).toEqual(['flow-19', 'flow-9']);
    expect((await observe(modern, sight([a!, b!]))).flows).toEqual(sameAge.flows);
  });

  test('is not a flow of somebody else’s', async () => {
    expect((await observe(modern, sight([{ flow: theirs }]))).flows).toEqual([]);
  });

  test('lacks the flow that an earlier run left, where no look shows it', async () => {
    const missing = async (flowLeft: string) =>
      (await observe(modern, sight([parts, { flow: theirs }], { flowLeft }))).missingFlow;
    expect(await missing('flow-8')).toBe('flow-8');
    expect(await missing('flow-9')).toBeUndefined();
    expect(await missing('flow-19')).toBeUndefined();
    // What ran after may have deleted it.
    const still = async (isStill: boolean) =>
      (await observe(modern, sight([parts], { flowLeft: 'flow-8', isStillLeft: async () => isStill })))
        .missingFlow;
    expect([await still(true), await still(false)]).toEqual(['flow-8', undefined]);
  });

  test('has all that earlier runs noted, and the flow that an update was to replace where that was paused', async () => {
    const noted = async (replacing?: object) =>
      observe(
        modern,
        sight([parts], { notes: { ids: [{ flow: 'a', schema: 'b' }, { flow: 'c' }], replacing } }),
      );
    expect((await noted()).noted).toEqual(new Set(['a', 'b', 'c']));
    expect(await noted({ flowId: 'flow-9', wasEnabled: false })).toMatchObject({ paused: 'flow-9' });
    expect(await noted({ flowId: 'flow-9', wasEnabled: true })).not.toHaveProperty('paused');
    expect(await noted()).not.toHaveProperty('paused');
  });

  test('is no flow that nobody marked', async () => {
    const { mark: __, ...unmarked } = parts.flow!;
    expect((await observe(modern, sight([{ flow: unmarked }]))).flows).toEqual([]);
  });

  test('is not looked for where the definition names it', async () => {
    const looked: Kind[] = [];
    const look = async (kind: Kind) => (looked.push(kind), []);
    const observed = await observe(modern, { ...sight([]), look, given: { schema: 's', dataset: 'd' } });
    expect(looked).toEqual(['sourceConnection', 'targetConnection', 'mappingSet', 'flow']);
    expect(observed.givenIds).toEqual({ schema: 's', dataset: 'd' });
    expect(Object.keys(observed.found)).toEqual(looked);
  });

  test('is looked for again, all of it, only where no flow of its own lives', async () => {
    const again: Kind[] = [];
    const lookAgain = async (kind: Kind, found: Observed[]) => {
      again.push(kind);
      return found.slice(1);
    };
    await observe(modern, sight([parts], { lookAgain }));
    expect(again).toEqual([]);
    const { found } = await observe(modern, sight([{ ...parts, flow: theirs }], { lookAgain }));
    expect(again).toHaveLength(6);
    expect(found.schema).toEqual([]);
  });

  test('is not known where a look failed, which stops the others', async () => {
    let stopped = 0;
    const look = async (kind: Kind) => {
      if (kind === 'schema') throw new Error('Away');
      return [];
    };
    const failing = { ...sight([]), look };
    await expect(observe(modern, { ...failing, stop: () => (stopped += 1) })).rejects.toThrow('Away');
    expect(stopped).toBe(1);
    await expect(observe(modern, failing)).rejects.toThrow('Away');
  });

  test('of a flow are its parts, each read once, as far as they are there, the mapping in the version it applies', async () => {
    const reads: string[] = [];
    const flow = { ...parts.flow!, fields: { ...parts.flow!.fields, mappingVersion: 3 } };
    const legacy = partsOfCreated(parsed(legacySample));
    const read = (of: Parts) => async (kind: Kind, id: string, version?: number) => {
      reads.push(`${kind} ${version}`);
      return of[kind]?.id === id ? of[kind] : null;
    };
    expect(await partsOf(flow, read(parts))).toEqual({ ...parts, flow });
    expect(reads).toContain('mappingSet 3');
    expect(reads.filter((one) => one !== 'mappingSet 3').every((one) => one.endsWith('undefined'))).toBe(
      true,
    );
    expect(await partsOf(legacy.flow!, read(legacy))).toEqual(legacy);
    const { sourceConnection: _, ...rest } = parts;
    expect(await partsOf(parts.flow!, read(rest))).toEqual(rest);
  });
});

describe('a plan', () => {
  const parts = partsOfCreated(modern);
  const { flow: _, ...partsMade } = parts;
  const kindsOf = async (definition: Definition, flows: Parts[], changes: Partial<PlanReads> = {}) => {
    const { plan } = await planFrom(definition, sandbox(flows, changes));
    return plan.warnings.map(({ code }) => code);
  };

  test('rests on what the reads say: problems, ids that earlier runs noted, the flow they left, and choices', async () => {
    const noted = { ids: [{ schema: 'a', flow: 'b' }, { schema: 'a' }, { schema: 'c' }], flowLeft: 'flow-8' };
    const world = sandbox([], { notes: async () => noted, flowSpec: async () => null });
    const { plan, conflicts } = await planFrom(modern, world);
    expect(plan.problems).toMatchObject([{ field: 'source' }]);
    expect(conflicts).toMatchObject([{ reason: 'missing', ids: ['flow-8'] }]);
    expect(world.callsOf('look')).toContain('look ["schema",["a","c"]]');
    expect(world.callsOf('look')).toContain('look ["dataset",[]]');
    const chosen = await planFrom(modern, world, {
      choices: { missingFlow: 'recreate' },
      warnings: [{ code: 'x' as never, message: 'y' }],
    });
    expect(chosen.conflicts).toEqual([]);
    expect(chosen.plan.warnings).toMatchObject([{ code: 'x' }]);
    const masked = await planFrom(
      changed({ schedule: { ...sample.schedule, interval: 30 } }),
      sandbox([parts]),
      {
        mask: ['schedule'],
      },
    );
    expect(masked.plan.summary).toContain('masked');
  });

  test('has AEP judge the mapping into a schema that it has, and that has no mapping set yet', async () => {
    const validate = async () => [{ index: 0, why: 'No' }];
    const problemsOf = async (flows: Parts[], changes: Partial<PlanReads> = {}) =>
      (await planFrom(modern, sandbox(flows, { validate, ...changes }))).plan.problems.map(
        ({ field }) => field,
      );
    const { mappingSet: __, ...unmapped } = partsMade;
    expect(await problemsOf([unmapped])).toEqual(['mapping[0]']);
    expect(await problemsOf([{ ...unmapped, flow: parts.flow! }])).toEqual(['mapping[0]']);
    expect(await problemsOf([partsMade])).toEqual([]);
    expect(await problemsOf([parts])).toEqual([]);
    expect(await problemsOf([])).toEqual([]);
    expect(await problemsOf([unmapped], { flowSpec: async () => null })).toEqual(['source']);
  });

  test('warns of rows that come twice, where a first run loads into a dataset that was there', async () => {
    const rows = async () => true;
    expect(await kindsOf(modern, [partsMade], { rows })).toEqual(['backfill-into-existing-dataset']);
    expect(await kindsOf(modern, [partsMade])).toEqual([]);
    expect(await kindsOf(modern, [parts], { rows })).toEqual([]);
    expect(await kindsOf(modern, [], { rows })).toEqual([]);
    const { dataset: __, ...others } = partsMade;
    const world = sandbox([others]);
    await planFrom(modern, world);
    expect(world.callsOf('rows')).toEqual([]);
  });

  test('asks the source for what the definition takes for granted, and not where there is nothing to ask', async () => {
    const { columns: __, ...source } = sample.source;
    const world = sandbox([], { source: async () => ({ said: 'missing' }) });
    expect((await planFrom(modern, world)).plan.problems).toMatchObject([{ field: 'source.tableName' }]);
    await planFrom(changed({ source }), world);
    const table = { source: { connectionId: source.baseConnectionId }, type: 'table', path: 'test1.Mytable' };
    expect(world.callsOf('source')).toEqual([
      `source ${JSON.stringify([{ ...table, columns: sample.source.columns }, false])}`,
      `source ${JSON.stringify([table, true])}`,
    ]);
    const pattern = { ...fileSample, source: { ...fileSample.source, path: '/orders-*/a.csv' } };
    const none = sandbox([]);
    await planFrom(parsed(pattern), none);
    expect(none.callsOf('source')).toEqual([]);
  });

  test('knows what is remembered of the fields, and which ids other environments give', async () => {
    const recalled = Object.fromEntries(
      partsOfSchema(modern, undefined).map((part) => [
        partKey(part),
        { types: typesOf(['_id', 'person.name.fullName']) },
      ]),
    );
    const world = sandbox([], { baseConnection: async () => null });
    const elsewhere = { [sample.source.baseConnectionId]: ['dev'] };
    const { plan } = await planFrom(modern, world, { recalled: { fields: recalled }, elsewhere });
    expect(world.callsOf('part')).toEqual([]);
    expect(plan.problems).toEqual([
      {
        field: 'source.baseConnectionId',
        message: expect.stringContaining('It is what dev has: give what is there') as string,
      },
    ]);
  });

  test('is stopped by a look that fails', async () => {
    let stopped = 0;
    const look = async () => {
      throw new Error('Away');
    };
    const planning = planFrom(modern, sandbox([], { look }), { stop: () => (stopped += 1) });
    await expect(planning).rejects.toThrow('Away');
    expect(stopped).toBe(1);
    await expect(planFrom(modern, sandbox([], { look }))).rejects.toThrow('Away');
  });
});

describe('what the first rows would become', () => {
  const rows = [{ fields: { _id: '1' }, refused: [] }];
  /** A plan that may ask, and the schemas that it asked with. */
  async function sampling(definition: Definition, world: { reads: PlanReads }) {
    const asked: unknown[] = [];
    const { plan } = await planFrom(definition, world, {
      previewRows: async (_, { outputSchema }) => {
        asked.push((outputSchema as { schemaRef: { id: string } }).schemaRef.id);
        return { rows };
      },
    });
    return { plan, asked };
  }

  test('is asked with the schema that is there, and is in no digest', async () => {
    const world = () => sandbox([partsOfCreated(modern)]);
    const { plan, asked } = await sampling(modern, world());
    expect(asked).toEqual([ids.schema]);
    expect(plan.rows).toEqual([{ fields: { _id: '1' } }]);
    const { rows: _, ...others } = plan;
    expect(others).toEqual((await planFrom(modern, world())).plan);
  });

  test('is not asked with a schema that is to be made, nor where something is against the plan', async () => {
    const toMake = await sampling(modern, sandbox([]));
    expect(toMake.asked).toEqual([]);
    expect(toMake.plan.warnings.map(({ code }) => code)).toContain('rows-not-shown');
    expect(toMake.plan).not.toHaveProperty('rows');
    // What lives of it is of another class.
    const other = { title: 'Others', class: 'https://ns.adobe.com/xdm/context/experienceevent' };
    const toReplace = await sampling(
      changed({ schema: { ...sample.schema, ...other } }),
      sandbox([partsOfCreated(modern)]),
    );
    expect(toReplace.plan.steps.find(({ kind }) => kind === 'schema')?.action).toBe('replace');
    expect(toReplace.asked).toEqual([]);
    const wrong = await sampling(
      modern,
      sandbox([partsOfCreated(modern)], { baseConnection: async () => null }),
    );
    expect(wrong.plan.problems).toHaveLength(1);
    expect(wrong.asked).toEqual([]);
    expect(wrong.plan.warnings.map(({ code }) => code)).not.toContain('rows-not-shown');
  });

  test('is asked with the schema of a dataset that is given alone', async () => {
    const { schema: _, ...rest } = sample;
    const given = parsed({ ...rest, dataset: { id: ids.dataset } });
    expect((await sampling(given, sandbox([partsOfCreated(modern)]))).asked).toEqual([ids.schema]);
  });
});

describe('a first run into a dataset that was there before', () => {
  const once = changed({ schedule: { frequency: 'once' }, deltaColumn: undefined });
  const fromNow = changed({ schedule: { ...sample.schedule, backfill: false } });
  const unsaid = changed({ schedule: { frequency: 'hour', interval: 1 } });

  test.each<[string, Definition, boolean | undefined, string | undefined]>([
    [
      'backfills, as it is told',
      modern,
      true,
      'schedule.backfill: The dataset d held rows before: the first run takes every row of the source, and those that the dataset has already come twice. "backfill": false takes only what is new',
    ],
    [
      'backfills, as AEP does',
      unsaid,
      true,
      'schedule.backfill: The dataset d held rows before: the first run takes every row of the source, and those that the dataset has already come twice. "backfill": false takes only what is new',
    ],
    [
      'loads once',
      once,
      true,
      'schedule.frequency: The dataset d held rows before: the first run takes every row of the source, and those that the dataset has already come twice',
    ],
    [
      'loads once, into what nobody could look into',
      once,
      undefined,
      'schedule.frequency: Whether the dataset d held rows before could not be read. If it did: the first run takes every row of the source, and those that the dataset has already come twice',
    ],
    ['loads into what is empty', modern, false, undefined],
    ['takes only what is new', fromNow, true, undefined],
  ])('%s', async (_, definition, held, told) => {
    const warning = await rowsTwice(definition, 'd', async () => held);
    expect(warning && `${warning.field}: ${warning.message}`).toBe(told);
  });
});
