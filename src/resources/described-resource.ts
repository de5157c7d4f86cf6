import { differences, type Difference } from './differences.ts';
import { defined, objectAt, textAt, timeOf } from './json.ts';
import type { ResourceIds } from './kinds.ts';
import { operationsFor } from './operations.ts';
import { parseMark, withMark, withoutMark } from './mark.ts';
import type { JsonObject, KindFacts, Observed, Resource } from './resource.ts';

interface Parts
  extends
    KindFacts,
    Pick<
      Resource,
      | 'kind'
      | 'name'
      | 'body'
      | 'asked'
      | 'told'
      | 'canChange'
      | 'isMoot'
      | 'operations'
      | 'readBack'
      | 'withoutRecords'
    > {
  /** What of a body, or of AEP's answer, a definition can ask for, in one form for both. */
  fields: (object: JsonObject) => JsonObject;
  refersTo?: (fields: JsonObject) => ResourceIds;
  /** Where order or surplus means something else than usual. */
  compare?: (wanted: JsonObject, found: JsonObject) => Difference[];
  /** See `Resource`. */
  besides?: (wanted: JsonObject, found: JsonObject) => Difference[];
}

/** A kind that carries its mark as the last line of its description: all of Flow Service and of the Schema Registry. */
export function describedResource({
  fields,
  refersTo,
  compare = differences,
  besides,
  ...facts
}: Parts): Resource {
  // Of a connection AEP takes other edits too, but they do not reach the flow.
  const places = facts.hasUniqueTitle ? { name: 'title' as const } : {};
  return {
    operations: (edits, answer) => operationsFor(edits, answer, places),
    ...facts,
    marked: (plain, mark) => ({ ...plain, description: withMark(plain['description'], mark) }),
    observe: (answer) => observed(answer, defined(fields(answer))),
    refersTo: (one) => refersTo?.(one.fields) ?? {},
    differences: (plain, one) => compare(fields(plain), one.fields),
    ...(besides ? { besides: (plain, one) => besides(fields(plain), one.fields) } : {}),
  };
}

function observed(answer: JsonObject, fields: JsonObject): Observed {
  const name = textAt(answer, 'name') ?? textAt(answer, 'title');
  const description = withoutMark(textAt(answer, 'description') ?? '');
  const mark = parseMark(answer['description']);
  const createdAt = timeOf(
    answer['createdAt'] ?? objectAt(answer, 'meta:registryMetadata')['repo:createdDate'],
  );
  return {
    id: textAt(answer, 'id') ?? textAt(answer, '$id') ?? '',
    ...(name === undefined ? {} : { name }),
    ...(description === '' ? {} : { description }),
    ...(mark === undefined ? {} : { mark }),
    ...(createdAt === undefined ? {} : { createdAt }),
    fields,
  };
}

/** The description of a part: its own, or else the dataflow's. */
export function description(own: string | undefined, shared: string | undefined): { description?: string } {
  const text = own ?? shared;
  return text === undefined || text === '' ? {} : { description: text };
}

/** The fields of a definition that ask for the fields of a kind, each by what it begins with: the first that fits counts. */
export function askedBy(pairs: readonly (readonly [prefix: string, asked: string])[], field: string): string {
  const pair = pairs.find(([prefix]) => startsAt(field, prefix));
  return pair ? pair[1] + field.slice(pair[0].length) : field;
}

/** Whether a path is that one or lies under it. */
export function startsAt(field: string, prefix: string): boolean {
  return field === prefix || (field.startsWith(prefix) && /[.[]/.test(field.charAt(prefix.length)));
}

/** The field that gives a part its description: its own, or else the dataflow's. */
export function describedIn(part: string, own: string | undefined): string {
  return own === undefined ? 'description' : `${part}.description`;
}
