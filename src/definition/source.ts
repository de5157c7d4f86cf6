import { z } from 'zod';
import { connectorNames, fileFormats, tableFormats } from './connectors.ts';
import { line, partName, prose, resourceId, specId, xdmUri } from './text.ts';

/** Passed to AEP as it is: our part is only that it is JSON. */
export const passedThrough = () => z.looseObject({});

/** What the `xdm` of a column may be. */
export const xdmColumnTypes = ['string', 'integer', 'number', 'boolean', 'object', 'array'];

/** What a column in the short form may be and say. */
export const columnTypes = ['string', 'integer', 'number', 'boolean'] as const;
export const shortColumnKeys = ['name', 'type', 'format', 'minimum', 'maximum'];

/**
 * A column in short, or as AEP's explore call answers it. Loose, because explore objects come as they come;
 * the rules refuse unknown keys in the short form.
 */
const column = z
  .looseObject({
    name: line().describe('Name of the column in the source.'),
    type: line(50).describe('string, integer, number or boolean; what explore answered is taken as it is.'),
    format: line(50)
      .optional()
      .describe('Short form only: "date-time" or "date" for columns of type string.'),
    minimum: z.number().optional().describe('Short form only: least value.'),
    maximum: z.number().optional().describe('Short form only: greatest value.'),
    'meta:xdmType': line(50).optional().describe('As the explore call answers it.'),
    xdm: passedThrough()
      .optional()
      .describe('As the explore call answers it. Without it the short form is meant.'),
  })
  .describe('A column: {"name", "type", "format"?}, or one column object of the explore call as it came.');

export type Column = z.infer<typeof column>;

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

export const source = () =>
  z
    .strictObject({
      connector: z
        .enum(connectorNames)
        .optional()
        .describe('What the data comes from. Or give connectionSpec.'),
      connectionSpec: z
        .strictObject({
          id: specId().describe('Connection spec id.'),
          version: line(20).optional().describe('Version of the connection spec, "1.0" unless given.'),
        })
        .optional()
        .describe('Instead of connector: the connection spec itself, for connectors that have no name here.'),
      baseConnectionId: resourceId()
        .optional()
        .describe(
          'Id of the existing, authenticated base connection. Required, but for data-landing-zone, which has none.',
        ),
      name: partName().optional().describe("Name of the source connection. The dataflow's unless given."),
      description: prose()
        .optional()
        .describe("Description of the source connection. The dataflow's unless given."),
      format: z
        .enum([...tableFormats, ...fileFormats])
        .optional()
        .describe(
          'Data format. Tables: "tabular" unless given, "parquet_xdm" in the legacy generation. Files: required.',
        ),
      tableName: line().optional().describe('Table to read, as the explore call names it.'),
      path: line().optional().describe('File or folder to read; in the older generation the table.'),
      columns: z
        .array(column)
        .min(1)
        .max(5000)
        .optional()
        .describe('Columns of the table. In the older generation they make the fields of the ad-hoc class.'),
      filters: passedThrough().optional().describe('Row filter in PQL, passed to AEP as it is.'),
      params: passedThrough()
        .optional()
        .describe(
          'Further params of the source connection, passed to AEP as they are. Files: {"type": "file" or "folder", "recursive"?}.',
        ),
      data: z
        .strictObject({
          properties: passedThrough().describe(
            'For example {"columnDelimiter": ",", "encoding": "UTF-8", "compressionType": "gzip"}.',
          ),
        })
        .optional()
        .describe(
          'File sources only: how the files are written. AEP takes a comma as delimiter unless given.',
        ),
      adHocSchema: adHocSchema.optional(),
    })
    .describe('Where the data comes from.');

export type Source = z.infer<ReturnType<typeof source>>;
