import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { expect, it } from 'vitest';
import { DataflowError } from '../../src/client.ts';
import { refusalBy } from '../../src/client/server-refusal.ts';

const where = { address: 'temporal.example.com:7233', namespace: 'orders' };
/** As the client of Temporal wraps what gRPC says. */
const grpc = (code: number, details: string) =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error(details), { code, details }),
  });

it.each([
  [
    'a namespace that is not there, as the client tells it',
    new NamespaceNotFoundError('orders'),
    /^The namespace orders is not there \| .*temporal operator namespace create --namespace orders$/,
  ],
  [
    'a namespace that is not there, as gRPC tells it',
    Object.assign(new Error(), { code: 5, details: 'Namespace orders is not found.' }),
    /^The namespace orders is not there \| /,
  ],
  ['nobody who is known', grpc(16, 'Request unauthorized.'), /does not know who asks: .*TEMPORAL_API_KEY/],
  [
    'somebody who may not',
    grpc(7, 'Request unauthorized.'),
    /not allow that in the namespace orders: .*ask whoever/,
  ],
  ['too many requests', grpc(8, 'limit exceeded'), /too much to do .* Try again in a moment/],
  [
    'a server that is away',
    grpc(14, 'No connection'),
    /not answer at temporal\.example\.com:7233: .*--address.*--tls/,
  ],
  ['no answer in time', grpc(4, 'Deadline exceeded'), /No answer came in time \| .*temporal aep doctor$/],
  [
    'a query where no worker is',
    grpc(9, 'no poller seen for task queue recently'),
    /No worker answers: .*npm run worker/,
  ],
  [
    'a namespace without our search attributes',
    grpc(3, 'invalid query: invalid search attribute: AepDataflow'),
    /^The namespace orders lacks what dataflows are searched by: .*temporal aep doctor$/,
  ],
  ['anything else', grpc(3, 'what is this'), /^Temporal refuses that: what is this \| /],
])('%s is told in plain words, with the next step', (_, error, told) => {
  const refusal = refusalBy(error, where);
  expect(`${refusal?.message} | ${refusal?.next}`).toMatch(told);
  expect(refusal?.message).not.toMatch(/Error:|ServiceError/);
});

it('what is no refusal of the server is left as it is', () => {
  expect(refusalBy(new DataflowError('Conflict', 'x'), where)).toBeUndefined();
  expect(refusalBy(grpc(5, 'workflow not found'), where)).toBeUndefined();
  expect(refusalBy(Object.assign(new Error(), { code: 'ENOENT' }), where)).toBeUndefined();
  expect(refusalBy(undefined, where)).toBeUndefined();
});
