/** What is told of a source that is not as a definition says, word by word. */
import { describe, expect, test } from 'vitest';
import type { SourceAnswer } from '../../src/explore/source-answer.ts';
import type { Column } from '../../src/families/columns.ts';
import { columnsFor, withColumns } from '../../src/plan/source-columns.ts';
import { sourceFindings } from '../../src/plan/source-problems.ts';
import { resources } from '../../src/resources/index.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { fileSample, legacySample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from '../resources/sample-ids.ts';

const { columns: _, ...withoutColumns } = sample.source;
const said = parsed(sample);
const left = parsed({ ...sample, source: withoutColumns });
const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'string' }));
const atSource = said.source.columns!;

const findings = (
  answer: SourceAnswer | undefined,
  {
    definition = said,
    isMade = true,
    columns,
  }: { definition?: typeof said; isMade?: boolean; columns?: Column[] } = {},
) => sourceFindings(definition, withColumns(definition, columns), answer, isMade);
const changed = (field: string, message: string) => ({ code: 'source-changed', field, message });

test('of a source that was not asked, or that has all of it, nothing is told', () => {
  const nothing = { problems: [], warnings: [] };
  expect(findings(undefined)).toStrictEqual(nothing);
  expect(findings(undefined, { definition: left })).toStrictEqual(nothing);
  expect(findings({ said: 'changes', changes: {} })).toStrictEqual(nothing);
  for (const isMade of [true, false])
    expect(findings({ said: 'columns', columns: [] }, { isMade })).toStrictEqual(nothing);
  expect(
    findings({ said: 'columns', columns: atSource }, { definition: left, columns: atSource }),
  ).toStrictEqual(nothing);
});

test('columns that cannot be read are to be given, and why is said where the source says it', () => {
  const told = (answer: SourceAnswer) => findings(answer, { definition: left });
  expect(told({ said: 'columns', columns: [] })).toStrictEqual({
    problems: [{ field: 'source.columns', message: 'cannot be read from the source: give them' }],
    warnings: [],
  });
  expect(told({ said: 'unknown', why: 'it is down' })).toStrictEqual({
    problems: [
      { field: 'source.columns', message: 'cannot be read from the source (it is down): give them' },
    ],
    warnings: [],
  });
});

describe('a table that is not there', () => {
  test('is a problem of the field that names it, with what was probably meant', () => {
    expect(findings({ said: 'missing' })).toStrictEqual({
      problems: [{ field: 'source.tableName', message: '"test1.Mytable" is not in the source' }],
      warnings: [],
    });
    // Of which the columns could not be read, either.
    expect(findings({ said: 'missing' }, { definition: left }).problems).toMatchObject([
      { field: 'source.tableName' },
    ]);
    expect(
      findings({ said: 'missing', nearest: 'Orders2' }, { definition: parsed(legacySample) }),
    ).toStrictEqual({
      problems: [
        {
          field: 'source.path',
          message: '"Orders" is not in the source; did you mean "Orders2"?',
          suggestion: 'Orders2',
        },
      ],
      warnings: [],
    });
  });

  test('of a flow that lives is only told', () => {
    expect(findings({ said: 'missing' }, { isMade: false })).toStrictEqual({
      problems: [],
      warnings: [changed('source.tableName', '"test1.Mytable" is not in the source')],
    });
  });
});

describe('files that are not there', () => {
  const at = (path: string) => parsed({ ...fileSample, source: { ...fileSample.source, path } });
  test.each([
    ['/in/ordrs', '/in/orders', 1],
    ['/in/2026-12-01', '/in/2026-11-30', 0],
    ['/in/9', '/in/10/', 0],
    ['//in/9', 'in/10//', 0],
    ['/in/a', '/ina', 1],
    ['/in/x1', '/in/x', 1],
    ['/in/tomorrow', undefined, 0],
  ])('are a problem only where others were surely meant: %s, %s', (path, nearest, problems) => {
    const answer: SourceAnswer = { said: 'missing', ...(nearest === undefined ? {} : { nearest }) };
    const found = findings(answer, { definition: at(path) });
    expect([found.problems.length, found.warnings.length]).toStrictEqual([problems, 1 - problems]);
  });

  test('of a pattern are told with the folder that was meant, and the pattern in it', () => {
    expect(
      findings({ said: 'missing', nearest: '/in' }, { definition: at('/inn/*.csv') }).problems,
    ).toMatchObject([{ field: 'source.path', suggestion: '/in/*.csv' }]);
    expect(findings({ said: 'missing' }, { definition: at('/inn/*.csv') }).warnings).toMatchObject([
      { message: '"/inn/*.csv" is not in the source' },
    ]);
  });
});

describe('columns that have changed', () => {
  const changes: SourceAnswer = {
    said: 'changes',
    changes: {
      added: ['More', 'Else'],
      gone: [{ name: 'Name', nearest: 'FullName' }, { name: 'Datefield' }],
      retyped: [{ name: 'TestID', said: 'string', found: 'integer' }],
    },
  };
  const retyped = changed(
    'source.columns',
    'The source has columns of another type: TestID is integer, not string',
  );

  test('are problems where they are gone and the source connection is to be made', () => {
    expect(findings(changes)).toStrictEqual({
      problems: [
        {
          field: 'source.columns[1].name',
          message: '"Name" is not a column at the source; did you mean "FullName"?',
          suggestion: 'FullName',
        },
        { field: 'source.columns[2].name', message: '"Datefield" is not a column at the source' },
      ],
      warnings: [retyped],
    });
  });

  test('are told of one that lives', () => {
    expect(findings(changes, { isMade: false })).toStrictEqual({
      problems: [],
      warnings: [
        changed(
          'source.columns',
          'What is loaded has columns that the source does not have: Name, Datefield. Runs fail until it has them, or the definition loads others',
        ),
        changed(
          'source.columns',
          'The source has columns that are not loaded: More, Else. To load them, name them in source.columns',
        ),
        retyped,
      ],
    });
  });
});

describe('columns that a definition names', () => {
  const names = parsed({
    ...sample,
    source: withoutColumns,
    mapping: [
      { source: 'TestId', destination: '_id' },
      { source: 'Zzz', destination: 'person.name.lastName' },
      { expression: 'upper(Nme)', destination: 'person.name.fullName' },
    ],
  });
  test('are among those of the source, or what was meant is suggested', () => {
    const { problems } = findings(
      { said: 'columns', columns: atSource },
      { definition: names, columns: atSource },
    );
    expect(problems.map(({ field, suggestion }) => [field, suggestion])).toStrictEqual([
      ['mapping[0].source', 'TestID'],
      ['mapping[1].source', undefined],
      // In an expression it is not all of it.
      ['mapping[2].expression', undefined],
    ]);
  });

  test('are among those that are loaded, whatever the source has by now', () => {
    const found = findings(
      { said: 'columns', columns: [...atSource, ...text('More')] },
      { definition: left, columns: atSource, isMade: false },
    );
    expect(found).toStrictEqual({
      problems: [],
      warnings: [
        changed(
          'source.columns',
          'The source has columns that are not loaded: More. To load them, name them in source.columns',
        ),
      ],
    });
    // What is made takes what the source has now.
    expect(
      findings(
        { said: 'columns', columns: text('TestID', 'Name', 'Datefield', 'More') },
        {
          definition: left,
          columns: atSource,
        },
      ),
    ).toStrictEqual({ problems: [], warnings: [] });
  });

  test('of files are told where no other was surely meant, as another file may have them', () => {
    const answer: SourceAnswer = { said: 'columns', columns: text('TestIDs', 'Other') };
    const definition = parsed(fileSample);
    expect(findings(answer, { definition }).problems).toMatchObject([
      { field: 'mapping[0].source', suggestion: 'TestIDs' },
    ]);
    expect(findings(answer, { definition }).warnings).toMatchObject([
      { code: 'source-changed', field: 'mapping[1].source' },
    ]);
    expect(findings(answer, { definition, isMade: false }).problems).toStrictEqual([]);
    // Nothing was meant that could be suggested.
    expect(
      findings({ said: 'columns', columns: atSource }, { definition: names, columns: atSource }).problems[1],
    ).not.toHaveProperty('suggestion');
  });

  test('of files stand beside others, so that what looks like a delimiter is part of a name', () => {
    const answer: SourceAnswer = { said: 'columns', columns: text('a;b', 'TestID', 'Name') };
    expect(findings(answer, { definition: parsed(fileSample) })).toStrictEqual({
      problems: [],
      warnings: [],
    });
  });
});

describe('the columns that count for a definition that leaves them out', () => {
  const observed = (
    change: (params: JsonObject) => JsonObject = (params) => params,
    changes: object = {},
  ) => {
    const body = resources.sourceConnection.body(said, ids, context);
    const params = change(body['params'] as JsonObject);
    return resources.sourceConnection.observe({ ...body, id: 'source-3', params, ...changes });
  };
  const answer: SourceAnswer = { said: 'columns', columns: text('FromSource') };

  test('are those that its source connection of this table loads already', () => {
    expect(columnsFor(left, [observed()], answer)).toStrictEqual(atSource);
    const other = observed((params) => ({ ...params, tableName: 'other' }));
    expect(columnsFor(left, [other, observed()], answer)).toEqual(atSource);
    expect(columnsFor(left, [other], answer)).toStrictEqual(text('FromSource'));
    expect(columnsFor(left, [observed((one) => one, { baseConnectionId: 'other' })], answer)).toStrictEqual(
      text('FromSource'),
    );
  });

  test('are left to it where it says none, or such as no definition would', () => {
    const columns = (all: unknown) => observed((params) => ({ ...params, columns: all }));
    const whole = { name: 'b', type: 'string', xdm: { type: 'string' } };
    for (const odd of [undefined, [], [{ name: 'a' }], [whole, { name: 'a', type: 'string', xdm: {} }]])
      expect(columnsFor(left, [columns(odd)], answer)).toBeUndefined();
  });

  test('are those of the source where there is none, and none where it tells none', () => {
    expect(columnsFor(left, [], answer)).toStrictEqual(text('FromSource'));
    expect(columnsFor(left, [], { said: 'columns', columns: [] })).toBeUndefined();
    expect(columnsFor(left, [], { said: 'missing' })).toBeUndefined();
    expect(columnsFor(left, [], undefined)).toBeUndefined();
  });

  test('are its own where it says them, and nothing is where files are read', () => {
    expect(columnsFor(said, [observed()], answer)).toBeUndefined();
    expect(columnsFor(parsed(fileSample), [], answer)).toBeUndefined();
    expect(withColumns(said, undefined)).toBe(said);
  });
});
