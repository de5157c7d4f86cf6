import * as fc from 'fast-check';
import { connectors } from '../../src/definition/connectors.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { definedDeep } from './defined-deep.ts';
import { parsed, problemsOf } from './sample.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _.'é-]{0,10}[A-Za-z0-9]$/);
const name = word.filter((text) => !text.includes('  '));
const text = fc.oneof(
  name,
  fc.constantFrom(
    '',
    'Two\nlines',
    'With " quotes, and = signs',
    'Managed by aep-dataflows: prod/other #abcdefgh',
  ),
);
const id = fc.uuid();
const uri = (part: string) => fc.uuid().map((uuid) => `https://ns.adobe.com/tenant/${part}/${uuid}`);
const columnName = fc.oneof(
  name.filter((text) => !text.includes('..')),
  fc.constantFrom('Order ID', 'address.street', 'password', 'from', 'é'),
);

const column = fc.oneof(
  fc.record({
    name: columnName,
    type: fc.constant('string'),
    format: maybe(fc.constantFrom('date', 'date-time', 'uri')),
  }),
  fc.record({
    name: columnName,
    type: fc.constantFrom('integer', 'number'),
    minimum: maybe(fc.integer({ min: -9, max: 9 })),
    maximum: maybe(fc.integer({ min: 10, max: 99 })),
  }),
  fc.record({
    name: columnName,
    type: fc.constantFrom('long', 'string', 'decimal'),
    'meta:xdmType': maybe(fc.constantFrom('long', 'string', 'date-time')),
    xdm: fc.record({ type: fc.constantFrom('integer', 'string'), title: maybe(word) }),
  }),
);
const columns = fc.uniqueArray(column, { minLength: 1, maxLength: 5, selector: (one) => one.name });

const entry = (names: readonly string[]) => {
  const destination = fc.constantFrom('_id', 'person.name.fullName', '_tenant.orders[0].total');
  return fc.oneof(
    fc.record({ source: fc.constantFrom(...names), destination }),
    fc.record({
      expression: fc.constantFrom('upper("x")', '"fixed"', 'concat("a", "b")', 'now()', '5'),
      destination,
    }),
  );
};

const tables = Object.entries(connectors).flatMap(([key, { family }]) =>
  family.name === 'tables' ? key : [],
);
const stores = Object.entries(connectors).flatMap(([key, { family, baseConnection }]) =>
  family.name === 'files' && baseConnection ? key : [],
);
const described = { name: maybe(name), description: maybe(text) };

const tableSource = fc
  .record({
    ...described,
    connector: fc.constantFrom(...tables),
    baseConnectionId: id,
    tableName: word,
    columns,
    filters: maybe(
      fc.constant({
        type: 'PQL',
        format: 'pql/json',
        value: { nodeType: 'literal', value: [1, { a: null }] },
      }),
    ),
    params: maybe(fc.constantFrom({ entityType: 'view' }, { nested: { a: ['b', { c: 1 }] } })),
  })
  .chain((source) => fc.tuple(fc.constant(source), fc.constantFrom(true, false)))
  .map(([{ columns, ...source }, lists]) => ({ source: lists ? { ...source, columns } : source, columns }));

const olderSource = fc
  .record({
    ...described,
    connector: fc.constantFrom(...tables),
    baseConnectionId: id,
    format: fc.constant('parquet_xdm'),
    path: word,
    columns,
    adHocSchema: fc.oneof(
      fc.record({ id: uri('schemas') }),
      fc.record({
        title: maybe(name.map((one) => `${one} raw`)),
        description: maybe(text),
        class: maybe(
          fc.record({ title: maybe(name.map((one) => `${one} class`)), description: maybe(text) }),
        ),
      }),
    ),
  })
  .map((source) => ({ source, columns: source.columns }));

const fileSource = fc
  .record({
    ...described,
    connector: fc.constantFrom(...stores),
    baseConnectionId: id,
    path: word,
    written: fc.constantFrom(
      { format: 'delimited', data: { properties: { columnDelimiter: ',' } } },
      { format: 'delimited', data: { properties: { compressionType: 'gzip', encoding: 'UTF-8' } } },
      { format: 'json', data: { properties: { compressionType: 'gzip' } } },
      { format: 'parquet' },
    ),
    which: fc.constantFrom(
      { params: { type: 'file' } },
      { params: { type: 'folder', recursive: true } },
      { params: {} },
      { params: { type: 'folder' }, encryption: { publicKeyId: 'key' } },
      { params: {}, encryption: { publicKeyId: 'key', signVerificationKeyId: 'own' } },
    ),
  })
  .map(({ written, which, ...source }) => ({
    source: { ...source, ...written, ...which },
    columns: [{ name: 'OrderId' }],
  }));

const places = fc.oneof(
  fc.record({
    schema: fc.record({
      title: maybe(name.map((one) => `${one} schema`)),
      description: maybe(text),
      class: uri('classes'),
      fieldGroups: fc.uniqueArray(uri('mixins'), { maxLength: 3 }),
    }),
    dataset: maybe(fc.record(described)),
  }),
  fc.record({ schema: fc.record({ id: uri('schemas') }), dataset: maybe(fc.record(described)) }),
  fc.record({ dataset: fc.record({ id: fc.constant('5e8a55ca53662c18af37a83a') }) }),
);

const start = fc.oneof(
  fc.integer({ min: 1_500_000_000, max: 1_990_000_000 }),
  fc.constantFrom('2030-01-31T06:00:00Z', '2019-06-01T12:00:00.25+02:00'),
);
const schedule = fc.oneof(
  fc.record({ frequency: fc.constant('once'), startTime: maybe(start) }),
  fc.record({
    frequency: fc.constantFrom('minute', 'hour', 'day', 'week'),
    interval: fc.integer({ min: 15, max: 99 }),
    backfill: maybe(fc.boolean()),
    startTime: maybe(start),
  }),
);

/** Definitions of every generation, with all that they can say of what AEP keeps. */
export const anyDefinition: fc.Arbitrary<Definition> = fc
  .oneof(tableSource, olderSource, fileSource)
  .chain(({ source, columns }) => {
    const names = columns.map((one) => one.name);
    const isOlder = 'adHocSchema' in source;
    return fc.record({
      name,
      sandbox: fc.constantFrom('prod', 'dev-1'),
      description: maybe(text),
      source: fc.constant(source),
      places,
      target: fc.record({
        ...described,
        datasetBaseConnection: isOlder
          ? maybe(fc.oneof(fc.record({ id }), fc.record(described)))
          : fc.constant(undefined),
      }),
      mapping: fc.array(entry(names), { minLength: 1, maxLength: 4 }),
      deltaColumn: fc.record({
        name: fc.constantFrom(...names),
        dateFormat: maybe(fc.constant('yyyy-MM-dd')),
        timezone: maybe(fc.constantFrom('UTC', 'Europe/Paris')),
      }),
      schedule,
      options: maybe(
        fc.record({
          partialIngestionPercent: maybe(fc.constantFrom(5, 12.5, 100)),
          errorDiagnosticsEnabled: maybe(fc.boolean()),
        }),
      ),
    });
  })
  .map(({ places, ...rest }) => definedDeep({ ...rest, ...places }))
  // Titles may meet by chance.
  .filter((one) => problemsOf(one).length === 0)
  .map(parsed);
