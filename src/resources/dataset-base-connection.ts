import type { Definition } from '../definition/definition.ts';
import { dataLakeSpecId } from '../definition/connectors.ts';
import { describedResource, description } from './described-resource.ts';
import { objectAt } from './json.ts';

const nameOf = ({ name, target }: Definition) =>
  target?.datasetBaseConnection?.name ?? `${name} dataset base connection`;

/** The way into the data lake in the older generation: a base connection without credentials. */
export const datasetBaseConnection = describedResource({
  kind: 'datasetBaseConnection',
  name: nameOf,
  body: (definition) => ({
    name: nameOf(definition),
    ...description(definition.target?.datasetBaseConnection?.description, definition.description),
    connectionSpec: { id: dataLakeSpecId, version: '1.0' },
  }),
  fields: (object) => ({ connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] } }),
});
