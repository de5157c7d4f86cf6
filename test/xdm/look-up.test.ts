import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFields } from '../../src/xdm/fields.ts';
import { typeAt } from '../../src/xdm/look-up.ts';
import { nearestPaths } from '../../src/xdm/nearest-path.ts';
import { pathOf, stepsOf } from '../../src/xdm/path.ts';
import { answer } from './sample.ts';

const root = readFields(answer);

describe('a destination leads to the field that Adobe’s pages say it does', () => {
  test.each([
    ['_id', 'string'],
    ['person.name.fullName', 'string'],
    ['person.birthDate', 'date'],
    ['_repo.createDate', 'date-time'],
    ['person.birthYear', 'integer'],
    ['person.name', 'object'],
    ['organizations', 'array'],
    ['organizations[0]', 'string'],
    ['organizations[*]', 'string'],
    ['productListItems[*].SKU', 'string'],
    ['productListItems[2].productCategories[0].categoryID', 'string'],
    ['_tenant.loyalty.discounts[0].value', 'number'],
    [String.raw`_tenant.loyalty.tier\.name`, 'string'],
    ['_tenant.loyalty.${tier.name}', 'string'],
  ])('%s: %s', (path, type) => expect(typeAt(root, path)).toBe(type));
});

describe('what AEP might take is not refused', () => {
  test.each([
    'identityMap',
    'identityMap.ECID[0].id',
    'identityMap["ECID"]',
    'faxPhone.number',
    // Nothing says that an index must be there, or that there must be a list.
    'productListItems.SKU',
    'person[0].name.fullName',
  ])('%s', (path) => expect(typeAt(root, path)).not.toBeNull());

  test.each([
    [
      'a reference that was not resolved',
      { properties: { a: { $ref: 'https://ns.adobe.com/xdm/common/address' } } },
    ],
    ['a reference to a definition that is not there', { allOf: [{ $ref: '#/definitions/gone' }] }],
    [
      'one that refers to itself',
      {
        definitions: { d: { properties: { a: { $ref: '#/definitions/d' } } } },
        allOf: [{ $ref: '#/definitions/d' }],
      },
    ],
    ['an object of which no field is told', { properties: { a: { type: 'object' } } }],
    ['a list of which nothing is told', { properties: { a: { type: 'array' } } }],
    [
      'one of several forms',
      { properties: { a: { oneOf: [{ type: 'string' }, { type: 'object' }], properties: { c: {} } } } },
    ],
    [
      'parts that disagree',
      { allOf: [{ properties: { a: { type: 'string' } } }, { properties: { a: { type: 'object' } } }] },
    ],
    ['no schema at all', { properties: { a: true } }],
    ['a field that is deeper than any', { properties: { a: deep(100) } }],
  ])('below %s', (_, schema) => expect(typeAt(readFields(schema), 'a.b')).not.toBeNull());

  function deep(levels: number): object {
    return levels === 0 ? { type: 'string' } : { type: 'object', properties: { b: deep(levels - 1) } };
  }
});

describe('what leads nowhere', () => {
  test.each([
    'person.name.nickname',
    'person.name.fullname',
    'nothing',
    'person.name.fullName.first',
    'organizations[0].name',
    'productListItems[*].sku',
    'person..name',
    '.person',
    '_tenant.loyalty.tier.name',
  ])('%s', (path) => expect(typeAt(root, path)).toBeNull());
});

test('the raw form, with references to its own definitions, says the same', () => {
  const { properties, ...rest } = answer;
  const raw = {
    ...rest,
    definitions: { own: { properties } },
    allOf: [{ $ref: '#/definitions/own', type: 'object' }],
  };
  expect(readFields(raw)).toEqual(root);
});

test('a schema that multiplies without end is read in no time, and is open where it ends', () => {
  const definitions = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const part = { $ref: `#/definitions/d${index + 1}` };
      return [`d${index}`, { properties: { a: part, b: part } }];
    }),
  );
  const fields = readFields({ definitions, allOf: [{ $ref: '#/definitions/d0' }] });
  expect(typeAt(fields, 'b.a.b.a')).not.toBeNull();
});

describe('the nearest path', () => {
  test.each([
    ['person.name.fulName', 'person.name.fullName'],
    ['person.nmae.fulName', 'person.name.fullName'],
    ['productListItems[*].sku', 'productListItems[*].SKU'],
    ['productListItem[3].priceTotl', 'productListItems[3].priceTotal'],
    ['categoryID', 'productListItems[*].productCategories[*].categoryID'],
    ['/person/name/fullName', 'person.name.fullName'],
    ['_tenant.loyalty.tiername', String.raw`_tenant.loyalty.tier\.name`],
    ['somewhere.else.entirely', null],
    ['two.have.a.status', null],
    ['//person//name/fullNam/', 'person.name.fullName'],
    [
      'productListItems[0].productCategories[1].categoryIDs',
      'productListItems[0].productCategories[1].categoryID',
    ],
    ['productListItems.SKUs', 'productListItems.SKU'],
    ['person.name.fullName.first', null],
    ['', null],
    ['/', null],
  ])('to %s is %s', (path, near) => expect(nearestPaths(root, [path])).toEqual([near]));
});

/** Names as an organisation may give them, and with what must be escaped. */
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.\\$-]{0,8}$/);
type Tree = { [name: string]: Tree | 'list' | null };
const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    name,
    fc.oneof({ depthSize: 'small' }, fc.constant(null), fc.constant('list' as const), tie('tree')),
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  ),
})).tree;

function schemaOf(one: Tree): object {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(one).map(([key, below]) => [
        key,
        below === null
          ? { type: 'string' }
          : below === 'list'
            ? { type: 'array', items: { type: 'object', properties: { leaf: { type: 'string' } } } }
            : schemaOf(below),
      ]),
    ),
  };
}

function leavesOf(one: Tree, before: string[] = []): string[][] {
  return Object.entries(one).flatMap(([key, below]) =>
    below === null
      ? [[...before, key]]
      : below === 'list'
        ? [[...before, key, '[0]', 'leaf']]
        : leavesOf(below, [...before, key]),
  );
}

test('every field of any schema is found by its path, and none that it does not have', () => {
  fc.assert(
    fc.property(tree, (one) => {
      const fields = readFields(schemaOf(one) as never);
      for (const steps of leavesOf(one)) {
        expect(stepsOf(pathOf(steps))).toEqual(steps);
        expect(typeAt(fields, pathOf(steps))).toBe('string');
        expect(typeAt(fields, pathOf([...steps, 'more']))).toBeNull();
      }
    }),
  );
});

test('no path and no schema makes it throw, and what is suggested is there', () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom('type', 'properties', 'items', 'allOf', '$ref', 'a', 'b') }),
      fc.string(),
      (schema, path) => {
        const fields = readFields(schema);
        typeAt(fields, path);
        const [near] = nearestPaths(fields, [path]);
        if (near !== null && near !== undefined) expect(typeAt(fields, near)).not.toBeNull();
      },
    ),
  );
});
