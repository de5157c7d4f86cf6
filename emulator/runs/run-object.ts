/** A run as `GET /runs` shows it at a moment of the clock: the whole object with both activities. */
import { uuidOf } from '../ids.ts';
import { merge } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { chance } from './outcomes.ts';
import type { Run } from './run-book.ts';

/** What the run's flow contributes. */
export type RunFlow = {
  sandboxId: string;
  sandboxName: string;
  imsOrgId: string;
  client: string;
  user: string;
  flowSpec: JsonObject;
  sourceConnectionId: string;
  targetConnectionId: string;
};

/** The status word at a moment. Lower case as in real answers. */
export function statusOf(run: Run, now: number): string {
  const set = run.change?.metrics?.statusSummary?.status;
  if (typeof set === 'string') return set;
  if (now < run.startedAt) return 'scheduled';
  if (now < run.endAt) return 'inProgress';
  if (run.outcome === 'failed' || run.outcome === 'failed-no-end') return 'failed';
  return run.outcome === 'partial-success' ? 'PARTIAL_SUCCESS' : 'success';
}

/** When the run last changed, epoch ms. */
export function updatedAt(run: Run, now: number): number {
  if (now >= run.endAt) return run.endAt;
  return now >= run.startedAt ? run.startedAt : run.createdAt;
}

export function etagOf(run: Run, now: number): string {
  const seconds = Math.floor(updatedAt(run, now) / 1000).toString(16);
  const changed = run.change === undefined ? 0 : JSON.stringify(run.change).length;
  return `"${run.id.slice(0, 8)}-0000-0200-${String(changed % 10_000).padStart(4, '0')}-${seconds}0000"`;
}

/** The id of the batch that a run loads; Catalog knows it too. */
export function batchIdOf(run: Run): string {
  return `01${uuidOf(`batch ${run.id}`).replaceAll('-', '').slice(0, 24).toUpperCase()}`;
}

type Problem = { code: string; message: string };

type Counts = { read: number; failed: number; problem?: Problem; copyFailed: boolean };

const copyProblem = {
  code: 'CONNECTOR-1001-500',
  message: 'The copy activity failed: the source did not answer.',
};
const promotionProblem = {
  code: 'CONNECTOR-2001-500',
  message: 'The data could not be processed and promoted to the dataset.',
};
const rowProblem = {
  code: 'MAPPER-3700-400',
  message: 'Some records could not be mapped to the target schema.',
};

/** How many records the run moved, and what went wrong with them. */
export function countsOf(run: Run): Counts {
  const { plan, outcome } = run;
  const read =
    outcome === 'empty' ? 0 : (plan?.records ?? 1000 + Math.floor(chance(run.draw * 1e9, 3) * 29_000));
  if (outcome === 'failed' || outcome === 'failed-no-end') {
    const drawn = chance(run.draw * 1e9, 4) < 0.3 ? copyProblem : promotionProblem;
    const problem = plan?.error ?? drawn;
    return {
      read,
      failed: plan?.failedRecords ?? read,
      problem,
      copyFailed: problem.code === copyProblem.code,
    };
  }
  if (outcome === 'degraded' || outcome === 'partial-success') {
    const failed = plan?.failedRecords ?? Math.max(1, Math.floor(read * 0.03 * chance(run.draw * 1e9, 5)));
    return { read, failed: Math.min(failed, read), problem: plan?.error ?? rowProblem, copyFailed: false };
  }
  return { read, failed: 0, copyFailed: false };
}

/** A table is copied as one file. */
const filesOf = ({ rows }: Run): number => rows?.took.files?.length ?? 1;

function activity(
  run: Run,
  which: 'Copy' | 'Promotion',
  flow: RunFlow,
  now: number,
  counts: Counts,
): JsonObject {
  const isCopy = which === 'Copy';
  const halfway = Number.isFinite(run.endAt) ? run.startedAt + (run.endAt - run.startedAt) / 2 : Infinity;
  const startedAt = isCopy ? run.startedAt : Math.round(halfway);
  const endAt = isCopy && !counts.copyFailed ? Math.round(halfway) : run.endAt;
  const ended = now >= endAt;
  const failed =
    ended && counts.problem !== undefined && run.outcome.startsWith('failed') && isCopy === counts.copyFailed;
  const noEnd = failed && run.outcome === 'failed-no-end';
  const input = ended ? counts.read : 0;
  const lost = isCopy ? 0 : counts.failed;
  const output = failed ? 0 : input - (ended ? lost : 0);
  const rowsLost = ended && !isCopy && counts.failed > 0;
  return {
    id: uuidOf(`${which} ${run.id}`),
    name: `${which} Activity`,
    updatedAtUTC: ended ? endAt : startedAt,
    durationSummary: {
      startedAtUTC: startedAt,
      ...(ended && !noEnd ? { completedAtUTC: endAt } : {}),
      ...(isCopy && run.window !== undefined
        ? { extensions: { windowStart: run.window.start, windowEnd: run.window.end } }
        : {}),
    },
    sizeSummary: noEnd
      ? { inputBytes: -1, outputBytes: -1 }
      : { inputBytes: input * 3, outputBytes: output * 2 },
    recordSummary: noEnd
      ? { inputRecordCount: -1, outputRecordCount: -1, failedRecordCount: -1 }
      : {
          inputRecordCount: input,
          outputRecordCount: output,
          ...(isCopy ? {} : { failedRecordCount: ended ? lost : 0 }),
        },
    fileSummary: noEnd
      ? { inputFileCount: -1, outputFileCount: -1 }
      : { inputFileCount: ended ? filesOf(run) : 0, outputFileCount: failed ? 0 : 1 },
    statusSummary: {
      status: failed ? 'failed' : ended ? 'success' : 'inProgress',
      ...(failed ? { errors: [counts.problem] } : {}),
      ...(rowsLost
        ? {
            extensions: {
              manifest: {
                failedRecords: `/batches/${batchIdOf(run)}/failed`,
                sampleErrors: `/batches/${batchIdOf(run)}/meta?path=row_errors`,
              },
              errors: run.rows?.errors ?? [{ ...counts.problem, recordCount: counts.failed }],
            },
          }
        : {}),
    },
    sourceInfo: isCopy
      ? [
          {
            id: flow.sourceConnectionId,
            type: 'SourceConnection',
            reference: { type: 'AdfRunId', ids: [uuidOf(`adf ${run.id}`)] },
          },
        ]
      : [],
    targetInfo: isCopy
      ? []
      : [
          {
            id: flow.targetConnectionId,
            type: 'TargetConnection',
            reference: { type: 'Batch', ids: [batchIdOf(run)] },
          },
        ],
  };
}

function metrics(run: Run, now: number, counts: Counts, activities: JsonObject[]): JsonObject {
  const status = statusOf(run, now);
  if (now < run.startedAt) return { statusSummary: { status } };
  const ended = now >= run.endAt;
  const unknown = run.outcome === 'failed-no-end' && ended;
  const read = ended ? counts.read : 0;
  const failed = ended ? counts.failed : 0;
  const written = run.outcome.startsWith('failed') ? 0 : read - failed;
  const copyId = activities[0]?.id;
  const lastId = activities.at(-1)?.id;
  return {
    durationSummary: {
      startedAtUTC: run.startedAt,
      ...(ended && run.completedAt !== undefined ? { completedAtUTC: run.completedAt } : {}),
    },
    sizeSummary: unknown
      ? { inputBytes: -1, outputBytes: -1 }
      : { inputBytes: read * 3, outputBytes: written * 2 },
    recordSummary: unknown
      ? { inputRecordCount: -1, outputRecordCount: -1, failedRecordCount: -1 }
      : {
          inputRecordCount: read,
          outputRecordCount: written,
          createdRecordCount: written,
          failedRecordCount: failed,
        },
    fileSummary: unknown
      ? { inputFileCount: -1, outputFileCount: -1, activityRefs: [lastId] }
      : {
          inputFileCount: ended ? filesOf(run) : 0,
          outputFileCount: written > 0 ? 1 : 0,
          activityRefs: [lastId],
        },
    statusSummary: {
      status,
      ...(ended && counts.problem !== undefined
        ? { errors: [counts.problem], activityRefs: [counts.copyFailed ? copyId : lastId] }
        : {}),
    },
  };
}

export function runObject(run: Run, flow: RunFlow, now: number): JsonObject {
  const counts = countsOf(run);
  const activities: JsonObject[] = [];
  const halfway = run.startedAt + (run.endAt - run.startedAt) / 2;
  if (now >= run.startedAt) activities.push(activity(run, 'Copy', flow, now, counts));
  // Guess: a run whose copy failed has no promotion to show.
  if (now >= halfway && !counts.copyFailed) activities.push(activity(run, 'Promotion', flow, now, counts));
  const object = {
    id: run.id,
    createdAt: run.createdAt,
    updatedAt: updatedAt(run, now),
    createdBy: flow.user,
    updatedBy: flow.user,
    createdClient: flow.client,
    updatedClient: flow.client,
    sandboxId: flow.sandboxId,
    sandboxName: flow.sandboxName,
    imsOrgId: flow.imsOrgId,
    flowId: run.flowId,
    flowSpec: flow.flowSpec,
    providerRefId: uuidOf(`provider ${run.id}`),
    ...(run.params === undefined ? {} : { params: run.params }),
    etag: etagOf(run, now),
    metrics: metrics(run, now, counts, activities),
    activities,
  };
  return run.change === undefined ? object : merge(object, run.change);
}
