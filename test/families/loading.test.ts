import { expect, test } from 'vitest';
import { files } from '../../src/families/files.ts';
import { tables } from '../../src/families/tables.ts';

test('a table is loaded by its name, with those of its columns that are to be said', () => {
  const columns = [{ name: 'id', type: 'string' }];
  expect(tables.loading('shop.orders', 'table', { columns })).toEqual({ tableName: 'shop.orders', columns });
  expect(tables.loading('shop.orders', 'table', {})).toEqual({ tableName: 'shop.orders' });
});

test('a file is loaded by its path, a folder with all that is below it, as they are written', () => {
  const file = { format: 'json' as const };
  expect(files.loading('/a.json', 'file', { file })).toEqual({
    format: 'json',
    path: '/a.json',
    params: { type: 'file' },
  });
  const properties = { columnDelimiter: ';' };
  expect(files.loading('/a', 'folder', { file: { format: 'delimited', properties } })).toEqual({
    format: 'delimited',
    path: '/a',
    params: { type: 'folder', recursive: true },
    data: { properties },
  });
});

test('new rows are found by a column of a table, new files by AEP itself', () => {
  expect([tables.hasDeltaColumn, files.hasDeltaColumn]).toEqual([true, false]);
});

test("a connector's spec knows what is sent for files, and for tables but in the older generation", () => {
  expect(tables.isOfSpec({ tableName: 'orders' })).toBe(true);
  expect(tables.isOfSpec({ path: 'orders' })).toBe(false);
  expect(files.isOfSpec({ path: '/a' })).toBe(true);
});
