import { z } from 'zod';
import type { PlainObject } from '../definition/plain-json.ts';
import { line } from '../definition/text.ts';

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
const columnSchema = z
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

export const column = () => columnSchema;

export type Column = z.infer<typeof columnSchema>;

/** The formats that XDM has types of its own for. */
export const xdmTypes = ['date-time', 'date'];

/** A column as the explore call answers it. */
export function explored(column: Column): PlainObject {
  if (column.xdm) return column;
  const { name, type, ...facets } = column;
  const { format } = facets;
  return {
    name,
    type,
    ...(format !== undefined && xdmTypes.includes(format) ? { 'meta:xdmType': format } : {}),
    xdm: { type, ...facets },
  };
}
