import { titles } from '../definition/titles.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { operationsFor } from './operations.ts';
import { textAt } from './json.ts';
import { descriptionBack, nameBack } from './read-back.ts';
import { withoutRegistryRecords } from './records.ts';
import type { Edit, JsonObject, Operation } from './resource.ts';
import { refs, refsBesides, refsMissing, textsAt } from './xdm-refs.ts';

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
  fields: (object) => ({ class: object['meta:class'], refs: refs(object) }),
  compare: (wanted, found) => {
    const [wantedClass, ...fieldGroups] = textsAt(wanted, 'refs');
    const isOfClass = wantedClass === undefined || textsAt(found, 'refs').includes(wantedClass);
    return [
      ...(isOfClass
        ? []
        : [{ field: 'class', wanted: wantedClass, found: found['class'] ?? textsAt(found, 'refs')[0] }]),
      ...refsMissing({ refs: fieldGroups }, found),
    ];
  },
  besides: refsBesides,
  asked: (field, { schema: asked }) =>
    askedBy(
      [
        ['name', asked?.title === undefined ? 'name' : 'schema.title'],
        ['description', describedIn('schema', asked?.description)],
        ['class', 'schema.class'],
        ['refs', 'schema.fieldGroups'],
      ],
      field,
    ),
  readBack: (whole, of) => {
    const all = refs(whole.answer);
    const itsClass = textAt(whole.answer, 'meta:class') ?? all[0];
    return {
      schema: {
        title: nameBack(whole, titles({ name: of.name }).schema),
        description: descriptionBack(whole, of),
        class: itsClass,
        fieldGroups: all.filter((ref) => ref !== itsClass),
      },
    };
  },
  withoutRecords: withoutRegistryRecords,
  // AEP lets a schema grow by field groups, whatever uses it; its class is for good.
  canChange: ({ field }) => field === 'refs',
  operations: (edits, answer) =>
    edits.flatMap((edit) =>
      edit.field === 'refs' ? growth(edit, answer) : operationsFor([edit], answer, { name: 'title' }),
    ),
});

/** A schema grows by field groups: each that it does not have yet. What it has besides stays. */
function growth({ to }: Edit, answer: JsonObject): Operation[] {
  const there = refs(answer);
  const added = Array.isArray(to) ? to.filter(($ref) => !there.includes(String($ref))) : [];
  return added.flatMap(($ref): Operation[] => [
    { op: 'add', path: '/meta:extends/-', value: $ref },
    { op: 'add', path: '/allOf/-', value: { $ref } },
  ]);
}
