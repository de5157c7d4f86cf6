import { columnOf, plainPath } from '../data-prep/column-path.ts';
import type { Definition } from '../definition/definition.ts';
import { didYouMean, nearest } from '../definition/nearest.ts';
import type { Problem } from '../definition/problems.ts';
import { cannotFit, typeOfColumn } from './fits.ts';
import { untold } from './look-up.ts';

/** What gives a dataflow's schema its fields: an existing schema, or the class and the field groups of a new one. */
export interface Part {
  kind: 'class' | 'fieldGroup' | 'schema';
  /** Its `$id`. */
  id: string;
  /** Of the definition, such as `schema.fieldGroups[1]`. */
  field: string;
}

/** What AEP's Schema Registry says of a part. */
export interface PartAnswer {
  /** For each path that was asked for, the type of the field there: see `typeAt`. Absent where there is no such part. */
  types?: (string | null)[];
  /** For each path that was to be corrected, the nearest one, or null. */
  nearest?: (string | null)[];
  /** Where there is no such part, the one that was probably meant. */
  nearestId?: string;
}

export function partKey({ kind, id }: Pick<Part, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

const partTitles = { class: 'class', fieldGroup: 'field group', schema: 'schema' };

/** The parts of the schema with this id, or of the one that the definition asks to be made. */
export function partsOf({ schema }: Definition, schemaId: string | undefined): Part[] {
  if (schemaId !== undefined) return [{ kind: 'schema', id: schemaId, field: 'schema.id' }];
  const { class: classId, fieldGroups = [] } = schema ?? {};
  const parts: Part[] = classId === undefined ? [] : [{ kind: 'class', id: classId, field: 'schema.class' }];
  // A tutorial names one field group twice.
  fieldGroups.forEach((id, index) => {
    if (fieldGroups.indexOf(id) === index)
      parts.push({ kind: 'fieldGroup', id, field: `schema.fieldGroups[${index}]` });
  });
  return parts;
}

/** Characters in all requests for one definition: more would not fit into one turn of a workflow. */
const mostCharacters = 500_000;

/**
 * The destinations to ask each part for, each once. Of a mapping that is too large for its many field groups, only the
 * first: the others are judged by AEP, when the mapping set is made.
 */
export function destinationsOf({ mapping }: Definition, parts: number): string[] {
  const paths = new Set<string>();
  let left = mostCharacters / Math.max(1, parts);
  for (const { destination } of mapping) {
    if (paths.has(destination)) continue;
    left -= destination.length + 3;
    if (left < 0) break;
    paths.add(destination);
  }
  return [...paths];
}

/** Paths that get a suggestion. */
const mostCorrected = 20;

/** The first paths that are in no part. None while a part is not there: they may be in that. */
export function missingPaths(paths: readonly string[], answers: readonly PartAnswer[]): string[] {
  if (answers.some(({ types }) => !types)) return [];
  return paths.filter((_, index) => answers.every(({ types }) => types![index] === null));
}

/** The first of them, to be corrected. */
export function toCorrect(paths: readonly string[], answers: readonly PartAnswer[]): string[] {
  return missingPaths(paths, answers).slice(0, mostCorrected);
}

/**
 * What is wrong with the mapping, by what AEP answered for each part.
 * @param paths that each part was asked for. @param answers of the parts, and perhaps of one more that has fields.
 * @param corrected those of them that were to be corrected.
 */
export function judge(
  definition: Definition,
  parts: readonly Part[],
  paths: readonly string[],
  answers: readonly PartAnswer[],
  corrected: readonly string[] = [],
): Problem[] {
  const missing = new Set(missingPaths(paths, answers));
  const types = new Map(paths.map((path, index) => [path, typeIn(answers, index)]));
  const meant = new Map(corrected.map((path, index) => [path, nearestIn(answers, path, index)]));
  const columns = new Map(definition.source.columns?.map((column) => [column.name, typeOfColumn(column)]));
  const names = new Set(columns.keys());
  const [first] = parts;
  const where =
    first?.kind === 'schema' ? `the schema ${first.id}` : 'the class and the field groups of the schema';

  const problems = partsMissing(definition, parts, answers);
  definition.mapping.forEach(({ source, destination }, index) => {
    const field = `mapping[${index}].destination`;
    if (missing.has(destination)) {
      const suggestion = meant.get(destination);
      problems.push({
        field,
        message: `"${destination}" is not in ${where}${didYouMean(suggestion)}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
      return;
    }
    const type = types.get(destination);
    const column = source === undefined ? undefined : columnOf(source, names);
    // A path into a column tells nothing of what is there.
    if (column === undefined || plainPath(source!) !== column) return;
    const from = columns.get(column);
    if (from && type && cannotFit(from, type))
      problems.push({
        field,
        message: `"${destination}" is of type ${type}, which the column ${column} of type ${from} cannot become: map another column, or give an expression`,
      });
  });
  return problems;
}

function partsMissing(
  { sandbox }: Definition,
  parts: readonly Part[],
  answers: readonly PartAnswer[],
): Problem[] {
  return parts.flatMap(({ kind, id, field }, index) => {
    const { types, nearestId } = answers[index]!;
    // That a given schema is not there is told by the check of what is given.
    if (types || kind === 'schema') return [];
    const what = partTitles[kind];
    return {
      field,
      message: `${id} is not there: give the $id of an existing ${what} in the sandbox ${sandbox}${didYouMean(nearestId)}`,
      ...(nearestId === undefined ? {} : { suggestion: nearestId }),
    };
  });
}

/** The type that all parts agree on which have the field. */
function typeIn(answers: readonly PartAnswer[], index: number): string {
  const types = new Set(answers.flatMap(({ types }) => types?.[index] ?? []));
  const [only] = types;
  return types.size === 1 ? only! : untold;
}

function nearestIn(answers: readonly PartAnswer[], path: string, index: number): string | undefined {
  const candidates = answers.flatMap((answer) => answer.nearest?.[index] ?? []);
  return nearest(path, candidates) ?? candidates[0];
}
