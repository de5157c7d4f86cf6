/** What AEP lists of a source: tables, views, files and folders. */
import { describe, expect, it } from 'vitest';
import {
  firstFile,
  fitsPattern,
  writtenOtherwise,
  fittingEntries,
  folderOf,
  readEntries,
  typeOf,
  type Entry,
} from '../../src/explore/entries.ts';
import { fitting } from '../../src/explore/fitting.ts';

const entry = (type: string, path: string): Entry => ({ type, name: path, path });

describe('entries', () => {
  it('have the path that AEP says, or else their name, and are tables where it says nothing', () => {
    expect(readEntries([{ type: 'view', name: 'Orders', path: 'shop.orders' }, { name: 'plain' }])).toEqual([
      { type: 'view', name: 'Orders', path: 'shop.orders' },
      { type: 'table', name: 'plain', path: 'plain' },
    ]);
  });

  it('that no definition could name are left out', () => {
    expect(readEntries([{}, { name: 'a\nb' }, { name: 'x', path: '' }, { path: 'only-a-path' }])).toEqual([
      { type: 'table', name: '', path: 'only-a-path' },
    ]);
  });

  it.each([
    ['FILE', 'file'],
    ['Folder', 'folder'],
    ['view', 'table'],
    ['table', 'table'],
  ])('that AEP calls %s are read as a %s', (type, is) => expect(typeOf(entry(type, 'x'))).toBe(is));

  it('are told as far as they fit, with how many there are besides', () => {
    const few = [entry('file', 'a'), entry('file', 'b')];
    expect(fittingEntries(few)).toEqual({ entries: few });
    const many = Array.from({ length: 1000 }, (_, index) => entry('file', `${'x'.repeat(400)}${index}`));
    const { entries, more } = fittingEntries(many);
    expect(entries.length + more!).toBe(1000);
    expect(JSON.stringify(entries).length).toBeLessThan(150_001);
    expect(JSON.stringify(many.slice(0, entries.length + 1)).length).toBeGreaterThan(149_999);
  });
});

it.each([
  [6, ['a']],
  [8, ['a', 'b']],
  [7, ['a']],
  [3, []],
])('of a list as many are told as %i characters hold', (most, first) => {
  expect(fitting(['a', 'b'], most)).toEqual({ first, more: 2 - first.length });
});

describe('the file that tells how the files of a folder are written', () => {
  it('is the first whose name says what it holds, or else the first', () => {
    expect(firstFile([entry('folder', '/a.csv'), entry('file', '/b'), entry('file', '/c.csv')])).toBe(
      '/c.csv',
    );
    expect(firstFile([entry('folder', '/a.csv'), entry('file', '/b'), entry('file', '/c')])).toBe('/b');
  });
  it('is none where there are only folders', () =>
    expect(firstFile([entry('folder', '/a.csv')])).toBeUndefined());

  it('may have files that are written otherwise than that one', () => {
    const all = ['/a.csv', '/b.json', '/c.CSV', '/d.csv.gz', '/e'].map((path) => entry('file', path));
    expect(writtenOtherwise([...all, entry('folder', '/f')], '/a.csv')).toEqual([
      '/b.json',
      '/d.csv.gz',
      '/e',
    ]);
  });
});

it.each([
  ['/exports/2026/orders.csv', '/exports/2026'],
  ['/exports/2026//', '/exports'],
  ['exports/orders.csv', 'exports'],
  ['/exports/', undefined],
  ['orders.csv', undefined],
])('%s is in the folder %s', (path, folder) => expect(folderOf(path)).toBe(folder));

describe('a pattern', () => {
  it.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', '.csv', true],
    ['*.csv', 'a.csv.gz', false],
    ['cust*.csv', 'customers-1.csv', true],
    ['kust*.csv', 'customers-1.csv', false],
    ['*premium*.csv', 'my-premium-1.csv', true],
    ['*a*a*', 'ba', false],
    ['*a*a*', 'baa', true],
    ['a?.csv', 'a1.csv', true],
    ['a?.csv', 'a.csv', false],
    ['a.csv', 'a.csv', true],
    ['a.csv', 'xa.csv', false],
    ['a*a', 'a', false],
    ['*', '', true],
    ['?', '', false],
  ])('%s stands for %s: %s', (pattern, name, stands) => expect(fitsPattern(name, pattern)).toBe(stands));

  it('of many stars takes no time', () => {
    expect(fitsPattern('a'.repeat(1000), `${'*a'.repeat(400)}b`)).toBe(false);
  }, 1_000);
});
