import {
  CancellationScope,
  Trigger,
  condition,
  isCancellation,
  log,
  setHandler,
  sleep,
  upsertMemo,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { Definition } from '../../definition/definition.ts';
import { line, mustSaySomething, prose } from '../../definition/text.ts';
import { isEmpty, type Plan } from '../../plan/plan.ts';
import { checkInput } from '../inputs.ts';
import { endingOf, fail } from '../failures.ts';
import { approveUpdate, rejectUpdate, type Approve, type Decision, type Reject } from '../messages.ts';
import { noted } from './noted.ts';
import type { Prepared } from './prepare.ts';
import type { ProgressReport } from './progress.ts';
import { stalePlan } from './refuse-plan.ts';
import { tellOfPlan } from './tell-waiting.ts';

const by = () =>
  line(200)
    .refine(...mustSaySomething)
    .describe('Who says so. Nobody checks it: it is told as what the sender said.');

const approveInput = () =>
  z.strictObject({
    digest: z.string().min(1).max(100).describe('The digest of the plan that is approved.'),
    by: by(),
    why: prose().optional(),
  }) satisfies z.ZodType<Approve>;

const rejectInput = () =>
  z.strictObject({
    by: by(),
    why: prose()
      .min(1)
      .refine(...mustSaySomething),
  }) satisfies z.ZodType<Reject>;

/** What inputs that have a plan carried out say of approval. */
export const requireApproval = () =>
  z.boolean().optional().describe('Nothing is made or changed before a person has approved the plan.');

/** An approval that is being checked against AEP, and whoever gave it. */
interface Approving extends Approve {
  answer: Trigger<void>;
}

export type Approvals = ReturnType<typeof takeApprovals>;

/**
 * Lets people approve or reject the plan that an execution waits with, by the updates `approve` and `reject`. Nonsense is
 * refused by the validators, before it enters the history.
 *
 * After a reset nothing counts that was said in the part that is undone: somebody has to look at the plan of that moment.
 */
export function takeApprovals(report: ProgressReport) {
  const decisions: Decision[] = [];
  /** The plan that waits for a decision, until there is one. */
  let asked: Plan | undefined;
  let approving: Approving | undefined;
  let rejected: Reject | undefined;
  /** Plans again, for an approval. */
  let checking: CancellationScope | undefined;

  const mustWait = (update: string): Plan => {
    if (asked && !rejected) return asked;
    const { dataflow, state } = report.progress;
    throw fail('Conflict', `Nothing waits for ${update}: ${dataflow} is ${state}`);
  };
  setHandler(
    approveUpdate,
    async (approve) => {
      approving = { ...approve, answer: new Trigger() };
      await approving.answer;
    },
    {
      validator: (input) => {
        const { digest } = checkInput(approveInput(), input, 'This is no approval');
        const plan = mustWait('approve');
        if (approving) {
          const message = `An approval, said to be by ${approving.by}, is being checked against AEP just now`;
          throw fail('Conflict', message);
        }
        if (digest !== plan.digest) throw stalePlan(plan);
      },
    },
  );
  setHandler(
    rejectUpdate,
    (reject) => {
      rejected = reject;
      // Nothing was made: until it is carried out, a rejection counts more than an approval.
      checking?.cancel();
    },
    {
      validator: (input) => {
        checkInput(rejectInput(), input, 'This is no rejection');
        mustWait('reject');
      },
    },
  );

  /**
   * Waits until a person has approved the plan, and plans again then, since AEP may have changed meanwhile: what comes back
   * is the very plan that was approved, or one with nothing to do.
   * @param plan plans by what AEP has at that moment.
   * @throws ApplicationFailure `RejectedByPerson`, and whatever `plan` throws.
   */
  async function approved(definition: Definition, plan: () => Promise<Prepared>): Promise<Prepared> {
    let prepared = await CancellationScope.cancellable(plan);
    try {
      while (!isEmpty(prepared.planned.plan)) {
        const before = prepared.planned.plan;
        await decided(definition, before);
        if (rejected) throw await rejection(before, rejected);
        const approval = approving!;
        report.become('running');
        prepared = await again(plan).catch(async (error: unknown) => {
          throw rejected ? await rejection(before, rejected) : await refused(error);
        });
        if (rejected) throw await rejection(before, rejected);
        approving = undefined;
        asked = prepared.planned.plan;
        if (asked.digest === approval.digest) {
          note('approved', approval);
          approval.answer.resolve();
          return prepared;
        }
        approval.answer.reject(stalePlan(asked));
      }
      return prepared;
    } finally {
      asked = undefined;
    }
  }

  async function decided(definition: Definition, plan: Plan): Promise<void> {
    asked = plan;
    report.become('waitingForApproval');
    upsertMemo({ plan: noted(plan) });
    log.warn(`waits for the update approve or reject: ${plan.summary} (${plan.digest})`);
    const tellNoMore = tellOfPlan(definition, plan);
    await condition(() => approving !== undefined || rejected !== undefined).finally(tellNoMore);
  }

  async function again(plan: () => Promise<Prepared>): Promise<Prepared> {
    checking = new CancellationScope();
    try {
      return await checking.run(plan);
    } finally {
      checking = undefined;
    }
  }

  async function rejection({ digest }: Plan, reject: Reject) {
    const { decision: _, at: __, ...said } = note('rejected', { digest, ...reject });
    const message = `The plan was rejected, said to be by ${said.saidToBeBy}: ${reject.why}`;
    const failure = fail('RejectedByPerson', message, said);
    await lastWords(failure);
    return failure;
  }

  /** Of a mistake of ours nobody is told: Temporal tries it again until it is mended, and the answer is still to come. */
  async function refused(error: unknown) {
    const ending = isCancellation(error)
      ? fail('Conflict', 'It was cancelled before it was carried out')
      : endingOf(error, {});
    if (ending) await lastWords(ending);
    return error;
  }

  /** An end that an event crosses is taken back by the server, and with it an answer given in the same moment. */
  async function lastWords(why: Error): Promise<void> {
    approving?.answer.reject(why);
    approving = undefined;
    await CancellationScope.nonCancellable(() => sleep(1, { summary: 'Until the update is answered' }));
  }

  function note(decision: Decision['decision'], { digest, by: saidToBeBy, why }: Approve): Decision {
    const at = new Date().toISOString();
    const said: Decision = { decision, digest, saidToBeBy, ...(why ? { why } : {}), at };
    decisions.push(said);
    report.decide(said);
    upsertMemo({ decisions });
    return said;
  }

  return { approved };
}
