import { z } from 'zod';
import type { PlainObject } from '../definition/plain-json.ts';
import { line } from '../definition/text.ts';
import { passedThrough } from './columns.ts';
import { fileFormats, type Checked, type Family, type Transformation } from './family.ts';

export const fileFields = () => ({
  data: z
    .strictObject({
      properties: passedThrough().describe(
        'For example {"columnDelimiter": ",", "encoding": "UTF-8", "compressionType": "gzip"}.',
      ),
    })
    .optional()
    .describe('File sources only: how the files are written. AEP takes a comma as delimiter unless given.'),
  encryption: z
    .strictObject({
      publicKeyId: line(100).describe(
        'Id of the key pair of AEP with whose public key the files are encrypted.',
      ),
      signVerificationKeyId: line(100)
        .optional()
        .describe('Id of your own public key in AEP, by which it verifies who signed the files.'),
    })
    .optional()
    .describe('File sources only: files that are encrypted with PGP or GPG. Keys of AEP end after 180 days.'),
});

/** What AEP's page on files knows of how they are written: of which formats, and with which values. */
const properties: Record<
  string,
  { of: readonly string[]; takes: (value: unknown) => boolean; which: string }
> = {
  columnDelimiter: {
    of: ['delimited'],
    takes: (value) => typeof value === 'string' && /^.$/su.test(value),
    which: 'one character',
  },
  encoding: {
    of: ['delimited'],
    takes: (value) => /^(utf-8|iso-8859-1)$/i.test(String(value)),
    which: 'UTF-8 or ISO-8859-1',
  },
  compressionType: {
    of: ['delimited', 'json'],
    takes: (value) => /^(none|bzip2|gzip|deflate|zipdeflate|targzip|tar)$/i.test(String(value)),
    which: 'bzip2, gzip, deflate, zipDeflate, tarGzip or tar',
  },
};

function rule({ draft, source, label, report }: Checked): void {
  const { path, params, format, data, encryption } = source;
  if (path === undefined) report('source.path', 'is required: the file or folder to read');
  if (params === undefined)
    report(
      'source.params',
      'is required for files: {"type": "file"} or {"type": "folder", "recursive": true}',
    );
  else if (params['type'] !== undefined && params['type'] !== 'file' && params['type'] !== 'folder')
    report('source.params.type', 'must be "file" or "folder"');
  const recursive = params?.['recursive'];
  if (recursive !== undefined && recursive !== null && typeof recursive !== 'boolean')
    report('source.params.recursive', 'must be true or false');
  if (draft.deltaColumn)
    report('deltaColumn', `must be left out: ${label} reads files, and AEP finds new ones by their time`);
  for (const [name, { of, takes, which }] of Object.entries(properties)) {
    const value = data?.properties?.[name];
    if (value === undefined || value === null) continue;
    const field = `source.data.properties.${name}`;
    if (format !== undefined && !of.includes(format))
      report(field, `must be left out with format ${format}: it is for ${of.join(' and ')}`);
    else if (!takes(value)) report(field, `must be ${which}`);
  }
  if (!encryption) return;
  if (recursive === true)
    report('source.params.recursive', 'must be left out: encrypted files must be in one folder');
  if (path !== undefined && /[*?].*\//.test(path))
    report(
      'source.path',
      'must have no wildcard in the name of a folder: encrypted files must be in one folder',
    );
}

/** Keys of AEP decrypt the files before they are read. */
const decryption: Transformation = {
  name: 'Encryption',
  field: 'source.encryption',
  own: ['publicKeyId', 'signVerificationKeyId'],
  isLast: true,
  params: ({ source: { encryption } }) => encryption && { ...encryption },
  readBack: ({ publicKeyId, signVerificationKeyId }) => ({
    source: { encryption: { publicKeyId, signVerificationKeyId } },
  }),
};

/** Files in cloud storage: AEP takes those that are new, or were written again, since the run before. */
export const files: Family = {
  name: 'files',
  flowSpec: 'CloudStorageToAEP',
  exploredAs: 'FileSystem',
  formats: fileFormats,
  usualFormat: 'delimited',
  saysFormat: true,
  knownParams: ['type', 'recursive'],
  isOfSpec: () => true,
  knownProperties: Object.keys(properties),
  fields: Object.keys(fileFields()) as (keyof ReturnType<typeof fileFields>)[],
  rule,
  objectAt: (path) => (/\.[A-Za-z0-9]+$/.test(path) ? 'file' : 'folder'),
  asked: ({ path, params, format, data, encryption }) => {
    if (path === undefined) return undefined;
    const written = { ...(format ? { fileType: format } : {}), ...textsIn(data?.properties ?? {}) };
    if (!/[*?]/.test(path)) return { type: params?.['type'] === 'folder' ? 'folder' : 'file', path, written };
    const slash = path.lastIndexOf('/');
    const [folder, pattern] = [path.slice(0, slash), path.slice(slash + 1)];
    // A pattern is of no one folder, nor can anybody look into files that are encrypted.
    if (slash < 1 || /[*?]/.test(folder) || encryption) return undefined;
    return { type: 'folder', path: folder, pattern, written };
  },
  loading: (path, type, { file }) => ({
    format: file?.format,
    path,
    params: type === 'file' ? { type } : { type, recursive: true },
    ...(file?.properties ? { data: { properties: file.properties } } : {}),
  }),
  hasDeltaColumn: false,
  data: ({ format, data }) => ({ format, ...data }),
  params: ({ params, path }) => ({ ...params, path }),
  transformations: [decryption],
};

function textsIn(properties: PlainObject): Record<string, string> {
  return Object.fromEntries(
    ['columnDelimiter', 'encoding', 'compressionType'].flatMap((name) => {
      const value = properties[name];
      return typeof value === 'string' && value !== 'none' ? [[name, value]] : [];
    }),
  );
}
