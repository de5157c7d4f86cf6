import { describe, expect, test } from 'vitest';
import { maxBytes } from '../../src/definition/plain-json.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { InvalidDefinitionError } from '../../src/definition/problems.ts';
import { fieldsOf, legacySample, messageAt, parsed, problemsOf, sample } from './sample.ts';

describe('a definition that is right', () => {
  test('comes back as it was given, without $schema, and without a warning', () => {
    const { definition, warnings } = parseDefinition({ $schema: './dataflow.schema.json', ...sample });
    expect(definition).toStrictEqual(sample);
    expect(warnings).toEqual([]);
  });

  test('comes back the same when it is parsed again', () => {
    const once = parsed(legacySample);
    expect(parsed(once)).toStrictEqual(once);
  });

  test('passes what belongs to AEP through untouched', () => {
    const filters = { type: 'PQL', value: { nodeType: 'literal', value: [1, null, true, { deep: 'x' }] } };
    const column = {
      name: 'TestID',
      type: 'long',
      xdm: { type: 'integer', minimum: 0 },
      'meta:xdmType': 'long',
      more: 1,
    };
    const source = {
      ...sample.source,
      columns: [column, ...sample.source.columns.slice(1)],
      filters,
      params: { entityType: 'view', more: [1] },
    };
    expect(parsed({ ...sample, source }).source).toStrictEqual(source);
  });
});

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'the key %s is not known, and told in words',
  (key) => {
    const spoiled: unknown = JSON.parse(JSON.stringify(sample).replace('{', `{"${key}": 1, `));
    expect(problemsOf(spoiled)).toEqual([
      { field: key, message: expect.stringContaining('is not known') as string },
    ]);
  },
);

describe('all problems at once', () => {
  test('a definition inside of what updateDataflow takes is the one problem that is told', () => {
    expect(problemsOf({ definition: sample, replaceFlow: 'from-now' })).toEqual([
      {
        field: 'definition',
        message:
          'is not known here: give the definition itself. Only planDataflow, createDataflow and updateDataflow take it inside of another object',
      },
    ]);
  });

  test('fields that are wrong by themselves and rules between fields are told together', () => {
    const spoiled = {
      ...sample,
      sandbox: 3,
      source: { ...sample.source, columns: [{ name: 'TestID', type: 'string' }, 5] },
      deltaColumn: undefined,
      schedule: { frequency: 'minute', interval: 14, startTime: 'soon' },
      options: { partialIngestionPercent: 0 },
    };
    expect(fieldsOf(spoiled).toSorted()).toEqual([
      'deltaColumn',
      'options.partialIngestionPercent',
      'sandbox',
      'schedule.interval',
      'schedule.startTime',
      'source.columns[1]',
    ]);
  });

  test('a field that is wrong by itself gets no second problem from a rule', () => {
    const spoiled = { ...sample, schedule: { frequency: 'minute', interval: '15' } };
    expect(problemsOf(spoiled)).toEqual([
      { field: 'schedule.interval', message: 'must be a number, not the text "15"' },
    ]);
  });

  test('a field that is wrong by itself makes no rule conclude that it is missing', () => {
    expect(fieldsOf({ ...sample, schema: undefined, dataset: { id: '../6019' } })).toEqual(['dataset.id']);
    expect(fieldsOf({ ...sample, mapping: [{ expression: 5, destination: '_id' }] })).toEqual([
      'mapping[0].expression',
    ]);
    expect(fieldsOf({ ...legacySample, source: { ...legacySample.source, path: '' } })).toEqual([
      'source.path',
    ]);
  });

  test('the message names the first ten and says how many there are', () => {
    const columns = Array.from({ length: 30 }, () => 1);
    const error = new InvalidDefinitionError(
      problemsOf({ ...sample, source: { ...sample.source, columns } }),
    );
    expect(error.problems).toHaveLength(30);
    expect(error.message.split('\n')).toHaveLength(12);
    expect(error.message).toMatch(/30 problems(.|\n)*and 20 more: .*details/);
  });
});

describe('what is no definition at all', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  test.each([
    ['a text', '{}', 'must be a JSON object'],
    ['nothing', undefined, 'must be a JSON object'],
    ['null', null, 'must be a JSON object'],
    ['a list', [sample], 'must be a JSON object'],
    ['a cycle', cycle, 'nested'],
    ['a number that JSON cannot say', { ...sample, giveUpAfter: 1n }, 'must be plain JSON'],
    ['too deep', JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`), 'nested'],
  ])('%s is refused as a whole', (_, input, message) => {
    expect(problemsOf(input)).toEqual([{ field: '', message: expect.stringContaining(message) }]);
  });

  test('more than 1 MB is refused, and what fits is not', () => {
    const sized = (bytes: number) => {
      const empty = JSON.stringify({ ...sample, source: { ...sample.source, params: { x: '' } } }).length;
      return { ...sample, source: { ...sample.source, params: { x: 'x'.repeat(bytes - empty) } } };
    };
    expect(problemsOf(sized(maxBytes))).toEqual([]);
    expect(problemsOf(sized(maxBytes + 1))).toEqual([
      { field: '', message: expect.stringContaining('at most') },
    ]);
  });

  test('an empty object is told everything that is required', () => {
    expect(fieldsOf({})).toEqual(['name', 'sandbox', 'source', 'mapping', 'schedule', 'schema']);
  });
});

describe('keys that nothing reads', () => {
  test.each([
    ['a typo', { ...sample, mappnig: [] }, 'mappnig', 'did you mean "mapping"?'],
    ['other capitals', { ...sample, Mapping: [] }, 'Mapping', 'did you mean "mapping"?'],
    [
      'one deep down',
      { ...sample, schedule: { ...sample.schedule, backFil: true } },
      'schedule.backFil',
      'did you mean "backfill"?',
    ],
    [
      'one in a list',
      { ...sample, mapping: [{ source: 'TestID', destination: '_id', identity: true }] },
      'mapping[0].identity',
      'source, expression, destination',
    ],
    [
      'one in a short column',
      {
        ...sample,
        source: { ...sample.source, columns: [{ name: 'TestID', type: 'string', fromat: 'date' }] },
      },
      'source.columns[0].fromat',
      'did you mean "format"?',
    ],
    [
      'a part of the name',
      { ...sample, source: { ...sample.source, table: 'test1.Mytable' } },
      'source.table',
      'did you mean "tableName"?',
    ],
    ['one like none', { ...sample, password: 'x' }, 'password', 'known are name, description'],
  ])('%s is refused, with what was probably meant', (_, input, field, hint) => {
    expect(messageAt(input, field)).toContain(hint);
  });
});

describe('names and ids cannot break out', () => {
  const control = String.fromCharCode(7);
  const nasty = [
    'a,b',
    'a"b',
    'a\\b',
    'a*',
    'a==b',
    'a<b',
    'a\nb',
    'a\r\nx-evil: 1',
    ` a`,
    'a ',
    `a${control}`,
    '\ud800',
    '',
    'x'.repeat(201),
  ];
  test.each(nasty)('the name %j is refused for the dataflow and for every part', (name) => {
    const spoiled = {
      ...legacySample,
      name,
      source: { ...legacySample.source, name, adHocSchema: { title: name, class: { title: name } } },
      schema: { ...sample.schema, title: name },
      dataset: { name },
      target: { name, datasetBaseConnection: { name } },
    };
    for (const field of [
      'name',
      'source.name',
      'source.adHocSchema.title',
      'source.adHocSchema.class.title',
      'schema.title',
      'dataset.name',
      'target.name',
      'target.datasetBaseConnection.name',
    ])
      expect(fieldsOf(spoiled)).toContain(field);
  });

  test('a slash is refused in the name of a dataflow, which is part of a workflow id', () => {
    expect(fieldsOf({ ...sample, name: 'orders/eu' })).toEqual(['name']);
    expect(fieldsOf({ ...sample, dataset: { name: 'orders/eu' } })).toEqual([]);
  });

  test('names that people use pass', () => {
    for (const name of ['Orders (EU) #2', 'Bestellungen für Köln', '注文', "Bob's orders & more", 'a'])
      expect(problemsOf({ ...sample, name })).toEqual([]);
  });

  test.each(['../x', 'a/b', 'a,b', 'a b', 'a?b', 'a%2fb', 'a"', '', 'x\ny', '-'])(
    'the id %j is refused everywhere',
    (id) => {
      const spoiled = {
        ...legacySample,
        source: {
          ...legacySample.source,
          connector: undefined,
          connectionSpec: { id },
          baseConnectionId: id,
        },
        schema: undefined,
        dataset: { id },
        target: { datasetBaseConnection: { id } },
      };
      expect(fieldsOf(spoiled)).toEqual(
        expect.arrayContaining([
          'source.connectionSpec.id',
          'source.baseConnectionId',
          'dataset.id',
          'target.datasetBaseConnection.id',
        ]),
      );
    },
  );

  test.each([
    'https://ns.adobe.com/x/../y',
    'https://ns.adobe.com/x?y=1',
    'https://ns.adobe.com/x#y',
    '_tenant.schemas.1',
    'file:///etc',
    'https://ns.adobe.com/a b',
  ])('the schema id %j is refused', (id) => {
    expect(fieldsOf({ ...sample, schema: { id } })).toEqual(['schema.id']);
  });

  test.each(['Prod', 'prod/x', 'prod\r\nx', '', 'prod dev', 'prod,dev'])(
    'the sandbox %j is refused',
    (sandbox) => {
      expect(fieldsOf({ ...sample, sandbox })).toEqual(['sandbox']);
    },
  );
});
