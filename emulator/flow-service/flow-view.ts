/** A flow as GET shows it: what is stored, with what it inherits from its ends and from its last run. */
import type { JsonObject } from '../json.ts';
import { statusOf } from '../runs/run-object.ts';
import type { RunFlow } from '../runs/run-object.ts';
import type { Sandbox } from '../world.ts';

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

export function flowView(sandbox: Sandbox, flow: JsonObject, now: number): JsonObject {
  const run = sandbox.runs.latestStarted(flow.id, now);
  return {
    ...flow,
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
