import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { fakeAep, json } from '../aep/fake-aep.ts';
import { attempts } from './attempts.ts';

type Answer = [status: number, body: unknown];

const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const away: Answer = [500, {}];
const badToken: Answer = [401, { error_code: '401013' }];
const refused: Answer = [400, { title: 'Bad request' }];
const taken: Answer = [400, { type: 'http://ns.adobe.com/aep/errors/XDM-1521-400', title: 'Not unique' }];
const title = 'Orders';
const there = { id: 'https://ns.adobe.com/there', name: title };
const request = { sandbox: 'prod', dataflow: 'prod/orders', body: { title }, nonce: 'aaaaaaaa' };

/** Creates a schema at an AEP that answers POSTs and lists so, one of each to each attempt. */
async function create(posts: Answer[], lists: Answer[] = []) {
  let now = 0;
  const { aep } = await fakeAep(({ method, path }, response) => {
    if (method === 'POST') json(response, ...posts[Math.min(now, posts.length - 1)]!);
    else if (path.endsWith('/schemas')) json(response, ...lists[now]!);
    else json(response, 200, { $id: 'https://ns.adobe.com/there', title });
  });
  const { createSchema } = createActivities({ aep, ...bounds });
  const most = Math.max(posts.length, lists.length);
  return attempts(createSchema, [request], most, (attempt) => void (now = attempt - 1));
}

describe('the create of a schema that is refused for good', () => {
  it('says that it may exist, where an attempt before was in doubt', async () => {
    const { failures } = await create([away, refused]);
    expect(failures).toMatchObject([
      { type: 'Unavailable' },
      { type: 'Rejected', details: [{ status: 400 }, { doubts: ['aaaaaaaa'] }] },
    ]);
  });

  it('says no such thing where nothing can have been made', async () => {
    const { failures } = await create([badToken, refused]);
    expect(failures.map(({ type }) => type)).toEqual(['Unauthorized', 'Rejected']);
    expect(failures[1]?.details).toHaveLength(1);
  });
});

describe('a title that is taken by what cannot be read yet', () => {
  const named: Answer = [
    400,
    { ...(taken[1] as object), detail: 'An object https://ns.adobe.com/there already exists' },
  ];
  /** What is answered to GETs of one schema. */
  async function createUnread(posts: Answer[]) {
    let now = 0;
    let reads = 0;
    const { aep } = await fakeAep(({ method }, response) => {
      if (method === 'POST') json(response, ...posts[Math.min(now, posts.length - 1)]!);
      else if (++reads > 1) json(response, 200, { $id: 'https://ns.adobe.com/there', title });
      else json(response, 404, { title: 'NotFoundError' });
    });
    const { createSchema } = createActivities({ aep, ...bounds, listLagMs: 60_000 });
    const outcome = await attempts(createSchema, [request], 5, (attempt) => void (now = attempt - 1));
    return { ...outcome, reads };
  }

  it('may be what an earlier attempt made, and is asked for again', async () => {
    const { failures, result } = await createUnread([away, named]);
    expect(failures.map(({ type }) => type)).toEqual(['Unavailable', 'Unavailable']);
    expect(result).toMatchObject({ found: [there], doubts: ['aaaaaaaa'] });
  });

  it('is told at once where nothing of ours is in doubt', async () => {
    const { result, reads } = await createUnread([named]);
    expect(result).toMatchObject({ found: [there], doubts: [] });
    expect(reads).toBe(1);
  });
});

it('a title that is taken is looked for until AEP can list again, however long that takes', async () => {
  const shown: Answer = [200, { results: [{ $id: there.id, title }] }];
  const { failures, result } = await create([taken], [away, away, away, shown]);
  expect(failures.map(({ type, nonRetryable }) => [type, nonRetryable])).toEqual(
    Array.from({ length: 3 }, () => ['Unavailable', false]),
  );
  expect(result).toMatchObject({ found: [there] });
});

it('a title that is taken is waited for from when that was seen, not from when an attempt was due that lay for long', async () => {
  const { aep } = await fakeAep(({ method }, response) =>
    method === 'POST' ? json(response, ...taken) : json(response, 200, { results: [] }),
  );
  const { createSchema } = createActivities({ aep, ...bounds, listLagMs: 10_000 });
  const lay = (attempt: number) => (attempt === 1 ? 60_000 : 0);
  const { failures } = await attempts(createSchema, [request], 3, undefined, lay);
  expect(failures.map(({ type }) => type)).toEqual(['Unavailable', 'Unavailable', 'Unavailable']);
});
