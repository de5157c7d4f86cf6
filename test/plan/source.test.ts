import { describe, expect, test } from 'vitest';
import { planAsText } from '../../src/plan/render.ts';
import { isEmpty } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import type { SourceAnswer } from '../../src/explore/source-answer.ts';
import type { Column } from '../../src/families/columns.ts';
import { resources } from '../../src/resources/index.ts';
import { legacySample, parsed, sample } from '../definition/sample.ts';
import { context, ids } from '../resources/sample-ids.ts';
import { now, observedOf, partsOfCreated } from './living.ts';

const facts = { context, now, problems: [], warnings: [], choices: {} };
const { columns: _, ...withoutColumns } = sample.source;
const said = parsed(sample);
const left = parsed({ ...sample, source: withoutColumns });
const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'string' }));
const atSource: Column[] = [
  ...text('TestID', 'Name'),
  { name: 'Datefield', type: 'string', format: 'date-time' },
];
const read = (columns: Column[]): SourceAnswer => ({ said: 'columns', columns });

const planned = (
  definition: typeof said,
  source: SourceAnswer | undefined,
  observed = observedOf(definition),
) => planOf(definition, observed, { ...facts, source });
/** What lives of a dataflow whose flow loads these columns. */
const living = (columns: Column[] | undefined) =>
  observedOf(
    said,
    partsOfCreated(parsed({ ...sample, source: columns ? { ...sample.source, columns } : withoutColumns })),
  );
const told = ({ plan }: ReturnType<typeof planned>) =>
  plan.warnings.map(({ code, message }) => `${code}: ${message}`);

describe('a delta column', () => {
  const typed = (column: object, changes: object = {}) => {
    const columns = [...text('TestID', 'Name'), { name: 'Datefield', ...column }] as Column[];
    return parsed({ ...sample, source: { ...sample.source, columns }, ...changes });
  };
  const integer = { type: 'integer' };

  test('that holds no times is told of, with those that do', () => {
    const time = { name: 'changed', type: 'string', format: 'date-time' } as const;
    expect(told(planned(typed(integer), undefined))).toEqual([
      'delta-column-no-time: The delta column "Datefield" is of type integer: AEP finds new rows by a column that holds times',
    ]);
    const columns = read([...text('TestID', 'Name', 'Datefield'), time]);
    expect(told(planned(left, columns))).toEqual([
      'delta-column-no-time: The delta column "Datefield" is of type string: AEP finds new rows by a column that holds times. Columns that do are "changed"',
    ]);
  });

  test('that holds no times stays one where a form is said for what is no text', () => {
    const formed = { deltaColumn: { name: 'Datefield', dateFormat: 'yyyy-MM-dd HH:mm:ss' } };
    expect(planned(typed(integer, formed), undefined).plan.warnings).toMatchObject([
      { code: 'delta-column-no-time', field: 'deltaColumn.name' },
    ]);
  });

  test('is not itself among those that do, whatever it is called', () => {
    const columns = [
      ...text('TestID', 'Name', 'updated_at', 'changed'),
      { name: 'created', type: 'string', format: 'date-time' },
    ] as Column[];
    const definition = parsed({
      ...sample,
      source: { ...sample.source, columns },
      deltaColumn: { name: 'updated_at' },
    });
    expect(told(planned(definition, undefined))[0]).toMatch(/ Columns that do are "created", "changed"$/);
  });

  test.each([
    ['is a day', typed({ type: 'string', format: 'date' })],
    [
      'is a text of a form that is said',
      typed({ type: 'string' }, { deltaColumn: { name: 'Datefield', dateFormat: 'yyyy-MM-dd HH:mm:ss' } }),
    ],
    ['is not used', typed(integer, { schedule: { frequency: 'once' } })],
  ])('that %s is fine', (_, definition) => {
    expect(told(planned(definition, undefined))).toEqual([]);
  });
});

describe('columns that a definition leaves out', () => {
  test('are those of the source where it is new, as if they had been said', () => {
    const { plan, columns } = planned(left, read(atSource));
    expect(plan.problems).toEqual([]);
    expect(columns).toEqual(atSource);
    expect(plan.columns).toEqual(atSource);
    expect(plan.digest).toBe(planned(said, undefined).plan.digest);
    expect(planAsText(plan)).toContain('Columns, as the source has them: TestID, Name, Datefield');
  });

  test('are in the digest: another column at the source is another plan', () => {
    const one = planned(left, read(atSource)).plan.digest;
    expect(planned(left, read([...atSource, ...text('More')])).plan.digest).not.toBe(one);
    expect(planned(left, read(atSource)).plan.digest).toBe(one);
  });

  test('are those that the living flow loads, whatever the source has by now: that is told', () => {
    const changed = [...text('TestID', 'More'), { name: 'Datefield', type: 'integer' }];
    const one = planned(left, read(changed), living(atSource));
    expect(isEmpty(one.plan)).toBe(true);
    expect(one.plan.problems).toEqual([]);
    expect(told(one)).toEqual([
      'source-changed: What is loaded has columns that the source does not have: Name. Runs fail until it has them, or the definition loads others',
      'source-changed: The source has columns that are not loaded: More. To load them, name them in source.columns',
      'source-changed: The source has columns of another type: Datefield is integer, not date-time',
    ]);
    expect(told(planned(left, read(atSource), living(atSource)))).toEqual([]);
  });

  test('stay left out in a flow that names none', () => {
    expect(isEmpty(planned(left, read(atSource), living(undefined)).plan)).toBe(true);
  });

  test('are read anew where another table takes its place', () => {
    const other = parsed({ ...sample, source: { ...withoutColumns, tableName: 'other' } });
    const more = [...atSource, ...text('More')];
    const { plan, columns } = planned(other, read(more), living(atSource));
    expect(plan.steps.find(({ kind }) => kind === 'sourceConnection')!.action).toBe('replace');
    expect(columns).toEqual(more);
  });

  test('tell what names no column, with the nearest, before anything is made', () => {
    const wrong = parsed({
      ...sample,
      source: withoutColumns,
      mapping: [
        { source: 'TestId', destination: '_id' },
        { expression: 'upper(Nme)', destination: 'person.name.fullName' },
      ],
      deltaColumn: { name: 'Datefeld' },
    });
    expect(planned(wrong, read(atSource)).plan.problems).toMatchObject([
      { field: 'mapping[0].source', suggestion: 'TestID' },
      { field: 'mapping[1].expression', message: expect.stringContaining('did you mean "Name"?') as string },
      { field: 'deltaColumn.name', suggestion: 'Datefield' },
    ]);
  });

  test('are to be given where the source does not tell them', () => {
    for (const answer of [read([]), { said: 'unknown', why: 'it is down' } as const])
      expect(planned(left, answer).plan.problems).toMatchObject([{ field: 'source.columns' }]);
    // A flow that lives has them.
    const one = planned(left, { said: 'unknown', why: 'it is down' }, living(atSource));
    expect(one.plan.problems).toEqual([]);
    expect(told(one)[0]).toMatch(/^source-unknown: .*it is down$/);
  });
});

describe('a source that is not as a definition says', () => {
  const changes: SourceAnswer = {
    said: 'changes',
    changes: {
      added: ['More'],
      gone: [{ name: 'Name', nearest: 'FullName' }],
      retyped: [{ name: 'TestID', said: 'string', found: 'integer' }],
    },
  };

  test('is a problem of what is to be made where it lacks a column', () => {
    const one = planned(said, changes);
    expect(one.plan.problems).toMatchObject([{ field: 'source.columns[1].name', suggestion: 'FullName' }]);
    expect(told(one)).toEqual([
      'source-changed: The source has columns of another type: TestID is integer, not string',
    ]);
  });

  test('is told of what is there already, and changes nothing', () => {
    const one = planned(said, changes, living(atSource));
    expect(one.plan.problems).toEqual([]);
    expect(isEmpty(one.plan)).toBe(true);
    expect(told(one)).toHaveLength(3);
    expect(one.plan.digest).toBe(planned(said, undefined, living(atSource)).plan.digest);
  });

  test('is a problem where it lacks the table, with the nearest, and only told of a flow that lives', () => {
    const missing: SourceAnswer = { said: 'missing', nearest: 'test1.Mytable2' };
    expect(planned(said, missing).plan.problems).toEqual([
      {
        field: 'source.tableName',
        message: '"test1.Mytable" is not in the source; did you mean "test1.Mytable2"?',
        suggestion: 'test1.Mytable2',
      },
    ]);
    const one = planned(said, missing, living(atSource));
    expect(one.plan.problems).toEqual([]);
    expect(told(one)).toHaveLength(1);
  });

  test('blocks nothing where it does not answer', () => {
    const one = planned(said, { said: 'unknown', why: 'it is down' });
    expect(one.plan.problems).toEqual([]);
    expect(one.plan.warnings).toEqual([
      {
        code: 'source-unknown',
        field: 'source',
        message: 'AEP could not tell whether the source has what is asked for: it is down',
      },
    ]);
  });

  test.each([
    ['modern', sample, { tableName: 'other' }],
    ['legacy', legacySample, { path: 'other' }],
  ])('is a problem of another table that takes the place of one, too (%s)', (_, before, other) => {
    const after = parsed({ ...before, source: { ...before.source, ...other } });
    const observed = observedOf(after, partsOfCreated(parsed(before)));
    const one = planned(after, { said: 'missing' }, observed);
    expect(one.plan.problems).toMatchObject([{ message: '"other" is not in the source' }]);
  });
});

describe('files', () => {
  const files = (path: string, type = 'file') =>
    parsed({
      ...sample,
      deltaColumn: undefined,
      source: {
        connector: 'amazon-s3',
        baseConnectionId: sample.source.baseConnectionId,
        format: 'delimited',
        path,
        params: { type },
      },
    });

  test.each([
    ['/a/custmers.csv', '/a/customers.csv', 1],
    ['/a/2026-12', '/a/2026-11', 0],
    ['/a/tomorrow', undefined, 0],
    ['/aa/*.csv', '/a', 1],
  ])(
    '%s that is not there, where %s is, is a problem only where it was surely meant',
    (path, nearest, problems) => {
      const one = planned(files(path), { said: 'missing', ...(nearest === undefined ? {} : { nearest }) });
      expect(one.plan.problems).toHaveLength(problems);
      expect(one.plan.warnings).toHaveLength(1 - problems);
    },
  );

  test('that lack a column are a problem where another was surely meant, else told: another file may have it', () => {
    const one = planned(files('/a/b.csv'), read(text('TestIDs', 'Other')));
    expect(one.plan.problems).toMatchObject([{ field: 'mapping[0].source', suggestion: 'TestIDs' }]);
    expect(one.plan.warnings).toMatchObject([{ code: 'source-changed', field: 'mapping[1].source' }]);
    // A warning stands without its field.
    expect(told(one)).toEqual([
      'source-changed: Of /a/b.csv: mapping[1].source must be one of the columns; "Name" is not among them',
    ]);
    expect(told(planned(files('/a', 'folder'), read(text('TestID', 'Other'))))[0]).toContain(
      'Of the first file of /a: mapping[1].source ',
    );
    expect(one.plan.columns).toBeUndefined();
    expect(resources.sourceConnection.body(files('/a/b.csv'), ids, context)['params']).toEqual({
      path: '/a/b.csv',
      type: 'file',
    });
  });

  test('that are one column of all that is in a row are probably delimited otherwise', () => {
    const { plan } = planned(files('/a/b.csv'), read(text('TestID;Name')));
    expect(plan.problems).toEqual([]);
    expect(plan.warnings).toMatchObject([
      {
        code: 'source-changed',
        field: 'source.data.properties.columnDelimiter',
        message: 'AEP reads /a/b.csv as a single column, "TestID;Name": is "columnDelimiter" ";"?',
      },
    ]);
  });
});
