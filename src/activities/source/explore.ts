import { cancellationSignal } from '@temporalio/activity';
import type { Described, Explored } from '../../aep/explore.ts';
import type { Call } from '../../aep/http.ts';
import { cut, longestText } from '../../cut.ts';
import { fittingColumns, readColumns } from '../../explore/columns.ts';
import { fittingEntries, readEntries, type Entries } from '../../explore/entries.ts';
import { fileFacts } from '../../explore/file-facts.ts';
import type { Found } from '../../explore/found.ts';
import { sampleRows } from '../../explore/sample-rows.ts';
import type { FileQuery } from '../../families/family.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRefusal, seek, timeoutMs, type Sought } from './ask-source.ts';

interface SourceRequest {
  sandbox: string;
  source: Explored;
  giveUpAfterMs?: number;
}

export interface ListRequest extends SourceRequest {
  /** Absent: what is at the root. */
  folder?: string;
}

export interface DescribeRequest extends SourceRequest {
  path: string;
  /** Whether some rows are wanted: they go into the history. */
  rows: boolean;
  /** Of a file. Absent: it is a table. */
  file?: FileQuery;
}

export interface SeekRequest extends ListRequest {
  path: string;
}

/** AEP, or the source behind it, does not answer that. */
export interface Refused {
  /** In AEP's words. */
  refused: string;
}

/** What a source holds. Each is one call of AEP's, which asks the source. */
export function createExploreActivities({ aep }: Dependencies) {
  const asked = async <Answer>(
    { sandbox, giveUpAfterMs }: SourceRequest,
    ask: (call: Call) => Promise<Answer>,
  ): Promise<Answer | Refused> => {
    try {
      return await beating(() => ask({ sandbox, signal: cancellationSignal(), timeoutMs }));
    } catch (error) {
      if (isRefusal(error)) return { refused: cut(error.message, longestText) };
      throw failure(error, giveUpAfterMs);
    }
  };

  return {
    /** What is in a source, or in one of its folders. */
    listSource: (request: ListRequest): Promise<Entries | Refused> =>
      asked(request, async (call) =>
        fittingEntries(readEntries(await aep.explore.list(call, request.source, request.folder))),
      ),

    /** The columns of a table or of a file. */
    describeSource: (request: DescribeRequest): Promise<Found | Refused> =>
      asked(request, async (call) => {
        const { source, path, rows, file } = request;
        const answer = file
          ? await aep.explore.file(call, source, path, file)
          : await aep.explore.table(call, source, path, rows);
        return foundIn(answer, request);
      }),

    /** Looks for a path where it should be listed. */
    seekInSource: (request: SeekRequest): Promise<Sought | Refused> =>
      asked(request, async (call) =>
        seek(readEntries(await aep.explore.list(call, request.source, request.folder)), request.path),
      ),
  };
}

function foundIn({ columns, rows, properties }: Described, { file, ...asked }: DescribeRequest): Found {
  const { first, more } = fittingColumns(columns ? readColumns(columns) : []);
  const written = file && fileFacts(file, properties);
  return {
    ...(columns ? { columns: first } : {}),
    ...(more > 0 ? { more } : {}),
    ...(asked.rows ? { rows: sampleRows(rows) } : {}),
    ...(written ? { file: written } : {}),
  };
}
