import { cut, cutJson } from '../../cut.ts';
import { isIdle, type Change, type Plan, type Step } from '../../plan/plan.ts';
import type { Outcome } from '../../resources/outcome.ts';
import type { ProgressReport } from './progress.ts';

/** A plan as the memo of an execution keeps it, for whoever asks later what was done: see the client's `history`. */
export interface NotedPlan {
  digest: string;
  summary: string;
  /** What was not as asked for, a line for each field or row; `and 3 more` stands for what is left out. */
  steps: (Pick<Step, 'kind' | 'action' | 'id'> & { changes: string[] })[];
}

/** What ended an execution, as its memo keeps it. */
export interface NotedFailure {
  type: string;
  message: string;
}

/** Lists of executions come with their memos, a thousand at a time. Characters. */
const longestNote = 2_000;
const longestValue = 80;
const longestMessage = 500;
/** Of the changes of each step, the first number for which all of it fits. */
const mostOfEach = [20, 5, 1];

/** What of a plan is worth keeping: what it changes, and how. */
export function noted({ digest, summary, steps }: Plan): NotedPlan {
  const busy = steps.filter(({ action }) => !isIdle(action));
  const most = mostOfEach.find((some) => JSON.stringify(of(some)).length <= longestNote) ?? 0;
  return { digest, summary, steps: of(most) };

  function of(some: number): NotedPlan['steps'] {
    return busy.map(({ kind, action, id, changes }) => {
      const lines = changes.flatMap(linesOf);
      const more = lines.length - some;
      const told = more > 0 ? [...lines.slice(0, some), `and ${more} more`] : lines;
      return { kind, action, ...(id === undefined ? {} : { id }), changes: told };
    });
  }
}

function linesOf(change: Change): string[] {
  const field = cut(change.field, longestValue);
  if ('from' in change) return [`${field}: ${brief(change.from)} → ${brief(change.to)}`];
  return [
    ...change.removed.map((row) => `${field}: - ${brief(row)}`),
    ...change.added.map((row) => `${field}: + ${brief(row)}`),
  ];
}

const brief = (value: unknown): string => cutJson(value ?? undefined, longestValue);

/**
 * What an execution keeps in its memo when it ends: what it made, for the next one and for those to whom a cancelled
 * workflow's failure never comes; and what it was about.
 */
export function notesAtEnd({ planned, progress: { state, error } }: ProgressReport, outcome: Outcome) {
  return {
    outcome,
    ...(planned ? { plan: noted(planned) } : {}),
    ...(state === 'failed' && error ? { failure: notedFailure(error) } : {}),
  };
}

/** A failure as the memo keeps it. */
export function notedFailure({ type, message }: NotedFailure): NotedFailure {
  return { type, message: cut(message, longestMessage) };
}
