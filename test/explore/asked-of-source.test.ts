/** What is asked of a source for a definition, and whether its answer is good. */
import { describe, expect, it } from 'vitest';
import { askedOfSource, leavesColumnsOut } from '../../src/explore/asked-of-source.ts';
import { isFine } from '../../src/explore/source-answer.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';

const { columns } = sample.source;
const asked = (source: object, base: { source: object } = sample) =>
  askedOfSource(parsed({ ...base, source: { ...base.source, ...source } }));

describe('of a source', () => {
  it('a table is asked for by the base connection, with the columns that are said of it', () => {
    const source = { connectionId: sample.source.baseConnectionId };
    expect(asked({})).toEqual({ source, type: 'table', path: 'test1.Mytable', columns });
    expect(asked({ columns: undefined })).toEqual({ source, type: 'table', path: 'test1.Mytable' });
  });

  it('files are asked for with how they are written', () => {
    const source = { connectionId: fileSample.source.baseConnectionId };
    const written = { fileType: 'delimited', columnDelimiter: ',' };
    expect(asked({}, fileSample)).toEqual({ source, type: 'folder', path: '/orders', written });
  });

  it('without base connections is asked by its connection spec', () => {
    const landing = { connector: 'data-landing-zone', baseConnectionId: undefined };
    expect(asked(landing, fileSample)?.source).toEqual({
      connectionSpecId: '26f526f2-58f4-4712-961d-e41bf1ccc0e8',
    });
  });

  it('nothing is asked while its base connection is not known, nor of a pattern of folders, nor of encrypted files of a pattern', () => {
    const connection = { baseConnectionId: undefined, connection: { name: 'Shop' } };
    expect(asked(connection)).toBeUndefined();
    const spec = { connector: undefined, connectionSpec: { id: '11111111-2222-4333-8444-555555555555' } };
    expect(asked({ ...connection, ...spec })).toBeUndefined();
    expect(asked({ path: '/orders-*/a.csv' }, fileSample)).toBeUndefined();
    const encryption = { publicKeyId: '512e686e-543e-4354-bcba-e1403ddcc532' };
    const encrypted = { path: '/orders/*.csv.gpg', params: { type: 'folder' }, encryption };
    expect(asked(encrypted, fileSample)).toBeUndefined();
  });

  it('of a pattern of files the folder is asked', () => {
    expect(asked({ path: '/orders/*.csv' }, fileSample)).toMatchObject({
      type: 'folder',
      path: '/orders',
      pattern: '*.csv',
    });
  });

  it('columns are read where a definition of a table says none', () => {
    const withoutColumns = (base: { source: object }) =>
      leavesColumnsOut(parsed({ ...base, source: { ...base.source, columns: undefined } }));
    expect([withoutColumns(sample), leavesColumnsOut(parsed(sample))]).toEqual([true, false]);
    const pattern = { ...fileSample, source: { ...fileSample.source, path: '/orders/*.csv' } };
    expect([parsed(legacySample), parsed(fileSample), parsed(pattern)].map(leavesColumnsOut)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

it('a source is fine where it has what is asked for, or more', () => {
  expect(isFine({ said: 'columns', columns: [] })).toBe(true);
  expect(isFine({ said: 'changes', changes: { added: ['a'] } })).toBe(true);
  expect(isFine({ said: 'changes', changes: { gone: [{ name: 'a' }] } })).toBe(false);
  expect(isFine({ said: 'missing' })).toBe(false);
  expect(isFine({ said: 'unknown', why: 'x' })).toBe(false);
});
