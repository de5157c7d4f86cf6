import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { AepError, Rejected } from '../aep/errors.ts';
import type { Call } from '../aep/http.ts';
import type { FailureType } from '../failure-types.ts';
import { objectAt, objectsAt, textAt } from '../resources/json.ts';
import type { JsonObject } from '../resources/resource.ts';
import { doubtsIn, failure, isTooLate, pauseMs } from './aep-failures.ts';
import { beating, stillCounts } from './attempt.ts';
import type { Dependencies } from './dependencies.ts';
import { lastWord, leave, type Memory } from './memory.ts';

/** A change to one resource that is there. The same change twice must leave what it left the first time. */
export interface Change<Result> {
  /** What is changed, for messages: such as `the flow 1234`. */
  subject: string;
  read(call: Call): Promise<JsonObject | undefined>;
  /** Whether AEP is still busy with an earlier change, so that this answer says nothing yet and no other is taken. */
  isBusy?(answer: JsonObject): boolean;
  /**
   * The result, where the answer shows what is asked for.
   * @param taken how many requests AEP has taken until then.
   * @throws ApplicationFailure where it is not to be asked for any more.
   */
  done(answer: JsonObject, taken: number): Result | undefined;
  /** One request. Returns the result where AEP's reply has it, else what is read next has to show it. */
  send(call: Call, answer: JsonObject): Promise<Result | undefined>;
  gone(): ApplicationFailure;
  /**
   * For how long nothing is sent again after a request that nobody knows the end of, so that the first can take effect
   * and be seen. For what AEP has no If-Match for: elsewhere a request that comes late is refused. Milliseconds.
   */
  settleMs?: number;
  giveUpAfterMs?: number | undefined;
}

/** What is left for the next attempt. */
type Word = Pick<Memory, 'doubtUntil' | 'isInDoubt' | 'waits'> & { taken: number };

/**
 * AEP refuses an outdated version, or what does not fit the state, because somebody else was quicker: looked at anew so often in one
 * attempt.
 */
const mostLooks = 3;
/** Nobody else changes a resource back so often: AEP takes it and does not do it. */
const mostTaken = 3;
/** A change of a flow takes AEP five to ten seconds. Milliseconds. */
const longestWaitMs = 10_000;

/** Not now: the next attempt looks again. */
class NotYet extends Error {}

/**
 * Reads; where AEP does not show yet what is asked for, sends; and goes on reading, through failures with short pauses
 * that leave nothing in the history, until AEP shows it. So a reply that was lost, a worker that died and a change that
 * somebody else has made already are settled alike: by looking. That needs no nonce, as the content says what was done.
 */
export async function carryOut<Result>(
  change: Change<Result>,
  sandbox: string,
  { httpTimeoutMs }: Pick<Dependencies, 'httpTimeoutMs'>,
): Promise<Result> {
  const { giveUpAfterMs } = change;
  const word = pickUp(change.settleMs);
  try {
    return await beating(() => attempt(change, sandbox, word, httpTimeoutMs));
  } catch (error) {
    if (error instanceof NotYet) throw waiting(error.message, word, giveUpAfterMs);
    if (error instanceof AepError && error.created === 'unknown') {
      word.isInDoubt = true;
      if (change.settleMs !== undefined)
        word.doubtUntil = Math.max(word.doubtUntil ?? 0, now() + change.settleMs);
    }
    if (word.isInDoubt && error instanceof ApplicationFailure) throw inDoubt(error);
    throw failure(error, giveUpAfterMs, { ...word, ...(word.taken > 0 ? { isInDoubt: true } : {}) });
  }
}

async function attempt<Result>(
  change: Change<Result>,
  sandbox: string,
  word: Word,
  httpTimeoutMs: number,
): Promise<Result> {
  const { subject } = change;
  const call: Call = { sandbox, signal: cancellationSignal() };
  let sent = false;
  for (let looks = 1; ; looks++) {
    const answer = await change.read(call);
    if (!answer) throw change.gone();
    if (change.isBusy?.(answer)) throw new NotYet(`AEP is still changing ${subject}`);
    const result = change.done(answer, word.taken);
    if (result !== undefined) return result;
    if (word.taken > 0) refuseWithoutEffect(subject, word, answer);
    if (sent) throw new NotYet(`AEP has taken the change of ${subject} and does not show it yet`);
    if ((word.doubtUntil ?? 0) > now()) throw new NotYet(`A late request may still change ${subject}`);
    const inTime = await stillCounts(httpTimeoutMs, `change ${subject}`);
    try {
      // Without the signal that cancels it: nobody would know what a request did that was cut off.
      const told = await change.send({ sandbox, ...inTime }, answer);
      if (told !== undefined) return told;
      word.taken += 1;
      sent = true;
    } catch (error) {
      if (isRefusal(error, beingChanged)) throw new NotYet(`AEP is still changing ${subject}`);
      const isOutdated = isRefusal(error, outdated);
      if (looks < mostLooks && (isOutdated || isRefusal(error, unfit))) continue;
      throw isOutdated ? new NotYet(`Others change ${subject} just now`) : error;
    }
  }
}

/** Of the version that was changed there is a newer one. */
const outdated = /^FLOW-1404-412$/;
/** The action does not fit the state, which may be another by now. */
const unfit = /^FLOW-1422-400$/;
const beingChanged = /^FLOW-142[01]-400$/;

function isRefusal(error: unknown, code: RegExp): boolean {
  return error instanceof Rejected && code.test(error.code ?? '');
}

/** What an attempt before has left. One that left no word may have sent a request just before its worker died. */
function pickUp(settleMs: number | undefined): Word {
  const { memory, isWhole } = lastWord();
  const { taken = 0, waits = 0, doubtUntil, isInDoubt = false } = memory;
  const word = {
    taken,
    waits,
    ...(doubtUntil === undefined ? {} : { doubtUntil }),
    ...(isInDoubt || !isWhole ? { isInDoubt: true } : {}),
  };
  return !isWhole && settleMs !== undefined ? { ...word, doubtUntil: now() + settleMs } : word;
}

/** By the server's clock: the next attempt may be another worker's. Epoch milliseconds. */
function now(): number {
  return activityInfo().currentAttemptScheduledTimestampMs;
}

function waiting(message: string, word: Word, giveUpAfterMs: number | undefined): ApplicationFailure {
  const waits = (word.waits ?? 0) + 1;
  leave({ ...word, waits });
  const nextRetryDelay = Math.min(pauseMs(waits), longestWaitMs);
  return ApplicationFailure.create({
    type: 'Unavailable' satisfies FailureType,
    message,
    nonRetryable: isTooLate(nextRetryDelay, giveUpAfterMs),
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Guess: a change that AEP took and could not carry out is told in `lastOperation`. The form allows it, no sample shows it. */
function refuseWithoutEffect(subject: string, { taken }: Word, answer: JsonObject): void {
  const operation = objectAt(answer, 'lastOperation');
  const status = objectAt(operation, 'status');
  const failed = /^fail/i.test(textAt(status, 'value') ?? '');
  if (!failed && taken < mostTaken) return;
  const errors = objectsAt(status, 'errors').map((one) => textAt(one, 'message') ?? JSON.stringify(one));
  const why = failed
    ? `AEP could not carry the change out${errors.length > 0 ? `: ${errors.join('; ')}` : ''}`
    : 'AEP took the change and does not show it';
  const refused = ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `Nothing changed ${subject}: ${why}`,
    nonRetryable: true,
  });
  throw failed ? refused : inDoubt(refused);
}

/** The same, where a request may have taken effect, or still may. */
function inDoubt({ type, message, details, nonRetryable }: ApplicationFailure): ApplicationFailure {
  const more = doubtsIn({ isInDoubt: true });
  return ApplicationFailure.create({
    ...(type ? { type } : {}),
    message,
    nonRetryable: nonRetryable ?? true,
    details: [details?.[0] ?? {}, ...more],
  });
}
