import { expect, test } from 'vitest';
import { sampledRows, type PreviewRows } from '../../src/plan/sampled-rows.ts';
import { parsed, sample } from '../definition/sample.ts';

const definition = parsed(sample);
const answering =
  (answer: Awaited<ReturnType<PreviewRows>>): PreviewRows =>
  async () =>
    answer;

test('rows are asked for in the newer form of a mapping, and told without what could not be mapped', async () => {
  const asked: unknown[] = [];
  const rows = [
    { fields: { _id: '1' }, refused: [] },
    { fields: {}, more: 3, refused: [{ destination: '_id', why: 'no id' }, { why: 'odd' }] },
  ];
  const preview: PreviewRows = async (...given) => {
    asked.push(given);
    return { rows };
  };
  expect(await sampledRows(definition, 'schema-1', preview)).toStrictEqual({
    rows: [{ fields: { _id: '1' } }, { fields: {}, more: 3 }],
    warnings: [
      {
        code: 'row-not-mapped',
        field: 'mapping[0]',
        message: 'Row 2 of the first rows cannot be mapped to _id, says AEP: no id',
      },
      { code: 'row-not-mapped', message: 'Row 2 of the first rows cannot be mapped, says AEP: odd' },
    ],
  });
  expect(asked).toMatchObject([
    [
      { type: 'table', path: definition.source.tableName, columns: [] },
      {
        outputSchema: { schemaRef: { id: 'schema-1' } },
        mappings: definition.mapping.map(({ source, destination }) => ({
          sourceType: 'ATTRIBUTE',
          source,
          destination,
        })),
      },
    ],
  ]);
});

const cannot = 'What the first rows would become cannot be shown: ';
test.each([
  ['AEP does not answer', definition, 'schema-1', 'the source shows no rows'],
  [
    'the schema is to be made',
    definition,
    undefined,
    "AEP's preview needs the schema, which is not there yet",
  ],
  [
    'the base connection is to be made',
    parsed({
      ...sample,
      source: {
        ...sample.source,
        baseConnectionId: undefined,
        connection: { name: 'new one' },
      },
    }),
    'schema-1',
    'AEP cannot look into the source before its base connection is there',
  ],
])('where %s, it is told why there are none', async (_, asked, schemaId, why) => {
  const preview = answering({ why: 'the source shows no rows' });
  expect(await sampledRows(asked, schemaId, preview)).toEqual({
    warnings: [{ code: 'rows-not-shown', message: cannot + why }],
  });
});
