import type { ApprovalMessage, CreateMessage, FlowMessage, Message } from '../src/client.ts';

/** A message as a person reads it. */
export function messageLines(message: Message): string[] {
  const { next, link } = message;
  const rows = [
    ...aboutRows(message),
    ['next', next],
    ...('run' in message ? rowsOfRun(message) : []),
    ...(link ? [['link', link]] : []),
  ];
  return rows.map(([name = '', text = ''], row) =>
    row === 0 ? `${name}: ${text}` : `    ${name.padEnd(4)}  ${text}`,
  );
}

function aboutRows(message: Message): string[][] {
  if (message.event === 'createWaits') return createRows(message);
  return message.event === 'approvalNeeded' ? approvalRows(message) : flowRows(message);
}

function approvalRows({ dataflow, summary, digest }: ApprovalMessage): string[][] {
  return [
    [dataflow, 'its plan waits for approval'],
    ['plan', `${summary} (${digest})`],
  ];
}

function createRows({ dataflow, cause: { type, code, message } }: CreateMessage): string[][] {
  return [
    [dataflow, 'its create waits'],
    ['why', [type, code, message].filter(Boolean).join(', ')],
  ];
}

function flowRows({ dataflow, event, verdict, was, cause }: FlowMessage): string[][] {
  return [
    [`${dataflow}`, `${was ? `${was} → ` : ''}${verdict}${event === 'changed' ? '' : ` (${event})`}`],
    ...(cause ? [['why', [cause.code, cause.activity, cause.message].filter(Boolean).join(', ')]] : []),
  ];
}

function rowsOfRun({ run }: FlowMessage): string[][] {
  if (run?.recordsRead === undefined) return [];
  return [['rows', `${run.recordsRead} read, ${run.recordsWritten ?? '?'} written`]];
}
