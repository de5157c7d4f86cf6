/** `property=<path><op><value>` filters and `orderby`, as Flow Service reads them. */
import { flowError } from '../errors.ts';
import { valuesAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

export type Operator = '==' | '>' | '<' | '>=' | '<=';
export type Filter = {
  path: string;
  operator: Operator;
  values: string[];
  /** The values again, as they are compared for equality. */
  equal: Set<string>;
};

// Statuses of runs are spelled in several ways, in data and in filters.
const isStatus = (path: string): boolean =>
  path === 'state' || path.endsWith('.status') || path.endsWith('.state');
const loose = (text: string): string => text.toLowerCase().replaceAll('_', '');

/** Splits a comma list; commas inside double quotes stay. Values come bare or quoted. */
function readValues(text: string): string[] {
  const values: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/gy;
  while (pattern.lastIndex < text.length || values.length === 0) {
    const match = pattern.exec(text);
    if (match === null) return [text];
    values.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll(/\\(.)/g, '$1'));
    if (match[0] === '') break;
  }
  return values;
}

const invalid = (text: string): Error =>
  flowError('1453-400', `Invalid query value ${text} provided in query param.`);
/** Fields of a time or a count: compared as numbers. */
const isNumeric = (path: string): boolean =>
  /(^|\.)(createdAt|updatedAt|\w+AtUTC|started|updated|\w+Count|\w+Bytes)$/.test(path);
const isId = (path: string): boolean => /(^|\.)id$|Id$|Ids\[\]$/.test(path);

/** Reads one filter; each refusal is that of the catalogue. */
export function readFilter(text: string): Filter {
  const [, path = '', operator = '', right = ''] = /^\s*([\w@$:.[\]-]+)\s*([=!<>~]+)(.*)$/s.exec(text) ?? [];
  if (!path.split('.').every((part) => /^[\w@$:-]+(\[\])?$/.test(part))) throw invalid(text);
  if (operator === '!=' || operator === '~' || operator === '=~')
    throw flowError('1440-400', `Operator '${operator}' not implemented.`);
  if (!['==', '>', '<', '>=', '<='].includes(operator))
    throw flowError('1450-400', `Invalid operator ${operator} in filter params.`);
  const value = right.trim();
  if (value === '') throw invalid(text);
  const values = readValues(value);
  if (operator !== '==' && isId(path))
    throw flowError('1448-400', `Operator ${operator} not supported for field ${path}.`);
  if (operator !== '==' && values.length > 1)
    throw flowError('1443-400', `Operator '${operator}' is not allowed for multiple values.`);
  if (isNumeric(path) && (values.length > 1 || Number.isNaN(Number(values[0]))))
    throw flowError('1452-400', `Invalid value ${value} for field ${path}.`);
  const equal = new Set(isStatus(path) ? values.map(loose) : values);
  return { path, operator: operator as Operator, values, equal };
}

export function readFilters(texts: string[]): Filter[] {
  return texts.map(readFilter);
}

export function matchesValue(actual: unknown, { path, operator, values, equal }: Filter): boolean {
  if (operator === '==') return equal.has(isStatus(path) ? loose(String(actual)) : String(actual));
  const wanted = values[0] ?? '';
  const numeric =
    typeof actual === 'number' ||
    (actual !== '' && !Number.isNaN(Number(actual)) && !Number.isNaN(Number(wanted)));
  const difference = numeric
    ? Number(actual) - Number(wanted)
    : String(actual) < wanted
      ? -1
      : Number(String(actual) > wanted);
  if (operator === '>') return difference > 0;
  if (operator === '<') return difference < 0;
  return operator === '>=' ? difference >= 0 : difference <= 0;
}

export function matches(item: JsonObject, filters: Filter[]): boolean {
  return filters.every((filter) => {
    // Most filters are on a plain field such as `name`, and a list may be ten thousand long.
    const plain = !/[.[]/.test(filter.path);
    const values = plain ? [item[filter.path]] : valuesAt(item, filter.path);
    return values.some((value) => value !== undefined && matchesValue(value, filter));
  });
}

export type Order = { path: string; descending: boolean };

export function readOrder(text: string | undefined): Order | undefined {
  if (text === undefined) return undefined;
  // An unescaped `+` arrives as a space.
  const match = /^([-+ ]?)([\w@$.]+)$/.exec(text);
  if (match === null) {
    throw /^[-+ ]?\w/.test(text)
      ? flowError(
          '1432-400',
          `Sort order specified is not correct: ${text}. Prepend + or - to the field name.`,
        )
      : flowError('1433-400', `Incorrect field=${text} passed in orderBy, example are +name, -name, name.`);
  }
  return { path: match[2] ?? '', descending: match[1] === '-' };
}

/** Order of two sort values: absent first, numbers by size, anything else as text. */
export function compareValues(a: Json, b: Json): number {
  if (a === b) return 0;
  if (a === undefined || a === null) return -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : Number(left > right);
}
