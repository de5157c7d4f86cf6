import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { hits, points, shelves, type Act, type CallFault, type ShelfName } from '../simulation/faults.ts';
import { play } from '../simulation/play.ts';
import { quiet, type Scenario } from '../simulation/scenario.ts';
import { loadWorkflowCode, type WorkflowCode } from '../simulation/simulated-worker.ts';

/**
 * Every kind under everything that can become of it between a create and an update. Of each life `play` asks: the plan
 * afterwards is empty, one of each, nothing of others touched, the flow enabled and watched, no two flows enabled at once.
 */
const keepsMore: ReadonlySet<ShelfName> = new Set(['classes', 'schemas']);
const late = [0, 100, 2_000, 30_000];
const describes: Act = { what: 'update', part: 'description', to: 1 };
const maps: Act = { what: 'update', part: 'mapping', to: 1 };
const replaces: Act = { what: 'update', part: 'source', to: 1 };
const others = (act: { shelf?: ShelfName; deletes?: boolean }): Act[] =>
  late.map((afterMs) => ({ what: 'others', afterMs, ...act }));

/** How one update of a resource goes wrong. */
const losses: CallFault['how'][] = [
  { loss: 'reset', afterMs: 0, commit: 'never' },
  { loss: 'reset', afterMs: 0, commit: { part: 0 } },
  { loss: 'hang', afterMs: 0, commit: { part: 1 } },
  { loss: 'error', afterMs: 100, commit: { part: 0.6 } },
  { loss: 'truncated', afterMs: 100, commit: { part: 0 } },
];
const blows: CallFault['how'][] = hits.flatMap((hit) =>
  points
    .filter((point) => hit === 'kill' || point === 'committed')
    .map((point): CallFault['how'] => ({ hit, point, forMs: 3_000, commit: { part: 0.5 } })),
);

const events: [string, (shelf: ShelfName) => Partial<Scenario>[]][] = [
  ['edited by us', () => [{ acts: [describes] }, { acts: [maps] }, { acts: [describes, maps] }]],
  ['edited by others', (shelf) => others({ shelf }).map((act) => ({ acts: [act] }))],
  [
    'edited by others while an update is under way',
    (shelf) => others({ shelf }).map((act) => ({ acts: [shelf === 'mappingSets' ? maps : describes, act] })),
  ],
  [
    'deleted by others',
    // What AEP keeps the title of, and what holds the rows, are in two tests of their own.
    (shelf) => (keepsMore.has(shelf) ? [] : others({ shelf, deletes: true }).map((act) => ({ acts: [act] }))),
  ],
  ['replaced', () => [{ acts: [replaces] }, { acts: [replaces, describes] }, { acts: [maps, replaces] }]],
  [
    'updated, and the reply is lost',
    (shelf) =>
      losses.map((how) => ({ acts: [describes, maps], faults: [{ verb: 'update', shelf, nth: 0, how }] })),
  ],
  [
    'updated, and the worker or the server is hit',
    (shelf) =>
      blows.map((how) => ({ acts: [describes, maps], faults: [{ verb: 'update', shelf, nth: 0, how }] })),
  ],
];

let code: WorkflowCode;
beforeAll(async () => {
  code = await loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8'));
});

describe.each(shelves)('what a dataflow has among %s', (shelf) => {
  it.each(events)('is as asked for after it was %s', async (_, livesOf) => {
    for (const life of livesOf(shelf)) {
      const { violations } = await play({ ...quiet, generation: 'older', workers: 2, ...life }, code);
      expect(violations, JSON.stringify(life)).toEqual([]);
    }
  });
});

it('a schema that others have deleted leaves the dataset, whose rows are of it, and a mapping set, which nobody can delete', async () => {
  const acts = others({ shelf: 'schemas', deletes: true }).slice(2, 3);
  const { violations } = await play({ ...quiet, acts }, code);
  expect(violations).toEqual([
    expect.stringMatching(/^1 dataset too many/),
    expect.stringMatching(/^1 mappingSet too many/),
  ]);
});

it('a class that others have deleted is a person’s to replace: AEP keeps the title of the schema of it', async () => {
  const acts = others({ shelf: 'classes', deletes: true }).slice(2, 3);
  const { violations } = await play({ ...quiet, generation: 'older', acts }, code);
  expect(violations[0]).toMatch(/^It ended FAILED: Conflict/);
});
