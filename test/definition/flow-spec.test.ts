// oxlint-disable unicorn/no-thenable -- "then" is a word of JSON Schema
import { describe, expect, test } from 'vitest';
import { flowSpecProblems } from '../../src/definition/flow-spec.ts';
import { flowSettings } from '../../src/resources/flow.ts';
import { parsed, sample } from './sample.ts';

const deltaColumn = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const transformations = [
  { name: 'Copy', spec: { type: 'object', properties: { deltaColumn }, required: ['deltaColumn'] } },
  {
    name: 'Mapping',
    spec: {
      type: 'object',
      properties: { mappingId: { type: 'string' }, mappingVersion: { type: 'string' } },
    },
  },
];
const interval = (minimum: number) => ({ properties: { interval: { minimum } } });
const minuteIsFifteen = {
  if: { properties: { frequency: { const: 'minute' } } },
  then: interval(15),
  else: interval(1),
};
const properties = (frequencies: string[]) => ({
  startTime: { type: 'integer' },
  frequency: { type: 'string', enum: frequencies },
  interval: { type: 'integer' },
  backfill: { type: 'boolean' },
});

/** As the modern page answers: singular, with options, and "once" in the schedule. */
const modern = {
  name: 'CRMToAEP',
  transformationSpec: transformations,
  optionSpec: {
    spec: {
      type: 'object',
      properties: { partialIngestionPercent: { type: 'number', exclusiveMinimum: 0, maximum: 50 } },
    },
  },
  scheduleSpec: {
    spec: {
      type: 'object',
      properties: properties(['once', 'minute', 'hour', 'day', 'week']),
      required: ['startTime', 'frequency'],
      if: { properties: { frequency: { const: 'once' } } },
      then: { allOf: [{ not: { required: ['interval'] } }, { not: { required: ['backfill'] } }] },
      else: { required: ['interval'], ...minuteIsFifteen },
    },
  },
};

/** As the legacy pages answer: plural, no options, an interval for everything, no "once". */
const legacy = {
  name: 'CRMToAEP',
  transformationSpecs: transformations,
  scheduleSpec: {
    spec: {
      type: 'object',
      properties: properties(['minute', 'hour', 'day', 'week']),
      required: ['startTime', 'frequency', 'interval'],
      ...minuteIsFifteen,
    },
  },
};

const settings = (definition: unknown) => flowSettings(parsed(definition), { mappingId: 'm', startTime: 1 });
const fields = (spec: object, asked: Parameters<typeof flowSpecProblems>[1]) =>
  flowSpecProblems({ ...spec }, asked).map(({ field }) => field);

describe.each([
  ['modern', modern],
  ['legacy', legacy],
])('the flow spec in its %s shape', (_, spec) => {
  test('lets pass what the definition allows', () => {
    expect(fields(spec, settings(sample))).toEqual([]);
    expect(fields(spec, settings({ ...sample, options: { partialIngestionPercent: 5 } }))).toEqual([]);
  });

  test('lets a load run once, without an interval', () => {
    expect(fields(spec, settings({ ...sample, schedule: { frequency: 'once' } }))).toEqual([]);
  });

  test('refuses what it does not allow, in the words of the definition', () => {
    const asked = settings(sample);
    expect(
      fields(spec, { ...asked, scheduleParams: { startTime: 1, frequency: 'minute', interval: 14 } }),
    ).toEqual(['schedule.interval']);
    expect(
      fields(spec, { ...asked, scheduleParams: { startTime: '1', frequency: 'month', interval: 1 } }),
    ).toEqual(['schedule.startTime', 'schedule.frequency']);
    expect(
      fields(spec, { ...asked, transformations: [{ name: 'Copy', params: { deltaColumn: {} } }] }),
    ).toEqual(['deltaColumn']);
    expect(
      fields(spec, { ...asked, transformations: [{ name: 'Mapping', params: { mappingVersion: 0 } }] }),
    ).toEqual(['mapping.mappingVersion']);
    expect(fields(spec, { ...asked, transformations: [{ name: 'Copy2', params: {} }] })).toEqual(['mapping']);
  });
});

test('a limit of AEP that is narrower than ours is enforced', () => {
  const problems = flowSpecProblems(
    modern,
    settings({ ...sample, options: { partialIngestionPercent: 60 } }),
  );
  expect(problems).toEqual([
    { field: 'options.partialIngestionPercent', message: expect.stringContaining('flow spec CRMToAEP') },
  ]);
});

test('what is not allowed is told with the flow spec that does not, by its name or its id', () => {
  const asked = settings(sample);
  const copy = { ...asked, transformations: [{ name: 'Copy', params: {} }] };
  const told = (spec: object, of = copy) =>
    flowSpecProblems({ ...spec }, of).map(({ field, message }) => `${field}: ${message}`);
  expect(told({ name: 'x', transformationSpecs: [null] })).toEqual([
    "deltaColumn: is not taken by AEP's flow spec x: it has no transformation Copy",
  ]);
  expect(told({ id: 'y', transformationSpec: [] })).toEqual([
    "deltaColumn: is not taken by AEP's flow spec y: it has no transformation Copy",
  ]);
  expect(told(modern)).toEqual([
    `deltaColumn: is not what AEP's flow spec CRMToAEP allows: Instance does not have required property "deltaColumn".`,
  ]);
  // A transformation of which nothing is told is allowed anything.
  expect(told({ name: 'x', transformationSpecs: [{ name: 'Copy' }] })).toEqual([]);
});

test('only a load that runs once, of a spec that does not know that, is let off its interval', () => {
  const once = { startTime: 1, frequency: 'once' };
  const withSchedule = (spec: object, scheduleParams: Record<string, unknown>) =>
    fields(
      { name: 'x', scheduleSpec: { spec } },
      { ...settings(sample), transformations: [], scheduleParams },
    );
  const bySpec = { properties: { frequency: { enum: ['minute'] }, interval: { type: 'integer' } } };
  const strict = { type: 'object', ...bySpec, required: ['frequency', 'interval', 'more'] };
  expect(withSchedule(strict, { ...once, more: 1 })).toEqual([]);
  expect(withSchedule(strict, once)).toEqual(['schedule']);
  expect(withSchedule(strict, { ...once, more: 1, interval: 'x' })).toEqual(['schedule.interval']);
  expect(withSchedule(strict, { frequency: 'minute', more: 1 })).toEqual(['schedule']);
  expect(
    withSchedule({ ...strict, properties: { frequency: { enum: ['once'] } } }, { ...once, more: 1 }),
  ).toEqual(['schedule']);
  expect(withSchedule({ ...strict, properties: {} }, { ...once, more: 1 })).toEqual(['schedule']);
  expect(withSchedule({ type: 'object', ...bySpec }, once)).toEqual([]);
});

test('a spec that says nothing, or that cannot be read, is left to AEP', () => {
  expect(fields({ id: 'x' }, settings(sample))).toEqual([]);
  const unreadable = {
    spec: { type: 'object', properties: { frequency: { pattern: '(' } }, $ref: '#/nowhere' },
  };
  expect(fields({ name: 'x', scheduleSpec: unreadable }, settings(sample))).toEqual([]);
});
