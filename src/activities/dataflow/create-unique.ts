import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { AepError, TitleTaken } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastWord, leave } from '../memory.ts';
import { servicesOf, type Service } from '../services.ts';
import type { CreateRequest, Created } from './create.ts';
import { untilShown } from './not-there-yet.ts';
import { beating } from '../attempt.ts';
import { bodyOf } from './send.ts';

/**
 * A create of a kind whose title AEP keeps unique: a second POST is refused with the first one's id, so that doubt heals by
 * asking again, and no look is needed before. Returns what has the title where that is taken.
 */
export function createUniqueOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return ({ sandbox, dataflow, body, nonce, giveUpAfterMs }: CreateRequest): Promise<Created> =>
    beating(async () => {
      const call = { sandbox };
      const lookedIn = activityInfo().workflowExecution!.runId;
      const { memory, isWhole } = lastWord();
      let doubts = memory.doubts?.length || !isWhole ? [nonce] : [];
      try {
        const marked = bodyOf(kind, { body, mark: { dataflow, nonce } }, dependencies.aep.now());
        const { id } = await service.create(call, marked);
        return { created: { id, nonce }, lookedIn, doubts };
      } catch (error) {
        if (!(error instanceof AepError)) throw error;
        if (error.created === 'unknown') doubts = [nonce];
        if (!(error instanceof TitleTaken))
          throw failure(
            error,
            giveUpAfterMs,
            { doubts },
            untilShown(kind, body, error, dependencies.listLagMs),
          );
        const there = await whatHasTheTitle(kind, service, call, body, error).catch((why: unknown) => {
          throw failure(why, giveUpAfterMs, { doubts });
        });
        // What a request of ours may have made just now is not sure to be read yet.
        if (there && (there.isRead || doubts.length === 0)) return { found: [there.found], lookedIn, doubts };
        throw notShownYet(error, dependencies.listLagMs, doubts) ?? failure(error, giveUpAfterMs, { doubts });
      }
    });
}

/** Not every wording of AEP's refusal names the one that has the title. */
async function whatHasTheTitle(
  kind: Kind,
  service: Service,
  call: Call,
  { title }: JsonObject,
  { existingId }: TitleTaken,
) {
  const id = existingId ?? (await service.list(call, { name: String(title) }))[0]?.['$id'];
  if (typeof id !== 'string') return undefined;
  const answer = await service.get(call, id);
  if (answer) return { isRead: true, found: resources[kind].observe(answer) };
  return { isRead: false, found: { id, name: String(title), fields: {} } };
}

/** What was made just now has its title at once, but lists may not show it yet: then the next attempt asks again. */
function notShownYet(
  refused: TitleTaken,
  listLagMs: number,
  doubts: string[],
): ApplicationFailure | undefined {
  const { currentAttemptScheduledTimestampMs: now } = activityInfo();
  // By the server's clock, since the next attempt may be another worker's. An attempt may begin long after it was due, so
  // that only what is due after one that saw the title taken is sure to be later than what has it.
  const { titleTaken: seen } = lastWord().memory;
  const since = seen && (seen.since ?? now);
  if (since !== undefined && now - since > listLagMs) return undefined;
  leave({ doubts, titleTaken: since === undefined ? {} : { since } });
  return ApplicationFailure.create({
    type: 'Unavailable',
    message: `${refused.message} AEP does not say by what, and no list shows it yet`,
    nextRetryDelay: listLagMs / 4 + 100,
  });
}
