import { condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { workflowId } from '../../definition/identity.ts';
import type { Definition } from '../../definition/definition.ts';
import { parse, type Accepted } from './accept.ts';
import { nameOfValue } from '../../definition/shape.ts';
import { invalidDefinition } from '../failures.ts';
import { giveUpUpdate, resumeUpdate } from '../messages.ts';
import type { ProgressReport } from './progress.ts';

/** How a create goes on after a refusal: with a definition, or not at all. */
export type HumanDecision = { resume: Accepted } | { giveUp: 'keep' | 'rollback' };

export interface HumanDecisions {
  /** Waits for the next decision. */
  next(): Promise<HumanDecision>;
  /** The last correction that came before anything waited for one, once: after a reset. */
  takeEarly(): Accepted | undefined;
}

/**
 * Lets people decide by the updates `resume` and `giveUp`. Nonsense is refused by the validators, before it enters the
 * history.
 *
 * A reset brings an update again that the workflow had taken later than the point it is reset to, and one that is refused
 * then is lost without a word. A correction is kept: it counts at once where nothing is begun yet, else when something waits.
 */
export function humanDecisions(report: ProgressReport, current: () => Accepted): HumanDecisions {
  let decision: HumanDecision | undefined;
  let early: Accepted | undefined;
  const takeEarly = () => {
    const correction = early;
    early = undefined;
    return correction;
  };
  const mustWait = (update: string) => {
    if (report.progress.state === 'waiting') return;
    const message = `Nothing waits for ${update}: ${report.progress.dataflow} is ${report.progress.state}`;
    throw invalidDefinition(message, [{ field: '', message }]);
  };

  setHandler(
    resumeUpdate,
    (corrected) => {
      const accepted = isCorrection(corrected) ? parse(corrected) : current();
      if (report.progress.state !== 'waiting') {
        early = accepted;
        return;
      }
      decision = { resume: accepted };
      report.become('running');
    },
    {
      validator: (corrected) => {
        if (!isCorrection(corrected) || !wasReset()) mustWait('resume');
        if (isCorrection(corrected)) mustBeSame(current().definition, parse(corrected).definition);
      },
    },
  );
  setHandler(
    giveUpUpdate,
    (how) => {
      decision = { giveUp: how ?? 'keep' };
      report.become('running');
    },
    {
      validator: (how) => {
        mustWait('giveUp');
        if (how === undefined || how === null || how === 'keep' || how === 'rollback') return;
        const message = `giveUp takes "keep" or "rollback", not ${nameOfValue(how)}`;
        throw invalidDefinition(message, [{ field: '', message }]);
      },
    },
  );

  return {
    async next() {
      const correction = takeEarly();
      if (correction) return { resume: correction };
      decision = undefined;
      await condition(() => decision !== undefined);
      return decision!;
    },
    takeEarly,
  };
}

function isCorrection(corrected: unknown): boolean {
  return corrected !== undefined && corrected !== null;
}

/** For validators only: a replay does not tell. */
function wasReset(): boolean {
  const { runId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  return runId !== firstExecutionRunId && continuedFromExecutionRunId === undefined;
}

function mustBeSame(running: Definition, corrected: Definition): void {
  if (workflowId(corrected) === workflowId(running)) return;
  const message = `is of the dataflow ${corrected.sandbox}/${corrected.name}, and this one is ${running.sandbox}/${running.name}`;
  throw invalidDefinition(`The definition ${message}`, [{ field: 'name', message }]);
}
