import { describe, expect, test } from 'vitest';
import { resources } from '../../src/resources/index.ts';
import { keptWarning } from '../../src/resources/kept.ts';
import type { JsonObject } from '../../src/resources/resource.ts';

const mark = { dataflow: 'prod/orders', nonce: '3f9c21ab' };

/** What AEP answers for a target connection that was made from a body. */
const found = (body: JsonObject) =>
  resources.targetConnection.observe({ ...resources.targetConnection.marked(body, mark), id: 'an-id' });

describe('what a resource keeps although the definition asks for something else', () => {
  test.each<[string, JsonObject, JsonObject, string | undefined]>([
    ['nothing differs', { name: 'A', description: 'Old' }, { name: 'A', description: 'Old' }, undefined],
    ['white space does', { name: 'A', description: 'Old\n ' }, { name: 'A', description: 'Old' }, undefined],
    ['nothing is asked for', { name: 'A' }, { name: 'A', description: 'Old' }, undefined],
    ['a description is new', { name: 'A', description: 'New' }, { name: 'A' }, 'the description'],
    ['a title is', { title: 'B' }, { name: 'A' }, 'the title'],
    ['both are', { name: 'B', description: 'New' }, { name: 'A' }, 'the name and description'],
  ])('is told where it is: %s', (_, body, there, told) => {
    const warning = keptWarning([{ kind: 'targetConnection', body, found: found(there) }]);
    if (told === undefined) expect(warning).toBeUndefined();
    else expect(warning?.message).toContain(`: ${told} of the target connection an-id.`);
  });

  test('is no part of the mark', () => {
    expect(found({ name: 'A', description: 'One\nTwo' }).description).toBe('One\nTwo');
    expect(found({ name: 'A' })).not.toHaveProperty('description');
  });
});
