import { Context, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import { runsEndedName, wakeName, watcherWorkflowId } from '../../runs/names.ts';
import type { EndedRuns, Run } from '../../runs/run.ts';

const signalsAtOnce = 10;
/**
 * Each signal is a workflow task, of a watcher that is in nobody's cache: signalled all at once, the watchers of a large
 * sandbox would hold up for seconds whoever waits for a dataflow, or for the verdict of a run that Adobe has pushed.
 */
const signalsPerSecond = 30;
/** Where there are too many for that, they go out over this time, or as fast as the server takes them. */
const longestSignallingMs = 15_000;
const runsInSignal = 100;
/** Where nobody watches a flow, nobody is asked for again for so long. Shorter than a wide look of the follower goes back. */
const unwatchedForMs = 10 * 60_000;

/** A signal to one watcher. */
interface Signal {
  flowId: string;
  name: string;
  input: unknown;
}

/** Runs that have ended, for one watcher. */
interface RunsSignal extends Signal {
  input: EndedRuns;
}

/** A watcher that should look at its flow. */
export interface WatcherWake {
  flowId: string;
  wake: { flow: true; parts?: true };
}

/** What became of a signal. `lost`: it may have arrived or not. */
type Outcome = 'signalled' | 'unwatched' | 'lost';

/**
 * Hands finished runs to the watchers of their flows. One per worker: it remembers for a while which flows nobody watches.
 *
 * @param unwatched until when, by workflow id. Epoch milliseconds.
 */
export function createSignalling(unwatched = new Map<string, number>()) {
  return {
    /** `onSignalled` hears, batch by batch, whose watchers know. Returns how many watchers that was, and how many not. */
    signal(
      sandbox: string,
      runs: Run[],
      look: Omit<EndedRuns, 'runs'>,
      onSignalled: (runs: Run[]) => void,
    ): Promise<Record<Outcome, number>> {
      for (const [id, until] of unwatched) if (until <= look.readAt) unwatched.delete(id);
      const isWatched = ({ flowId }: Run) => !unwatched.has(watcherWorkflowId({ sandbox, flowId }));
      return send(sandbox, signalsOf(runs.filter(isWatched), look), (batch, outcomes) => {
        for (const [index, { flowId }] of batch.entries()) {
          const id = watcherWorkflowId({ sandbox, flowId });
          if (outcomes[index] === 'unwatched') unwatched.set(id, look.readAt + unwatchedForMs);
          else unwatched.delete(id);
        }
        onSignalled(batch.flatMap(({ input }, index) => (outcomes[index] === 'signalled' ? input.runs : [])));
      });
    },

    /** Has watchers look for themselves. Each is asked for: a flow is changed seldom, and just when its watcher was started, too. */
    wake(sandbox: string, wakes: WatcherWake[]): Promise<Record<Outcome, number>> {
      const signals = wakes.map(({ flowId, wake }) => ({ flowId, name: wakeName, input: wake }));
      return send(sandbox, signals, () => undefined);
    },
  };
}

/** Sends in batches, no faster than others can bear. `onSent` hears of each what became of it. */
async function send<One extends Signal>(
  sandbox: string,
  signals: One[],
  onSent: (batch: One[], outcomes: Outcome[]) => void,
): Promise<Record<Outcome, number>> {
  const count = { signalled: 0, unwatched: 0, lost: 0 };
  const beganAt = performance.now();
  const apartMs = Math.min(1_000 / signalsPerSecond, longestSignallingMs / signals.length);
  for (let next = 0; next < signals.length; next += signalsAtOnce) {
    const waitMs = beganAt + next * apartMs - performance.now();
    if (waitMs > 0) await Context.current().sleep(waitMs);
    const batch = signals.slice(next, next + signalsAtOnce);
    const outcomes = await Promise.all(batch.map((signal) => sendOne(sandbox, signal)));
    for (const outcome of outcomes) count[outcome] += 1;
    onSent(batch, outcomes);
  }
  return count;
}

function signalsOf(runs: Run[], look: Omit<EndedRuns, 'runs'>): RunsSignal[] {
  const signals = new Map<string, RunsSignal[]>();
  for (const run of runs) {
    const ofFlow = signals.get(run.flowId) ?? [];
    signals.set(run.flowId, ofFlow);
    const last = ofFlow.at(-1);
    if (last && last.input.runs.length < runsInSignal) last.input.runs.push(run);
    else ofFlow.push({ flowId: run.flowId, name: runsEndedName, input: { ...look, runs: [run] } });
  }
  return [...signals.values()].flat();
}

async function sendOne(sandbox: string, { flowId, name, input }: Signal): Promise<Outcome> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  try {
    await Context.current().client.workflow.getHandle(workflowId).signal(name, input);
    return 'signalled';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unwatched';
    log.warn(`The watcher ${workflowId} could not be signalled ${name}`, { error });
    return 'lost';
  }
}
