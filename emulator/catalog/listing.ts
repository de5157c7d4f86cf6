/** Lists of Catalog: objects keyed by id, pages by offset. */
import { plainError } from '../errors.ts';
import { valuesAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

const defaultLimit = 20;
const largestLimit = 100;

function readNumber(params: URLSearchParams, name: string, otherwise: number): number {
  const number = Number(params.get(name) ?? otherwise);
  if (!Number.isInteger(number) || number < 0) throw plainError(400, `The parameter ${name} is not valid.`);
  return number;
}

const compare = (a: Json, b: Json): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
};

/** Filters by `property`, orders and cuts one page. */
export function readList(items: JsonObject[], params: URLSearchParams): JsonObject[] {
  const tests = params.getAll('property').map((text) => {
    const [, path = text, operator, value = ''] = /^([^=!<>~]+)(==|!=|<=|>=|<|>|=)(.*)$/s.exec(text) ?? [];
    return (item: JsonObject): boolean => {
      const found = valuesAt(item, path);
      if (operator === undefined) return found.length > 0;
      const wanted = value.replace(/^"(.*)"$/s, '$1');
      const same = found.some((one) => String(one) === wanted);
      if (operator === '==' || operator === '=') return same;
      if (operator === '!=') return !same;
      return found.some((one) => {
        const difference = compare(one, typeof one === 'number' ? Number(wanted) : wanted);
        if (operator.startsWith('<')) return difference < 0 || (operator === '<=' && difference === 0);
        return difference > 0 || (operator === '>=' && difference === 0);
      });
    };
  });
  const found = items.filter((item) => tests.every((test) => test(item)));
  const [, direction = 'asc', path = 'created'] =
    /^(asc|desc):([\w.]+)/.exec(params.get('orderBy') ?? '') ?? [];
  const sign = direction === 'desc' ? -1 : 1;
  found.sort((a, b) => sign * compare(valuesAt(a, path)[0], valuesAt(b, path)[0]) || compare(a.id, b.id));
  const limit = readNumber(params, 'limit', defaultLimit);
  const start = readNumber(params, 'start', 0);
  // Guess: a limit above the largest is cut, not refused.
  return found.slice(start, start + Math.min(Math.max(limit, 1), largestLimit));
}

/** Items as Catalog answers them: by id, with the properties asked for. */
export function keyed(items: JsonObject[], params: URLSearchParams): JsonObject {
  const properties = params.get('properties')?.split(',');
  const view = ({ id: _id, ...item }: JsonObject): JsonObject =>
    properties === undefined
      ? item
      : Object.fromEntries(properties.filter((name) => name in item).map((name) => [name, item[name]]));
  return Object.fromEntries(items.map((item) => [item.id, view(item)]));
}
