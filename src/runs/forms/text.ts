import { aepLine, updateLine } from '../../command-line.ts';
import { shellWord } from '../../shell-word.ts';
import type { ApprovalMessage, CreateMessage, FlowMessage, Message } from '../notification.ts';

/** What a person reads of a message, whichever way it comes. */
export interface MessageText {
  /** One line: which dataflow, and what is the matter. */
  title: string;
  /** Why it is so. */
  why?: string;
  /** What to do about it. */
  next: string;
  /** What else there is to know, each with its label. */
  facts: [label: string, value: string][];
  /** Lines for a shell. Left out where they cannot be told whole: part of one would be another one. */
  commands: string[];
  link?: string;
  /** The same however often the message is sent. */
  id: string;
  at: string;
}

/** Characters of one text, and lines. The narrowest form has room for these: a Teams message with all of them stays below its 28 KB. */
const longest = { title: 150, text: 1_400, lines: 20, fact: 150, commands: 900, link: 1_000 };

/** A message as a person reads it. It tells how many rows, never what is in one. */
export function textOf(message: Message): MessageText {
  const told = toldOf(message);
  const { why } = told;
  const { link } = message;
  return {
    title: line(told.title, longest.title),
    ...(why ? { why: block(why, longest.text) } : {}),
    next: block(message.next, longest.text),
    facts: told.facts
      .filter((fact): fact is [string, string] => fact[1] !== undefined)
      .map(([label, value]) => [label, line(value, longest.fact)]),
    commands: canBeCopied(told.commands) ? told.commands : [],
    ...(link && link.length <= longest.link ? { link } : {}),
    id: message.id,
    at: message.at,
  };
}

type Told = Pick<MessageText, 'title' | 'why' | 'commands'> & { facts: [string, string | undefined][] };

function toldOf(message: Message): Told {
  if (message.event === 'createWaits') return ofWaiting(message);
  if (message.event === 'approvalNeeded') return ofApproval(message);
  return ofFlow(message);
}

function ofWaiting({ dataflow, cause, workflowId }: CreateMessage): Told {
  return {
    title: `${dataflow}: the create waits for a decision`,
    why: cause.message,
    facts: [
      ['failure', cause.type],
      ["AEP's code", cause.code],
    ],
    commands: [updateLine(workflowId, 'resume')],
  };
}

function ofApproval({ dataflow, summary, digest, workflowId }: ApprovalMessage): Told {
  return {
    title: `${dataflow}: a plan waits for approval`,
    why: summary,
    facts: [['digest', digest]],
    commands: [
      `temporal workflow metadata --workflow-id ${shellWord(workflowId)}`,
      aepLine('approve', dataflow, ` --digest ${shellWord(digest)} --by "$USER"`),
    ],
  };
}

function ofFlow(message: FlowMessage): Told {
  const { sandbox, flowId, flowName, verdict, was, since, cause, run, streak, drift } = message;
  const dataflow = message.dataflow ?? `${sandbox}/${flowName ?? flowId}`;
  const titles: Record<FlowMessage['event'], string> = {
    changed: `is ${verdict}`,
    recovered: 'is ok again',
    gaveUp: 'a failed run is not run again any more',
    gap: 'rows are missing where a flow took the place of another',
    overlap: 'rows came twice where a flow took the place of another',
    gone: 'AEP has the flow no more',
    drift: 'others have changed the flow',
  };
  const title = titles[message.event];
  const changes = drift?.changes.map(
    ({ field, from, to }) => `${field}: ${from ?? 'nothing'} → ${to ?? 'nothing'}`,
  );
  const why =
    message.event === 'drift' ? changes?.join('\n') : cause && withoutValues(cause.message, cause.code);
  const { recordsRead, recordsWritten, recordsFailed } = run ?? {};
  const counts = [
    ...(recordsRead === undefined ? [] : [`${recordsRead} read`]),
    ...(recordsWritten === undefined ? [] : [`${recordsWritten} written`]),
    ...(recordsFailed === undefined ? [] : [`${recordsFailed} failed`]),
  ];
  return {
    title: `${dataflow}${title.startsWith('is ') ? '' : ':'} ${title}`,
    ...(why ? { why } : {}),
    facts: [
      ['verdict', was === undefined || was === verdict ? verdict : `${verdict}, was ${was}`],
      ['since', since],
      ["AEP's code", cause?.code],
      ['run', run?.runId],
      ['rows', counts.length > 0 ? counts.join(', ') : undefined],
      ['in a row', streak && streak.runs > 1 ? `${streak.runs} runs ${streak.verdict}` : undefined],
      ['last success', message.lastSuccess?.end],
      ['next run due', message.nextRunDue],
      ['changed by', drift?.by],
      ['flow', flowId],
    ],
    commands: commandsOf(message),
  };
}

function commandsOf({ event, dataflow, command, watcherWorkflowId }: FlowMessage): string[] {
  if (event === 'gone' && dataflow !== undefined) return [aepLine('history', dataflow)];
  const look =
    dataflow === undefined
      ? `temporal workflow query --workflow-id ${shellWord(watcherWorkflowId)} --type health --output json`
      : aepLine('status', dataflow);
  return [look, ...(command ? [command.line] : [])];
}

/** What AEP quotes where single rows are wrong may be out of one of them. */
function withoutValues(text: string, code = ''): string {
  return /^(MAPPER|INGEST|DCVS)-/.test(code) ? text.replaceAll(/"[^"]*"|'[^']*'/g, '"…"') : text;
}

/** Whether what is told of them is what they are. */
function canBeCopied(commands: readonly string[]): boolean {
  return commands.join('\n').length <= longest.commands && !/[\p{Cc}\p{Cs}]/u.test(commands.join(''));
}

function line(text: string, limit: number): string {
  return within(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim() || '–', limit);
}

function block(text: string, limit: number): string {
  const lines = text.split('\n').map((one) => one.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trimEnd());
  const more = lines.length > longest.lines ? ['…'] : [];
  return within([...lines.slice(0, longest.lines), ...more].join('\n').trim() || '–', limit);
}

/** Services count characters differently: in UTF-16 code units none counts more. */
function within(text: string, limit: number): string {
  const whole = text.toWellFormed();
  return whole.length <= limit ? whole : `${whole.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
