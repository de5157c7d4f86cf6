/** What a mapping set makes of each row on its way into a dataset, as far as it decides whether the row arrives. */
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import { isDate, shortened } from './dates.ts';
import { beyond, fieldsIn, workOut } from './evaluate.ts';
import { parseExpression } from './expression.ts';
import { fieldOf, isNothing } from './functions.ts';
import type { Mapping } from './mappings.ts';

/** The fields of the schema that is filled: types by path, and those that no record may lack. */
export type Target = { types: Map<string, string>; required: Iterable<string> };

/** Why a row does not arrive. Of one `about`, every row has the same trouble, whatever its own values. */
export type RowProblem = { code: string; about: string; message: string };

type Step = {
  mapping: Mapping;
  destination: string;
  type: string | undefined;
  work: (row: Json) => Json;
};

const unindexed = (path: string): string => path.replaceAll(/\[[^[\]]*\]/g, '');
const words = /^(y|yes|on|true|n|no|off|false)$/i;

/** Why a value cannot become what the field is. What AEP does with texts for objects is left to it. */
export function misfit(value: Json, type: string | undefined): string | undefined {
  if (isNothing(value) || isObject(value) || Array.isArray(value)) return undefined;
  const said = `"${shortened(String(value))}"`;
  switch (type) {
    case 'integer':
    case 'number':
      return String(value).trim() === '' || Number.isNaN(Number(value)) ? `${said} is no number` : undefined;
    case 'boolean':
      return words.test(String(value)) ? undefined : `${said} is no boolean`;
    case 'date':
    case 'date-time':
      if (typeof value === 'number' || isDate(String(value))) return undefined;
      return `${said} is no date in a form that Data Prep knows: say its format with date(…)`;
    default:
      return undefined;
  }
}

export class Transform {
  /** What the emulator cannot work out of it: functions, operators. */
  readonly beyond: string[];
  readonly #steps: Step[];
  readonly #required: string[];
  readonly #missing: RowProblem[] = [];

  /** @param now epoch ms, for what an expression says of the present */
  constructor(mappings: Mapping[], target: Target, columns: string[], now: number) {
    const types = new Map([...target.types].map(([path, type]) => [unindexed(path), type]));
    const unworkable = new Set<string>();
    this.#required = [...target.required].map(unindexed);
    this.#steps = mappings.map((mapping) => {
      const destination = unindexed(mapping.destination);
      const { fields, work, cannot } = compiled(mapping, now);
      for (const name of cannot) unworkable.add(name);
      for (const field of fields) {
        if (!columns.includes(field) && !columns.includes(field.split('.')[0] ?? ''))
          this.#missing.push(
            mapperProblem(mapping, `there is no column ${field}: there are ${columns.join(', ')}`),
          );
      }
      return { mapping, destination, type: types.get(destination), work };
    });
    this.beyond = [...unworkable];
  }

  /** What keeps this row from arriving. Guess: a source that no column has fails every row, as a value of the wrong form fails its own. */
  problemsOf(row: Json): RowProblem[] {
    const problems = [...this.#missing];
    const filled: string[] = [];
    for (const { mapping, destination, type, work } of this.#steps) {
      try {
        const value = work(row);
        if (isNothing(value)) continue;
        filled.push(destination);
        const why = misfit(value, type);
        if (why !== undefined) problems.push(mapperProblem(mapping, why));
      } catch (error) {
        problems.push(mapperProblem(mapping, error instanceof Error ? error.message : String(error)));
      }
    }
    for (const path of this.#required) {
      if (isLacking(path, filled))
        problems.push({
          code: 'INGEST-1555-400',
          about: path,
          message: `A required field is missing or null: ${path}`,
        });
    }
    return problems;
  }
}

/**
 * A mapping as it is worked out of a row: which fields it takes, and what of it is beyond the emulator. `now` is epoch ms.
 * @throws Error where its expression is wrong.
 */
export function compiled(
  { sourceType, source }: Mapping,
  now: number,
): { fields: string[]; cannot: string[]; work: (row: Json) => Json } {
  if (sourceType === 'STATIC') return { fields: [], cannot: [], work: () => source };
  // An attribute may be escaped as a field in an expression is.
  if (sourceType === 'ATTRIBUTE' && !/[\\$]/.test(source))
    return { fields: [source], cannot: [], work: (row) => fieldOf(row, source) };
  const node = parseExpression(source);
  return { fields: fieldsIn(node), cannot: beyond(node), work: (row) => workOut(node, { row, now }) };
}

function mapperProblem({ source, destination }: Mapping, why: string): RowProblem {
  return {
    code: 'MAPPER-3700-400',
    about: `${source} ${destination}`,
    message: `Mapper Transform Error: ${source} to ${destination}: ${why}`,
  };
}

/** A field within something that is not there either is not lacking. */
function isLacking(path: string, filled: string[]): boolean {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  if (parent !== '' && !filled.some((one) => one.startsWith(`${parent}.`))) return false;
  return !filled.some((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
}
