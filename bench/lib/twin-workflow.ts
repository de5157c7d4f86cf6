import { proxyActivities } from '@temporalio/workflow';
import type { Definition } from '../../src/definition/definition.ts';
import { asOneGraph } from './tutorial.ts';
import type { TwinActivities } from './twin-activities.ts';

const { twinFlowSpec, twinCreate } = proxyActivities<TwinActivities>({ startToCloseTimeout: '10 seconds' });

/** The same calls as ours as a Temporal workflow without any protection: what durability alone costs. */
export function twin(definition: Definition): Promise<string> {
  return asOneGraph(definition, {
    flowSpec: (sandbox, name) => twinFlowSpec({ sandbox, name }),
    create: (sandbox, kind, body) => twinCreate({ sandbox, kind, body }),
  });
}
