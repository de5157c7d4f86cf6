import type { Definition } from '../definition/definition.ts';
import type { Warning } from '../definition/problems.ts';
import { askedOfSource, type AskedOfSource } from '../explore/asked-of-source.ts';
import type { MappedRow } from '../explore/mapped-row.ts';
import { inNewerForm, mappingSet } from '../resources/mapping-set.ts';
import type { JsonObject } from '../resources/resource.ts';

/** A row with what of it AEP could not map, in its words. */
export interface PreviewedRow extends MappedRow {
  refused: { destination?: string; why: string }[];
}

/** What a mapping would make of the first rows; or why nobody can tell. */
export type PreviewedRows = { rows: PreviewedRow[] } | { why: string };

/** Has AEP tell it of a source, for the body of a mapping set. */
export type PreviewRows = (asked: AskedOfSource, mappingSet: JsonObject) => Promise<PreviewedRows>;

/**
 * What the first rows of a source would become, for a plan that nothing is against.
 * @param definition with the id of its base connection and its columns.
 * @param schemaId of the schema that is there.
 */
export async function sampledRows(
  definition: Definition,
  schemaId: string | undefined,
  preview: PreviewRows,
): Promise<{ rows?: MappedRow[]; warnings: Warning[] }> {
  const asked = askedOfSource(definition);
  if (!asked) return untold('AEP cannot look into the source before its base connection is there');
  if (schemaId === undefined) return untold("AEP's preview needs the schema, which is not there yet");
  const body = inNewerForm(mappingSet.body(definition, { schema: schemaId }));
  const answer = await preview({ ...asked, columns: [] }, body);
  if ('why' in answer) return untold(answer.why);
  return {
    rows: answer.rows.map(({ fields, more }) => ({ fields, ...(more === undefined ? {} : { more }) })),
    warnings: answer.rows.flatMap(({ refused }, index) =>
      refused.map((one) => refusedAt(definition, index + 1, one)),
    ),
  };
}

function untold(why: string): { warnings: Warning[] } {
  const message = `What the first rows would become cannot be shown: ${why}`;
  return { warnings: [{ code: 'rows-not-shown', message }] };
}

function refusedAt(
  { mapping }: Definition,
  row: number,
  { destination, why }: PreviewedRow['refused'][number],
): Warning {
  const index = mapping.findIndex((entry) => entry.destination === destination);
  const what = destination === undefined ? 'cannot be mapped' : `cannot be mapped to ${destination}`;
  return {
    code: 'row-not-mapped',
    ...(index < 0 ? {} : { field: `mapping[${index}]` }),
    message: `Row ${row} of the first rows ${what}, says AEP: ${why}`,
  };
}
