import type { Message } from '../src/client.ts';

/** A message as a person reads it. */
export function messageLines({ dataflow, event, verdict, was, cause, next, run, link }: Message): string[] {
  const rows = [
    [`${dataflow}`, `${was ? `${was} → ` : ''}${verdict}${event === 'changed' ? '' : ` (${event})`}`],
    ...(cause ? [['why', [cause.code, cause.activity, cause.message].filter(Boolean).join(', ')]] : []),
    ['next', next],
    ...(run?.recordsRead === undefined
      ? []
      : [['rows', `${run.recordsRead} read, ${run.recordsWritten ?? '?'} written`]]),
    ...(link ? [['link', link]] : []),
  ];
  return rows.map(([name = '', text = ''], row) =>
    row === 0 ? `${name}: ${text}` : `    ${name.padEnd(4)}  ${text}`,
  );
}
