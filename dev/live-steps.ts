import type { Progress, Step, StepState } from '../src/workflows/messages.ts';

/** Prints one line of text, and says what sort of line it is. */
export type Print = (line: string, sort: 'begun' | 'well' | 'badly') => void;

const words: Partial<Record<StepState, string>> = {
  made: 'made',
  adopted: 'in place',
  given: 'given',
  done: 'done',
  failed: 'failed',
  unknown: 'not known',
  notTried: 'not tried',
};

/**
 * Prints what has changed since it was last called, a line for each step that began or ended, each with the time
 * since `startedAt` (epoch milliseconds). Lines are only ever added, so that it reads the same in a file.
 */
export function liveSteps(startedAt: number, print: Print): (progress: Pick<Progress, 'steps'>) => void {
  const seen = new Map<string, StepState>();
  const at = (time = Date.now()) => `${(Math.max(0, time - startedAt) / 1000).toFixed(2).padStart(7)} s`;
  return ({ steps }) => {
    const running = steps.filter(({ state }) => state === 'running').length;
    const changed = steps.filter(({ step, state }) => (seen.get(step) ?? 'waiting') !== state);
    for (const step of changed.toSorted((a, b) => timeOf(a) - timeOf(b))) {
      seen.set(step.step, step.state);
      const word = words[step.state];
      if (word === undefined) {
        const together = running > 1 ? `  (${running} at once)` : '';
        print(`${at(step.startedAt)}  ▸ ${step.title}${together}`, 'begun');
      } else {
        const took = step.startedAt && step.endedAt ? `${step.endedAt - step.startedAt} ms` : '';
        const well = !['failed', 'unknown', 'notTried'].includes(step.state);
        const rest = [word.padEnd(9), took.padStart(8), step.id ?? '', step.note ?? ''].join('  ').trimEnd();
        print(
          `${at(step.endedAt)}  ${well ? '✓' : '✗'} ${step.title.padEnd(32)} ${rest}`,
          well ? 'well' : 'badly',
        );
      }
    }
  };
}

function timeOf({ state, startedAt, endedAt }: Step): number {
  return (state === 'running' ? startedAt : endedAt) ?? 0;
}
