import { condition, setHandler } from '@temporalio/workflow';
import { workflowId } from '../definition/identity.ts';
import type { Definition } from '../definition/definition.ts';
import { parse, type Accepted } from './accept.ts';
import { nameOfValue } from '../definition/shape.ts';
import { invalidDefinition } from './failures.ts';
import { giveUpUpdate, resumeUpdate } from './messages.ts';
import type { ProgressReport } from './progress.ts';

/** How a create goes on after a refusal: with a definition, or not at all. */
export type HumanDecision = { resume: Accepted } | { giveUp: 'keep' | 'rollback' };

/**
 * Lets people decide by the updates `resume` and `giveUp`. Nonsense is refused by the validators, before it enters the
 * history. Answers with a function that waits for the next decision.
 */
export function humanDecisions(
  report: ProgressReport,
  current: () => Accepted,
): () => Promise<HumanDecision> {
  let decision: HumanDecision | undefined;
  const mustWait = (update: string) => {
    if (report.progress.state === 'waiting') return;
    const message = `Nothing waits for ${update}: ${report.progress.dataflow} is ${report.progress.state}`;
    throw invalidDefinition(message, [{ field: '', message }]);
  };

  setHandler(
    resumeUpdate,
    (corrected) => {
      decision = { resume: corrected === undefined || corrected === null ? current() : parse(corrected) };
      report.become('running');
    },
    {
      validator: (corrected) => {
        mustWait('resume');
        if (corrected !== undefined && corrected !== null)
          mustBeSame(current().definition, parse(corrected).definition);
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

  return async () => {
    decision = undefined;
    await condition(() => decision !== undefined);
    return decision!;
  };
}

function mustBeSame(running: Definition, corrected: Definition): void {
  if (workflowId(corrected) === workflowId(running)) return;
  const message = `is of the dataflow ${corrected.sandbox}/${corrected.name}, and this one is ${running.sandbox}/${running.name}`;
  throw invalidDefinition(`The definition ${message}`, [{ field: 'name', message }]);
}
