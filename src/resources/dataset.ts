import { askedBy, description } from './described-resource.ts';
import { differences } from './differences.ts';
import { defined, objectAt, textAt, timeOf } from './json.ts';
import { formatTag, markTag, parseTags } from './mark.ts';
import { operationsFor } from './operations.ts';
import { nameBack, orNothing } from './read-back.ts';
import { without } from './records.ts';
import { idOf, type JsonObject, type Resource } from './resource.ts';

/** What Catalog notes of a dataset, and how it writes the schema. */
const records = [
  'id',
  'version',
  'created',
  'updated',
  'createdClient',
  'createdUser',
  'updatedUser',
  'imsOrg',
  'sandboxId',
  'namespace',
  'state',
  'files',
  'fileDescription',
  'observableSchema',
  'schemaMetadata',
  'viewId',
  'basePath',
  'dule',
  'statsCache',
  'dataSourceId',
  'persistence',
  'classification',
  'lastBatchId',
  'lastBatchStatus',
  'lastSuccessfulBatch',
  'lastFailedBatch',
  'schemaRef.contentType',
];

/** The dataset that the data lands in. It has tags, so its description stays the user's own. */
export const dataset: Resource = {
  kind: 'dataset',
  title: 'dataset',
  needs: ['schema'],
  given: { field: 'dataset.id', id: (definition) => definition.dataset?.id },
  staysOnDelete: true,
  keepsInUse: true,
  name: (definition) => definition.dataset?.name ?? definition.name,
  body: (definition, ids) => ({
    name: definition.dataset?.name ?? definition.name,
    ...description(definition.dataset?.description, undefined),
    schemaRef: {
      id: idOf(ids, 'schema'),
      contentType: 'application/vnd.adobe.xed-full-notext+json; version=1',
    },
  }),
  marked: (body, mark) => ({ ...body, tags: { [markTag]: [formatTag(mark)] } }),
  observe: (answer) => {
    const name = textAt(answer, 'name');
    const description = textAt(answer, 'description');
    const mark = parseTags(answer['tags']);
    const createdAt = timeOf(answer['created']);
    return {
      id: textAt(answer, 'id') ?? '',
      ...(name === undefined ? {} : { name }),
      ...(description ? { description } : {}),
      ...(mark === undefined ? {} : { mark }),
      ...(createdAt === undefined ? {} : { createdAt }),
      fields: defined(fields(answer)),
    };
  },
  refersTo: ({ fields: { schema } }) => (typeof schema === 'string' ? { schema } : {}),
  differences: (body, observed) => differences(fields(body), observed.fields),
  asked: (field, definition) =>
    askedBy(
      [
        ['name', definition.dataset?.name === undefined ? 'name' : 'dataset.name'],
        ['description', 'dataset.description'],
      ],
      field,
    ),
  readBack: (whole, of) => ({
    dataset: orNothing({ name: nameBack(whole, of.name), description: whole.description }),
  }),
  withoutRecords: (answer) => {
    const tags = Object.entries(objectAt(answer, 'tags')).filter(
      ([tag]) => tag !== markTag && !/^(adobe|aep)\//.test(tag),
    );
    const usual = answer['enableErrorDiagnostics'] === false ? ['enableErrorDiagnostics'] : [];
    return { ...without(answer, [...records, ...usual]), tags: Object.fromEntries(tags) };
  },
  operations: (edits, answer) => operationsFor(edits, answer, { marksDescription: false }),
};

/** AEP rewrites the content type in its own way, so only the schema's id says which schema it is. */
function fields(object: JsonObject): JsonObject {
  return { schema: objectAt(object, 'schemaRef')['id'] };
}
