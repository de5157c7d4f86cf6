import type { Definition } from '../definition/definition.ts';
import { dataLakeSpecId } from '../definition/connectors.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { objectAt } from './json.ts';

const nameOf = ({ name, target }: Definition) =>
  target?.datasetBaseConnection?.name ?? `${name} dataset base connection`;

/** The way into the data lake in the older generation: a base connection without credentials. */
export const datasetBaseConnection = describedResource({
  kind: 'datasetBaseConnection',
  title: 'dataset base connection',
  needs: [],
  isNeeded: ({ target }) => target?.datasetBaseConnection !== undefined,
  given: {
    field: 'target.datasetBaseConnection.id',
    id: ({ target }) => target?.datasetBaseConnection?.id,
  },
  makesRoom: true,
  name: nameOf,
  body: (definition) => ({
    name: nameOf(definition),
    ...description(definition.target?.datasetBaseConnection?.description, definition.description),
    connectionSpec: { id: dataLakeSpecId, version: '1.0' },
  }),
  asked: (field, { target }) =>
    askedBy(
      [
        ['name', 'target.datasetBaseConnection.name'],
        [
          'description',
          describedIn('target.datasetBaseConnection', target?.datasetBaseConnection?.description),
        ],
      ],
      field,
    ),
  fields: (object) => ({ connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] } }),
});
