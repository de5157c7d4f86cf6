import { day, hour, minute, type Scene } from './long-watch.ts';
import { removeFlow } from './make-flow.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { hasEnded } from '../../src/runs/run.ts';

/** Everything that can go wrong around one flow for `days` days; then the flow is deleted. */
export function adversity(days: number, { daysAway = 9, awayFrom = Math.floor(days / 3) } = {}) {
  const every = (period: number) => {
    let due = period;
    return (elapsed: number) => {
      if (elapsed < due) return false;
      due += period * (Math.floor((elapsed - due) / period) + 1);
      return true;
    };
  };
  const [isLateDue, isPairDue, isSilentDue, isLongDue, isCrowdDue, isEchoDue, isDeathDue] = [
    3 * day,
    day,
    2 * day,
    4 * day,
    7 * day,
    6 * hour,
    7 * hour,
  ].map(every) as [Ready, Ready, Ready, Ready, Ready, Ready, Ready];
  const count = { late: 0, pairs: 0, silent: 0, long: 0, crowds: 0, echoes: 0, deaths: 0 };

  async function before({ control, aep, flowId, elapsed, activity, tell }: Scene): Promise<boolean> {
    const away = elapsed > awayFrom * day && elapsed < (awayFrom + daysAway) * day;
    control.clearFaults();
    if (away) control.addFault({ method: 'GET', path: '/flowservice/**', kind: '503', times: 10 });
    const { now } = control.clock();
    const make = (details: object) => control.makeRun(flowId, details);
    if (isLateDue(elapsed) && elapsed > 7 * day) {
      make({ createdAt: now, startedAt: now - 6 * day, completedAt: now - 5 * day });
      count.late += 1;
    }
    if (isPairDue(elapsed)) {
      for (const outcome of ['success', 'failed'] as const)
        make({
          outcome,
          createdAt: now - 9 * minute,
          startedAt: now - 8 * minute,
          completedAt: now - minute,
        });
      count.pairs += 1;
    }
    if (isSilentDue(elapsed)) {
      const run = { metrics: { durationSummary: { startedAtUTC: 0 } } };
      make({ outcome: 'failed-no-end', createdAt: now - 5 * minute, startedAt: now - 4 * minute, run });
      count.silent += 1;
    }
    if (isLongDue(elapsed)) {
      make({ createdAt: now, completedAt: now + 20 * hour });
      count.long += 1;
    }
    if (isCrowdDue(elapsed)) {
      // More than two pages that were all created, started and ended at once.
      for (let n = 0; n < 230; n++)
        make({ createdAt: now - 3 * minute, startedAt: now - 2 * minute, completedAt: now - minute });
      count.crowds += 1;
    }
    if (activity === 'signalEndedRuns' && isEchoDue(elapsed)) {
      const known = control.resources('runs').slice(-40).map(readRun).filter(hasEnded);
      const echo = known
        .filter(({ start, created }) => Math.min(start, created) > now - 4 * day)
        .toReversed();
      await tell([...echo.slice(0, 3), ...echo]);
      count.echoes += 1;
    }
    if (elapsed > days * day) {
      control.clearFaults();
      await removeFlow(aep, flowId);
    }
    if (!isDeathDue(elapsed)) return false;
    count.deaths += 1;
    return true;
  }
  return { before, count };
}

type Ready = (elapsed: number) => boolean;
