/** Fields by their names: which are wrong, unknown or masked, and what is said of each. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { refusedConnectors } from '../../src/definition/connectors.ts';
import { FieldTree } from '../../src/definition/field-tree.ts';
import { problemsOfReceivers } from '../../src/definition/known-receivers.ts';
import { saidNames } from '../../src/definition/many.ts';
import { maskProblems } from '../../src/definition/mask.ts';
import { likeName, nameProblems } from '../../src/definition/named.ts';
import { nearest, suggestions } from '../../src/definition/nearest.ts';
import { isTooDeep, plainJson } from '../../src/definition/plain-json.ts';
import { readShape, unknownKeys } from '../../src/definition/shape.ts';
import { titles } from '../../src/definition/titles.ts';

describe('what is left without some fields', () => {
  test('has no trace of them, but for gaps in lists', () => {
    const tree = new FieldTree();
    for (const parts of [['a', '.b'], ['list', '[1]'], ['whole']]) tree.add(parts);
    const value = { a: { b: 1, c: 2 }, list: [1, 2, 3], whole: { a: 1 } };
    expect(tree.takenFrom(value)).toStrictEqual({ a: { c: 2 }, list: [1, undefined, 3] });
    expect(['a', 'a.b', 'a.c', 'list[1]', 'whole.a'].map((field) => tree.covers(field))).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(['a', 'a.b', 'a.c', 'b'].map((field) => tree.touches(field))).toEqual([true, true, false, false]);
  });

  test('is all of it where there are none', () => {
    const tree = new FieldTree();
    tree.add([]);
    expect(tree.takenFrom({ a: 1 })).toStrictEqual({ a: 1 });
  });
});

describe('a mask', () => {
  test.each(['schedule', 'schedule.interval', 'source.columns[10].name', 'source.columns.Name.type'])(
    'may name %s',
    (field) => {
      expect(maskProblems([field])).toEqual([]);
    },
  );

  test.each([
    ['schedul', 'schedul is not known; did you mean "schedule"?'],
    ['schedule.intervl', 'intervl is not known; did you mean "interval"?'],
    ['mapping[10].sorce', 'sorce is not known; did you mean "source"?'],
    ['deltaColumn[0]', '[0] is not known here; known are name, dateFormat, timezone'],
  ])('that names %s would hide nothing', (field, message) => {
    expect(maskProblems(['schedule', field])).toEqual([
      { field: 'mask[1]', message: `${message}: give a field of a definition, such as "schedule.interval"` },
    ]);
  });
});

describe('what has the wrong shape', () => {
  const told = (input: unknown, shape: z.ZodRawShape) => {
    const { problems, wrong } = readShape(input, z.strictObject(shape));
    expect(problems.filter(({ field }) => !wrong.covers(field))).toEqual([]);
    return problems.map(({ field, message }) => `${field}: ${message}`);
  };

  test.each<[string, unknown, z.ZodRawShape, string]>([
    ['is missing', {}, { a: z.string() }, 'a: is required'],
    ['is missing, and described', {}, { a: z.string().describe('Which.') }, 'a: is required. Which.'],
    ['is known to nobody', { b: 1 }, {}, 'b: is not known here'],
    [
      'is known elsewhere',
      { o: { alpha: 1 } },
      { o: z.strictObject({ bravo: z.number().optional() }) },
      'o.alpha: is not known here; known are bravo',
    ],
    [
      'is misspelt',
      { o: { brvo: 1 } },
      { o: z.strictObject({ bravo: z.number().optional() }) },
      'o.brvo: is not known; did you mean "bravo"?',
    ],
    ['has too many items', { a: [1, 2] }, { a: z.array(z.number()).max(1) }, 'a: must have at most 1 items'],
    ['has no items', { a: [] }, { a: z.array(z.number()).min(1) }, 'a: must not be empty'],
    ['is too long', { a: 'xy' }, { a: z.string().max(1) }, 'a: must have at most 1 characters'],
    ['is too small', { a: 0 }, { a: z.number().min(1) }, 'a: must be at least 1'],
    ['is not greater', { a: 1 }, { a: z.number().gt(1) }, 'a: must be greater than 1'],
    ['is too large', { a: 2 }, { a: z.number().max(1) }, 'a: must be at most 1'],
    ['is not less', { a: 1 }, { a: z.number().lt(1) }, 'a: must be less than 1'],
    ['is no object', { a: 1 }, { a: z.object({}) }, 'a: must be an object, not 1'],
    ['is no record', { a: [] }, { a: z.record(z.string(), z.number()) }, 'a: must be an object, not a list'],
    [
      'is none of the words',
      { a: 'on' },
      { a: z.enum(['one', 'two']) },
      'a: must be one of one, two; did you mean "one"?',
    ],
    ['is no word', { a: null }, { a: z.enum(['one', 'two']) }, 'a: must be one of one, two, not null'],
    [
      'is a word in a field that ends like one of ours',
      { myconnector: 'on' },
      { myconnector: z.enum(['one']) },
      'myconnector: must be one of one; did you mean "one"?',
    ],
    [
      'is a word in a field that begins like one of ours',
      { connectors: 'on' },
      { connectors: z.enum(['one']) },
      'connectors: must be one of one; did you mean "one"?',
    ],
  ])('is told where it %s', (_, input, shape, message) => {
    expect(told(input, shape)).toEqual([message]);
  });

  test('is told with why, where it is a connector that cannot be taken', () => {
    const [name, { title, why }] = Object.entries(refusedConnectors)[0]!;
    expect(told({ connector: name }, { connector: z.enum(['one']) })).toEqual([
      `connector: ${title} is ${why}: only tables and files can be loaded so far`,
    ]);
  });

  test('has nothing to be told of it beside what is known', () => {
    expect(unknownKeys([], suggestions())('x')).toBe('is not known here');
  });
});

describe('the word that was meant', () => {
  test.each<[string, string[], string | undefined]>([
    ['qwer', ['qewr'], 'qewr'],
    ['qwxb', ['qwby'], undefined],
    ['qwax', ['qwya'], undefined],
    ['Q-W-E-R', ['qwer'], 'qwer'],
    ['interval', ['interval2', 'intervals'], 'interval2'],
    ['url', ['webhookUrl', 'name'], 'webhookUrl'],
    ['url', ['webhookUrl', 'slackUrl'], undefined],
    ['id', ['dataSetId'], 'dataSetId'],
    ['id', ['idea board'], undefined],
  ])('by %s, among %j, is %s', (word, known, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });
});

describe('a name like one that no dataflow can have', () => {
  test.each([
    ['orders', 'orders'],
    ['Orders, daily/weekly', 'Orders- daily-weekly'],
    ['a//,,b', 'a-b'],
    ['  New \u00a0 flow\t- 2026-03-01. ', 'New flow- 2026-03-01'],
    ['cafe\u0301 \u200bbar\u0007', 'café bar'],
    ['--a--', 'a'],
    ['a - .b-.', 'a - .b'],
    ['/', 'imported'],
    ['', 'imported'],
    ['x'.repeat(300), 'x'.repeat(200)],
    ['ä'.repeat(300), 'ä'.repeat(100)],
  ])('%j is %j', (name, like) => {
    expect(likeName({ sandbox: 'prod', name })).toBe(like);
    expect(nameProblems({ sandbox: 'prod', name: like })).toEqual([]);
  });

  test('is told why the other cannot be had', () => {
    expect(nameProblems({ sandbox: 'Prod', name: 'a/b' }).map(({ field }) => field)).toEqual([
      'sandbox',
      'name',
    ]);
    expect(nameProblems({ sandbox: 'prod', name: 'ä'.repeat(150) })).toMatchObject([{ field: 'name' }]);
  });
});

describe('what a definition among many is called', () => {
  const common = { name: 'orders', sandbox: 'prod' };
  const of = (environments: unknown, environment: unknown) =>
    saidNames({ definition: common, environments, environment });

  test('is what it says, and by its environment which sandbox', () => {
    expect(saidNames(common)).toBe(common);
    expect(saidNames(7)).toEqual({});
    expect(of({ dev: { sandbox: 'dev' } }, 'dev')).toEqual({ name: 'orders', sandbox: 'dev' });
    expect(saidNames({ definition: 7, environments: { dev: 7 }, environment: 'dev' })).toEqual({});
  });

  test.each<[unknown, unknown]>([
    [null, 'dev'],
    ['dev', 'dev'],
    [{}, 'dev'],
    [{ dev: { sandbox: 'dev' } }, undefined],
    [{ dev: { sandbox: 'dev' } }, 'toString'],
    [{ 7: { sandbox: 'dev' } }, 7],
  ])('is no sandbox that nobody chose: %j, %j', (environments, environment) => {
    expect(of(environments, environment)).toEqual({ name: 'orders' });
  });
});

test('whom nobody knows is told with what would make a worker know them', () => {
  const notify = { webhook: 'on-call', slack: 'data', teams: 'data', email: 'data' };
  const problems = problemsOfReceivers({ notify } as never, { slack: ['dat'] });
  expect(problems.map(({ message }) => /set (.*) on/.exec(message)?.[1])).toEqual([
    'AEP_WEBHOOK_ON_CALL_URL and AEP_WEBHOOK_ON_CALL_KEY',
    'AEP_SLACK_DATA_URL',
    'AEP_TEAMS_DATA_URL',
    'AEP_EMAIL_DATA_TO, AEP_SMTP_URL and AEP_SMTP_FROM',
  ]);
  expect(problemsOfReceivers(undefined, {})).toEqual([]);
});

describe('an input', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
  const ofBytes = (bytes: number, character = 'x') => ({
    a: character.repeat((bytes - '{"a":""}'.length) / Buffer.byteLength(character)),
  });

  test('may have 64 levels and a million bytes, and no more', () => {
    expect(plainJson(nested(64)).problem).toBeUndefined();
    expect(plainJson(nested(65)).problem?.message).toContain('nested deeper than 64 levels');
    expect([nested(64), nested(65), null, undefined, 'x', 7].map(isTooDeep)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(plainJson(ofBytes(1_000_000)).problem).toBeUndefined();
    expect(plainJson(ofBytes(1_000_001)).problem?.message).toContain('it has 1000001');
    expect(plainJson(ofBytes(1_000_002, 'ä')).problem?.message).toContain('it has 1000002');
  });

  test.each<[unknown, unknown]>([
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: Number.NaN }, { a: null }],
    [{ a: () => 1 }, {}],
    [{ a: new Date(0) }, { a: '1970-01-01T00:00:00.000Z' }],
  ])('that JSON has no words for is copied without that', (input, value) => {
    const read = plainJson(input);
    expect(read).toStrictEqual({ value });
    expect(read.value).not.toBe(input);
  });

  test('that is JSON is taken as it is', () => {
    const input = { a: [1, 'x', true, null, { b: 2 }] };
    expect(plainJson(input).value).toBe(input);
    for (const none of [null, 'x', [1]]) expect(plainJson(none).problem).toMatchObject({ field: '' });
    expect(plainJson({ a: 1n }).problem?.message).toContain('must be plain JSON');
  });
});

test('what is made has a title of the dataflow’s name where the definition says none', () => {
  const all = { adHocClass: 'a ad-hoc class', adHocSchema: 'a ad-hoc schema', schema: 'a' };
  expect(titles({ name: 'a' })).toEqual(all);
  expect(titles({ name: 'a', source: {} })).toEqual(all);
  expect(titles({ name: 'a', source: { adHocSchema: {} }, schema: {} })).toEqual(all);
  const source = { adHocSchema: { title: 'B', class: { title: 'C' } } };
  expect(titles({ name: 'a', source, schema: { title: 'D' } })).toEqual({
    adHocClass: 'C',
    adHocSchema: 'B',
    schema: 'D',
  });
});
