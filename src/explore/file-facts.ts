import { fileFormats, type FileQuery } from '../families/family.ts';
import { textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
import type { FileFacts } from './found.ts';

const byEnd: Record<string, FileQuery> = {
  csv: { fileType: 'delimited' },
  json: { fileType: 'json' },
  jsonl: { fileType: 'json' },
  ndjson: { fileType: 'json' },
  parquet: { fileType: 'parquet' },
  tsv: { fileType: 'delimited', columnDelimiter: '\t' },
};

const compressed: [end: RegExp, compressionType: string][] = [
  [/\.bz2$/, 'bzip2'],
  [/\.gz$/, 'gzip'],
  [/\.zip$/, 'zipDeflate'],
];

/** What the end of a file's name tells of it. */
export function fileQuery(path: string): FileQuery {
  const lower = path.toLowerCase();
  const [end, compressionType] = compressed.find(([end]) => end.test(lower)) ?? [];
  const plain = end ? lower.replace(end, '') : lower;
  const told = byEnd[plain.slice(plain.lastIndexOf('.') + 1)];
  if (!told) return {};
  return { ...told, ...(compressionType === undefined ? {} : { compressionType }) };
}

/**
 * Whether a file that its name calls delimited may be so by another character than a comma, which the name does not tell:
 * spreadsheets of half of Europe write semicolons into CSV files. AEP finds out which.
 * @param columns as a comma reads them; undefined where AEP could not read it so.
 */
export function mayBeOtherwiseDelimited(
  { fileType, columnDelimiter }: FileQuery,
  columns: readonly { name: string }[] | undefined,
): boolean {
  if (fileType !== 'delimited' || columnDelimiter !== undefined) return false;
  return columns === undefined || (columns.length === 1 && otherDelimiter(columns[0]!.name) !== undefined);
}

/** What probably delimits the names in a line of them. */
export function otherDelimiter(line: string): string | undefined {
  return /[;\t|]/.exec(line)?.[0];
}

/** How a file is written, by its name and by what AEP found out. Undefined where nothing tells what it holds. */
export function fileFacts(query: FileQuery, found: JsonObject = {}): FileFacts | undefined {
  const said = query.fileType ?? textAt(found, 'fileType')?.toLowerCase();
  const format = fileFormats.find((one) => one === said);
  if (format === undefined) return undefined;
  const columnDelimiter = query.columnDelimiter ?? textAt(found, 'columnDelimiter');
  const compressionType = query.compressionType ?? textAt(found, 'compressionType');
  const properties = {
    ...(columnDelimiter === undefined || columnDelimiter === ',' || format !== 'delimited'
      ? {}
      : { columnDelimiter }),
    ...(compressionType === undefined || compressionType === '' || compressionType === 'none'
      ? {}
      : { compressionType }),
  };
  return { format, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}
