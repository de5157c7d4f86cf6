import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { copiesAmong, tellCopies } from '../resources/copies.ts';
import type { Conflict } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { neededKinds } from '../resources/orders.ts';
import type { Edit, FlowContext, Observed } from '../resources/resource.ts';
import { isPaused } from '../runs/flow.ts';
import { replaceFlow } from './choices-of.ts';
import { digestOf } from './digest.ts';
import type { ObservedDataflow, Parts } from './observed-dataflow.ts';
import { summaryOf, type Choices, type Plan, type Step } from './plan.ts';
import {
  conflict,
  isDraft,
  notMadeYet,
  stepOfLiving,
  stepOfNew,
  stepOfNewFlow,
  type Stepped,
} from './step-of.ts';

/** What a plan rests on beside the definition and what AEP has of the dataflow. */
export interface Facts {
  context: FlowContext;
  /** Epoch milliseconds. */
  now: number;
  problems: Problem[];
  warnings: Warning[];
  choices: Choices;
}

/** A plan, and what it takes to carry it out. */
export interface Planned {
  plan: Plan;
  /** The flow that lives, with all that it refers to. Absent: there is none. */
  living?: Parts;
  /** What is changed in place. */
  edits: Partial<Record<Kind, Edit[]>>;
  /** What is in the way. */
  conflicts: Conflict[];
}

/**
 * What has to be done so that AEP has what a definition asks for. Pure: the same in every replay, in the client and in
 * the tests.
 */
export function planOf(definition: Definition, observed: ObservedDataflow, facts: Facts): Planned {
  const living = targetOf(definition, observed, facts) ?? observed.flows[0];
  const all = stepsOf(definition, observed, facts, living);
  const copies = copiesAmong(observed.flows.map(({ flow }) => flow!));
  if (copies.length > 0) refuseCopies(all, copies, definition);
  else if (living) {
    takeMapping(all, definition);
    replaceWhole(all);
  }
  const steps = all.map(({ step }) => step);
  if (living && copies.length === 0) steps.push(...removalsOf(observed.flows, living));
  const problems = [...facts.problems, ...all.flatMap(({ problem }) => problem ?? [])];
  const warnings = [...facts.warnings, ...all.flatMap(({ warning }) => warning ?? []), ...pauseOf(living)];
  return {
    plan: {
      version: 1,
      dataflow: dataflowId(definition),
      digest: digestOf(steps, restingOf(steps, observed)),
      steps,
      problems,
      warnings,
      choices: all.flatMap(({ choice }) => choice ?? []),
      summary: summaryOf(steps, problems),
    },
    ...(living ? { living } : {}),
    edits: Object.fromEntries(all.flatMap(({ step, edits }) => (edits ? [[step.kind, edits]] : []))),
    conflicts: all.flatMap((one) => one.conflict ?? []),
  };
}

/** Kind by kind, in the order of the tutorials: what refers to something is compared with the id that this has by then. */
function stepsOf(
  definition: Definition,
  { found, givenIds, missingFlow }: ObservedDataflow,
  { context, now, choices }: Facts,
  living: Parts | undefined,
): Stepped[] {
  const ids: ResourceIds = {};
  const needed = neededKinds(definition);
  return needed.map((kind) => {
    const needs = resources[kind].needs.filter((one) => needed.includes(one));
    const one = plannedFor(kind, needs);
    const { action, id } = one.step;
    ids[kind] = id === undefined || action === 'replace' ? notMadeYet(kind) : id;
    return one;
  });

  function plannedFor(kind: Kind, needs: Kind[]): Stepped {
    const id = givenIds[kind];
    if (id !== undefined)
      return { step: { kind, action: 'given', id, reason: 'The definition names it', changes: [], needs } };
    const body = resources[kind].body(definition, ids, context);
    const asked = { kind, definition, dataflow: dataflowId(definition), body, needs, now };
    if (living) return stepOfLiving(asked, living[kind]);
    const there = found[kind] ?? [];
    return kind === 'flow' ? stepOfNewFlow(asked, there, missingFlow, choices) : stepOfNew(asked, there);
  }
}

/**
 * Of several flows of the dataflow, the oldest that is as the definition asks for: while one replaces another, only that one
 * is. Of one and its late twin, whose request was lost, the twin is not the one that was in use.
 */
function targetOf(definition: Definition, observed: ObservedDataflow, facts: Facts): Parts | undefined {
  if (observed.flows.length < 2) return observed.flows[0];
  const fits = ({ step }: Stepped) => ['keep', 'given', 'update'].includes(step.action);
  return observed.flows.find((parts) => stepsOf(definition, observed, facts, parts).every(fits));
}

/** Which of two flows with the very same mark is the dataflow's is not to be guessed. */
function refuseCopies(all: Stepped[], flows: Observed[], definition: Definition): void {
  const message = tellCopies('flow', flows, dataflowId(definition));
  const flow = stepOf(all, 'flow');
  Object.assign(flow.step, { action: 'conflict', reason: message, changes: [] });
  flow.conflict = conflict(
    'copied-mark',
    message,
    flows.map(({ id }) => id),
  );
}

/** A flow pins one version of a mapping set: it takes part in every change of the mapping. */
function takeMapping(all: Stepped[], definition: Definition): void {
  const { step } = stepOf(all, 'flow');
  const isToChange = ['update', 'replace', 'create'].includes(stepOf(all, 'mappingSet').step.action);
  if (!isToChange || step.action === 'replace' || step.action === 'conflict') return;
  // Adobe's UI edits no mapping of a flow that loads once, and no page says that the API does.
  const isOnce = definition.schedule.frequency === 'once';
  step.action = isOnce ? 'replace' : 'update';
  step.reason = isOnce
    ? 'AEP changes no mapping of a flow that loads once'
    : 'Takes the new mapping, for runs to come';
}

/** A flow keeps its connections for good, and they what they load from and into: all three are replaced, or none. */
function replaceWhole(all: Stepped[]): void {
  const flow = stepOf(all, 'flow');
  const three = [flow, stepOf(all, 'sourceConnection'), stepOf(all, 'targetConnection')];
  const isMade = ({ step: { action } }: Stepped) => action === 'replace' || action === 'create';
  if (flow.step.action === 'conflict' || !three.some(isMade)) return;
  for (const one of three) {
    delete one.edits;
    if (isMade(one)) continue;
    one.step.action = 'replace';
    one.step.reason =
      one === flow ? 'AEP cannot change what a flow loads from or into' : 'A flow has a pair of its own';
  }
  flow.choice = replaceFlow(flow.step.id!);
}

/** Of two flows of the dataflow one has not been deleted yet: it goes with its pair. */
function removalsOf(flows: readonly Parts[], kept: Parts): Step[] {
  const staying = new Set(Object.values(kept).map(({ id }) => id));
  return flows.flatMap((parts) =>
    (['flow', 'targetConnection', 'sourceConnection'] as const).flatMap((kind) => {
      const id = parts[kind]?.id;
      if (id === undefined || staying.has(id)) return [];
      const needs: Kind[] = kind === 'flow' ? [] : ['flow'];
      return {
        kind,
        action: 'remove' as const,
        id,
        reason: 'Another has taken its place',
        changes: [],
        needs,
      };
    }),
  );
}

function pauseOf({ flow }: Parts = {}): Warning[] {
  const state = String(flow?.fields['state']);
  if (!flow || isDraft(flow) || !isPaused({ state })) return [];
  const message = `The flow ${flow.id} is ${state} in AEP, and stays so: it loads nothing until somebody enables it`;
  return [{ code: 'flow-disabled', message }];
}

function stepOf(all: Stepped[], kind: Kind): Stepped {
  return all.find(({ step }) => step.kind === kind)!;
}

function restingOf(steps: readonly Step[], { found, flows }: ObservedDataflow): Observed[] {
  const all = [...Object.values(found).flat(), ...flows.flatMap((parts) => Object.values(parts))];
  return steps.flatMap(({ id }) => all.find((one) => one.id === id) ?? []);
}
