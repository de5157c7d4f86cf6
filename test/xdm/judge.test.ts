import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Column } from '../../src/families/columns.ts';
import { readFields } from '../../src/xdm/fields.ts';
import {
  destinationsOf,
  judge,
  missingPaths,
  partKey,
  partsOf,
  toCorrect,
  type PartAnswer,
} from '../../src/xdm/judge.ts';
import { typeOfColumn } from '../../src/xdm/fits.ts';
import { typeAt } from '../../src/xdm/look-up.ts';
import { nearestPaths } from '../../src/xdm/nearest-path.ts';
import { large } from '../definition/large.ts';
import { sample } from '../definition/sample.ts';
import { answer } from './sample.ts';

const root = readFields(answer);
const context = 'https://ns.adobe.com/xdm/context';
const wanted = { class: `${context}/profile`, fieldGroups: [`${context}/a`, `${context}/b`, `${context}/a`] };
const definitionOf = (changes: object): Definition =>
  ({ ...sample, schema: wanted, ...changes }) as Definition;

/** As the activities answer: the class has nothing, the first field group everything, the second is open somewhere. */
function problemsOf(definition: Definition, schemaId?: string) {
  const parts = partsOf(definition, schemaId);
  const paths = destinationsOf(definition, parts.length);
  const answers = parts.map(({ id }) => answerOf(id, paths));
  const nearestTo = toCorrect(paths, answers);
  const corrected = parts.map(({ id }) => answerOf(id, paths, nearestTo));
  return judge(definition, parts, paths, corrected, nearestTo);
}

function answerOf(id: string, paths: string[], nearestTo: string[] = []): PartAnswer {
  if (id.endsWith('/gone')) return {};
  const fields = id.endsWith('/profile') ? readFields({ properties: { _id: { type: 'string' } } }) : root;
  return { types: paths.map((path) => typeAt(fields, path)), nearest: nearestPaths(fields, nearestTo) };
}

const columns = (...list: object[]) => ({ source: { ...sample.source, columns: list as Column[] } });
const into = (destination: string) => ({ mapping: [{ source: 'C', destination }] });

describe('a column whose type surely does not fit is told', () => {
  const object = { name: 'C', type: 'string', xdm: { type: 'object' } };
  const dateTime = { name: 'C', type: 'string', format: 'date-time' };
  test.each([
    [{ name: 'C', type: 'boolean' }, 'person.birthDate', 'date'],
    [{ name: 'C', type: 'bit', xdm: { type: 'boolean' } }, '_repo.createDate', 'date-time'],
    [dateTime, 'person.active', 'boolean'],
    [object, 'person.name.fullName', 'string'],
    [object, 'person.birthYear', 'integer'],
    [object, 'organizations[0]', 'string'],
    [{ name: 'C', type: 'x', xdm: { type: 'array' } }, 'person.birthDate', 'date'],
  ])('%j into %s', (column, destination, type) => {
    const [problem, ...others] = problemsOf(definitionOf({ ...columns(column), ...into(destination) }));
    expect(others).toEqual([]);
    expect(problem!.field).toBe('mapping[0].destination');
    expect(problem!.message).toContain(`is of type ${type}, which the column C of type`);
  });
});

describe('nothing is said of what AEP may take', () => {
  test.each([
    [{ name: 'C', type: 'string' }, 'person.birthDate'],
    [{ name: 'C', type: 'string' }, 'person.active'],
    [{ name: 'C', type: 'string' }, 'person.name'],
    [{ name: 'C', type: 'string' }, 'organizations'],
    [{ name: 'C', type: 'integer' }, 'person.birthDate'],
    [{ name: 'C', type: 'integer' }, 'person.active'],
    [{ name: 'C', type: 'boolean' }, 'person.birthYear'],
    [{ name: 'C', type: 'boolean' }, '_id'],
    [{ name: 'C', type: 'boolean' }, 'identityMap.ECID[0].primary'],
    [{ name: 'C', type: 'string', format: 'date' }, '_id'],
    [{ name: 'C', type: 'x', xdm: { type: 'object' } }, 'person.name'],
    [{ name: 'C', type: 'x', xdm: { type: 'object' } }, 'organizations'],
    [{ name: 'C', type: 'x', xdm: { type: 'array' } }, 'organizations'],
    [{ name: 'C', type: 'x', xdm: { type: 'array' } }, '_id'],
    [{ name: 'C', type: 'boolean', xdm: {} }, 'person.birthDate'],
  ])('%j into %s', (column, destination) =>
    expect(problemsOf(definitionOf({ ...columns(column), ...into(destination) }))).toEqual([]),
  );

  const boolean = columns({ name: 'C', type: 'boolean' });
  test('such as an expression, whose type nobody knows', () => {
    const mapping = [{ expression: 'date(C)', destination: 'person.birthDate' }];
    expect(problemsOf(definitionOf({ ...boolean, mapping }))).toEqual([]);
  });
  test('such as a path into a column', () => {
    const mapping = [{ source: 'C.since', destination: 'person.birthDate' }];
    expect(problemsOf(definitionOf({ ...boolean, mapping }))).toEqual([]);
  });
  test('such as columns that are not told', () => {
    const { columns: _, ...source } = sample.source as { columns?: unknown };
    expect(problemsOf(definitionOf({ source, ...into('person.birthDate') }))).toEqual([]);
  });
});

test('a path that is nowhere is told with the nearest one, in every row that has it', () => {
  const mapping = [
    { source: 'Name', destination: 'person.name.fulName' },
    { source: 'TestID', destination: '_id' },
    { expression: 'upper(Name)', destination: 'person.name.fulName' },
    { source: 'Name', destination: 'entirely.elsewhere' },
  ];
  expect(problemsOf(definitionOf({ mapping }))).toStrictEqual([
    ...[0, 2].map((row) => ({
      field: `mapping[${row}].destination`,
      message:
        '"person.name.fulName" is not in the class and the field groups of the schema; did you mean "person.name.fullName"?',
      suggestion: 'person.name.fullName',
    })),
    {
      field: 'mapping[3].destination',
      message: '"entirely.elsewhere" is not in the class and the field groups of the schema',
    },
  ]);
  expect(problemsOf(definitionOf({ mapping }), `${context}/schema`)[0]!.message).toContain(
    `is not in the schema ${context}/schema; did you`,
  );
});

test('of what several field groups have, the nearest is suggested', () => {
  const definition = definitionOf({ mapping: [{ source: 'Name', destination: 'person.name.fulName' }] });
  const parts = partsOf(definition, undefined);
  const paths = ['person.name.fulName'];
  const suggestionOf = (...nearest: (string | null)[]) =>
    judge(
      definition,
      parts,
      paths,
      nearest.map((one) => ({ types: [null], nearest: [one] })),
      paths,
    )[0]!.suggestion;
  expect(suggestionOf(null, 'entirely.other.path', 'person.name.fullName')).toBe('person.name.fullName');
  expect(suggestionOf('entirely.other.path', null, null)).toBe('entirely.other.path');
  expect(suggestionOf(null, null, null)).toBeUndefined();
});

test('while a field group is not there, nothing is said of paths: they may be in that', () => {
  const mapping = [{ source: 'Name', destination: 'nowhere' }];
  const schema = { ...wanted, fieldGroups: [`${context}/a`, `${context}/gone`] };
  expect(problemsOf(definitionOf({ mapping, schema }))).toStrictEqual([
    {
      field: 'schema.fieldGroups[1]',
      message: `${context}/gone is not there: give the $id of an existing field group in the sandbox ${sample.sandbox}`,
    },
  ]);
  expect(missingPaths(['nowhere'], [{ types: [null] }, {}])).toEqual([]);
});

test('a class that is not there is told with the one that was probably meant, and a schema that is not there is not', () => {
  const definition = definitionOf({ mapping: [{ source: 'Name', destination: 'nowhere' }] });
  const parts = partsOf(definition, undefined);
  const answers = parts.map(() => ({ types: ['string'] }));
  const gone = { nearestId: `${context}/profile` };
  expect(judge(definition, parts, ['nowhere'], [gone, ...answers.slice(1)])).toEqual([
    {
      field: 'schema.class',
      message: `${context}/profile is not there: give the $id of an existing class in the sandbox ${sample.sandbox}; did you mean "${context}/profile"?`,
      suggestion: `${context}/profile`,
    },
  ]);
  expect(judge(definition, partsOf(definition, 'x'), ['nowhere'], [{}])).toEqual([]);
});

test('of a type that parts do not agree on, or that nobody knows, nothing is said', () => {
  const definition = definitionOf({ ...columns({ name: 'C', type: 'boolean' }), ...into('a') });
  const parts = partsOf(definition, undefined);
  const problemsWith = (...types: (string | null)[]) =>
    judge(
      definition,
      parts,
      ['a'],
      types.map((type) => ({ types: [type] })),
    );
  expect(problemsWith('date', null, null)).toHaveLength(1);
  expect(problemsWith('date', 'date', null)).toHaveLength(1);
  expect(problemsWith('date', 'string', null)).toEqual([]);
  expect(problemsWith('?', null, null)).toEqual([]);
  // A destination that nobody was asked for, as the definition was too large.
  expect(
    judge(
      definition,
      parts,
      [],
      parts.map(() => ({ types: [] })),
    ),
  ).toEqual([]);
});

test('a part is known by its kind and id', () => {
  expect(partsOf(definitionOf({}), 'x').map((part) => [partKey(part), part.field])).toEqual([
    ['schema x', 'schema.id'],
  ]);
  expect(partsOf(definitionOf({}), undefined).map(partKey)).toEqual([
    `class ${context}/profile`,
    `fieldGroup ${context}/a`,
    `fieldGroup ${context}/b`,
  ]);
  expect(partsOf(definitionOf({ schema: undefined }), undefined)).toEqual([]);
  expect(partsOf(definitionOf({ schema: { class: 'c' } }), undefined)).toHaveLength(1);
  // With nothing that has fields, no path is anywhere.
  expect(judge(definitionOf(into('a')), [], ['a'], [])).toMatchObject([{ field: 'mapping[0].destination' }]);
});

test('each destination is asked for once', () => {
  const mapping = ['b', 'a', 'b'].map((destination) => ({ source: 'Name', destination }));
  expect(destinationsOf(definitionOf({ mapping }), 0)).toEqual(['b', 'a']);
  // And counts once towards what fits.
  const long = { source: 'Name', destination: 'x'.repeat(400_000) };
  expect(destinationsOf(definitionOf({ mapping: [long, long, mapping[1]] }), 1)).toHaveLength(2);
});

test('a column’s type counts where it is told, and its format where that is a date’s', () => {
  expect(
    [
      { name: 'C', type: 'string' },
      { name: 'C', type: 'string', format: 'date' },
      { name: 'C', type: 'string', format: 'uri' },
      { name: 'C', type: 'integer', format: 'date' },
      { name: 'C', type: 'x', xdm: { type: 'string', format: 'date-time' } },
      { name: 'C', type: 'x', xdm: { type: 'string', format: ['date'] } },
      { name: 'C', type: 'x', xdm: { type: 5 } },
      { name: 'C', type: 'x', xdm: {} },
    ].map((column) => typeOfColumn(column as Column)),
  ).toEqual(['string', 'date', 'string', 'integer', 'date-time', 'string', undefined, undefined]);
});

test('a field group that is named twice is asked once', () => {
  expect(partsOf(definitionOf({}), undefined).map(({ field }) => field)).toEqual([
    'schema.class',
    'schema.fieldGroups[0]',
    'schema.fieldGroups[1]',
  ]);
});

describe('of a definition as large as it may be', () => {
  const definition = { ...large['columns, each mapped']!(900_000), schema: wanted } as unknown as Definition;

  test('what all requests ask together fits into one turn of a workflow', () => {
    for (const parts of [1, 4, 201]) {
      const paths = destinationsOf(definition, parts);
      expect(JSON.stringify(paths).length * parts).toBeLessThan(520_000);
    }
    expect(destinationsOf(definition, 4)).toHaveLength(definition.mapping.length);
  });

  test('the first paths that are nowhere get a suggestion, and all are told', () => {
    const problems = problemsOf(definition);
    expect(problems).toHaveLength(definition.mapping.length);
    const paths = destinationsOf(definition, 3);
    const nowhere = paths.map(() => null);
    expect(missingPaths(paths, [{ types: nowhere }])).toEqual(paths);
    expect(toCorrect(paths, [{ types: nowhere }])).toEqual(paths.slice(0, 20));
  });
});
