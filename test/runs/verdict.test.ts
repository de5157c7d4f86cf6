import { describe, expect, test } from 'vitest';
import { readRun } from '../../src/runs/read-run.ts';
import { judge } from '../../src/runs/verdict.ts';
import type { RunVerdict } from '../../src/runs/verdict.ts';

const startedAtUTC = 1_607_520_205_922;
const completedAtUTC = 1_607_520_262_413;
const minute = 60_000;

interface Labelled {
  what: string;
  status?: unknown;
  records?: Record<string, number | string>;
  files?: Record<string, number>;
  errors?: object[];
  activityRefs?: string[];
  activities?: object[];
  completed?: boolean;
  verdict: RunVerdict;
  cause?: object;
}

const clean = { inputRecordCount: 26_758, outputRecordCount: 26_758, failedRecordCount: 0 };
const mapperError = { code: 'MAPPER-3700-400', message: 'Mapper Transform Error', recordCount: 1 };
const promotionError = { code: 'CONNECTOR-2001-500', message: 'Error occurred at promotion activity.' };
const copyError = { code: 'CONNECTOR-1001-500', message: 'Error occurred at copy activity.' };

function run({
  status,
  records = {},
  files = {},
  errors,
  activityRefs,
  activities = [],
  completed = true,
}: Labelled) {
  return readRun({
    id: '65b7cfcc-6b2e-47c8-8194-13005b792752',
    flowId: 'f00c8762-df2f-432b-a7d7-38999fef5e8e',
    createdAt: 1_607_520_228_894,
    updatedAt: 1_607_520_276_948,
    metrics: {
      durationSummary: { startedAtUTC, ...(completed ? { completedAtUTC } : {}) },
      recordSummary: records,
      fileSummary: files,
      statusSummary: { status, ...(errors ? { errors } : {}), ...(activityRefs ? { activityRefs } : {}) },
    },
    activities,
  });
}

const open = [
  'inProgress',
  'IN_PROGRESS',
  'in_progress',
  'INPROGRESS',
  'queued',
  'QUEUED',
  'scheduled',
  'SCHEDULED',
];
const good = ['success', 'Success', 'SUCCESS', 'COMPLETED', 'completed'];
const bad = ['failed', 'Failed', 'FAILED'];
const partial = ['PARTIAL_SUCCESS', 'partialSuccess', 'partial_success', 'Partial Success'];
const partlyFailed = ['PARTIAL_FAILURE', 'partialFailure', 'partial-failure'];

const runs: Labelled[] = [
  ...open.map((status): Labelled => ({
    what: `in progress, spelled ${status}`,
    status,
    completed: false,
    verdict: 'pending',
  })),
  ...good.map((status): Labelled => ({
    what: `clean, spelled ${status}`,
    status,
    records: clean,
    verdict: 'ok',
  })),
  ...bad.map((status): Labelled => ({
    what: `failed, spelled ${status}`,
    status,
    errors: [copyError],
    verdict: 'failed',
  })),
  ...partial.map((status): Labelled => ({
    what: `partly done, spelled ${status}`,
    status,
    records: clean,
    verdict: 'degraded',
  })),
  ...partlyFailed.map((status): Labelled => ({
    what: `partly failed, spelled ${status}`,
    status,
    verdict: 'degraded',
  })),
  { what: 'a success without any counts', status: 'success', verdict: 'ok' },
  {
    what: 'a success without a time of completion',
    status: 'success',
    records: clean,
    completed: false,
    verdict: 'ok',
  },
  {
    what: 'a success that found nothing to load',
    status: 'success',
    records: { inputRecordCount: 0, outputRecordCount: 0 },
    verdict: 'ok',
  },
  {
    what: 'a success that dropped records, and no word why',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 99, failedRecordCount: 1 },
    verdict: 'degraded',
    cause: { message: '1 of 100 records failed, and AEP gave no reason.' },
  },
  {
    what: 'a success that skipped records',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 60, skippedRecordCount: 40 },
    verdict: 'degraded',
    cause: { message: '40 of 100 records skipped, and AEP gave no reason.' },
  },
  {
    what: 'a success that wrote fewer rows than it read, and no word of the others',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 60, failedRecordCount: 0 },
    verdict: 'degraded',
    cause: { message: '40 of 100 records were read and not written, and AEP gave no reason.' },
  },
  {
    what: 'a success that wrote none of the rows that it read',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 0, failedRecordCount: 0 },
    verdict: 'degraded',
    cause: { message: 'None of 100 records was written, and AEP gave no reason.' },
  },
  {
    what: 'a success some of whose missing rows failed, and nobody knows of the others',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 60, failedRecordCount: 10, skippedRecordCount: 5 },
    verdict: 'degraded',
    cause: {
      message:
        '10 of 100 records failed, 5 of 100 records skipped, 25 of 100 records were read and not written, and AEP gave no reason.',
    },
  },
  {
    what: 'a success that wrote fewer rows than it read, with texts for numbers and -1 for what failed',
    status: 'success',
    records: { inputRecordCount: '100', outputRecordCount: '70', failedRecordCount: -1 },
    verdict: 'degraded',
  },
  {
    what: 'a success whose missing rows are those that the source had deleted',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 60, deletedRecordCount: 40 },
    verdict: 'ok',
  },
  {
    what: 'a success that counts what it created and updated, and no output',
    status: 'success',
    records: { inputRecordCount: 100, createdRecordCount: 60, updatedRecordCount: 40 },
    verdict: 'ok',
  },
  {
    what: 'a success that wrote more rows than it read',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 250 },
    verdict: 'ok',
  },
  {
    what: 'a success that does not say how many rows it read',
    status: 'success',
    records: { inputRecordCount: -1, outputRecordCount: 0 },
    verdict: 'ok',
  },
  {
    what: 'a success that does not say how many rows it wrote',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: -1 },
    verdict: 'ok',
  },
  {
    what: 'a failure that read and wrote nothing of it: the failure counts',
    status: 'failed',
    records: { inputRecordCount: 100, outputRecordCount: 0 },
    errors: [copyError],
    verdict: 'failed',
    cause: { message: `${copyError.message} (none of 100 records was written)` },
  },
  {
    what: 'a success with a failed file',
    status: 'success',
    files: { failedFileCount: 1 },
    verdict: 'degraded',
  },
  {
    what: 'a success with an error and nothing lost',
    status: 'success',
    records: clean,
    errors: [promotionError],
    activityRefs: ['promotionActivity'],
    verdict: 'degraded',
    cause: { code: 'CONNECTOR-2001-500', activity: 'promotion' },
  },
  {
    what: 'a success whose real reason is in the extensions of an activity',
    status: 'success',
    records: { inputRecordCount: 100, outputRecordCount: 99, failedRecordCount: 1 },
    errors: [promotionError],
    activities: [
      { id: 'copyActivity', statusSummary: { status: 'success' } },
      {
        id: 'promotionActivity',
        statusSummary: { status: 'success', errors: [promotionError], extensions: { errors: [mapperError] } },
      },
    ],
    verdict: 'degraded',
    cause: {
      code: 'MAPPER-3700-400',
      activity: 'promotion',
      message: 'Mapper Transform Error (1 of 100 records failed)',
    },
  },
  {
    what: 'a success one of whose activities failed',
    status: 'success',
    activities: [{ name: 'Promotion Activity', statusSummary: { status: 'FAILED' } }],
    verdict: 'degraded',
    cause: { activity: 'promotion' },
  },
  {
    what: 'a failure with counts of -1 and no time of completion',
    status: 'failed',
    records: { inputRecordCount: -1, outputRecordCount: -1, failedRecordCount: -1 },
    completed: false,
    errors: [copyError],
    activities: [{ name: 'Copy Activity', statusSummary: { status: 'failed', errors: [copyError] } }],
    verdict: 'failed',
    cause: { code: 'CONNECTOR-1001-500', activity: 'copy', message: copyError.message },
  },
  {
    what: 'a failure without any reason',
    status: 'failed',
    verdict: 'failed',
    cause: { message: 'AEP gave no reason.' },
  },
  {
    what: 'a success with counts of -1, which are no loss',
    status: 'success',
    records: { inputRecordCount: -1, failedRecordCount: -1, skippedRecordCount: -1 },
    verdict: 'ok',
  },
  {
    what: 'a partial failure of which some rows arrived, which would come twice if it were run again',
    status: 'PARTIAL_FAILURE',
    records: { inputRecordCount: 10, outputRecordCount: 1, failedRecordCount: 9 },
    verdict: 'degraded',
  },
  {
    what: 'a partial failure of which nothing arrived',
    status: 'PARTIAL_FAILURE',
    records: { inputRecordCount: 10, outputRecordCount: 0, failedRecordCount: 10 },
    verdict: 'failed',
  },
  {
    what: 'a word that nobody documented, with a time of completion',
    status: 'ROLLED_BACK',
    verdict: 'degraded',
    cause: { message: 'AEP ended the run with "ROLLED_BACK", and gave no reason.' },
  },
  {
    what: 'a word that nobody documented, still going on',
    status: 'WARMING_UP',
    completed: false,
    verdict: 'pending',
  },
  {
    what: 'a word that nobody documented, one activity ended and the run not',
    status: 'WARMING_UP',
    completed: false,
    activities: [{ name: 'Copy Activity', durationSummary: { startedAtUTC, completedAtUTC } }],
    verdict: 'pending',
  },
  { what: 'no status at all, and no end', completed: false, verdict: 'pending' },
  { what: 'a cancelled run', status: 'Cancelled', verdict: 'failed' },
];

describe('the verdict of a run', () => {
  test.each(runs)('$what: $verdict', (labelled) => {
    const judgement = judge(run(labelled), { now: startedAtUTC + minute, stuckAfterMs: 30 * minute });
    expect(judgement.verdict).toBe(labelled.verdict);
    expect(judgement.cause ?? {}).toMatchObject(labelled.cause ?? {});
    const needsCause = !['ok', 'pending'].includes(labelled.verdict);
    expect(judgement.cause?.next !== undefined).toBe(needsCause);
  });

  test("Adobe's own sample of a success, of which 30 rows of 100 are missing, is degraded", () => {
    const sample = {
      createdAt: 1_597_213_529_158,
      updatedAt: 1_597_213_530_760,
      sandboxName: 'prod',
      id: '933cf9f4-cf01-4d75-bcf9-f4cf010d750a',
      flowId: '1c6f1047-dcaf-48fe-af10-47dcaf08feaf',
      metrics: {
        durationSummary: { startedAtUTC: 1_590_512_053, completedAtUTC: 1_590_512_053 },
        sizeSummary: { inputBytes: 2048, outputBytes: 1024 },
        recordSummary: { inputRecordCount: 100, outputRecordCount: 70 },
        fileSummary: { inputFileCount: 10, outputFileCount: 10 },
        statusSummary: { status: 'success' },
      },
      activities: [
        { id: 'copyActivity', statusSummary: { status: 'success' } },
        { id: 'promotionActivity', statusSummary: { status: 'success' } },
      ],
    };
    const { verdict, cause } = judge(readRun(sample), { now: startedAtUTC, stuckAfterMs: minute });
    expect({ verdict, message: cause?.message }).toEqual({
      verdict: 'degraded',
      message: '30 of 100 records were read and not written, and AEP gave no reason.',
    });
  });

  test('a run in progress is stuck once it takes longer than its flow may', () => {
    const inProgress = run({ what: '', status: 'inProgress', completed: false, verdict: 'stuck' });
    const after = (minutes: number) =>
      judge(inProgress, { now: startedAtUTC + minutes * minute, stuckAfterMs: 30 * minute }).verdict;
    expect(after(30)).toBe('pending');
    expect(after(30 + 1 / minute)).toBe('stuck');
  });

  test('a run that ended well is not stuck, however long ago it started', () => {
    const ended = run({ what: '', status: 'success', verdict: 'ok' });
    expect(judge(ended, { now: startedAtUTC + 1e12, stuckAfterMs: minute }).verdict).toBe('ok');
  });
});
