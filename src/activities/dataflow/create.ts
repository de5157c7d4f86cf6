import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { AepError } from '../../aep/errors.ts';
import { cut, longestText } from '../../cut.ts';
import type { FailureType } from '../../failure-types.ts';
import { titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import { knownNonces } from '../../resources/nonces.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { doubtsIn, failure, isTooLate, refusal } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { shows } from './look.ts';
import { untilShown } from './not-there-yet.ts';
import { beating, staleAfterMs } from '../attempt.ts';
import { send, type Made } from './send.ts';
import { lookAfterDoubt, settling, type SettleRequest, type Settling } from './settle.ts';

/** A create: what to look for after a doubt, and what to send. `lookedIn` is leave to send at once, which ends with that run. */
export interface CreateRequest extends SettleRequest {
  /** Without its mark. */
  body: JsonObject;
  /** Of a flow: it is made as a draft, which runs nothing until it is published. */
  draft?: boolean;
  /** Of the first POST. */
  nonce: string;
  /** The nonces of what was in doubt before. Where there are any, looks come first. */
  doubts: string[];
}

/** How a create ended: with what was created, or with what showed instead, and the workflow decides about that. */
export interface Created {
  created?: Made & { nonce: string };
  found?: Observed[];
  /** The run that saw it. */
  lookedIn: string;
  /** The nonces of POSTs of which nobody knows what became of them. Where something was created, none of them can any more. */
  doubts: string[];
}

const longestPauseMs = 30 * 60_000;

/**
 * Creates one resource. The first attempt sends one POST. What surely created nothing is sent again by the next. After
 * anything else, attempts look until the resource shows or the settle time is over, and then, if nothing does, one sends
 * another POST, with pauses that grow. No attempt sends two, and one that finds no word of the attempt before it assumes
 * that a POST was sent. All of it is one activity, so that an AEP that takes no POST for hours writes nothing into the
 * history but that it waits (see `tell-wait.ts`).
 */
export function createOf(kind: Kind, dependencies: Dependencies) {
  return (request: CreateRequest): Promise<Created> =>
    beating(async () => {
      const { sandbox, dataflow, body, draft, giveUpAfterMs } = request;
      const lookedIn = activityInfo().workflowExecution!.runId;
      // After a reset, the run that had leave to send may have sent it, even a moment ago.
      const isReset = request.lookedIn !== lookedIn;
      const settleMs = request.settleMs + (isReset ? staleAfterMs : 0);
      const state = settling(isReset ? [...request.doubts, request.nonce] : request.doubts, request.nonce);
      const { doubts } = state;
      /** Returns what shows of ours, and nothing where nothing can show any more. */
      const lookIn = async (now: Settling): Promise<Created | undefined> => {
        const sought = { ...request, settleMs, nonces: knownNonces(now.doubts) };
        const found = await lookAfterDoubt(kind, dependencies, sought, now);
        return shows(kind, found, request) ? { found, lookedIn, doubts: now.doubts } : undefined;
      };
      const shown = doubts.length > 0 ? await lookIn(state) : undefined;
      if (shown) return shown;

      const nonce = doubts.includes(request.nonce) ? newNonce() : request.nonce;
      try {
        const made = await send(kind, dependencies, { sandbox, body, draft, mark: { dataflow, nonce } });
        return { created: { ...made, nonce }, lookedIn, doubts };
      } catch (error) {
        if (error instanceof AepError && error.created === 'no')
          throw failure(error, giveUpAfterMs, state, untilShown(kind, body, error, dependencies.listLagMs));
        const pauseMs = nonce === request.nonce ? 0 : longer(state.pauseMs, settleMs);
        const answer = cut(error instanceof Error ? error.message : String(error), longestText);
        const now = { doubts: [...doubts, nonce], looks: 0, pauseMs, answer };
        const isLast = isTooLate(0, giveUpAfterMs);
        // An attempt that no longer counts leaves no word, and so the next one does not know what it did.
        const made = error instanceof AepError && !isLast ? await lookIn(now) : undefined;
        if (made) return made;
        throw inDoubt(kind, error, now.doubts, isLast);
      }
    });
}

/** The next attempt begins with a look, so it may follow at once. */
function inDoubt(kind: Kind, error: unknown, doubts: string[], isLast: boolean): ApplicationFailure {
  const message = error instanceof Error ? error.message : String(error);
  const type: FailureType = isLast ? 'Unavailable' : 'OutcomeUnknown';
  return ApplicationFailure.create({
    type,
    message: `Nobody knows whether the ${titleOf(kind)} was created: ${message}`,
    details: [error instanceof AepError ? refusal(error) : {}, ...doubtsIn({ doubts })],
    nonRetryable: isLast,
    nextRetryDelay: '1s',
  });
}

/** An AEP that answers no POST is asked more and more seldom. Milliseconds. */
function longer(pauseMs: number, settleMs: number): number {
  return Math.min(Math.max(2 * pauseMs, settleMs), longestPauseMs);
}

function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}
