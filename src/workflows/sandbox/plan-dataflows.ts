import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { tellSome } from '../../cut.ts';
import { dataflowId } from '../../definition/identity.ts';
import { maskProblems } from '../../definition/mask.ts';
import type { Plan } from '../../plan/plan.ts';
import { endingOf, fail } from '../failures.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import { Intake, definitionsShape, mustBeginWithSome, type Carried } from './intake.ts';
import { isLong, roomLeft } from './long-run.ts';
import {
  planProgressQuery,
  planQuery,
  type PlanDataflowsInput,
  type PlanDataflowsResult,
  type PlannedDataflow,
} from './many-messages.ts';
import { Planning, plannedDataflow } from './planning.ts';
import { rowsOf } from './told.ts';

/** What one run hands to the next. */
interface PlanCarried extends Carried<PlannedDataflow> {
  /** The earlier runs, each with how many had been told by its end. */
  runs: { runId: string; until: number }[];
}

const input = () =>
  z.strictObject({
    ...definitionsShape(),
    mask: z.array(z.string()).optional().describe('Fields in which a difference does not count.'),
  }) satisfies z.ZodType<PlanDataflowsInput>;

const what = 'This cannot be planned';

/**
 * Plans many dataflows as `planDataflow` plans one, from one look at each list of a sandbox. It asks AEP and changes nothing
 * there. A definition that is wrong is told for itself.
 *
 * The result has name, digest and counts of each; the query `plan` has the plan of one, in full. Runs under any id, on a
 * Temporal Schedule too.
 *
 * @throws ApplicationFailure `InvalidDefinition` where the input as a whole makes no sense, `Unauthorized`.
 */
export async function planDataflows(given: unknown, carried?: PlanCarried): Promise<PlanDataflowsResult> {
  const asked = checkInput(input(), given, what);
  if (!carried) mustMakeSense(asked);
  const { mask } = asked;
  const intake = new Intake<PlannedDataflow>(carried);
  const runs = carried?.runs ?? [];
  const plans = new Map<string, Plan>();
  setHandler(planProgressQuery, () => ({
    totals: totalsOf(intake.told),
    waiting: intake.waiting.length,
    more: intake.expectsMore,
  }));
  setHandler(planQuery, (name) => planOf(name));
  if (!carried) intake.take(asked);
  intake.listen(z.strictObject(definitionsShape()), roomLeft);
  const planning = new Planning(intake, { mask, inFull: true });

  try {
    for (let pieces = 0; ;) {
      if (intake.waiting.length > 0) {
        if (pieces > 0 && isLong()) await goOn();
        pieces += 1;
        const { turns, wrong } = await planning.next();
        for (const one of wrong) intake.tell(one.wrong, one);
        for (const turn of turns) {
          intake.tell(plannedDataflow(turn), turn.entry);
          if (turn.planned.digest !== undefined)
            plans.set(dataflowId(turn.entry.definition), turn.planned.plan!);
        }
        setCurrentDetails(details(intake.told));
      } else if (intake.expectsMore) {
        planning.pause();
        await intake.moreCame();
      } else break;
    }
    intake.close();
    await condition(allHandlersFinished);
    return { dataflows: intake.told, totals: totalsOf(intake.told) };
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }

  async function goOn(): Promise<never> {
    await condition(allHandlersFinished);
    const until = intake.told.length;
    const next = { ...intake.carried, runs: [...runs, { runId: workflowInfo().runId, until }] };
    return continueAsNew<typeof planDataflows>(mask ? { mask } : {}, next);
  }

  function planOf(name: string): Plan | { runId: string } {
    const asked = intake.told.filter((one) => one.name === name || dataflowId(one) === name);
    // Of one that was given more than once, the first counts.
    const told = asked.find(({ digest }) => digest !== undefined) ?? asked[0];
    if (!told) throw fail('InvalidDefinition', `No plan of ${JSON.stringify(name)} is here, or not yet`);
    const called = [...new Set(asked.map(dataflowId))];
    if (called.length > 1) {
      const message = `${called.length} dataflows are called ${JSON.stringify(name)}: ask for one of ${tellSome(called)}`;
      throw fail('InvalidDefinition', message);
    }
    const index = intake.told.indexOf(told);
    const plan = plans.get(dataflowId(told));
    if (plan) return plan;
    const earlier = runs.find(({ until }) => index < until);
    if (earlier && told.digest !== undefined) return { runId: earlier.runId };
    throw fail('InvalidDefinition', `There is no plan of ${dataflowId(told)}: ${told.error?.message ?? ''}`);
  }
}

function mustMakeSense(asked: PlanDataflowsInput): void {
  const problems = maskProblems(asked.mask ?? []);
  if (problems.length > 0) throw wrongInput(what, problems);
  mustBeginWithSome(asked, what);
}

function totalsOf(told: readonly PlannedDataflow[]): PlanDataflowsResult['totals'] {
  const totals = { dataflows: told.length, empty: 0, different: 0, failed: 0, masked: 0 };
  for (const { counts } of told) {
    totals.masked += counts?.masked ?? 0;
    totals[stateOf(counts)] += 1;
  }
  return totals;
}

const busy = ['create', 'update', 'replace', 'remove', 'watch'] as const;

function stateOf(counts: PlannedDataflow['counts']): 'empty' | 'different' | 'failed' {
  if (!counts || counts.problems || counts.conflict) return 'failed';
  return busy.some((action) => counts[action]) ? 'different' : 'empty';
}

function details(told: readonly PlannedDataflow[]): string {
  const { dataflows, empty, different, failed, masked } = totalsOf(told);
  const head = `**${dataflows} planned**: ${empty} as asked for, ${different} different, ${failed} failed, ${masked} differences masked`;
  const rows = told.filter(({ counts }) => stateOf(counts) !== 'empty');
  return [head, ...rowsOf(rows, ({ counts }) => stateOf(counts))].join('\n');
}
