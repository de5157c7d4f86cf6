import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDefinition } from '../src/definition/parse.ts';
import { sourceFacts } from '../src/definition/source-facts.ts';
import { resources } from '../src/resources/index.ts';
import { kinds, type Kind, type ResourceIds } from '../src/resources/kinds.ts';
import { givenIds, neededKinds } from '../src/resources/orders.ts';

interface Fixture {
  page: string;
  ids: ResourceIds;
  calls: { call: string; kind?: Kind; body?: unknown }[];
}

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const posts: Record<Kind, string> = {
  adHocClass: 'POST /schemaregistry/tenant/classes',
  adHocSchema: 'POST /schemaregistry/tenant/schemas',
  sourceConnection: 'POST /flowservice/sourceConnections',
  schema: 'POST /schemaregistry/tenant/schemas',
  dataset: 'POST /catalog/dataSets?requestDataSource=true',
  datasetBaseConnection: 'POST /flowservice/connections',
  targetConnection: 'POST /flowservice/targetConnections',
  mappingSet: 'POST /conversion/mappingSets',
  flow: 'POST /flowservice/flows',
};
const flowSpec = { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' };

describe.each([
  'tutorial-protocols',
  'tutorial-customer-success-legacy',
  'tutorial-databases',
  'tutorial-customer-success-transitional',
])('%s', (name) => {
  const { definition } = parseDefinition(read(`../examples/${name}.json`));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, and a wrong one fails below
  const page = read(`fixtures/tutorials/${name}.json`) as Fixture;
  const made = neededKinds(definition).filter((kind) => givenIds(definition)[kind] === undefined);
  const asked = page.calls.filter((call) => call.kind !== undefined);

  test('makes what the page makes, and nothing else', () => {
    expect(made).toEqual(kinds.filter((kind) => asked.some((call) => call.kind === kind)));
    expect(page.ids).toMatchObject(givenIds(definition));
  });

  test('makes the calls of the page', () => {
    const { flowSpec } = sourceFacts(definition.source).family;
    const calls = [
      `GET /flowservice/flowSpecs?property=name=="${flowSpec}"`,
      ...made.map((kind) => posts[kind]),
    ];
    expect(calls.toSorted()).toEqual(page.calls.map(({ call }) => call).toSorted());
  });

  test.each(asked.map(({ kind, body }) => [kind!, body] as const))(
    'asks for the %s as the page does',
    (kind, body) => {
      expect(resources[kind].body(definition, page.ids, { flowSpec })).toStrictEqual(body);
    },
  );
});
