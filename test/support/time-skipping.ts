import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { registerSearchAttributes } from '../../dev/search-attributes.ts';
import { quiet } from './quiet.ts';

/** A server that skips time whenever every workflow waits. Tear it down in `afterAll`, or its process stays. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  quiet();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('timeSkippingServer') } },
  });
  await registerSearchAttributes(environment.connection, 'default');
  return environment;
}
