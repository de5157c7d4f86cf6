import { plainPath, readPath, spelled } from '../data-prep/column-path.ts';
import { dataflowId } from '../definition/identity.ts';
import type { MappingEntry } from '../definition/mapping.ts';
import { differences } from './differences.ts';
import { defined, objectAt, objectsAt, textAt, timeOf } from './json.ts';
import { formatMark, parseMark } from './mark.ts';
import { without } from './records.ts';
import { idOf, type JsonObject, type Resource } from './resource.ts';

/**
 * The mapping set. Data Prep knows two bodies: the tutorials' (`sourceAttribute`, `destinationXdmPath`), and a
 * newer one, the only one that can say an expression. Answers come in either, and not always with the name.
 */
export const mappingSet: Resource = {
  kind: 'mappingSet',
  title: 'mapping set',
  needs: ['schema'],
  undeletable: 'AEP cannot delete mapping sets',
  makesRoom: true,
  /** All that a name begins with: the nonce is not known beforehand. */
  name: (definition) => formatMark({ dataflow: dataflowId(definition), nonce: '' }),
  body: ({ mapping, source }, ids) => {
    const schema = idOf(ids, 'schema');
    const columns = new Set(source.columns?.map(({ name }) => name));
    const entries = mapping.map((entry) =>
      entry.source === undefined ? entry : { ...entry, source: spelled(entry.source, columns) },
    );
    return entries.every(({ expression }) => expression === undefined)
      ? attributesOnly(entries, schema)
      : withExpressions(entries, schema);
  },
  marked: (body, mark) => ({ ...body, name: formatMark(mark) }),
  observe: (answer) => {
    const name = textAt(answer, 'name');
    const mark = parseMark(name);
    const createdAt = timeOf(answer['createdDate']);
    return {
      id: textAt(answer, 'id') ?? '',
      ...(name === undefined ? {} : { name }),
      ...(mark === undefined ? {} : { mark }),
      ...(createdAt === undefined ? {} : { createdAt }),
      // Which version that is, nobody asks for: flows are pinned to it.
      fields: defined({ ...fields(answer), version: answer['version'] }),
    };
  },
  refersTo: ({ fields: { schema } }) => (typeof schema === 'string' ? { schema } : {}),
  differences: (body, observed) => {
    const [wanted, found] = [fields(body), observed.fields];
    const all = differences(wanted, found);
    const ofRows = all.some(({ field }) => field.startsWith('mappings'));
    return [
      ...all.filter(({ field }) => !field.startsWith('mappings')),
      // A row has no name but what it says, so that the rows are told all together.
      ...(ofRows ? [{ field: 'mappings', wanted: wanted['mappings'], found: found['mappings'] }] : []),
    ];
  },
  asked: (field) => (field === 'mappings' ? 'mapping' : field),
  readBack: ({ answer }) => ({
    mapping: objectsAt(answer, 'mappings').map((row) => {
      const { source, destination } = fieldsOfRow(row);
      return { [isAttribute(row, source) ? 'source' : 'expression']: source, destination };
    }),
  }),
  withoutRecords: (answer) => ({
    ...without(answer, parseMark(answer['name']) ? [...records, 'name'] : records),
    mappings: objectsAt(answer, 'mappings').map(withoutRowRecords),
  }),
  // A set that maps to another schema is another set.
  canChange: ({ field }) => field === 'mappings',
};

function attributesOnly(mapping: readonly MappingEntry[], schema: string): JsonObject {
  return {
    version: 0,
    xdmSchema: schema,
    xdmVersion: '1.0',
    id: null,
    mappings: mapping.map(({ source, destination }) => ({
      destinationXdmPath: destination,
      sourceAttribute: source,
      identity: false,
      identityGroup: null,
      namespaceCode: null,
      version: 0,
    })),
  };
}

function withExpressions(mapping: readonly MappingEntry[], schema: string): JsonObject {
  return {
    outputSchema: {
      schemaRef: { id: schema, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
    },
    mappings: mapping.map(({ source, expression, destination }) =>
      expression === undefined
        ? { sourceType: 'ATTRIBUTE', source, destination }
        : { sourceType: 'EXPRESSION', source: expression, destination },
    ),
  };
}

/**
 * The body that replaces a whole set: the newer one, as AEP's pages show no other for it, under the name that the set
 * has, as that is its mark.
 */
export function replacementBody(body: JsonObject, answer: JsonObject): JsonObject {
  const name = textAt(answer, 'name');
  return { ...inNewerForm(body), ...(name === undefined ? {} : { name }) };
}

/** The newer of the two bodies. */
export function inNewerForm(body: JsonObject): JsonObject {
  if (body['outputSchema'] !== undefined) return body;
  const mapping = objectsAt(body, 'mappings').map((entry) => ({
    source: textAt(entry, 'sourceAttribute') ?? '',
    destination: textAt(entry, 'destinationXdmPath') ?? '',
  }));
  return withExpressions(mapping, textAt(body, 'xdmSchema') ?? '');
}

/**
 * One form for both bodies and every answer. Whether a source is an attribute or an expression is left out: AEP
 * answers with media types of its own there, and the text says it already. How a path is escaped is left out too.
 */
function fields(object: JsonObject): JsonObject {
  const mappings = objectsAt(object, 'mappings').map((row) => {
    const { source, destination } = fieldsOfRow(row);
    return { source: plainPath(source), destination };
  });
  return {
    schema:
      textAt(object, 'xdmSchema') ??
      textAt(objectAt(objectAt(object, 'outputSchema'), 'schemaRef'), 'id') ??
      textAt(objectAt(object, 'outputSchemaRef'), 'id'),
    // AEP promises no order, and only one of several sources for one destination can stay in a row anyway.
    mappings: mappings.sort((a, b) => compare(a.destination, b.destination) || compare(a.source, b.source)),
  };
}

function fieldsOfRow(row: JsonObject): { source: string; destination: string } {
  const source = textAt(row, 'source') ?? textAt(row, 'sourceAttribute') ?? '';
  return {
    // A fixed value is what an expression says that is nothing but a text.
    source: row['sourceType'] === 'STATIC' ? JSON.stringify(source) : source,
    destination: textAt(row, 'destination') ?? textAt(row, 'destinationXdmPath') ?? '',
  };
}

/**
 * AEP answers with media types: of expressions no sample shows one. The older answers say nothing of it. A path that would
 * be sent in another way stays as it is in an expression.
 */
function isAttribute(row: JsonObject, source: string): boolean {
  const { sourceType } = row;
  if (plainPath(spelled(source)) !== plainPath(source)) return false;
  if (sourceType === 'ATTRIBUTE' || sourceType === 'text/x.schema-path') return true;
  return sourceType === undefined && readPath(source)?.end === source.length;
}

/** What Data Prep notes of a mapping set and of each row. */
const recordsOfBoth = ['id', 'version', 'createdDate', 'modifiedDate', 'createdBy', 'modifiedBy'];
/** What Data Prep notes of a mapping set, and the schema, which is said elsewhere. */
const records = [
  ...recordsOfBoth,
  'status',
  'strictMapping',
  'supportVersion',
  'inputSchema',
  'inputSchemaRef',
  'outputSchema',
  'outputSchemaRef',
  'schemaRef',
  'xdmSchema',
  'xdmVersion',
];
const rowRecords = [
  ...recordsOfBoth,
  'sourceType',
  'source',
  'sourceAttribute',
  'destination',
  'destinationXdmPath',
  'matchScore',
  'functionVersion',
];

/** That a row is no identity is what every row of ours says. */
function withoutRowRecords(row: JsonObject): JsonObject {
  const flags = ['identity', 'primaryIdentity'].filter((flag) => row[flag] === false);
  return without(row, [...rowRecords, ...flags]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
