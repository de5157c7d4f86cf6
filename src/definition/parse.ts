import { definitionSchema, type Definition, type Draft } from './definition.ts';
import { chosenEnvironment, hasEnvironments, type Elsewhere } from './environments.ts';
import type { FieldTree } from './field-tree.ts';
import { suggestions, type Suggest } from './nearest.ts';
import { withoutNulls } from './nulls.ts';
import { plainJson, type PlainObject } from './plain-json.ts';
import { InvalidDefinitionError, type Problem, type Warning } from './problems.ts';
import { ruleProblems } from './rules.ts';
import { secretProblems } from './secrets.ts';
import { readShape } from './shape.ts';
import { warningsOf } from './warnings.ts';
import { wrappedDefinition } from './wrapped.ts';

/** A definition that has passed every check. */
export interface Parsed {
  definition: Definition;
  warnings: Warning[];
  /** Where environments stand beside it: the ids that the others give. */
  elsewhere?: Elsewhere | undefined;
}

/**
 * Checks everything that can be known without a call, and says everything that is wrong at once.
 * @param input a definition, or one with `environments` beside it and the `environment` that is meant.
 * @throws InvalidDefinitionError
 */
export function parseDefinition(input: unknown): Parsed {
  const { value, problem } = plainJson(input);
  if (problem) throw new InvalidDefinitionError([problem]);
  const suggest = suggestions();
  if (!hasEnvironments(value)) return parsed(value, suggest);
  const { chosen, problems } = chosenEnvironment(value, suggest);
  if (!chosen) throw new InvalidDefinitionError(problems);
  try {
    return { ...parsed(chosen.given, suggest), elsewhere: chosen.elsewhere };
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    throw new InvalidDefinitionError(
      error.problems.map((one) => ({ ...one, field: chosen.placeOf(one.field) })),
    );
  }
}

function parsed(value: PlainObject, suggest: Suggest): Parsed {
  const wrapped = wrappedDefinition(value);
  if (wrapped) throw new InvalidDefinitionError([wrapped]);
  const given = withoutNulls(withoutSchema(value), definitionSchema());
  const shape = readShape(given, definitionSchema(), suggest);
  const secrets = secretProblems(given);
  const hidden = new Set(secrets.map(({ field }) => field));
  // What else is wrong with such a field may quote it.
  const others = shape.problems.concat(rulesBeside(shape.wrong, given, suggest));
  const problems = secrets.concat(others.filter(({ field }) => !hidden.has(field)));
  if (problems.length > 0 || !shape.value) throw new InvalidDefinitionError(problems);
  const definition = shape.value;
  return { definition, warnings: warningsOf(definition) };
}

/** It is for editors, whatever it is. */
function withoutSchema(value: PlainObject): PlainObject {
  if (!Object.hasOwn(value, '$schema')) return value;
  const { $schema: _, ...said } = value;
  return said;
}

/** Rules that span fields, checked on whatever is right by itself. A field that is wrong anyway needs no second problem. */
function rulesBeside(wrong: FieldTree, given: unknown, suggest: Suggest): Problem[] {
  // What is left of an object without all that has the wrong shape.
  const draft = wrong.takenFrom(given) as Draft;
  const problems = ruleProblems(draft, (field) => wrong.touches(field), suggest);
  return problems.filter(({ field }) => !wrong.covers(field));
}
