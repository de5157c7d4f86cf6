import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { fakeAep, json, type Received } from '../aep/fake-aep.ts';
import { attempts } from './attempts.ts';

const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const flow = { id: 'theirs', name: 'Theirs', sourceConnectionIds: ['mine'] };
const gone = { type: 'https://ns.adobe.com/aep/errors/FLOW-1439-404', title: 'Not found' };

/** Deletes a source connection, at an AEP whose list of flows is this, and that answers other requests so. */
async function remove(
  listed: object[],
  answer: (request: Received) => [number, unknown],
  more: { giveUpAfterMs?: number } = {},
) {
  const { aep, requests } = await fakeAep((request, response) => {
    if (request.path.endsWith('/flows')) json(response, 200, { items: listed });
    else json(response, ...answer(request));
  });
  const activities = createActivities({ aep, ...bounds });
  const { failures } = await attempts(
    activities.deleteSourceConnection,
    [{ sandbox: 'prod', id: 'mine', ...more }],
    2,
  );
  return { failures, requests, deletes: requests.filter(({ method }) => method === 'DELETE').length };
}

describe('the delete of a connection', () => {
  it('that a flow uses is refused before it is sent, and names the flow', async () => {
    const { failures, requests, deletes } = await remove([flow], () => [200, { items: [flow] }]);
    expect(failures).toMatchObject([{ type: 'Conflict', nonRetryable: true }]);
    expect(failures[0]?.message).toContain('the flow "Theirs" (theirs)');
    expect(deletes).toBe(0);
    expect(requests[0]?.query.getAll('property')).toEqual(['sourceConnectionIds[]=="mine"']);
  });

  it('goes on where the flow is only listed still, and is gone', async () => {
    const { failures, deletes } = await remove([flow], () => [404, gone]);
    expect(failures).toEqual([]);
    expect(deletes).toBe(1);
  });

  it('goes on where AEP lists flows that have nothing to do with it', async () => {
    const others = [{ ...flow, sourceConnectionIds: ['another'] }];
    expect((await remove(others, () => [404, gone])).deletes).toBe(1);
  });

  it('that AEP refuses because a flow uses it is a Conflict too', async () => {
    const code = 'https://ns.adobe.com/aep/errors/FLOW-1447-400';
    const used = { type: code, title: 'Bad request', report: { 'detailed-message': 'Active flows: theirs' } };
    const { failures } = await remove([], () => [400, used]);
    expect(failures).toMatchObject([{ type: 'Conflict', nonRetryable: true }]);
    expect(failures[0]?.message).toContain('theirs');
  });

  it('that takes its time is asked for again after pauses of its own', async () => {
    const { failures } = await remove([], () => [200, { items: [{ id: 'mine' }] }]);
    expect(failures).toMatchObject([{ type: 'StillThere' }, { type: 'StillThere' }]);
    expect(failures[1]!.nextRetryDelay).toBeGreaterThan(1_000);
  });

  it.each([
    ['AEP stays away', 503, 'Unavailable'],
    ['it takes its time', 200, 'StillThere'],
  ])('is given up where %s for longer than it may', async (_, status, type) => {
    const { failures } = await remove([], () => [status, { items: [{ id: 'mine' }] }], {
      giveUpAfterMs: 500,
    });
    expect(failures).toMatchObject([{ type, nonRetryable: true }]);
  });
});
