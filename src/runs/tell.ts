import type { Watch } from '../definition/watch.ts';
import type { Health, RunHealth } from './health.ts';
import type { FlowMessage } from './message.ts';
import type { Tidings } from './reactions.ts';
import { known } from './raw.ts';

/** What a message says besides what the health of the flow does. */
export interface Envelope {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  watcherWorkflowId: string;
}

const noFlow =
  'AEP has the flow no more, and nobody watches it. If it should be there, create its dataflow again.';

/** The message that says how a flow is now. */
export function messageOf(
  health: Health,
  { event, was, run, refusal }: Tidings,
  envelope: Envelope,
  watch: Watch,
): FlowMessage {
  const { verdict, streak, totals } = health;
  const about = run ? health.lastRuns.find(({ runId }) => runId === run.id) : runOf(health);
  const cause = run ? run.cause : health.cause;
  const retry = about && health.retries.find(({ runId }) => runId === about.runId);
  const times = watch.retry?.times;
  const next = () => {
    if (event === 'gone') return noFlow;
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
      run: about && withoutCause(about),
      streak,
      lastSuccess: health.lastSuccess,
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
  return verdict === 'overdue' || verdict === 'paused' ? undefined : lastRuns[0];
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
