import type { SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { canonicalJson } from '../../definition/canonical-json.ts';
import { connectorNameOf } from '../../definition/connectors.ts';
import type { Watch } from '../../definition/watch.ts';
import { describeHealth } from '../../runs/details.ts';
import { healthOf } from '../../runs/health.ts';
import type { Health } from '../../runs/health.ts';
import { isWorthNoting, noteOf, type NotedHealth } from '../../runs/noted-health.ts';
import { settingsOf, type WatchState } from '../../runs/watch-state.ts';
import { searchAttributes } from '../messages.ts';
import type { WatchInput } from './watch-messages.ts';

/** How the flow is: what its watcher knows, under the names that it was given or found out. */
export function currentHealth(
  { sandbox, flowId, dataflow, connector, watch }: WatchInput,
  state: WatchState | undefined,
): Health {
  const belongsTo = dataflow ?? state?.flow.dataflow;
  const specId = state?.flow.connectionSpecId;
  const source = connector ?? (specId && (connectorNameOf(specId) ?? specId));
  const watched = {
    sandbox,
    flowId,
    ...(belongsTo ? { dataflow: belongsTo } : {}),
    ...(source ? { connector: source } : {}),
  };
  const health = healthOf(watched, state, settingsOf(watch));
  return watch ? { ...health, watch: { ...health.watch, settings: watch } } : health;
}

/** What lists of watchers are searched by. */
export function attributesOf(health: Health): SearchAttributePair[] {
  const { dataflow, flowId, sandbox, connector, verdict, drift } = searchAttributes;
  return [
    { key: flowId, value: health.flowId },
    { key: sandbox, value: health.sandbox },
    { key: verdict, value: health.verdict },
    { key: drift, value: health.drift ? 'yes' : 'no' },
    ...(health.dataflow ? [{ key: dataflow, value: health.dataflow }] : []),
    ...(health.connector ? [{ key: connector, value: health.connector }] : []),
  ];
}

/** For people in the Temporal UI, and for lists of workflows. A search attribute is set when it changes: each time is an event. */
export function showHealth(health: Health): void {
  setCurrentDetails(describeHealth(health));
  const { typedSearchAttributes } = workflowInfo();
  const changed = attributesOf(health).filter(({ key, value }) => typedSearchAttributes.get(key) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** For lists of many flows, beside what they are searched by. */
export function noteNow(health: Health, { flow }: WatchState): NotedHealth {
  return noteOf(health, Date.now(), flow.schedule?.periodMs);
}

/** Noted when it says something else: each time is an event. */
export function noteHealth(health: Health, state: WatchState | undefined): void {
  if (!state) return;
  const note = noteNow(health, state);
  if (isWorthNoting(workflowInfo().memo?.['health'] as NotedHealth | undefined, note))
    upsertMemo({ health: note });
}

/** For plans, which lists of watchers tell how each watches. Noted when it changes: each time is an event. */
export function noteWatch(watch: Watch): void {
  const noted = workflowInfo().memo?.['watch'] ?? {};
  if (canonicalJson(noted) !== canonicalJson(watch)) upsertMemo({ watch });
}
