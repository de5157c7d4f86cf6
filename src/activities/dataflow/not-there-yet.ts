import { activityInfo } from '@temporalio/activity';
import { NotFound, Rejected, TitleTaken, type AepError } from '../../aep/errors.ts';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject } from '../../resources/resource.ts';

/**
 * Whether AEP refused a create because it does not find what its body refers to. All of that was made or read before the
 * create was asked for, so that it is there, and only not known to every service yet.
 *
 * Services say it in their own ways: by a status, a code, or the words of a 400. One for another reason, such as a mapping
 * to a path that the schema does not have, is a refusal.
 */
export function isNotThereYet(kind: Kind, body: JsonObject, error: AepError): boolean {
  if (!(error instanceof Rejected) || error instanceof TitleTaken) return false;
  const { observe, refersTo } = resources[kind];
  const ids = Object.values(refersTo(observe({ ...body, id: 'not made', $id: 'not made' })));
  if (ids.length === 0) return false;
  return error instanceof NotFound || ids.some((id) => saysNotThere(error.message, id));
}

/**
 * For how many milliseconds from now a refusal deserves another try, since what it does not find was there when this
 * create was asked for. By the server's clock.
 */
export function untilShown(kind: Kind, body: JsonObject, error: AepError, listLagMs: number): number {
  const { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs } = activityInfo();
  return isNotThereYet(kind, body, error) ? Math.max(0, scheduledTimestampMs + listLagMs - now) : 0;
}

const saidBefore = /not found|no such|unknown|unable to find|cannot find|could not find|invalid/i;
const saidAfter = /not (?:be )?found|not exist|n['’]t exist|not valid|invalid|unknown|missing/i;
const withoutId =
  /\b(?:schema|class|data ?set|connection|mapping(?: ?set)?)\b[^.;]{0,60}\bnot (?:be )?found/i;

/** Whether it says so in the sentence that has the id, or of such a thing without saying which. */
function saysNotThere(text: string, id: string): boolean {
  const [before = '', ...after] = text.split(id);
  if (after.length === 0) return withoutId.test(text);
  const untilId = before.split(/[.;]\s/).at(-1)!;
  return saidBefore.test(untilId) || after.some((rest) => saidAfter.test(rest.split(/[.;](?:\s|$)/)[0]!));
}
