import type { CreateMessage, FlowMessage, Message } from '../src/client.ts';

/** A message as a person reads it. */
export function messageLines(message: Message): string[] {
  const { next, link } = message;
  const rows = [
    ...(message.event === 'createWaits' ? createRows(message) : flowRows(message)),
    ['next', next],
    ...(message.event === 'createWaits' ? [] : rowsOfRun(message)),
    ...(link ? [['link', link]] : []),
  ];
  return rows.map(([name = '', text = ''], row) =>
    row === 0 ? `${name}: ${text}` : `    ${name.padEnd(4)}  ${text}`,
  );
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
