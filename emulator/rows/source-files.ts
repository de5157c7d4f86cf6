/** Files as a file source has them: by path, in folders, read in the form that a request says. */
import { readFileSync } from 'node:fs';
import { gunzipSync, inflateSync } from 'node:zlib';
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import type { SourceFile } from './data-folder.ts';
import { delimiterOf, readDelimited, readJson } from './readers.ts';
import type { Records } from './table.ts';

/** What a source connection or a request to explore says of a file. */
export type FileForm = {
  format: string;
  columnDelimiter?: string;
  encoding?: string;
  compressionType?: string;
};

type Files = Map<string, SourceFile>;

/** From `/`, without one at the end: samples have both. */
const plainPath = (path: string): string => `/${path.replaceAll(/^\/+|\/+$/g, '')}`;

export function findFile(files: Files, path: string): SourceFile | undefined {
  return files.get(plainPath(path));
}

export type Entry = { type: 'folder' | 'file'; name: string; path: string };

/** What is in a folder, folders first; undefined where there is no such folder. */
export function folderEntries(files: Files, folder: string): Entry[] | undefined {
  const prefix = plainPath(`${folder}/`) === '/' ? '/' : `${plainPath(folder)}/`;
  const folders = new Map<string, Entry>();
  const here: Entry[] = [];
  for (const path of files.keys()) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    if (below.length === 0) here.push({ type: 'file', name, path });
    else folders.set(name, { type: 'folder', name, path: `${prefix}${name}` });
  }
  const entries = [...folders.values(), ...here];
  return entries.length > 0 || prefix === '/' ? entries : undefined;
}

/** `*` and `?` stand for anything within one segment. */
function pattern(path: string): RegExp {
  const escaped = path.replaceAll(/[$()+.[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
}

/**
 * The files that a source connection's `params` mean.
 * @throws Error where there is no such file or folder. A pattern that fits none means none.
 */
export function filesMeant(
  files: Files,
  { path: said, type, recursive }: Record<string, Json>,
): SourceFile[] {
  const path = plainPath(String(said));
  const all = [...files.values()];
  if (/[*?]/.test(path)) {
    const fits = pattern(path);
    return all.filter((file) => fits.test(file.path));
  }
  const one = files.get(path);
  if (type === 'file' || one !== undefined) {
    if (one === undefined) throw new Error(`There is no file ${path}.`);
    return [one];
  }
  const prefix = path === '/' ? path : `${path}/`;
  const below = all.filter((file) => file.path.startsWith(prefix));
  if (below.length === 0 && path !== '/') throw new Error(`There is no folder ${path}.`);
  const isDeep = String(recursive) === 'true';
  return below.filter((file) => isDeep || !file.path.slice(prefix.length).includes('/'));
}

function unpacked(bytes: Buffer, compressionType: string | undefined): Buffer {
  if (compressionType === undefined) return bytes;
  if (compressionType.toLowerCase() === 'gzip') return gunzipSync(bytes);
  if (compressionType.toLowerCase() === 'deflate') return inflateSync(bytes);
  throw new Error(`the emulator cannot read the compressionType ${compressionType}`);
}

/** @throws Error that says what is wrong with the file. */
export function readFile(file: SourceFile, form: FileForm): Records {
  try {
    if (form.format === 'parquet') {
      if (file.parquet instanceof Error) throw file.parquet;
      if (file.parquet === undefined) throw new Error('it is no Parquet file by its ending');
      return file.parquet;
    }
    const bytes = unpacked(readFileSync(file.onDisk), form.compressionType);
    const text = bytes.toString(/^iso-8859-1$/i.test(form.encoding ?? '') ? 'latin1' : 'utf8');
    if (form.format === 'json') return readJson(text);
    return readDelimited(text, form.columnDelimiter ?? ',');
  } catch (error) {
    throw new Error(
      `The file ${file.path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        cause: error,
      },
    );
  }
}

/** What AEP finds out about a file by itself. */
export function formOf(file: SourceFile): FileForm {
  const compressionType = /\.gz$/i.test(file.path) ? 'gzip' : undefined;
  const ending = /\.(\w+)$/.exec(file.path.replace(/\.gz$/i, ''))?.[1]?.toLowerCase() ?? '';
  const packed = compressionType === undefined ? {} : { compressionType };
  if (ending === 'parquet' || ending === 'json') return { format: ending, ...packed };
  const text = unpacked(readFileSync(file.onDisk), compressionType).toString('utf8');
  return { format: 'delimited', columnDelimiter: delimiterOf(text), ...packed };
}

/** Whether any row has more than flat values. */
export const isNested = ({ rows }: Records): boolean =>
  rows.some((row) => Object.values(row).some((value) => isObject(value) || Array.isArray(value)));
