import { describe, expect, test } from 'vitest';
import type { Plan, Step } from '../../src/plan/plan.ts';
import { isEmpty, summaryOf } from '../../src/plan/plan.ts';
import { planAsMarkdown, planAsMermaid, planAsText } from '../../src/plan/render.ts';

const step = (kind: Step['kind'], action: Step['action'], others: Partial<Step> = {}): Step => ({
  kind,
  action,
  reason: 'Why',
  changes: [],
  needs: [],
  ...others,
});

function planOf(steps: Step[], others: Partial<Plan> = {}): Plan {
  const summary = summaryOf({ steps, problems: [], ...others });
  return {
    version: 1,
    dataflow: 'prod/orders',
    digest: 'abc',
    steps,
    problems: [],
    warnings: [],
    choices: [],
    summary,
    ...others,
  };
}

const whole = planOf(
  [
    step('sourceConnection', 'replace', {
      id: 'source-3',
      changes: [{ field: 'source.tableName', from: 'a', to: undefined }],
    }),
    step('schema', 'given', { id: 'schema-4' }),
    step('dataset', 'adopt', { id: 'dataset-5', needs: ['schema'] }),
    step('datasetBaseConnection', 'conflict', { needs: ['dataset'] }),
    step('targetConnection', 'create', { needs: ['schema', 'dataset'] }),
    step('mappingSet', 'update', {
      id: 'a "set"',
      changes: [{ field: 'mapping', added: [{ source: 'a' }], removed: [{ source: 'b' }] }],
      needs: ['schema', 'adHocSchema'],
    }),
    step('flow', 'keep', { id: 'flow-9', needs: ['sourceConnection', 'targetConnection', 'mappingSet'] }),
    step('flow', 'remove', { id: 'flow-8' }),
  ],
  {
    problems: [
      { field: 'schedule.startTime', message: 'It has passed' },
      { field: '', message: 'It is too large' },
    ],
    warnings: [{ code: 'flow-disabled', message: 'It stays disabled' }],
    choices: [{ name: 'replaceFlow', options: [{ value: 'backfill', consequence: 'All comes twice' }] }],
  },
);

test('a plan as text has a line for each step and change, then problems, warnings and choices, and ends with its summary', () => {
  expect(planAsText(whole)).toBe(`Plan for prod/orders

-/+ source connection source-3 is replaced: Why
      source.tableName: "a" → nothing
    schema schema-4 is given: Why
    dataset dataset-5 stays: Why
  ! dataset base connection is in the way: Why
  + target connection is made: Why
  ~ mapping set a "set" is changed: Why
      mapping:
        - {"source":"b"}
        + {"source":"a"}
    flow flow-9 stays: Why
  - flow flow-8 is deleted: Why

Problems:
  schedule.startTime: It has passed
  It is too large

Warnings:
  It stays disabled

A choice to make, replaceFlow:
  "backfill": All comes twice

1 to create, 1 to change, 1 to replace, 1 to delete, 1 in conflict, 3 as they are, 2 problems.
Digest: abc`);
});

test('a plan without problems, warnings and choices has no headings for them, and as Markdown it is a code block', () => {
  const text = planAsText(planOf([step('flow', 'keep', { id: 'flow-9' })]));
  expect(text).toBe(`Plan for prod/orders

    flow flow-9 stays: Why

Nothing to change, 1 as they are.
Digest: abc`);
  expect(planAsMarkdown(planOf([step('flow', 'keep', { id: 'flow-9' })]))).toBe(`\`\`\`\n${text}\n\`\`\``);
});

test('nothing in a plan ends the code block that it is in', () => {
  const markdown = planAsMarkdown(planOf([step('flow', 'keep', { reason: '```\n# All is well\n````' })]));
  expect(markdown.startsWith('`````\nPlan for')).toBe(true);
  expect(markdown.endsWith('\n`````')).toBe(true);
});

test('of a long value its beginning is told, and of many rows the first twenty and how many there are besides', () => {
  const rows = (count: number) =>
    planOf([
      step('mappingSet', 'update', {
        changes: [
          { field: 'mapping', added: Array.from({ length: count }, (_, index) => index), removed: [] },
          { field: 'description', from: 'x'.repeat(100), to: 'y' },
        ],
      }),
    ]);
  const lines = planAsText(rows(23)).split('\n');
  expect(lines.filter((line) => line.startsWith('        +'))).toHaveLength(20);
  expect(lines).toContain('        and 3 more');
  expect(lines).toContain(`      description: "${'x'.repeat(78)}… → "y"`);
  expect(planAsText(rows(20))).not.toContain('more');
});

test('a plan as a picture has a node for each step and an arrow to it from what it needs, where that has a step', () => {
  expect(planAsMermaid(whole)).toBe(`flowchart LR
  sourceConnection0["-/+ source connection<br/>source-3"]:::replace
  schema1["schema<br/>schema-4"]:::given
  dataset2["dataset<br/>dataset-5"]:::adopt
  datasetBaseConnection3["! dataset base connection"]:::conflict
  targetConnection4["+ target connection"]:::create
  mappingSet5["~ mapping set<br/>a #quot;set#quot;"]:::update
  flow6["flow<br/>flow-9"]:::keep
  flow7["- flow<br/>flow-8"]:::remove
  schema1 --> dataset2
  dataset2 --> datasetBaseConnection3
  schema1 --> targetConnection4
  dataset2 --> targetConnection4
  schema1 --> mappingSet5
  sourceConnection0 --> flow6
  targetConnection4 --> flow6
  mappingSet5 --> flow6`);
});

describe('a plan in one line', () => {
  const problem = { field: 'x', message: 'y' };
  test.each([
    [['create', 'create', 'update'], [], '2 to create, 1 to change'],
    [['keep', 'adopt', 'given'], [], 'Nothing to change, 3 as they are'],
    [['replace', 'remove', 'conflict'], [problem], '1 to replace, 1 to delete, 1 in conflict, a problem'],
    [[], [], 'Nothing to change'],
  ] as [Step['action'][], (typeof problem)[], string][])('of %j and %j', (actions, problems, line) => {
    const steps = actions.map((action) => step('flow', action));
    expect(summaryOf({ steps, problems })).toBe(line);
    expect(isEmpty({ steps })).toBe(line.startsWith('Nothing'));
  });
});

test('of a plan with sampled rows each row has a line for each field', () => {
  const rows = [{ fields: { _id: '1', 'person.name.fullName': 'x'.repeat(100) }, more: 3 }, { fields: {} }];
  expect(planAsText(planOf([], { rows }))).toBe(`Plan for prod/orders


The first rows, as they would become:
  Row 1:
      _id = "1"
      person.name.fullName = "${'x'.repeat(78)}…
      and 3 more
  Row 2:

Nothing to change.
Digest: abc`);
  expect(planAsText(planOf([], { rows: [] }))).not.toContain('first rows');
});
