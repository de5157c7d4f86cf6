import { z } from 'zod';
import { line } from './text.ts';
import { timeZoneProblem } from './time-zones.ts';

/** Left in from a page of Adobe's: `_{TENANT_ID}.loyalty`. AEP would refuse the path, but only after all else was made. */
const placeholder = /(?<!\$)\{[A-Z][A-Z0-9_]*\}/;

/** Characters that Data Prep takes in one expression. */
const longestExpression = 4096;

const mappingEntry = z
  .strictObject({
    source: line()
      .optional()
      .describe(
        'Column or path in the source data, as it is called there ("Order ID") or as Data Prep writes it ("${Order ID}").',
      ),
    expression: line(longestExpression)
      .refine((text) => text.trim() !== '', 'must not be blank')
      .optional()
      .describe(
        'Instead of source: a Data Prep expression, such as concat(given_name, " ", family_name). Columns as Data Prep writes them: "${Order ID}".',
      ),
    destination: line()
      .refine((path) => !placeholder.test(path))
      .describe('Path in the target schema, such as person.name.fullName.'),
  })
  .describe('One field: a source attribute or an expression, and where it goes.');

export const mapping = () =>
  z
    .array(mappingEntry)
    .min(1)
    .max(5000)
    .describe('What goes where. Identities are no part of a mapping: they belong to schema descriptors.');

export type MappingEntry = z.infer<typeof mappingEntry>;

export const deltaColumn = () =>
  z
    .strictObject({
      name: line().describe('Column that tells new rows from rows already taken.'),
      dateFormat: line(50)
        .optional()
        .describe('How the values of the column are read. Left out of the request unless given.'),
      timezone: line(50)
        .superRefine((name, { addIssue }) => {
          const message = timeZoneProblem(name);
          if (message) addIssue({ code: 'custom', message });
        })
        .optional()
        .describe('Time zone of the values, such as UTC. Left out of the request unless given.'),
    })
    .describe(
      'The column by which AEP copies only what is new. Required for tables, unless the frequency is "once".',
    );
