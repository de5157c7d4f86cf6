import { askedIn } from '../families/index.ts';
import { violationsOf } from './json-schema.ts';
import { isObject, type PlainObject } from './plain-json.ts';
import type { Problem } from './problems.ts';

/** What of a flow its flow spec has a say in, as it would be sent. */
export interface AskedOfFlow {
  transformations: { name: string; params: PlainObject }[];
  scheduleParams: PlainObject;
  options?: PlainObject;
}

/**
 * Where a flow would not be what the flow spec that AEP answered allows. The spec is JSON Schema itself, in one of
 * the two shapes that AEP's pages show (`transformationSpec`, `transformationSpecs`); parts it lacks allow anything.
 */
export function flowSpecProblems(flowSpec: PlainObject, asked: AskedOfFlow): Problem[] {
  const specName = String(flowSpec['name'] ?? flowSpec['id']);
  const schedule = schemaOf(flowSpec['scheduleSpec']);
  return [
    ...violations(
      schedule && forOnce(schedule, asked.scheduleParams),
      asked.scheduleParams,
      'schedule',
      specName,
    ),
    ...(asked.options
      ? violations(schemaOf(flowSpec['optionSpec']), asked.options, 'options', specName)
      : []),
    ...transformationProblems(flowSpec, asked, specName),
  ];
}

function transformationProblems(flowSpec: PlainObject, asked: AskedOfFlow, specName: string): Problem[] {
  const specs = flowSpec['transformationSpecs'] ?? flowSpec['transformationSpec'];
  if (!Array.isArray(specs)) return [];
  const known = specs.filter(isObject);
  return asked.transformations.flatMap(({ name, params }) => {
    const spec = known.find((one) => one['name'] === name);
    if (!spec)
      return {
        field: askedIn(name, ''),
        message: `is not taken by AEP's flow spec ${specName}: it has no transformation ${name}`,
      };
    return violations(schemaOf(spec), params, '', specName).map((one) => ({
      ...one,
      field: askedIn(name, one.field),
    }));
  });
}

/**
 * Older answers of AEP do not list "once" and require an interval for everything, and yet AEP takes flows that run
 * once, without an interval: what the spec says of those two counts only where it knows "once".
 */
function forOnce(schedule: PlainObject, params: PlainObject): PlainObject {
  const properties = isObject(schedule['properties']) ? schedule['properties'] : {};
  const frequency = isObject(properties['frequency']) ? properties['frequency'] : {};
  const frequencies = frequency['enum'];
  if (params['frequency'] !== 'once' || !Array.isArray(frequencies) || frequencies.includes('once'))
    return schedule;
  const required = Array.isArray(schedule['required']) ? schedule['required'] : [];
  return {
    ...schedule,
    properties: { ...properties, frequency: {} },
    required: required.filter((one) => one !== 'interval'),
  };
}

function violations(
  schema: PlainObject | undefined,
  value: PlainObject,
  field: string,
  specName: string,
): Problem[] {
  if (!schema) return [];
  return violationsOf(schema, value).map(({ path, message }) => ({
    field: [field, path].filter((part) => part !== '').join('.'),
    message: `is not what AEP's flow spec ${specName} allows: ${message}`,
  }));
}

function schemaOf(part: unknown): PlainObject | undefined {
  return isObject(part) && isObject(part['spec']) ? part['spec'] : undefined;
}
