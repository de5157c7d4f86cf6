import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { FailureType } from '../../failure-types.ts';
import { withoutSecrets } from '../../resources/hidden.ts';
import { titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicesOf } from '../services.ts';

export interface ReadWholeRequest {
  sandbox: string;
  id: string;
  /** Of a mapping set: which of its versions. */
  version?: number;
}

/** Bytes of JSON: Temporal takes two million in one payload. */
const mostBytes = 1_500_000;
/** Of one object: a workflow task that reads it back must not take seconds. No table has so many columns. */
const mostMembers = 10_000;

/** All that AEP answers of one resource, but for what looks like a secret; null where AEP has none. */
export function readWholeOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async ({ sandbox, id, version }: ReadWholeRequest): Promise<JsonObject | null> => {
    try {
      const call = { sandbox, signal: cancellationSignal() };
      const answer = await beating(() => service.get(call, id, version));
      if (!answer) return null;
      const shown = withoutSecrets(kind, answer);
      const isTooLarge = Buffer.byteLength(JSON.stringify(shown)) > mostBytes || mostIn(shown) > mostMembers;
      if (isTooLarge) throw tooLarge(kind, id);
      return shown;
    } catch (error) {
      throw failure(error);
    }
  };
}

/** How many members the object in it has that has most. */
function mostIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : inside.length;
  return inside.reduce<number>((most, one) => Math.max(most, mostIn(one)), own);
}

function tooLarge(kind: Kind, id: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `The ${titleOf(kind)} ${id} is too large to be read into a definition`,
    nonRetryable: true,
  });
}
