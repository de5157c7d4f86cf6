import { setImmediate } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { AepError, Rejected } from '../../aep/errors.ts';
import type { Definition } from '../../definition/definition.ts';
import type { Parsed } from '../../definition/parse.ts';
import { warningsOf } from '../../definition/warnings.ts';
import type { FailureType } from '../../failure-types.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { nextOf, type Approved, type Next } from '../../plan/next-of.ts';
import { countsOf, type Counts, type Plan } from '../../plan/plan.ts';
import type { Observed } from '../../resources/resource.ts';
import { failure, unknownSandbox } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { inTurns } from '../in-turns.ts';
import { remembered } from '../remembered.ts';
import { Snapshot } from './snapshot.ts';
import { Snapshots } from './snapshots.ts';

export interface PlanSomeRequest {
  /** Names the snapshots to plan with: they are taken by who first asks for one of that name, and kept for a while. */
  snapshot: string;
  /** As they were parsed. */
  definitions: ({ definition: Definition; approved?: Approved | undefined } & Pick<Parsed, 'elsewhere'>)[];
  /** Fields of the definitions in which a difference does not count. */
  mask?: string[] | undefined;
  /** Whether the plans themselves are wanted, too. */
  inFull: boolean;
  /** Nobody asks for these snapshots again. */
  isLast: boolean;
}

/** What became of one of them. */
export type PlannedOne =
  | { digest: string; counts: Counts; next: Next; plan?: Plan }
  /** AEP refused to be asked about it. */
  | { digest?: undefined; type: FailureType; message: string };

/** Bytes of an answer. Of one that would be longer the rest is left to the next. */
const mostBytes = 700_000;
/** Versions of mapping sets that a worker remembers: of flows that apply another one than the newest. */
const mostVersions = 2_000;

/** Plans of many dataflows from what a sandbox shows as a whole. */
export function createPlanActivities(dependencies: Dependencies) {
  const versions = remembered<Observed>(Infinity, () => true, mostVersions);
  const snapshots = new Snapshots((sandbox) => new Snapshot(dependencies, sandbox, versions));

  async function planned(
    { definition, approved = {}, elsewhere }: PlanSomeRequest['definitions'][number],
    reads: ReturnType<Snapshot['readsFor']>,
    { mask, inFull }: Pick<PlanSomeRequest, 'mask' | 'inFull'>,
  ): Promise<PlannedOne> {
    const warnings = warningsOf(definition);
    const asked = { definition, elsewhere, warnings, mask, now: () => Date.now() };
    try {
      const one = await makePlan(asked, reads);
      const { plan } = one;
      return {
        digest: plan.digest,
        counts: countsOf(plan),
        next: nextOf(one, approved),
        ...(inFull ? { plan: fittingPlan(plan) } : {}),
      };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { type, message } = unknownSandbox(error) ?? { type: 'Rejected', message: error.message };
      return { type: type as FailureType, message };
    }
  }

  return {
    /**
     * Plans the first of these definitions, as many as fit into an answer, and at least one. Everything they rest on is read
     * once; nothing of it goes into the history but the plans.
     */
    async planSome({ snapshot, definitions, isLast, ...how }: PlanSomeRequest): Promise<PlannedOne[]> {
      const ofSandbox = snapshots.take(snapshot);
      const answer: PlannedOne[] = [];
      let bytes = 0;
      try {
        await beating(async () => {
          const asked = definitions.map((one) => ({
            one,
            reads: ofSandbox(one.definition.sandbox).readsFor(one.definition),
          }));
          const plan = async ({ one, reads }: (typeof asked)[number]) => {
            // What is all in memory would keep the heartbeat from its turn.
            await setImmediate();
            cancellationSignal().throwIfAborted();
            return planned(one, reads, how);
          };
          for await (const [, one] of inTurns(asked, plan)) {
            bytes += Buffer.byteLength(JSON.stringify(one));
            if (bytes > mostBytes && answer.length > 0) break;
            answer.push(one);
          }
        });
      } catch (error) {
        throw error instanceof AepError ? failure(error) : error;
      } finally {
        snapshots.leave(snapshot, { forGood: isLast && answer.length === definitions.length });
      }
      return answer;
    },
  };
}
