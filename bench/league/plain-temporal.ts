import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporal } from '../../dev/temporal-server.ts';
import { Rejected, TitleTaken } from '../../src/aep/errors.ts';
import type { Definition } from '../../src/definition/definition.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import type { FlowContext } from '../../src/resources/resource.ts';
import { aepOf, contextOf, post, type StartContestant } from './contestant.ts';

export type PlainActivities = ReturnType<typeof activitiesOf>;

function activitiesOf(aep: ReturnType<typeof aepOf>) {
  return {
    readContext: (definition: Definition) => contextOf(aep, definition),
    async postOne(kind: Kind, definition: Definition, ids: ResourceIds, context: FlowContext) {
      try {
        return await post(aep, kind, definition, ids, context);
      } catch (error) {
        // A careful user lets Temporal not repeat what AEP refused.
        if (!(error instanceof Rejected)) throw error;
        const details = error instanceof TitleTaken ? [error.existingId] : [];
        throw ApplicationFailure.create({ message: error.message, nonRetryable: true, details });
      }
    },
  };
}

/** Temporal used plainly: durable, retried by its default policy, and so a POST whose reply was lost is sent again. */
export const plainTemporal: StartContestant = async (emulator) => {
  // Activities are meant to fail here.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const temporal = await startTemporal({ headless: true });
  const { address } = temporal;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: 'plain',
    workflowsPath: fileURLToPath(new URL('./plain-workflow.ts', import.meta.url)),
    activities: activitiesOf(aepOf(emulator)),
  });
  const running = worker.run();
  const client = new Client({ connection: await Connection.connect({ address }) });
  return {
    name: 'plain Temporal',
    how: 'one activity per POST with the default retry policy; refusals are not retried',
    async create(_input, definition) {
      let known: ResourceIds = {};
      for (let humanSteps = 0; ; humanSteps++) {
        const workflowId = `plain/${definition.sandbox}`;
        try {
          const ids: ResourceIds = await client.workflow.execute('plainCreate', {
            workflowId,
            taskQueue: 'plain',
            args: [definition, known],
          });
          return { ids, surplus: [], humanSteps };
        } catch (error) {
          const schema = takenBy(error);
          if (!schema || humanSteps > 2) throw error;
          // A person reads in the history what exists already, and starts it again with that.
          known = { ...known, ...(await madeBy(client, workflowId)), schema };
        }
      }
    },
    async close() {
      worker.shutdown();
      await running;
      await client.connection.close();
      await connection.close();
      await temporal.close();
    },
  };
};

function takenBy(error: unknown): string | undefined {
  const activity = error instanceof WorkflowFailedError ? error.cause : undefined;
  const cause = activity instanceof ActivityFailure ? activity.cause : undefined;
  return cause instanceof ApplicationFailure ? (cause.details?.[0] as string | undefined) : undefined;
}

async function madeBy(client: Client, workflowId: string): Promise<ResourceIds> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const { payloadConverter } = client.options.loadedDataConverter;
  const ids: ResourceIds = {};
  for (const { activityTaskCompletedEventAttributes: done } of events ?? []) {
    if (!done) continue;
    const scheduled = events?.find(({ eventId }) => String(eventId) === String(done.scheduledEventId));
    const { activityType, input } = scheduled?.activityTaskScheduledEventAttributes ?? {};
    if (activityType?.name !== 'postOne') continue;
    const kind: Kind = payloadConverter.fromPayload(input!.payloads![0]!);
    ids[kind] = payloadConverter.fromPayload(done.result!.payloads![0]!);
  }
  return ids;
}
