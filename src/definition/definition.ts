import { z } from 'zod';
import { duration } from './duration.ts';
import { deltaColumn, mapping } from './mapping.ts';
import { schedule } from './schedule.ts';
import { source } from './source.ts';
import { dataset, schema, target } from './target.ts';
import { dataflowName, prose, sandboxName } from './text.ts';
import { watch } from './watch.ts';

const options = () =>
  z
    .strictObject({
      partialIngestionPercent: z
        .number()
        .gt(0)
        .max(100)
        .optional()
        .describe('Percentage of rows that may fail before AEP calls a run failed: above 0, at most 100.'),
      errorDiagnosticsEnabled: z
        .boolean()
        .optional()
        .describe('Whether AEP keeps details and samples of rows that failed.'),
    })
    .describe("The flow's options.");

const definition = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: ./dataflow.schema.json.'),
    name: dataflowName().describe(
      "The dataflow's name, one per sandbox: the flow's name in AEP and part of the workflow id.",
    ),
    description: prose()
      .optional()
      .describe(
        'What the dataflow is for, in your words. Parts that have no description of their own have this one, but for the dataset.',
      ),
    sandbox: sandboxName().describe(
      'The AEP sandbox. Always to be given: no default can load test data into production.',
    ),
    source: source(),
    schema: schema().optional(),
    dataset: dataset().optional(),
    target: target().optional(),
    mapping: mapping(),
    deltaColumn: deltaColumn().optional(),
    schedule: schedule(),
    options: options().optional(),
    watch: watch().optional(),
    onFailure: z
      .enum(['keep', 'rollback', 'wait'])
      .optional()
      .describe(
        'When AEP refuses for good. "keep" (unless given): fail, and leave what was made for the next start. "rollback": delete what this execution made, then fail. "wait": stay open for the updates resume and giveUp.',
      ),
    giveUpAfter: duration()
      .optional()
      .describe(
        'How long to wait for an AEP that is unavailable or says slow down, such as "2h". For ever unless given.',
      ),
  })
  .describe(
    'One dataflow: from a source table or file to a dataset in Adobe Experience Platform, with its schedule.',
  );

/**
 * What a user may ask for. The rules that span fields are in rules.ts. A function hands it out: what the workflows of a
 * worker share is frozen as far as it can be reached, and a schema finishes itself at its first use.
 */
export const definitionSchema = () => definition;

/** A definition that has passed every check. Plain JSON, as it was given, without `$schema`. */
export type Definition = Omit<z.infer<typeof definition>, '$schema'>;

type Incomplete<T> = T extends (infer Item)[]
  ? (Incomplete<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Incomplete<T[Key]> | undefined }
    : T;

/** A definition of which any part may be missing, because it is not there or because it is wrong by itself. */
export type Draft = Incomplete<Definition>;
