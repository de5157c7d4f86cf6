/** A run's promotion: which of the rows it has copied arrive, and what is told of the others. */
import type { RowProblem, Transform } from '../data-prep/transform.ts';
import type { JsonObject } from '../json.ts';
import type { Outcome, PlannedRun } from '../runs/outcomes.ts';
import type { Read, Took } from './copy.ts';

export type RowError = { code: string; message: string; recordCount?: number };

/** What a run comes to, and why rows of it did not arrive. */
export type RowsRun = { plan: PlannedRun; errors: RowError[]; took: Took };

export const promotion = { code: 'CONNECTOR-2001-500', message: 'Error occurred at promotion activity.' };

/** Kinds of trouble that are told; more show in the counts alone. */
const mostKinds = 10;

/** Maps each row; without a mapping all of them arrive. `options` are the flow's. */
export function promoted(
  { rows, nameOf }: Read,
  transform: Transform | undefined,
  options: JsonObject,
  took: Took,
): RowsRun {
  const records = rows.length;
  if (records === 0) return { plan: { outcome: 'empty', records }, errors: [], took };
  if (transform !== undefined && transform.beyond.length > 0) {
    const message = `the emulator can't work out ${transform.beyond.join(', ')} of the mapping: rehearse without, or plan how the runs end`;
    return failed({ code: 'MAPPER-3700-400', message }, took, { records, failedRecords: records });
  }
  const troubles = new Troubles();
  for (const [at, row] of rows.entries()) troubles.add(transform?.problemsOf(row) ?? [], () => nameOf(at));
  return ended(options, records, troubles, took);
}

/** The troubles of all rows, each kind once. */
class Troubles {
  failed = 0;
  readonly #kinds = new Map<string, RowProblem & { first: string; count: number }>();

  add(problems: RowProblem[], nameOf: () => string): void {
    if (problems.length > 0) this.failed += 1;
    for (const problem of problems) {
      const key = `${problem.code} ${problem.about}`;
      const kind = this.#kinds.get(key);
      if (kind === undefined) this.#kinds.set(key, { ...problem, first: nameOf(), count: 1 });
      else kind.count += 1;
    }
  }

  told(): RowError[] {
    const kinds = [...this.#kinds.values()].toSorted((a, b) => b.count - a.count);
    return kinds.slice(0, mostKinds).map(({ code, message, first, count }) => ({
      code,
      message: `${message} (${first})`,
      recordCount: count,
    }));
  }
}

/** Under the threshold the rest arrives. Guess: without `partialIngestionPercent` nothing does once a row fails, as where it is switched off in the UI. */
function ended(options: JsonObject, records: number, troubles: Troubles, took: Took): RowsRun {
  const failedRecords = troubles.failed;
  if (failedRecords === 0) return { plan: { outcome: 'success', records }, errors: [], took };
  const isTold = String(options.errorDiagnosticsEnabled) === 'true';
  const arrives = (100 * failedRecords) / records <= Number(options.partialIngestionPercent ?? 0);
  const errors = isTold
    ? [
        {
          code: 'INGEST-1212-400',
          message: `Encountered ${failedRecords} errors in the data. Successfully ingested ${arrives ? records - failedRecords : 0} rows. Review the associated diagnostic files for additional details.`,
        },
        ...troubles.told(),
      ]
    : [
        {
          code: 'INGEST-1211-400',
          message:
            'Encountered errors while parsing, converting or otherwise validating the data. Resend the data with error diagnostics enabled to collect additional information on failure types.',
        },
      ];
  if (!arrives) return failed(promotion, took, { records, failedRecords }, errors);
  return { plan: { outcome: 'degraded', records, failedRecords, error: promotion }, errors, took };
}

export function failed(
  error: { code: string; message: string },
  took: Took,
  counts = { records: 0, failedRecords: 0 },
  errors: RowError[] = [],
): RowsRun {
  const outcome: Outcome = 'failed';
  return { plan: { outcome, ...counts, error }, errors, took };
}
