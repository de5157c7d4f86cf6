/** A flow as GET shows it: what is stored, with what it inherits from its ends and from its last run. */
import { flowNotFound } from '../errors.ts';
import { etagAt } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Settings } from '../options.ts';
import { statusOf } from '../runs/run-object.ts';
import type { RunFlow } from '../runs/run-object.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import { find } from './items.ts';

/** Whether a flow has a label that the caller has no role for. */
export function isHidden({ hiddenLabels }: Settings, flow: JsonObject | undefined): boolean {
  if (hiddenLabels.length === 0 || !Array.isArray(flow?.labels)) return false;
  return flow.labels.some((label: unknown) => hiddenLabels.includes(String(label)));
}

/** A flow that the caller may see. */
export function findVisible(world: World, caller: Caller, id: string): JsonObject {
  const flow = find(caller, 'flows', id);
  if (isHidden(world.settings, flow)) throw flowNotFound('flows', id);
  return flow;
}

/** From the end of a run to the change of its flow. Guess: the one sample that shows both has 4.4 s between them. */
const notedMs = 4400;

/** What the end of its newest run makes of a flow: another version and time of change. */
export function touchedByRun(world: World, sandbox: Sandbox, flow: JsonObject): JsonObject {
  if (world.settings.flowAtRunEnd === 'untouched') return {};
  const endAt = sandbox.runs.latestEnd(String(flow.id), world.now() - notedMs);
  if (endAt === undefined || endAt + notedMs <= flow.updatedAt) return {};
  const etag = etagAt(`${flow.id} ${endAt}`, endAt + notedMs);
  return { updatedAt: endAt + notedMs, version: etag, etag };
}

function inherited(sandbox: Sandbox, flow: JsonObject): JsonObject {
  const describe = (connection: JsonObject | undefined, id: string): JsonObject => {
    const base = sandbox.connections.get(connection?.baseConnectionId);
    return {
      id,
      ...(connection === undefined ? {} : { connectionSpec: connection.connectionSpec }),
      ...(base === undefined ? {} : { baseConnection: { id: base.id, connectionSpec: base.connectionSpec } }),
    };
  };
  return {
    sourceConnections: (flow.sourceConnectionIds ?? []).map((id: string) =>
      describe(sandbox.sourceConnections.get(id), id),
    ),
    targetConnections: (flow.targetConnectionIds ?? []).map((id: string) =>
      describe(sandbox.targetConnections.get(id), id),
    ),
    properties: { isSourceFlow: true, isDestinationFlow: false },
  };
}

export function flowView(world: World, sandbox: Sandbox, flow: JsonObject): JsonObject {
  const now = world.now();
  const run = sandbox.runs.latestStarted(flow.id, now);
  return {
    ...flow,
    ...touchedByRun(world, sandbox, flow),
    inheritedAttributes: inherited(sandbox, flow),
    runs: `/flows/${flow.id}/runs`,
    // Absent until the first run has started.
    ...(run === undefined
      ? {}
      : {
          lastRunDetails: {
            id: run.id,
            state: statusOf(run, now),
            startedAtUTC: run.startedAt,
            ...(run.completedAt !== undefined && run.completedAt <= now
              ? { completedAtUTC: run.completedAt }
              : {}),
          },
        }),
  };
}

/** What a flow contributes to its runs. Runs outlive their flow, so this may have only the id to go by. */
export function runFlow(sandbox: Sandbox, flow: JsonObject | undefined): RunFlow {
  return {
    sandboxId: sandbox.id,
    sandboxName: sandbox.name,
    imsOrgId: flow?.imsOrgId ?? '',
    client: flow?.createdClient ?? '',
    user: flow?.createdBy ?? '',
    flowSpec: flow?.flowSpec ?? {},
    sourceConnectionId: flow?.sourceConnectionIds?.[0] ?? '',
    targetConnectionId: flow?.targetConnectionIds?.[0] ?? '',
  };
}
