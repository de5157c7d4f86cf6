import type { Definition } from '../definition/definition.ts';
import type { Problem } from '../definition/problems.ts';
import { mappingSet } from '../resources/mapping-set.ts';
import { schema } from '../resources/schema.ts';
import {
  destinationsOf,
  judge,
  partKey,
  partsOf,
  toCorrect,
  type Part,
  type PartAnswer,
} from '../xdm/judge.ts';
import type { MappingReads } from './reads.ts';

/** What is known of which part, by `partKey`. */
export type RecalledFields = Record<string, PartAnswer>;

/**
 * What of the mapping surely cannot work, found before anything is made: classes and field groups that are not there,
 * destinations that no field has, and columns whose type does not fit. AEP's own validation is asked where the schema
 * exists.
 * @param schemaId absent for a schema that is to be made.
 * @param recalled what the worker remembers of the class, the field groups or the schema: see `recallFacts`.
 */
export function mappingProblems(
  definition: Definition,
  schemaId: string | undefined,
  reads: MappingReads,
  recalled: RecalledFields = {},
): Problem[] | Promise<Problem[]> {
  const parts = partsOf(definition, schemaId);
  const known = parts.flatMap((part) => recalled[partKey(part)] ?? []);
  const isRight = () =>
    judge(definition, parts, destinationsOf(definition, parts.length), known).length === 0;
  if (schemaId === undefined && known.length === parts.length && isRight()) return [];
  return readProblems(definition, schemaId, reads, recalled);
}

async function readProblems(
  definition: Definition,
  schemaId: string | undefined,
  reads: MappingReads,
  recalled: RecalledFields,
): Promise<Problem[]> {
  const [ours, aeps] = await Promise.all([
    problemsByFields(definition, schemaId, reads, recalled),
    schemaId === undefined ? [] : problemsByValidation(definition, schemaId, reads),
  ]);
  // Ours say what would be right.
  const told = new Set(ours.map(({ field }) => rowOf(field)));
  return [...ours, ...aeps.filter(({ field }) => !told.has(field))];
}

/** What to recall for a definition, where it says itself what gives its schema the fields. */
export function fieldsToRecall(definition: Definition) {
  const { sandbox, schema, dataset } = definition;
  if (schema?.id === undefined && dataset?.id !== undefined) return undefined;
  const parts = partsOf(definition, schema?.id);
  return {
    sandbox,
    parts: parts.map(({ kind, id }) => ({ kind, id })),
    paths: destinationsOf(definition, parts.length),
  };
}

async function problemsByFields(
  definition: Definition,
  schemaId: string | undefined,
  reads: MappingReads,
  recalled: RecalledFields,
): Promise<Problem[]> {
  const parts = partsOf(definition, schemaId);
  const paths = destinationsOf(definition, parts.length);
  const read = (part: Part, nearestTo?: string[]) => reads.part(part, paths, nearestTo);
  const answers = await inGroups(parts, async (part) => recalled[partKey(part)] ?? read(part));
  if (judge(definition, parts, paths, answers).length === 0) return [];
  // Somebody may have added the field since it was read, and only now is it worth looking for what was meant.
  const nearestTo = toCorrect(paths, answers);
  const gone = parts.filter((_, index) => !answers[index]!.types);
  const notSought = new Set(gone.slice(mostSought));
  const anew = await inGroups(parts, (part) => (notSought.has(part) ? read(part) : read(part, nearestTo)));
  // A schema that an earlier run made may have been given more field groups by somebody since.
  const existing =
    schemaId === undefined && nearestTo.length > 0
      ? await reads.schemaOfTitle(schema.name(definition), paths)
      : {};
  const all = existing.types ? [...anew, existing] : anew;
  return judge(definition, parts, paths, all, nearestTo);
}

/** Of classes and field groups that are not there, how many are looked for under a like name: all there are must be listed. */
const mostSought = 5;

/** A schema may have two hundred field groups, and as many calls in one moment would be refused, here or there. */
const mostAtOnce = 20;

async function inGroups(
  parts: readonly Part[],
  read: (part: Part) => Promise<PartAnswer>,
): Promise<PartAnswer[]> {
  const answers: PartAnswer[] = [];
  for (let from = 0; from < parts.length; from += mostAtOnce)
    answers.push(...(await Promise.all(parts.slice(from, from + mostAtOnce).map(read))));
  return answers;
}

async function problemsByValidation(
  definition: Definition,
  schemaId: string,
  reads: MappingReads,
): Promise<Problem[]> {
  const refused = await reads.validate(mappingSet.body(definition, { schema: schemaId }));
  return refused.map(({ index, why }) => ({
    field: `mapping[${index}]`,
    message: `is not valid, says AEP: ${why}`,
  }));
}

/** `mapping[3].destination` is of the row `mapping[3]`. */
function rowOf(field: string): string {
  return field.replace('.destination', '');
}
