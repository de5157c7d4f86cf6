import { tellSome } from '../cut.ts';
import type { ExistingConnection } from '../definition/connection.ts';
import { connectors, type Connector, type ConnectorName } from '../definition/connectors.ts';
import { likeName } from '../definition/named.ts';
import type { PlainObject } from '../definition/plain-json.ts';
import type { Column } from '../families/columns.ts';
import { familyOf } from '../families/index.ts';
import { deltaCandidates } from './delta-candidates.ts';
import { destinations, type Pair } from './destinations.ts';
import { fitting } from './fitting.ts';
import type { Found } from './found.ts';
import { idColumn } from './id-column.ts';
import { classes, standardFields, type ClassName } from './standard-fields.ts';
import { lastName, singular, wordsOf } from './words.ts';

/** What a definition is to be suggested for. */
export interface Asked {
  sandbox: string;
  /** How a definition names what is loaded from. */
  source: { connector: ConnectorName } | { connectionSpec: { id: string } };
  /** The base connection as a person names it. Absent for a connector that has none. */
  connection?: ExistingConnection;
  kind: 'table' | 'file' | 'folder';
  /** As AEP's explore call names it. */
  path: string;
  /** What the dataflow is to be called. Made from table and connector unless given. */
  name?: string | undefined;
  found: Found;
  /** Of a folder: the file that tells what is in it, and files there of another format. */
  folder?: { first: string; odd: readonly string[] };
}

/** Why something of a definition is as it is. */
export interface Reason {
  /** Spelled as in a problem. */
  field: string;
  reason: string;
}

export interface Suggestion {
  /** Complete, and to be edited: what it says is as good as the names of tables and columns are. */
  definition: PlainObject;
  reasons: Reason[];
  /** Columns that go nowhere: Adobe's own field groups have no field for them. */
  unmapped: string[];
}

/** Characters of JSON. */
const mostUnmapped = 50_000;
/** The columns of a table that has more are left to be read when it is planned. Characters of JSON. */
const mostCharacters = 150_000;

/**
 * A definition that loads a table, a file or a folder of files, by what it is called and what its columns are called: the
 * same for the same, always. Undefined where no column could tell rows apart.
 */
export function suggestion(asked: Asked): Suggestion | undefined {
  const { sandbox, kind, path, found } = asked;
  const columns = found.columns ?? [];
  const table = lastName(path);
  const { className, why, pairs } = fitted(columns, table, kind);
  const id = idColumn(columns, table);
  if (!id) return undefined;
  const used = pairs.filter(({ column }) => column !== id.column);
  const rows: { column: Column; destination: string; why: string }[] = [
    { column: id.column, destination: '_id', why: `${id.why}: AEP knows a record by its _id` },
    ...used.map(({ column, field, why }) => ({ column, destination: field.path, why })),
  ];
  const groups = [
    ...new Map(used.flatMap(({ field: { group } }) => (group ? [[group.id, group] as const] : []))).values(),
  ];
  const { schedule, deltaColumn, reasons: ofSchedule } = scheduleFor(asked, columns);
  const { source, reasons: ofSource } = sourceOf(asked);
  const definition = {
    name: asked.name ?? nameFor(sandbox, table, labelOf(asked)),
    sandbox,
    source,
    schema: {
      class: classes[className].id,
      ...(groups.length > 0 ? { fieldGroups: groups.map((group) => group.id) } : {}),
    },
    mapping: rows.map(({ column, destination }) => ({ source: column.name, destination })),
    ...(deltaColumn === undefined ? {} : { deltaColumn: { name: deltaColumn } }),
    schedule,
  };
  const mapped = new Set(rows.map(({ column }) => column.name));
  return {
    definition,
    reasons: [
      ...(asked.name === undefined ? [{ field: 'name', reason: `Of the ${kind} and the connector` }] : []),
      ...ofSource,
      { field: 'schema.class', reason: why },
      ...groups.map(({ title }, index) => ({
        field: `schema.fieldGroups[${index}]`,
        reason: `${title} has fields for columns of the ${kind}`,
      })),
      ...rows.map(({ why }, index) => ({ field: `mapping[${index}]`, reason: why })),
      ...ofSchedule,
    ],
    unmapped: fitting(
      columns.map(({ name }) => name).filter((name) => !mapped.has(name)),
      mostUnmapped,
    ).first,
  };
}

/** What tables of things that happened are called. */
const happenings: ReadonlySet<string> = new Set(
  'activity click conversion event history hit impression interaction invoice log order pageview payment purchase session transaction visit'.split(
    ' ',
  ),
);

function fitted(
  columns: readonly Column[],
  table: string,
  kind: Asked['kind'],
): { className: ClassName; why: string; pairs: Pair[] } {
  const words = wordsOf(table);
  // `page_views` are `pageviews`.
  const word = [...words, words.join('')].map(singular).find((one) => happenings.has(one));
  if (word !== undefined) {
    const pairs = destinations(columns, standardFields.event, table);
    const time = pairs.find(({ field }) => field.path === 'timestamp');
    if (time) {
      const why = `${classes.event.title}: a ${kind} of ${word}s, and ${time.column.name} says when each of them was`;
      return { className: 'event', why, pairs };
    }
  }
  const why =
    word === undefined
      ? `${classes.profile.title}: nothing in the ${kind}'s name says that its rows are things that happened`
      : `${classes.profile.title}: no column says when each ${word} was, which ${classes.event.title} needs`;
  return { className: 'profile', why, pairs: destinations(columns, standardFields.profile, table) };
}

function sourceOf({ source, connection, kind, path, found, folder }: Asked): {
  source: PlainObject;
  reasons: Reason[];
} {
  const common = {
    ...source,
    ...(typeof connection === 'string' ? { baseConnectionId: connection } : {}),
    ...(typeof connection === 'object' ? { connection } : {}),
  };
  const connector = {
    field: 'connector' in source ? 'source.connector' : 'source.connectionSpec',
    reason: 'What the base connection is of',
  };
  const reasons = connection === undefined ? [] : [connector];
  const family = familyOf(found.file?.format);
  const { columns, file, more } = found;
  const isLong =
    family.fields.includes('columns') &&
    (more !== undefined || JSON.stringify(columns).length > mostCharacters);
  const reason =
    'Left out, as they are too many to be edited: all columns are read when the dataflow is planned';
  const told = { ...(columns && !isLong ? { columns } : {}), ...(file ? { file } : {}) };
  return {
    source: { ...common, ...family.loading(path, kind, told) },
    reasons: [
      ...reasons,
      ...(folder ? [ofFolder(folder)] : []),
      ...(isLong ? [{ field: 'source.columns', reason }] : []),
    ],
  };
}

function ofFolder({ first, odd }: NonNullable<Asked['folder']>): Reason {
  const others =
    odd.length === 0
      ? ''
      : `. ${tellSome(odd)} ${odd.length === 1 ? 'is' : 'are'} of another format: a wildcard in source.path leaves such files out`;
  return { field: 'source.format', reason: `Of ${first}, which stands for all files${others}` };
}

function scheduleFor(
  { source, found }: Asked,
  columns: readonly Column[],
): { schedule: PlainObject; deltaColumn?: string; reasons: Reason[] } {
  const daily = { frequency: 'day', interval: 1, backfill: true };
  if (!familyOf(found.file?.format).hasDeltaColumn) {
    const connector: Connector | undefined = 'connector' in source ? connectors[source.connector] : undefined;
    return connector?.adviseOnce
      ? {
          schedule: { frequency: 'once' },
          reasons: [
            {
              field: 'schedule',
              reason: `Adobe advises to load ${connector.title} once: later runs may miss what is new`,
            },
          ],
        }
      : {
          schedule: daily,
          reasons: [{ field: 'schedule', reason: 'Every day the files that are new or changed' }],
        };
  }
  const [delta, ...others] = deltaCandidates(columns);
  if (!delta)
    return {
      schedule: { frequency: 'once' },
      reasons: [
        { field: 'schedule', reason: 'No column tells new rows from old ones: all of them are loaded, once' },
      ],
    };
  const instead = others.length === 0 ? '' : `. Others could be ${others.map(({ name }) => name).join(', ')}`;
  return {
    schedule: daily,
    deltaColumn: delta.name,
    reasons: [
      { field: 'deltaColumn', reason: `${delta.why}${instead}` },
      {
        field: 'schedule',
        reason: 'All rows at first, and every day those that are new by the delta column',
      },
    ],
  };
}

function labelOf({ source }: Asked): string {
  return 'connector' in source ? source.connector : 'source';
}

function nameFor(sandbox: string, table: string, label: string): string {
  return likeName({ sandbox, name: `${wordsOf(table).join('-')}-from-${label}` });
}
