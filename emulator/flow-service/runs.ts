/** Flow runs: listed and read, asked for on demand, tried again. */
import { Hono } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { findFlowSpec } from '../data/flow-specs.ts';
import { flowError, flowNotFound } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { valuesAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Narrow, Run } from '../runs/run-book.ts';
import { countsOf, etagOf, runObject, statusOf, updatedAt } from '../runs/run-object.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import type { Filter } from './filters.ts';
import { matches, matchesValue } from './filters.ts';
import { transformation } from './flow-checks.ts';
import { isHidden, runFlow } from './flow-view.ts';
import { checkVersion, find, readOperation, requireBody, update } from './items.ts';
import { page, readListQuery } from './listing.ts';

/** Fields that are read from what is kept of a run: a filter on them need not build the whole object. */
const quick: Record<string, (run: Run, now: number) => Json> = {
  id: (run) => run.id,
  flowId: (run) => run.flowId,
  createdAt: (run) => run.createdAt,
  updatedAt,
  state: statusOf,
  'metrics.statusSummary.status': statusOf,
  'metrics.durationSummary.startedAtUTC': (run, now) => (now < run.startedAt ? undefined : run.startedAt),
  'metrics.durationSummary.completedAtUTC': (run, now) => (now < run.endAt ? undefined : run.completedAt),
};

/** How far the indexes can narrow a search down. */
function narrowing(filters: Filter[]): Narrow {
  const narrow: Narrow = {};
  for (const { path, operator, values } of filters) {
    const number = Number(values[0]);
    if (path === 'id' && operator === '==') narrow.ids = values;
    if (path === 'flowId' && operator === '==') narrow.flowIds = values;
    const starts = operator.startsWith('>') || (operator === '==' && values.length === 1);
    if (path === 'createdAt' && starts) narrow.createdFrom = number;
    if (path === 'metrics.durationSummary.completedAtUTC') {
      if (starts) narrow.completedFrom = number;
      else if (operator.startsWith('<')) narrow.completedTo = number;
    }
  }
  return narrow;
}

export function listRuns(world: World, sandbox: Sandbox, params: URLSearchParams): JsonObject {
  const now = world.now();
  const query = readListQuery(params, '/runs');
  const { after, count, filters, limit, order } = query;
  const object = (run: Run): JsonObject =>
    runObject(run, runFlow(sandbox, sandbox.flows.get(run.flowId)), now);
  const quickFilters = filters.filter(({ path }) => path in quick);
  const slowFilters = filters.filter(({ path }) => !(path in quick));
  const isWanted = (run: Run): boolean =>
    !isHidden(world.settings, sandbox.flows.get(run.flowId)) &&
    quickFilters.every((filter) => {
      const value = quick[filter.path]?.(run, now);
      return value !== undefined && matchesValue(value, filter);
    }) &&
    (slowFilters.length === 0 || matches(object(run), slowFilters));

  // In order of creation, a page of a year of runs need not look at the whole year.
  const inOrder = !count && (order === undefined || (order.path === 'createdAt' && !order.descending));
  const narrow = narrowing(filters);
  if (inOrder && after !== undefined)
    narrow.createdFrom = Math.max(narrow.createdFrom ?? -Infinity, after.value);
  const found: Run[] = [];
  let past = 0;
  for (const run of sandbox.runs.visible(narrow, now)) {
    const last = found.at(-1);
    if (inOrder && past > limit && last !== undefined && run.createdAt > last.createdAt) break;
    if (!isWanted(run)) continue;
    found.push(run);
    if (after === undefined || run.createdAt > after.value || run.id > after.id) past += 1;
  }
  if (count) return { count: found.length };
  const cut = page(found, query, '/runs', (run, { path }) =>
    path in quick ? quick[path]?.(run, now) : valuesAt(object(run), path)[0],
  );
  return { items: cut.page.map(object), _links: cut.links };
}

function findRun(world: World, caller: Caller, id: string): Run {
  const run = caller.sandbox.runs.get(id, world.now());
  if (run === undefined || isHidden(world.settings, caller.sandbox.flows.get(run.flowId)))
    throw flowNotFound('runs', id);
  return run;
}

const isBatch = (flow: JsonObject): boolean =>
  findFlowSpec(flow.flowSpec?.id)?.attributes.frequency === 'batch';

/** The delta column of an on-demand run: the first one fixes it for the flow. */
function settleDeltaColumn(world: World, caller: Caller, flow: JsonObject, params: JsonObject): void {
  const usesColumn = findFlowSpec(flow.flowSpec?.id)?.transformationSpecs.some(({ name }) => name === 'Copy');
  if (usesColumn !== true) return;
  const fixed = transformation(flow, 'Copy')?.params?.deltaColumn;
  const given = params.deltaColumn;
  if (fixed === undefined && given?.name === undefined)
    throw flowError('CONNECTOR-1383-400', 'The delta column is missing.');
  if (fixed !== undefined && given?.name !== undefined && given.name !== fixed.name) {
    throw flowError(
      'CONNECTOR-1382-400',
      `The delta column ${given.name} differs from the flow's, ${fixed.name}.`,
    );
  }
  if (fixed !== undefined) return;
  const others = (flow.transformations ?? []).filter((one: Json) => one.name !== 'Copy');
  update(world, caller, 'flows', flow, {
    transformations: [{ name: 'Copy', params: { deltaColumn: given } }, ...others],
  });
}

function startOnDemand(world: World, caller: Caller, body: JsonObject): Run {
  const flow = caller.sandbox.flows.get(String(body.flowId));
  if (flow === undefined || isHidden(world.settings, flow))
    throw flowError('1430-400', `Flow not found with id ${body.flowId}.`);
  const params: JsonObject = body.params ?? {};
  if (flow.scheduleParams?.frequency !== 'once') {
    throw flowError('CONNECTOR-1386-400', 'Only a flow with the frequency once can be run on demand.');
  }
  if (!isBatch(flow))
    throw flowError('CONNECTOR-1380-400', 'Only flows of batch sources can be run on demand.');
  if (flow.state !== 'enabled') throw flowError('CONNECTOR-1388-400', 'The flow is not enabled.');
  if (
    params.windowStartTime !== undefined &&
    !(Number(params.windowStartTime) < Number(params.windowEndTime))
  ) {
    throw flowError('CONNECTOR-1381-400', 'The windowStartTime does not lie before the windowEndTime.');
  }
  settleDeltaColumn(world, caller, flow, params);
  const now = world.now();
  const startedAt = Math.max(now + 5000, Number(params.startTime ?? 0) * 1000);
  return caller.sandbox.runs.make(flow.id, now, { params, startedAt });
}

function retrigger(world: World, caller: Caller, run: Run): Run {
  const now = world.now();
  const flow = find(caller, 'flows', run.flowId);
  const status = statusOf(run, now);
  const empty = status === 'success' && countsOf(run).read === 0;
  if (!isBatch(flow) || (status !== 'failed' && !empty)) {
    throw flowError('CONNECTOR-1387-400', `The run ${run.id} is ${status} and can't be triggered again.`);
  }
  if (flow.state !== 'enabled') throw flowError('CONNECTOR-1388-400', 'The flow is not enabled.');
  const details = run.params === undefined ? {} : { params: run.params };
  return caller.sandbox.runs.make(run.flowId, now, details, run.rows?.took);
}

export function runs(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.get('/', (c) => c.json(listRuns(world, c.get('caller').sandbox, new URL(c.req.url).searchParams)));

  app.post('/', (c) => {
    const body = requireBody(c.get('body'));
    world.unknownFields.check('POST /flowservice/runs', body, fieldsOf.run);
    const run = startOnDemand(world, c.get('caller'), body);
    // Three shapes are documented: the newest page wraps the pair in `items`.
    return c.json({ items: [{ id: run.id, etag: etagOf(run, world.now()) }] }, 201);
  });

  app.get('/:id', (c) => {
    const { sandbox } = c.get('caller');
    const run = findRun(world, c.get('caller'), c.req.param('id'));
    return c.json({ items: [runObject(run, runFlow(sandbox, sandbox.flows.get(run.flowId)), world.now())] });
  });

  app.put('/:id', (c) => {
    const caller = c.get('caller');
    const run = findRun(world, caller, c.req.param('id'));
    checkVersion({ etag: etagOf(run, world.now()) }, c.req.header('if-match'), true);
    const { id: _id, flowId: _flowId, etag: _etag, ...change } = requireBody(c.get('body'));
    caller.sandbox.runs.change(run, change);
    return c.json({ id: run.id, etag: etagOf(run, world.now()) });
  });

  app.post('/:id/action', (c) => {
    const caller = c.get('caller');
    const run = findRun(world, caller, c.req.param('id'));
    checkVersion({ etag: etagOf(run, world.now()) }, c.req.header('if-match'), false);
    const verb = readOperation(c.req.query('op'));
    if (verb !== 'RE_TRIGGER') throw flowError('1422-400', `The operation ${verb} is not valid here.`);
    const again = retrigger(world, caller, run);
    return c.json({ id: again.id, etag: etagOf(again, world.now()) });
  });

  return app;
}
