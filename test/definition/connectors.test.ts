import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  connectorNameOf,
  connectors,
  isConnectorName,
  refusedConnectors,
  sourceOf,
  tellSpec,
  type Connector,
  type Retired,
} from '../../src/definition/connectors.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { sample } from './sample.ts';

interface Fact {
  title: string;
  connectionSpec: string;
  reads: 'table' | 'file' | 'rest' | 'stream';
  formats: string[];
  state: 'listed' | Retired['state'];
  aepName?: string;
  flowSpec?: string;
  deltaDateFormat?: string;
  since?: string;
}

const { sources } = JSON.parse(
  readFileSync(new URL('../fixtures/connectors.json', import.meta.url), 'utf8'),
) as { sources: Fact[] };
const taken = sources.filter(({ flowSpec }) => flowSpec !== undefined);
const others = sources.filter(({ flowSpec }) => flowSpec === undefined);
const connectorOf = (specId: string): Connector | undefined => {
  const name = connectorNameOf(specId);
  return name && connectors[name];
};

describe("what Adobe's documentation says of the sources", () => {
  test.each(taken)('is what the connector of $title says', (fact) => {
    const name = connectorNameOf(fact.connectionSpec);
    const connector = connectorOf(fact.connectionSpec);
    expect(connector?.family).toMatchObject({ name: `${fact.reads}s`, flowSpec: fact.flowSpec });
    expect(connector?.family.formats).toEqual(expect.arrayContaining(fact.formats));
    expect([connector?.aepName, name]).toContain(fact.aepName ?? name);
    if (fact.deltaDateFormat) expect(connector?.dateFormat).toBe(fact.deltaDateFormat);
    expect(connector?.retired?.state ?? 'listed').toBe(fact.state);
    if (fact.since) expect(connector?.retired?.since).toBe(fact.since);
  });

  test('is all that the table knows', () => {
    expect(
      Object.values(connectors)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(taken.map(({ connectionSpec }) => connectionSpec).sort());
    expect(
      Object.values(refusedConnectors)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(others.map(({ connectionSpec }) => connectionSpec).sort());
  });
});

describe('a connector that Adobe has given up', () => {
  const warned = (source: object) =>
    parseDefinition({ ...sample, source: { ...sample.source, ...source } }).warnings;

  test.each([
    ['oracle-eloqua', '2026-01', 'Oracle Eloqua (V2) replaces it'],
    ['salesforce-marketing-cloud', '2026-01', '(V2) replaces it'],
    ['oracle-service-cloud', '2025-05', 'Data Landing Zone'],
  ])('is warned of: %s since %s', (connector, since, instead) => {
    const [warning, ...more] = warned({ connector });
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: 'deprecated-connector', field: 'source.connector' });
    expect(warning?.message).toContain(`deprecated`);
    expect(warning?.message).toContain(since);
    expect(warning?.message).toContain(instead);
  });

  test('is warned of by its connection spec too, and so is one that is listed no more', () => {
    const { id } = connectors.paypal;
    expect(warned({ connector: undefined, connectionSpec: { id } })).toEqual([
      {
        code: 'deprecated-connector',
        field: 'source.connectionSpec.id',
        message:
          'PayPal is not among the sources that Adobe lists any more (as of 2026-05): AEP may refuse it',
      },
    ]);
  });

  test('is no matter of the others', () => {
    expect(warned({ connector: 'mysql' })).toEqual([]);
  });
});

test('a connection spec is told by the name that a definition gives it, where there is one', () => {
  const { id } = connectors['google-bigquery'];
  expect(sourceOf(id)).toEqual({ connector: 'google-bigquery' });
  expect(sourceOf('unknown')).toEqual({ connectionSpec: { id: 'unknown' } });
  expect(tellSpec(id)).toBe('google-bigquery');
  const [refused, { id: refusedId }] = Object.entries(refusedConnectors).at(-1)!;
  expect(tellSpec(refusedId)).toBe(refused);
  expect(tellSpec('unknown')).toBe('the connection spec unknown, which has no name here');
  expect(['google-bigquery', 'toString', ''].map(isConnectorName)).toEqual([true, false, false]);
});
