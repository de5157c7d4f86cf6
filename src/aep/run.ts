import { z } from 'zod';

const count = z.number().optional();
const problem = z.looseObject({ code: z.string().optional(), message: z.string().optional() });
const duration = z.looseObject({
  startedAtUTC: z.number().optional(),
  completedAtUTC: z.number().optional(),
});
const size = z.looseObject({ inputBytes: count, outputBytes: count });
const records = z.looseObject({
  inputRecordCount: count,
  outputRecordCount: count,
  createdRecordCount: count,
  updatedRecordCount: count,
  skippedRecordCount: count,
  failedRecordCount: count,
  deletedRecordCount: count,
  warningRecordCount: count,
});
const files = z.looseObject({
  inputFileCount: count,
  outputFileCount: count,
  skippedFileCount: count,
  failedFileCount: count,
});
const status = z.looseObject({ status: z.string().optional(), errors: z.array(problem).optional() });

const summaries = {
  durationSummary: duration.optional(),
  sizeSummary: size.optional(),
  recordSummary: records.optional(),
  fileSummary: files.optional(),
  statusSummary: status.optional(),
};

/** AEP writes null where it has no value, and leaves the same field out elsewhere. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => entry !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutNulls(entry)]));
}

/**
 * A flow run as AEP shows it. Times are epoch milliseconds. A run that has not started has a status and no more;
 * a failed one may have no completion time and counts of -1.
 */
export const runSchema = z.preprocess(
  withoutNulls,
  z.looseObject({
    id: z.string().min(1),
    flowId: z.string().min(1),
    createdAt: z.number().optional(),
    updatedAt: z.number().optional(),
    metrics: z.looseObject(summaries).optional(),
    activities: z
      .array(z.looseObject({ id: z.string().optional(), name: z.string().optional(), ...summaries }))
      .optional(),
  }),
);

export type Run = z.infer<typeof runSchema>;
