import { cancellationSignal } from '@temporalio/activity';
import type { Previewed } from '../../aep/data-prep.ts';
import { AepError, UnknownSandbox } from '../../aep/errors.ts';
import { cut, longestText } from '../../cut.ts';
import type { AskedOfSource } from '../../explore/asked-of-source.ts';
import { mappedRow } from '../../explore/mapped-row.ts';
import { withoutSecrets } from '../../explore/sample-rows.ts';
import type { PreviewedRow, PreviewedRows } from '../../plan/sampled-rows.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { describedBy, timeoutMs } from './ask-source.ts';

export interface PreviewRowsRequest {
  sandbox: string;
  asked: AskedOfSource;
  /** The body of one, in the newer form. */
  mappingSet: JsonObject;
  /** How many rows. */
  count: number;
}

/** Characters of JSON that all rows take in a history. */
const mostCharacters = 20_000;
/** Fields of one row of which it is told why they cannot be mapped. */
const mostRefused = 20;

/**
 * Has AEP say what a mapping would make of the first rows of a source. Only that is answered: the rows themselves go into no
 * history. An AEP that does not answer is told as that, since nothing depends on it.
 */
export function createPreviewRows({ aep }: Dependencies) {
  return {
    async previewRows({ sandbox, asked, mappingSet, count }: PreviewRowsRequest): Promise<PreviewedRows> {
      const call = { sandbox, signal: cancellationSignal(), timeoutMs };
      try {
        return await beating(async () => {
          const described = await describedBy(aep, call, asked, true);
          const rows = (described?.rows ?? []).slice(0, count).map(withoutSecrets);
          if (rows.length === 0) return { why: 'the source shows no rows' };
          const previewed = await aep.dataPrep.mappingSets.preview(call, rows, mappingSet);
          return { rows: previewed.slice(0, count).map((one) => told(one, mostCharacters / count)) };
        });
      } catch (error) {
        if (!(error instanceof AepError) || error instanceof UnknownSandbox || call.signal.aborted)
          throw failure(error);
        return { why: cut(error.message, longestText) };
      }
    },
  };
}

function told({ data, errors }: Previewed, mostCharacters: number): PreviewedRow {
  return {
    ...mappedRow(data, mostCharacters),
    refused: errors
      .slice(0, mostRefused)
      .map(({ why, ...where }) => ({ ...where, why: cut(why, longestText) })),
  };
}
