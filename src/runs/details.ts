import type { Health, RunHealth } from './health.ts';

const runsToShow = 5;

/** A flow's health as Markdown, for the Temporal UI. */
export function describeHealth(health: Health): string {
  const { verdict, cause, streak, totals, usual, lastRuns, openRuns } = health;
  const lines = [`## ${verdict}${health.since ? ` since ${short(health.since)}` : ''}`];
  const { ended, replacedBy } = health.watch;
  if (ended)
    lines.push(`**The watch has ended** (${ended}${replacedBy ? ` by the flow \`${replacedBy}\`` : ''})`);
  if (cause)
    lines.push(
      `**${[cause.code, cause.activity].filter(Boolean).join(', ') || 'Why'}**: ${plain(cause.message)}`,
    );
  if (cause) lines.push(`**Next**: ${cause.next}`);
  const { firstWindow } = health;
  if (firstWindow)
    lines.push(
      `**${firstWindow.is}**: ${plain(firstWindow.cause.message)}`,
      `**Next**: ${firstWindow.cause.next}`,
    );
  lines.push(...driftLines(health));
  lines.push(
    `Flow \`${health.flowId}\` (${plain(health.flowName ?? 'not read yet')}), sandbox \`${health.sandbox}\``,
  );
  const facts = [
    streak && `${streak.runs} in a row ${streak.verdict}`,
    health.lastSuccess && `last success ${short(health.lastSuccess.end)}`,
    health.nextRunDue && `next run due ${short(health.nextRunDue)}`,
    usual.durationSeconds !== undefined && `a run usually takes ${usual.durationSeconds} s`,
    usual.records !== undefined && `and writes ${usual.records} records`,
    openRuns.length > 0 && `in progress: ${openRuns.length}`,
  ].filter(Boolean);
  if (facts.length > 0) lines.push(facts.join(' · '));
  const again = health.retries.map(
    ({ runId, tried, at }) =>
      `run again ${at ? `at ${short(at)}` : 'now'}: \`${plain(runId)}\` (${tried} times before)`,
  );
  lines.push(...again.map((one) => `**Retry**: ${one}`));
  if (health.undelivered > 0) lines.push(`**${health.undelivered} messages could not be delivered**`);
  const { ok, degraded, failed, tooLate } = totals;
  lines.push(
    `Judged so far: ${ok} ok, ${degraded} degraded, ${failed} failed${tooLate ? `; ${tooLate} appeared too late` : ''}`,
  );
  // A list: the Temporal UI sets the cells of a table without any space between them.
  if (lastRuns.length > 0) lines.push(['The last runs:', '', ...rows(lastRuns)].join('\n'));
  return lines.join('\n\n');
}

function driftLines({ drift }: Health): string[] {
  if (!drift) return [];
  const { changes, noticed, at, by } = drift;
  const told = changes.map(({ field, from, to }) => `- ${plain(field)}: ${value(from)} → ${value(to)}`);
  const when = at ? `, last changed ${short(at)}` : '';
  return [[`**Drift**, seen ${short(noticed)}${when}, by ${plain(by)}:`, '', ...told].join('\n')];
}

const value = (text: string | null): string => (text === null ? 'nothing' : plain(text));

function rows(runs: RunHealth[]): string[] {
  return runs.slice(0, runsToShow).map(({ start, verdict, recordsRead, recordsWritten, cause }) => {
    const records =
      recordsWritten === undefined ? '' : `, ${recordsWritten} of ${recordsRead ?? '?'} records`;
    return `- ${short(start)}: **${verdict}**${records}${cause ? `. ${plain(cause.message)}` : ''}`;
  });
}

/** To the minute. */
function short(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Text of AEP's or of a user's: no mark-up, no new line, no column of its own. */
export function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#!]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
