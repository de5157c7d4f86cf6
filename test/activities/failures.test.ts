import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { fakeAep, json } from '../aep/fake-aep.ts';
import { attempts } from './attempts.ts';

type Answer = [status: number, body: unknown];

const refusedToken: Answer = [401, { error_code: '401013', message: 'Oauth token is not valid' }];
const away: Answer = [503, {}];
const nothing: Answer = [200, { items: [] }];

/** Activities against an AEP that gives these answers, one to each attempt. */
async function answering(answers: readonly Answer[]) {
  let now = 0;
  const { aep } = await fakeAep((_, response) => json(response, ...answers[now]!));
  const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1 };
  const activities = createActivities({ aep, ...bounds, webhooks: {} });
  return { activities, before: (attempt: number) => void (now = attempt - 1) };
}
const sought = { sandbox: 'prod', dataflow: 'prod/orders', name: 'orders' };
const types = ({ failures }: { failures: { type?: string | null | undefined }[] }) =>
  failures.map(({ type }) => type);

describe('a token that is refused', () => {
  it('six times in a row is refused for good', async () => {
    const { activities, before } = await answering(Array.from({ length: 9 }, () => refusedToken));
    const tried = await attempts(activities.readFlow, [{ sandbox: 'prod', id: 'x' }], 9, before);
    expect(types(tried)).toEqual(Array.from({ length: 6 }, () => 'Unauthorized'));
  });

  it('after AEP was away for long may still heal', async () => {
    const outage = Array.from({ length: 20 }, () => away);
    const { activities, before } = await answering([...outage, refusedToken, refusedToken, nothing]);
    const { failures, result } = await attempts(activities.lookForFlow, [sought], 23, before);
    expect(failures).toHaveLength(22);
    expect(result).toMatchObject({ found: [] });
  });

  it('after looks that AEP answered may still heal: they were attempts and no failures', async () => {
    const looks = Array.from({ length: 3 }, () => nothing);
    const { activities, before } = await answering([...looks, refusedToken, refusedToken, nothing]);
    const settle = [{ ...sought, lookedIn: 'this run', settleMs: 100 }];
    const tried = await attempts(activities.settleFlow, settle, 9, before);
    expect(types(tried)).toEqual([...looks.map(() => 'NothingYet'), 'Unauthorized', 'Unauthorized']);
    expect(tried.failures[3]?.nextRetryDelay).toBeLessThanOrEqual(1_000);
    expect(tried.failures[4]?.nextRetryDelay).toBeGreaterThan(1_000);
    expect(tried.result).toMatchObject({ found: [] });
  });
});

describe('the pause after a failure', () => {
  it('doubles while AEP stays away, and begins anew after a good answer', async () => {
    const outage = Array.from({ length: 6 }, () => away);
    const { activities, before } = await answering([...outage, nothing, away, nothing, nothing]);
    const settle = [{ ...sought, lookedIn: 'this run', settleMs: 100 }];
    const { failures } = await attempts(activities.settleFlow, settle, 9, before);
    const pauses = failures.filter(({ type }) => type === 'Unavailable').map((one) => one.nextRetryDelay);
    expect(pauses[5]).toBeGreaterThan(23_000);
    expect(pauses[6]).toBeLessThanOrEqual(1_000);
  });

  it('grows too where each attempt looks before it sends a create that never gets through', async () => {
    const { aep } = await fakeAep((request, response) =>
      json(response, ...(request.method === 'POST' ? refusedToken : nothing)),
    );
    const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1 };
    const activities = createActivities({ aep, ...bounds, webhooks: {} });
    const request = {
      ...sought,
      settleMs: 10,
      lookedIn: 'this run',
      nonce: 'bbbbbbbb',
      doubts: ['aaaaaaaa'],
      body: { name: 'orders' },
    };
    const { failures } = await attempts(activities.createSourceConnection, [request], 5);
    const looks = ['NothingYet', 'NothingYet', 'NothingYet'];
    expect(types({ failures })).toEqual([...looks, 'Unauthorized', 'Unauthorized']);
    expect(failures[3]?.nextRetryDelay).toBeLessThanOrEqual(1_000);
    expect(failures[4]?.nextRetryDelay).toBeGreaterThan(1_000);
  });
});

describe('a sandbox that AEP does not know', () => {
  const request = { sandbox: 'no-such', dataflow: 'no-such/orders' };

  /** What is told where AEP answers this for the list of its sandboxes. */
  async function told(list: Answer) {
    const unknown: Answer = [404, { type: 'https://ns.adobe.com/aep/errors/FLOW-2100-404' }];
    const { aep, requests } = await fakeAep(({ path }, response) =>
      json(response, ...(path.includes('sandbox-management') ? list : unknown)),
    );
    const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1 };
    const activities = createActivities({ aep, ...bounds, webhooks: {} });
    const { failures } = await attempts(activities.listMarkedFlow, [request], 2);
    expect(failures).toMatchObject([
      { type: 'InvalidDefinition', details: [{ problems: [{ field: 'sandbox' }] }] },
    ]);
    return { message: failures[0]?.message, requests };
  }

  it('is told with those that it knows, whatever names it: not only definitions do', async () => {
    const sandboxes = [{ name: 'prod' }, { name: 'such' }, { name: 'old', state: 'deleted' }];
    const { message, requests } = await told([200, { sandboxes }]);
    expect(message).toContain(
      'sandbox: AEP does not know the sandbox "no-such"; this client may use prod, such; did you mean "such"?: GET ',
    );
    expect(requests.at(-1)?.headers).not.toHaveProperty('x-sandbox-name');
  });

  it('is told also where AEP does not say which it knows', async () => {
    const { message } = await told([403, { error_code: '403003' }]);
    expect(message).toMatch(/^sandbox: AEP does not know the sandbox "no-such": GET /);
  });
});
