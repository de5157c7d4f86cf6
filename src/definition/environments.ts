import { withoutNulls } from './nulls.ts';
import { definitionSchema } from './definition.ts';
import { partsOf } from './field-tree.ts';
import { didYouMean, type Suggest } from './nearest.ts';
import { isObject, type PlainObject } from './plain-json.ts';
import type { Problem } from './problems.ts';
import { secretProblems } from './secrets.ts';
import { nameOfValue, unknownKeys } from './shape.ts';

/** The ids that other environments give, each with the names of these: what is not there may be there. */
export type Elsewhere = Record<string, string[]>;

/** A definition as one environment has it, unchecked. */
interface Environment {
  given: PlainObject;
  elsewhere: Elsewhere;
  /** Where a field of the definition is said: in the definition or in the environment. */
  placeOf: (field: string) => string;
}

const knownKeys = ['definition', 'environments', 'environment'];
/** An organisation has fewer sandboxes. */
const mostEnvironments = 100;
const environmentName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;
const tenantName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Whether an input is a definition with environments beside it. */
export function hasEnvironments(input: PlainObject): boolean {
  return Object.hasOwn(input, 'environments');
}

/**
 * The definition that `environment` asks for: what its environment says takes the place of what `definition` says, field by
 * field, as in a JSON Merge Patch (RFC 7396), where null takes a field away. `{TENANT_ID}` stands for its tenant.
 */
export function chosenEnvironment(
  input: PlainObject,
  suggest: Suggest,
): { chosen: Environment; problems?: undefined } | { chosen?: undefined; problems: Problem[] } {
  const { definition, environments, environment } = input;
  const problems: Problem[] = Object.keys(input)
    .filter((key) => !knownKeys.includes(key) && key !== '$schema')
    .map((field) => ({ field, message: unknownKeys(knownKeys, suggest)(field) }));
  const report = (field: string, message: string) => problems.push({ field, message });
  if (!isObject(definition))
    report('definition', `must be an object, not ${nameOfValue(definition ?? null)}`);
  if (!isObject(environments)) {
    report(
      'environments',
      `must be an object of environments by their names, not ${nameOfValue(environments)}`,
    );
    return { problems };
  }
  const names = Object.keys(environments);
  if (names.length > mostEnvironments) {
    report('environments', `must have at most ${mostEnvironments}, and has ${names.length}`);
    return { problems };
  }
  if (names.length === 0) report('environments', 'must not be empty: such as {"dev": {"sandbox": "dev"}}');
  for (const name of names) {
    const field = `environments.${name}`;
    const override = environments[name];
    if (!environmentName.test(name))
      report(field, 'must have a name of letters, digits, hyphens and underscores, at most 50');
    if (!isObject(override)) report(field, `must be an object, not ${nameOfValue(override)}`);
    else problems.push(...problemsOf(override, field));
  }
  if (typeof environment !== 'string' || !Object.hasOwn(environments, environment))
    report('environment', whichOf(environment, names, suggest));
  if (problems.length > 0) return { problems };

  const whole = withoutNulls(definition, definitionSchema()) as PlainObject;
  const all = environments as Record<string, PlainObject>;
  const secrets = [
    ...secretProblems(whole).map((one) => ({ ...one, field: `definition.${one.field}` })),
    ...names.flatMap((name) =>
      secretProblems(all[name]).map((one) => ({ ...one, field: `environments.${name}.${one.field}` })),
    ),
  ];
  if (secrets.length > 0) return { problems: secrets };
  const chosen = environment as string;
  // A name that is null is one that a typed client leaves out.
  const { tenant, name: _, ...override } = all[chosen]!;
  const named = namingOnly(whole);
  return {
    chosen: {
      given: withTenant(patched(whole, override), tenant) as PlainObject,
      elsewhere: elsewhereOf(
        names.filter((name) => name !== chosen),
        (name) => {
          const other = patched(named, namingOnly(all[name]!));
          const ids = idFields.flatMap((field) => [valueAt(other, field)].flat());
          return withTenant(ids, all[name]!['tenant']) as unknown[];
        },
      ),
      placeOf: placeIn(all[chosen]!, chosen),
    },
  };
}

function problemsOf({ tenant, name, sandbox }: PlainObject, field: string): Problem[] {
  const problems: Problem[] = [];
  if (tenant !== undefined && tenant !== null && !(typeof tenant === 'string' && tenantName.test(tenant)))
    problems.push({
      field: `${field}.tenant`,
      message:
        'must be the id of a tenant, which stands in the place of {TENANT_ID}: letters, digits, hyphens and underscores',
    });
  if (name !== undefined && name !== null)
    problems.push({
      field: `${field}.name`,
      message: 'must be left out: a dataflow has one name in every sandbox',
    });
  if (sandbox === undefined || sandbox === null)
    problems.push({ field: `${field}.sandbox`, message: 'is required: the sandbox of this environment' });
  return problems;
}

function whichOf(environment: unknown, names: readonly string[], suggest: Suggest): string {
  const all = `one of ${names.join(', ')}`;
  if (environment === undefined || environment === null) return `is required: ${all}`;
  const near = typeof environment === 'string' ? suggest(environment, names) : undefined;
  return near === undefined
    ? `must be ${all}, not ${nameOfValue(environment)}`
    : `must be ${all}${didYouMean(near)}`;
}

/** What is there is used as it is: an id and what would be made do not go together. */
function patched(target: PlainObject, patch: PlainObject): PlainObject {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const there = result.get(key);
    if (value === null) result.delete(key);
    else if (!isObject(value)) result.set(key, value);
    else {
      const base = isObject(there) && Object.hasOwn(there, 'id') === Object.hasOwn(value, 'id') ? there : {};
      result.set(key, patched(base, value));
    }
  }
  return Object.fromEntries(result);
}

/** Not the column `${TENANT_ID}` of an expression. */
function withTenant(value: unknown, tenant: unknown): unknown {
  if (typeof tenant !== 'string') return value;
  if (typeof value === 'string') return value.replaceAll(/(?<!\$)\{TENANT_ID\}/g, tenant);
  if (Array.isArray(value)) return value.map((one) => withTenant(one, tenant));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withTenant(one, tenant)]));
}

function placeIn(override: PlainObject, name: string): (field: string) => string {
  return (field) => {
    if (field === '') return '';
    let value: unknown = override;
    for (const part of partsOf(field)) {
      const key = part.replace(/^\./, '');
      // A list takes the place of the whole list.
      if (Array.isArray(value)) break;
      if (!isObject(value) || !Object.hasOwn(value, key)) return `definition.${field}`;
      value = value[key];
    }
    return `environments.${name}.${field}`;
  };
}

/** What names something, without what may be large. */
function namingOnly({ source, schema, dataset, target }: PlainObject): PlainObject {
  const naming = (value: unknown, keys: readonly string[]) =>
    isObject(value)
      ? Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(value, key) ? [[key, value[key]]] : [])))
      : value;
  const all = {
    source: naming(source, ['baseConnectionId', 'connection', 'adHocSchema']),
    schema: naming(schema, ['id', 'class', 'fieldGroups']),
    dataset: naming(dataset, ['id']),
    target: naming(target, ['datasetBaseConnection']),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The fields in which a definition names what a sandbox has. */
const idFields = [
  'source.baseConnectionId',
  'source.connection',
  'source.adHocSchema.id',
  'schema.id',
  'schema.class',
  'schema.fieldGroups',
  'dataset.id',
  'target.datasetBaseConnection.id',
];

function elsewhereOf(names: readonly string[], idsOf: (name: string) => unknown[]): Elsewhere {
  const elsewhere = new Map<string, string[]>();
  for (const name of names)
    for (const id of new Set(idsOf(name)))
      if (typeof id === 'string') elsewhere.set(id, [...(elsewhere.get(id) ?? []), name]);
  return Object.fromEntries(elsewhere);
}

/** What stands in a field such as `schema.fieldGroups[1]`. */
function valueAt(value: unknown, field: string): unknown {
  return partsOf(field).reduce<unknown>((inside, part) => {
    const key = part.replaceAll(/[.[\]]/g, '');
    return typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
      ? Reflect.get(inside, key)
      : undefined;
  }, value);
}

/** The problems of a definition, and of each id that is not there, the environments that give it. */
export function toldElsewhere(problems: Problem[], definition: object, elsewhere: Elsewhere): Problem[] {
  return problems.map((problem) => {
    const id = valueAt(definition, problem.field);
    const names = typeof id === 'string' && Object.hasOwn(elsewhere, id) ? elsewhere[id]! : [];
    if (names.length === 0) return problem;
    const message = `${problem.message}. It is what ${names.join(', ')} has: give what is there in this environment`;
    return { ...problem, message };
  });
}
