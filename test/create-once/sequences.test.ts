import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { samplePairs } from '../../bench/matrix/pairs.ts';
import { playSeed, scenarioOf, smallest } from '../simulation/one-life.ts';
import { play } from '../simulation/play.ts';
import type { CallFault } from '../simulation/faults.ts';
import { quiet, type Scenario } from '../simulation/scenario.ts';
import { loadWorkflowCode, type WorkflowCode } from '../simulation/simulated-worker.ts';

let code: WorkflowCode;

beforeAll(async () => {
  code = await loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8'));
});

describe('in random lives, with lost replies, late commits, dead workers, resets and terminations', () => {
  const groups = 10;
  const lives = 200;
  it.each(Array.from({ length: groups }, (_, group) => group))(
    `there is exactly one of each in the end (part %i of ${lives} seeds)`,
    async (group) => {
      const wrong: number[] = [];
      for (let seed = group + 1; seed <= lives; seed += groups) {
        const { violations } = await playSeed(seed, code);
        if (violations.length > 0) wrong.push(seed);
      }
      const [first] = wrong;
      expect(wrong, first === undefined ? '' : await smallest(first, code)).toEqual([]);
    },
  );

  it('a life is the same each time it is lived', async () => {
    expect(await playSeed(7, code)).toEqual(await playSeed(7, code));
  });

  it('workers that can tell nothing at once read it, and there is exactly one of each in the end', async () => {
    const wrong: number[] = [];
    for (let seed = 1; seed <= 25; seed++) {
      const scenario = scenarioOf(seed);
      const { violations } = await play(scenario, code, { ...scenario.aep, knowsNothing: true });
      if (violations.length > 0) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
  });

  it('workers that believe AEP to be quicker than it is make duplicates, and the count shows them', async () => {
    const acts = [{ what: 'terminate' as const, atMs: 500, againAfterMs: 0 }];
    const told = { httpTimeoutMs: 1_500, lateCommitMs: 1, listLagMs: 1 };
    const { duplicates, orphans, violations } = await play({ ...quiet, acts }, code, told);
    expect(duplicates).toBeGreaterThan(0);
    expect(orphans).toBeGreaterThan(0);
    expect(violations).not.toEqual([]);
  });
});

it('a flow that took effect just before the one that was sent after it, and later than every bound, is its twin', async () => {
  const faults: CallFault[] = [
    {
      verb: 'create',
      shelf: 'flows',
      nth: 0,
      how: { hit: 'kill', point: 'noted', forMs: 50, commit: { beyondSeconds: 10 } },
    },
  ];
  const aep = { ...quiet.aep, titleTakenNamesIt: false, latencyMs: 40 };
  const { violations } = await play({ ...quiet, foreign: false, workers: 1, aep, faults }, code);
  expect(violations).toEqual([]);
});

it.each<[string, CallFault['how']]>([
  [
    'its worker stood still',
    { hit: 'stop', point: 'beforeSending', forMs: 50, commit: { beyondSeconds: 9 } },
  ],
  ['its answer was lost', { loss: 'reset', afterMs: 0, commit: { beyondSeconds: 9 } }],
])(
  'a dataset later than every bound, and yet before the one that is used, is deleted where %s',
  async (_, how) => {
    const faults: CallFault[] = [{ verb: 'create', shelf: 'dataSets', nth: 0, how }];
    const aep = { ...quiet.aep, titleTakenNamesIt: false, latencyMs: 40 };
    const { violations } = await play({ ...quiet, foreign: false, workers: 1, aep, faults }, code);
    expect(violations).toEqual([]);
  },
);

it('a create whose delete Temporal lists later than the create before it makes the dataflow anew', async () => {
  const { violations } = await play(
    {
      ...quiet,
      foreign: false,
      workers: 1,
      aep: { ...quiet.aep, lateCommitMs: 2_000, listLagMs: 0, titleTakenNamesIt: false, latencyMs: 1_200 },
      incidents: [{ what: 'listsStop', atMs: 1, forMs: 40_000 }],
      acts: [
        { what: 'delete', againAfterMs: 0 },
        { what: 'reset', atMs: 276, to: 0 },
      ],
    },
    code,
  );
  expect(violations).toEqual([]);
});

it('a flow that takes effect after its dataflow was deleted, and later than every bound, is replaced by an update', async () => {
  const faults: CallFault[] = [
    {
      verb: 'create',
      shelf: 'flows',
      nth: 0,
      how: { hit: 'kill', point: 'answered', forMs: 50, commit: { beyondSeconds: 77 } },
    },
  ];
  const { violations } = await play(
    {
      ...quiet,
      faults,
      incidents: [{ what: 'listsStop', atMs: 0, forMs: 5_000 }],
      acts: [
        { what: 'again', afterMs: 0 },
        { what: 'delete', againAfterMs: 0 },
      ],
    },
    code,
  );
  expect(violations).toEqual([]);
});

describe('a reset while lists lag', () => {
  it.each([500, 1_500, 6_000])(
    'to any task, %i ms after the start, makes no second of anything',
    async (atMs) => {
      for (let to = 0; to < 20; to++) {
        const acts = [{ what: 'reset' as const, atMs, to: to / 20 }];
        expect((await play({ ...quiet, acts }, code)).violations, `to task ${to} of 20`).toEqual([]);
      }
    },
  );
});

const posts = ['flows', 'sourceConnections', 'targetConnections', 'dataSets', 'mappingSets'] as const;

describe('a request that takes effect as late as the bounds allow, and lists that show it as late as they may', () => {
  it.each(posts)('make no second one among the %s', async (shelf) => {
    const commit = { part: 1 };
    for (const how of [
      { loss: 'hang' as const, afterMs: 0, commit },
      { loss: 'reset' as const, afterMs: 0, commit },
      // Nobody says of the request of a dead worker that it was given up.
      { hit: 'kill' as const, point: 'sent' as const, forMs: 1_000, commit },
    ]) {
      const played = await play({ ...quiet, faults: [{ verb: 'create', shelf, nth: 0, how }] }, code);
      expect(played, JSON.stringify(how)).toMatchObject({ violations: [], beyond: false });
    }
  });
});

describe('a worker that dies when it has noted a look, and has not said yet when the next one is due', () => {
  it.each(posts)('has that look at the %s made again, and nothing is made too early', async (shelf) => {
    const lost = { loss: 'reset' as const, afterMs: 0, commit: { part: 1 } };
    const death = { hit: 'kill' as const, point: 'noted' as const, forMs: 1_000, commit: { part: 0 } };
    for (let nth = 1; nth <= 4; nth++) {
      const faults = [
        { verb: 'create' as const, shelf, nth: 0, how: lost },
        { verb: 'list' as const, shelf, nth, how: death },
      ];
      const played = await play({ ...quiet, faults }, code);
      expect(played, `look ${nth}`).toMatchObject({ violations: [], beyond: false });
    }
  });
});

describe('a worker that is stopped and wakes up when all is over', () => {
  const forMs = 300_000;
  it.each(posts)('does not send what it was about to send to the %s', async (shelf) => {
    const how = { hit: 'stop' as const, point: 'beforeSending' as const, forMs, commit: { part: 0 } };
    const faults = [{ verb: 'create' as const, shelf, nth: 0, how }];
    // So many workers that the others finish the create meanwhile.
    const { violations, ms } = await play({ ...quiet, workers: 8, faults }, code);
    expect(violations).toEqual([]);
    expect(ms).toBeLessThan(forMs);
  });

  it.each([0, 1])('sends nothing any more, whatever it was about to do (worker %i)', async (worker) => {
    const temporal = { ...quiet.temporal, latencyMs: 60 };
    for (let atMs = 300; atMs < 2_400; atMs += 50) {
      const incidents = [{ what: 'stop' as const, atMs, worker, forMs }];
      expect((await play({ ...quiet, temporal, incidents }, code)).violations, `at ${atMs} ms`).toEqual([]);
    }
  });
});

it('a create that meets two faults in a row, whichever, is there once in the end (a sample of the matrix)', async () => {
  expect(await samplePairs(307, code)).toEqual([]);
});

describe('a create that is refused again, and that answer cut off,', () => {
  const refused = { loss: 'refusal' as const, afterMs: 100, commit: 'never' as const };
  it.each([...posts, 'schemas' as const])(
    'is in doubt still, and there is one among the %s',
    async (shelf) => {
      // A title that the first request took is why the second is refused; what else was made a look would find.
      const commit = shelf === 'schemas' ? { part: 0 } : ('never' as const);
      const lost = { loss: 'reset' as const, afterMs: 0, commit };
      const faults = [lost, refused].map((how, nth) => ({ verb: 'create' as const, shelf, nth, how }));
      expect(await play({ ...quiet, faults }, code)).toMatchObject({ violations: [], humanSteps: 0 });
    },
  );
});

describe('a request that takes effect later than every bound', () => {
  it.each(posts)('among the %s is found by the next create', async (shelf) => {
    const how = { loss: 'reset' as const, afterMs: 0, commit: { beyondSeconds: 300 } };
    const played = await play({ ...quiet, faults: [{ verb: 'create', shelf, nth: 0, how }] }, code);
    expect(played).toMatchObject({ violations: [], beyond: true });
  });
});

it('a worker that dies in a call which failed often before is replaced as soon as one that dies in the first', async () => {
  const call = { verb: 'list' as const, shelf: 'flows' as const };
  const refused = { refusal: 'notReached' as const };
  const outage = Array.from({ length: 7 }, (_, nth) => ({ ...call, nth, how: refused }));
  const commit = 'never' as const;
  const death = { hit: 'kill' as const, point: 'sent' as const, forMs: 60_000, commit };
  const lasting = async (faults: Scenario['faults']) => {
    const { ms, violations } = await play({ ...quiet, faults }, code);
    expect(violations).toEqual([]);
    return ms;
  };
  const early = (await lasting([{ ...call, nth: 0, how: death }])) - (await lasting([]));
  const late = (await lasting([...outage, { ...call, nth: 7, how: death }])) - (await lasting(outage));
  // Missed after two seconds, and replaced a second later.
  expect(early).toBeLessThan(3_500);
  expect(late).toBeLessThan(15_000);
});

it('a create that is cancelled between an attempt that timed out and the next one is in doubt', async () => {
  const how = {
    hit: 'serverDown' as const,
    point: 'beforeSending' as const,
    forMs: 9_000,
    commit: { part: 0.9 },
  };
  const played = await play(
    {
      ...quiet,
      aep: { ...quiet.aep, httpTimeoutMs: 1_500, listLagMs: 0, latencyMs: 40 },
      faults: [{ verb: 'create', shelf: 'sourceConnections', nth: 0, how }],
      acts: [{ what: 'cancel', atMs: 141, againAfterMs: 0 }],
    },
    code,
  );
  expect(played.violations).toEqual([]);
});

describe('a dataflow that is deleted and created again with another mapping, whose old mapping set AEP cannot delete,', () => {
  const acts = [
    { what: 'change' as const, part: 'mapping' as const, to: 1 },
    { what: 'delete' as const, againAfterMs: 60_000 },
  ];
  /** The first mapping set is made at once, the second meets all this. */
  const meeting = (hows: CallFault['how'][]) =>
    hows.map((how, index) => ({
      verb: 'create' as const,
      shelf: 'mappingSets' as const,
      nth: 1 + index,
      how,
    }));
  const unavailable = { loss: 'error' as const, afterMs: 0, commit: 'never' as const };
  const late = { loss: 'error' as const, afterMs: 0, commit: { part: 0.9 } };

  it.each(['kept', 'dropped'] as const)(
    'waits between POSTs that meet 503 as it does the first time (names are %s)',
    async (mappingSetNames) => {
      const aep = { ...quiet.aep, mappingSetNames };
      const faults = meeting(Array.from({ length: 8 }, () => unavailable));
      expect(await play({ ...quiet, aep, acts, faults }, code)).toMatchObject({ violations: [] });
    },
  );

  it.each(['kept', 'dropped'] as const)(
    'finds the one that a POST made late, and makes no other (names are %s)',
    async (mappingSetNames) => {
      const aep = { ...quiet.aep, mappingSetNames };
      const faults = meeting([unavailable, unavailable, late]);
      const { violations, duplicates } = await play({ ...quiet, aep, acts, faults }, code);
      expect({ violations, duplicates }).toEqual({ violations: [], duplicates: 0 });
    },
  );

  it.each(['kept', 'dropped'] as const)(
    'and is terminated with a POST on its way, waits for what that may make (names are %s)',
    async (mappingSetNames) => {
      const aep = { ...quiet.aep, mappingSetNames };
      const faults = meeting([{ loss: 'hang', afterMs: 0, commit: { part: 0.9 } }]);
      const terminate = { what: 'terminate' as const, atMs: 2_000, againAfterMs: 0 };
      const played = await play({ ...quiet, aep, acts: [...acts, terminate], faults }, code);
      expect(played.violations).toEqual([]);
    },
  );
});

describe('lists of workflows that stop for longer than the settle time, and come back out of order,', () => {
  const forMs = 37_000;
  const incidents = [{ what: 'listsStop' as const, atMs: 0, forMs }];

  it.each(['older', 'given schema', 'given dataset'] as const)(
    'hide a create that was terminated with a POST on its way, and the next makes no second of anything (%s)',
    async (generation) => {
      // It waits for half a minute before its first POST. What that makes shows in no list of AEP's for ten seconds.
      for (let atMs = 33_000; atMs <= forMs; atMs += 500) {
        for (const shelf of ['sourceConnections', 'targetConnections', 'flows'] as const) {
          const how = { loss: 'hang' as const, afterMs: 0, commit: { part: 0.9 } };
          const faults = [{ verb: 'create' as const, shelf, nth: 0, how }];
          const acts = [{ what: 'terminate' as const, atMs, againAfterMs: forMs + 1 - atMs }];
          const played = await play({ ...quiet, seed: atMs, generation, incidents, faults, acts }, code);
          expect(played.violations, `${shelf}, terminated after ${atMs} ms`).toEqual([]);
        }
      }
    },
  );

  it('hide a run that was reset meanwhile, and the next makes no second of anything', async () => {
    const how = { loss: 'hang' as const, afterMs: 0, commit: { part: 0.9 } };
    const faults = [{ verb: 'create' as const, shelf: 'sourceConnections' as const, nth: 0, how }];
    const lasting = 34_000;
    const stopped = [{ what: 'listsStop' as const, atMs: 50, forMs: lasting }];
    for (let seed = 1; seed <= 24; seed++) {
      const acts = [
        { what: 'reset' as const, atMs: 150, to: 0.99 },
        { what: 'terminate' as const, atMs: lasting - 200, againAfterMs: 1_500 },
      ];
      const life = { ...quiet, seed, generation: 'given dataset' as const, incidents: stopped, faults, acts };
      expect((await play(life, code)).violations, `seed ${seed}`).toEqual([]);
    }
  });
});

describe('a Temporal that has forgotten the run before', () => {
  const forget = { what: 'forget' as const };

  it.each(['newer', 'older', 'once'] as const)(
    'and that one was cut off just now: what AEP shows of it says so, and there is no second of anything (%s)',
    async (generation) => {
      const how = { loss: 'hang' as const, afterMs: 0, commit: { part: 0.9 } };
      for (const shelf of ['sourceConnections', 'dataSets', 'flows'] as const) {
        const faults = [{ verb: 'create' as const, shelf, nth: 0, how }];
        for (let atMs = 100; atMs < 2_000; atMs += 300) {
          const acts = [forget, { what: 'terminate' as const, atMs, againAfterMs: 0 }];
          const { violations } = await play({ ...quiet, seed: atMs, generation, faults, acts }, code);
          expect(violations, `${shelf}, terminated after ${atMs} ms`).toEqual([]);
        }
      }
    },
  );

  it('is no reason to wait where everything is in place, and one where something has to be made', async () => {
    const lasting = async (acts: Scenario['acts']) => {
      const { ms, violations } = await play({ ...quiet, acts }, code);
      expect(violations).toEqual([]);
      return ms;
    };
    const once = await lasting([]);
    const afterMs = 60_000;
    expect(await lasting([forget, { what: 'again', afterMs }])).toBeLessThan(afterMs + 2 * once + 100);
    const again = { what: 'again' as const, afterMs };
    const missing = await lasting([forget, again, { what: 'delete', againAfterMs: afterMs }]);
    expect(missing).toBeGreaterThan(2 * afterMs + 29_000);
  });
});

describe('where people approve each plan and others change the flow', () => {
  const approve = (part: 'source' | 'mapping', to: number) => ({
    what: 'approve' as const,
    part,
    to,
    afterMs: 5_000,
  });
  const others = (afterMs: number) => ({ what: 'others' as const, afterMs });

  it('what was approved is carried out once, also where a plan was stale and workers died meanwhile', async () => {
    for (const [seed, atMs] of [500, 4_000, 6_000, 9_000, 20_000].entries()) {
      const acts = [
        approve('mapping', 1),
        others(100),
        others(4_900),
        approve('source', 1),
        { what: 'terminate' as const, atMs, againAfterMs: 100 },
        { what: 'reset' as const, atMs, to: 0.5 },
      ];
      const incidents = [500, 6_000, 30_000].map((at) => ({
        what: 'kill' as const,
        atMs: at + atMs,
        worker: 0,
        forMs: 2_500,
      }));
      const { violations } = await play({ ...quiet, seed, acts, incidents }, code);
      expect(violations, `${atMs} ms`).toEqual([]);
    }
  });
});
