import { describe, expect, test } from 'vitest';
import { planAsText } from '../../src/plan/render.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { actionsOf, observedOf, partsOfCreated, plan } from './living.ts';

/** The plan of one definition where AEP has what another has made. */
function planned(before: object, after: object) {
  const definition = parsed(after);
  return plan(definition, observedOf(definition, partsOfCreated(parsed(before))));
}
const changesIn = ({ plan: { steps } }: ReturnType<typeof plan>) => steps.flatMap(({ changes }) => changes);
const replaced = { sourceConnection: 'replace', targetConnection: 'replace', flow: 'replace' };

const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'literal', value: true } };
const withOptions = { ...sample, options: { partialIngestionPercent: 7, errorDiagnosticsEnabled: true } };
const relational = { ...sample, schema: undefined, dataset: { id: '5e8a55ca53662c18af37a83a' } };
const files = (source: object) => ({ ...fileSample, source: { ...fileSample.source, ...source } });
describe('what a definition asks for no more and only a request of ours can have set is a change:', () => {
  test.each<[string, object, object, Record<string, string>, object]>([
    [
      'a row filter',
      { ...sample, source: { ...sample.source, filters } },
      sample,
      replaced,
      { field: 'source.filters', from: filters, to: null },
    ],
    [
      'change data capture',
      { ...relational, source: { ...sample.source, cdcEnabled: true } },
      relational,
      replaced,
      { field: 'source.cdcEnabled', from: true, to: null },
    ],
    [
      'folders below',
      files({}),
      files({ params: { type: 'folder' } }),
      replaced,
      { field: 'source.params.recursive', from: true, to: null },
    ],
    [
      'a delimiter',
      files({ data: { properties: { columnDelimiter: ';' } } }),
      files({ data: undefined }),
      replaced,
      { field: 'source.data.properties.columnDelimiter', from: ';', to: null },
    ],
    [
      'a share of rows that may fail',
      withOptions,
      { ...sample, options: { errorDiagnosticsEnabled: true } },
      { flow: 'update' },
      { field: 'options.partialIngestionPercent', from: 7, to: null },
    ],
    [
      'diagnostics',
      withOptions,
      { ...sample, options: { partialIngestionPercent: 7 } },
      { flow: 'update' },
      { field: 'options.errorDiagnosticsEnabled', from: true, to: false },
    ],
  ])('%s', (_, before, after, actions, change) => {
    const found = planned(before, after);
    expect(actionsOf(found)).toEqual(actions);
    expect(changesIn(found)).toEqual([change]);
    expect(found.plan.warnings).toEqual([]);
  });

  test('of a source connection that no flow uses yet, too', () => {
    const definition = parsed(sample);
    const { flow: _, ...made } = partsOfCreated(parsed({ ...sample, source: { ...sample.source, filters } }));
    const found = plan(definition, observedOf(definition, made));
    expect(actionsOf(found)).toEqual({ sourceConnection: 'replace', flow: 'create' });
  });
});

describe('what a definition leaves out and somebody else may have set stays, with a warning:', () => {
  const groups = [...sample.schema.fieldGroups, 'https://ns.adobe.com/xdm/context/profile-work-details'];
  test.each<[string, object, object, string, string]>([
    [
      'a field group',
      { ...sample, schema: { ...sample.schema, fieldGroups: groups } },
      sample,
      'schema.fieldGroups',
      groups[1]!,
    ],
    [
      "a dataset's description",
      { ...sample, dataset: { ...sample.dataset, description: 'All orders' } },
      sample,
      'dataset.description',
      'All orders',
    ],
    [
      'a column of an ad-hoc class',
      {
        ...legacySample,
        source: {
          ...legacySample.source,
          columns: [...sample.source.columns, { name: 'More', type: 'string', format: 'date' }],
        },
      },
      legacySample,
      'source.columns.More',
      'date',
    ],
    [
      'how the delta column is written',
      { ...sample, deltaColumn: { name: 'Datefield', dateFormat: "yyyy-MM-dd'T'HH:mm:ss" } },
      sample,
      'deltaColumn.dateFormat',
      'yyyy',
    ],
    [
      'a param of which nobody knows what it does',
      { ...sample, source: { ...sample.source, params: { special: 'yes' } } },
      sample,
      'source.params.special',
      'yes',
    ],
  ])('%s', (_, before, after, field, value) => {
    const found = planned(before, after);
    expect(actionsOf(found)).toEqual({});
    expect(found.plan.warnings).toMatchObject([{ code: 'not-in-definition', field }]);
    expect(found.plan.warnings[0]!.message).toContain(value);
  });

  test('a description that all parts had, told once with all of them', () => {
    const { plan: found } = planned({ ...sample, description: 'Orders of the shop' }, sample);
    expect(found.warnings).toMatchObject([{ code: 'not-in-definition', field: 'description' }]);
    expect(found.warnings[0]!.message).toBe(
      'description is "Orders of the shop" in AEP (source connection source-3, schema https://ns.adobe.com/t/schemas/4, target connection target-7, flow flow-9): the definition leaves it out, so that it stays as it is',
    );
  });

  test('only of what stays where a flow is replaced with its pair', () => {
    const { plan: found } = planned(
      { ...sample, description: 'Orders of the shop' },
      { ...sample, source: { ...sample.source, tableName: 'other' } },
    );
    expect(found.warnings).toMatchObject([{ code: 'not-in-definition', field: 'description' }]);
    expect(found.warnings[0]!.message).toContain('in AEP (schema https://ns.adobe.com/t/schemas/4):');
  });

  test('not of what is replaced, and not more of it than anybody reads', () => {
    const params = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, n + 1]));
    const source = { ...sample.source, params };
    const { plan: kept } = planned({ ...sample, source }, sample);
    expect(kept.warnings).toHaveLength(11);
    expect(kept.warnings.at(-1)).toEqual({
      code: 'not-in-definition',
      message: 'AEP has 190 more fields that the definition leaves out, and they stay',
    });
    const ten = Object.fromEntries(Object.entries(params).slice(0, 10));
    const { plan: few } = planned({ ...sample, source: { ...sample.source, params: ten } }, sample);
    expect(few.warnings).toHaveLength(10);
    const { plan: other } = planned(
      { ...sample, source },
      { ...sample, source: { ...sample.source, tableName: 'other' } },
    );
    expect(other.warnings).toEqual([]);
  });
});

describe('what AEP adds by itself is no difference, and nothing to tell:', () => {
  test.each<[string, object, Kind, JsonObject]>([
    [
      'options at their defaults',
      sample,
      'flow',
      { options: { errorDiagnosticsEnabled: 'false', partialIngestionPercent: '5' } },
    ],
    ['an option of its own', sample, 'flow', { options: { isSampleDataflow: true } }],
    [
      'params that say nothing',
      sample,
      'sourceConnection',
      { params: { filters: {}, recursive: false, cdcEnabled: null, special: '' } },
    ],
    [
      'how it takes files',
      files({ data: undefined }),
      'sourceConnection',
      { data: { properties: { columnDelimiter: ',', encoding: 'utf-8', compressionType: 'none' } } },
    ],
    ['the behaviour of a schema', sample, 'schema', { refs: ['https://ns.adobe.com/xdm/data/record'] }],
    [
      'the delta column of an on-demand run',
      { ...sample, deltaColumn: undefined, schedule: { frequency: 'once' } },
      'flow',
      { transformations: { Copy: { deltaColumn: { name: 'x' } } } },
    ],
  ])('%s', (_, input, kind, added) => {
    const definition = parsed(input);
    const parts = partsOfCreated(definition);
    const part = parts[kind]!;
    const fields = { ...part.fields };
    for (const [key, value] of Object.entries(added)) {
      const there = fields[key];
      fields[key] = Array.isArray(value)
        ? [...(there as unknown[]), ...value]
        : { ...(there as object), ...(value as object) };
    }
    const found = plan(definition, observedOf(definition, { ...parts, [kind]: { ...part, fields } }));
    expect(actionsOf(found)).toEqual({});
    expect(found.plan.warnings).toEqual([]);
  });
});

test('a plan says the same when it comes back from JSON, whatever is there on one side only', () => {
  for (const [before, after] of [
    [withOptions, sample],
    [sample, withOptions],
    [sample, { ...sample, dataset: { name: 'Orders', description: 'All' } }],
  ] as const) {
    const { plan: found } = planned(before, after);
    expect(planAsText(JSON.parse(JSON.stringify(found)))).toBe(planAsText(found));
    expect(planAsText(found)).toContain('nothing');
  }
});
