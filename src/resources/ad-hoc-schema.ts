import { titles } from '../definition/titles.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { descriptionBack, nameBack } from './read-back.ts';
import { withoutRegistryRecords } from './records.ts';
import { idOf, type JsonObject } from './resource.ts';
import { refs, refsMissing } from './xdm-refs.ts';

/** The schema of the raw source data: nothing but its class. */
export const adHocSchema = describedResource({
  kind: 'adHocSchema',
  title: 'ad-hoc schema',
  needs: ['adHocClass'],
  isNeeded: ({ source }) => source.adHocSchema !== undefined,
  given: { field: 'source.adHocSchema.id', id: ({ source }) => source.adHocSchema?.id },
  hasUniqueTitle: true,
  insteadOfSecond:
    'Use it with "source": {"adHocSchema": {"id": …}}, or give the ad-hoc schema another title',
  staysOnDelete: true,
  keepsInUse: true,
  name: (definition) => titles(definition).adHocSchema,
  body: (definition, ids) => ({
    type: 'object',
    title: titles(definition).adHocSchema,
    ...description(definition.source.adHocSchema?.description, definition.description),
    allOf: [{ $ref: idOf(ids, 'adHocClass') }],
  }),
  fields: (object) => ({ refs: refs(object) }),
  refersTo: ({ refs: all }) => {
    const adHocClass: unknown = Array.isArray(all)
      ? all.find((one) => String(one).includes('/classes/'))
      : undefined;
    return typeof adHocClass === 'string' ? { adHocClass } : {};
  },
  compare: refsMissing,
  readBack: (whole, of) => ({
    source: {
      adHocSchema: {
        title: nameBack(whole, titles({ name: of.name }).adHocSchema),
        description: descriptionBack(whole, of),
      },
    },
  }),
  withoutRecords: withoutRegistryRecords,
  asked: (field, { source }) =>
    askedBy(
      [
        ['name', 'source.adHocSchema.title'],
        ['description', describedIn('source.adHocSchema', source.adHocSchema?.description)],
        ['refs', 'source.adHocSchema.class'],
      ],
      field,
    ),
});

/** Tells the two kinds of schema apart where all are listed: an ad-hoc one has its class and nothing besides. */
export function isAdHocSchema(answer: JsonObject): boolean {
  const [only, ...more] = refs(answer);
  return only !== undefined && only.includes('/classes/') && more.length === 0;
}
