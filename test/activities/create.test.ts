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

describe('the create of what AEP lets exist twice', () => {
  const connection = {
    sandbox: 'prod',
    dataflow: 'prod/orders',
    name: 'orders',
    body: { name: 'orders' },
    nonce: 'aaaaaaaa',
    doubts: [] as string[],
    lookedIn: 'this run',
    settleMs: 40,
  };
  const marked = (id: string, nonce: string) => ({
    id,
    name: 'orders',
    description: `Managed by aep-dataflows: prod/orders #${nonce}`,
  });

  /** Creates at an AEP that answers POSTs so, one after the other, and shows what is there. */
  async function createConnection(
    posts: Answer[],
    there: object[] = [],
    more: object = {},
    layMs?: (attempt: number) => number,
  ) {
    const left = [...posts];
    const nonces: string[] = [];
    const { aep } = await fakeAep(({ method, path, body }, response) => {
      if (method === 'POST') {
        nonces.push(/#(\w{8})/.exec(body)![1]!);
        return json(response, ...left.shift()!);
      }
      const one = there.find((other) => path.endsWith((other as { id: string }).id));
      return json(response, 200, { items: one ? [one] : there });
    });
    const { createSourceConnection } = createActivities({ aep, ...bounds });
    const asked = [{ ...connection, ...more }];
    const outcome = await attempts(createSourceConnection, asked, 8, undefined, layMs);
    return { ...outcome, nonces, types: outcome.failures.map(({ type }) => type) };
  }
  const made: Answer = [201, { id: 'made' }];

  it('is one attempt with one POST, where nothing goes wrong', async () => {
    const { types, nonces, result } = await createConnection([made]);
    expect({ types, nonces }).toEqual({ types: [], nonces: ['aaaaaaaa'] });
    expect(result).toEqual({
      created: { id: 'made', nonce: 'aaaaaaaa' },
      lookedIn: 'this run',
      doubts: [],
    });
  });

  it('sends what surely made nothing again, with the same nonce and without a look', async () => {
    const { types, nonces, result } = await createConnection([badToken, badToken, made]);
    expect(types).toEqual(['Unauthorized']);
    expect(nonces).toEqual(['aaaaaaaa', 'aaaaaaaa', 'aaaaaaaa']);
    expect(result).toMatchObject({ created: { id: 'made' }, doubts: [] });
  });

  it('that lay so long that Temporal need not wait for it any more is not sent, which leaves no doubt', async () => {
    const lay = (attempt: number) => (attempt === 1 ? 60_000 : 0);
    const { types, nonces, result } = await createConnection([made], [], {}, lay);
    expect({ types, nonces }).toEqual({ types: ['Unavailable'], nonces: ['aaaaaaaa'] });
    expect(result).toMatchObject({ created: { id: 'made' }, doubts: [] });
  });

  it('is looked for at once after a doubt, and is what shows', async () => {
    const { types, nonces, result } = await createConnection([away], [marked('late', 'aaaaaaaa')]);
    expect({ types, nonces }).toEqual({ types: [], nonces: ['aaaaaaaa'] });
    expect(result).toMatchObject({ found: [{ id: 'late' }], doubts: ['aaaaaaaa'] });
  });

  it('is sent anew after the last look, by another nonce', async () => {
    const { types, nonces, result, failures } = await createConnection([away, made]);
    for (const { message } of failures) {
      expect(message).toMatch(/^No source connection shows: look [123] of 4, the next in 1 s\. /);
      expect(message).toMatch(/Nobody knows whether one was created: POST .* failed: 500/);
    }
    expect(types).toEqual(['NothingYet', 'NothingYet', 'NothingYet']);
    expect(nonces).toEqual(['aaaaaaaa', expect.not.stringMatching('aaaaaaaa')]);
    expect(result).toMatchObject({ created: { id: 'made', nonce: nonces[1] }, doubts: ['aaaaaaaa'] });
  });

  it('that is refused for good after a doubt says what is in doubt still', async () => {
    const { failures, nonces } = await createConnection([away, refused]);
    expect(failures.at(-1)).toMatchObject({ type: 'Rejected', details: [{}, { doubts: ['aaaaaaaa'] }] });
    expect(nonces).toHaveLength(2);
  });

  it('waits for what an earlier run may have sent, and what was there before is no answer', async () => {
    const more = { doubts: ['of an earlier run'], stays: ['old'] };
    const { types, nonces, result } = await createConnection([made], [marked('old', 'bbbbbbbb')], more);
    expect(types).toEqual(['NothingYet', 'NothingYet', 'NothingYet']);
    expect(nonces).toEqual(['aaaaaaaa']);
    expect(result).toMatchObject({ created: { id: 'made' } });
  });
});
