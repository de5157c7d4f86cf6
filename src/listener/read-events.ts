import { isObject, listOf, objectOf, textOf } from '../runs/raw.ts';

/** What a push message says to whom it concerns: which flow has news. What they are is read from AEP. */
export interface RunEvent {
  flowId: string;
  /** Absent where AEP left it out. */
  sandbox?: string;
  runId: string;
  /** AEP's word, or the kind of event: only to tell doubled deliveries from news. */
  status: string;
}

/** More than a batch of Adobe's holds. */
const most = 1_000;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const sandboxPattern = /^[a-z0-9][a-z0-9-]{0,255}$/;

/**
 * The runs in a push message. Two shapes are documented: `{ event: <run> }` for runs that went well, and
 * `[{ messages: [{ value: <run> }] }]` for those that failed. Guess: either may come alone or in a list (deliveries in
 * batches), and the run may also stand in `value`, `data` or `body`. What has no flow id is no news of a run.
 */
export function readEvents(payload: unknown): RunEvent[] {
  return unwrap(payload, 0).slice(0, most);
}

function unwrap(payload: unknown, depth: number): RunEvent[] {
  if (depth > 6) return [];
  if (Array.isArray(payload)) return payload.slice(0, most).flatMap((one) => unwrap(one, depth + 1));
  if (!isObject(payload)) return [];
  const run = runOf(payload);
  if (run) return [run];
  const inner = ['event', 'messages', 'value', 'data', 'body'].map((key) => payload[key]);
  return inner.flatMap((one) => unwrap(one, depth + 1));
}

function runOf(raw: Record<string, unknown>): RunEvent | undefined {
  const flowId = textOf(raw['flowId']);
  if (!idPattern.test(flowId)) return undefined;
  const sandbox = textOf(raw['sandboxName']);
  const metrics = objectOf(raw['metrics']);
  const header = objectOf(objectOf(raw['header'])['_adobeio']);
  const status = textOf(objectOf(metrics['statusSummary'])['status']) || textOf(header['eventCode']);
  return {
    flowId,
    runId: textOf(raw['id']),
    status: status || String(listOf(raw['activities']).length),
    ...(sandboxPattern.test(sandbox) ? { sandbox } : {}),
  };
}
