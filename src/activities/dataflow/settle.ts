import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import { lost } from '../../resources/nonces.ts';
import type { Observed } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { leave, lastWord, type Memory } from '../memory.ts';
import { mustBeKnown } from './look-back.ts';
import { look, shows, type Look, type LookRequest } from './look.ts';
import { beating } from '../attempt.ts';

export interface SettleRequest extends LookRequest {
  /** The run that is known to have seen what ran before: in another one, an attempt must first be known to lists. */
  lookedIn: string;
  /** Milliseconds from a doubt until a resource that may have been created is sure to show. */
  settleMs: number;
}

/** How far the looks after a doubt have come. */
export type Settling = Required<Pick<Memory, 'looks' | 'doubts' | 'pauseMs'>> &
  Pick<Memory, 'dueAt' | 'answer'>;

/** The type of a look after a doubt that found nothing, and is not the last. */
export const nothingYet = 'NothingYet';
/** When to look after a doubt, as parts of the settle time: early finds make recovery fast, the last one makes it right. */
const looksAt = [0, 0.1, 0.35, 1];

/** Looks until a resource of ours shows or the settle time is over. */
export function settleOf(kind: Kind, dependencies: Dependencies) {
  return async (request: SettleRequest): Promise<Look> => {
    const found = await beating(() => lookAfterDoubt(kind, dependencies, request, settling([])));
    const isOver = !shows(kind, found, request);
    return { lookedIn: activityInfo().workflowExecution!.runId, found, ...(isOver ? { isOver } : {}) };
  };
}

/**
 * How far attempts before this one have come. The waiting is counted in the pauses that Temporal granted, not by a clock.
 * After a reset they were another run's, and after an attempt that left no word something may have been sent since: both
 * begin anew.
 * @param doubts what was in doubt before the first attempt.
 * @param unsaid the nonce of what an attempt may have sent that left no word.
 */
export function settling(doubts: string[], unsaid = lost): Settling {
  const { memory, isWhole } = lastWord();
  const { looks = 0, pauseMs = 0, dueAt = 0 } = memory;
  const known = memory.doubts ?? doubts;
  if (!isWhole) {
    const sent = known.includes(unsaid) ? lost : unsaid;
    return { looks: 0, doubts: [...known, sent], pauseMs };
  }
  // A worker that died after this word, and before it asked for the pause, was granted none: that look was too early.
  const isEarly = activityInfo().currentAttemptScheduledTimestampMs < dueAt;
  const { answer } = memory;
  return {
    looks: isEarly ? looks - 1 : looks,
    doubts: known,
    pauseMs,
    dueAt: undefined,
    ...(answer === undefined ? {} : { answer }),
  };
}

/** Returns when something shows, or at the last look: until then every look ends in a failure that says when the next one is due. */
export async function lookAfterDoubt(
  kind: Kind,
  dependencies: Dependencies,
  request: SettleRequest,
  state: Settling,
): Promise<Observed[]> {
  let found: Observed[];
  try {
    found = await look(kind, dependencies, request);
  } catch (error) {
    leave(state);
    throw failure(error, request.giveUpAfterMs, state);
  }
  const { looks, pauseMs, answer } = state;
  const times = looksAt.map((part) => part * request.settleMs);
  if (pauseMs > 0) times.push(request.settleMs + pauseMs);
  const next = times[looks + 1];
  const { currentAttemptScheduledTimestampMs, workflowExecution } = activityInfo();
  if (next === undefined || shows(kind, found, request)) {
    // A create may follow. After a reset this is another run than the one that asked, and lists may not show it.
    if (request.lookedIn !== workflowExecution!.runId) await mustBeKnown();
    return found;
  }
  const waitMs = next - times[looks]!;
  leave({ ...state, looks: looks + 1, dueAt: currentAttemptScheduledTimestampMs + waitMs });
  throw ApplicationFailure.create({
    type: nothingYet,
    message: `No ${titleOf(kind)} shows: look ${looks + 1} of ${times.length}, the next in ${Math.ceil(waitMs / 1000)} s${answer === undefined ? '' : `. Nobody knows whether one was created: ${answer}`}`,
    nextRetryDelay: waitMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}
