import type { Family } from '../families/family.ts';
import { families } from '../families/index.ts';
import { violationsOf } from './json-schema.ts';
import { isObject, type PlainObject } from './plain-json.ts';
import type { Problem, Warning } from './problems.ts';
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
}

/** What AEP's own description of a connector has against a source. */
export interface Judged {
  problems: Problem[];
  warnings: Warning[];
}

export function askedOfSpec(source: Source): AskedOfSpec {
  const { columns, params = {} } = source;
  const { family } = sourceFacts(source);
  return {
    reads: family.name,
    params: family.params(columns ? { ...source, columns: columns.slice(0, 1) } : source),
    further: Object.keys(params),
  };
}

/**
 * Judges a source whose connector has no name here by the connection spec that AEP answered: whether it is a source of what the
 * definition says, and whether its params are what the spec's JSON Schema asks for. The schemas forbid no unknown property.
 */
export function judgedBySpec(spec: PlainObject, { reads, params, further }: AskedOfSpec): Judged {
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
  // With a path the older generation reads tables, which no recorded schema knows.
  const isOlder = reads === 'tables' && params['tableName'] === undefined;
  const problems = (isOlder ? [] : violationsOf(schema, params)).map(({ path, missing, message }) => ({
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
