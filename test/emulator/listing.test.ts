import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { flow, makeFlow, makeParts, sourceConnection } from './bodies.ts';
import { nextPage, rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal();
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const list = (query: string) => client.get(`/flowservice/sourceConnections?${query}`);
const filter = (text: string) => `property=${encodeURIComponent(text)}`;
const names = (answer: Answer): string[] => answer.body.items.map((item: Json) => item.name);

const numbers = [3, 1, 2, 5, 4];
for (const number of numbers) {
  await client.post(
    '/flowservice/sourceConnections',
    sourceConnection({ name: `part ${number}`, description: number % 2 ? 'odd' : 'even' }),
  );
}
await client.post('/flowservice/sourceConnections', sourceConnection({ name: 'a, b "c"' }));

test('a filter takes its value bare or quoted, and several filters all have to hold', async () => {
  expect(names(await list(filter('name==part 3')))).toEqual(['part 3']);
  expect(names(await list(filter('name=="part 3"')))).toEqual(['part 3']);
  expect(names(await list(`${filter('description==odd')}&${filter('name==part 5')}`))).toEqual(['part 5']);
  expect(names(await list(`${filter('description==even')}&${filter('name==part 5')}`))).toEqual([]);
});

test('a comma in a filter means or, except within quotes', async () => {
  expect(names(await list(filter('name==part 1,"part 2"'))).toSorted()).toEqual(['part 1', 'part 2']);
  expect(names(await list(filter(String.raw`name=="a, b \"c\""`)))).toEqual(['a, b "c"']);
});

test('a filter reaches into objects and lists, and compares numbers as numbers', async () => {
  expect((await list(filter('params.columns[].name==Datefield'))).body.items.length).toBeGreaterThan(0);
  expect((await list(filter('params.columns[].name==Nothing'))).body.items).toEqual([]);
  expect((await list(filter('createdAt>1'))).body.items.length).toBeGreaterThan(5);
  expect((await list(filter('createdAt<1'))).body.items).toEqual([]);
});

test.each([
  ['an operator that is not implemented', filter('name!=x'), '1440'],
  ['an operator that does not exist', filter('createdAt!>1'), '1450'],
  ['a single equals sign', filter('name=x'), '1450'],
  ['an order of ids', filter('id>=x'), '1448'],
  ['a field that the resource does not have', filter('connections==x'), '1449'],
  ['several values for an order', filter('createdAt<=1,2'), '1443'],
  ['several times', filter('createdAt==1,2'), '1452'],
  ['a time that is no number', filter('createdAt>yesterday'), '1452'],
  ['no value', filter('createdAt=='), '1453'],
  ['no operator', filter('name'), '1453'],
  ['a parameter that is not known', 'testParam=1', '1451'],
  ['a limit that is no number', 'limit=many', '1452'],
  ['an order of nothing', 'orderby=', '1433'],
  ['an order by a sign', 'orderby=;drop', '1433'],
  ['an order in words', 'orderby=asc:name', '1432'],
])('a list is refused for %s', async (_what, query, number) => {
  expect(code(await list(query))).toBe(`FLOW-${number}-400`);
});

test('a filter that would take for ever to read is read at once', async () => {
  const started = performance.now();
  await list(filter(`${'a.'.repeat(2000)}!`));
  await list(filter(`name==${' '.repeat(5000)}x`));
  expect(performance.now() - started).toBeLessThan(2000);
});

test('orderby sorts either way', async () => {
  const odd = filter('description==odd');
  expect(names(await list(`${odd}&orderby=name`))).toEqual(['part 1', 'part 3', 'part 5']);
  expect(names(await list(`${odd}&orderby=-name`))).toEqual(['part 5', 'part 3', 'part 1']);
  expect(names(await list(`${odd}&orderby=+name`))).toEqual(['part 1', 'part 3', 'part 5']);
});

test('count answers the number alone, and never together with a limit', async () => {
  expect((await list(`count=true&${filter('description==odd')}`)).body).toEqual({ count: 3 });
  expect(code(await list('count=true&limit=2'))).toBe('FLOW-1401-400');
  expect((await list('count=false&limit=2')).body.items).toHaveLength(2);
});

test('the pages of a list hang together by their links, each item once, the last page without a link', async () => {
  const seen: string[] = [];
  let path: string | undefined = `/sourceConnections?limit=2&orderby=-name&${filter('createdAt>0')}`;
  let pages = 0;
  while (path !== undefined) {
    const page: Answer = await client.get(`/flowservice${path}`);
    seen.push(...names(page));
    path = nextPage(page);
    pages += 1;
  }
  expect(pages).toBe(3);
  expect(seen).toEqual(['part 5', 'part 4', 'part 3', 'part 2', 'part 1', 'a, b "c"']);
});

test('the link to the next page begins with the token, and keeps the query', async () => {
  const page = await list(`limit=2&orderby=-name&${filter('createdAt>0')}`);
  const href = nextPage(page) ?? '';
  expect(href).toMatch(/^\/sourceConnections\?continuationToken=[\w-]+&/);
  expect([...new URLSearchParams(href.split('?')[1]).keys()].toSorted()).toEqual([
    'continuationToken',
    'limit',
    'orderby',
    'property',
  ]);
  // aepp takes all between the first two `=` as the token, and sends the query itself.
  const token = encodeURIComponent(href.split('=')[1] ?? '');
  const next = await list(`limit=2&orderby=-name&${filter('createdAt>0')}&continuationToken=${token}`);
  expect(names(next)).toEqual(['part 3', 'part 2']);
});

test('a page that is read while the list grows at its front repeats nothing', async () => {
  const first = await list(`limit=2&orderby=-name&${filter('description==odd')}`);
  await client.post(
    '/flowservice/sourceConnections',
    sourceConnection({ name: 'part 9', description: 'odd' }),
  );
  const next = await client.get(`/flowservice${nextPage(first)}`);
  expect([...names(first), ...names(next)]).toEqual(['part 5', 'part 3', 'part 1']);
});

test('search takes the query in its body', async () => {
  const query = { queryString: 'property=name==Google BigQuery base connection', limit: 5 };
  const found = await client.post('/flowservice/connections/search', query);
  expect(names(found)).toEqual(['Google BigQuery base connection']);
  const specs = await client.post('/flowservice/flowSpecs/search', {
    queryString: 'name==CRMToAEP',
    count: true,
  });
  expect(specs.body).toEqual({ count: 1 });
  const id = await makeFlow(client, emulator.control.clock().now);
  const flows = await client.post('/flowservice/flows/search', {
    queryString: `property=id==${id}`,
    projectionFields: 'id,name',
  });
  expect(flows.body.items).toEqual([{ id, name: 'Database dataflow using BigQuery' }]);
});

test('flows can be found by what they inherit', async () => {
  const id = await makeFlow(client, emulator.control.clock().now);
  const bySource = filter(
    'inheritedAttributes.sourceConnections[].baseConnection.id==6990abad-977d-41b9-a85d-17ea8cf1c0e4',
  );
  const found = await client.get(
    `/flowservice/flows?${bySource}&${filter('inheritedAttributes.properties.isSourceFlow==true')}`,
  );
  expect(found.body.items.map((item: Json) => item.id)).toContain(id);
});

test('lists lag behind, a lookup by id does not: neither when something is made nor when it is gone', async () => {
  emulator.control.configure({ listLagMs: 300 });
  try {
    const lagged = await client.post('/flowservice/sourceConnections', sourceConnection({ name: 'lagging' }));
    const { id } = lagged.body;
    const shows = async (): Promise<boolean> => names(await list(filter('name==lagging'))).length > 0;
    expect((await client.get(`/flowservice/sourceConnections/${id}`)).status).toBe(200);
    expect(await shows()).toBe(false);
    while (!(await shows())) await delay(20);
    await client.delete(`/flowservice/sourceConnections/${id}`);
    expect((await client.get(`/flowservice/sourceConnections/${id}`)).status).toBe(404);
    expect(await shows()).toBe(true);
    while (await shows()) await delay(20);
  } finally {
    emulator.control.configure({ listLagMs: 0 });
  }
});

test('what was made just now may be unknown to a request that refers to it, and is there for a lookup', async () => {
  emulator.control.configure({ referenceLagMs: 300 });
  try {
    const parts = await makeParts(client);
    const start = emulator.control.clock().now;
    const refer = () => client.post('/flowservice/flows', flow(parts, start));
    expect(code(await refer())).toBe('FLOW-1439-404');
    expect((await client.get(`/flowservice/sourceConnections/${parts.sourceId}`)).status).toBe(200);
    while ((await refer()).status !== 201) await delay(20);
  } finally {
    emulator.control.configure({ referenceLagMs: 0 });
  }
});
