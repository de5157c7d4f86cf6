import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { inject } from 'vitest';
import { registerSearchAttributes } from '../../dev/search-attributes.ts';

/** A place of its own on the run's Temporal server. */
export interface TestTemporal {
  address: string;
  namespace: string;
  client: Client;
  /** What a worker's or the Temporal CLI's environment must hold to come to the same place. */
  env: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string };
  close(): Promise<void>;
}

/**
 * Makes a namespace for one test file. Workflow ids are locks here, and the task queue has one name:
 * files that share neither can run at the same time.
 */
export async function startTestTemporal(): Promise<TestTemporal> {
  const address = inject('temporalAddress');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await registerSearchAttributes(connection, namespace);
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
    close: () => connection.close(),
  };
}
