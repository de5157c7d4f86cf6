import { titles } from '../definition/titles.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { refs, refsMissing } from './xdm-refs.ts';

/** The schema that the data lands in. */
export const schema = describedResource({
  kind: 'schema',
  title: 'schema',
  needs: [],
  given: { field: 'schema.id', id: ({ schema }) => schema?.id },
  hasUniqueTitle: true,
  insteadOfSecond: 'Use it with "schema": {"id": …}, or give the schema another title',
  staysOnDelete: true,
  name: (definition) => titles(definition).schema,
  body: (definition) => ({
    type: 'object',
    title: titles(definition).schema,
    ...description(definition.schema?.description, definition.description),
    allOf: [definition.schema?.class, ...(definition.schema?.fieldGroups ?? [])].map(($ref) => ({ $ref })),
  }),
  fields: (object) => ({ refs: refs(object) }),
  compare: refsMissing,
  asked: (field, { schema: asked }) =>
    askedBy(
      [
        ['name', asked?.title === undefined ? 'name' : 'schema.title'],
        ['description', describedIn('schema', asked?.description)],
        ['refs', 'schema.fieldGroups'],
      ],
      field,
    ),
  // AEP lets a schema grow by field groups, whatever uses it; its class is for good.
  canChange: ({ found }, { body }) => Array.isArray(found) && found.includes(refs(body)[0]),
});
