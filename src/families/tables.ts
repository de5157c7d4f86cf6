import { z } from 'zod';
import { line, partName, prose, xdmUri } from '../definition/text.ts';
import { column, explored, passedThrough } from './columns.ts';
import { tableFormats, type Checked, type Family, type Transformation } from './family.ts';

const adHocSchema = z
  .strictObject({
    id: xdmUri().optional().describe('$id of an existing ad-hoc schema. Alone it is enough.'),
    title: partName().optional().describe('Title of the ad-hoc schema to make.'),
    description: prose().optional().describe('Description of the ad-hoc schema to make.'),
    class: z
      .strictObject({
        title: partName().optional().describe('Title of the ad-hoc class to make.'),
        description: prose().optional().describe('Description of the ad-hoc class to make.'),
      })
      .optional()
      .describe('The ad-hoc class under the schema. Its fields are the columns.'),
  })
  .describe(
    'The older generation describes the raw source data by an ad-hoc class and schema: made from the columns, or an existing one.',
  );

export const tableFields = () => ({
  tableName: line().optional().describe('Table to read, as the explore call names it. Required for tables.'),
  columns: z
    .array(column())
    .min(1)
    .max(5000)
    .optional()
    .describe(
      'Columns of the table. Left out, they are read from the source when the dataflow is planned. In the older generation they make the fields of the ad-hoc class.',
    ),
  filters: passedThrough().optional().describe('Row filter in PQL, passed to AEP as it is.'),
  adHocSchema: adHocSchema.optional(),
});

/** The version that the tutorials send for an ad-hoc schema. */
const adHocSchemaVersion = 'application/vnd.adobe.xed-full-notext+json; version=1';

function rule({ draft, source, isWrong, report }: Checked): void {
  const { tableName, path, format, adHocSchema, filters } = source;
  if (tableName === undefined && path === undefined && !isWrong('source.path'))
    report('source.tableName', 'is required: the table to read; in the older generation path instead');
  if (tableName !== undefined && path !== undefined)
    report('source.path', 'must not be given beside tableName: path belongs to the older generation');
  if (tableName !== undefined && adHocSchema)
    report(
      'source.adHocSchema',
      'must be left out beside tableName: it belongs to the older generation, with path',
    );
  if (tableName !== undefined && format === 'parquet_xdm')
    report(
      'source.format',
      'must be "tabular" with tableName: parquet_xdm belongs to the older generation, with path',
    );
  if (path !== undefined && format === 'parquet_xdm' && !adHocSchema)
    report(
      'source.adHocSchema',
      'is required with format parquet_xdm: {} makes one from the columns, {"id"} uses one',
    );
  if (path !== undefined && filters && !tableName)
    report('source.filters', 'must be left out with path: rows are filtered where tableName says the table');
  const frequency = draft.schedule?.frequency;
  if (!draft.deltaColumn && frequency !== undefined && frequency !== 'once')
    report(
      'deltaColumn',
      `is required with frequency "${frequency}": the column by which AEP finds new rows, such as {"name": "updatedAt"}`,
    );
}

/** Finds what is new. */
const copy: Transformation = {
  name: 'Copy',
  field: 'deltaColumn',
  param: 'deltaColumn',
  // AEP refuses a delta column with "once", and a Copy without one.
  params: ({ deltaColumn, schedule: { frequency } }) =>
    deltaColumn && frequency !== 'once' ? { deltaColumn: { ...deltaColumn } } : undefined,
  // AEP itself may add a Copy to a flow that loads once.
  readBack: ({ deltaColumn }, frequency) => {
    if (frequency === 'once' || typeof deltaColumn !== 'object' || deltaColumn === null) return {};
    const { name, dateFormat, timezone } = deltaColumn as Record<string, unknown>;
    return { deltaColumn: { name, dateFormat, timezone } };
  },
};

/** Tables, views and objects: AEP copies rows, and finds new ones by a column that grows. */
export const tables: Family = {
  name: 'tables',
  flowSpec: 'CRMToAEP',
  exploredAs: 'Tabular',
  formats: tableFormats,
  usualFormat: 'tabular',
  saysFormat: false,
  // Of Microsoft Dynamics.
  knownParams: ['entityType', 'primaryKey'],
  // With a path the older generation reads tables, which no recorded schema knows.
  isOfSpec: ({ tableName }) => tableName !== undefined,
  knownProperties: [],
  fields: Object.keys(tableFields()) as (keyof ReturnType<typeof tableFields>)[],
  rule,
  objectAt: () => 'table',
  asked: ({ tableName, path, columns }) => {
    // In the older generation they are fields of an ad-hoc class, where one more does no harm.
    if (tableName === undefined) return path === undefined ? undefined : { type: 'table', path, columns: [] };
    return { type: 'table', path: tableName, ...(columns ? { columns } : {}) };
  },
  loading: (tableName, _, { columns }) => ({ tableName, ...(columns ? { columns } : {}) }),
  hasDeltaColumn: true,
  data: ({ format = 'tabular', adHocSchema }, id) =>
    adHocSchema ? { format, schema: { id, version: adHocSchemaVersion } } : { format },
  params: ({ params, tableName, path, columns, filters }) => ({
    ...params,
    ...(tableName === undefined ? {} : { tableName }),
    ...(path === undefined ? {} : { path }),
    // With a path the columns are the ad-hoc class's: the older generation does not send them here.
    ...(columns && tableName !== undefined ? { columns: columns.map(explored) } : {}),
    ...(filters ? { filters } : {}),
  }),
  transformations: [copy],
};
