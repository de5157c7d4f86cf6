/** Lists of Schema Registry: property filters, order, and pages that start after a sort value. */
import { plainError } from '../errors.ts';
import { valuesAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

type Test = (item: JsonObject) => boolean;

function readProperty(text: string): Test {
  const match = /^([^=!<>~]+)(==|!=|<=|>=|<|>)(.*)$/s.exec(text);
  // A bare name asks that the property exists.
  if (match === null) return (item) => text.split(',').every((name) => item[name.trim()] !== undefined);
  const [, path = '', operator = '', right = ''] = match;
  const wanted = right.replace(/^"(.*)"$/s, '$1');
  return (item) => {
    const found = item[path] === undefined ? valuesAt(item, path) : [item[path]].flat();
    const texts = found.map(String);
    if (operator === '==') return texts.includes(wanted);
    if (operator === '!=') return !texts.includes(wanted);
    return texts.some((one) => {
      const [a, b] =
        Number.isNaN(Number(one)) || Number.isNaN(Number(wanted))
          ? [one, wanted]
          : [Number(one), Number(wanted)];
      if (operator === '<') return a < b;
      if (operator === '>') return a > b;
      return operator === '<=' ? a <= b : a >= b;
    });
  };
}

/** `created` and `updated` are short for the dates in the registry's metadata. */
function sortValue(item: JsonObject, path: string): Json {
  const metadata = item['meta:registryMetadata'] ?? {};
  if (path === 'created') return metadata['repo:createdDate'] ?? 0;
  if (path === 'updated') return metadata['repo:lastModifiedDate'] ?? 0;
  return item[path] ?? valuesAt(item, path)[0] ?? '';
}

const defaultLimit = 300;

export function list(
  items: JsonObject[],
  params: URLSearchParams,
  path: string,
  present: (item: JsonObject) => Json,
): JsonObject {
  const orderby = params.get('orderby') ?? params.get('orderBy');
  const start = params.get('start');
  if (orderby === null && (start !== null || params.has('limit'))) {
    throw plainError(400, 'The parameters limit and start need the parameter orderby.');
  }
  const limit = Number(params.get('limit') ?? defaultLimit);
  if (!Number.isInteger(limit) || limit < 1)
    throw plainError(400, `The limit ${params.get('limit')} is not valid.`);
  const order = orderby ?? 'updated';
  const key = (order.split(',')[0] ?? '').replace(/^[-+ ]/, '');
  const sign = order.startsWith('-') ? -1 : 1;
  const compare = (a: Json, b: Json): number => {
    const [x, y] =
      typeof a === 'number' && !Number.isNaN(Number(b)) ? [a, Number(b)] : [String(a), String(b)];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  };

  const tests = params.getAll('property').map(readProperty);
  const found = items
    .filter((item) => tests.every((test) => test(item)))
    .filter((item) => start === null || compare(sortValue(item, key), start) > 0)
    .toSorted((a, b) => compare(sortValue(a, key), sortValue(b, key)));
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = found.length > limit && last !== undefined ? String(sortValue(last, key)) : null;
  const query = new URLSearchParams(params);
  query.set('orderby', order);
  query.set('limit', String(limit));
  query.set('start', next ?? '');
  return {
    results: shown.map(present),
    _page: { orderby: order, next, count: shown.length },
    _links: { next: next === null ? null : { href: `${path}?${query.toString()}` } },
  };
}
