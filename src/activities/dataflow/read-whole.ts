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

/** All that AEP answers of one resource, but for what looks like a secret; null where AEP has none. */
export function readWholeOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async ({ sandbox, id, version }: ReadWholeRequest): Promise<JsonObject | null> => {
    try {
      const call = { sandbox, signal: cancellationSignal() };
      const answer = await beating(() => service.get(call, id, version));
      if (!answer) return null;
      const shown = withoutSecrets(kind, answer);
      if (Buffer.byteLength(JSON.stringify(shown)) > mostBytes) throw tooLarge(kind, id);
      return shown;
    } catch (error) {
      throw failure(error);
    }
  };
}

function tooLarge(kind: Kind, id: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `The ${titleOf(kind)} ${id} is too large to be read into a definition`,
    nonRetryable: true,
  });
}
