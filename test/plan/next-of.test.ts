import { describe, expect, test } from 'vitest';
import { openChoices, tellChoices } from '../../src/plan/choices-of.ts';
import { nextOf, type Approved } from '../../src/plan/next-of.ts';
import { countsOf, isIdle, type Action, type Plan } from '../../src/plan/plan.ts';
import { planOf, type Planned } from '../../src/plan/plan-of.ts';
import { parsed, sample } from '../definition/sample.ts';
import { context } from '../resources/sample-ids.ts';
import { now, observedOf, partsOfCreated, plan } from './living.ts';

const modern = parsed(sample);
const changed = (changes: object) => parsed({ ...sample, ...changes });
const made = () => partsOfCreated(modern);
const slower = () => changed({ schedule: { ...sample.schedule, interval: 30 } });
const elsewhere = () => changed({ source: { ...sample.source, tableName: 'other.Table' } });
const of = (definition = modern, ...flows: ReturnType<typeof made>[]) =>
  plan(definition, observedOf(definition, ...flows));
const next = (planned: Planned, approved: Approved = {}) => nextOf(planned, approved);

describe('what follows from a plan', () => {
  test('is the workflow that makes the dataflow, or the one that changes it, or nothing', () => {
    expect(next(of())).toEqual({ start: 'createDataflow' });
    expect(next(of(slower(), made()))).toEqual({ start: 'updateDataflow' });
    expect(next(of(modern, made()))).toEqual({ start: 'nothing' });
  });

  test('is a choice, until one that is offered is made', () => {
    const planned = of(elsewhere(), made());
    const refused = next(planned);
    expect(refused).toMatchObject({ type: 'ChoiceNeeded', message: tellChoices(planned.plan.choices) });
    expect(next(planned, { replaceFlow: 'backfill' })).toEqual({ start: 'updateDataflow' });
    const once = changed({ schedule: { frequency: 'once' }, deltaColumn: undefined });
    expect(next(of(once, made()), { replaceFlow: 'from-now' })).toMatchObject({ type: 'ChoiceNeeded' });
  });

  test('is a conflict, but for a flow that is missing and is to be made again', () => {
    const missing = plan(modern, { ...observedOf(modern), missingFlow: 'flow-8' });
    expect(next(missing)).toEqual({ type: 'Conflict', message: missing.conflicts[0]!.message });
    expect(next(missing, { missingFlow: 'recreate' })).toEqual({ start: 'updateDataflow' });
    const { flow, ...rest } = made();
    const mark = { dataflow: 'prod/other', nonce: 'aaaaaaaa' };
    const taken = plan(modern, { ...observedOf(modern, rest), found: { flow: [{ ...flow!, mark }] } });
    expect(next(taken, { missingFlow: 'recreate' })).toMatchObject({ type: 'Conflict' });
  });

  test('is what is wrong with the definition', () => {
    const facts = { context, now, problems: [{ field: 'x', message: 'No' }], warnings: [], choices: {} };
    const wrong = planOf(modern, observedOf(modern, made()), facts);
    expect(next(wrong)).toEqual({
      type: 'InvalidDefinition',
      message: 'The definition has a problem:\nx: No',
    });
  });

  test('is nothing where it is not the plan that somebody has looked at', () => {
    const planned = of();
    expect(next(planned, { digest: planned.plan.digest })).toEqual({ start: 'createDataflow' });
    expect(next(planned, { digest: 'abc' })).toEqual({
      type: 'StalePlan',
      message: `This is not the plan that was looked at: AEP or the definition has changed since. Now it is: 6 to create (${planned.plan.digest})`,
    });
  });
});

test('a choice that nobody has made is told with what follows from each of its ways, a line for each', () => {
  const choices: Plan['choices'] = [
    {
      name: 'replaceFlow',
      options: [
        { value: 'from-now', consequence: 'A' },
        { value: 'backfill', consequence: 'B' },
      ],
    },
    { name: 'missingFlow', options: [{ value: 'recreate', consequence: 'C' }] },
  ];
  const open = (chosen: Approved) => openChoices({ choices } as Plan, chosen).map(({ name }) => name);
  expect(open({})).toEqual(['replaceFlow', 'missingFlow']);
  expect(open({ replaceFlow: 'backfill' })).toEqual(['missingFlow']);
  expect(open({ replaceFlow: 'from-now', missingFlow: 'recreate' })).toEqual([]);
  expect(tellChoices(choices)).toBe(
    'This update takes a choice:\n"replaceFlow": "from-now": A\n"replaceFlow": "backfill": B\n"missingFlow": "recreate": C',
  );
});

test('a plan is counted by what its resources come to', () => {
  const step = (action: Action, masked?: number) =>
    ({ action, ...(masked === undefined ? {} : { masked: Array.from({ length: masked }) }) }) as never;
  const problem = { field: 'x', message: 'No' };
  expect(
    countsOf({
      steps: [step('keep', 2), step('keep', 0), step('create'), step('update', 1)],
      problems: [problem],
    }),
  ).toStrictEqual({
    keep: 2,
    create: 1,
    update: 1,
    masked: 3,
    problems: 1,
  });
  expect(countsOf({ steps: [], problems: [] })).toStrictEqual({});
  const all: Action[] = ['create', 'adopt', 'given', 'keep', 'update', 'replace', 'remove', 'conflict'];
  expect(all.filter(isIdle)).toEqual(['adopt', 'given', 'keep']);
});

test('a digest moves with what AEP has of each resource that the plan keeps', () => {
  const digests = (['dataset', 'mappingSet', 'targetConnection'] as const).map((kind) => {
    const parts = made();
    return of(modern, { ...parts, [kind]: { ...parts[kind]!, description: 'Other' } }).plan.digest;
  });
  expect(new Set([of(modern, made()).plan.digest, ...digests]).size).toBe(4);
  // And not with what is none of its own.
  const observed = observedOf(modern, made());
  const stranger = { id: 'stranger', name: 'x', fields: {} };
  const found = { ...observed.found, schema: [...observed.found.schema!, stranger] };
  expect(plan(modern, { ...observed, found }).plan.digest).toBe(of(modern, made()).plan.digest);
});
