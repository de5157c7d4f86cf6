import { baseConnectionTitle } from '../../resources/base-connection.ts';
import { resources } from '../../resources/index.ts';
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { givenConnection } from '../../definition/connection.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { Warning } from '../../definition/problems.ts';
import { kinds, type Kind, type ResourceIds } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import type { Plan } from '../../plan/plan.ts';
import { plain } from '../../runs/details.ts';
import { planAsMarkdown } from '../../plan/render.ts';
import type { Outcome, Replacing } from '../../resources/outcome.ts';
import {
  planQuery,
  progressQuery,
  searchAttributes,
  type CreateState,
  type Decision,
  type Progress,
  type Step,
  type StepName,
  type StepState,
  type Waiting,
} from '../messages.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { Waits } from './waits.ts';

const otherTitles = {
  baseConnection: baseConnectionTitle,
  check: 'checks before any change',
  replace: 'another flow in the place of the old one',
  watch: 'watcher of the flow runs',
  sweep: 'sweep of surplus',
};

export interface ProgressReport {
  readonly progress: Progress;
  /** Notes that a step has come to `state`; the first state other than `waiting` starts its clock, an ended one stops it. */
  step(name: StepName, state: StepState, more?: { id?: string; note?: string }): void;
  stateOf(name: StepName): StepState | undefined;
  /** Says which dataflow it is, once that is known. */
  called(dataflow: string): void;
  warn(warning: Warning): void;
  /** Shows what is going to be done beside what was. */
  plan(plan: Plan): void;
  /** What was planned last. */
  readonly planned: Plan | undefined;
  /** Shows what a person has decided about it. */
  decide(decision: Decision): void;
  /** Comes to another state as a whole. */
  become(state: Progress['state'], error?: { type: string; message: string }): void;
  /** Begins anew with another definition, after a refusal. What was made stays known as made. */
  again(definition: Definition, warnings: Warning[]): void;
  /** All that this execution has made and that is still there, in the order of making. */
  readonly made: readonly { kind: Kind; id: string }[];
  /** The flows whose place others have taken: it deletes them, or AEP does not show them. */
  readonly deletedFlows: string[];
  /** The flow that it replaces. */
  replacing?: Replacing;
  /** Notes that something was deleted again. */
  deleted(kind: Kind, id: string): void;
  /** Says that a call of AEP is under way until it has ended: it may have to wait. Returns the same promise. */
  during<Answer>(activity: string, call: Promise<Answer>): Promise<Answer>;
}

const open = new Set<StepState>(['waiting', 'running']);

/** What there is to report of. */
interface Reported {
  /** `<sandbox>/<name>` */
  dataflow: string;
  steps: StepName[];
}

/** All that is done for a dataflow. */
export function workFor(definition: Definition): Reported {
  const given = givenConnection(definition.source);
  const connection: StepName[] = given?.name !== undefined && given.auth ? ['baseConnection'] : [];
  return {
    dataflow: dataflowId(definition),
    steps: ['check', ...connection, ...neededKinds(definition), 'watch'],
  };
}

/**
 * Keeps what the `progress` query answers and what the Temporal UI shows as the workflow's current details.
 * @param isListed whether lists are told what it is at, which is an event each: not where it is over within seconds.
 */
export function reportProgress({ dataflow, steps }: Reported, { isListed = true } = {}): ProgressReport {
  const progress: Progress = {
    dataflow,
    state: 'running',
    steps: steps.map(waiting),
    warnings: [],
    waiting: [],
  };
  const made: { kind: Kind; id: string }[] = [];
  let planned: Plan | undefined;
  let shownPlan: string | undefined;
  const deletedFlows: string[] = [];
  setHandler(progressQuery, () => progress);
  setHandler(planQuery, () => (planned ? fittingPlan(planned) : null));
  const show = () => {
    setCurrentDetails([markdown(progress), ...(shownPlan ? ['', shownPlan] : [])].join('\n'));
    if (isListed) showState(progress);
  };
  const waits = new Waits((waiting) => {
    progress.waiting = waiting;
    show();
  });
  return {
    progress,
    step(name, state, more = {}) {
      let step = progress.steps.find((one) => one.step === name);
      if (!step) progress.steps.push((step = waiting(name)));
      // A note is of the state that it came with.
      if (state !== step.state) delete step.note;
      const again = state === 'adopted' && made.some(({ id }) => id === more.id);
      Object.assign(step, more, { state: again ? 'made' : state });
      if (state === 'made' && more.id && name in resources && !made.some(({ id }) => id === more.id))
        made.push({ kind: name as Kind, id: more.id });
      if (state !== 'waiting') step.startedAt ??= Date.now();
      if (!open.has(state)) step.endedAt = Date.now();
      if (name === 'flow' && more.id) progress.flowId = more.id;
      show();
    },
    stateOf: (name) => progress.steps.find((one) => one.step === name)?.state,
    called(dataflow) {
      progress.dataflow = dataflow;
      show();
    },
    warn(warning) {
      progress.warnings.push(warning);
      show();
    },
    plan(plan) {
      planned = plan;
      shownPlan = planAsMarkdown(plan);
      show();
    },
    get planned() {
      return planned;
    },
    decide(decision) {
      progress.decision = decision;
      show();
    },
    become(state, error) {
      progress.state = state;
      delete progress.approval;
      if (state === 'waitingForApproval')
        progress.approval = { digest: planned!.digest, summary: planned!.summary, since: Date.now() };
      if (error) progress.error = error;
      else delete progress.error;
      show();
    },
    again(anew, warnings) {
      progress.steps = workFor(anew).steps.map(waiting);
      progress.warnings = [...warnings];
      this.become('running');
    },
    made,
    deletedFlows,
    deleted(kind, id) {
      const index = made.findIndex((one) => one.id === id);
      if (index >= 0) made.splice(index, 1);
      this.step(kind, 'deleted', { id });
    },
    during: (activity, call) => waits.during(activity, call),
  };
}

/** For lists of workflows, while it is open. Each change is an event, so that it is noted only when it is one. */
function showState({ state, waiting }: Progress): void {
  if (state !== 'running' && state !== 'waiting' && state !== 'waitingForApproval') return;
  const value = stateOf(state, waiting);
  const key = searchAttributes.state;
  if (workflowInfo().typedSearchAttributes.get(key) !== value) upsertSearchAttributes([{ key, value }]);
}

function stateOf(state: 'running' | 'waiting' | 'waitingForApproval', waiting: Waiting[]): CreateState {
  if (state !== 'running') return 'waiting-for-person';
  return waiting.length > 0 ? 'waiting-for-aep' : 'running';
}

/**
 * What became of each resource.
 * @param inDoubt kinds of which a request may still make something that nobody has seen.
 */
export function outcomeOf(
  { progress: { steps }, made, deletedFlows, replacing }: ProgressReport,
  inDoubt: readonly Kind[] = [],
): Outcome {
  const resources = steps.filter(({ step }) => kinds.includes(step as Kind));
  const ids = (state: StepState): ResourceIds =>
    Object.fromEntries(resources.filter((one) => one.state === state).map(({ step, id }) => [step, id]));
  const named = (...states: StepState[]) =>
    resources.filter(({ state }) => states.includes(state)).map(({ step }) => step as Kind);
  return {
    made: Object.fromEntries(made.map(({ kind, id }) => [kind, id])),
    adopted: ids('adopted'),
    ...(named('updated').length > 0 ? { updated: ids('updated') } : {}),
    failed: resources
      .filter(({ state }) => state === 'failed')
      .map(({ step, note = '' }) => ({ kind: step as Kind, why: note })),
    notTried: named('waiting', 'notTried'),
    unknown: [...new Set([...named('running', 'unknown'), ...inDoubt])],
    ...(replacing ? { replacing } : {}),
    ...(deletedFlows.length > 0 ? { deletedFlows: [...deletedFlows] } : {}),
    ...(named('deleted').length > 0 ? { deleted: ids('deleted') } : {}),
  };
}

function waiting(step: StepName): Step {
  return { step, title: titleOf(step), state: 'waiting' };
}

function titleOf(name: StepName): string {
  return name in resources ? resources[name as Kind].title : otherTitles[name as keyof typeof otherTitles];
}

const marks: Record<StepState, string> = {
  waiting: '·',
  running: '…',
  made: '✓ made',
  adopted: '✓ in place',
  updated: '✓ changed',
  given: '✓ given',
  done: '✓',
  failed: '✗ failed',
  unknown: '? unknown',
  notTried: '– not tried',
  deleted: '✗ deleted again',
};

function markdown(progress: Progress): string {
  const { dataflow, state, steps, warnings, waiting, error, approval, decision } = progress;
  const rows = steps.map(({ title, state, id, startedAt, endedAt, note }) =>
    [
      title,
      marks[state],
      id ? `\`${id}\`` : '',
      startedAt && endedAt ? `${endedAt - startedAt} ms` : '',
      note ?? '',
    ]
      .map(cell)
      .join(' | '),
  );
  return [
    `**${dataflow}**: ${state}`,
    ...(error ? ['', `**${error.type}**: ${error.message}`] : []),
    ...(approval
      ? ['', `Waits for the update **approve** with the digest \`${approval.digest}\`, or **reject**`]
      : []),
    ...(decision
      ? [
          '',
          `The plan was ${decision.decision}, said to be by ${plain(decision.saidToBeBy)}${decision.why ? `: ${plain(decision.why)}` : ''}`,
        ]
      : []),
    ...waiting.flatMap(({ activity, why, message }) => [
      '',
      `Waits, ${activity}: **${why}**: ${cell(message)}`,
    ]),
    '',
    '| step | state | id | time | |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    ...(warnings.length ? ['', 'Warnings:', ...warnings.map(({ message }) => `- ${message}`)] : []),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
