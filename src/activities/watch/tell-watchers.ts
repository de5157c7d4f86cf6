import { Context, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import { runsEndedName, watcherWorkflowId } from '../../runs/names.ts';
import type { Run } from '../../runs/run.ts';
import type { Told } from '../../runs/watch.ts';

const signalsAtOnce = 10;
/**
 * Each signal is a workflow task, of a watcher that is in nobody's cache: told all at once, the watchers of a large
 * sandbox would hold up for seconds whoever waits for a dataflow, or for the verdict of a run that Adobe has pushed.
 */
const signalsPerSecond = 30;
/** Where there are too many for that, they go out over this time, or as fast as the server takes them. */
const longestTellingMs = 15_000;
const runsInSignal = 100;
/** Where nobody watches a flow, nobody is asked for again for so long. Shorter than a wide look of the follower goes back. */
const unwatchedForMs = 10 * 60_000;

/** A signal to one watcher. */
interface Letter {
  flowId: string;
  told: Told;
}

/** What became of a signal. `lost`: it may have arrived or not. */
type Outcome = 'told' | 'unwatched' | 'lost';

/** Hands finished runs to the watchers of their flows. One per worker: it remembers for a while which flows nobody watches. */
export function createTelling() {
  const unwatched = new Map<string, number>();
  return {
    /** `onTold` hears, batch by batch, whose watchers know. Answers to how many watchers that was, and to how many not. */
    async tell(
      sandbox: string,
      runs: Run[],
      look: Omit<Told, 'runs'>,
      onTold: (runs: Run[]) => void,
    ): Promise<Record<Outcome, number>> {
      const count = { told: 0, unwatched: 0, lost: 0 };
      const isWatched = ({ flowId }: Run) =>
        look.readAt >= (unwatched.get(watcherWorkflowId({ sandbox, flowId })) ?? 0);
      const letters = lettersOf(runs.filter(isWatched), look);
      const beganAt = performance.now();
      const apartMs = Math.min(1_000 / signalsPerSecond, longestTellingMs / letters.length);
      for (let next = 0; next < letters.length; next += signalsAtOnce) {
        const waitMs = beganAt + next * apartMs - performance.now();
        if (waitMs > 0) await Context.current().sleep(waitMs);
        const batch = letters.slice(next, next + signalsAtOnce);
        const outcomes = await Promise.all(batch.map((letter) => send(sandbox, letter)));
        for (const outcome of outcomes) count[outcome] += 1;
        for (const [index, { flowId }] of batch.entries()) {
          const id = watcherWorkflowId({ sandbox, flowId });
          if (outcomes[index] === 'unwatched') unwatched.set(id, look.readAt + unwatchedForMs);
          else unwatched.delete(id);
        }
        onTold(batch.flatMap(({ told }, index) => (outcomes[index] === 'told' ? told.runs : [])));
      }
      return count;
    },
  };
}

function lettersOf(runs: Run[], look: Omit<Told, 'runs'>): Letter[] {
  const letters = new Map<string, Letter[]>();
  for (const run of runs) {
    const ofFlow = letters.get(run.flowId) ?? [];
    letters.set(run.flowId, ofFlow);
    const last = ofFlow.at(-1);
    if (last && last.told.runs.length < runsInSignal) last.told.runs.push(run);
    else ofFlow.push({ flowId: run.flowId, told: { ...look, runs: [run] } });
  }
  return [...letters.values()].flat();
}

async function send(sandbox: string, { flowId, told }: Letter): Promise<Outcome> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  try {
    await Context.current().client.workflow.getHandle(workflowId).signal(runsEndedName, told);
    return 'told';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unwatched';
    log.warn(`The watcher ${workflowId} could not be told of ${told.runs.length} runs`, { error });
    return 'lost';
  }
}
