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
  settleMs: 10_000,
  givenUpSettleMs: 5_000,
};
/** After the fourth look: the fifth is the last, and a create may follow. */
const left = { runId: 'this', attempt: 4, looks: 4, doubts: ['aaaaaaaa'], settleMs: 10_000, pauseMs: 0 };

interface Given {
  attempt: number;
  heartbeatDetails?: object;
  /** Default: the run that the attempt is of. */
  givenUpIn?: string | undefined;
  /** What AEP answers to a POST. Default: 200. */
  status?: number;
}

/** An attempt to settle a doubt and create, where nothing of ours shows. */
async function attemptOf({ attempt, heartbeatDetails, givenUpIn, status = 200 }: Given) {
  const { aep, requests } = await fakeAep((request, response) =>
    request.method === 'POST' ? json(response, status, { id: 'made' }) : json(response, 200, { items: [] }),
  );
  const environment = new MockActivityEnvironment(
    {
      attempt,
      heartbeatDetails,
      workflowExecution: { workflowId: 'dataflow/prod/orders', runId: 'this' },
      currentAttemptScheduledTimestampMs: Date.now(),
      scheduledTimestampMs: Date.now(),
    },
    { logger: new DefaultLogger('ERROR') },
  );
  let said: unknown;
  environment.on('heartbeat', (details: unknown) => (said = details));
  const { settleOrCreateSourceConnection: activity } = createActivities({ aep, ...bounds });
  const settled: unknown = await environment
    .run(activity, { ...request, givenUpIn })
    .catch((error: unknown) => error);
  return { settled, said, posts: requests.filter(({ method }) => method === 'POST').length };
}

const fifthAttempt = (heartbeatDetails: object) => attemptOf({ attempt: 5, heartbeatDetails });

describe('a create after a doubt', () => {
  it('is sent after the last look, when those before it were looks of this run without a gap', async () => {
    const { settled, posts } = await fifthAttempt(left);
    expect(settled).toMatchObject({ created: { id: 'made' }, doubts: ['aaaaaaaa'] });
    expect(posts).toBe(1);
  });

  it('is not sent where the attempt before left no word: it may have sent one, so the looks begin anew', async () => {
    const { settled, said, posts } = await fifthAttempt({ ...left, attempt: 3 });
    expect(settled).toMatchObject({ type: 'NothingYet' });
    expect(said).toMatchObject({ looks: 1, doubts: ['aaaaaaaa', 'lost'] });
    expect(posts).toBe(0);
  });

  it('is not sent where the looks before were those of a run that was reset', async () => {
    const { settled, posts } = await fifthAttempt({ ...left, runId: 'another' });
    expect(settled).toMatchObject({ type: 'NothingYet' });
    expect(posts).toBe(0);
  });
});

describe('what may have been created is waited for', () => {
  const second = (settled: unknown) => (settled as { nextRetryDelay: number }).nextRetryDelay;

  it('as long as a request may be on its way, where nobody said that it was given up', async () => {
    const { settled, said } = await attemptOf({ attempt: 1 });
    expect(second(settled)).toBe(1_000);
    expect(said).toMatchObject({ settleMs: 10_000 });
  });

  it('less long where its worker has said so', async () => {
    const { settled, said } = await attemptOf({ attempt: 1, givenUpIn: 'this' });
    expect(second(settled)).toBe(500);
    expect(said).toMatchObject({ settleMs: 5_000 });
  });

  it('as long as ever where it said so in a run that was reset since', async () => {
    const { settled } = await attemptOf({ attempt: 1, givenUpIn: 'another' });
    expect(second(settled)).toBe(1_000);
  });

  it('as long as ever after an attempt that left no word', async () => {
    const { settled, said } = await attemptOf({ attempt: 2, givenUpIn: 'this' });
    expect(second(settled)).toBe(1_000);
    expect(said).toMatchObject({ settleMs: 10_000, doubts: ['aaaaaaaa', 'lost'] });
  });

  it('less long after a request of its own that it saw fail', async () => {
    const { settled, said, posts } = await attemptOf({ attempt: 5, heartbeatDetails: left, status: 500 });
    expect(posts).toBe(1);
    expect(settled).toMatchObject({ type: 'OutcomeUnknown' });
    expect(said).toMatchObject({ looks: 0, settleMs: 5_000, pauseMs: 10_000 });
  });
});
