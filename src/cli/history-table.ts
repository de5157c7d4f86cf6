import type { HistoryEntry } from '../client/history.ts';
import { table } from './output.ts';

/** What was done to a dataflow, by whom, and who has decided about it, for people. */
export function historyTable(entries: readonly HistoryEntry[]): string {
  return table(
    ['at', 'what', 'how it ended', 'by', 'more'],
    entries.map((entry) => [
      entry.at,
      entry.what,
      entry.status ?? '',
      entry.drift?.by ?? entry.startedBy ?? '',
      more(entry),
    ]),
  );
}

function more({ failure, plan, decisions = [], drift }: HistoryEntry): string {
  // That it was rejected is why it failed.
  const said = decisions
    .filter(({ decision }) => failure === undefined || decision === 'approved')
    .map(
      ({ decision, saidToBeBy, why }) =>
        `${decision}, said to be by ${saidToBeBy}${why === undefined ? '' : `: ${why}`}`,
    );
  const what = failure?.message ?? plan?.summary ?? drift?.changes.map(({ field }) => field).join(', ');
  return [...(what ? [what] : []), ...said].join('; ');
}
