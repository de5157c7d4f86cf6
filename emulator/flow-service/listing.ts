/** Lists of Flow Service: query, order, count, and pages that hang together by a continuation token. */
import { flowError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { valuesAt } from '../json.ts';
import { compareValues, matches, readFilters, readOrder } from './filters.ts';
import type { Filter, Order } from './filters.ts';

// Guess: neither the default nor the largest page is documented; clients ask for 10, 20 and 100.
const defaultPage = 20;
const largestPage = 100;

export type ListQuery = {
  filters: Filter[];
  order: Order | undefined;
  limit: number;
  count: boolean;
  after: Position | undefined;
  /** The query as it came, for the link to the next page. */
  params: URLSearchParams;
};

/** Where a page ended: the sort value and id of its last item. A list that grows meanwhile shifts nothing. */
export type Position = { value: Json; id: string };

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultPage;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw flowError('1452-400', `Invalid value ${text} for field limit.`);
  return Math.min(limit, largestPage);
}

function readToken(text: string | undefined): Position | undefined {
  if (text === undefined) return undefined;
  // aepp, which works with AEP, takes as the token whatever stands between the first two `=` of a link.
  const [token = ''] = text.split('&');
  try {
    const [value, id] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as [Json, string];
    return { value: value ?? undefined, id };
  } catch {
    throw flowError('1452-400', `Invalid value ${text} for field continuationToken.`);
  }
}

const knownParams = new Set(['property', 'orderby', 'limit', 'count', 'continuationToken']);

/** What every resource has. */
const commonFields =
  'id name description createdAt updatedAt createdBy updatedBy createdClient updatedClient sandboxId sandboxName imsOrgId state version etag';

/** Fields that a list can be asked for, by the last part of its path. Guess: all that the resource has. */
const fieldsOfList: Record<string, Set<string>> = Object.fromEntries(
  Object.entries({
    connections: 'auth connectionSpec params lastOperation',
    sourceConnections: 'baseConnectionId data params connectionSpec inheritedAttributes lastOperation',
    targetConnections: 'baseConnectionId data params connectionSpec inheritedAttributes lastOperation',
    flows:
      'flowSpec sourceConnectionIds targetConnectionIds inheritedAttributes transformations scheduleParams options runs lastOperation lastRunDetails labels policy unifiedMetadata',
    runs: 'flowId flowSpec providerRefId params parentFlowRunId childFlowRunIds predecessors recordTypes metrics activities',
  }).map(([list, fields]) => [list, new Set(`${commonFields} ${fields}`.split(' '))]),
);

function checkFields(filters: Filter[], path: string, refused: string[]): void {
  const known = fieldsOfList[path.split('/')[1] ?? ''];
  const wrong = filters.find(({ path: field }) => {
    const name = /^[^.[]+/.exec(field)?.[0] ?? '';
    return refused.includes(name) || known?.has(name) === false;
  });
  if (wrong !== undefined) throw flowError('1449-400', `Invalid field ${wrong.path} in filter params.`);
}

/** Reads the query of a list at this path. Filters by the fields that are `refused` are. */
export function readListQuery(params: URLSearchParams, path: string, refused: string[] = []): ListQuery {
  const unknown = [...params.keys()].find((name) => !knownParams.has(name));
  if (unknown !== undefined)
    throw flowError('1451-400', `Invalid params ${unknown} provided in query params.`);
  const single = (name: string): string | undefined => params.get(name) ?? undefined;
  const count = single('count') === 'true';
  if (count && params.has('limit'))
    throw flowError('1401-400', 'The parameters limit and count may not be used together.');
  const filters = readFilters(params.getAll('property'));
  checkFields(filters, path, refused);
  return {
    filters,
    order: readOrder(single('orderby')),
    limit: readLimit(single('limit')),
    count,
    after: readToken(single('continuationToken')),
    params,
  };
}

/** Cuts one page out of items that are all there is, and links the next. */
export function page<T extends { id: string }>(
  found: T[],
  query: ListQuery,
  path: string,
  sortValue: (item: T, order: Order) => Json,
): { page: T[]; links: JsonObject } {
  const { order, limit, after } = query;
  const byDefault: Order = order ?? { path: 'createdAt', descending: false };
  const sign = byDefault.descending ? -1 : 1;
  const compare = (valueA: Json, idA: string, valueB: Json, idB: string): number =>
    sign * compareValues(valueA, valueB) || (idA < idB ? -1 : Number(idA > idB));
  const keyed = found.map((item) => ({ item, value: sortValue(item, byDefault) }));
  const rest =
    after === undefined
      ? keyed
      : keyed.filter(({ item, value }) => compare(value, item.id, after.value, after.id) > 0);
  rest.sort((a, b) => compare(a.value, a.item.id, b.value, b.item.id));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  if (last === undefined || rest.length <= limit) return { page: shown.map(({ item }) => item), links: {} };

  const token = Buffer.from(JSON.stringify([last.value ?? null, last.item.id])).toString('base64url');
  // The token comes first: clients find it there.
  const params = new URLSearchParams({ continuationToken: token });
  for (const [name, value] of query.params) {
    if (name !== 'continuationToken' && name !== 'limit') params.append(name, value);
  }
  params.set('limit', String(limit));
  // Relative to the base of the service.
  return { page: shown.map(({ item }) => item), links: { next: { href: `${path}?${params.toString()}` } } };
}

/** Answers a list of stored items. */
export function listItems(
  items: JsonObject[],
  params: URLSearchParams,
  path: string,
  present: (item: JsonObject) => JsonObject,
  refused: string[] = [],
): JsonObject {
  const query = readListQuery(params, path, refused);
  const found = items.filter((item) => matches(item, query.filters));
  if (query.count) return { count: found.length };
  const cut = page(
    found as (JsonObject & { id: string })[],
    query,
    path,
    (item, order) => valuesAt(item, order.path)[0],
  );
  return { items: cut.page.map(present), _links: cut.links };
}

/** The query of `POST …/search`, as if it had come in the URL. Guess: `queryString` holds what the URL of the list would. */
export function searchParams(body: Json, url: URLSearchParams): URLSearchParams {
  const text = String(body?.queryString ?? '');
  const params =
    text === '' || /(^|&)\w+=(?!=)/.test(text)
      ? new URLSearchParams(text)
      : new URLSearchParams({ property: text });
  for (const name of ['limit', 'orderby', 'count']) {
    if (body?.[name] !== undefined) params.set(name, String(body[name]));
  }
  const token = url.get('continuationToken');
  if (token !== null) params.set('continuationToken', token);
  return params;
}
