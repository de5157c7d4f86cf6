import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { AepError, TitleTaken } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { isNotThereYet } from './not-there-yet.ts';
import { atMostOnce, beating, bodyOf, doubt, send, type Post } from './send.ts';
import { servicesOf, type Service } from '../services.ts';

/** A create, and leave to send it. */
export interface CreateRequest extends Post {
  /** The run whose look-up found nothing: leave to send, which ends with that run. Not needed where AEP keeps titles unique. */
  lookedIn?: string;
  /** Milliseconds after which passing trouble ends the create. Absent: never. */
  giveUpAfterMs?: number;
}

export interface Created {
  id: string;
  /** AEP refused because this resource has the title already. */
  titleTaken?: true;
}

/** Left in the heartbeat where a create may be sent again whatever became of the last. */
interface UniqueWord {
  toldBy: number;
  /** Whether a request may have made something. */
  mayExist: boolean;
}

/**
 * One POST, sent at most once per look-up. What surely created nothing is Temporal's to retry; everything else is
 * `OutcomeUnknown`, and never sent again by a retry: first comes a look (see `workflows/dataflow/create-once.ts`).
 */
export function createOf(kind: Kind, dependencies: Dependencies) {
  return async ({ lookedIn, giveUpAfterMs, ...post }: CreateRequest): Promise<Created> => {
    if (lookedIn !== activityInfo().workflowExecution?.runId)
      throw doubt(kind, 'the look before it was made in another run');
    const inDoubt = (why: string, cause?: AepError) => doubt(kind, why, cause);
    const againForMs = (refusal: AepError) => untilShown(kind, post.body, refusal, dependencies);
    return { id: await atMostOnce(() => send(kind, dependencies, post), inDoubt, giveUpAfterMs, againForMs) };
  };
}

/** The same for the kinds whose title AEP keeps unique: a second POST is refused with the first one's id, so doubt heals by asking again. */
export function createUniqueOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async ({ sandbox, body, mark, giveUpAfterMs }: CreateRequest): Promise<Created> => {
    const call = { sandbox };
    const marked = bodyOf(kind, { sandbox, body, mark }, dependencies.aep.now());
    const { attempt: toldBy, heartbeatDetails } = activityInfo();
    const left = heartbeatDetails as Partial<UniqueWord> | undefined;
    const inDoubt = left?.mayExist === true || (toldBy > 1 && left?.toldBy !== toldBy - 1);
    try {
      const { id } = await beating(() => service.create(call, marked));
      return { id };
    } catch (error) {
      const mayExist = inDoubt || !(error instanceof AepError) || error.created === 'unknown';
      const word: UniqueWord = { toldBy, mayExist };
      const failed = (why: unknown, againForMs?: number) =>
        failure(why, giveUpAfterMs, word, mayExist ? { mayExist } : {}, againForMs);
      if (!(error instanceof TitleTaken)) throw failed(error, untilShown(kind, body, error, dependencies));
      const id = error.existingId ?? (await idOfTitle(service, call, body, failed));
      // What a request of ours may have made just now is not sure to be read yet.
      if (id && (!inDoubt || (await isThere(service, call, id, failed)))) return { id, titleTaken: true };
      throw notShownYet(error, dependencies.listLagMs, word) ?? failed(error);
    }
  };
}

/**
 * For how many milliseconds from now a refusal deserves another try, since what it does not find was there when this
 * create was asked for. By the server's clock.
 */
function untilShown(kind: Kind, body: JsonObject, error: unknown, { listLagMs }: Dependencies): number {
  const { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs } = activityInfo();
  if (!(error instanceof AepError) || !isNotThereYet(kind, body, error)) return 0;
  return Math.max(0, scheduledTimestampMs + listLagMs - now);
}

/** What was made just now has its title at once, but lists may not show it yet: then the next attempt asks again. */
function notShownYet(
  refused: TitleTaken,
  listLagMs: number,
  word: UniqueWord,
): ApplicationFailure | undefined {
  const { heartbeatDetails, currentAttemptScheduledTimestampMs: now } = activityInfo();
  const left = heartbeatDetails as { isTaken?: true; takenBy?: number } | undefined;
  // By the server's clock, since the next attempt may be another worker's. An attempt may begin long after it was due, so
  // that only what is due after one that saw the title taken is sure to be later than what has it.
  const takenBy = left?.takenBy ?? (left?.isTaken ? now : undefined);
  if (takenBy !== undefined && now - takenBy > listLagMs) return undefined;
  heartbeat({ isTaken: true, ...(takenBy === undefined ? {} : { takenBy }), ...word });
  return ApplicationFailure.create({
    type: 'Unavailable',
    message: `${refused.message} AEP does not say by what, and no list shows it yet`,
    nextRetryDelay: listLagMs / 4 + 100,
  });
}

async function isThere(
  service: Service,
  call: Call,
  id: string,
  failed: (why: unknown) => unknown,
): Promise<boolean> {
  try {
    return (await beating(() => service.get(call, id))) !== undefined;
  } catch (error) {
    throw failed(error);
  }
}

/** Not every wording of AEP's refusal names the one that has the title. */
async function idOfTitle(
  service: Service,
  call: Call,
  { title }: JsonObject,
  failed: (why: unknown) => unknown,
): Promise<string | undefined> {
  try {
    const [found] = await beating(() => service.list(call, { name: String(title) }));
    return typeof found?.['$id'] === 'string' ? found['$id'] : undefined;
  } catch (error) {
    throw failed(error);
  }
}
