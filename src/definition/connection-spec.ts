import type { Family } from '../families/family.ts';
import { families } from '../families/index.ts';
import type { AuthType } from './auth-types.ts';
import { checkAuth } from './connection-rules.ts';
import { givenConnection, type Auth } from './connection.ts';
import { violationsOf } from './json-schema.ts';
import { suggestions } from './nearest.ts';
import { isObject, type PlainObject } from './plain-json.ts';
import type { Problem, Warning } from './problems.ts';
import { howToRefer } from './secrets.ts';
import { sourceFacts } from './source-facts.ts';
import type { Source } from './source.ts';
import { unknownParams } from './warnings.ts';

/** What of a source its connection spec has a say in. */
export interface AskedOfSpec {
  reads: Family['name'];
  /** The source connection's, of whose columns one stands for all: they have the same form. */
  params: PlainObject;
  /** Those among them that the definition gives as `source.params`. */
  further: string[];
  /** The credentials of a base connection that is made. */
  auth?: Auth | undefined;
}

/** What AEP's own description of a connector has against a source. */
export interface Judged {
  problems: Problem[];
  warnings: Warning[];
}

export function askedOfSpec(source: Source): AskedOfSpec {
  const { columns, params = {} } = source;
  const { family } = sourceFacts(source);
  const given = givenConnection(source);
  return {
    reads: family.name,
    params: family.params(columns ? { ...source, columns: columns.slice(0, 1) } : source),
    further: Object.keys(params),
    auth: given?.name === undefined ? undefined : given.auth,
  };
}

/**
 * Judges a source whose connector has no name here by the connection spec that AEP answered: whether it is a source of what the
 * definition says, and whether its params are what the spec's JSON Schema asks for. The schemas forbid no unknown property.
 */
export function judgedBySpec(spec: PlainObject, { auth, ...asked }: AskedOfSpec): Judged {
  const { problems, warnings } = sourceBySpec(spec, asked);
  return { problems: [...problems, ...(auth ? authBySpec(spec, auth) : [])], warnings };
}

/** Whether the credentials are of a type that the connector has, and give all of its params. What is a secret the spec says, too. */
function authBySpec(spec: PlainObject, auth: Auth): Problem[] {
  const types = (Array.isArray(spec['authSpec']) ? spec['authSpec'].filter(isObject) : []).map(authTypeOf);
  if (types.length === 0) return [];
  const problems: Problem[] = [];
  const at = 'source.connection.auth.';
  checkAuth(auth, types, { title: String(spec['name'] ?? spec['id']) }, at, {
    report: (field, message) => problems.push({ field, message }),
    isWrong: () => false,
    suggest: suggestions(),
  });
  const secrets = types.find(({ name }) => name === auth.type)?.secrets ?? [];
  const written = secrets.filter(
    (key) => auth.params[key] !== undefined && typeof auth.params[key] !== 'object',
  );
  return [...problems, ...written.map((key) => ({ field: `${at}params.${key}`, message: howToRefer }))];
}

function authTypeOf(one: PlainObject): AuthType {
  const schema = objectAt(one, 'spec');
  const properties = objectAt(schema, 'properties');
  const names = Object.keys(properties);
  const required = (Array.isArray(schema['required']) ? schema['required'] : []).map(String);
  return {
    name: String(one['name']),
    required,
    optional: names.filter((name) => !required.includes(name)),
    secrets: names.filter((name) => objectAt(properties, name)['format'] === 'password'),
  };
}

function sourceBySpec(spec: PlainObject, { reads, params, further }: Omit<AskedOfSpec, 'auth'>): Judged {
  const name = String(spec['name'] ?? spec['id']);
  const { isSource } = objectAt(spec, 'attributes');
  const holds = objectAt(spec, 'exploreSpec')['type'];
  if (isSource === false) return refused(`${name} is no source, says AEP`);
  const family = families.find(({ exploredAs }) => exploredAs === holds);
  if (typeof holds === 'string' && !family)
    return refused(`${name} holds ${holds}, says AEP: only tables and files can be loaded so far`);
  if (family && family.name !== reads) {
    const message = `must be ${family.formats.join(' or ')}: ${name} holds ${family.name}, says AEP`;
    return { problems: [{ field: 'source.format', message }], warnings: [] };
  }
  const schema = objectAt(spec, 'sourceSpec')['spec'];
  if (!isObject(schema)) return { problems: [], warnings: [] };
  const isOfSpec = families.find(({ name }) => name === reads)!.isOfSpec(params);
  const problems = (isOfSpec ? violationsOf(schema, params) : []).map(({ path, missing, message }) => ({
    field: fieldOf([path, missing ?? ''].filter((part) => part !== '').join('.')),
    message: `is not what AEP's connection spec ${name} allows: ${message}`,
  }));
  return { problems, warnings: unknownParams(further, reads, Object.keys(objectAt(schema, 'properties'))) };
}

function refused(message: string): Judged {
  return { problems: [{ field: 'source.connectionSpec.id', message }], warnings: [] };
}

/** Params that have a field of their own. */
const own = new Set(['tableName', 'path', 'columns', 'filters', 'cdcEnabled']);

function fieldOf(path: string): string {
  const [first = ''] = path.split('.');
  if (path === '') return 'source.params';
  return own.has(first) ? `source.${path}` : `source.params.${path}`;
}

function objectAt(object: PlainObject, key: string): PlainObject {
  const value = object[key];
  return isObject(value) ? value : {};
}
