import { z } from 'zod';
import { passedThrough } from '../families/columns.ts';
import { fileFormats, tableFormats } from '../families/family.ts';
import { familyFields } from '../families/index.ts';
import { connection } from './connection.ts';
import { connectorNames } from './connectors.ts';
import { line, partName, prose, resourceId, specId } from './text.ts';

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
          'Id of the existing, authenticated base connection, where connection does not say it. Required, but for data-landing-zone, which has none.',
        ),
      connection: connection().optional(),
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
      path: line().optional().describe('File or folder to read; in the older generation the table.'),
      params: passedThrough()
        .optional()
        .describe(
          'Further params of the source connection, passed to AEP as they are. Files: {"type": "file" or "folder", "recursive"?}.',
        ),
      cdcEnabled: z
        .boolean()
        .optional()
        .describe(
          'Change data capture: AEP applies inserts, updates and deletes of the source. Needs dataset.id, of a relational schema.',
        ),
      ...familyFields(),
    })
    .describe('Where the data comes from.');

export type Source = z.infer<ReturnType<typeof source>>;
