import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { fakeAep, json } from '../aep/fake-aep.ts';

const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const request = {
  sandbox: 'prod',
  dataflow: 'prod/orders',
  name: 'orders',
  body: { name: 'orders' },
  nonce: 'aaaaaaaa',
  doubts: [],
  lookedIn: 'this',
  settleMs: 10_000,
};
/** After the third look: the fourth is the last, and a create may follow. */
const left = { runId: 'this', attempt: 3, looks: 3, doubts: ['aaaaaaaa'], pauseMs: 0 };

/** The fourth attempt to settle a doubt and create, where nothing of ours shows. */
async function fourthAttempt(heartbeatDetails: object) {
  const { aep, requests } = await fakeAep((request, response) =>
    json(response, 200, request.method === 'POST' ? { id: 'made' } : { items: [] }),
  );
  const environment = new MockActivityEnvironment(
    {
      attempt: 4,
      heartbeatDetails,
      workflowExecution: { workflowId: 'dataflow:prod:orders', runId: 'this' },
      currentAttemptScheduledTimestampMs: Date.now(),
      scheduledTimestampMs: Date.now(),
    },
    { logger: new DefaultLogger('ERROR') },
  );
  let said: unknown;
  environment.on('heartbeat', (details: unknown) => (said = details));
  const { createSourceConnection: activity } = createActivities({ aep, ...bounds });
  const settled: unknown = await environment.run(activity, request).catch((error: unknown) => error);
  return { settled, said, posts: requests.filter(({ method }) => method === 'POST').length };
}

describe('a create after a doubt', () => {
  it('is sent after the last look, when those before it were looks of this run without a gap', async () => {
    const { settled, posts } = await fourthAttempt(left);
    expect(settled).toMatchObject({ created: { id: 'made' }, doubts: ['aaaaaaaa'] });
    expect(posts).toBe(1);
  });

  it('is not sent where the attempt before left no word: it may have sent one, so the looks begin anew', async () => {
    const { settled, said, posts } = await fourthAttempt({ ...left, attempt: 2 });
    expect(settled).toMatchObject({ type: 'NothingYet' });
    expect(said).toMatchObject({ looks: 1, doubts: ['aaaaaaaa', 'lost'] });
    expect(posts).toBe(0);
  });

  it('is not sent where the looks before were those of a run that was reset', async () => {
    const { settled, posts } = await fourthAttempt({ ...left, runId: 'another' });
    expect(settled).toMatchObject({ type: 'NothingYet' });
    expect(posts).toBe(0);
  });
});
