import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  ParentClosePolicy,
  executeChild,
  proxyActivities,
  rootCause,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { Activities } from '../../activities/index.ts';
import { aepLine } from '../../command-line.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import { parseDefinition } from '../../definition/parse.ts';
import { isFailureType } from '../../failure-types.ts';
import { settingsThatFollow, type Measured } from '../../setup-tried.ts';
import { deleteDataflow } from '../dataflow/delete-dataflow.ts';
import { endingOf, fail, isDoubt, thrownBy } from '../failures.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import { tryProgressQuery, type TrySandboxInput, type TrySandboxResult } from '../messages.ts';
import { newNonce } from '../nonce.ts';
import { carryOut, type Carried } from '../sandbox/carry-out.ts';
import { suggestDefinition } from '../source/suggest-definition.ts';
import { pathInput, sourceInput } from '../source/the-source.ts';

const tryInput = () =>
  z.strictObject({
    ...sourceInput(),
    path: pathInput().optional(),
    runs: z.boolean().optional().describe('Whether runs are waited for, which takes up to an hour.'),
  }) satisfies z.ZodType<TrySandboxInput>;

/** One attempt: what is made twice would be measured twice. */
const once = {
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
} as const;
const { tryParts, tryFlow } = proxyActivities<Activities>({
  ...once,
  startToCloseTimeout: '20 minutes',
  scheduleToCloseTimeout: '25 minutes',
  summary: 'Try out what no document says',
});
const { tryRuns } = proxyActivities<Activities>({
  ...once,
  startToCloseTimeout: '2 hours',
  summary: 'Try out what runs do to their flow',
});

/** How long a first window lies ahead: by then the flow is made, changed, disabled and enabled. Milliseconds. */
const soonMs = 5 * 60_000;
/** The flow of a try is due only when the try is long over. Milliseconds. */
const farAheadMs = 30 * 24 * 60 * 60_000;
const lookEveryMs = 10_000;
/** After this, what was asked for has taken effect, if it ever does: as long as the worker's own bounds are not known. Milliseconds. */
const usualLateMs = 30_000;

/**
 * Tries out in a sandbox what no document of AEP's says: makes a schema, a dataset, a target connection and a mapping set;
 * with `path` a dataflow as well, which it changes. All of it is deleted again but for mapping sets, however the try ends:
 * also where it is cancelled, or whoever started it has left. Runs under any id.
 *
 * @throws ApplicationFailure `InvalidDefinition` where the input makes no sense; what AEP refused, as its type says. Its
 * message and `details[0].left` tell what could not be deleted, `details[0].measured` what was seen before.
 */
export async function trySandbox(input: unknown): Promise<TrySandboxResult> {
  const { sandbox, path, runs = false, ...source } = checkTry(input);
  const nonce = newNonce();
  const names = { parts: `aep-dataflows-try-${nonce}`, flow: `aep-dataflows-try-${nonce}-flow` };
  const progress: string[] = [];
  setHandler(tryProgressQuery, () => progress);
  const left: string[] = [];
  const measured: Measured[] = [];
  let lateMs = usualLateMs;
  let hasFlow = false;

  begin(names.parts, 'parts of a dataflow');
  const { bounds, ...parts } = await thenDeleted(
    names.parts,
    () => tryParts({ sandbox, name: names.parts, nonce }),
    // It has deleted them, and measured that.
    ({ left: stays }) => stays.length > 1,
  );
  lateMs = bounds.httpTimeoutMs + bounds.lateCommitMs + bounds.listLagMs;
  measured.push(...parts.measured);
  if (left.length === 0) left.push(...parts.left);
  if (path !== undefined) {
    begin(names.flow, 'a dataflow');
    measured.push(
      ...(await thenDeleted(
        names.flow,
        () => tryDataflow(path),
        () => true,
      )),
    );
  }
  return { measured, left, settings: settingsThatFollow(measured, bounds) };

  function begin(name: string, what: string): void {
    progress.push(
      `makes ${what}, ${name}, and deletes it; if this is terminated before: ${deletingLine(name)}`,
    );
  }

  async function tryDataflow(ofPath: string): Promise<Measured[]> {
    const suggested = await executeChild(suggestDefinition, {
      args: [{ sandbox, ...source, path: ofPath, name: names.flow }],
    });
    const startTime = new Date(Date.now() + (runs ? soonMs : farAheadMs)).toISOString();
    const schedule = runs
      ? { frequency: 'minute', interval: 15, backfill: true, startTime }
      : { ...(suggested.definition['schedule'] as object), startTime };
    // Where AEP is away, nobody waits for a try.
    const { definition } = parseDefinition({ ...suggested.definition, schedule, giveUpAfter: '10m' });
    const made = await carryOut({ definition }, 'createDataflow');
    if (made === 'busy' || made.flowId === undefined) throw notMade(made);
    const { flowId } = made;
    hasFlow = true;
    progress.push(`changes, disables and enables the flow ${flowId}`);
    const ofFlow = await tryFlow({ sandbox, flowId });
    const isEnabled = ofFlow.every(({ held, ms }) => held || ms === undefined);
    if (!runs || !isEnabled) return ofFlow;
    progress.push(`waits for runs of the flow ${flowId}: up to an hour from ${startTime} on`);
    return [...ofFlow, ...(await tryRuns({ sandbox, flowId, lookEveryMs }))];
  }

  /** What is made under a name is deleted in the end, whatever becomes of the work. @throws what the work threw, with what is left. */
  async function thenDeleted<Result>(
    name: string,
    work: () => Promise<Result>,
    isLeft: (result: Result) => boolean,
  ): Promise<Result> {
    let result: Result;
    try {
      result = await work();
    } catch (thrown) {
      const error = thrown instanceof ChildWorkflowFailure ? thrown.cause : thrown;
      await CancellationScope.nonCancellable(async () => {
        // Of what was asked for last nobody may have seen the end.
        if (isDoubt(error)) await sleep(lateMs, { summary: 'Until late requests must show' });
        // A sandbox or a path that is not there is refused before anything is made.
        if (hasFlow || thrownBy(error)?.type !== 'InvalidDefinition') await remove(name);
      });
      throw ended(error);
    }
    if (isLeft(result)) await CancellationScope.nonCancellable(() => remove(name));
    return result;
  }

  async function remove(name: string): Promise<void> {
    progress.push(`deletes ${name}`);
    const dataflow = { sandbox, name };
    const leave = (what: string) => {
      left.push(what);
      // Of one that was cancelled this is all that can be asked for.
      progress.push(`left in AEP: ${what}`);
    };
    try {
      const done = await executeChild(deleteDataflow, {
        workflowId: workflowId(dataflow),
        args: [{ ...dataflow, also: ['dataset', 'schema'] }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Deletes the dataflow ${dataflowId(dataflow)}`,
      });
      for (const { kind, id, why } of done.left) leave(`${kind} ${id}: ${why}`);
    } catch (error) {
      leave(
        `what belongs to ${name}: ${rootCause(error) ?? String(error)}. Delete it: ${deletingLine(name)}`,
      );
    }
  }

  function deletingLine(name: string): string {
    return aepLine('delete', dataflowId({ sandbox, name }), ' --also dataset schema');
  }

  /** The first error, and what is left in AEP after all. */
  function ended(error: unknown): unknown {
    if (CancellationScope.current().consideredCancelled) return new CancelledFailure('The try was cancelled');
    const { type, message, details } =
      endingOf(error, {}) ?? fail('Unavailable', `The try was cut off: ${rootCause(error) ?? String(error)}`);
    const told = left.length > 0 ? `${message}. Left in AEP: ${left.join('; ')}` : message;
    return fail(type as Parameters<typeof fail>[0], told, { ...(details?.[0] as object), left, measured });
  }
}

function checkTry(input: unknown): TrySandboxInput {
  const what = 'This cannot be tried';
  const asked = checkInput(tryInput(), input, what);
  const isSource = asked.connection !== undefined || asked.connector !== undefined;
  if (isSource && asked.path === undefined)
    throw wrongInput(what, [{ field: 'path', message: 'is required where a source is given' }]);
  if (!isSource && asked.path !== undefined)
    throw wrongInput(what, [{ field: 'connection', message: 'is required where path is given' }]);
  if (asked.runs && asked.path === undefined)
    throw wrongInput(what, [{ field: 'path', message: 'is required where runs are waited for' }]);
  return asked;
}

function notMade(made: Carried): Error {
  const { error } = made === 'busy' ? {} : made;
  const type = isFailureType(error?.type) ? error.type : 'Unavailable';
  return fail(type, error?.message ?? 'The dataflow was not made');
}
