import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isEmpty } from '../../src/plan/plan.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { actionsOf, now, observedOf, partsOfCreated, plan } from './living.ts';

/** The rows of what can be changed in docs/changing.md: each is planned, and says what its plan does. */
const page = readFileSync('docs/changing.md', 'utf8');
const [, section = ''] = page.split('\n## What can be changed\n\n');
const rows = section
  .split('\n\n')
  .find((block) => block.startsWith('| in the definition'))!
  .split('\n')
  .slice(2)
  .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| |\|$/g, '').trim()));

const source = (changes: object) => ({ ...sample, source: { ...sample.source, ...changes } });
const schedule = (changes: object) => ({ ...sample, schedule: { ...sample.schedule, ...changes } });
const schema = (changes: object) => ({ ...sample, schema: { ...sample.schema, ...changes } });
const dataset = { schema: undefined, dataset: { id: '6e8a55ca53662c18af37a83b' } };
const ahead = { startTime: now / 1000 + 3600 };
const once = { ...sample, schedule: { frequency: 'once' }, deltaColumn: undefined };
const lastName = [sample.mapping[0], { source: 'Name', destination: 'person.name.lastName' }];
const noColumns = source({ columns: undefined });
const more = { columns: [...sample.source.columns, { name: 'More', type: 'string' }] };
const event = 'https://ns.adobe.com/xdm/context/experienceevent';
const work = 'https://ns.adobe.com/xdm/context/profile-work-details';
const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'literal', value: true } };
const csv = (changes: object) => ({ ...fileSample, source: { ...fileSample.source, ...changes } });
const encrypted = (encryption: object | undefined) => csv({ params: { type: 'folder' }, encryption });
const relational = (changes: object) => ({ ...source(changes), ...dataset });
const odata = { connector: 'generic-odata', baseConnectionId: 'a5c6b647-e784-4b58-86b6-47e784ab580b' };

/** For each row definitions before and after. */
const cases: Record<string, [before: object, after: object][]> = {
  'descriptions, titles, names of connections and the dataset': [
    [sample, { ...sample, description: 'New' }],
    [sample, schema({ title: 'Others' })],
    [sample, source({ name: 'Shop' })],
    [sample, { ...sample, target: { name: 'Lake' }, dataset: { name: 'Others', description: 'All' } }],
  ],
  '`schedule.frequency`, `interval`': [
    [sample, schedule({ interval: 30 })],
    [sample, schedule({ frequency: 'day', interval: 1 })],
  ],
  "`schedule.startTime`, `backfill`, before the flow's start": [
    [schedule(ahead), schedule({ startTime: ahead.startTime + 3600 })],
    [schedule(ahead), schedule({ ...ahead, backfill: false })],
  ],
  "`schedule.startTime` in the future, after the flow's start": [
    [sample, schedule({ ...ahead, backfill: undefined })],
  ],
  '`schedule.backfill`, or a start that has passed, after that': [
    [sample, schedule({ backfill: false })],
    [sample, schedule({ startTime: now / 1000 - 7200 })],
  ],
  '`schedule.frequency` to `once`': [[sample, once]],
  '`schedule.frequency` from `once`': [[once, sample]],
  '`options`': [
    [sample, { ...sample, options: { partialIngestionPercent: 7, errorDiagnosticsEnabled: true } }],
  ],
  '`mapping`': [[sample, { ...sample, mapping: lastName }]],
  '`mapping` of another column, where `source.columns` is left out': [
    [
      noColumns,
      { ...noColumns, mapping: [...sample.mapping, { source: 'More', destination: 'person.name.lastName' }] },
    ],
  ],
  '`mapping` of a flow that loads `once`': [[once, { ...once, mapping: lastName }]],
  '`schema.fieldGroups`, one more': [[sample, schema({ fieldGroups: [...sample.schema.fieldGroups, work] })]],
  '`schema.fieldGroups`, one less': [[sample, schema({ fieldGroups: [] })]],
  '`schema.class`': [[sample, schema({ class: event })]],
  '`schema.class` with another `schema.title`': [[sample, schema({ class: event, title: 'Events' })]],
  '`schema.id`, `dataset.id`': [
    [sample, { ...sample, ...dataset }],
    [sample, { ...sample, schema: { id: 'https://ns.adobe.com/t/schemas/9' } }],
  ],
  '`source.tableName`, `path`, `columns`, `format`, `params`, `data`, `cdcEnabled`': [
    [relational({}), relational({ cdcEnabled: true })],
    [sample, source({ tableName: 'other.Table' })],
    [sample, source(more)],
    [sample, source({ params: { entityType: 'view' } })],
    [fileSample, csv({ path: '/others' })],
    [fileSample, csv({ format: 'json', data: undefined })],
    [fileSample, csv({ data: { properties: { columnDelimiter: ';' } } })],
  ],
  '`source.filters`, also where it is left out now': [
    [sample, source({ filters })],
    [source({ filters }), sample],
  ],
  '`source.encryption`, another key': [
    [encrypted({ publicKeyId: 'old' }), encrypted({ publicKeyId: 'new' })],
    [encrypted({ publicKeyId: 'old' }), encrypted({ publicKeyId: 'old', signVerificationKeyId: 'own' })],
    [encrypted({ publicKeyId: 'old', signVerificationKeyId: 'own' }), encrypted({ publicKeyId: 'old' })],
  ],
  '`source.encryption`, where there was none, or left out now': [
    [encrypted(undefined), encrypted({ publicKeyId: 'key' })],
    [encrypted({ publicKeyId: 'key' }), encrypted(undefined)],
  ],
  '`source.connector`, `baseConnectionId`': [
    [sample, source({ baseConnectionId: '00000000-0000-4000-8000-000000000000' })],
    [sample, source(odata)],
  ],
  '`source.columns` with `adHocSchema`, one more or another': [
    [legacySample, { ...legacySample, source: { ...legacySample.source, ...more } }],
  ],
  '`deltaColumn`': [[sample, { ...sample, deltaColumn: { name: 'Name' } }]],
  '`watch`': [[sample, { ...sample, watch: { retry: { times: 3 } } }]],
  '`onFailure`, `giveUpAfter`': [[sample, { ...sample, onFailure: 'rollback', giveUpAfter: '1h' }]],
  '`name`, `sandbox`': [[sample, { ...sample, name: 'others' }]],
};

function planned(before: object, after: object) {
  const [made, wanted] = [parsed(before), parsed(after)];
  const parts = partsOfCreated(made);
  const isAnother = made.name !== wanted.name;
  return plan(wanted, isAnother ? observedOf(wanted) : observedOf(wanted, parts));
}

function whatHappens({ plan: found, conflicts, living }: ReturnType<typeof plan>): string {
  if (!living) return 'that is another dataflow';
  if (conflicts.length > 0) return '`Conflict`';
  if (isEmpty(found)) return 'nothing';
  return found.steps.some(({ kind, action }) => kind === 'flow' && action === 'replace')
    ? 'the flow is replaced'
    : 'in place';
}

test('every row of what can be changed has a case, and every case a row', () => {
  expect(rows.map(([first]) => first)).toEqual(Object.keys(cases));
});

describe.each(rows)('%s', (first, what, loads) => {
  test.each(cases[first!]!)(`is planned as the page says`, (before, after) => {
    const found = planned(before, after);
    expect(what!.startsWith(whatHappens(found)), `${what}, ${JSON.stringify(actionsOf(found))}`).toBe(true);
    expect(found.plan.warnings.map(({ code }) => code).includes('not-in-definition')).toBe(
      what!.includes('a warning'),
    );
    const [choice] = found.plan.choices;
    // Where a start lies ahead, or the definition says `backfill`, a person has less to choose.
    const isChosen = choice !== undefined && choice.options.some(({ value }) => value === 'from-now');
    const isWhole = choice !== undefined ? !isChosen : !found.living;
    expect({ isChosen, isWhole }, JSON.stringify(choice)).toEqual({
      isChosen: loads!.startsWith('as chosen'),
      isWhole: loads!.startsWith('every row'),
    });
  });
});
