import { describe, expect, test } from 'vitest';
import { sourceFacts } from '../../src/definition/source-facts.ts';
import { files as fileFamily } from '../../src/families/files.ts';
import { askedIn, familyOf } from '../../src/families/index.ts';
import { resources } from '../../src/resources/index.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { fieldsOf, fileSample, messageAt, parsed, problemsOf, sample } from '../definition/sample.ts';

const files = (source: object, changes: object = {}) => ({
  ...fileSample,
  ...changes,
  source: { ...fileSample.source, ...source },
});
const warnings = (input: object) => parseDefinition(input).warnings;
const written = (format: string, properties: object) => files({ format, data: { properties } });
const folder = { type: 'folder' };
const encryption = { publicKeyId: '512e686e-543e-4354-bcba-e1403ddcc532' };
const transformations = (input: object) => {
  const ids = { sourceConnection: 's', targetConnection: 't', mappingSet: 'm' };
  return resources.flow.body(parsed(input), ids, { flowSpec: { id: 'f', version: '1.0' } })[
    'transformations'
  ];
};

describe('how files are written', () => {
  test.each([
    ['delimited', { columnDelimiter: '\t', encoding: 'iso-8859-1', compressionType: 'gzip' }],
    ['delimited', { columnDelimiter: '😀' }],
    ['json', { compressionType: 'zipDeflate' }],
    ['parquet', { somethingNew: 1, columnDelimiter: null }],
  ])('%s with %j passes', (format, properties) => {
    expect(fieldsOf(written(format, properties))).toEqual([]);
  });

  test.each([
    ['delimited', { columnDelimiter: '||' }, 'columnDelimiter', 'must be one character'],
    ['delimited', { columnDelimiter: 9 }, 'columnDelimiter', 'must be one character'],
    ['delimited', { encoding: 'UTF-16' }, 'encoding', 'must be UTF-8 or ISO-8859-1'],
    ['delimited', { encoding: 'CP-UTF-8' }, 'encoding', 'must be UTF-8 or ISO-8859-1'],
    ['delimited', { encoding: 'UTF-8-BOM' }, 'encoding', 'must be UTF-8 or ISO-8859-1'],
    ['json', { compressionType: 'rar' }, 'compressionType', 'must be bzip2, gzip, deflate, zipDeflate'],
    ['json', { compressionType: 'pigzgzip' }, 'compressionType', 'must be bzip2'],
    ['json', { compressionType: 'tar.xz' }, 'compressionType', 'must be bzip2'],
    ['json', { columnDelimiter: ',' }, 'columnDelimiter', 'left out with format json: it is for delimited'],
    ['json', { encoding: 'UTF-8' }, 'encoding', 'left out with format json: it is for delimited'],
    ['parquet', { compressionType: 'gzip' }, 'compressionType', 'it is for delimited and json'],
  ])('%s with %j is told', (format, properties, name, message) => {
    const input = written(format, properties);
    expect(fieldsOf(input)).toEqual([`source.data.properties.${name}`]);
    expect(messageAt(input, `source.data.properties.${name}`)).toContain(message);
  });

  test('nothing more is told of properties where the format is wrong', () => {
    expect(fieldsOf(files({ format: 'tabular', data: { properties: {} } }))).toEqual(['source.format']);
    expect(fieldsOf(files({ format: undefined }))).toEqual(['source.format']);
  });
});

test('the path and the params are needed', () => {
  expect(messageAt(files({ path: undefined, params: undefined }), 'source.path')).toBe(
    'is required: the file or folder to read',
  );
  const bare = files({ path: undefined, params: undefined, data: undefined, encryption });
  expect(fieldsOf(bare)).toEqual(['source.path', 'source.params']);
  expect(messageAt(bare, 'source.params')).toBe(
    'is required for files: {"type": "file"} or {"type": "folder", "recursive": true}',
  );
  expect(fieldsOf(files({ data: { properties: undefined } }))).toEqual(['source.data.properties']);
});

test('params say a file or a folder, and what AEP does not know of them is told with the nearest', () => {
  for (const params of [{ type: 'file' }, folder, {}]) expect(fieldsOf(files({ params }))).toEqual([]);
  expect(messageAt(files({ params: { type: 'directory' } }), 'source.params.type')).toBe(
    'must be "file" or "folder"',
  );
  const odd = files({ params: { ...folder, recursiv: true, x: 1 } });
  expect(warnings(odd).map(({ message }) => message)).toEqual([
    'source.params.recursiv is sent as it is, though AEP does not know it; did you mean "recursive"?',
    'source.params.x is sent as it is, though AEP does not know it; known are type, recursive',
  ]);
});

test('whether folders in the folder count is true or false', () => {
  expect(messageAt(files({ params: { ...folder, recursive: 'yes' } }), 'source.params.recursive')).toBe(
    'must be true or false',
  );
});

test('a misspelt property of how files are written is told with the nearest, as AEP takes it for nothing', () => {
  expect(warnings(written('delimited', { columnDelimeter: ';', x: 1 }))).toMatchObject([
    {
      code: 'unknown-param',
      field: 'source.data.properties.columnDelimeter',
      message:
        'source.data.properties.columnDelimeter is sent as it is, though AEP does not know it; did you mean "columnDelimiter"?',
    },
    { field: 'source.data.properties.x' },
  ]);
});

test('a delta column is refused: new files are found by their time', () => {
  expect(messageAt(files({}, { deltaColumn: { name: 'x' } }), 'deltaColumn')).toBe(
    'must be left out: amazon-s3 reads files, and AEP finds new ones by their time',
  );
});

test('of FTP only a load that runs once is advised', () => {
  const ftp = { connector: 'ftp' };
  expect(warnings(files(ftp))).toMatchObject([{ code: 'once-advised', field: 'schedule.frequency' }]);
  expect(warnings(files(ftp, { schedule: { frequency: 'once' } }))).toEqual([]);
});

describe('encrypted files', () => {
  test('are decrypted by a transformation after the mapping', () => {
    const encrypted = files({ params: folder, path: '/acme/*.csv.gpg', encryption });
    expect(transformations(encrypted)).toEqual([
      { name: 'Mapping', params: { mappingId: 'm', mappingVersion: '0' } },
      { name: 'Encryption', params: encryption },
    ]);
    expect(transformations(files({}))).toHaveLength(1);
    const signed = { ...encryption, signVerificationKeyId: 'e31ae895-7896-469a-8e06-eb9207ddf1c2' };
    expect(transformations(files({ params: folder, encryption: signed }))).toContainEqual({
      name: 'Encryption',
      params: signed,
    });
  });

  test('lie in one folder', () => {
    const deep = files({ params: { ...folder, recursive: true }, path: '/acme/*/x.gpg', encryption });
    expect(problemsOf(deep).map(({ field, message }) => `${field} ${message}`)).toEqual([
      'source.params.recursive must be left out: encrypted files must be in one folder',
      'source.path must have no wildcard in the name of a folder: encrypted files must be in one folder',
    ]);
    expect(fieldsOf(files({ path: '/acme/*/x.csv' }))).toEqual([]);
  });

  test('need the id of their key, and are no tables', () => {
    expect(fieldsOf(files({ params: folder, encryption: {} }))).toEqual(['source.encryption.publicKeyId']);
    const table = { ...sample, source: { ...sample.source, encryption } };
    expect(messageAt(table, 'source.encryption')).toBe(
      'must be left out: google-bigquery reads tables, not files',
    );
  });
});

describe('of files', () => {
  test('the source connection says how they are written and where they are', () => {
    const { source } = parsed(files({ params: folder }));
    const data = { format: 'delimited', properties: { columnDelimiter: ',' } };
    expect(fileFamily.data(source, undefined)).toEqual(data);
    expect(fileFamily.params(source)).toEqual({ type: 'folder', path: '/orders' });
  });

  test.each([
    ['/orders/a.csv', 'file'],
    ['/orders/a.csv.gz', 'file'],
    ['/orders.d/a', 'folder'],
    ['/orders', 'folder'],
    ['/orders.', 'folder'],
  ])('%s is a %s, as far as it tells', (path, type) => expect(fileFamily.objectAt(path)).toBe(type));

  test('the source can be asked for one, or for a folder, with what is said of how they are written', () => {
    const properties = { columnDelimiter: ';', encoding: 'UTF-8', compressionType: 'gzip', other: 'x' };
    expect(
      fileFamily.asked({ path: '/a', params: folder, format: 'delimited', data: { properties } }),
    ).toEqual({
      type: 'folder',
      path: '/a',
      written: { fileType: 'delimited', columnDelimiter: ';', encoding: 'UTF-8', compressionType: 'gzip' },
    });
    const none = { columnDelimiter: 5, compressionType: 'none' };
    const bare = { type: 'file', path: '/a', written: {} };
    expect(fileFamily.asked({ path: '/a', data: { properties: none } })).toStrictEqual(bare);
    expect(fileFamily.asked({ path: '/a' })).toStrictEqual(bare);
  });

  test('the source is asked for a pattern of files by its folder, and not for one of folders, nor for nothing', () => {
    const ofPattern = { type: 'folder', path: '/a', written: {} };
    expect(fileFamily.asked({ path: '/a/*.csv' })).toEqual({ ...ofPattern, pattern: '*.csv' });
    expect(fileFamily.asked({ path: '/a/?.csv' })).toEqual({ ...ofPattern, pattern: '?.csv' });
    expect(['/a-*/b.csv', '*.csv', undefined].map((path) => fileFamily.asked({ path }))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a definition that loads them says where they are and how they are written', () => {
    expect(fileFamily.loading('/a.csv', 'file', { file: { format: 'json' } })).toStrictEqual({
      format: 'json',
      path: '/a.csv',
      params: { type: 'file' },
    });
    const properties = { columnDelimiter: ';' };
    expect(fileFamily.loading('/a', 'folder', { file: { format: 'delimited', properties } })).toStrictEqual({
      format: 'delimited',
      path: '/a',
      params: { type: 'folder', recursive: true },
      data: { properties },
    });
    expect(fileFamily.loading('/a', 'file', {})).toEqual({ path: '/a', params: { type: 'file' } });
    expect(fileFamily.isOfSpec({})).toBe(true);
  });

  test('the keys of encrypted ones are read back', () => {
    const [decryption] = fileFamily.transformations;
    const keys = { publicKeyId: 'a', signVerificationKeyId: 'b' };
    expect(decryption!.readBack({ ...keys, more: 1 }, 'day')).toEqual({ source: { encryption: keys } });
  });
});

test.each([
  ['Copy', 'deltaColumn.name', 'deltaColumn.name'],
  ['Copy', 'deltaColumn', 'deltaColumn'],
  ['Copy', '', 'deltaColumn'],
  ['Encryption', 'publicKeyId', 'source.encryption.publicKeyId'],
  ['Encryption', '', 'source.encryption'],
  ['Mapping', 'mappingId', 'mapping.mappingId'],
  ['Mapping', '', 'mapping'],
])('of the transformation %s the param "%s" is asked for by %s', (transformation, inside, field) =>
  expect(askedIn(transformation, inside)).toBe(field),
);

test('which family a source without a name here is of, its format tells', () => {
  const { family } = sourceFacts({ connectionSpec: { id: 'x' }, format: 'parquet' });
  expect([family.name, family.flowSpec]).toEqual(['files', 'CloudStorageToAEP']);
  expect([familyOf('json').name, familyOf('parquet_xdm').name, familyOf(undefined).name]).toEqual([
    'files',
    'tables',
    'tables',
  ]);
});
