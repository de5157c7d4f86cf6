import { ApplicationFailure, Context, activityInfo, heartbeat } from '@temporalio/activity';
import { AepError, TitleTaken } from '../aep/errors.ts';
import { startLeadSeconds } from '../definition/start.ts';
import type { Call } from '../aep/http.ts';
import { resources } from '../resources/index.ts';
import type { Kind } from '../resources/kinds.ts';
import type { Mark } from '../resources/mark.ts';
import type { JsonObject } from '../resources/resource.ts';
import { failure, refusal } from './failures.ts';
import type { Dependencies } from './index.ts';
import { servicesOf, type Service } from './services.ts';

/** What one create needs: the body without its mark, and leave to send it. */
export interface CreateRequest {
  sandbox: string;
  body: JsonObject;
  mark: Mark;
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

/** Left in the heartbeat: leave for the next attempt to send. */
interface Word {
  nothingCreatedBy: number;
}

const heartbeatEveryMs = 400;
/** An attempt that was handed out longer ago than this asks the server whether it still counts. */
const staleAfterMs = 1_000;

/**
 * One POST, sent at most once per look-up. What surely created nothing is Temporal's to retry; everything else is
 * `OutcomeUnknown`, and never sent again by a retry: the workflow looks first (see `workflows/create-once.ts`).
 */
export function createOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async (request: CreateRequest): Promise<Created> => {
    const startedAt = Date.now();
    const info = activityInfo();
    const left = info.heartbeatDetails as Word | undefined;
    if (request.lookedIn !== info.workflowExecution?.runId)
      throw doubt(kind, 'the look-up before it was made in another run');
    if (info.attempt > 1 && left?.nothingCreatedBy !== info.attempt - 1)
      throw doubt(kind, `attempt ${info.attempt - 1} left no word`);
    await stillCounts(kind);

    const beat = setInterval(() => heartbeat(left), heartbeatEveryMs);
    const beforeSend = () => {
      // A process that was stopped for a while may wake up here, long after others were told that it is gone.
      if (Date.now() - startedAt > dependencies.httpTimeoutMs)
        throw doubt(kind, 'its deadline had passed before it was sent');
    };
    try {
      // No cancellation signal: a POST that was begun is answered, or nobody knows what it did.
      const { id } = await service.create({ sandbox: request.sandbox, beforeSend }, bodyOf(kind, request));
      return { id };
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      if (error.created === 'unknown') throw doubt(kind, error.message, error);
      heartbeat({ nothingCreatedBy: info.attempt } satisfies Word);
      throw failure(error, request.giveUpAfterMs);
    } finally {
      clearInterval(beat);
    }
  };
}

/** The same for the kinds whose title AEP keeps unique: a second POST is refused with the first one's id, so doubt heals by asking again. */
export function createUniqueOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async (request: CreateRequest): Promise<Created> => {
    const call = { sandbox: request.sandbox };
    try {
      const { id } = await service.create(call, bodyOf(kind, request));
      return { id };
    } catch (error) {
      if (!(error instanceof TitleTaken)) throw failure(error, request.giveUpAfterMs);
      const id = error.existingId ?? (await idOfTitle(service, call, String(request.body['title'])));
      if (id) return { id, titleTaken: true };
      throw failure(error, request.giveUpAfterMs);
    }
  };
}

/** Not every wording of AEP's refusal names the one that has the title. */
async function idOfTitle(service: Service, call: Call, title: string): Promise<string | undefined> {
  const [found] = await service.list(call, { name: title }).catch(() => []);
  return typeof found?.['$id'] === 'string' ? found['$id'] : undefined;
}

/** The body with its mark. A flow that is to start as soon as possible gets its start here, anew for each request: AEP refuses a start that has passed. */
function bodyOf(kind: Kind, { body, mark }: CreateRequest): JsonObject {
  const marked = resources[kind].marked(body, mark);
  if (kind !== 'flow') return marked;
  const scheduleParams = {
    startTime: Math.ceil(Date.now() / 1000) + startLeadSeconds,
    ...(marked['scheduleParams'] as JsonObject),
  };
  return { ...marked, scheduleParams };
}

/** A worker that was asleep between taking a task and beginning it must not send what the server has long given up. */
async function stillCounts(kind: Kind): Promise<void> {
  const { currentAttemptScheduledTimestampMs, taskToken, workflowNamespace, heartbeatDetails } =
    activityInfo();
  if (Date.now() - currentAttemptScheduledTimestampMs < staleAfterMs) return;
  const { client } = Context.current();
  try {
    await client.workflowService.recordActivityTaskHeartbeat({
      namespace: workflowNamespace ?? client.options.namespace,
      taskToken,
      ...(heartbeatDetails === undefined
        ? {}
        : {
            details: {
              payloads: [client.options.loadedDataConverter.payloadConverter.toPayload(heartbeatDetails)],
            },
          }),
    });
  } catch (error) {
    throw doubt(kind, 'Temporal no longer waits for this attempt', error);
  }
}

function doubt(kind: Kind, why: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'OutcomeUnknown',
    message: `Nobody knows whether the ${kind} was created: ${why}`,
    nonRetryable: true,
    ...(cause instanceof AepError ? { details: [refusal(cause)] } : {}),
  });
}
