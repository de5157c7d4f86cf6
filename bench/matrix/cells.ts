import { hits, type CallFault, type Commit, type ShelfName } from '../../test/simulation/faults.ts';

/** The creates of a dataflow of the older generation, which has all nine kinds. */
export const creates: { name: string; shelf: ShelfName; nth: number }[] = [
  { name: 'ad-hoc class', shelf: 'classes', nth: 0 },
  { name: 'first schema', shelf: 'schemas', nth: 0 },
  { name: 'second schema', shelf: 'schemas', nth: 1 },
  { name: 'source connection', shelf: 'sourceConnections', nth: 0 },
  { name: 'dataset', shelf: 'dataSets', nth: 0 },
  { name: 'dataset base connection', shelf: 'connections', nth: 0 },
  { name: 'target connection', shelf: 'targetConnections', nth: 0 },
  { name: 'mapping set', shelf: 'mappingSets', nth: 0 },
  { name: 'flow', shelf: 'flows', nth: 0 },
];

export const lagsMs = [0, 2_000, 10_000];

const commits: [string, Commit][] = [
  ['not committed', 'never'],
  ['committed', { part: 0 }],
  ['committed after the second look', { part: 0.6 }],
  ['committed as late as the bounds allow', { part: 1 }],
  ['committed 5 min after every bound', { beyondSeconds: 300 }],
];
const losses = [
  ['time-out', { loss: 'hang', afterMs: 0 }],
  ['connection reset', { loss: 'reset', afterMs: 100 }],
  ['500, 502 or 503', { loss: 'error', afterMs: 100 }],
  ['truncated answer', { loss: 'truncated', afterMs: 100 }],
] as const;
const where = {
  beforeSending: 'before sending',
  sent: 'sent, not committed',
  committed: 'committed, not answered',
  answered: 'answered, not recorded',
};
const hitNames = {
  kill: 'worker killed',
  stop: 'worker stopped for 30 s',
  shutdown: 'worker shut down',
  serverDown: 'Temporal server down for 5 s',
  both: 'worker and server killed',
};
const forMs = { kill: 2_000, stop: 30_000, shutdown: 0, serverDown: 5_000, both: 5_000 };

/** A fault at a point, by what it is called. */
export interface Fault {
  name: string;
  point: string;
  how: CallFault['how'];
}

/** Every fault at every point. */
export const faults: Fault[] = [
  { name: 'connection refused', point: where.beforeSending, how: { refusal: 'notReached' } },
  { name: '429', point: where.sent, how: { refusal: 'rateLimited' } },
  { name: '429 with Retry-After', point: where.sent, how: { refusal: 'rateLimitedLong' } },
  { name: '401, the token revoked', point: where.sent, how: { refusal: 'unauthorized' } },
  ...losses.flatMap(([name, loss]) =>
    commits.map(([point, commit]) => ({ name, point, how: { ...loss, commit } })),
  ),
  { name: 'refusal cut off', point: where.sent, how: { loss: 'refusal', afterMs: 100, commit: 'never' } },
  ...hits.flatMap((hit) =>
    (Object.keys(where) as (keyof typeof where)[]).map((point) => ({
      name: hitNames[hit],
      point: where[point],
      // What is hit between sending and commit is hit before AEP commits, which it does all the same.
      how: { hit, point, forMs: forMs[hit], commit: { part: point === 'sent' ? 0.3 : 0 } },
    })),
  ),
];
