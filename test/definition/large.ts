import { sample } from './sample.ts';

type Json = Record<string, unknown>;

const list = <Item>(length: number, item: (index: number) => Item) =>
  Array.from({ length }, (_, i) => item(i));
const source = (changes: Json) => ({ ...sample, source: { ...sample.source, ...changes } });
const column = (name: string, more: Json = {}) => ({ name, type: 'string', ...more });
const keyed = (count: number, key: (index: number) => string) =>
  Object.fromEntries(list(count, (index) => [key(index), index % 10]));

/** Columns and a mapping from each, spelled as it should be or otherwise. */
function mapped(count: number, name: (index: number) => string, spelled: (name: string) => string): Json {
  return {
    ...source({ columns: list(count, (index) => column(name(index))) }),
    mapping: list(count, (index) => ({ source: spelled(name(index)), destination: `_t.f${index}` })),
    deltaColumn: { name: name(0) },
  };
}

/**
 * Definitions of about `bytes` bytes of JSON, 1 MB at most: right ones, and such with as many mistakes as fit. Where lists
 * end at 5,000, what is in them grows.
 */
export const large: Record<string, (bytes: number) => Json> = {
  'columns, each mapped': (bytes) =>
    mapped(Math.min(5_000, bytes / 180), (index) => `Column_${index}_${'x'.repeat(40)}`, String),
  'a list of rows in params': (bytes) => source({ params: { rows: list(bytes / 8, () => ({ a: 1 })) } }),
  'many params': (bytes) => source({ params: keyed(bytes / 14, (index) => `key${index}`) }),
  'filters, 20 deep': (bytes) => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`);
    return source({ filters: { all: list(bytes / 123, () => deep) } });
  },
  'one destination for all': (bytes) => ({
    ...sample,
    mapping: list(Math.min(5_000, bytes / 45), () => ({ source: 'TestID', destination: '_t.one' })),
  }),
  'mappings in the wrong case': (bytes) =>
    mapped(
      Math.min(5_000, bytes / 90),
      (index) => `Column_Number_${index}`,
      (name) => name.toLowerCase(),
    ),
  'long mappings like no column': (bytes) =>
    mapped(
      Math.min(5_000, bytes / 190),
      (index) => `Co${'ab'.repeat(30)}${index}`,
      (name) => name.toLowerCase().replaceAll('ab', 'ba'),
    ),
  'paths of many parts': (bytes) =>
    mapped(
      bytes / 960,
      (index) => `${index}${'.a'.repeat(220)}`,
      (name) => `${name.slice(0, -1)}b`,
    ),
  'unknown keys': (bytes) => ({ ...sample, ...keyed(bytes / 12, (index) => `key${index}`) }),
  'unknown keys in columns': (bytes) =>
    source({
      columns: list(Math.min(5_000, bytes / 100), (index) =>
        column(`No${index}`, { [`${'k'.repeat(30)}${index}`]: 1, nmae: 1, tpye: 'odd' }),
      ),
    }),
  'columns of one name': (bytes) =>
    source({ columns: list(Math.min(5_000, bytes / 60), () => column('x'.repeat(30))) }),
  'mappings from nothing': (bytes) => ({
    ...sample,
    mapping: list(Math.min(5_000, bytes / 20), () => ({ expression: 5, destination: 7 })),
  }),
  'columns that are none': (bytes) => source({ columns: list(Math.min(5_000, bytes / 2), () => 1) }),
};
