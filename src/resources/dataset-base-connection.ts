import type { Definition } from '../definition/definition.ts';
import { dataLakeSpecId } from '../definition/connectors.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { objectAt } from './json.ts';
import { descriptionBack, nameBack } from './read-back.ts';
import { flowServiceRecords, without, withoutUsualState } from './records.ts';

const usualName = (name: string) => `${name} dataset base connection`;
const nameOf = ({ name, target }: Definition) => target?.datasetBaseConnection?.name ?? usualName(name);

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
  readBack: (whole, of) => ({
    target: {
      datasetBaseConnection: {
        name: nameBack(whole, usualName(of.name)),
        description: descriptionBack(whole, of),
      },
    },
  }),
  withoutRecords: (answer) => without(withoutUsualState(answer), flowServiceRecords),
  fields: (object) => ({ connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] } }),
});
