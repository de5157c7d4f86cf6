import { ServiceError, type Client } from '@temporalio/client';
import type { AepDataflows } from '../client.ts';
import { DataflowError } from '../client/dataflow-error.ts';
import { checkSearchAttributes, MissingSearchAttributesError } from '../search-attributes.ts';
import { failedCheck, passed, type SetupCheck } from '../setup-check.ts';

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const kindsOfTasks = [1, 2] as const;
const startWorker = 'Start a worker: npm run worker in a checkout, node dist/worker.js where it was built.';

export interface Setup {
  client: AepDataflows;
  temporal: Client;
  taskQueue: string;
  /** Where the services of AEP are asked. */
  sandbox?: string | undefined;
}

/** Looks at everything that has to be right before dataflows can be made, and changes nothing. */
export async function checkAll({ client, temporal, taskQueue, sandbox }: Setup): Promise<SetupCheck[]> {
  const namespace = await checkNamespace(temporal);
  if (!namespace.ok) return [namespace];
  const [attributes, workers] = await Promise.all([
    checkAttributes(temporal),
    checkWorkers(temporal, taskQueue),
  ]);
  const ofTemporal = [namespace, attributes, workers];
  if (!workers.ok)
    return [...ofTemporal, failedCheck('AEP', 'not asked, as that is done by a worker', startWorker)];
  try {
    const { checks } = await client.checkSetup(sandbox === undefined ? {} : { sandbox });
    return [...ofTemporal, ...checks];
  } catch (error) {
    if (!(error instanceof DataflowError)) throw error;
    const next =
      error.type === 'UnknownWorkflowType'
        ? 'Have all workers be as new as this command.'
        : 'Look at the log of the worker.';
    return [...ofTemporal, failedCheck('AEP', `${error.type}: ${error.message}`, next)];
  }
}

async function checkNamespace({ workflowService, options: { namespace } }: Client): Promise<SetupCheck> {
  const check = 'namespace';
  return checked(
    check,
    async () => {
      const { config } = await workflowService.describeNamespace({ namespace });
      const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
      const kept = days === 1 ? 'a day' : `${Math.round(10 * days) / 10} days`;
      return passed(check, `${namespace} is there; what has ended is kept for ${kept}`);
    },
    (code) => (code === notFound ? `temporal operator namespace create --namespace ${namespace}` : undefined),
  );
}

function checkAttributes({ connection, options: { namespace } }: Client): Promise<SetupCheck> {
  const check = 'search attributes';
  return checked(check, async () => {
    try {
      await checkSearchAttributes(connection, namespace);
    } catch (error) {
      if (!(error instanceof MissingSearchAttributesError)) throw error;
      const [found = '', ...lines] = error.message.split('\n\n');
      return failedCheck(check, found, lines.join('\n').trim());
    }
    return passed(check, 'all are there, each as a Keyword');
  });
}

function checkWorkers(client: Client, taskQueue: string): Promise<SetupCheck> {
  const check = 'workers';
  return checked(check, async () => {
    const { pollers, missing } = await workersOf(client, taskQueue);
    return missing === undefined
      ? passed(check, `${pollers} on the task queue ${taskQueue}`)
      : failedCheck(check, missing, startWorker);
  });
}

/**
 * Says that nobody does what is asked for, and what to do about it.
 * @returns undefined where workers poll
 * @throws ServiceError
 */
export async function noWorkerText(client: Client, taskQueue: string): Promise<string | undefined> {
  const { missing } = await workersOf(client, taskQueue);
  return missing === undefined ? undefined : `waits for a worker: ${missing}. ${startWorker}`;
}

async function workersOf(
  { workflowService, options: { namespace } }: Client,
  taskQueue: string,
): Promise<{ pollers: number; missing?: string }> {
  const asked = kindsOfTasks.map(async (taskQueueType) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
    });
    return (pollers ?? []).map(({ identity }) => identity ?? '');
  });
  const [ofWorkflows = [], ofActivities = []] = await Promise.all(asked);
  const pollers = new Set(ofWorkflows).size;
  return ofWorkflows.length === 0 || ofActivities.length === 0
    ? { pollers, missing: `none polls the task queue ${taskQueue} in ${namespace}` }
    : { pollers };
}

/** gRPC's `NOT_FOUND`. */
const notFound = 5;

/** What the server refuses is what was found. */
async function checked(
  check: string,
  look: () => Promise<SetupCheck>,
  nextOf: (code: number | undefined) => string | undefined = () => undefined,
): Promise<SetupCheck> {
  try {
    return await look();
  } catch (error) {
    const { code, details } = ((error instanceof ServiceError ? error.cause : error) ?? {}) as {
      code?: number;
      details?: string;
    };
    const found = details ?? (error as Error).message;
    return failedCheck(
      check,
      found,
      nextOf(code) ?? 'Check the namespace, and what this user may do on the server.',
    );
  }
}
