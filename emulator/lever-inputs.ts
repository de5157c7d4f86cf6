/** What each lever takes over HTTP, and what is told of anything else. In process the types say it. */
import { z } from 'zod';
import type { MadeRun, ResourceKind } from './control.ts';
import { faultKinds, methods } from './faults.ts';
import type { Fault } from './faults.ts';
import type { Settings } from './options.ts';
import type { RequestFilter } from './recording.ts';
import { outcomes } from './runs/outcomes.ts';
import type { RunPlan } from './runs/outcomes.ts';
import { pathPattern } from './wildcard.ts';
import { kinds } from './world.ts';
import { fastest, lastMoment } from './clock.ts';
import type { EmulatorOptions } from './emulator.ts';

/** Node's timers run at once when asked for more. */
const longestMs = 2 ** 31 - 1;

const realMs = z.number().min(0).max(longestMs);
const clockMs = z.number().min(0).max(lastMoment);
const count = z.int().min(0);
const speed = z.number().min(0).max(fastest);
const text = z.string();
const method = text.refine(
  (name) => methods.some((one) => one === name.toUpperCase()),
  `is none of ${methods.join(', ')}`,
);
const path = z.string().superRefine((pattern, context) => {
  try {
    pathPattern(pattern);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});
const range = z
  .tuple([clockMs, clockMs])
  .refine(([least, most]) => least <= most, 'takes the smaller number first');
const outcome = z.enum(outcomes);

const settings = z.strictObject({
  latencyMs: realMs,
  listLagMs: realMs,
  referenceLagMs: realMs,
  lateCommitMs: realMs,
  rateLimit: z.number().min(0).max(1e9),
  retryAfterSeconds: z.number().min(0).max(longestMs),
  mappingSetNames: z.enum(['kept', 'dropped']),
  mappingSetShows: z.enum(['newest', 'first']),
  flowSpecShape: z.enum(['items', 'bare']),
  titleTaken: z.enum(['newer', 'older']),
  connectionInitMs: clockMs,
  operationLastsMs: range,
  operationsEnd: z.enum(['completed', 'failed']),
  flowAtRunEnd: z.enum(['touched', 'untouched']),
  missedRuns: z.enum(['made-up', 'dropped']),
  firstWindow: z.enum(['period-before-start', 'start']),
  failingDaysUntilDisabled: z.number().min(0),
  hiddenLabels: z.array(text),
  baseConnectionIds: z.enum(['own', 'shared']),
  nameFilter: z.enum(['taken', 'refused', 'loose']),
  connectionSpecs: z.array(z.looseObject({ id: text.min(1, 'is no id') })),
  sandboxes: z.array(text.min(1, 'is no name')).min(1, 'names at least one'),
  clientIds: z.array(text),
  clientSecret: text,
  orgIds: z.array(text),
  tokenSeconds: z.number().min(0).max(longestMs),
  clockSpeed: speed,
  runs: z.partialRecord(outcome, z.number().min(0)),
  seed: z.int(),
  runAppearsMs: range,
  runLastsMs: range,
  recordLimit: z.int().min(1),
}) satisfies z.ZodType<Settings>;

const fault = z.strictObject({
  kind: z.enum(faultKinds),
  method: method.exactOptional(),
  path: path.exactOptional(),
  sandbox: text.exactOptional(),
  times: z.int().min(1).exactOptional(),
  skip: count.exactOptional(),
  retryAfterSeconds: z.number().min(0).exactOptional(),
  delayMs: realMs.exactOptional(),
  meanwhile: z.enum(['reset', 'hang']).exactOptional(),
  committed: z.boolean().exactOptional(),
}) satisfies z.ZodType<Fault>;

const plan = z.strictObject({
  flowId: text.exactOptional(),
  outcomes: z.array(
    z.union([
      outcome,
      z.strictObject({
        outcome,
        appearsMs: clockMs.exactOptional(),
        lastsMs: clockMs.exactOptional(),
        records: count.exactOptional(),
        failedRecords: count.exactOptional(),
        error: z.strictObject({ code: text, message: text }).exactOptional(),
      }),
    ]),
  ),
  repeat: z.boolean().exactOptional(),
}) satisfies z.ZodType<RunPlan>;

const madeRun = z.strictObject({
  flowId: text,
  outcome: outcome.exactOptional(),
  createdAt: clockMs.exactOptional(),
  startedAt: clockMs.exactOptional(),
  completedAt: clockMs.exactOptional(),
  window: z.strictObject({ start: clockMs, end: clockMs }).exactOptional(),
  run: z.record(text, z.unknown()).exactOptional(),
}) satisfies z.ZodType<MadeRun & { flowId: string }>;

export const inputs = {
  nothing: z.strictObject({}),
  fault,
  filter: z.strictObject({
    method: method.exactOptional(),
    path: path.exactOptional(),
  }) satisfies z.ZodType<RequestFilter>,
  resources: z.strictObject({
    kind: z.enum([...kinds, 'runs']) satisfies z.ZodType<ResourceKind>,
    sandbox: text.exactOptional(),
  }),
  /** Of the start. */
  options: settings.partial().extend({
    port: z.int().min(0).max(65_535).optional(),
    now: clockMs.optional(),
    data: text.min(1, 'names no folder').optional(),
  }) as z.ZodType<EmulatorOptions>,
  // JSON has no undefined.
  settings: settings.partial() as z.ZodType<Partial<Settings>>,
  advance: z.strictObject({ ms: clockMs }),
  clock: z.strictObject({
    speed: speed.exactOptional(),
    now: clockMs.exactOptional(),
  }),
  plan,
  madeRun,
};

/** @throws RangeError that names each field that is wrong. */
export function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const read = schema.safeParse(input, { reportInput: true });
  if (read.success) return read.data;
  throw new RangeError(read.error.issues.flatMap((issue) => complaints(issue, schema)).join('; '));
}

function complaints(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const there = known.length > 0 ? `; there are: ${known.join(', ')}` : '';
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such field${there}`);
  }
  // Of a choice between a name and an object, what is wrong with the object says most.
  if (issue.code === 'invalid_union' && typeof issue.input === 'object') {
    const inner = issue.errors.at(-1) ?? [];
    return inner.flatMap((one) => complaints({ ...one, path: [...issue.path, ...one.path] }, schema));
  }
  const choices = issue.code === 'invalid_union' ? `expected one of ${outcomes.join(', ')}` : issue.message;
  return [`${field}: ${choices.replace(/^Invalid (input|option): /, '')}`];
}
