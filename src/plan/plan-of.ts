import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { startProblem } from '../definition/start.ts';
import { copiesAmong, tellCopies } from '../resources/copies.ts';
import { decide, type Conflict } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { neededKinds } from '../resources/orders.ts';
import type { Edit, FlowContext, JsonObject, Observed } from '../resources/resource.ts';
import { isPaused } from '../runs/flow.ts';
import { differencesOf, type Differs } from './differences-of.ts';
import { digestOf } from './digest.ts';
import type { ObservedDataflow, Parts } from './observed-dataflow.ts';
import { summaryOf, type Choice, type Choices, type Plan, type Step } from './plan.ts';

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
  /** What makes room for what is made in its place, where no flow lives. */
  makesRoom: Partial<Record<Kind, Conflict>>;
}

/** What stands in a body for the id of what is not made yet: it is equal to no id. */
const notMadeYet = (kind: Kind) => `(the new ${resources[kind].title})`;

/**
 * What has to be done so that AEP has what a definition asks for. Pure: the same in every replay, in the client and in
 * the tests.
 */
export function planOf(definition: Definition, observed: ObservedDataflow, facts: Facts): Planned {
  const living = targetOf(definition, observed, facts) ?? observed.flows[0];
  const planned: Planned = {
    plan: {
      version: 1,
      dataflow: dataflowId(definition),
      digest: '',
      steps: [],
      problems: [...facts.problems],
      warnings: [...facts.warnings],
      choices: [],
      summary: '',
    },
    ...(living ? { living } : {}),
    edits: {},
    conflicts: [],
    makesRoom: {},
  };
  const ids: ResourceIds = {};
  for (const kind of neededKinds(definition)) {
    const step = stepOf(kind, ids);
    planned.plan.steps.push(step);
    ids[kind] = isThere(step) ? step.id! : notMadeYet(kind);
  }
  const copies = copiesAmong(observed.flows.map(({ flow }) => flow!));
  if (copies.length > 0) refuseCopies(copies);
  else if (living) {
    takeMapping();
    replaceWhole();
    removeOthers(living);
    warnOfPause(living);
  }
  const { plan } = planned;
  plan.summary = summaryOf(plan.steps, plan.problems);
  plan.digest = digestOf(plan.steps, restingOf(plan.steps, observed));
  return planned;

  function stepOf(kind: Kind, soFar: ResourceIds): Step {
    const needs = resources[kind].needs.filter((one) => neededKinds(definition).includes(one));
    const named = observed.givenIds[kind];
    if (named !== undefined)
      return { kind, action: 'given', id: named, reason: 'The definition names it', changes: [], needs };
    const body = resources[kind].body(definition, soFar, facts.context);
    return living ? stepOfLiving(kind, body, living, needs) : stepOfNew(kind, body, needs);
  }

  function stepOfLiving(kind: Kind, body: JsonObject, { [kind]: part }: Parts, needs: Kind[]): Step {
    const { title } = resources[kind];
    if (!part) {
      const reason = `The living flow has no ${title} any more`;
      return { kind, action: 'create', reason, changes: [], needs };
    }
    const { id } = part;
    const differs = differencesOf(kind, definition, body, part, facts.now);
    if (kind === 'flow' && isDraft(part))
      return { kind, action: 'update', id, reason: 'Made as a draft: it is published', changes: [], needs };
    if (differs.changes.length === 0)
      return { kind, action: 'keep', id, reason: 'As the definition asks for', changes: [], needs };
    if (differs.fixed.length > 0) return replaced(kind, part, body, differs, needs);
    if (kind === 'mappingSet' && !isOurs(part)) {
      const reason = "It is not the dataflow's own, and so is not changed";
      return { kind, action: 'replace', id, reason, changes: differs.changes, needs };
    }
    planned.edits[kind] = differs.edits;
    return { kind, action: 'update', id, reason: 'AEP changes it in place', changes: differs.changes, needs };
  }

  function replaced(
    kind: Kind,
    { id, name }: Observed,
    body: JsonObject,
    differs: Differs,
    needs: Kind[],
  ): Step {
    const { title, hasUniqueTitle, insteadOfSecond } = resources[kind];
    const { changes } = differs;
    if (hasUniqueTitle && name === body['title']) {
      const reason = `AEP cannot change it so, and keeps its title unique. ${insteadOfSecond}`;
      const message = `The ${title} ${id} is not what the definition asks for. ${reason}`;
      planned.conflicts.push({ action: 'conflict', reason: 'differs', message, ids: [id], differences: [] });
      return { kind, action: 'conflict', id, reason, changes, needs };
    }
    const reason = 'AEP cannot change it under a flow that runs';
    return { kind, action: 'replace', id, reason, changes: changes, needs };
  }

  function stepOfNew(kind: Kind, body: JsonObject, needs: Kind[]): Step {
    const found = observed.found[kind] ?? [];
    if (kind === 'flow') return stepOfNewFlow(body, found, needs);
    const decision = decide(kind, body, found, { dataflow: planned.plan.dataflow });
    if (decision.action === 'create') {
      const foreign = found.filter(({ mark, name }) => !mark && name === body['name']);
      if (kind === 'dataset' && foreign.length > 0)
        planned.plan.warnings.push(foreignDataset(String(body['name']), foreign));
      return { kind, action: 'create', reason: 'There is none yet', changes: [], needs };
    }
    if (decision.action === 'adopt') {
      const { id } = decision;
      const { changes, edits } = differencesOf(
        kind,
        definition,
        body,
        found.find((one) => one.id === id)!,
        facts.now,
      );
      if (edits.length === 0)
        return {
          kind,
          action: 'adopt',
          id,
          reason: 'Made before, and as the definition asks for',
          changes: [],
          needs,
        };
      planned.edits[kind] = edits;
      return { kind, action: 'update', id, reason: 'Made before; AEP changes it in place', changes, needs };
    }
    const [id] = decision.ids;
    const there = found.find((one) => one.id === id)!;
    const differsOnly = decision.reason === 'differs';
    const differs = differsOnly ? differencesOf(kind, definition, body, there, facts.now) : undefined;
    const changes = differs?.changes ?? [];
    if (differs && differs.fixed.length === 0) {
      planned.edits[kind] = differs.edits;
      return {
        kind,
        action: 'update',
        id: id!,
        reason: 'Made before; AEP changes it in place',
        changes,
        needs,
      };
    }
    if (differsOnly && resources[kind].makesRoom) {
      planned.makesRoom[kind] = decision;
      return {
        kind,
        action: 'replace',
        id: id!,
        reason: 'Made before, from another definition; no flow uses it',
        changes,
        needs,
      };
    }
    planned.conflicts.push(decision);
    return { kind, action: 'conflict', id: id!, reason: decision.message, changes, needs };
  }

  function stepOfNewFlow(body: JsonObject, found: Observed[], needs: Kind[]): Step {
    const decision = decide('flow', body, found, { dataflow: planned.plan.dataflow });
    if (decision.action === 'conflict') {
      planned.conflicts.push(decision);
      return {
        kind: 'flow',
        action: 'conflict',
        id: decision.ids[0]!,
        reason: decision.message,
        changes: [],
        needs,
      };
    }
    const missing = observed.missingFlow;
    if (missing !== undefined && facts.choices.missingFlow !== 'recreate') {
      const reason = `The flow ${missing}, which an earlier run made, was deleted by others, or is hidden by an access label`;
      const message = `${reason}: updateDataflow with "missingFlow": "recreate" makes another`;
      planned.conflicts.push({
        action: 'conflict',
        reason: 'missing',
        message,
        ids: [missing],
        differences: [],
      });
      planned.plan.choices.push(missingFlow(missing));
      return { kind: 'flow', action: 'conflict', id: missing, reason, changes: [], needs };
    }
    const problem = startProblem(definition, facts.now);
    if (problem) planned.plan.problems.push(problem);
    return { kind: 'flow', action: 'create', reason: 'There is none yet', changes: [], needs };
  }

  /** Which of two flows with the very same mark is the dataflow's is not to be guessed. */
  function refuseCopies(flows: Observed[]): void {
    const message = tellCopies('flow', flows, planned.plan.dataflow);
    const found = flows.map(({ id }) => id);
    planned.conflicts.push({
      action: 'conflict',
      reason: 'copied-mark',
      message,
      ids: found,
      differences: [],
    });
    Object.assign(step('flow'), { action: 'conflict', reason: message, changes: [] });
  }

  /** A flow pins one version of a mapping set: it takes part in every change of the mapping. */
  function takeMapping(): void {
    const mapping = step('mappingSet');
    const flow = step('flow');
    if (!isToChange(mapping) || flow.action === 'replace' || flow.action === 'conflict') return;
    // Adobe's UI edits no mapping of a flow that loads once, and no page says that the API does.
    const isOnce = definition.schedule.frequency === 'once';
    flow.action = isOnce ? 'replace' : 'update';
    flow.reason = isOnce
      ? 'AEP changes no mapping of a flow that loads once'
      : 'Takes the new mapping, for runs to come';
  }

  /** A flow keeps its connections for good, and they what they load from and into: all three are replaced, or none. */
  function replaceWhole(): void {
    const [flow, ...pair] = [step('flow'), step('sourceConnection'), step('targetConnection')];
    if (
      flow!.action === 'conflict' ||
      ![flow!, ...pair].some(({ action }) => action === 'replace' || action === 'create')
    )
      return;
    for (const one of [flow!, ...pair]) {
      delete planned.edits[one.kind];
      if (one.action !== 'keep' && one.action !== 'update') continue;
      one.action = 'replace';
      one.reason =
        one === flow ? 'AEP cannot change what a flow loads from or into' : 'A flow has a pair of its own';
    }
    planned.plan.choices.push(replaceFlow(flow!.id!));
  }

  /** Of two flows of the dataflow one has not been deleted yet: it goes with its pair. */
  function removeOthers(kept: Parts): void {
    const staying = new Set(Object.values(kept).map(({ id }) => id));
    for (const parts of observed.flows) {
      for (const kind of ['flow', 'targetConnection', 'sourceConnection'] as const) {
        const id = parts[kind]?.id;
        if (id === undefined || staying.has(id)) continue;
        const needs: Kind[] = kind === 'flow' ? [] : ['flow'];
        const reason = 'Another has taken its place';
        planned.plan.steps.push({ kind, action: 'remove', id, reason, changes: [], needs });
      }
    }
  }

  function warnOfPause({ flow }: Parts): void {
    const state = String(flow?.fields['state']);
    if (!flow || isDraft(flow) || !isPaused({ state })) return;
    const message = `The flow ${flow.id} is ${state} in AEP, and stays so: it loads nothing until somebody enables it`;
    planned.plan.warnings.push({ code: 'flow-disabled', message });
  }

  function step(kind: Kind): Step {
    return planned.plan.steps.find((one) => one.kind === kind)!;
  }

  /** What Data Prep has kept no name of may be ours. */
  function isOurs({ name, mark }: Observed): boolean {
    return mark ? mark.dataflow === planned.plan.dataflow : !name;
  }
}

/** Of several flows of the dataflow, which is so only while one replaces another: the one that is as the definition asks for. */
function targetOf(definition: Definition, observed: ObservedDataflow, facts: Facts): Parts | undefined {
  if (observed.flows.length < 2) return observed.flows[0];
  return observed.flows.findLast((parts) => {
    const alone = planOf(definition, { ...observed, flows: [parts] }, facts);
    return alone.plan.steps.every(
      ({ action }) => action === 'keep' || action === 'given' || action === 'update',
    );
  });
}

export function isDraft({ fields }: Observed): boolean {
  return String(fields['state']).toLowerCase() === 'draft';
}

function isToChange({ action }: Step): boolean {
  return action === 'update' || action === 'replace' || action === 'create';
}

function foreignDataset(name: string, foreign: Observed[]): Warning {
  const ids = foreign.map(({ id }) => id).join(', ');
  const message = `There is another dataset named "${name}" (${ids}), which is left alone: use it with "dataset": {"id": …} where it is what you mean`;
  return { code: 'foreign-dataset', field: 'dataset.name', message };
}

function isThere({ action, id }: Step): boolean {
  return id !== undefined && action !== 'replace' && action !== 'create';
}

function restingOf(steps: readonly Step[], { found, flows }: ObservedDataflow): Observed[] {
  const all = [...Object.values(found).flat(), ...flows.flatMap((parts) => Object.values(parts))];
  return steps.flatMap(({ id }) => all.find((one) => one.id === id) ?? []);
}

function replaceFlow(id: string): Choice {
  return {
    name: 'replaceFlow',
    options: [
      {
        value: 'from-now',
        consequence: `The new flow begins at its next slot after the last window of ${id}: rows that AEP's window rule puts between the two may be missed or come twice, which the update compares and reports`,
      },
      {
        value: 'backfill',
        consequence: `The new flow takes every row of the source: those that ${id} has loaded come twice`,
      },
    ],
  };
}

function missingFlow(id: string): Choice {
  return {
    name: 'missingFlow',
    options: [
      {
        value: 'recreate',
        consequence: `Another flow is made: where ${id} is only hidden from these credentials, both load the data, and every row comes twice`,
      },
    ],
  };
}
