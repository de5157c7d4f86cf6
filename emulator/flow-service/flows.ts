/** Flows: made, switched on and off, patched, deleted; drafts first filled in and then published. */
import { dataSetOf } from '../catalog/batches.ts';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { flowError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import type { Caller, World } from '../world.ts';
import { checkedSpec, checkEnds, checkFlow } from './flow-checks.ts';
import { findVisible, flowView, isHidden, touchedByRun } from './flow-view.ts';
import { checkVersion, create, find, patched, readMode, readOperation, requireBody } from './items.ts';
import { listItems, searchParams } from './listing.ts';
import { creation, follow, isBusy, operate } from './operations.ts';
import { listRuns } from './runs.ts';

const patchable = /^\/(name|description|scheduleParams|transformations|labels|options)(\/|$)/;
/** Guess: no sample patches what a flow connects. A living flow keeps it; a draft is still to be filled in. */
const patchableInDraft =
  /^\/(name|description|scheduleParams|transformations|labels|options|sourceConnectionIds|targetConnectionIds)(\/|$)/;

/** A percentage that is sent as text is shown as a number; schedules are shown as they were sent. */
function withNumbers(flow: JsonObject): JsonObject {
  const percent = flow.options?.partialIngestionPercent;
  if (typeof percent !== 'string') return flow;
  return { ...flow, options: { ...flow.options, partialIngestionPercent: Number(percent) } };
}

/** Patching the schedule of a flow whose start has passed. Guess: from `once` to a period is let through; only the UI is said not to do it. */
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
  if (isBusy(flow)) throw flowError('1421-400', `The current state ${flow.state} cannot be transitioned.`);
  const from: Record<string, string> = { ENABLE: 'disabled', DISABLE: 'enabled', PUBLISH: 'draft' };
  // Guess: finalizing is for flows that wait to be finalized, and there are none here.
  const finalizes = verb === 'FINALIZE' || verb === 'FINALIZE_UPDATE';
  if (!finalizes && from[verb] !== flow.state)
    throw flowError('1422-400', `The action ${verb} cannot be applied on the current state ${flow.state}.`);
  if (verb === 'PUBLISH') checkFlow(caller.sandbox, flow, world.now());
  const state = verb === 'DISABLE' ? 'disabled' : finalizes ? flow.state : 'enabled';
  return operate(world, caller, flow, verb.toLowerCase(), { state });
}

export function flows(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  const list = (caller: Caller, params: URLSearchParams, path: string): JsonObject => {
    const { sandbox } = caller;
    const view = (flow: JsonObject): JsonObject => flowView(world, sandbox, flow);
    const stored = sandbox.flows
      .listed(world.settings.listLagMs)
      .filter((flow) => !isHidden(world.settings, flow));
    // Working out inherited fields and the last run of thousands of flows is only worth it when they are asked for.
    const asks = [...params.getAll('property'), params.get('orderby') ?? ''].some((text) =>
      /inheritedAttributes|lastRunDetails|updatedAt|version|etag/.test(text),
    );
    if (asks) return listItems(stored.map(view), params, path, (flow) => flow);
    return listItems(stored, params, path, view);
  };
  /** The flow as it is now, for a caller who means to change it. */
  const findToChange = (caller: Caller, id: string, ifMatch: string | undefined, required: boolean) => {
    const flow = find(caller, 'flows', id);
    if (isHidden(world.settings, flow)) {
      throw flowError(
        '2120-403',
        'You do not have sufficient permissions to perform the operation. Please contact your administrator to resolve permissions and try again.',
      );
    }
    const current = { ...flow, ...touchedByRun(world, caller.sandbox, flow) };
    checkVersion(current, ifMatch, required);
    return current;
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
    const draft = readMode(c.req.query('mode'));
    if (draft) checkEnds(caller.sandbox, body, checkedSpec(body));
    else checkFlow(caller.sandbox, body, now);
    const lastOperation = creation(draft ? 'draft_create' : 'create', now);
    const fields = { transformations: [], ...withNumbers(body), lastOperation };
    const flow = create(world, caller, 'flows', fields, draft ? 'draft' : 'enabled');
    follow(caller.sandbox, flow, now);
    return c.json({ id: flow.id, etag: flow.etag }, 201, { location: `/flows/${flow.id}` });
  });

  app.get('/:id', (c) => {
    const caller = c.get('caller');
    return c.json({
      items: [flowView(world, caller.sandbox, findVisible(world, caller, c.req.param('id')))],
    });
  });

  app.get('/:id/runs', (c) => {
    findVisible(world, c.get('caller'), c.req.param('id'));
    const params = new URL(c.req.url).searchParams;
    params.append('property', `flowId==${c.req.param('id')}`);
    return c.json(listRuns(world, c.get('caller').sandbox, params));
  });

  app.patch('/:id', (c) => {
    const caller = c.get('caller');
    const now = world.now();
    const flow = findToChange(caller, c.req.param('id'), c.req.header('if-match'), true);
    if (isBusy(flow)) throw flowError('1420-400', `The current state ${flow.state} cannot be updated.`);
    const { changed, steps } = patched(
      flow,
      c.get('body'),
      flow.state === 'draft' ? patchableInDraft : patchable,
    );
    if (flow.state !== 'draft')
      checkFlow(caller.sandbox, changed, now, checkScheduleChange(flow, changed, now));
    const { id, etag } = operate(world, caller, flow, 'update', withNumbers(changed), steps);
    return c.json({ id, etag });
  });

  const action = (c: Context<Env, '/:id/action'>): Response => {
    const caller = c.get('caller');
    const flow = findToChange(caller, c.req.param('id'), c.req.header('if-match'), false);
    const { id, etag } = act(world, caller, flow, readOperation(c.req.query('op')));
    return c.json({ id, etag });
  };
  app.post('/:id/action', action);

  app.delete('/:id', (c) => {
    const caller = c.get('caller');
    const flow = findToChange(caller, c.req.param('id'), undefined, false);
    caller.sandbox.runs.switchOff(flow.id, world.now());
    caller.sandbox.operations.delete(flow.id);
    const filled = dataSetOf(caller.sandbox, flow.id);
    if (filled !== undefined) caller.sandbox.filled.set(flow.id, filled);
    caller.sandbox.flows.remove(flow.id);
    return c.body(null, 204);
  });

  return app;
}
