import { expect, test } from 'vitest';
import { mappedRow } from '../../src/explore/mapped-row.ts';
import { withoutSecrets } from '../../src/explore/sample-rows.ts';

test('a record is told by the paths of its fields, lists as they are', () => {
  const data = { _id: '1', person: { name: { firstName: 'Ann' }, emails: [{ a: 1 }] }, gone: null };
  expect(mappedRow(data, 1_000)).toEqual({
    fields: { _id: '1', 'person.name.firstName': 'Ann', 'person.emails': [{ a: 1 }], gone: null },
  });
});

test('what looks like a secret is not told, before it is mapped and after', () => {
  expect(withoutSecrets({ Name: 'Ann', PASSWORD: 'hunter2', long: 'x'.repeat(1_000) })).toEqual({
    Name: 'Ann',
    PASSWORD: '[redacted]',
    long: 'x'.repeat(1_000),
  });
  expect(mappedRow({ account: { apiKey: 'k', url: 'https://ann:hunter2@x' } }, 1_000).fields).toEqual({
    'account.apiKey': '[redacted]',
    'account.url': '[redacted]',
  });
});

test('of a wide record the first fields are told, and how many more there are', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 'x'.repeat(500)]),
  );
  const { fields, more } = mappedRow(wide, 4_000);
  expect(JSON.stringify(fields).length).toBeLessThan(5_000);
  expect(Object.keys(fields).length + more!).toBe(1_000);
  expect(fields['f0']).toMatch(/…$/);
});

test('a record as deep as nobody needs is told to some depth', () => {
  let data: object = { end: 1 };
  for (let depth = 0; depth < 1_000; depth++) data = { a: data };
  const [[path, value]] = Object.entries(mappedRow(data as Record<string, unknown>, 1_000).fields) as [
    [string, string],
  ];
  expect(path.split('.')).toHaveLength(20);
  expect(value).toMatch(/^\{"a":/);
});
