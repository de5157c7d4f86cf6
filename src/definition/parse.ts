import { definitionSchema, type Definition } from './definition.ts';
import type { Draft } from './draft.ts';
import { plainJson, type PlainObject } from './plain-json.ts';
import { fieldOf, InvalidDefinitionError, type Problem, type Warning } from './problems.ts';
import { ruleProblems } from './rules.ts';
import { shapeProblems } from './shape.ts';
import { warningsOf } from './warnings.ts';

/**
 * Checks everything that can be known without a call, and says everything that is wrong at once.
 * @throws InvalidDefinitionError
 */
export function parseDefinition(input: unknown): { definition: Definition; warnings: Warning[] } {
  const { value, problem } = plainJson(input);
  if (problem) throw new InvalidDefinitionError([problem]);
  const { $schema: _, ...given } = value;
  const shape = shapeProblems(given);
  const problems = [...shape.map(({ problem }) => problem), ...rulesBeside(shape, given)];
  if (problems.length > 0) throw new InvalidDefinitionError(problems);
  const definition = definitionSchema().parse(given);
  return { definition, warnings: warningsOf(definition) };
}

/** Rules that span fields, checked on whatever is right by itself. A field that is wrong anyway needs no second problem. */
function rulesBeside(shape: ReturnType<typeof shapeProblems>, given: PlainObject): Problem[] {
  const wrong = shape.map(({ path }) => fieldOf(path));
  const draft = without(
    given,
    shape.map(({ path }) => path),
  );
  const isWrong = (field: string) => wrong.some((one) => covers(one, field) || covers(field, one));
  return ruleProblems(draft, isWrong).filter(({ field }) => !wrong.some((one) => covers(one, field)));
}

/** Whether `field` is `wrong` or a part of it. */
function covers(wrong: string, field: string): boolean {
  return field === wrong || field.startsWith(`${wrong}.`) || field.startsWith(`${wrong}[`);
}

function without(given: PlainObject, wrong: readonly (readonly PropertyKey[])[]): Draft {
  const taken = new Set(wrong.map(fieldOf));
  const keep = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (taken.has(fieldOf(path))) return undefined;
    if (Array.isArray(value)) return value.map((one, index) => keep(one, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
      key,
      keep(one, [...path, key]),
    ]);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
  };
  const kept = keep(given, []);
  return isDraft(kept) ? kept : {};
}

/** True of every object from which all that has the wrong shape was taken. */
function isDraft(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null;
}
