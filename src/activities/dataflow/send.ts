import { type ApplicationFailure, Context, activityInfo, heartbeat } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client';
import { AepError } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { startLeadSeconds } from '../../definition/start.ts';
import { resources, titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Mark } from '../../resources/mark.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure, outcomeUnknown } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastWord } from '../memory.ts';
import { servicesOf } from '../services.ts';

/** A create: the body without its mark, and the mark. */
export interface Post {
  sandbox: string;
  body: JsonObject;
  mark: Mark;
  /** Of a flow: it is made as a draft, which runs nothing until it is published. */
  draft?: boolean | undefined;
}

const heartbeatEveryMs = 200;
/** An attempt that was handed out longer ago than this asks the server whether it still counts. */
export const staleAfterMs = 1_000;

/**
 * Sends one POST that must not be sent twice.
 * @throws AepError, and `OutcomeUnknown` where this attempt no longer counts.
 */
export async function send(kind: Kind, { aep, httpTimeoutMs }: Dependencies, post: Post): Promise<string> {
  const inTime = await stillCounts(httpTimeoutMs, (why) => doubt(kind, why));
  const { id } = await servicesOf(aep)[kind].create(
    { sandbox: post.sandbox, ...inTime },
    bodyOf(kind, post, aep.now()),
    post.draft,
  );
  return id;
}

/**
 * Does `work` with a heartbeat beside it, so that a worker's death is known at once. What an earlier attempt left stays
 * said: it is no word of this one. All beats go through the SDK, which never sends an older one after a newer.
 */
export async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
  const { heartbeatDetails, currentAttemptScheduledTimestampMs } = activityInfo();
  const left: unknown = heartbeatDetails;
  // A task that lay in a worker whose thread stood still has been timed since then.
  if (Date.now() - currentAttemptScheduledTimestampMs > heartbeatEveryMs) heartbeat(left);
  const beat = setInterval(() => heartbeat(left), heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/**
 * The body with its mark. A flow that is to start as soon as possible gets its start here, anew for each request: AEP
 * refuses a start that has passed.
 * @param now by AEP's clock, which need not be ours. Epoch milliseconds.
 */
export function bodyOf(kind: Kind, { body, mark }: Omit<Post, 'sandbox'>, now: number): JsonObject {
  const marked = resources[kind].marked(body, mark);
  if (kind !== 'flow') return marked;
  const soon = Math.ceil(now / 1000) + startLeadSeconds;
  return { ...marked, scheduleParams: { startTime: soon, ...(marked['scheduleParams'] as JsonObject) } };
}

/**
 * Makes a call that must not be made twice. What surely had no effect is Temporal's to retry; everything else is
 * `doubt`, as is an attempt after one that left no word.
 */
export async function atMostOnce<Answer>(
  call: () => Promise<Answer>,
  doubt: (why: string, cause?: AepError) => ApplicationFailure,
  giveUpAfterMs?: number,
): Promise<Answer> {
  if (!lastWord().isWhole) throw doubt(`attempt ${activityInfo().attempt - 1} left no word`);
  try {
    return await beating(call);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    if (error.created === 'unknown') throw doubt(error.message, error);
    throw failure(error, giveUpAfterMs);
  }
}

function doubt(kind: Kind, why: string, cause?: AepError): ApplicationFailure {
  return outcomeUnknown(`Nobody knows whether the ${titleOf(kind)} was created: ${why}`, cause);
}

/**
 * For a call that must not be made twice: throws `doubt` where this attempt no longer counts, and returns what the call
 * is to be given, so that it is not made later either. That is no cancellation signal: a POST that was begun is
 * answered, or nobody knows what it did.
 */
export async function stillCounts(
  httpTimeoutMs: number,
  doubt: (why: string) => ApplicationFailure,
): Promise<Required<Pick<Call, 'beforeSend'>>> {
  const startedAt = Date.now();
  await mustBeWaitedFor(doubt);
  return {
    /** A process that was stopped for a while may wake up here, long after others were told that it is gone. */
    beforeSend() {
      if (Date.now() - startedAt > httpTimeoutMs) throw doubt('its deadline had passed before it was sent');
    },
  };
}

/** A worker that was asleep between taking a task and beginning it must not send what the server has long given up. */
async function mustBeWaitedFor(doubt: (why: string) => ApplicationFailure): Promise<void> {
  const { currentAttemptScheduledTimestampMs, taskToken, heartbeatDetails } = activityInfo();
  // By two clocks: where they differ so much that this cannot be told, it is asked for every time.
  const ageMs = Date.now() - currentAttemptScheduledTimestampMs;
  if (ageMs > -staleAfterMs && ageMs < staleAfterMs) return;
  try {
    await Context.current().client.activity.heartbeat(taskToken, heartbeatDetails);
  } catch (error) {
    // It still counts: what was begun is finished.
    if (error instanceof ActivityCancelledError) return;
    throw doubt('Temporal no longer waits for this attempt');
  }
}
