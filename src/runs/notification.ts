import { z } from 'zod';
import type { Watch } from '../definition/watch.ts';
import { flowCommand, type FlowCommand } from './flow-command.ts';
import type { Health, RunHealth } from './health.ts';
import { known } from './raw.ts';
import type { JudgedRun } from './verdict.ts';
import type { WatchState } from './watch-state.ts';

const time = () => z.iso.datetime();
const count = () => z.int().nonnegative();

const envelope = {
  version: z.literal(1),
  id: z
    .uuid()
    .describe(
      'The same however often the message is delivered. It may come more than once: drop what you have seen.',
    ),
  at: time().describe('When it was found out.'),
};

/** What a watcher notifies of about its flow. */
export const flowMessageSchema = z
  .object({
    ...envelope,
    event: z
      .enum(['changed', 'recovered', 'gaveUp', 'gap', 'overlap', 'gone', 'drift'])
      .describe(
        'changed: the flow has another verdict. recovered: it is ok again. gaveUp: a failed run is not run again any more; the verdict is what it was. gap, overlap: the flow has taken the place of another, and the first window of its runs leaves out rows after the last one of the other, or takes some once more; the verdict is what it was. gone: AEP has the flow no more, and its watch has ended; the verdict is what it was. drift: others have changed the flow; the verdict is what it was.',
      ),
    verdict: z
      .enum(['ok', 'degraded', 'failed', 'pending', 'stuck', 'overdue', 'paused', 'unreadable'])
      .describe('How the flow is now.'),
    was: z.string().optional().describe('The verdict of the message before.'),
    since: time().optional().describe('Since when the verdict holds.'),
    dataflow: z.string().optional().describe('<sandbox>/<name>, where the flow is one of our dataflows.'),
    sandbox: z.string(),
    flowId: z.string(),
    flowName: z.string().optional(),
    connector: z.string().optional(),
    cause: z
      .object({
        code: z.string().optional().describe("AEP's own code, such as CONNECTOR-1001-500."),
        message: z.string(),
        activity: z.enum(['copy', 'promotion']).optional().describe('Which half of the run it was.'),
      })
      .optional()
      .describe('Why, where the flow is not ok.'),
    next: z.string().describe('What a person should do now.'),
    command: z
      .object({
        verb: z.string().describe('The command of temporal aep, such as retry.'),
        line: z.string().describe('The whole line, for a shell.'),
        workflowId: z.string(),
        update: z.string().describe('The update of this workflow that does the same.'),
      })
      .optional()
      .describe('The same as a command, where one does it.'),
    run: z
      .object({
        runId: z.string(),
        start: time(),
        end: time().optional(),
        verdict: z.string(),
        recordsRead: count().optional(),
        recordsWritten: count().optional(),
        recordsFailed: count().optional(),
      })
      .optional()
      .describe('The run that the verdict comes from.'),
    streak: z
      .object({ verdict: z.string(), runs: count() })
      .optional()
      .describe('How many runs in a row had the verdict of the newest.'),
    lastSuccess: z.object({ runId: z.string(), end: time() }).optional(),
    nextRunDue: time().optional(),
    missedRuns: count().optional().describe('How many runs should have come and did not.'),
    totals: z
      .object({
        ok: count(),
        degraded: count(),
        failed: count(),
        recordsWritten: count(),
        recordsFailed: count(),
        tooLate: count(),
      })
      .describe('Since the watch began.'),
    retry: z
      .object({ tried: count(), times: count(), at: time().optional() })
      .optional()
      .describe('How often the failed run was run again, how often at most, and when it is next.'),
    drift: z
      .object({
        changes: z
          .array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
          .describe('By the field of a definition that asks for it. Null: nothing was, or is, there.'),
        noticed: time().describe('When the watcher saw it.'),
        at: time().optional().describe('When the flow was changed last, as far as AEP says.'),
        by: z.string().describe('By whom, as AEP names them; "unknown" where it does not say so for sure.'),
      })
      .optional()
      .describe('What others have changed about the flow.'),
    watcherWorkflowId: z.string().describe('The workflow that watches the flow.'),
    link: z.url().optional().describe("The watcher's history in the Temporal UI, where the worker knows it."),
  })
  .describe('The verdict of a flow has changed.');

/** What a create sends that waits for a person, as its definition says `"onFailure": "wait"`. */
export const createMessageSchema = z
  .object({
    ...envelope,
    event: z
      .literal('createWaits')
      .describe(
        'createWaits: AEP refused something for good while a dataflow was created, and the create waits until somebody decides.',
      ),
    dataflow: z.string().describe('<sandbox>/<name>'),
    sandbox: z.string(),
    cause: z
      .object({
        type: z.string().describe('The type that the create would have failed with, such as Rejected.'),
        code: z.string().optional().describe("AEP's own code, such as CONNECTOR-1369-400."),
        message: z.string(),
      })
      .describe('Why it waits.'),
    next: z.string().describe('What a person should do now.'),
    workflowId: z.string().describe('The create, which takes the updates resume and giveUp.'),
    link: z.url().optional().describe("The create's history in the Temporal UI, where the worker knows it."),
  })
  .describe('A create waits for a person.');

/** What a create or an update sends that waits until its plan is approved. */
export const approvalMessageSchema = z
  .object({
    ...envelope,
    event: z
      .literal('approvalNeeded')
      .describe(
        'approvalNeeded: a create or an update of a dataflow has a plan, and does nothing of it until a person has approved it.',
      ),
    dataflow: z.string().describe('<sandbox>/<name>'),
    sandbox: z.string(),
    digest: z.string().describe('What the plan is known by: an approval names it.'),
    summary: z.string().describe('The plan in one line, such as "2 to change, 5 as they are".'),
    next: z.string().describe('What a person should do now.'),
    workflowId: z.string().describe('The create or update, which takes the updates approve and reject.'),
    link: z.url().optional().describe('Its history in the Temporal UI, where the worker knows it.'),
  })
  .describe('A plan waits for approval.');

/**
 * What webhooks and workflows are notified with: JSON, `docs/message.schema.json` for other programs. Fields and events may
 * be added; what is here stays, unless `version` changes.
 */
export const messageSchema = z.discriminatedUnion('event', [
  flowMessageSchema,
  createMessageSchema,
  approvalMessageSchema,
]);

export type FlowMessage = z.infer<typeof flowMessageSchema>;
export type CreateMessage = z.infer<typeof createMessageSchema>;
export type ApprovalMessage = z.infer<typeof approvalMessageSchema>;
export type Message = z.infer<typeof messageSchema>;

/** A failed run that is not run again any more. */
export interface GivenUp {
  run: Pick<JudgedRun, 'id' | 'cause'>;
  /** Why not, where that is not because it was run again as often as asked for. */
  refusal?: string | undefined;
}

/** What whoever the watch names is to be notified of. */
export interface Notification extends Partial<GivenUp> {
  event: FlowMessage['event'];
  /** The verdict that was reported before. */
  was?: Health['verdict'];
}

/** The verdict that was reported last. `silent`: to nobody, as it was so before the watch began. */
export interface Reported {
  verdict: Health['verdict'];
  silent?: true;
}

/**
 * Whether the verdict of a flow is to be reported: only a change is, and not of what was so before anybody watched.
 * `reported`: what counts as reported from now on, where that is another verdict.
 */
export function reportOf(
  before: Reported | undefined,
  state: WatchState,
  health: Health,
): { reported?: Reported; change?: Notification } {
  const { verdict } = health;
  const silent = isOld(state, health, before);
  // `pending`: nothing is known yet, or nothing again. That is no news for anybody.
  const isNews = verdict !== 'pending' && (before?.verdict !== verdict || (before.silent && !silent));
  if (!isNews) return {};
  if (silent) return { reported: { verdict, silent } };
  const reported = { verdict };
  // That it is as well as it was before anybody watched is no news either.
  if (verdict === 'ok' && before?.verdict === 'ok') return { reported };
  const was = before?.silent ? undefined : before?.verdict;
  const recovered = verdict === 'ok' && was !== undefined;
  return { reported, change: { event: recovered ? 'recovered' : 'changed', ...(was ? { was } : {}) } };
}

/** Runs of which nobody is notified, and that are not run again: they ended before anybody watched. */
export function isPast({ start, end = start }: JudgedRun, { began, behindMs }: WatchState): boolean {
  return end < began - behindMs;
}

function isOld(state: WatchState, { verdict }: Health, reported: Reported | undefined): true | undefined {
  if (verdict === 'overdue' || verdict === 'stuck' || verdict === 'unreadable') return undefined;
  if (verdict === 'paused') return reported === undefined ? true : undefined;
  const [newest] = state.record.last;
  return !newest || isPast(newest, state) ? true : undefined;
}

/** What a message says besides what the health of the flow does. */
export interface Envelope {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  watcherWorkflowId: string;
}

const noFlow =
  'AEP has the flow no more, and nobody watches it. If it should be there, create its dataflow again.';

/** A flow that belongs to no dataflow has no definition that could say otherwise. */
function afterDrift(health: Health): string {
  return health.dataflow === undefined
    ? `If it is to stay: "${flowCommand('accept-drift', health).line}".`
    : 'If it is to stay, write it into the definition and update the dataflow; if not, update the dataflow with the definition as it is, which sets back what the definition says.';
}

/** AEP runs nothing of a flow that is disabled. */
function commandOf(health: Health, event: FlowMessage['event']): FlowCommand | undefined {
  if (event === 'gone') return undefined;
  return health.command ?? (event === 'gaveUp' ? flowCommand('retry', health) : undefined);
}

/** The message that says how a flow is now. */
export function messageOf(
  health: Health,
  { event, was, run, refusal }: Notification,
  envelope: Envelope,
  watch: Watch,
): FlowMessage {
  const { verdict, streak, totals } = health;
  const { firstWindow } = health;
  const isOfWindow = event === 'gap' || event === 'overlap';
  const aboutId = isOfWindow ? firstWindow?.runId : run?.id;
  const about = aboutId ? health.lastRuns.find(({ runId }) => runId === aboutId) : runOf(health);
  // Of a flow that is ok, health tells only that an update is about to replace it.
  const why = verdict === 'ok' ? undefined : health.cause;
  const cause = isOfWindow ? firstWindow?.cause : run ? run.cause : why;
  const retry = about && health.retries.find(({ runId }) => runId === about.runId);
  const times = watch.retry?.times;
  const next = () => {
    if (event === 'gone') return noFlow;
    if (isOfWindow) return cause?.next ?? '';
    if (event === 'drift') return afterDrift(health);
    if (!run) return nextStep(health, cause?.next, retry && times ? { ...retry, times } : undefined);
    const which = about ? 'It' : `The run ${run.id}`;
    return [`${which} is not run again any more.`, refusal, cause?.next].filter(Boolean).join(' ');
  };
  return {
    version: 1,
    id: envelope.id,
    at: new Date(envelope.at).toISOString(),
    event,
    verdict,
    sandbox: health.sandbox,
    flowId: health.flowId,
    totals,
    next: next(),
    watcherWorkflowId: envelope.watcherWorkflowId,
    ...known({
      was,
      since: health.since,
      dataflow: health.dataflow,
      flowName: health.flowName,
      connector: health.connector,
      cause: cause && { message: cause.message, ...known({ code: cause.code, activity: cause.activity }) },
      command: commandOf(health, event),
      run: about && withoutCause(about),
      streak,
      lastSuccess: health.lastSuccess,
      drift: health.drift,
      nextRunDue: health.nextRunDue,
      missedRuns: health.missedRuns,
      retry: retry && times ? { tried: retry.tried, times, ...known({ at: retry.at }) } : undefined,
    }),
  };
}

/** The run that the verdict comes from: none, where it comes from a run that is missing, or from the flow itself. */
function runOf({ verdict, lastRuns, openRuns }: Health): RunHealth | undefined {
  if (verdict === 'stuck')
    return openRuns.find((run) => run.verdict === 'stuck' && run.start >= (lastRuns[0]?.start ?? ''));
  return verdict === 'overdue' || verdict === 'paused' || verdict === 'unreadable' ? undefined : lastRuns[0];
}

function nextStep(
  { verdict }: Health,
  next: string | undefined,
  retry: { tried: number; times: number; at?: string } | undefined,
): string {
  if (verdict === 'ok') return 'Nothing: all is well.';
  if (!retry?.at) return next ?? 'Look at the flow in AEP.';
  return `Nothing yet: AEP is asked to run it again at ${retry.at} (time ${retry.tried + 1} of ${retry.times}). If that does not help: ${next}`;
}

function withoutCause(about: RunHealth): FlowMessage['run'] {
  const { cause: _, ...run } = about;
  return run;
}
