/** How a file is written: by its name, and by what AEP finds out. */
import { describe, expect, it } from 'vitest';
import { fileFacts, fileQuery, mayBeOtherwiseDelimited } from '../../src/explore/file-facts.ts';

it.each([
  ['/a/Orders.CSV', { fileType: 'delimited' }],
  ['/a/orders.csv.gz', { fileType: 'delimited', compressionType: 'gzip' }],
  ['/a/orders.tsv', { fileType: 'delimited', columnDelimiter: '\t' }],
  ['/a/orders.jsonl.bz2', { fileType: 'json', compressionType: 'bzip2' }],
  ['/a/orders.ndjson.zip', { fileType: 'json', compressionType: 'zipDeflate' }],
  ['/a/orders.json', { fileType: 'json' }],
  ['/a/orders.parquet', { fileType: 'parquet' }],
  ['/a/orders.gz', {}],
  ['/a/orders.gz.csv', { fileType: 'delimited' }],
  ['/a.csv/orders', {}],
  ['/a/my-gz', {}],
])('the name of %s tells %j', (path, told) => expect(fileQuery(path)).toStrictEqual(told));

describe('of a file', () => {
  it('its name counts before what AEP found', () => {
    const found = { fileType: 'JSON', columnDelimiter: ';', compressionType: 'gzip' };
    expect(fileFacts({}, found)).toStrictEqual({ format: 'json', properties: { compressionType: 'gzip' } });
    expect(fileFacts({ fileType: 'delimited' }, found)).toStrictEqual({
      format: 'delimited',
      properties: { columnDelimiter: ';', compressionType: 'gzip' },
    });
    const query = { fileType: 'delimited', columnDelimiter: '\t', compressionType: 'bzip2' };
    expect(fileFacts(query, found)).toStrictEqual({
      format: 'delimited',
      properties: { columnDelimiter: '\t', compressionType: 'bzip2' },
    });
  });

  it.each([
    [{ columnDelimiter: ',' }],
    [{ compressionType: 'none' }],
    [{ compressionType: '' }],
    [{ columnDelimiter: 5 }],
    [undefined],
  ])('nothing is said that is as AEP takes it: %j', (found) => {
    expect(fileFacts({ fileType: 'delimited' }, found)).toStrictEqual({ format: 'delimited' });
  });

  it('nothing is known where neither tells what it holds', () => {
    expect(fileFacts({}, {})).toBeUndefined();
    expect(fileFacts({}, { fileType: 'xml' })).toBeUndefined();
    expect(fileFacts({ fileType: 'tabular' })).toBeUndefined();
  });
});

it.each([
  ['one column with a semicolon in its name', '/a.csv', ['id;name'], true],
  ['one column', '/a.csv', ['id'], false],
  ['two columns', '/a.csv', ['id', 'a;b'], false],
  ['nothing that could be read', '/a.csv', undefined, true],
  ['one column of a file whose name tells the delimiter', '/a.tsv', ['a;b'], false],
  ['no delimited file', '/a.json', undefined, false],
])('%s in %s is looked at again: %j, %s', (_, path, names, again) => {
  const columns = names?.map((name) => ({ name }));
  expect(mayBeOtherwiseDelimited(fileQuery(path), columns)).toBe(again);
});
