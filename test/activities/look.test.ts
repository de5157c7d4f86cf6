import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { fakeAep, json, type Received } from '../aep/fake-aep.ts';
import { attempts } from './attempts.ts';

const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const now = Date.UTC(2031, 0, 1);
const minuteMs = 60_000;
const nonce = 'aaaaaaaa';
const ours = { id: 'ours', name: `Managed by aep-dataflows: prod/orders #${nonce}`, mappings: [] };

/** Data Prep with one mapping set for each minute of the past, of which one is ours. */
async function dataPrep({ minutesAgo, filters }: { minutesAgo: number; filters: boolean }) {
  const all = Array.from({ length: 1_000 }, (_, ago) => ({
    ...(ago === minutesAgo ? ours : { id: `set-${ago}`, name: 'Somebody else’s', mappings: [] }),
    createdDate: now - ago * minuteMs,
  }));
  const answer = ({ path, query }: Received) => {
    const id = /mappingSets\/(.+)$/.exec(path)?.[1];
    if (id) return all.find((one) => one.id === id);
    const name = query.get('name');
    const found = all.filter((one) => !name || (filters && one.name === name));
    const start = Number(query.get('start'));
    return { data: found.slice(start, start + Number(query.get('limit'))) };
  };
  const { aep, requests } = await fakeAep((request, response) => json(response, 200, answer(request)));
  const activities = createActivities({ aep, ...bounds });
  const look = async (how: object) => {
    const request = { sandbox: 'prod', dataflow: 'prod/orders', name: 'Managed by', ...how };
    const { result } = await attempts(activities.lookForMappingSet, [request], 1);
    return result?.found.map(({ id }) => id);
  };
  const pages = () => requests.filter(({ query }) => query.has('start') && !query.has('name')).length;
  return { look, pages };
}

describe('a mapping set that an earlier run left among hundreds', () => {
  it('is found however far back the pages go', async () => {
    const { look, pages } = await dataPrep({ minutesAgo: 650, filters: false });
    expect(await look({ since: now - 660 * minuteMs })).toEqual(['ours']);
    expect(pages()).toBe(8);
  });

  it('is not looked for further back than it can be, with an hour between the clocks', async () => {
    const { look, pages } = await dataPrep({ minutesAgo: 650, filters: false });
    expect(await look({ since: now - 130 * minuteMs })).toEqual([]);
    expect(pages()).toBe(2);
  });

  it('is asked for by its name in full where its nonce is known', async () => {
    const { look, pages } = await dataPrep({ minutesAgo: 650, filters: true });
    expect(await look({ nonces: [nonce] })).toEqual(['ours']);
    expect(pages()).toBe(1);
  });

  it('is read by an id that is known, and then nothing is paged through', async () => {
    const { look, pages } = await dataPrep({ minutesAgo: 650, filters: false });
    expect(await look({ knownIds: ['ours'], since: 0 })).toEqual(['ours']);
    expect(pages()).toBe(1);
  });
});

describe('a name that AEP cannot be asked for', () => {
  it('is found though all pages together take longer than one request may', async () => {
    let page = 0;
    const mark = 'Managed by aep-dataflows: prod/l’été, 7h #aaaaaaaa';
    const wanted = { id: 'ours', name: "l'été*", description: mark };
    const { aep } = await fakeAep((request, response) => {
      if (request.path.endsWith('/ours')) return json(response, 200, { items: [wanted] });
      page += 1;
      const links = page < 8 ? { next: { href: `/flows?continuationToken=${page}` } } : {};
      const items = page < 8 ? [{ id: `flow-${page}`, name: 'Another' }] : [wanted];
      setTimeout(() => json(response, 200, { items, _links: links }), 100);
    });
    const activities = createActivities({ aep, ...bounds, httpTimeoutMs: 400 });
    const request = { sandbox: 'prod', dataflow: 'prod/l’été, 7h', name: "l'été*" };
    const { result } = await attempts(activities.lookForFlow, [request], 1);
    expect(result?.found).toMatchObject([{ id: 'ours' }]);
  });
});

describe('a look that nobody wants any more', () => {
  it('ends as cancelled: that is no trouble with AEP', async () => {
    const asked = Promise.withResolvers<void>();
    const { aep } = await fakeAep(() => asked.resolve());
    const activities = createActivities({ aep, ...bounds });
    const workflowExecution = { workflowId: 'dataflow:prod:orders', runId: 'this run' };
    const environment = new MockActivityEnvironment({ workflowExecution });
    const request = { sandbox: 'prod', dataflow: 'prod/orders', name: 'orders' };
    const looked = environment.run(activities.lookForFlow, request).catch((error: unknown) => error);
    await asked.promise;
    environment.cancel();
    expect(await looked).toBeInstanceOf(CancelledFailure);
  });
});

describe('what a list shows', () => {
  it('is not believed where it is gone by its id: lists show for a while what was deleted', async () => {
    const mine = {
      id: 'ours',
      name: 'orders',
      description: 'Managed by aep-dataflows: prod/orders #aaaaaaaa',
    };
    const { aep } = await fakeAep((request, response) =>
      request.path.endsWith('/ours')
        ? json(response, 404, { type: 'https://ns.adobe.com/aep/errors/FLOW-1439-404' })
        : json(response, 200, { items: [mine] }),
    );
    const activities = createActivities({ aep, ...bounds });
    const request = { sandbox: 'prod', dataflow: 'prod/orders', name: 'orders' };
    const { result } = await attempts(activities.lookForSourceConnection, [request], 1);
    expect(result?.found).toEqual([]);
  });

  it.each([{}, { knownIds: ['ours'] }])(
    'is not taken for gone where it was made just now and cannot be read yet: it is read again (known: %j)',
    async (known) => {
      const mine = {
        id: 'ours',
        name: 'orders',
        description: 'Managed by aep-dataflows: prod/orders #aaaaaaaa',
        createdAt: Date.now(),
      };
      let reads = 0;
      const { aep } = await fakeAep((request, response) => {
        if (!request.path.endsWith('/ours')) json(response, 200, { items: [mine] });
        else if (++reads > 2) json(response, 200, { items: [mine] });
        else json(response, 404, { type: 'https://ns.adobe.com/aep/errors/FLOW-1439-404' });
      });
      const activities = createActivities({ aep, ...bounds, listLagMs: minuteMs });
      const request = { sandbox: 'prod', dataflow: 'prod/orders', name: 'orders', ...known };
      const { result, failures } = await attempts(activities.lookForFlow, [request], 5);
      expect(failures.map(({ type, nonRetryable }) => [type, nonRetryable])).toEqual([
        ['NotReadableYet', false],
        ['NotReadableYet', false],
      ]);
      expect(result?.found).toMatchObject([{ id: 'ours' }]);
    },
  );
});
