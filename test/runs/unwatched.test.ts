import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { expect, it, vi } from 'vitest';
import { lastWatcher, listDataflows, rememberingStillThere } from '../../src/client/status.ts';
import { searchAttributes } from '../../src/search-attribute-keys.ts';

interface Ended {
  type: string;
  status: string;
  /** Minutes. */
  at: number;
  memo?: object;
}

const dataflow = 'prod/orders';
const flowId = 'f-1';
const terminated = { type: 'watchFlowRuns', status: 'TERMINATED', at: 1 };

/** A namespace in which this has ended, all of it of one dataflow. It answers lists by type and status alone. */
function namespaceWith(ended: Ended[], lastEvent: () => Promise<object> = () => Promise.resolve({})) {
  const queries: string[] = [];
  const state = (status: string) => `"${status === 'CANCELLED' ? 'Canceled' : status}"`.toLowerCase();
  const client = {
    options: { namespace: 'default' },
    workflowService: {
      getWorkflowExecutionHistoryReverse: () =>
        lastEvent().then((event) => ({ history: { events: [event] } })),
    },
    workflow: {
      getHandle: (workflowId: string) => ({ workflowId }),
      async *list({ query }: { query: string }) {
        queries.push(query);
        for (const { type, status, at, memo } of ended.toSorted((a, b) => b.at - a.at)) {
          const isAsked =
            query.includes(`"${type}"`) &&
            (!query.includes('ExecutionStatus') || query.toLowerCase().includes(state(status)));
          if (isAsked)
            yield {
              workflowId: type,
              runId: 'r',
              type,
              status: { name: status },
              closeTime: new Date(at * 60_000),
              startTime: new Date(0),
              memo,
              typedSearchAttributes: new TypedSearchAttributes([
                { key: searchAttributes.dataflow, value: dataflow },
                { key: searchAttributes.flowId, value: flowId },
              ]),
            };
        }
      },
    },
  };
  return { client: client as unknown as Client, queries };
}

/** What a list says, and what is told of the one dataflow. */
async function unwatched(ended: Ended[]) {
  const { client } = namespaceWith(ended);
  const [row] = await listDataflows(client, {});
  const one = await lastWatcher(client, dataflow);
  return { inList: row?.unwatched?.status, alone: one?.unwatched?.status };
}

it.each<[string, Ended[], string | undefined]>([
  ['the watcher was terminated', [], 'TERMINATED'],
  ['the dataflow was deleted since', [{ type: 'deleteDataflow', status: 'COMPLETED', at: 2 }], undefined],
  ['it was deleted before', [{ type: 'deleteDataflow', status: 'COMPLETED', at: 0 }], 'TERMINATED'],
  ['its delete has failed', [{ type: 'deleteDataflow', status: 'FAILED', at: 2 }], 'TERMINATED'],
  [
    'some things of it were deleted since',
    [
      {
        type: 'deleteDataflow',
        status: 'COMPLETED',
        at: 2,
        memo: { isPartial: true, outcome: { deletedFlows: [] } },
      },
    ],
    'TERMINATED',
  ],
  [
    'some things of it were deleted since, and its flow',
    [
      {
        type: 'deleteDataflow',
        status: 'COMPLETED',
        at: 2,
        memo: { isPartial: true, outcome: { deletedFlows: [flowId] } },
      },
    ],
    undefined,
  ],
])('a dataflow is told as not watched, in a list and alone, where %s: %j', async (_, since, told) => {
  expect(await unwatched([terminated, ...since])).toEqual({ inList: told, alone: told });
});

it('how a watcher ended is told where nobody can say who ended it', async () => {
  const { client } = namespaceWith([terminated], () => Promise.reject(new Error('no history')));
  expect(await lastWatcher(client, dataflow)).toMatchObject({
    unwatched: { status: 'TERMINATED', at: '1970-01-01T00:01:00.000Z' },
  });
});

it('of a watcher that has failed it is told with what', async () => {
  const failure = { message: 'Activity task failed', cause: { message: 'The history is too large' } };
  const { client } = namespaceWith([{ ...terminated, status: 'FAILED' }], () =>
    Promise.resolve({ workflowExecutionFailedEventAttributes: { failure } }),
  );
  expect((await lastWatcher(client, dataflow))?.unwatched?.reason).toBe('The history is too large');
});

it('one who lists again and again does not ask again each time which dataflows without a watcher are still there', async () => {
  const ended = [terminated];
  const { client, queries } = namespaceWith(ended);
  const whichStay = rememberingStillThere();
  vi.useFakeTimers({ now: 10 * 60_000, toFake: ['Date'] });
  const listed = async (minutes: number) => {
    vi.setSystemTime((10 + minutes) * 60_000);
    queries.length = 0;
    const rows = await listDataflows(client, {}, undefined, whichStay);
    return [rows.length, queries.length];
  };
  try {
    expect(await listed(0)).toEqual([1, 4]);
    expect(await listed(1)).toEqual([1, 3]);
    ended.push({ type: 'deleteDataflow', status: 'COMPLETED', at: 12 });
    expect(await listed(6)).toEqual([0, 4]);
    expect(await listed(20)).toEqual([0, 3]);
    // Made again, and cut off again.
    ended.push({ ...terminated, at: 31 });
    expect(await listed(22)).toEqual([1, 4]);
  } finally {
    vi.useRealTimers();
  }
});
