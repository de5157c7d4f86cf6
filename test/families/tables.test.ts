/** What is true of tables: what a definition must say of one, what is sent of it, and what is asked about it. */
import { describe, expect, test } from 'vitest';
import { explored } from '../../src/families/columns.ts';
import { tables } from '../../src/families/tables.ts';
import { fieldsOf, legacySample, messageAt, parsed, sample } from '../definition/sample.ts';

const table = (source: object, changes: object = {}, base: { source: object } = sample) => ({
  ...base,
  ...changes,
  source: { ...base.source, ...source },
});
const legacy = (source: object) => table(source, {}, legacySample);
const sourceOf = (input: object) => parsed(input).source;

describe('of a table', () => {
  test('the name is needed, or in the older generation the path, and never both', () => {
    expect(messageAt(table({ tableName: undefined }), 'source.tableName')).toBe(
      'is required: the table to read; in the older generation path instead',
    );
    // What is wrong with the path is told once.
    expect(fieldsOf(table({ tableName: undefined, path: 'a\nb' }))).toEqual(['source.path']);
    expect(messageAt(table({ path: 'Orders' }), 'source.path')).toBe(
      'must not be given beside tableName: path belongs to the older generation',
    );
    expect([fieldsOf(sample), fieldsOf(legacySample)]).toEqual([[], []]);
  });

  test('what belongs to the older generation is refused beside the name', () => {
    expect(messageAt(table({ adHocSchema: {} }), 'source.adHocSchema')).toBe(
      'must be left out beside tableName: it belongs to the older generation, with path',
    );
    expect(messageAt(table({ format: 'parquet_xdm' }), 'source.format')).toBe(
      'must be "tabular" with tableName: parquet_xdm belongs to the older generation, with path',
    );
    expect(fieldsOf(table({ format: 'parquet_xdm' }))).toEqual(['source.format']);
  });

  test('the older generation describes the rows by an ad-hoc schema, and filters none', () => {
    expect(messageAt(legacy({ adHocSchema: undefined }), 'source.adHocSchema')).toBe(
      'is required with format parquet_xdm: {} makes one from the columns, {"id"} uses one',
    );
    expect(fieldsOf(legacy({ adHocSchema: undefined, format: undefined }))).not.toContain(
      'source.adHocSchema',
    );
    expect(fieldsOf(legacy({ adHocSchema: 5 }))).toEqual(['source.adHocSchema']);
    const filters = { type: 'PQL', format: 'pql/json', value: {} };
    expect(messageAt(legacy({ filters }), 'source.filters')).toBe(
      'must be left out with path: rows are filtered where tableName says the table',
    );
    expect(fieldsOf(table({ filters }))).toEqual([]);
    expect(fieldsOf(table({ path: 'Orders', filters }))).toEqual(['source.path']);
    expect(fieldsOf(table({ tableName: undefined, filters }))).toEqual(['source.tableName']);
  });

  test('what is new is found by a column, but where rows are loaded once', () => {
    const without = (schedule: unknown) => table({}, { deltaColumn: undefined, schedule });
    expect(messageAt(without({ frequency: 'day', interval: 1 }), 'deltaColumn')).toBe(
      'is required with frequency "day": the column by which AEP finds new rows, such as {"name": "updatedAt"}',
    );
    expect(fieldsOf(without({ frequency: 'once' }))).toEqual([]);
    expect(fieldsOf(without(undefined))).toEqual(['schedule']);
    expect(fieldsOf(without({ frequency: 'x' }))).toEqual(['schedule.frequency']);
  });

  test('the source connection says which it is, with its columns and filters', () => {
    const filters = { type: 'PQL' };
    const full = sourceOf(table({ params: { entityType: 'view' }, filters }));
    expect(tables.data(full, undefined)).toEqual({ format: 'tabular' });
    expect(tables.data({ ...full, format: 'tabular' }, undefined)).toEqual({ format: 'tabular' });
    expect(tables.params(full)).toStrictEqual({
      entityType: 'view',
      tableName: 'test1.Mytable',
      columns: [
        { name: 'TestID', type: 'string', xdm: { type: 'string' } },
        { name: 'Name', type: 'string', xdm: { type: 'string' } },
        {
          name: 'Datefield',
          type: 'string',
          'meta:xdmType': 'date-time',
          xdm: { type: 'string', format: 'date-time' },
        },
      ],
      filters,
    });
    expect(tables.params(sourceOf(table({ columns: undefined })))).toStrictEqual({
      tableName: 'test1.Mytable',
    });
  });

  test('in the older generation it says the path and the ad-hoc schema, which has the columns', () => {
    const older = sourceOf(legacySample);
    expect(tables.data(older, 'id')).toEqual({
      format: 'parquet_xdm',
      schema: { id: 'id', version: 'application/vnd.adobe.xed-full-notext+json; version=1' },
    });
    expect(tables.params(older)).toStrictEqual({ path: 'Orders' });
  });

  test('the source can be asked by its name, or else its path, where columns are nothing to compare', () => {
    const columns = sample.source.columns;
    expect(tables.objectAt('a.csv')).toBe('table');
    expect(tables.asked({ tableName: 'a', columns })).toStrictEqual({ type: 'table', path: 'a', columns });
    expect(tables.asked({ tableName: 'a' })).toStrictEqual({ type: 'table', path: 'a' });
    expect(tables.asked({ path: 'b', columns })).toStrictEqual({ type: 'table', path: 'b', columns: [] });
    expect(tables.asked({})).toBeUndefined();
  });

  test('a definition that loads it names it, with its columns where they are known', () => {
    const columns = [{ name: 'a', type: 'string' }];
    expect(tables.loading('shop.orders', 'table', { columns })).toStrictEqual({
      tableName: 'shop.orders',
      columns,
    });
    expect(tables.loading('shop.orders', 'table', {})).toStrictEqual({ tableName: 'shop.orders' });
    expect([tables.isOfSpec({ tableName: 'a' }), tables.isOfSpec({ path: 'a' })]).toEqual([true, false]);
  });

  test('the delta column is sent where rows are loaded more than once, and read back there', () => {
    const [copy] = tables.transformations;
    const deltaColumn = { name: 'at', dateFormat: 'YYYY', timezone: 'UTC' };
    const daily = { ...parsed(sample), deltaColumn };
    expect(copy!.params(daily)).toEqual({ deltaColumn });
    expect(copy!.params({ ...daily, schedule: { frequency: 'once' } })).toBeUndefined();
    expect(copy!.params(parsed(table({}, { deltaColumn: undefined, schedule: { frequency: 'once' } })))).toBe(
      undefined,
    );
    expect(copy!.readBack({ deltaColumn: { ...deltaColumn, more: 1 } }, 'day')).toEqual({ deltaColumn });
    expect(copy!.readBack({ deltaColumn }, 'once')).toEqual({});
    expect([copy!.readBack({}, 'day'), copy!.readBack({ deltaColumn: null }, 'day')]).toEqual([{}, {}]);
  });
});

test('a column in short goes out as the explore call answers it, and one that came from it as it is', () => {
  const date = { name: 'a', type: 'string', format: 'date' };
  expect(explored(date)).toStrictEqual({
    name: 'a',
    type: 'string',
    'meta:xdmType': 'date',
    xdm: { type: 'string', format: 'date' },
  });
  const uri = { name: 'b', type: 'string', format: 'uri' };
  expect(explored(uri)).toStrictEqual({ name: 'b', type: 'string', xdm: { type: 'string', format: 'uri' } });
  const number = { name: 'c', type: 'integer', minimum: 0 };
  expect(explored(number)).toStrictEqual({
    name: 'c',
    type: 'integer',
    xdm: { type: 'integer', minimum: 0 },
  });
  const whole = { name: 'd', type: 'long', xdm: { type: 'integer' } };
  expect(explored(whole)).toBe(whole);
});
