/** Catalog: the batches that flow runs loaded. Each run that reached its promotion has one. */
import { Hono } from 'hono';
import { plainError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import { batchIdOf, countsOf, statusOf } from '../runs/run-object.ts';
import type { Run } from '../runs/run-book.ts';
import type { Sandbox, World } from '../world.ts';
import { keyed, readList } from './listing.ts';

/** The dataset that a flow loads, or loaded before it was deleted. */
export function dataSetOf(sandbox: Sandbox, flowId: string): string | undefined {
  const targetId = sandbox.flows.get(flowId)?.targetConnectionIds?.[0];
  return sandbox.targetConnections.get(targetId)?.params?.dataSetId ?? sandbox.filled.get(flowId);
}

// Guess beyond status, counts and times: what a batch says about where it came from.
function batchOf(sandbox: Sandbox, run: Run, now: number): JsonObject | undefined {
  const dataSetId = dataSetOf(sandbox, run.flowId);
  const counts = countsOf(run);
  const promotionAt = run.startedAt + (run.endAt - run.startedAt) / 2;
  if (dataSetId === undefined || counts.copyFailed || now < promotionAt) return undefined;
  const ended = now >= run.endAt;
  const failed = statusOf(run, now) === 'failed';
  return {
    id: batchIdOf(run),
    created: run.startedAt,
    started: run.startedAt,
    updated: ended ? run.endAt : run.startedAt,
    ...(ended ? { completed: run.endAt } : {}),
    status: ended ? (failed ? 'failed' : 'success') : 'processing',
    recordCount: ended && !failed ? counts.read - counts.failed : 0,
    failedRecordCount: ended ? counts.failed : 0,
    errors:
      ended && counts.problem !== undefined
        ? [counts.problem, ...(run.rows?.errors ?? [])].map(({ message, ...rest }) => ({
            ...rest,
            description: message,
          }))
        : [],
    relatedObjects: [{ type: 'dataSet', id: dataSetId }],
  };
}

export function batches(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  const all = (sandbox: Sandbox, wanted?: string): JsonObject[] => {
    const now = world.now();
    const flowIds = [...sandbox.flows.all().map(({ id }) => String(id)), ...sandbox.filled.keys()].filter(
      (id) => wanted === undefined || dataSetOf(sandbox, id) === wanted,
    );
    const runs = sandbox.runs.visible({ flowIds }, now);
    return runs.map((run) => batchOf(sandbox, run, now)).filter((batch) => batch !== undefined);
  };

  app.get('/batches', (c) => {
    const params = new URL(c.req.url).searchParams;
    const status = params.get('status');
    const found = all(c.get('caller').sandbox, params.get('dataSet') ?? undefined).filter(
      (batch) => status === null || batch.status === status,
    );
    return c.json(keyed(readList(found, params), params));
  });

  app.get('/batches/:id', (c) => {
    const batch = all(c.get('caller').sandbox).find(({ id }) => id === c.req.param('id'));
    if (batch === undefined) throw plainError(404, `The batch ${c.req.param('id')} was not found.`);
    return c.json(keyed([batch], new URL(c.req.url).searchParams));
  });

  return app;
}
