import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { isEmpty } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import { readDefinition, type WholeParts } from '../../src/plan/read-definition.ts';
import { hidden, withoutSecrets } from '../../src/resources/hidden.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import { givenIds } from '../../src/resources/orders.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { anyDefinition } from '../definition/any-definition.ts';
import { parsed, problemsOf, sample } from '../definition/sample.ts';
import { byAepp, byUi, flowSpec, partsMadeBy, tutorial, tutorials, type Bodies } from './foreign-flows.ts';
import { createdParts, now, observedOf, plan } from './living.ts';

const named = { sandbox: 'prod', name: 'adopted' };

/** What an update would do, were the flow adopted. */
function stepsOf(definition: Definition, parts: WholeParts, context = { flowSpec }) {
  const mark = { dataflow: `${definition.sandbox}/${definition.name}`, nonce: 'aaaaaaaa' };
  const flow = { ...parts };
  for (const kind of ['flow', 'sourceConnection', 'targetConnection'] as const)
    flow[kind] = { mark, ...flow[kind]! };
  const observed = { ...observedOf(definition, flow), givenIds: givenIds(definition) };
  const facts = { context, now, problems: [], warnings: [], choices: {} };
  const { steps } = planOf(definition, observed, facts).plan;
  return steps.filter(({ action }) => !['keep', 'given'].includes(action));
}

function spoiled(bodies: Bodies, kind: Kind, change: (body: JsonObject) => JsonObject): Bodies {
  return { ...bodies, [kind]: change(structuredClone(bodies[kind]!)) };
}

/** The definition of what these bodies make. */
function readBack(bodies: Bodies, name = named.name) {
  const parts = partsMadeBy(bodies);
  const { definition, ...rest } = readDefinition(parts, { ...named, name });
  return { definition: definition!, ...rest, parts };
}

describe('the definition that is read back', () => {
  test('from what any definition of ours made asks for exactly that', () => {
    fc.assert(
      fc.property(anyDefinition, (definition) => {
        const parts = createdParts(definition);
        const { definition: again, notExpressible, problems } = readDefinition(parts, definition);
        expect({ notExpressible, problems }).toEqual({ notExpressible: [], problems: [] });
        expect(problemsOf(again)).toEqual([]);
        const planned = plan(again!, observedOf(again!, parts)).plan;
        expect(planned.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
        expect(isEmpty(planned)).toBe(true);
        // What it makes is read back as the same.
        expect(readDefinition(createdParts(again!), again!).definition).toEqual(again);
      }),
      { numRuns: 500 },
    );
  });

  test('from what somebody else made who asked for the same names schema and dataset by their ids', () => {
    fc.assert(
      fc.property(anyDefinition, (definition) => {
        const parts = createdParts(definition, {}, () => false);
        const { definition: again, problems } = readDefinition(parts, definition);
        expect(problems).toEqual([]);
        expect(again!.dataset).toEqual({ id: parts.dataset!.id });
        expect(again!.schema).toEqual({ id: parts.schema!.id });
        const { id } = parts.flow!.fields['flowSpec'] as { id: string };
        expect(stepsOf(again!, parts, { flowSpec: { id, version: '1.0' } })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('from what the sample of ours made is that sample, its start included', () => {
    const definition = parsed(sample);
    const { definition: again } = readDefinition(createdParts(definition), definition);
    expect(again).toEqual({
      ...definition,
      schedule: { ...definition.schedule, startTime: '2025-12-31T23:00:00Z' },
    });
  });

  test.each(tutorials)('from what %s makes asks for exactly that', (page) => {
    const { bodies, ids } = tutorial(page);
    const parts = partsMadeBy(bodies, ids);
    const { definition, notExpressible } = readDefinition(parts, named);
    expect(stepsOf(definition!, parts)).toMatchObject([{ kind: 'flow', changes: [{ field: 'name' }] }]);
    expect(notExpressible).toEqual([{ path: 'flow.name', value: bodies.flow!['name'] }]);
  });

  test('from a flow of aepp needs no columns', () => {
    const { definition, notExpressible, parts } = readBack(byAepp, 'Flow 0');
    expect(definition).toEqual({
      name: 'Flow 0',
      sandbox: 'prod',
      source: {
        connector: 'google-bigquery',
        baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
        name: 'Source 0',
        tableName: 'test1.Mytable',
      },
      schema: { id: 'https://ns.adobe.com/t/schemas/4' },
      dataset: { id: '5e8a55ca53662c18af37a83a' },
      target: { name: 'Target 0' },
      mapping: [
        { source: 'TestID', destination: '_id' },
        { expression: 'upper(Name)', destination: 'person.name.lastName' },
      ],
      deltaColumn: { name: 'Datefield' },
      schedule: { frequency: 'hour', interval: 1, startTime: '2030-01-01T00:00:00Z' },
    });
    expect(notExpressible).toEqual([]);
    expect(stepsOf(definition, parts)).toEqual([]);
  });

  test("from a flow of AEP's UI lists what the UI adds", () => {
    const { definition, notExpressible, parts } = readBack(byUi, 'Orders of the day');
    expect(definition).toMatchObject({
      description: 'Made in the UI',
      source: { name: 'New Source Connection - 2026-03-01T09:30:00.123Z', description: '' },
      options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 },
      schedule: { frequency: 'day', interval: 1, backfill: true },
    });
    expect(notExpressible).toEqual([
      { path: 'mappingSet.name', value: 'New Mapping Set - 2026-03-01' },
      { path: 'flow.options.isSampleDataflow', value: false },
    ]);
    expect(stepsOf(definition, parts)).toEqual([]);
  });

  test.each<[string, Kind, (body: JsonObject) => JsonObject, string, unknown]>([
    [
      'a field that nobody knows',
      'flow',
      (body) => ({ ...body, tomorrow: { a: [1] } }),
      'flow.tomorrow',
      { a: [1] },
    ],
    ['labels', 'flow', (body) => ({ ...body, labels: ['core/C12'] }), 'flow.labels', ['core/C12']],
    ['being disabled', 'flow', (body) => ({ ...body, state: 'disabled' }), 'flow.state', 'disabled'],
    [
      'an end',
      'flow',
      (body) => ({ ...body, scheduleParams: { ...(body['scheduleParams'] as object), endTime: 2e9 } }),
      'flow.scheduleParams.endTime',
      2e9,
    ],
    [
      'another transformation',
      'flow',
      (body) => ({
        ...body,
        transformations: [
          ...(body['transformations'] as object[]),
          { name: 'Masking', params: { column: 'k' } },
        ],
      }),
      'flow.transformations.Masking',
      { name: 'Masking', params: { column: 'k' } },
    ],
    [
      'a time zone that there is not',
      'flow',
      (body) => ({
        ...body,
        transformations: (body['transformations'] as JsonObject[]).map((one) =>
          one['name'] === 'Copy'
            ? {
                name: 'Copy',
                params: { mode: 'append', deltaColumn: { name: 'Datefield', timezone: 'Mars' } },
              }
            : one,
        ),
      }),
      'flow.transformations.Copy.params.deltaColumn.timezone',
      'Mars',
    ],
    [
      'columns of which one is odd',
      'sourceConnection',
      (body) => ({
        ...body,
        params: {
          tableName: 'T',
          columns: [
            { name: 'TestID', type: 'string' },
            { name: 'x', typ: 'odd' },
          ],
        },
      }),
      'sourceConnection.params.columns',
      [
        { name: 'TestID', type: 'string' },
        { name: 'x', typ: 'odd' },
      ],
    ],
    [
      'columns that the mapping knows more of',
      'sourceConnection',
      (body) => ({
        ...body,
        params: { tableName: 'T', columns: [{ name: 'Other', type: 'string', xdm: { type: 'string' } }] },
      }),
      'sourceConnection.params.columns',
      [{ name: 'Other', type: 'string', xdm: { type: 'string' } }],
    ],
    [
      'a name that no definition can say',
      'sourceConnection',
      (body) => ({ ...body, name: 'Orders, daily' }),
      'sourceConnection.name',
      'Orders, daily',
    ],
    [
      'a description that no definition can hold',
      'targetConnection',
      (body) => ({ ...body, description: `bell \u0007` }),
      'targetConnection.description',
      `bell \u0007`,
    ],
    [
      'a row that is an identity',
      'mappingSet',
      (body) => ({
        ...body,
        mappings: (body['mappings'] as JsonObject[]).map((row, at) => ({ ...row, identity: at === 1 })),
      }),
      'mappingSet.mappings[1].identity',
      true,
    ],
  ])('from a flow with %s lists it, and asks for the rest', (_, kind, change, path, value) => {
    const { definition, notExpressible, parts } = readBack(spoiled(byAepp, kind, change), 'Flow 0');
    expect(notExpressible).toContainEqual({ path, value });
    const changes = stepsOf(definition, parts).flatMap(({ changes }) => changes);
    // A name is always asked for: the default, where none can be said.
    expect(changes).toEqual(
      path.endsWith('.name') ? [{ field: 'name', from: 'Orders, daily', to: 'Flow 0' }] : [],
    );
  });

  test.each<[string, Kind, (body: JsonObject) => JsonObject, string]>([
    ['without a mapping', 'mappingSet', (body) => ({ ...body, mappings: [] }), 'mapping'],
    [
      'of a streaming source',
      'sourceConnection',
      (body) => ({ ...body, connectionSpec: { id: 'bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb' } }),
      'source.connectionSpec.id',
    ],
    [
      'with a frequency that nobody knows',
      'flow',
      (body) => ({ ...body, scheduleParams: { frequency: 'month', interval: 1 } }),
      'schedule.frequency',
    ],
    ['without a schedule', 'flow', (body) => ({ ...body, scheduleParams: undefined }), 'schedule.frequency'],
    [
      'without a base connection',
      'sourceConnection',
      (body) => ({ ...body, baseConnectionId: undefined }),
      'source.baseConnectionId',
    ],
  ])('of a flow %s is none, and it is told why', (_, kind, change, field) => {
    const { definition, problems } = readBack(spoiled(byAepp, kind, change));
    expect(definition).toBeUndefined();
    expect(problems.map((one) => one.field)).toContain(field);
  });

  test('holds no secret, wherever one stands', () => {
    const bodies = spoiled(
      spoiled(byUi, 'sourceConnection', (body) => ({
        ...body,
        params: { tableName: 'T', password: 'hunter2', nested: { sasToken: 'sv=1' } },
      })),
      'flow',
      (body) => ({ ...body, description: 'see https://me:hunter2@example.com', apiKey: 'hunter2' }),
    );
    const parts: WholeParts = {};
    for (const [kind, { answer }] of Object.entries(partsMadeBy(bodies)) as [
      Kind,
      { answer: JsonObject },
    ][]) {
      const shown = withoutSecrets(kind, answer);
      parts[kind] = { ...resources[kind].observe(shown), answer: shown };
    }
    const read = readDefinition(parts, named);
    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(JSON.stringify(read.definition)).not.toContain(hidden);
    expect(read.notExpressible.filter(({ value }) => value === hidden).map(({ path }) => path)).toEqual([
      'sourceConnection.params.password',
      'sourceConnection.params.nested.sasToken',
      'flow.description',
      'flow.apiKey',
    ]);
  });

  test('says a fixed value as the expression that means the same', () => {
    const { definition, parts } = readBack(
      spoiled(byAepp, 'mappingSet', (body) => ({
        ...body,
        mappings: [{ sourceType: 'STATIC', source: 'Ohio', destination: 'homeAddress.state' }],
      })),
      'Flow 0',
    );
    expect(definition.mapping).toEqual([{ expression: '"Ohio"', destination: 'homeAddress.state' }]);
    expect(stepsOf(definition, parts)).toEqual([]);
  });
});
