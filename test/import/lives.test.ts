import { readFileSync } from 'node:fs';
import {
  array,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  sample,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Act, CallFault } from '../simulation/faults.ts';
import { play } from '../simulation/play.ts';
import { changedParts } from '../simulation/faults.ts';
import { quiet, scenarios, type Scenario } from '../simulation/scenario.ts';
import { loadWorkflowCode, type WorkflowCode } from '../simulation/simulated-worker.ts';

let code: WorkflowCode;

beforeAll(async () => {
  code = await loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8'));
});

const adopt: Act = { what: 'adopt' };
const promote: Act = { what: 'promote' };
const atMs = oneof(nat(2_000), nat(20_000));
const againAfterMs = constantFrom(0, 100, 12_000);
const disturbance = oneof(
  record({ what: constant('terminate' as const), atMs, againAfterMs }),
  record({ what: constant('cancel' as const), atMs, againAfterMs }),
  record({ what: constant('reset' as const), atMs, to: nat(20).map((part) => part / 20) }),
  record({ what: constant('again' as const), afterMs: againAfterMs }),
);
const update = record({ what: constant('update' as const), part: constantFrom(...changedParts), to: nat(2) });
/** What can go wrong with an adoption: its three PATCHes, its reads, and the processes at work. */
const fault = record({
  of: constantFrom(
    ...(['sourceConnections', 'targetConnections', 'flows'] as const).map((shelf) => ({
      verb: 'update' as const,
      shelf,
    })),
    { verb: 'get' as const, shelf: 'mappingSets' as const },
    { verb: 'get' as const, shelf: 'flows' as const },
    { verb: 'list' as const, shelf: 'flows' as const },
  ),
  nth: nat(1),
  how: constantFrom<CallFault['how'][]>(
    { loss: 'hang', afterMs: 0, commit: 'never' },
    { loss: 'reset', afterMs: 0, commit: { part: 0 } },
    { loss: 'reset', afterMs: 100, commit: { part: 0.9 } },
    { loss: 'truncated', afterMs: 0, commit: { part: 0 } },
    { refusal: 'rateLimited' },
    { refusal: 'refused' },
    { hit: 'kill', point: 'sent', forMs: 800, commit: { part: 0.6 } },
    { hit: 'kill', point: 'answered', forMs: 2_500, commit: { part: 0 } },
    { hit: 'stop', point: 'beforeSending', forMs: 9_000, commit: { part: 0 } },
    { hit: 'serverDown', point: 'committed', forMs: 2_500, commit: { part: 0 } },
  ),
}).map(({ of, ...rest }) => ({ ...of, ...rest }));

const cutOff = array(disturbance, { maxLength: 2 });
const later = array(oneof(update, update, disturbance), { maxLength: 3 });
const adoptions = tuple(
  scenarios,
  array(fault, { maxLength: 4 }),
  cutOff,
  later,
  integer({ min: 1, max: 3 }),
).map(([life, faults, first, then, workers]): Scenario => ({
  ...life,
  workers,
  faults,
  acts: [adopt, ...first, ...then],
}));
/** Here all can go wrong that can with a create, which this is. */
const promotions = tuple(scenarios, cutOff, later).map(([life, first, then]): Scenario => ({
  ...life,
  acts: [promote, ...first, ...then],
}));

async function wrongOf(lives: Arbitrary<Scenario>, seeds: { from: number; to: number; step: number }) {
  const wrong: [number, string[]][] = [];
  for (let seed = seeds.from; seed <= seeds.to; seed += seeds.step) {
    const [life] = sample(lives, { seed, numRuns: 1 });
    // oxlint-disable-next-line no-await-in-loop
    const { violations } = await play(life!, code);
    if (violations.length > 0) wrong.push([seed, violations]);
  }
  return wrong;
}

describe('in random lives in which a flow of others is adopted', () => {
  const groups = 6;
  const count = 300;
  it.each(Array.from({ length: groups }, (_, group) => group))(
    `there is one of each, the plan is empty and nothing of others is touched (part %i of ${count} seeds)`,
    async (group) => {
      expect(await wrongOf(adoptions, { from: group + 1, to: count, step: groups })).toEqual([]);
    },
  );
});

describe('in random lives in which a dataflow is promoted to another sandbox', () => {
  const groups = 3;
  const count = 150;
  it.each(Array.from({ length: groups }, (_, group) => group))(
    `there is one of each, the plan is empty and the first stays as it was (part %i of ${count} seeds)`,
    async (group) => {
      expect(await wrongOf(promotions, { from: group + 1, to: count, step: groups })).toEqual([]);
    },
  );
});

it.each([400, 900, 1_400, 2_000, 4_000])(
  'an adoption that is terminated after %i ms is finished by the next',
  async (atMs) => {
    const acts: Act[] = [adopt, { what: 'terminate', atMs, againAfterMs: 0 }];
    expect((await play({ ...quiet, acts }, code)).violations).toEqual([]);
  },
);
