import { condition, getExternalWorkflowHandle, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import { isObject } from '../../definition/plain-json.ts';
import { workflowIdProblem } from '../../definition/text.ts';
import { thrownBy } from '../failures.ts';
import { signalWatcher } from './start-watch.ts';
import { makeWaySignal, wayMadeSignal } from './watch-messages.ts';

/**
 * How often a watcher is asked that does not answer, once a minute: it may be paused in Temporal. What it had asked AEP for has
 * ended by then.
 */
const mostAsks = 35;

/**
 * Has the watcher of a flow, where there is one, ask AEP for nothing any more: neither to enable or disable the flow nor to
 * run one of its runs again. Returns when what it had asked for has ended. That holds until it is told that the flow is not
 * being replaced any more.
 */
export async function makeWay(flow: { sandbox: string; flowId: string }): Promise<void> {
  // What a run before was answered, or this one before it was reset, comes here too.
  const question = uuid4();
  let isMade = false;
  setHandler(wayMadeSignal, (answer) => {
    isMade ||= isObject(answer) && answer['question'] === question;
  });
  const { workflowId } = workflowInfo();
  for (let asks = 0; asks < mostAsks; asks++) {
    // A watcher that has ended since is found out by that, and an answer that was lost is given again.
    if (!(await signalWatcher(flow, makeWaySignal, { workflowId, question }))) return;
    const summary = 'Until the watcher asks AEP for nothing more';
    if (await condition(() => isMade, '1 minute', { summary })) return;
  }
}

/**
 * Answers the workflow that asked for it. Anybody may have sent the signal, with anything in it.
 * @returns whether that workflow goes on
 */
export async function tellWayMade(asked: unknown): Promise<boolean> {
  const { workflowId, question } = isObject(asked) ? asked : {};
  if (!isText(workflowId) || !workflowId.startsWith('dataflow:') || !isText(question)) return false;
  try {
    await getExternalWorkflowHandle(workflowId).signal(wayMadeSignal, { question });
    return true;
  } catch (error) {
    if (thrownBy(error)?.type === 'ExternalWorkflowExecutionNotFound') return false;
    throw error;
  }
}

/** Whether it is text as long as ids may be. A longer one would fail the watcher's task again and again. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && workflowIdProblem(value) === undefined;
}
