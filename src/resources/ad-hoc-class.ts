import type { Definition } from '../definition/definition.ts';
import { titles } from '../definition/titles.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { differences, notAsked } from './differences.ts';
import { isObject } from '../definition/plain-json.ts';
import { objectAt, objectsAt } from './json.ts';
import type { JsonObject } from './resource.ts';
import { descriptionBack, nameBack, orNothing } from './read-back.ts';
import { withoutRegistryRecords } from './records.ts';
import { explored, xdmTypes } from '../families/columns.ts';
import { shortColumn } from './source-connection.ts';
import { refs, refsMissing } from './xdm-refs.ts';

const adHocBehaviour = 'https://ns.adobe.com/xdm/data/adhoc';

/** The class of the raw source data. Its fields go under `_adhoc`, which AEP renames to the class's own namespace. */
export const adHocClass = describedResource({
  kind: 'adHocClass',
  title: 'ad-hoc class',
  needs: [],
  isNeeded: ({ source: { adHocSchema } }) => adHocSchema !== undefined && adHocSchema.id === undefined,
  hasUniqueTitle: true,
  insteadOfSecond: 'Give the ad-hoc class another title',
  staysOnDelete: true,
  name: (definition) => titles(definition).adHocClass,
  body: (definition) => ({
    type: 'object',
    title: titles(definition).adHocClass,
    ...description(definition.source.adHocSchema?.class?.description, definition.description),
    allOf: [
      { $ref: adHocBehaviour },
      { properties: { _adhoc: { type: 'object', properties: fieldsOf(definition) } } },
    ],
  }),
  fields: (object) => ({ refs: refs(object), properties: ownProperties(object) }),
  asked: (field, { source }) =>
    askedBy(
      [
        ['name', 'source.adHocSchema.class.title'],
        ['description', describedIn('source.adHocSchema.class', source.adHocSchema?.class?.description)],
        ['properties', 'source.columns'],
      ],
      field,
    ),
  readBack: (whole, of) => ({
    source: {
      columns: Object.entries(objectAt(whole.fields, 'properties')).map(([name, xdm]) =>
        columnBack(name, xdm),
      ),
      adHocSchema: {
        class: orNothing({
          title: nameBack(whole, titles({ name: of.name }).adHocClass),
          description: descriptionBack(whole, of),
        }),
      },
    },
  }),
  withoutRecords: withoutRegistryRecords,
  compare: (wanted, found) => [
    ...refsMissing(wanted, found),
    ...differences(wanted['properties'], found['properties'], 'properties'),
  ],
  // A class in use loses no field, and one more does no harm: what is mapped is loaded.
  besides: (wanted, found) =>
    notAsked(objectAt(wanted, 'properties'), objectAt(found, 'properties'), 'properties', () => true),
});

function fieldsOf({ source }: Definition): JsonObject {
  return Object.fromEntries(
    (source.columns ?? []).map((column) => [column.name, objectAt(explored(column), 'xdm')]),
  );
}

/** What stands under `_adhoc`, whatever AEP has renamed it to. */
function ownProperties(object: JsonObject): JsonObject {
  const namespaces = objectsAt(object, 'allOf').flatMap((part) =>
    Object.values(objectAt(part, 'properties')),
  );
  return Object.assign(
    {},
    ...namespaces.filter(isObject).map((namespace) => objectAt(namespace, 'properties')),
  );
}

/** Of a column only its `xdm` is kept here. */
function columnBack(name: string, xdm: unknown): JsonObject {
  if (!isObject(xdm)) return { name };
  const { type, format } = xdm;
  const isNoted = typeof format === 'string' && xdmTypes.includes(format);
  return shortColumn({ name, type, ...(isNoted ? { 'meta:xdmType': format } : {}), xdm });
}
