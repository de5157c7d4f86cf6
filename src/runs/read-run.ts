import { countOf, known, listOf, objectOf, textOf, timeOf } from './raw.ts';
import { isOpen } from './run.ts';
import type { Activity, Counts, Run, RunError, RunStatus } from './run.ts';

const errorLimit = 3;

/** AEP's words without case, `_`, `-` and spaces; most documents disagree about them. */
const statuses = new Map<string, RunStatus>(
  Object.entries({
    scheduled: 'scheduled',
    queued: 'queued',
    pending: 'queued',
    inprogress: 'inProgress',
    running: 'inProgress',
    started: 'inProgress',
    success: 'success',
    succeeded: 'success',
    completed: 'success',
    partialsuccess: 'partialSuccess',
    partialfailure: 'partialFailure',
    partiallyfailed: 'partialFailure',
    failed: 'failed',
    failure: 'failed',
    error: 'failed',
    aborted: 'failed',
    cancelled: 'failed',
    canceled: 'failed',
    timedout: 'failed',
  }),
);

export function statusOf(word: unknown): RunStatus {
  const bare = textOf(word).replaceAll(/[\s_-]/g, '');
  return statuses.get(bare.toLowerCase()) ?? 'unknown';
}

/** Cuts a run as AEP shows it (in an answer or in a push message) down to what a watcher needs. */
export function readRun(raw: unknown): Run {
  const run = objectOf(raw);
  const metrics = objectOf(run['metrics']);
  const duration = objectOf(metrics['durationSummary']);
  const word = objectOf(metrics['statusSummary'])['status'];
  const activities = listOf(run['activities']).map(objectOf);
  const status = statusOf(word);
  const started = timeOf(duration['startedAtUTC']);
  const updated = timeOf(run['updatedAt']);
  const created = timeOf(run['createdAt']) ?? started ?? updated ?? 0;
  const read: Run = {
    id: textOf(run['id']),
    flowId: textOf(run['flowId']),
    status,
    start: started ?? created,
    created,
    counts: countsOf(metrics),
    errors: errorsOf(metrics, activities),
  };
  if (status === 'unknown' && word) read.said = textOf(word, 40);
  const completed = timeOf(duration['completedAtUTC']);
  // AEP leaves the time of completion out of some failed runs; then the nearest to it is what changed last. Where we
  // do not know the word, that would take the end of one activity for the end of the run.
  const end = completed ?? (status === 'unknown' ? undefined : (lastCompletion(activities) ?? updated));
  if (end !== undefined && !isOpen(status)) read.end = end;
  const { start: windowStart } = windowOf(run);
  if (windowStart !== undefined) read.windowStart = windowStart;
  const failed = activities.find((one) => statusOf(objectOf(one['statusSummary'])['status']) === 'failed');
  const failedActivity =
    (failed && activityOf(failed)) ?? (status === 'failed' ? read.errors[0]?.activity : undefined);
  if (failedActivity) read.failedActivity = failedActivity;
  return read;
}

/** The window of time whose rows a run takes, as its copy activity has it. Epoch milliseconds. */
export function windowOf(run: Record<string, unknown>): { start?: number; end?: number } {
  for (const activity of listOf(run['activities'])) {
    const { extensions } = objectOf(objectOf(activity)['durationSummary']);
    const { windowStart, windowEnd } = objectOf(extensions);
    const window = known({ start: timeOf(windowStart), end: timeOf(windowEnd) });
    if (window.start !== undefined || window.end !== undefined) return window;
  }
  return {};
}

function countsOf(metrics: Record<string, unknown>): Counts {
  const records = objectOf(metrics['recordSummary']);
  return known({
    read: countOf(records['inputRecordCount']),
    written: countOf(records['outputRecordCount']),
    failed: countOf(records['failedRecordCount']),
    skipped: countOf(records['skippedRecordCount']),
    deleted: countOf(records['deletedRecordCount']),
    failedFiles: countOf(objectOf(metrics['fileSummary'])['failedFileCount']),
    bytesWritten: countOf(objectOf(metrics['sizeSummary'])['outputBytes']),
  });
}

/** Errors of the run, of its activities, and what activities hide in `extensions`, each once. */
function errorsOf(metrics: Record<string, unknown>, activities: Record<string, unknown>[]): RunError[] {
  const ofActivities = activities.flatMap((activity) => {
    const summary = objectOf(activity['statusSummary']);
    const errors = [...listOf(summary['errors']), ...listOf(objectOf(summary['extensions'])['errors'])];
    return errors.map((error) => errorOf(error, activityOf(activity)));
  });
  const summary = objectOf(metrics['statusSummary']);
  const referred = activityNamed(textOf(listOf(summary['activityRefs'])[0]), activities);
  const ofRun = listOf(summary['errors']).map((error) => errorOf(error, referred));
  const each = new Map<string, RunError>();
  for (const error of [...ofActivities, ...ofRun]) {
    const key = `${error.code} ${error.message}`;
    if (!each.has(key)) each.set(key, error);
  }
  return [...each.values()].sort((a, b) => vagueness(a) - vagueness(b)).slice(0, errorLimit);
}

function vagueness({ code }: RunError): number {
  return causeOf(code).vague ? 1 : 0;
}

function errorOf(raw: unknown, activity: Activity | undefined): RunError {
  const error = objectOf(raw);
  const code = textOf(error['code'], 60) || undefined;
  const message = textOf(error['message']) || (code ?? 'AEP gave no reason');
  return { ...known({ code, activity, records: countOf(error['recordCount']) }), message };
}

function activityNamed(ref: string, activities: Record<string, unknown>[]): Activity | undefined {
  return activityOf(activities.find(({ id }) => id === ref) ?? { id: ref });
}

/** By name; older runs call them `copyActivity` and `promotionActivity` in the id instead. */
function activityOf(activity: Record<string, unknown>): Activity | undefined {
  const name = `${textOf(activity['name'])} ${textOf(activity['id'])}`;
  if (/copy/i.test(name)) return 'copy';
  return /promotion/i.test(name) ? 'promotion' : undefined;
}

function lastCompletion(activities: Record<string, unknown>[]): number | undefined {
  const ends = activities.map((one) => timeOf(objectOf(one['durationSummary'])['completedAtUTC']));
  const latest = ends.reduce<number>((latest, end = 0) => Math.max(latest, end), 0);
  return latest > 0 ? latest : undefined;
}

/** What we know about an error code of AEP. */
export interface KnownCause {
  /** What a person should do next. */
  next: string;
  /** Says only that something broke: any other error of the same run tells more. */
  vague?: true;
  /** Whether the same run may go well later without anybody having mended anything. */
  heals: boolean;
}

const causes: Record<string, KnownCause> = {
  'CONNECTOR-1001-500': {
    next: 'Check that the source can be reached and that its credentials, table and columns are still there; then run the flow again.',
    vague: true,
    heals: true,
  },
  'CONNECTOR-2001-500': {
    next: 'Look at the failed records in AEP (Monitoring, this flow run): most often the mapping or the schema does not fit the data.',
    vague: true,
    heals: true,
  },
  'CONNECTOR-3001-500': {
    next: 'AEP could not open a batch in the dataset. Run the flow again; if it fails again, check the dataset and ask Adobe.',
    heals: true,
  },
  'INGEST-1212-400': {
    next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them or the mapping.',
    vague: true,
    heals: false,
  },
  'MAPPER-3700-400': {
    next: 'Compare the mapping with the failed records: an expression or a type does not fit the data.',
    heals: false,
  },
};

/** Of their codes the number at the end is the status that AEP's own services answered with. */
const anyFamily: [prefix: string, cause: Omit<KnownCause, 'heals'>][] = [
  ['MAPPER-', { next: 'Compare the mapping with the failed records, and correct one of them.' }],
  [
    'INGEST-',
    { next: 'Download the failed records from AEP (Monitoring, this flow run), and correct them.' },
  ],
  ['CONNECTOR-', { next: 'Check the source and its base connection in AEP, then run the flow again.' }],
];

const unknown = { next: 'Open this flow run in AEP (Sources, Dataflows) for its details.' };

/** What is known about an error code, such as `MAPPER-3700-400`; of an unknown one, where to look. */
export function causeOf(code: string | undefined): KnownCause {
  if (code === undefined) return { ...unknown, heals: true };
  const family = anyFamily.find(([prefix]) => code.startsWith(prefix))?.[1] ?? unknown;
  return (
    (Object.hasOwn(causes, code) ? causes[code] : undefined) ?? { ...family, heals: !refusedForGood(code) }
  );
}

/** Credentials, permissions, names and data: 4xx, but for "too slow" and "too many". */
function refusedForGood(code: string): boolean {
  return /-4\d\d$/.test(code) && !/-(408|429)$/.test(code);
}
