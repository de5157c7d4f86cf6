/** Definitions that come several at once, or inside of something else, and what they are called. */
import { describe, expect, test } from 'vitest';
import { durationMs } from '../../src/definition/duration.ts';
import {
  bytesOf,
  bytesOfAll,
  mostDefinitions,
  namesOf,
  saidNames,
  tooManyDefinitions,
} from '../../src/definition/many.ts';
import { bareDefinition, isWrapped, wrappedDefinition } from '../../src/definition/wrapped.ts';

const environments = { dev: { sandbox: 'dev-box' }, odd: 5 };
const inEnvironment = (environment: unknown, more: object = {}) => ({
  definition: { name: 'orders' },
  environments,
  environment,
  ...more,
});

describe('a definition is called', () => {
  test.each<[unknown, string[]]>([
    [{ name: 'orders', sandbox: 'prod' }, ['orders', 'prod/orders']],
    [{ name: 'orders' }, ['orders', 'undefined/orders']],
    [{ name: 5, sandbox: 'prod' }, []],
    ['orders', []],
    [null, []],
    [inEnvironment('dev'), ['orders', 'dev-box/orders']],
    [inEnvironment('test'), ['orders', 'undefined/orders']],
    [inEnvironment('odd'), ['orders', 'undefined/orders']],
    [inEnvironment('constructor'), ['orders', 'undefined/orders']],
    [inEnvironment(5), ['orders', 'undefined/orders']],
    [inEnvironment('dev', { environments: 'x' }), ['orders', 'undefined/orders']],
    [inEnvironment('dev', { definition: 5 }), []],
  ])('of %j: %j', (definition, names) => expect(namesOf(definition)).toEqual(names));

  test('by what it says of itself, whatever that is', () => {
    expect(saidNames({ name: 5, sandbox: null })).toMatchObject({ name: 5, sandbox: null });
    expect(saidNames(inEnvironment('dev', { name: 'x', sandbox: 'y' }))).toEqual({
      name: 'orders',
      sandbox: 'dev-box',
    });
  });
});

test('definitions are counted, and one that is nested too deeply counts as nothing', () => {
  expect(tooManyDefinitions(mostDefinitions)).toBeUndefined();
  expect(tooManyDefinitions(mostDefinitions + 1)).toBe(
    'are 3001: one workflow takes 3000 at most, start several',
  );
  let deep: object = {};
  for (let level = 0; level < 100; level++) deep = { deep };
  expect(bytesOfAll([{ a: 'ä' }, deep])).toBe(bytesOf([{ a: 'ä' }]));
  expect([bytesOf({ a: 'ä' }), bytesOf(undefined)]).toEqual([10, 0]);
});

describe('a definition inside of another object', () => {
  const inside =
    'is not known here: give the definition itself. Only planDataflow, createDataflow and updateDataflow take it inside of another object';
  test.each<[unknown, boolean]>([
    [{ definition: {} }, true],
    [{ definition: {}, source: {} }, false],
    [{ definition: {}, environments: {} }, false],
    [{ definition: 'x' }, false],
    [{ definition: null }, false],
    [{}, false],
    [null, false],
    ['x', false],
  ])('is known as such: %j, %s', (input, is) => {
    expect(isWrapped(input)).toBe(is);
    if (typeof input !== 'object' || input === null) return;
    expect(wrappedDefinition(input as Record<string, unknown>)).toEqual(
      is ? { field: 'definition', message: inside } : undefined,
    );
  });

  test('is missed where it stands alone, or with its environments', () => {
    expect(bareDefinition({ source: {} })).toEqual({
      field: 'definition',
      message: 'is missing: what was given is the definition itself. Give {"definition": …} with it inside',
    });
    expect(bareDefinition({ definition: {}, environments: {} })).toEqual({
      field: 'environments',
      message:
        'goes inside with the definition that it belongs to: give {"definition": {"definition": …, "environments": …, "environment": …}}',
    });
    expect([bareDefinition({}), bareDefinition({ definition: {}, source: {} })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
test.each<[string, number | undefined]>([
  ['2h', 2 * hour],
  ['1d 12h', day + 12 * hour],
  ['1d12h', day + 12 * hour],
  ['90m', 90 * minute],
  ['5min', 5 * minute],
  ['1h 30m 5s', hour + 30 * minute + 5 * second],
  ['PT2H', 2 * hour],
  ['P1DT2H3M4S', day + 2 * hour + 3 * minute + 4 * second],
  ['P2D', 2 * day],
  ['0s', undefined],
  ['', undefined],
  ['P', undefined],
  ['2 hours', undefined],
  ['in 2h', undefined],
  ['2h ago', undefined],
  ['xPT2H', undefined],
  ['PT2Hx', undefined],
  [`${'9'.repeat(20)}s`, undefined],
])('the duration "%s" is %s milliseconds', (text, ms) => expect(durationMs(text)).toBe(ms));
