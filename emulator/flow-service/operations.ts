/**
 * Patches and actions of flows, which AEP carries out over some seconds, and what happens to a flow without
 * anybody's call. All of it is worked out when somebody looks, in the order of the clock.
 */
import { newEtag } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import { chance } from '../runs/outcomes.ts';
import { readSchedule } from '../runs/schedule.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import { update, withoutRemoved } from './items.ts';

/** An operation that is under way, and what the flow becomes at its end. Epoch ms. */
export type Operation = { flowId: string; endAt: number; change: JsonObject; failed: boolean };

/** A state of something under way. */
export const isBusy = (flow: JsonObject): boolean => String(flow.state).endsWith('ing');

const busyState: Record<string, string> = {
  update: 'updating',
  enable: 'enabling',
  disable: 'disabling',
  // Guess: no page shows what a draft is called while it is published.
  publish: 'enabling',
};

/** `lastOperation` as GET shows it; without an end it is under way. */
export function lastOperation(
  name: string,
  started: number,
  ended?: number,
  ops?: Json,
  failed = false,
): JsonObject {
  const value = ended === undefined ? 'inProgress' : failed ? 'failed' : 'completed';
  // Guess: no page shows a failed operation, nor what stands in its errors.
  const errors = failed ? [{ code: 'FLOW-2200-500', message: 'A downstream service failed.' }] : [];
  return {
    started,
    updated: ended ?? started,
    percentCompleted: ended === undefined ? 0 : 100,
    status: { value, errors },
    ...(ops === undefined ? {} : { ops }),
    operation: name,
  };
}

/** The operation that made a resource. Samples show 0 for one that nothing was ever told of. */
export const creation = (name: 'create' | 'draft_create', now: number): JsonObject => ({
  ...lastOperation(name, now, now),
  updated: 0,
});

/** Runs follow the schedule while the flow is enabled. */
export function follow(sandbox: Sandbox, flow: JsonObject, now: number): void {
  const schedule = readSchedule(flow.scheduleParams);
  if (flow.state === 'enabled' && schedule !== undefined) sandbox.runs.switchOn(flow.id, schedule, now);
  else sandbox.runs.switchOff(flow.id, now);
}

/**
 * Carries out an operation: at once, or over the time that the settings say. Returns the flow as it is now.
 * Guess: until the end a flow shows what it was before; samples show only how long it took.
 */
export function operate(
  world: World,
  caller: Caller,
  flow: JsonObject,
  name: string,
  change: JsonObject,
  ops?: Json,
): JsonObject {
  const now = world.now();
  const [least, most] = world.settings.operationLastsMs;
  const lasts = Math.round(least + (most - least) * chance(world.settings.seed, now, 7));
  const busy = busyState[name];
  // A draft has nothing that would have to be told to anybody.
  const failed = world.settings.operationsEnd === 'failed';
  if (lasts === 0 || busy === undefined || change.state === 'draft') {
    const done = { ...(failed ? {} : change), lastOperation: lastOperation(name, now, now, ops, failed) };
    const changed = update(world, caller, 'flows', flow, done);
    follow(caller.sandbox, changed, now);
    return changed;
  }
  const outcome = failed ? { state: flow.state } : change;
  caller.sandbox.operations.set(flow.id, { flowId: flow.id, endAt: now + lasts, change: outcome, failed });
  return update(world, caller, 'flows', flow, {
    state: busy,
    lastOperation: lastOperation(name, now, undefined, ops),
  });
}

function finish(sandbox: Sandbox, { flowId, endAt, change, failed }: Operation): void {
  sandbox.operations.delete(flowId);
  const flow = sandbox.flows.get(flowId);
  if (flow === undefined) return;
  const { started, operation, ops } = flow.lastOperation;
  const ended = lastOperation(operation, started, endAt, ops, failed);
  become(sandbox, flow, endAt, { ...change, lastOperation: ended });
}

/** The flow changes without a call: with a new version, but by nobody new. */
function become(sandbox: Sandbox, flow: JsonObject, at: number, change: JsonObject): void {
  const etag = newEtag(at);
  const changed = withoutRemoved({ ...flow, ...change, updatedAt: at, version: etag, etag });
  sandbox.flows.put(String(flow.id), changed);
  follow(sandbox, changed, at);
}

/** Guess: how one sees in the flow that AEP switched it off; no page says it. */
function switchFailedOff(sandbox: Sandbox, now: number): void {
  for (const { flowId, at } of sandbox.runs.takeFailedOut(now)) {
    const flow = sandbox.flows.get(flowId);
    if (flow?.state !== 'enabled') continue;
    become(sandbox, flow, at, { state: 'disabled', lastOperation: lastOperation('disable', at, at) });
  }
}

/** Brings a sandbox up to the clock: operations that are over by now, flows that failed for too long. */
export function settle(sandbox: Sandbox, now: number): void {
  const over = [...sandbox.operations.values()].filter(({ endAt }) => endAt <= now);
  for (const operation of over.toSorted((a, b) => a.endAt - b.endAt)) {
    switchFailedOff(sandbox, operation.endAt);
    finish(sandbox, operation);
  }
  switchFailedOff(sandbox, now);
}
