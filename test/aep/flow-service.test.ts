import { describe, expect, test } from 'vitest';
import { gather } from '../../src/aep/collection.ts';
import type { Run } from '../../src/aep/aep.ts';
import { call, errorOf, fakeAep, json } from './fake-aep.ts';

const base = '/data/foundation/flowservice';

describe('a list by name', () => {
  test('asks for the quoted name and keeps only what bears exactly this name, each once', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, {
        items: [
          { id: 'a', name: 'Orders (EU) & more + 5%' },
          { id: 'b', name: 'orders (eu) & more + 5%' },
          { id: 'a', name: 'Orders (EU) & more + 5%' },
          { id: 'c' },
        ],
        _links: {},
      }),
    );
    const found = await aep.flowService.flows.list(call, { name: 'Orders (EU) & more + 5%' });
    expect(found.map(({ id }) => id)).toEqual(['a']);
    expect(requests[0]?.path).toBe(`${base}/flows`);
    expect(requests[0]?.query.getAll('property')).toEqual(['name=="Orders (EU) & more + 5%"']);
  });

  test.each(['a,b', 'say "hi"', 'back\\slash', 'a==b', 'a>b', ' padded', "it's", 'a*', '!a'])(
    'never puts %j into a filter, where it could mean something else, but sifts the whole list',
    async (name) => {
      const { aep, requests } = await fakeAep((_, response) =>
        json(response, 200, {
          items: [
            { id: 'other', name: 'b' },
            { id: 'it', name },
          ],
          _links: {},
        }),
      );
      const found = await aep.flowService.sourceConnections.list(call, { name });
      expect(found.map(({ id }) => id)).toEqual(['it']);
      expect(requests[0]?.query.has('property')).toBe(false);
    },
  );

  test.each([
    ['relative to the service', '/flows?limit=100&continuationToken=a%2Fb==&property=name=="x"'],
    ['without a slash', 'flows?limit=100&continuationToken=a%2Fb==&property=name=="x"'],
    ['with the whole path', `${base}/flows?limit=100&continuationToken=a%2Fb==&property=name=="x"`],
    ['as a query alone', '?limit=100&continuationToken=a%2Fb==&property=name=="x"'],
    [
      'to another host, which never gets the token',
      `https://elsewhere.invalid${base}/flows?limit=100&continuationToken=a%2Fb==&property=name=="x"`,
    ],
  ])('follows the link to the next page as it is: %s', async (_, href) => {
    const { aep, requests } = await fakeAep((request, response) =>
      request.query.has('continuationToken')
        ? json(response, 200, { items: [{ id: 'b', name: 'x' }], _links: {} })
        : json(response, 200, { items: [{ id: 'a', name: 'x' }], _links: { next: { href } } }),
    );
    const found = await aep.flowService.flows.list(call, { name: 'x' });
    expect(found.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(requests[1]?.path).toBe(`${base}/flows`);
    expect([...(requests[1]?.query ?? [])]).toEqual([
      ['limit', '100'],
      ['continuationToken', 'a/b=='],
      ['property', 'name=="x"'],
    ]);
  });

  test('whose pages go round in circles ends in an error, not in a loop', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { items: [], _links: { next: { href: '/flows?continuationToken=again' } } }),
    );
    expect(await errorOf(aep.flowService.flows.list(call, { name: 'x' }))).toMatchObject({
      code: 'UNREADABLE',
    });
    expect(requests).toHaveLength(2);
  });

  test('has a deadline for each page, so that a long list comes to its end', async () => {
    let page = 0;
    const { aep } = await fakeAep((_, response) => {
      page += 1;
      const links = page < 8 ? { next: { href: `/flows?continuationToken=${page}` } } : {};
      setTimeout(() => json(response, 200, { items: [{ id: String(page) }], _links: links }), 100);
    });
    expect(await aep.flowService.flows.list({ ...call, timeoutMs: 600 })).toHaveLength(8);
  });

  test('one of whose pages never comes ends at the deadline of that page', async () => {
    let page = 0;
    const { aep } = await fakeAep((_, response) => {
      page += 1;
      const next = { href: '/flows?continuationToken=2' };
      if (page === 1) json(response, 200, { items: [], _links: { next } });
    });
    const error = await errorOf(aep.flowService.flows.list({ ...call, timeoutMs: 150 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', call: 'GET /flowservice/flows' });
    expect(page).toBe(2);
  });

  test('is given up between two pages by its caller', async () => {
    const giveUp = new AbortController();
    let page = 0;
    const { aep } = await fakeAep((_, response) => {
      page += 1;
      if (page === 3) giveUp.abort();
      json(response, 200, { items: [], _links: { next: { href: `/flows?continuationToken=${page}` } } });
    });
    const error = await errorOf(aep.flowService.flows.list({ ...call, signal: giveUp.signal }));
    expect(error).toMatchObject({ code: 'ABORTED' });
    expect(page).toBeLessThanOrEqual(4);
  });

  test.each([
    ['no items', { _links: {} }],
    ['an item without an id', { items: [{ name: 'x' }] }],
    ['items that are no list', { items: {} }],
  ])('that comes with %s is an unreadable answer and never "nothing there"', async (_, body) => {
    const { aep } = await fakeAep((_, response) => json(response, 200, body));
    expect(await errorOf(aep.flowService.flows.list(call, { name: 'x' }))).toMatchObject({
      name: 'Unavailable',
      code: 'UNREADABLE',
    });
  });
});

describe('one resource', () => {
  test.each([
    ['in items', { items: [{ id: 'x', state: 'enabled' }] }],
    ['bare', { id: 'x', state: 'enabled' }],
  ])('is read where AEP shows it %s', async (_, body) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, body));
    expect(await aep.flowService.connections.get(call, 'x')).toEqual({ id: 'x', state: 'enabled' });
    expect(requests[0]?.path).toBe(`${base}/connections/x`);
  });

  test.each([
    ['with a version', { id: 'x', etag: '"1"' }, { id: 'x', etag: '"1"' }],
    ['without one', { id: 'x' }, { id: 'x' }],
    ['with a null for it', { id: 'x', etag: null }, { id: 'x' }],
    ['in items', { items: [{ id: 'x' }] }, { id: 'x' }],
  ])('is created, and the answer comes %s', async (_, body, made) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 201, body));
    const sent = { name: 'orders', params: { tableName: 't' } };
    expect(await aep.flowService.targetConnections.create(call, sent)).toEqual(made);
    expect(requests[0]).toMatchObject({ method: 'POST', path: `${base}/targetConnections` });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(sent);
  });

  test('is deleted, base connections with the slash at the end that Adobe documents', async () => {
    const { aep, requests } = await fakeAep((_, response) => response.writeHead(204).end());
    expect(await aep.flowService.flows.remove(call, 'x')).toBe(true);
    expect(await aep.flowService.connections.remove(call, 'x')).toBe(true);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `DELETE ${base}/flows/x`,
      `DELETE ${base}/connections/x/`,
    ]);
  });

  test('with an id that tries to be a path stays where it belongs', async () => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 404, {}));
    await aep.flowService.flows.remove(call, '../connections/x?y#z');
    expect(requests[0]?.path).toBe(`${base}/flows/..%2Fconnections%2Fx%3Fy%23z`);
    for (const id of ['', '.', '..', '\ud800']) {
      expect(await errorOf(aep.flowService.flows.remove(call, id))).toMatchObject({ name: 'Rejected' });
    }
    expect(requests).toHaveLength(1);
  });
});

describe('a flow spec', () => {
  const spec = { id: '14518937-270c-4525-bdec-c2ba7cce3860', name: 'CRMToAEP' };
  test.each<[string, unknown, unknown]>([
    ['in items', { items: [spec] }, spec],
    ['bare', spec, spec],
    ['not at all', { items: [] }, undefined],
    ['among others', { items: [{ id: 'y', name: 'CRMToAEP2' }, spec] }, spec],
    ['under another name', { items: [{ id: 'y', name: 'CRMToAEP2' }] }, undefined],
  ])('is found where AEP shows it %s', async (_, body, found) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, body));
    expect(await aep.flowService.findFlowSpec(call, 'CRMToAEP')).toEqual(found);
    expect(requests[0]?.query.get('property')).toBe('name=="CRMToAEP"');
  });
});

describe('a flow', () => {
  test.each(['enable', 'disable'] as const)('is told to %s by an action without a body', async (state) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, { id: 'x', etag: '"2"' }));
    await aep.flowService.setFlowState(call, 'x', state);
    expect(requests[0]).toMatchObject({ method: 'POST', path: `${base}/flows/x/action`, body: '' });
    expect([...(requests[0]?.query ?? [])]).toEqual([['op', state]]);
  });
});

describe('runs', () => {
  const run = (id: string) => ({ id, flowId: 'f', metrics: { statusSummary: { status: 'success' } } });

  test('are listed by all filters, in order, page by page', async () => {
    const { aep, requests } = await fakeAep((request, response) =>
      request.query.has('continuationToken')
        ? json(response, 200, { items: [run('b')], _links: {} })
        : json(response, 200, { items: [run('a')], _links: { next: { href: '/runs?continuationToken=t' } } }),
    );
    const filters = ['flowId==f', 'metrics.durationSummary.startedAtUTC>=1607520205922'];
    const pages: Run[][] = [];
    for await (const page of aep.flowService.listRuns(call, { filters, orderby: '-createdAt', limit: 1 }))
      pages.push(page);
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['a'], ['b']]);
    expect([...(requests[0]?.query ?? [])]).toEqual([
      ['property', filters[0]],
      ['property', filters[1]],
      ['orderby', '-createdAt'],
      ['limit', '1'],
    ]);
  });

  test('of later pages are not asked for when the reader has seen enough', async () => {
    const { aep, requests } = await fakeAep((_, response) =>
      json(response, 200, { items: [run('a')], _links: { next: { href: '/runs?continuationToken=t' } } }),
    );
    for await (const page of aep.flowService.listRuns(call, { filters: [] })) {
      expect(page).toHaveLength(1);
      break;
    }
    expect(requests).toHaveLength(1);
  });

  test('come as AEP shows them, however little or odd: one must not hide the others', async () => {
    const runs = [
      { id: 'a', flowId: 'f', metrics: { statusSummary: { status: 'scheduled' } }, activities: [] },
      { id: 'b', flowId: 'f', metrics: { durationSummary: null, recordSummary: { inputRecordCount: -1 } } },
      { id: 'c', flowId: 'f', metrics: 'none', activites: [{}] },
    ];
    const { aep } = await fakeAep((_, response) => json(response, 200, { items: runs }));
    expect(await gather(aep.flowService.listRuns(call, { filters: ['flowId==f'] }))).toEqual(runs);
  });

  test('without an id are an unreadable answer', async () => {
    const { aep } = await fakeAep((_, response) => json(response, 200, { items: [{ flowId: 'f' }] }));
    expect(await errorOf(aep.flowService.getRun(call, 'a'))).toMatchObject({ code: 'UNREADABLE' });
    expect(await errorOf(gather(aep.flowService.listRuns(call, { filters: [] })))).toMatchObject({
      code: 'UNREADABLE',
    });
  });

  test.each([
    ['bare', { id: 'new', etag: '"1"' }],
    ['in items', { items: [{ id: 'new' }] }],
  ])('are run again, and the new id comes %s', async (_, body) => {
    const { aep, requests } = await fakeAep((_, response) => json(response, 200, body));
    expect(await aep.flowService.retriggerRun(call, 'old')).toMatchObject({ id: 'new' });
    expect(requests[0]).toMatchObject({ method: 'POST', path: `${base}/runs/old/action` });
    expect(requests[0]?.query.get('op')).toBe('re-trigger');
  });
});
