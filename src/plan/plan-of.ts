import { cutJson } from '../cut.ts';
import { withBaseConnection } from '../definition/connection.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import type { Watch } from '../definition/watch.ts';
import { leavesColumnsOut } from '../explore/asked-of-source.ts';
import type { SourceAnswer } from '../explore/source-answer.ts';
import type { Column } from '../families/columns.ts';
import { copiesAmong, tellCopies } from '../resources/copies.ts';
import { conflict, type Conflict } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { neededKinds } from '../resources/orders.ts';
import type { Edit, FlowContext, JsonObject, Observed } from '../resources/resource.ts';
import { replaceFlow } from './choices-of.ts';
import { digestOf } from './digest.ts';
import { columnsFor, withColumns } from './source-columns.ts';
import { sourceFindings } from './source-problems.ts';
import type { ObservedDataflow, Parts } from './observed-dataflow.ts';
import { summaryOf, type Choices, type Plan, type Step } from './plan.ts';
import {
  notMadeYet,
  publishes,
  stepOfLiving,
  stepOfMissingFlow,
  stepOfNew,
  stepOfNewFlow,
  stepOfUnseen,
  type Stepped,
} from './step-of.ts';
import { watchChanges } from './watch-changes.ts';
import { chooseFlow, isDisabled, isDraft, rivalsAmong, type Chosen } from './which-flow.ts';

/** What a plan rests on beside the definition and what AEP has of the dataflow. */
export interface Facts {
  context: FlowContext;
  /** Epoch milliseconds. */
  now: number;
  problems: Problem[];
  warnings: Warning[];
  /** What the source has, where it was asked. */
  source?: SourceAnswer | undefined;
  choices: Choices;
  /** What becomes of the base connection, where the definition gives its credentials. */
  connection?: Step<'baseConnection'> | undefined;
  /** Fields of the definition in which a difference does not count, each with all that is under it. */
  mask?: readonly string[] | undefined;
  /** How flows are watched, by their ids. */
  watching?: Readonly<Record<string, Watch>> | undefined;
}

/** A plan, and what it takes to carry it out. */
export interface Planned extends Chosen {
  plan: Plan;
  /** The columns that count, where the definition leaves them out. */
  columns?: Column[];
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
  const chosen = chooseFlow(observed, (living) =>
    stepsOf(definition, observed, facts, { living }).map(({ step }) => step),
  );
  const { living } = chosen;
  const all = stepsOf(definition, observed, facts, chosen);
  const inTheWay = copiedOrRivals(observed, definition);
  if (inTheWay) refuseFlows(all, inTheWay);
  else if (living) {
    takeMapping(all, definition);
    replaceWhole(all, definition, facts.now);
    if (chosen.isCutOff) enableAgain(all);
    if (chosen.isToPause) pauseToo(all);
  }
  const steps: Step<Kind>[] = all.map(({ step }) => step);
  const warnings = [
    ...facts.warnings,
    ...all.flatMap(({ warning }) => warning ?? []),
    ...notInDefinition(all),
  ];
  if (living && !inTheWay)
    warnings.push(...pauseOf(chosen, steps), ...leftBehind(chosen.predecessor ?? living, steps, definition));
  if (!inTheWay) steps.push(...removalsOf(observed.flows, chosen, steps));
  warnings.push(
    ...steps.flatMap((step) => (step.reason === cameLate && step.kind === 'flow' ? lateTwin(step.id!) : [])),
  );
  const columns = columnsOf(definition, observed, living, facts.source);
  const full = withColumns(definition, columns);
  const makesSource = isMade(steps.find(({ kind }) => kind === 'sourceConnection')!);
  const ofSource = sourceFindings(definition, full, saidBySource(definition, facts), makesSource);
  warnings.push(...ofSource.warnings);
  const problems = [...facts.problems, ...ofSource.problems, ...all.flatMap(({ problem }) => problem ?? [])];
  const everyStep = facts.connection ? overConnection(facts.connection, steps) : steps;
  const { id } = living?.flow ?? {};
  const watching = id === undefined ? undefined : facts.watching?.[id];
  const watch = watchChanges(definition.watch, watching, facts.mask);
  return {
    plan: {
      version: 1,
      dataflow: dataflowId(definition),
      digest: digestOf(everyStep, restingOf(steps, observed), toBeMade(all)),
      steps: everyStep,
      ...(watch ? { watch } : {}),
      problems,
      warnings,
      ...(columns && makesSource ? { columns } : {}),
      choices: all.flatMap(({ choice }) => choice ?? []),
      summary: summaryOf({ steps: everyStep, watch, problems }),
    },
    ...chosen,
    ...(columns ? { columns } : {}),
    edits: Object.fromEntries(all.flatMap(({ step, edits }) => (edits ? [[step.kind, edits]] : []))),
    conflicts: all.flatMap((one) => one.conflict ?? []),
  };
}

/** The source connection is made over the base connection. */
function overConnection(connection: Step<'baseConnection'>, steps: readonly Step<Kind>[]): Step[] {
  return [
    connection,
    ...steps.map((step): Step =>
      step.kind === 'sourceConnection' ? { ...step, needs: [connection.kind, ...step.needs] } : step,
    ),
  ];
}

/** It is equal to no id. */
const newBaseConnection = '(the new base connection)';

/** Kind by kind, in the order of the tutorials: what refers to something is compared with the id that this has by then. */
function stepsOf(
  definition: Definition,
  observed: ObservedDataflow,
  facts: Facts,
  { living }: Pick<Chosen, 'living'>,
): Stepped[] {
  const { found, givenIds, missingFlow, noted } = observed;
  const { context, now, choices, mask = [] } = facts;
  const withAll = withColumns(definition, columnsOf(definition, observed, living, facts.source));
  // Of what an earlier run has made, nothing goes by a base connection that is not made yet.
  const full =
    facts.connection?.action === 'create' ? withBaseConnection(withAll, newBaseConnection) : withAll;
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
    const body = resources[kind].body(full, ids, context);
    const asked = { kind, definition, dataflow: dataflowId(definition), body, needs, now, mask, noted };
    const there = found[kind] ?? [];
    if (kind !== 'flow') {
      if (!living) return stepOfNew(asked, there);
      const unseen = living[kind] || choices.missingFlow ? undefined : referredTo(living, kind);
      return unseen === undefined ? stepOfLiving(asked, living[kind], there) : stepOfUnseen(asked, unseen);
    }
    // A draft that is not as asked for is in nobody's way.
    if (!living) return stepOfNewFlow(asked, there.filter(isInTheWay), missingFlow, choices);
    const isUnknown = isDraft(living.flow!) && choices.missingFlow === undefined;
    if (isUnknown && missingFlow !== undefined) return stepOfMissingFlow(asked, missingFlow);
    return stepOfLiving(asked, living.flow);
  }

  function isInTheWay(flow: Observed): boolean {
    return !(isDraft(flow) && flow.mark?.dataflow === dataflowId(definition));
  }
}

/** What counts of what the source says. */
function saidBySource(
  definition: Definition,
  { source, connection, problems }: Facts,
): SourceAnswer | undefined {
  // What else is wrong, such as the base connection, says why.
  if (source?.said === 'unknown' && problems.length > 0) return undefined;
  if (connection?.action !== 'create' || !leavesColumnsOut(definition)) return source;
  return { said: 'unknown', why: 'its base connection is made with the dataflow' };
}

/** Those that the dataflow loads already, else those of the source. */
function columnsOf(
  definition: Definition,
  { found }: ObservedDataflow,
  living: Parts | undefined,
  source: SourceAnswer | undefined,
): Column[] | undefined {
  const isOurs = ({ mark }: Observed) => mark?.dataflow === dataflowId(definition);
  const ours = [living?.sourceConnection ?? [], (found.sourceConnection ?? []).filter(isOurs)].flat();
  return columnsFor(definition, ours, source);
}

/** What a flow or one of its parts refers to, though AEP does not show it. Another mapping set would do no harm. */
function referredTo(parts: Parts, kind: Kind): string | undefined {
  if (kind === 'mappingSet') return undefined;
  const all = Object.entries(parts) as [Kind, Observed][];
  return all.flatMap(([one, there]) => resources[one].refersTo(there)[kind] ?? [])[0];
}

/** Which of several flows is the dataflow's is not to be guessed: one is deleted, with what it might have loaded next. */
function copiedOrRivals(observed: ObservedDataflow, definition: Definition): Conflict | undefined {
  const dataflow = dataflowId(definition);
  const copies = copiesAmong(observed.flows.map(({ flow }) => flow!));
  if (copies.length > 0) return conflict('copied-mark', tellCopies('flow', copies, dataflow), idsOf(copies));
  const rivals = rivalsAmong(observed).map(({ flow }) => flow!);
  if (rivals.length < 2) return undefined;
  const ids = idsOf(rivals);
  const message = `${rivals.length} flows of ${dataflow} are enabled, and each may have loaded rows: ${ids.join(', ')}. Delete in AEP those that are not to load any more, or disable them: the next update then deletes what is disabled beside the one that loads`;
  return conflict('several-flows', message, ids);
}

function idsOf(flows: readonly Observed[]): string[] {
  return flows.map(({ id }) => id);
}

function refuseFlows(all: Stepped[], inTheWay: Conflict): void {
  const flow = stepOf(all, 'flow');
  const [id] = inTheWay.ids;
  Object.assign(flow.step, { action: 'conflict', id, reason: inTheWay.message, changes: [] });
  flow.conflict = inTheWay;
  delete flow.choice;
}

/** A flow pins one version of a mapping set: it takes part in every change of the mapping. */
function takeMapping(all: Stepped[], definition: Definition): void {
  const { step } = stepOf(all, 'flow');
  const isToChange = ['update', 'replace', 'create'].includes(stepOf(all, 'mappingSet').step.action);
  if (!isToChange || step.action === 'replace') return;
  // Adobe's UI edits no mapping of a flow that loads once, and no page says that the API does.
  const isOnce = definition.schedule.frequency === 'once';
  step.action = isOnce ? 'replace' : 'update';
  step.reason = isOnce
    ? 'AEP changes no mapping of a flow that loads once'
    : 'Takes the new mapping, for runs to come';
}

/** A flow keeps its connections for good, and they what they load from and into: all three are replaced, or none. */
function replaceWhole(all: Stepped[], definition: Definition, now: number): void {
  const flow = stepOf(all, 'flow');
  const three = [flow, stepOf(all, 'sourceConnection'), stepOf(all, 'targetConnection')];
  const isMade = ({ step: { action } }: Stepped) => action === 'replace' || action === 'create';
  if (!three.some(isMade)) return;
  for (const one of three) {
    delete one.edits;
    if (isMade(one)) continue;
    one.step.action = 'replace';
    one.step.reason =
      one === flow ? 'AEP cannot change what a flow loads from or into' : 'A flow has a pair of its own';
  }
  flow.choice = replaceFlow(flow.step.id!, definition, now);
}

/** A draft beside a disabled flow tells of a replacement that was cut off between the two. */
function enableAgain(all: Stepped[]): void {
  const { step } = stepOf(all, 'flow');
  if (step.reason === publishes) return;
  if (step.action === 'keep') step.action = 'update';
  step.reason += `. A replacement that was not finished had disabled it: it is enabled again, and AEP makes up what it missed`;
}

/** A flow that has taken the place of a paused one is to be paused, too. */
function pauseToo(all: Stepped[]): void {
  const { step } = stepOf(all, 'flow');
  if (step.action === 'keep') step.action = 'update';
  step.reason += '. It has taken the place of one that somebody had disabled: it is disabled, too';
}

const cameLate = 'Made beside the other by a request that took effect too late';

function lateTwin(id: string): Warning {
  const message = `The flow ${id}, which is enabled, is deleted: a request that took effect too late made it, and rows that it has loaded come twice`;
  return { code: 'late-twin', message };
}

/** Of several flows of the dataflow all but one go, each with its pair: what a step of its own is about is not told twice. */
function removalsOf(flows: readonly Parts[], { living = {} }: Chosen, steps: readonly Step[]): Step<Kind>[] {
  const told = new Set([...Object.values(living), ...steps].map(({ id }) => id));
  return flows.flatMap((parts) =>
    removed.flatMap((kind) => {
      const id = parts[kind]?.id;
      if (id === undefined || told.has(id)) return [];
      told.add(id);
      const reason = isDraft(parts.flow!)
        ? 'Of a replacement that was not finished'
        : isDisabled(parts.flow!)
          ? 'Another has taken its place'
          : cameLate;
      const needs: Kind[] = kind === 'flow' ? [] : ['flow'];
      return { kind, action: 'remove' as const, id, reason, changes: [], needs };
    }),
  );
}

function pauseOf({ living, predecessor, isCutOff }: Chosen, steps: readonly Step[]): Warning[] {
  const flow = (predecessor ?? living!).flow!;
  if (!isDisabled(flow) || isCutOff) return [];
  const isReplaced =
    predecessor !== undefined || steps.some(({ kind, action }) => kind === 'flow' && action === 'replace');
  const stays = isReplaced ? 'as the one that takes its place will be' : 'and stays so';
  const message = `The flow ${flow.id} is ${String(flow.fields['state'])} in AEP, ${stays}: it loads nothing until somebody enables it`;
  return [{ code: 'flow-disabled', message }];
}

const mostToTell = 10;
const longestValue = 80;

/** Whose that is cannot be known: it may have been in the definition before, and somebody may have set it in AEP. */
function notInDefinition(all: readonly Stepped[]): Warning[] {
  const told = new Map<string, { field: string; at: string[] }>();
  // What is replaced does not stay, whatever there is of it.
  for (const { step, besides = [] } of all.filter(({ step }) => isThere(step)))
    for (const { field, value } of besides) {
      const said = `${field} is ${cutJson(value, longestValue)}`;
      const { at } = told.get(said) ?? { at: [] };
      told.set(said, { field, at: [...at, `${resources[step.kind].title} ${step.id}`] });
    }
  const stays = 'the definition leaves it out, so that it stays as it is';
  const warnings = [...told].map(([said, { field, at }]): Warning => ({
    code: 'not-in-definition',
    field,
    message: `${said} in AEP (${at.join(', ')}): ${stays}`,
  }));
  const more = warnings.length - mostToTell;
  if (more <= 0) return warnings;
  const message = `AEP has ${more} more fields that the definition leaves out, and they stay`;
  return [...warnings.slice(0, mostToTell), { code: 'not-in-definition', message }];
}

/** What may hold data or serve others does not go with the flow that used it, and mapping sets cannot be deleted. */
function leftBehind(before: Parts, steps: readonly Step[], definition: Definition): Warning[] {
  const staying = new Set(steps.filter(isThere).map(({ id }) => id));
  const left = Object.entries(before).filter(
    ([kind, { id, mark }]) =>
      !removed.includes(kind as Kind) && mark?.dataflow === dataflowId(definition) && !staying.has(id),
  );
  if (left.length === 0) return [];
  const told = left.map(([kind, { id }]) => `the ${resources[kind as Kind].title} ${id}`).join(', ');
  const message = `No longer part of the dataflow, and deleted by no update: ${told}`;
  return [{ code: 'left-of-replaced-flow', message }];
}

/** What of a flow goes with it. */
const removed: readonly Kind[] = ['flow', 'targetConnection', 'sourceConnection'];

function isMade({ action }: Step): boolean {
  return action === 'create' || action === 'replace';
}

/** What is created has no id that could be met. */
function isThere({ action }: Step): boolean {
  return action !== 'replace';
}

function stepOf(all: Stepped[], kind: Kind): Stepped {
  return all.find(({ step }) => step.kind === kind)!;
}

/** What will be asked for of what is to be made, or may be once a person has chosen. */
function toBeMade(all: readonly Stepped[]): JsonObject[] {
  const made = all.filter(({ step }) => ['create', 'replace', 'conflict'].includes(step.action));
  return made.flatMap(({ body }) => (body ? [body] : []));
}

function restingOf(steps: readonly Step[], { found, flows }: ObservedDataflow): Observed[] {
  // What a living flow has first: of a mapping set that is the version that counts, whichever a look shows.
  const all = [...flows.flatMap((parts) => Object.values(parts)), ...Object.values(found).flat()];
  return steps.flatMap(({ id }) => all.find((one) => one.id === id) ?? []);
}
