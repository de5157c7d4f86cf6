import { describe, expect, it } from 'vitest';
import { isNotThereYet } from '../../src/activities/dataflow/not-there-yet.ts';
import { NotFound, Rejected, TitleTaken, Unavailable } from '../../src/aep/errors.ts';

const id = 'https://ns.adobe.com/tenant/schemas/52b59140414aa6a3';
const dataset = {
  name: 'Orders',
  schemaRef: { id, contentType: 'application/vnd.adobe.xed+json;version=1' },
};
const mappingId = 'f9d4ff7ec5e44a1f';
const flow = {
  name: 'orders',
  sourceConnectionIds: ['26b53912-1005-49f0-b539-12100559f0e2'],
  targetConnectionIds: ['8ae1ea34-5c2c-4a8a-a1ea-345c2cca8a41'],
  transformations: [{ name: 'Mapping', params: { mappingId } }],
};
const refused = (detail: string) => new Rejected({ call: 'POST /x', status: 400, detail });

describe('a refusal says that what was made a moment ago is not there yet', () => {
  it.each([
    `The schema ${id} of the dataset was not found.`,
    `Schema not found: ${id}`,
    `Invalid schemaRef.id '${id}'`,
    `Schema ${id} does not exist in the sandbox`,
    `schema ${id} doesn't exist`,
    `Unknown schema "${id}". Check it`,
  ])('where it names its id: %s', (detail) => {
    expect(isNotThereYet('dataset', dataset, refused(detail))).toBe(true);
    expect(isNotThereYet('mappingSet', { outputSchema: { schemaRef: { id } } }, refused(detail))).toBe(true);
  });

  it('in words that name no id', () => {
    expect(isNotThereYet('dataset', dataset, refused('Schema not found'))).toBe(true);
    expect(isNotThereYet('flow', flow, refused('The source connection could not be found.'))).toBe(true);
  });

  it('by its code or status alone', () => {
    const error = new NotFound({ call: 'POST /x', status: 404, code: 'FLOW-1429-404' });
    expect(isNotThereYet('flow', flow, error)).toBe(true);
  });

  it.each([...flow.sourceConnectionIds, ...flow.targetConnectionIds, mappingId])(
    'whichever of several it is: %s',
    (one) => expect(isNotThereYet('flow', flow, refused(`The resource ${one} is not valid.`))).toBe(true),
  );
});

describe('a refusal is one', () => {
  it.each([
    `The path person.nickname does not exist in the schema ${id}. The path _x does not exist in the schema ${id}.`,
    `The schema of the mapping (${id}) and the schema of the target dataset (${id}5) differ.`,
    'The path person.nickname was not found in the schema.',
    'The tag unifiedProfile is not a list of strings.',
    `The field is not valid. The schema ${id} requires it.`,
  ])('where it is about something else: %s', (detail) => {
    expect(isNotThereYet('dataset', dataset, refused(detail))).toBe(false);
  });

  it('where nothing of ours is referred to', () => {
    const error = new NotFound({ call: 'POST /x', status: 404 });
    expect(isNotThereYet('adHocClass', { title: 'Orders' }, error)).toBe(false);
    expect(isNotThereYet('sourceConnection', { baseConnectionId: id }, error)).toBe(false);
  });

  it('where a title is taken, and no refusal where nobody knows', () => {
    expect(
      isNotThereYet('dataset', dataset, new TitleTaken({ call: 'POST /x', detail: `${id} not found` }, id)),
    ).toBe(false);
    expect(
      isNotThereYet('dataset', dataset, new Unavailable({ call: 'POST /x', detail: `${id} not found` })),
    ).toBe(false);
  });
});
