import { aepLine, updateLine } from '../command-line.ts';
import { watcherWorkflowId } from './names.ts';

/** What a person can have done about a flow: a line for a shell, and the update of its watcher that it stands for. */
export interface FlowCommand {
  /** As the commands and the board call it. */
  verb: keyof typeof updates;
  /** Of a flow that belongs to no dataflow, by the plain Temporal CLI: our commands go by a dataflow's name. */
  line: string;
  workflowId: string;
  update: string;
}

const updates = { retry: 'retryRun', resume: 'resume', 'accept-drift': 'acceptDrift' } as const;

export function flowCommand(
  verb: FlowCommand['verb'],
  flow: { sandbox: string; flowId: string; dataflow?: string },
): FlowCommand {
  const workflowId = watcherWorkflowId(flow);
  const update = updates[verb];
  const { dataflow } = flow;
  const line = dataflow === undefined ? updateLine(workflowId, update) : aepLine(verb, dataflow);
  return { verb, line, workflowId, update };
}
