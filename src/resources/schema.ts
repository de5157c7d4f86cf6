import { titles } from '../definition/titles.ts';
import { describedResource, description } from './described-resource.ts';
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
});
