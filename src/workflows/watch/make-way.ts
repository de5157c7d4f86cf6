import { condition, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { isObject } from '../../definition/plain-json.ts';
import { textAt } from '../../resources/json.ts';
import { thrownBy } from '../failures.ts';
import { signalWatcher } from './start-watch.ts';
import { makeWaySignal, wayMadeSignal } from './watch-messages.ts';

/**
 * How long to wait for a watcher that does not answer: it may be paused in Temporal. What it asks AEP for ends before that.
 * Milliseconds.
 */
const patienceMs = 35 * 60_000;

/**
 * Has the watcher of a flow, where there is one, ask AEP for nothing any more: neither to enable or disable the flow nor to
 * run one of its runs again. Returns when what it had asked for has ended. That holds until it is told that the flow is not
 * being replaced any more.
 */
export async function makeWay(flow: { sandbox: string; flowId: string }): Promise<void> {
  let isMade = false;
  setHandler(wayMadeSignal, (told) => {
    isMade ||= isObject(told) && told['flowId'] === flow.flowId;
  });
  const { workflowId } = workflowInfo();
  if (!(await signalWatcher(flow, makeWaySignal, { workflowId }))) return;
  await condition(() => isMade, patienceMs, { summary: 'Until the watcher asks AEP for nothing more' });
}

/** Tells the workflow that asked for it, where that goes on. Anybody may have sent the signal, with anything in it. */
export async function tellWayMade(asked: unknown, flowId: string): Promise<void> {
  const workflowId = isObject(asked) ? textAt(asked, 'workflowId') : undefined;
  if (!workflowId?.startsWith('dataflow:')) return;
  try {
    await getExternalWorkflowHandle(workflowId).signal(wayMadeSignal, { flowId });
  } catch (error) {
    if (thrownBy(error)?.type !== 'ExternalWorkflowExecutionNotFound') throw error;
  }
}
