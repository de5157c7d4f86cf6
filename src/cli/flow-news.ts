import type { Health } from '../client.ts';

/** Something that has changed about a flow since it was looked at before. */
export type FlowNews =
  | { news: 'verdict'; verdict: Health['verdict']; since?: string; cause?: Health['cause'] }
  | { news: 'started'; runId: string; start: string }
  | ({ news: 'ended' } & Health['lastRuns'][number])
  | ({ news: 'drift' } & NonNullable<Health['drift']>)
  | { news: 'noDrift' };

/** What is new, in the order in which it came about. */
export function newsOf(before: Health, after: Health): FlowNews[] {
  const known = new Set([...before.openRuns, ...before.lastRuns].map(({ runId }) => runId));
  const ended = new Set(before.lastRuns.map(({ runId }) => runId));
  const news: FlowNews[] = [
    ...after.lastRuns
      .filter(({ runId }) => !ended.has(runId))
      .map((run) => ({ news: 'ended' as const, ...run }))
      .toReversed(),
    ...after.openRuns
      .filter(({ runId }) => !known.has(runId))
      .map(({ runId, start }) => ({ news: 'started' as const, runId, start })),
  ];
  const { verdict, since, cause, drift } = after;
  if (verdict !== before.verdict)
    news.push({
      news: 'verdict',
      verdict,
      ...(since === undefined ? {} : { since }),
      ...(cause ? { cause } : {}),
    });
  if (drift && JSON.stringify(drift.changes) !== JSON.stringify(before.drift?.changes))
    news.push({ news: 'drift', ...drift });
  if (!drift && before.drift) news.push({ news: 'noDrift' });
  return news;
}

/** The same as a line for people. */
export function tellNews(one: FlowNews): string {
  switch (one.news) {
    case 'verdict':
      return `now ${one.verdict}${one.cause ? `: ${one.cause.message} ${one.cause.next}` : ''}`;
    case 'started':
      return `run ${one.runId} has started at ${one.start}`;
    case 'ended': {
      const { runId, verdict, recordsRead, recordsWritten, cause } = one;
      const rows =
        recordsWritten === undefined ? '' : `, ${recordsWritten} of ${recordsRead ?? '?'} rows written`;
      return `run ${runId} ${verdict}${rows}${cause ? `: ${cause.message}` : ''}`;
    }
    case 'drift':
      return tellDrift(one);
    default:
      return 'no drift any more';
  }
}

/** What others have changed, on one line. */
export function tellDrift({ by, changes }: NonNullable<Health['drift']>): string {
  const told = changes.map(({ field, from, to }) => `${field} ${from ?? 'nothing'} → ${to ?? 'nothing'}`);
  return `drift, by ${by}: ${told.join(', ')}`;
}
