import type { Client } from '@temporalio/client';
import type { AepDataflows } from '../client.ts';
import { DataflowError } from '../client/dataflow-error.ts';
import { checkSearchAttributes, MissingSearchAttributesError } from '../search-attributes.ts';
import { taskQueue } from '../workflows/messages.ts';
import { failedCheck, passed, type SetupCheck } from '../setup-check.ts';
import { workersOf } from '../client/workers-there.ts';
import { refusalBy, startWorker } from '../client/server-refusal.ts';

export interface Setup {
  client: AepDataflows;
  temporal: Client;
  /** Where the services of AEP are asked. */
  sandbox?: string | undefined;
}

/** Looks at everything that has to be right before dataflows can be made, and changes nothing. */
export async function checkAll({ client, temporal, sandbox }: Setup): Promise<SetupCheck[]> {
  const namespace = await checkNamespace(temporal);
  if (!namespace.ok) return [namespace];
  const [attributes, workers] = await Promise.all([checkAttributes(temporal), checkWorkers(temporal)]);
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

async function checkNamespace(client: Client): Promise<SetupCheck> {
  const check = 'namespace';
  return checked(check, client, async () => {
    const { namespace } = client.options;
    const { config } = await client.workflowService.describeNamespace({ namespace });
    const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
    const kept = days === 1 ? 'a day' : `${Math.round(10 * days) / 10} days`;
    return passed(check, `${namespace} is there; what has ended is kept for ${kept}`);
  });
}

function checkAttributes(client: Client): Promise<SetupCheck> {
  const check = 'search attributes';
  return checked(check, client, async () => {
    try {
      await checkSearchAttributes(client.connection, client.options.namespace);
    } catch (error) {
      if (!(error instanceof MissingSearchAttributesError)) throw error;
      const [found = '', ...lines] = error.message.split('\n\n');
      return failedCheck(check, found, lines.join('\n').trim());
    }
    return passed(check, 'all are there, each as a Keyword');
  });
}

function checkWorkers(client: Client): Promise<SetupCheck> {
  const check = 'workers';
  return checked(check, client, async () => {
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
export async function noWorkerText(client: Client): Promise<string | undefined> {
  const { missing } = await workersOf(client, taskQueue);
  return missing === undefined ? undefined : `waits for a worker: ${missing}. ${startWorker}`;
}

/** What the server refuses is what was found. */
async function checked(
  check: string,
  { options: { namespace } }: Client,
  look: () => Promise<SetupCheck>,
): Promise<SetupCheck> {
  try {
    return await look();
  } catch (error) {
    const refusal = refusalBy(error, { namespace });
    if (!refusal) throw error;
    return failedCheck(check, refusal.message, refusal.next);
  }
}
