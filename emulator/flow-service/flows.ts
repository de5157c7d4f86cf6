/** Flows: made, switched on and off, patched, deleted; drafts first filled in and then published. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { flowError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { Json, JsonObject } from '../json.ts';
import { readSchedule } from '../runs/schedule.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import { checkedSpec, checkEnds, checkFlow } from './flow-checks.ts';
import { flowView } from './flow-view.ts';
import { checkVersion, create, find, patched, readOperation, requireBody, update } from './items.ts';
import { listItems, searchParams } from './listing.ts';
import { listRuns } from './runs.ts';

const patchable =
  /^\/(name|description|scheduleParams|transformations|labels|options|sourceConnectionIds|targetConnectionIds)(\/|$)/;

function operation(now: number, name: string, ops?: Json): JsonObject {
  return {
    lastOperation: {
      started: now,
      updated: now,
      percentCompleted: 100,
      status: { value: 'completed', errors: [] },
      ...(ops === undefined ? {} : { ops }),
      operation: name,
    },
  };
}

/** Runs follow the schedule while the flow is enabled. */
function follow(sandbox: Sandbox, flow: JsonObject, now: number): void {
  const schedule = readSchedule(flow.scheduleParams);
  if (flow.state === 'enabled' && schedule !== undefined) sandbox.runs.switchOn(flow.id, schedule, now);
  else sandbox.runs.switchOff(flow.id, now);
}

/** Patching the schedule of a flow whose start has passed. */
function checkScheduleChange(before: JsonObject, after: JsonObject, now: number): boolean {
  const [old, next] = [before.scheduleParams ?? {}, after.scheduleParams ?? {}];
  const started = Number(old.startTime) * 1000 <= now;
  if (!started) return false;
  if (String(old.startTime) !== String(next.startTime)) {
    throw flowError('CONNECTOR-1366-400', 'The startTime has passed and may not change any more.');
  }
  if (old.frequency !== 'once' && next.frequency === 'once') {
    throw flowError('CONNECTOR-1403-400', 'A flow that has started may not turn into once.');
  }
  if (String(old.backfill) !== String(next.backfill)) {
    throw flowError('CONNECTOR-1404-400', 'The backfill of a flow that has started may not change.');
  }
  return true;
}

function act(world: World, caller: Caller, flow: JsonObject, verb: string): JsonObject {
  const now = world.now();
  const refuse = (code: string): never => {
    throw flowError(code, `The operation ${verb} is not possible in state ${flow.state}.`);
  };
  // Guess: which of the three codes belongs to which transition, and that a repeated one is refused.
  if (verb === 'ENABLE' && flow.state !== 'disabled') refuse('1420-400');
  if (verb === 'DISABLE' && flow.state !== 'enabled') refuse('1421-400');
  if (verb === 'PUBLISH') {
    if (flow.state !== 'draft') refuse('1422-400');
    checkFlow(caller.sandbox, flow, now);
  }
  if (!['ENABLE', 'DISABLE', 'PUBLISH', 'FINALIZE', 'FINALIZE_UPDATE'].includes(verb)) refuse('1422-400');
  // Guess: finalizing is for flows that wait to be finalized, and there are none here.
  const state = verb === 'DISABLE' ? 'disabled' : verb.startsWith('FINALIZE') ? flow.state : 'enabled';
  const changed = update(world, caller, 'flows', flow, { state, ...operation(now, verb.toLowerCase()) });
  follow(caller.sandbox, changed, now);
  return changed;
}

export function flows(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  const list = (caller: Caller, params: URLSearchParams, path: string): JsonObject => {
    const { sandbox } = caller;
    const now = world.now();
    const stored = sandbox.flows.listed(world.settings.listLagMs);
    // Working out inherited fields and the last run of thousands of flows is only worth it when they are asked for.
    const asks = [...params.getAll('property'), params.get('orderby') ?? ''].some((text) =>
      /inheritedAttributes|lastRunDetails/.test(text),
    );
    if (asks)
      return listItems(
        stored.map((flow) => flowView(sandbox, flow, now)),
        params,
        path,
        (flow) => flow,
      );
    return listItems(stored, params, path, (flow) => flowView(sandbox, flow, now));
  };

  app.get('/', (c) => c.json(list(c.get('caller'), new URL(c.req.url).searchParams, '/flows')));

  app.post('/search', (c) => {
    const params = searchParams(c.get('body'), new URL(c.req.url).searchParams);
    const answer = list(c.get('caller'), params, '/flows/search');
    const wanted = c.get('body') as JsonObject | undefined;
    if (typeof wanted?.projectionFields !== 'string' || answer.items === undefined) return c.json(answer);
    const fields = wanted.projectionFields.split(',').map((field: string) => field.trim());
    const project = (item: JsonObject): JsonObject =>
      Object.fromEntries(fields.map((field: string) => [field, item[field]]));
    return c.json({ ...answer, items: answer.items.map(project) });
  });

  app.post('/', (c) => {
    const caller = c.get('caller');
    const body = requireBody(c.get('body'));
    world.unknownFields.check('POST /flowservice/flows', body, fieldsOf.flow);
    if (body.state !== undefined)
      throw flowError('1410-400', 'The state may not be given when a flow is created.');
    const now = world.now();
    const draft = c.req.query('mode') === 'draft';
    if (draft) checkEnds(caller.sandbox, body, checkedSpec(body));
    else checkFlow(caller.sandbox, body, now);
    const fields = { transformations: [], ...body, ...operation(now, 'create') };
    const flow = create(world, caller, 'flows', fields, draft ? 'draft' : 'enabled');
    follow(caller.sandbox, flow, now);
    return c.json({ id: flow.id, etag: flow.etag }, 201, { location: `/flows/${flow.id}` });
  });

  app.get('/:id', (c) => {
    const { sandbox } = c.get('caller');
    return c.json({
      items: [flowView(sandbox, find(c.get('caller'), 'flows', c.req.param('id')), world.now())],
    });
  });

  app.get('/:id/runs', (c) => {
    find(c.get('caller'), 'flows', c.req.param('id'));
    const params = new URL(c.req.url).searchParams;
    params.append('property', `flowId==${c.req.param('id')}`);
    return c.json(listRuns(world, c.get('caller').sandbox, params));
  });

  app.patch('/:id', (c) => {
    const caller = c.get('caller');
    const now = world.now();
    const flow = find(caller, 'flows', c.req.param('id'));
    checkVersion(flow, c.req.header('if-match'), true);
    const { changed, steps } = patched(flow, c.get('body'), patchable);
    if (flow.state !== 'draft')
      checkFlow(caller.sandbox, changed, now, checkScheduleChange(flow, changed, now));
    const stored = update(world, caller, 'flows', flow, { ...changed, ...operation(now, 'update', steps) });
    if (steps.some(({ path }) => path.startsWith('/scheduleParams'))) follow(caller.sandbox, stored, now);
    return c.json({ id: stored.id, etag: stored.etag });
  });

  const action = (c: Context<Env, '/:id/action'>): Response => {
    const caller = c.get('caller');
    const flow = find(caller, 'flows', c.req.param('id'));
    checkVersion(flow, c.req.header('if-match'), false);
    const { id, etag } = act(world, caller, flow, readOperation(c.req.query('op')));
    return c.json({ id, etag });
  };
  app.post('/:id/action', action);

  app.delete('/:id', (c) => {
    const caller = c.get('caller');
    const flow = find(caller, 'flows', c.req.param('id'));
    caller.sandbox.runs.switchOff(flow.id, world.now());
    caller.sandbox.flows.remove(flow.id);
    return c.body(null, 204);
  });

  return app;
}
