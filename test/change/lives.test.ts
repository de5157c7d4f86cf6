import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Act, CallFault } from '../simulation/faults.ts';
import { play } from '../simulation/play.ts';
import { quiet, type Scenario } from '../simulation/scenario.ts';
import { loadWorkflowCode, type WorkflowCode } from '../simulation/simulated-worker.ts';

let code: WorkflowCode;

beforeAll(async () => {
  code = await loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8'));
});

/** Quick, so that many lives are played. */
const quick: Scenario = {
  ...quiet,
  aep: { ...quiet.aep, httpTimeoutMs: 1_500, lateCommitMs: 2_000, listLagMs: 2_000 },
};

const replace: Act = { what: 'update', part: 'source', to: 1 };
const hows: [string, CallFault['how']][] = [
  ['does not arrive', { loss: 'hang', afterMs: 0, commit: 'never' }],
  ['has its reply lost', { loss: 'reset', afterMs: 0, commit: { part: 0 } }],
  ['takes effect late', { loss: 'reset', afterMs: 100, commit: { part: 0.6 } }],
  ['takes effect as late as it may', { loss: 'hang', afterMs: 0, commit: { part: 1 } }],
  ['is sent by a worker that is killed', { hit: 'kill', point: 'sent', forMs: 500, commit: { part: 0.9 } }],
  [
    'is known to a worker alone that is killed',
    { hit: 'kill', point: 'answered', forMs: 500, commit: { part: 0 } },
  ],
];
const requests: [string, Pick<CallFault, 'verb' | 'shelf' | 'nth'>][] = [
  ['the new source connection', { verb: 'create', shelf: 'sourceConnections', nth: 1 }],
  ['the draft', { verb: 'create', shelf: 'flows', nth: 1 }],
  ['to disable the old flow', { verb: 'act', shelf: 'flows', nth: 0 }],
  ['to publish the new flow', { verb: 'act', shelf: 'flows', nth: 1 }],
  ['to delete the old flow', { verb: 'remove', shelf: 'flows', nth: 0 }],
  ['to delete the old source connection', { verb: 'remove', shelf: 'sourceConnections', nth: 0 }],
];
const momentsMs = [900, 2_100, 3_900];

describe.each(requests)('a replacement whose request for %s', (_, request) => {
  it.each(hows)('%s ends in one flow, disturbed or not', async (__, how) => {
    const faults = [{ ...request, how }];
    const disturbances: Act[][] = [
      [],
      ...momentsMs.flatMap((atMs): Act[][] => [
        [{ what: 'cancel', atMs, againAfterMs: 0 }],
        [{ what: 'terminate', atMs, againAfterMs: 0 }],
        [
          { what: 'terminate', atMs, againAfterMs: 0 },
          { what: 'update', part: 'source', to: 0 },
        ],
        [
          { what: 'cancel', atMs, againAfterMs: 0 },
          { what: 'update', part: 'source', to: 2 },
        ],
        [{ what: 'reset', atMs, to: 0.8 }],
      ]),
    ];
    for (const acts of disturbances) {
      const { violations } = await play({ ...quick, faults, acts: [replace, ...acts] }, code);
      expect(violations, JSON.stringify(acts)).toEqual([]);
    }
  });
});

it('a replacement waits until the watcher of the old flow has ended what it has AEP do, so that the two are never enabled together', async () => {
  // Some of these end just when the new flow would be published otherwise.
  for (let resumesForMs = 5_000; resumesForMs < 9_000; resumesForMs += 250) {
    const { violations } = await play({ ...quick, resumesForMs, acts: [replace] }, code);
    expect(violations, String(resumesForMs)).toEqual([]);
  }
});

/** The first half of a replacement, and what is asked for meanwhile. */
const halves: [string, CallFault['how'], Act[]][] = [
  ['was refused', { refusal: 'refused' }, [replace, { what: 'update', part: 'description', to: 1 }]],
  [
    'was refused and gave way to another',
    { refusal: 'refused' },
    [replace, { what: 'update', part: 'source', to: 2 }],
  ],
  [
    'was refused and taken back',
    { refusal: 'refused' },
    [replace, { what: 'update', part: 'source', to: 0 }],
  ],
  [
    'was terminated',
    { loss: 'hang', afterMs: 0, commit: 'never' },
    [
      replace,
      { what: 'change', part: 'description', to: 1 },
      { what: 'terminate', atMs: 1_200, againAfterMs: 0 },
    ],
  ],
];

describe.each(halves)('a replacement that %s', (_, how, acts) => {
  it.each(['sourceConnections', 'targetConnections', 'flows'] as const)(
    'halfway, at the %s, leaves nothing but what the next update adopts, described as is asked for by then',
    async (shelf) => {
      const faults: CallFault[] = [{ verb: 'create', shelf, nth: 1, how }];
      for (const generation of ['newer', 'older', 'given ad-hoc'] as const) {
        const { violations } = await play({ ...quick, generation, faults, acts }, code);
        expect(violations, generation).toEqual([]);
      }
    },
  );
});
