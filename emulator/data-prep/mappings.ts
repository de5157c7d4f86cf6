/** The mappings of a set: read from either body, and checked against the schema they fill. */
import { findStandard } from '../data/xdm.ts';
import { plainError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { fieldsOfResource, hasField } from '../schema-registry/fields.ts';
import type { Sandbox } from '../world.ts';
import { expressionProblem } from './expression.ts';

export type SourceType = 'ATTRIBUTE' | 'EXPRESSION' | 'STATIC';
export type Mapping = { sourceType: SourceType; source: string; destination: string };

const sourceTypes: Record<string, SourceType> = {
  ATTRIBUTE: 'ATTRIBUTE',
  EXPRESSION: 'EXPRESSION',
  STATIC: 'STATIC',
  // What answers call the first two.
  'text/x.schema-path': 'ATTRIBUTE',
  'text/x.aep-xl': 'EXPRESSION',
};

export function readMappings(body: JsonObject): Mapping[] {
  if (!Array.isArray(body.mappings)) throw plainError(400, 'The mappings of the mapping set are missing.');
  return body.mappings.map((one: Json) => {
    const source = one?.source ?? one?.sourceAttribute;
    const destination = one?.destination ?? one?.destinationXdmPath;
    const sourceType = sourceTypes[one?.sourceType ?? 'ATTRIBUTE'];
    if (typeof source !== 'string' || typeof destination !== 'string' || destination === '') {
      throw plainError(400, 'A mapping needs a source and a destination.');
    }
    if (sourceType === undefined) throw plainError(400, `The sourceType ${one.sourceType} is not valid.`);
    return { sourceType, source, destination };
  });
}

/** What is wrong with each mapping; an empty list where nothing is. */
export function checkMappings(sandbox: Sandbox, schemaId: string, mappings: Mapping[]): string[][] {
  if (!sandbox.schemas.referred(schemaId) && findStandard(schemaId) === undefined) {
    throw plainError(400, `The schema ${schemaId} of the mapping set was not found.`);
  }
  const fields = fieldsOfResource(sandbox, schemaId);
  return mappings.map(({ sourceType, source, destination }) => {
    const problems: string[] = [];
    // A path may stop at an object (one tutorial maps a text onto `person.name`), and several sources may share one.
    if (!hasField(fields, destination))
      problems.push(`The path ${destination} does not exist in the schema ${schemaId}.`);
    const problem = sourceType === 'EXPRESSION' ? expressionProblem(source) : undefined;
    if (problem !== undefined) problems.push(`The expression ${source} is not valid: ${problem}`);
    return problems;
  });
}
