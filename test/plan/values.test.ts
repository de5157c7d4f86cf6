import { expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { isEmpty, type Change, type Plan } from '../../src/plan/plan.ts';
import { planAsMermaid, planAsText } from '../../src/plan/render.ts';
import { fileSample, parsed, sample } from '../definition/sample.ts';
import { now, observedOf, partsOfCreated, plan } from './living.ts';

/** What a plan tells of a kind of which AEP has other fields than were asked for. */
function changesOf(definition: Definition, kind: Kind, fields: JsonObject): Change[] {
  const parts = partsOfCreated(definition);
  const part = parts[kind]!;
  const planned = plan(
    definition,
    observedOf(definition, { ...parts, [kind]: { ...part, fields: { ...part.fields, ...fields } } }),
  );
  return planned.plan.steps.find((step) => step.kind === kind)!.changes;
}

test('another class of the schema is told as that, and not as a field group', () => {
  const definition = parsed({ ...sample, schema: { ...sample.schema, title: 'Another' } });
  const theirs = 'https://ns.adobe.com/xdm/context/experienceevent';
  const fields = { class: theirs, refs: [theirs, ...sample.schema.fieldGroups] };
  expect(changesOf(definition, 'schema', fields)).toEqual([
    { field: 'schema.class', from: theirs, to: sample.schema.class },
  ]);
});

test.each([
  ['ISO 8601', '2026-01-02T00:00:00+01:00', '2026-01-03T00:00:00Z', '2026-01-01T23:00:00Z'],
  ['epoch seconds', Date.UTC(2026, 0, 2) / 1000, Date.UTC(2026, 0, 3) / 1000, Date.UTC(2026, 0, 2) / 1000],
])('a start is told as the definition writes it: %s', (_, startTime, ___, to) => {
  const definition = parsed({ ...sample, schedule: { ...sample.schedule, startTime } });
  const later = Date.UTC(2026, 0, 3);
  expect(later).toBeGreaterThan(now);
  const scheduleParams = { ...definition.schedule, startTime: later / 1000 };
  const from = typeof startTime === 'string' ? '2026-01-03T00:00:00Z' : later / 1000;
  expect(changesOf(definition, 'flow', { scheduleParams })).toEqual([
    { field: 'schedule.startTime', from, to },
  ]);
});

test('another connector is told by its name, where it has one', () => {
  const salesforce = 'cfc0fee1-7dc0-40ef-b73e-d8b134c436f5';
  const change = (id: string) =>
    changesOf(parsed(sample), 'sourceConnection', { connectionSpec: { id } }) as unknown[];
  expect(change(salesforce)).toEqual([
    { field: 'source.connector', from: 'salesforce', to: 'google-bigquery' },
  ]);
  expect(change('unknown')).toEqual([{ field: 'source.connector', from: 'unknown', to: 'google-bigquery' }]);
});

test('a list is told as a list where AEP has none, and as it is where AEP has something else', () => {
  const { mapping } = parsed(sample);
  expect(changesOf(parsed(sample), 'mappingSet', { mappings: undefined })).toEqual([
    { field: 'mapping', added: mapping, removed: [] },
  ]);
  expect(changesOf(parsed(sample), 'mappingSet', { mappings: 'none' })).toEqual([
    { field: 'mapping', from: 'none', to: mapping },
  ]);
});

test('a description that says nothing is none', () => {
  const definition = parsed({ ...sample, dataset: { name: 'Orders', description: '' } });
  expect(changesOf(definition, 'dataset', {})).toEqual([]);
});

test('what looks like a secret in AEP is not shown', () => {
  const definition = parsed(fileSample);
  const params = { type: 'https://u:hunter2@example.com/', recursive: { password: 'hunter2' } };
  const told = JSON.stringify(changesOf(definition, 'sourceConnection', { params }));
  expect(told).toContain('[redacted]');
  expect(told).not.toContain('hunter2');
});

test('a plan that came over HTTP, with null for each empty list, is rendered as the plan itself', () => {
  const definition = parsed(sample);
  const planned = plan(definition, observedOf(definition)).plan;
  const json = JSON.stringify(planned, (_, value: unknown) =>
    Array.isArray(value) && value.length === 0 ? null : value,
  );
  const arrived = JSON.parse(json) as Plan;
  expect(planAsText(arrived)).toBe(planAsText(planned));
  expect(planAsMermaid(arrived)).toBe(planAsMermaid(planned));
  expect(isEmpty(arrived)).toBe(false);
});
