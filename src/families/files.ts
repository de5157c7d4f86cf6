import { z } from 'zod';
import { passedThrough } from './columns.ts';
import { fileFormats, type Checked, type Family } from './family.ts';

export const fileFields = () => ({
  data: z
    .strictObject({
      properties: passedThrough().describe(
        'For example {"columnDelimiter": ",", "encoding": "UTF-8", "compressionType": "gzip"}.',
      ),
    })
    .optional()
    .describe('File sources only: how the files are written. AEP takes a comma as delimiter unless given.'),
});

function rule({ draft, source, label, report }: Checked): void {
  if (source.path === undefined) report('source.path', 'is required: the file or folder to read');
  if (source.params === undefined)
    report(
      'source.params',
      'is required for files: {"type": "file"} or {"type": "folder", "recursive": true}',
    );
  if (draft.deltaColumn)
    report('deltaColumn', `must be left out: ${label} reads files, and AEP finds new ones by their time`);
}

/** Files in cloud storage: AEP takes those that are new, or were written again, since the run before. */
export const files: Family = {
  name: 'files',
  flowSpec: 'CloudStorageToAEP',
  formats: fileFormats,
  usualFormat: 'delimited',
  saysFormat: true,
  fields: Object.keys(fileFields()) as (keyof ReturnType<typeof fileFields>)[],
  rule,
  data: ({ format, data }) => ({ format, ...data }),
  params: ({ params, path }) => ({ ...params, path }),
  transformations: [],
};
