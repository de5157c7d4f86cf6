import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../dev/child.ts';
import { inTurns } from '../../src/activities/in-turns.ts';
import { DataflowError } from '../../src/client/dataflow-error.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { dataflowId } from '../../src/definition/identity.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { CreateDataflowResult } from '../../src/workflows/messages.ts';
import { healthQuery } from '../../src/workflows/watch/watch-messages.ts';
import { shelfOf } from '../../test/simulation/shelf.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { newDefinition } from '../lib/definitions.ts';
import type { Line, LineChart } from '../lib/line-chart.ts';
import { used } from '../lib/used.ts';
import type { Cluster } from './cluster.ts';
import type { Crew } from './crew.ts';

/** A day of the product's life, at speed. */
export interface Day {
  minutes: number;
  creates: number;
  changes: number;
  runs: number;
  failedRuns: number;
  deploys: number;
  /** Dataflows, creates or changes that did not end well by themselves, and runs that were not judged. */
  humanSteps: number;
  duplicates: number;
  orphans: number;
  /** Resident, of a worker: most, and at the end. MB. */
  workerMb: { most: number; last: number };
  databaseMb: { first: number; last: number };
  /** Bytes of the largest open history at the end. */
  largestHistory?: number;
  /** Names of the pictures that were drawn. */
  pictures: string[];
}

interface Alive {
  definition: Definition;
  result: CreateDataflowResult;
  runs: number;
  /** One change of a dataflow at a time: that is what its lock is for. */
  isChanging: boolean;
}

/** Of which each dataflow has one. */
const kinds = [
  'flow',
  'dataset',
  'sourceConnection',
  'targetConnection',
  'mappingSet',
  'schema',
] as const satisfies Kind[];
const openWatchers = 'WorkflowType = "watchFlowRuns" AND ExecutionStatus = "Running"';
const sampleEveryMs = 3_000;
const patienceMs = 180_000;

/**
 * Lives for so many minutes: a create and a change in turns, a run of each dataflow now and then of which every fifth fails,
 * a deploy of the workers each fifth of the time, and in the middle everything is killed.
 */
export async function day(
  cluster: Cluster,
  crew: Crew,
  minutes: number,
): Promise<{ day: Omit<Day, 'pictures'>; charts: Record<string, LineChart> }> {
  const { dataflows, emulator } = crew;
  const began = Date.now();
  const at = () => Date.now() - began;
  const ends = began + minutes * 60_000;
  const marks: { at: number; label: string }[] = [];
  const tried: Definition[] = [];
  let workers = [...crew.workers];
  const alive: Alive[] = [];
  const open = new Set<Promise<void>>();
  const counts = { creates: 0, changes: 0, runs: 0, failedRuns: 0, deploys: 0, humanSteps: 0 };
  const beside = (work: Promise<void>) => {
    const done = work
      .catch((error: unknown) => {
        counts.humanSteps += 1;
        console.error(String(error));
      })
      .finally(() => open.delete(done));
    open.add(done);
  };

  const lines = linesOf();
  const over = new AbortController();
  const sampling = (async () => {
    while (!over.signal.aborted) {
      await sample(lines, at(), cluster, crew, workers).catch(() => undefined);
      await sleep(sampleEveryMs);
    }
  })();

  let nextDeploy = began + (minutes * 60_000) / 5;
  let isKilled = false;
  for (let turn = 0; Date.now() < ends; turn++) {
    if (turn % 2 === 0 || alive.length === 0) {
      counts.creates += 1;
      const definition = newDefinition('newer');
      tried.push(definition);
      beside(
        throughOutages(async () => {
          const result = await (await dataflows.start(definition)).result();
          alive.push({ definition, result, runs: 0, isChanging: false });
        }),
      );
    } else {
      const one = alive[turn % alive.length]!;
      if (!one.isChanging) {
        counts.changes += 1;
        one.isChanging = true;
        const definition = { ...one.definition, description: `Changed in turn ${turn}` };
        const change = throughOutages(async () => void (await dataflows.update({ definition })));
        beside(change.finally(() => (one.isChanging = false)));
      }
    }
    for (const one of alive.filter((_, index) => index % 7 === turn % 7)) {
      const failed = counts.runs % 5 === 4;
      await emulator.makeRun(one.result.flowId, {
        outcome: failed ? 'failed' : 'success',
        completedAt: Date.now(),
      });
      counts.runs += 1;
      one.runs += 1;
      if (failed) counts.failedRuns += 1;
    }
    if (Date.now() > nextDeploy) {
      nextDeploy += (minutes * 60_000) / 5;
      counts.deploys += 1;
      marks.push({ at: at(), label: 'deploy' });
      workers = await deployed(crew, workers);
    }
    if (!isKilled && Date.now() > began + minutes * 30_000) {
      isKilled = true;
      marks.push({ at: at(), label: 'all killed' });
      workers = await killEverything(cluster, crew, workers);
    }
    await sleep(1_000);
  }
  await Promise.race([Promise.all(open), sleep(patienceMs)]);
  // These would have to be looked at by somebody.
  counts.humanSteps += open.size;
  const unjudged = await judged(crew, alive);
  over.abort();
  await sampling;
  const tooMany = await surplus(crew, tried, alive);
  const values = (line: Line) => line.points.map(({ value }) => value);
  const database = values(lines.database);
  const memory = values(lines.worker);
  return {
    day: {
      minutes,
      ...counts,
      humanSteps: counts.humanSteps + unjudged,
      ...tooMany,
      workerMb: { most: Math.max(...memory), last: memory.at(-1) ?? NaN },
      databaseMb: { first: database[0] ?? NaN, last: database.at(-1) ?? NaN },
      largestHistory: Math.round((values(lines.largest).at(-1) ?? NaN) * 1_000),
    },
    charts: {
      memory: {
        title: 'A day at speed: resident memory',
        unit: 'MB',
        lines: [lines.worker, lines.server],
        marks,
      },
      histories: {
        title: 'A day at speed: open histories',
        unit: 'kB',
        lines: [lines.largest, lines.mean],
        marks,
      },
      database: {
        title: 'A day at speed: databases',
        unit: 'MB',
        lines: [lines.database, lines.visibility],
        marks,
      },
    },
  };
}

function linesOf() {
  const line = (label: string): Line => ({ label, points: [] });
  return {
    worker: line('a worker'),
    server: line('the server, all services'),
    largest: line('the largest'),
    mean: line('mean'),
    database: line('main'),
    visibility: line('visibility'),
  };
}

async function sample(
  lines: ReturnType<typeof linesOf>,
  at: number,
  cluster: Cluster,
  { client }: Crew,
  workers: Child[],
): Promise<void> {
  const put = (line: Line, value: number) => void (Number.isFinite(value) && line.points.push({ at, value }));
  put(lines.worker, Math.max(...workers.map(({ pid }) => used(pid).mb)));
  put(
    lines.server,
    cluster.pids().reduce((sum, pid) => sum + used(pid).mb, 0),
  );
  put(lines.database, await cluster.postgres.megabytes('temporal'));
  put(lines.visibility, await cluster.postgres.megabytes('temporal_visibility'));
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: openWatchers, pageSize: 10 })) {
    ids.push(workflowId);
    if (ids.length >= 10) break;
  }
  // Lists have it of what has ended only.
  const sizes = await Promise.all(
    ids.map(async (id) => ((await client.workflow.getHandle(id).describe()).historySize ?? 0) / 1_000),
  );
  if (sizes.length === 0) return;
  put(lines.largest, Math.max(...sizes));
  put(lines.mean, sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
}

/** New workers beside the old ones, which then end as they do on SIGTERM. */
async function deployed(crew: Crew, old: Child[]): Promise<Child[]> {
  const fresh: Child[] = [];
  for (const _ of old) fresh.push(await crew.startWorker());
  await Promise.all(old.map((worker) => worker.stop(12_000)));
  return fresh;
}

/** Every process but AEP, at once, and everything is started again. */
async function killEverything(cluster: Cluster, crew: Crew, workers: Child[]): Promise<Child[]> {
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
  await Promise.all([
    cluster.postgres.restart(1_000),
    ...cluster.hosts.map((host) => cluster.restart(host, 1_000)),
  ]);
  return await waitFor(
    'the cluster to be back',
    async () => {
      await crew.client.workflow.count();
      const fresh: Child[] = [];
      for (const _ of workers) fresh.push(await crew.startWorker());
      return fresh;
    },
    patienceMs,
  );
}

/** A client that loses its server asks again, as any does: the workflow goes on meanwhile, and holds its lock. */
async function throughOutages(work: () => Promise<void>): Promise<void> {
  let wasAway = false;
  for (let left = 60; ; left--) {
    try {
      await work();
      return;
    } catch (error) {
      const text = `${String(error)} ${String((error as Error).cause)}`;
      const isAway = /UNAVAILABLE|DEADLINE|CANCELLED|gRPC|ECONN|shutdown/i.test(text);
      wasAway ||= isAway;
      const isHeld = wasAway && error instanceof DataflowError && error.type === 'Conflict';
      if (left === 0 || !(isAway || isHeld)) throw error;
      await sleep(2_000);
    }
  }
}

/** How many runs no watcher has judged though it had the time. */
async function judged({ client }: Crew, alive: Alive[]): Promise<number> {
  let missing = 0;
  for await (const [, short] of inTurns(alive, async ({ result: { watcherWorkflowId }, runs }) => {
    const totals = async () => {
      const health = await client.workflow.getHandle(watcherWorkflowId).query(healthQuery);
      const { ok, degraded, failed } = health.totals;
      return ok + degraded + failed;
    };
    const isComplete = async () => (await totals()) >= runs;
    return (await waitFor('every run to be judged', isComplete, patienceMs).catch(() => false)) ? 0 : 1;
  }))
    missing += short;
  return missing;
}

/** What there is of ours beside one of each kind for each dataflow, and what of a dataflow that was made its answer does not name. @throws where less is there. */
async function surplus(
  { emulator }: Crew,
  tried: Definition[],
  alive: Alive[],
): Promise<Pick<Day, 'duplicates' | 'orphans'>> {
  const made = new Map(alive.map(({ definition, result }) => [dataflowId(definition), result]));
  let duplicates = 0;
  let orphans = 0;
  for (const kind of kinds) {
    const { name, observe } = resources[kind];
    // What needs no mark has a title of its own.
    const ours = new Map(
      tried.flatMap((one) => [dataflowId(one), name(one)].map((key) => [key, dataflowId(one)])),
    );
    const ids = Map.groupBy(await emulator.resources(shelfOf[kind]), (stored) => {
      const { mark, name } = observe(stored);
      return ours.get(mark?.dataflow ?? name ?? '');
    });
    for (const dataflow of made.keys())
      if (!ids.has(dataflow)) throw new Error(`There is no ${kind} of ${dataflow}, which was made`);
    for (const [dataflow, some] of ids) {
      if (dataflow === undefined) continue;
      duplicates += some.length - 1;
      const result = made.get(dataflow);
      const known = result && [result.resources[kind], ...result.surplus.map(({ id }) => id)];
      orphans += known ? some.filter((stored) => !known.includes(observe(stored).id)).length : 0;
    }
  }
  return { duplicates, orphans };
}
