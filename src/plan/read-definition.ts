import type { Definition } from '../definition/definition.ts';
import { partsOf } from '../definition/field-tree.ts';
import { dataflowId } from '../definition/identity.ts';
import { parseDefinition } from '../definition/parse.ts';
import { isObject } from '../definition/plain-json.ts';
import { InvalidDefinitionError, type Problem } from '../definition/problems.ts';
import { resources } from '../resources/index.ts';
import { objectAt } from '../resources/json.ts';
import { kinds, type Kind, type ResourceIds } from '../resources/kinds.ts';
import { merged } from '../resources/read-back.ts';
import type { JsonObject, Whole } from '../resources/resource.ts';
import { hiddenFields } from '../resources/hidden.ts';
import { unsaid, type NotExpressible } from './unsaid.ts';

/** A flow with all that it refers to, as far as that is there, each as AEP answers it. */
export type WholeParts = Partial<Record<Kind, Whole>>;

/** What a flow's definition came to. */
export interface ReadDefinition {
  /** Absent where no definition makes such a flow: then `problems` says why. */
  definition?: Definition;
  problems: Problem[];
  notExpressible: NotExpressible[];
}

/**
 * The definition that would have made a flow: `planOf` turned round. What AEP has and a definition cannot say is left out
 * and listed. Pure: the same in every replay and in the tests.
 *
 * @param named the dataflow that it is to be. What carries its mark is read back as made by it; other schemas, datasets and
 * dataset base connections are given by their ids.
 */
export function readDefinition(
  parts: WholeParts,
  named: Pick<Definition, 'name' | 'sandbox'>,
): ReadDefinition {
  const made = madeKinds(parts, dataflowId(named));
  const ids = idsOf(parts);
  const { flow } = parts;
  const context = { flowSpec: { id: String(objectAt(flow!.answer, 'flowSpec')['id']), version: '1.0' } };
  const bodyOf = (kind: Kind, definition: Definition) => resources[kind].body(definition, ids, context);

  const of = { name: named.name, description: flow!.description };
  let draft = merged([
    { ...named },
    ...made.map((kind) => resources[kind].readBack(parts[kind]!, of)),
    ...kinds.flatMap((kind) => (made.includes(kind) ? [] : givenBack(kind, ids))),
  ]);
  for (;;) {
    const { definition, problems } = read(draft);
    const shorter = definition
      ? withoutSome(
          draft,
          differing(definition).filter((field) => isSaid(draft, field)),
        )
      : // What names a column may name one that is not among them, and nothing needs them to be listed.
        (withoutSome(
          draft,
          problems.map(({ field }) => field),
        ) ?? withoutSome(draft, ['source.columns']));
    if (shorter) draft = shorter;
    else if (!definition) return { problems, notExpressible: [] };
    else return { definition, problems: [], notExpressible: made.flatMap((kind) => left(kind, definition)) };
  }

  /** The fields that ask for something else than AEP has. */
  function differing(definition: Definition): string[] {
    return made.flatMap((kind) => {
      const { differences, asked } = resources[kind];
      return differences(bodyOf(kind, definition), parts[kind]!).map(({ field }) => asked(field, definition));
    });
  }

  function left(kind: Kind, definition: Definition): NotExpressible[] {
    const { answer, description } = parts[kind]!;
    const shown = { ...answer, ...(answer['description'] === undefined ? {} : { description }) };
    return unsaid(resources[kind].withoutRecords(shown), bodyOf(kind, definition), kind);
  }
}

/** The kinds that the definition makes; others it names by their ids, or has not. */
function madeKinds(parts: WholeParts, dataflow: string): Kind[] {
  const isOurs = (kind: Kind) => parts[kind]?.mark?.dataflow === dataflow;
  return kinds.filter((kind) => {
    switch (kind) {
      case 'adHocClass':
      case 'adHocSchema':
        return isOurs('adHocClass') && isOurs('adHocSchema');
      case 'schema':
        return isOurs('schema') && isOurs('dataset');
      case 'dataset':
      case 'datasetBaseConnection':
        return isOurs(kind);
      default:
        return parts[kind] !== undefined;
    }
  });
}

/** Also of what is referred to and not there any more. */
function idsOf(parts: WholeParts): ResourceIds {
  const references = Object.entries(parts).map(([kind, one]) => resources[kind as Kind].refersTo(one));
  const there = Object.entries(parts).map(([kind, { id }]) => [kind, id]);
  return Object.assign({}, ...references, Object.fromEntries(there)) as ResourceIds;
}

function givenBack(kind: Kind, ids: ResourceIds): JsonObject[] {
  const { given } = resources[kind];
  const id = ids[kind];
  if (!given || id === undefined) return [];
  return [given.field.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), id) as JsonObject];
}

function read(draft: JsonObject): { definition?: Definition; problems: Problem[] } {
  const hidden = hiddenFields(draft);
  try {
    const { definition } = parseDefinition(draft);
    if (hidden.length === 0) return { definition, problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    return { problems: error.problems };
  }
  const message = 'looks like a secret, which no definition may hold';
  return { problems: hidden.map((field) => ({ field, message })) };
}

/** Fields without which it would be another definition, or none. */
const needed = new Set([
  'name',
  'sandbox',
  'source',
  'source.connector',
  'source.connectionSpec',
  'source.baseConnectionId',
  'source.tableName',
  'source.path',
  'source.adHocSchema',
  'schema',
  'dataset',
  'target',
  'target.datasetBaseConnection',
  'mapping',
  'deltaColumn',
  'deltaColumn.name',
  'schedule',
  'schedule.frequency',
  'schedule.interval',
]);

/** The draft without what is wrong with it; undefined where it needs all of that. */
function withoutSome(draft: JsonObject, wrong: readonly string[]): JsonObject | undefined {
  const fields = new Set(wrong.flatMap((field) => droppable(draft, field) ?? []));
  return fields.size === 0 ? undefined : [...fields].reduce(withoutField, draft);
}

/** The field of the draft that is wrong, or the least of those it is in that may be left out. Lists are left out whole. */
function droppable(draft: JsonObject, field: string): string | undefined {
  let found: string | undefined;
  let path = '';
  let value: unknown = draft;
  for (const part of partsOf(field)) {
    const key = part.replace(/^\./, '');
    if (!isObject(value) || !Object.hasOwn(value, key)) break;
    path += part;
    value = value[key];
    found = needed.has(path) ? undefined : path;
  }
  return found;
}

/** Whether a draft says this very field, or a list that it is in. */
function isSaid(draft: JsonObject, field: string): boolean {
  let value: unknown = draft;
  for (const part of partsOf(field)) {
    if (Array.isArray(value)) return true;
    const key = part.replace(/^\./, '');
    if (!isObject(value) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}

function withoutField(object: JsonObject, field: string): JsonObject {
  const [key = '', ...rest] = field.split('.');
  const { [key]: value, ...others } = object;
  if (rest.length === 0) return others;
  return isObject(value) ? { ...others, [key]: withoutField(value, rest.join('.')) } : object;
}
