import { titleOf } from '../../resources/index.ts';
import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { AepError } from '../../aep/errors.ts';
import type { FailureType } from '../../failure-types.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { failure, isTooLate, refusal } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { mustBeKnown } from './look-back.ts';
import { look, shows, type Look, type LookRequest } from './look.ts';
import { beating, send } from './send.ts';

export interface SettleRequest extends LookRequest {
  /** The run that asked what ran before. */
  askedIn: string;
  /** Milliseconds from a doubt until a resource that may have been created is sure to show. */
  settleMs: number;
}

export interface SettleOrCreateRequest extends SettleRequest {
  body: JsonObject;
  /** The nonces of the POSTs whose outcome is unknown. */
  doubts: string[];
}

/** How a doubt ended: with what shows now, or with a create. */
export interface Settled {
  lookedIn: string;
  /** What shows: the workflow decides about it. */
  found?: Observed[];
  /** What was created, once nothing could show any more. */
  created?: { id: string; nonce: string };
  /** The nonces of the POSTs whose outcome was unknown. */
  doubts: string[];
}

/** What one attempt leaves to the next in its heartbeat. An attempt that could not leave it may have sent a POST. */
interface Memory {
  runId: string;
  attempt: number;
  /** Looks since the last doubt that found nothing. */
  looks: number;
  doubts: string[];
  /** Milliseconds to wait beyond the settle time. */
  pauseMs: number;
  /** When the pause before the next attempt is over, by the server's clock; 0 where it needs none. Epoch milliseconds. */
  dueAt?: number;
}

/** The type of a look after a doubt that found nothing, and is not the last. */
export const nothingYet = 'NothingYet';
/** When to look after a doubt, as parts of the settle time: early finds make recovery fast, the last one makes it right. */
const looksAt = [0, 0.1, 0.35, 1];
const longestPauseMs = 30 * 60_000;
/** Stands for the POST of an attempt that left no word. */
const lost = 'lost';

/** Looks until a resource of ours shows or the settle time is over. */
export function settleOf(kind: Kind, dependencies: Dependencies) {
  return async (request: SettleRequest): Promise<Look> => {
    const memory = recalled([]);
    const found = await beating(() => lookAfterDoubt(kind, dependencies, request, memory));
    return { lookedIn: memory.runId, found };
  };
}

/**
 * Looks until the resource shows or the settle time is over, and then, if nothing does, sends one POST more. If that
 * ends in doubt too, it begins anew, with growing pauses: all of it in one activity, so that an AEP that takes no POST
 * for hours writes nothing into the history but that it waits (see `tell-wait.ts`).
 *
 * The waiting is counted in the pauses that Temporal granted, not by a clock. After a reset they were another run's, and
 * after an attempt that left no word something may have been sent since: both begin anew.
 */
export function settleOrCreateOf(kind: Kind, dependencies: Dependencies) {
  return (request: SettleOrCreateRequest): Promise<Settled> =>
    beating(async () => {
      const memory = recalled(request.doubts);
      const sought = { ...request, nonces: memory.doubts.filter((nonce) => nonce !== lost) };
      const found = await lookAfterDoubt(kind, dependencies, sought, memory);
      if (shows(kind, found, request)) return { lookedIn: memory.runId, found, doubts: memory.doubts };

      const nonce = newNonce();
      const { sandbox, body, dataflow } = request;
      try {
        const id = await send(kind, dependencies, { sandbox, body, mark: { dataflow, nonce } });
        return { lookedIn: memory.runId, created: { id, nonce }, doubts: memory.doubts };
      } catch (error) {
        if (error instanceof AepError && error.created === 'no')
          throw failure(error, request.giveUpAfterMs, memory);
        const pauseMs = Math.min(Math.max(2 * memory.pauseMs, request.settleMs), longestPauseMs);
        const doubts = [...memory.doubts, nonce];
        // An attempt that no longer counts leaves no word, and so the next one does not know what it did.
        if (error instanceof AepError) heartbeat({ ...memory, looks: 0, doubts, pauseMs } satisfies Memory);
        throw inDoubtStill(kind, error, request.giveUpAfterMs);
      }
    });
}

function recalled(doubts: string[]): Memory {
  const { attempt, heartbeatDetails, workflowExecution, currentAttemptScheduledTimestampMs } = activityInfo();
  const left = heartbeatDetails as Memory | undefined;
  const runId = workflowExecution!.runId;
  if (left?.runId === runId && left.attempt === attempt - 1) {
    const { looks, doubts, pauseMs, dueAt = 0 } = left;
    // A worker that died after this word, and before it asked for the pause, was granted none: that look was too early.
    const isEarly = currentAttemptScheduledTimestampMs < dueAt;
    return { runId, attempt, looks: isEarly ? looks - 1 : looks, doubts, pauseMs, dueAt: 0 };
  }
  const known = left?.doubts ?? doubts;
  return {
    runId,
    attempt,
    looks: 0,
    doubts: attempt === 1 ? known : [...known, lost],
    pauseMs: left?.pauseMs ?? 0,
  };
}

/** Answers when something shows, or at the last look: until then every look ends in a failure that says when the next one is due. */
async function lookAfterDoubt(
  kind: Kind,
  dependencies: Dependencies,
  request: SettleRequest,
  memory: Memory,
): Promise<Observed[]> {
  let found: Observed[];
  try {
    found = await look(kind, dependencies, request);
  } catch (error) {
    heartbeat(memory);
    throw failure(error, request.giveUpAfterMs, memory);
  }
  const times = [
    ...looksAt.map((part) => part * request.settleMs),
    ...(memory.pauseMs ? [request.settleMs + memory.pauseMs] : []),
  ];
  const next = times[memory.looks + 1];
  if (shows(kind, found, request)) return found;
  if (next === undefined) {
    // A create follows. After a reset this is another run than the one that asked, and lists may not show it.
    if (request.askedIn !== memory.runId) await mustBeKnown();
    return found;
  }
  const waitMs = next - times[memory.looks]!;
  const dueAt = activityInfo().currentAttemptScheduledTimestampMs + waitMs;
  heartbeat({ ...memory, looks: memory.looks + 1, dueAt } satisfies Memory);
  throw ApplicationFailure.create({
    type: nothingYet,
    message: `No ${titleOf(kind)} shows: look ${memory.looks + 1} of ${times.length}`,
    nextRetryDelay: waitMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** The next attempt begins with a look, so it may follow at once. */
function inDoubtStill(kind: Kind, error: unknown, giveUpAfterMs?: number): ApplicationFailure {
  const tooLate = isTooLate(0, giveUpAfterMs);
  const message = error instanceof Error ? error.message : String(error);
  const type: FailureType = tooLate ? 'Unavailable' : 'OutcomeUnknown';
  return ApplicationFailure.create({
    type,
    message: `Nobody knows whether the ${titleOf(kind)} was created: ${message}`,
    details: error instanceof AepError ? [refusal(error)] : [],
    nonRetryable: tooLate,
    nextRetryDelay: '1s',
  });
}

function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}
