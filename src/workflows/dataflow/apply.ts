import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { withBaseConnection } from '../../definition/connection.ts';
import type { Definition } from '../../definition/definition.ts';
import { givenStartSeconds, startProblem } from '../../definition/start.ts';
import { differencesOf } from '../../plan/differences-of.ts';
import { isIdle, type Choices, type Plan, type Step, type StepKind } from '../../plan/plan.ts';
import { rowsTwice } from '../../plan/rows-twice.ts';
import { withColumns } from '../../plan/source-columns.ts';
import { isDisabled, isDraft } from '../../plan/which-flow.ts';
import { pinnedTo, type MappingPin } from '../../resources/flow.ts';
import { resources } from '../../resources/index.ts';
import { objectAt } from '../../resources/json.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import type { Edit, JsonObject, Observed } from '../../resources/resource.ts';
import { changedIn, shapeAfter, shapeOf, type Shape } from '../../runs/drift.ts';
import { invalid, isRefusal } from '../failures.ts';
import type { StepState } from '../messages.ts';
import { ensureBaseConnection } from './ensure-base-connection.ts';
import { holdsRows } from './holds-rows.ts';
import { expectChange } from '../watch/start-watch.ts';
import type { CreateOptions, Found } from './ledger.ts';
import { noteFailure, type Prepared } from './prepare.ts';
import {
  enableAgain,
  noteReplaced,
  pauseToo,
  putInPlace,
  retire,
  successorSchedule,
} from './replace-flow.ts';

/** The id of a resource, or undefined where its branch failed: then `applied` throws what failed first. */
type Branch = Promise<string | undefined>;

/** What a resource refers to: its step is carried out when all of these are there. What the definition does not need is not waited for. */
type Needs = Partial<Record<StepKind, Branch | undefined>>;

/** What a step came to. */
interface Done {
  id: string;
  state: StepState;
}

const stateOf = { made: 'made', updated: 'updated', kept: 'adopted' } as const;

/** What a plan came to. */
export interface Applied {
  /** The id of every resource. */
  ids: ResourceIds;
  /** How the flow is now, where it is the one that lived before: what else its watcher has seen is no drift any more. */
  settled?: Shape;
  /** What was asked for with the flow, its start with it, where AEP has answered that it made just that. */
  madeOf?: JsonObject;
}

/** Carries out the plan, in the order of the tutorial, each step as soon as what it needs is there. */
export async function apply(prepared: Prepared, choices: Choices = {}): Promise<Applied> {
  if (prepared.observed.flows.length > 0) await clearUp(prepared);
  const branches = new Branches(prepared, choices);
  const step = branches.step.bind(branches);

  const adHocClass = step('adHocClass');
  const adHocSchema = step('adHocSchema', { adHocClass });
  const baseConnection = branches.connection();
  const sourceConnection = step('sourceConnection', { adHocSchema, baseConnection });
  const schema = step('schema');
  const dataset = step('dataset', { schema });
  const datasetBaseConnection = step('datasetBaseConnection');
  const targetConnection = step('targetConnection', { schema, dataset, datasetBaseConnection });
  const mappingSet = step('mappingSet', { schema });
  const flow = step('flow', { sourceConnection, targetConnection, mappingSet });
  // It needs all others, be it by way of what it needs: nothing is still being made when a failure is told.
  await flow;
  return branches.applied();
}

/**
 * The steps of one plan as they are carried out. Once one of them has failed, the others finish what they have sent and
 * begin nothing more.
 */
class Branches {
  readonly #prepared: Prepared;
  /** With the id of the base connection, once that is made. */
  #definition: Definition;
  /** Cancelled when one branch has failed. */
  readonly #scope = CancellationScope.current();
  readonly #ids: ResourceIds = {};
  #settled: Shape | undefined;
  #madeOf: JsonObject | undefined;
  /** The version of the mapping set that the flow is to apply, where it is a new one. */
  #mappingVersion: number | undefined;
  readonly #choices: Choices;
  #failed: { error: unknown } | undefined;

  constructor(prepared: Prepared, choices: Choices) {
    this.#prepared = prepared;
    this.#definition = prepared.definition;
    this.#choices = choices;
  }

  /** Begins the branch of one kind. Undefined where the definition needs no such resource. */
  step(kind: Kind, needs: Needs = {}): Branch | undefined {
    const planned = this.#prepared.planned.plan.steps.find((one) => one.kind === kind);
    return planned && this.#branch({ ...planned, kind }, needs);
  }

  /** Begins the branch of the base connection, where the definition gives its credentials. */
  connection(): Branch | undefined {
    const planned = this.#prepared.planned.plan.steps.find((one) => one.kind === 'baseConnection');
    return planned && this.#connect(planned);
  }

  /** Other dataflows may use it, too: it is made under a lock of its own. */
  async #connect({ kind, action, id }: Step): Branch {
    const { report } = this.#prepared;
    try {
      if (isIdle(action)) {
        report.step(kind, 'adopted', { id: id! });
        return id;
      }
      this.#begin(kind);
      const ensured = await ensureBaseConnection(this.#definition, report);
      this.#definition = withBaseConnection(this.#definition, ensured.id);
      report.step(kind, stateOf[ensured.outcome], { id: ensured.id });
      return ensured.id;
    } catch (error) {
      this.#failure(kind, error);
      return undefined;
    }
  }

  /**
   * What all of them came to, once they have ended.
   * @throws what failed first.
   */
  applied(): Applied {
    if (this.#failed) throw this.#failed.error;
    return {
      ids: this.#ids,
      ...(this.#settled ? { settled: this.#settled } : {}),
      ...(this.#madeOf ? { madeOf: this.#madeOf } : {}),
    };
  }

  /** Never rejects, and ends after all that it needs, whatever became of that. */
  async #branch(step: Step<Kind>, needs: Needs): Branch {
    const { kind } = step;
    const { report } = this.#prepared;
    const ids: ResourceIds = {};
    let isLacking = false;
    for (const [needed, branch] of Object.entries(needs)) {
      if (!branch) continue;
      const id = this.#ids[needed as Kind] ?? (await branch);
      if (id === undefined) isLacking = true;
      else if (needed !== 'baseConnection') ids[needed as Kind] = id;
    }
    try {
      if (isLacking) throw this.#failed!.error;
      const { id, state } = await this.#carryOut(step, ids);
      this.#ids[kind] = id;
      report.step(kind, state, { id });
      return id;
    } catch (error) {
      this.#failure(kind, error);
      return undefined;
    }
  }

  #carryOut(step: Step<Kind>, ids: ResourceIds): Done | Promise<Done> {
    const { kind, action, id = '' } = step;
    switch (action) {
      case 'given':
        return { id, state: 'given' };
      case 'keep':
        this.#keep(kind, id);
        return { id, state: 'adopted' };
      case 'update':
        this.#keep(kind, id);
        return this.#change(step, ids);
      case 'replace':
        return kind === 'flow' ? this.#replaceFlow(ids) : this.#create(kind, ids);
      default:
        return this.#create(kind, ids);
    }
  }

  /** What the flow refers to stays; a twin of it that has shown since is swept. */
  #keep(kind: Kind, id: string): void {
    const { ledger, observed, planned } = this.#prepared;
    if (kind === 'flow' && planned.living) this.#settled = shapeOf(planned.living.flow!.fields);
    if (!resources[kind].hasUniqueTitle) ledger.keepOnly(kind, id, observed.found[kind] ?? []);
  }

  async #create(kind: Kind, ids: ResourceIds): Promise<Done> {
    const { headStarts } = this.#prepared;
    const headStart = headStarts.get(kind);
    if (!headStart) this.#begin(kind);
    if (kind === 'flow') this.#startMustLieAhead();
    const body = this.#body(kind, ids);
    // Asked beside the create of the flow, whose first run cannot have loaded anything by then.
    const asking = kind === 'flow' ? this.#rowsTwice() : undefined;
    const found = await (headStart ?? this.#createOnce(kind, body));
    const warning = asking && (await asking);
    if (warning && found.made) this.#prepared.report.warn(warning);
    if (kind === 'mappingSet') this.#mappingVersion = Number(found.adopted?.fields['version'] ?? 0);
    const { startTime } = found;
    if (startTime !== undefined)
      this.#madeOf = { ...body, scheduleParams: { ...objectAt(body, 'scheduleParams'), startTime } };
    return this.#asAsked(kind, body, found);
  }

  /** What a run that was cut off has made may be from another definition: it is adopted where AEP changes the rest in place. */
  #asAsked(kind: Kind, body: JsonObject, { id, made, adopted }: Found): Done | Promise<Done> {
    const { definition, calls } = this.#prepared;
    const edits = adopted ? differencesOf(kind, definition, body, adopted, { now: Date.now() }).edits : [];
    if (edits.length === 0) return { id, state: made ? 'made' : 'adopted' };
    return calls.update(kind, { id, edits }).then(() => ({ id, state: 'updated' }));
  }

  /** In place. A flow takes what it applies of the mapping with it: all in one request. */
  async #change({ kind, id = '' }: Step<Kind>, ids: ResourceIds): Promise<Done> {
    const { calls, planned } = this.#prepared;
    const { living, predecessor } = planned;
    this.#begin(kind);
    if (kind === 'flow' && living && isDraft(living.flow!)) {
      this.#settled = undefined;
      const schedule = { ...objectAt(living.flow!.fields, 'scheduleParams') };
      const wasEnabled = this.#noteReplaced(predecessor?.flow);
      await putInPlace(this.#prepared, predecessor, { id, schedule }, wasEnabled);
      return { id, state: 'updated' };
    }
    const mapping = kind === 'flow' && this.#mappingVersion !== undefined ? this.#repinned(ids) : undefined;
    // What a flow applies is said by `mapping`: a set that was made just now has another id than the plan could know.
    const edits = (planned.edits[kind] ?? []).filter(
      ({ field }) => !field.startsWith('transformations.Mapping'),
    );
    // Of a mapping set the body says it all, and its rows are not to be told three times.
    const request = kind === 'mappingSet' ? { edits: [], body: this.#body(kind, ids) } : { edits };
    const update = () => calls.update(kind, { id, ...request, ...(mapping ? { mapping } : {}) });
    const { version } = await (kind === 'flow' ? this.#announced(id, { edits, mapping }, update) : update());
    if (kind === 'mappingSet') this.#mappingVersion = version;
    return { id, state: 'updated' };
  }

  /** Before it is sent: the watcher may see it before we know that it is done. */
  async #announced<Answer>(
    flowId: string,
    { edits, mapping }: { edits: readonly Edit[]; mapping: MappingPin | undefined },
    change: () => Promise<Answer>,
  ): Promise<Answer> {
    const { definition, planned } = this.#prepared;
    const { fields } = planned.living!.flow!;
    this.#settled = shapeAfter(fields, edits, mapping);
    const pending = changedIn(shapeOf(fields), this.#settled);
    const flow = { sandbox: definition.sandbox, flowId };
    await expectChange(flow, { pending });
    try {
      return await change();
    } catch (error) {
      // What was surely not done is drift where somebody else does it later.
      if (isRefusal(error))
        await CancellationScope.nonCancellable(() => expectChange(flow, { undone: pending }));
      throw error;
    }
  }

  /** Made as a draft, which loads nothing until the old one is out of its way. */
  async #replaceFlow(ids: ResourceIds): Promise<Done> {
    const { definition, planned } = this.#prepared;
    const old = planned.living!;
    this.#begin('flow');
    const schedule = successorSchedule(definition, old.flow!, this.#choices.replaceFlow!, Date.now());
    const draft = { ...this.#body('flow', ids), scheduleParams: schedule };
    const wasEnabled = this.#noteReplaced(old.flow);
    const anyStart = schedule['startTime'] !== givenStartSeconds(definition);
    const found = await this.#createOnce('flow', draft, { draft: true, anyStart });
    // One that a run before a reset has made begins at the slot that was the next one then.
    if (anyStart && found.adopted)
      schedule['startTime'] = objectAt(found.adopted.fields, 'scheduleParams')['startTime'];
    const { id, state } = await this.#asAsked('flow', draft, found);
    const isPublished = found.adopted !== undefined && !isDraft(found.adopted);
    await putInPlace(this.#prepared, old, { id, schedule, isPublished }, wasEnabled);
    return { id, state };
  }

  /** Returns whether the old flow loads, but for an update: then so does the new one. */
  #noteReplaced(old: Observed | undefined): boolean {
    if (!old) return true;
    const wasEnabled = this.#prepared.planned.isCutOff || !isDisabled(old);
    noteReplaced(this.#prepared, old.id, wasEnabled);
    return wasEnabled;
  }

  /** What the flow is to apply: the version that was put, made or found just now, or else the one that it applies already. */
  #mappingOf({ mappingSet }: ResourceIds): MappingPin {
    return { mappingId: mappingSet!, mappingVersion: this.#mappingVersion ?? this.#appliedVersion };
  }

  #repinned(ids: ResourceIds): MappingPin & { from?: MappingPin } {
    const { mappingSet } = this.#prepared.planned.living ?? {};
    const from = mappingSet && { mappingId: mappingSet.id, mappingVersion: this.#appliedVersion };
    return { ...this.#mappingOf(ids), ...(from ? { from } : {}) };
  }

  get #appliedVersion(): number {
    return Number(this.#prepared.planned.living?.flow?.fields['mappingVersion'] ?? 0);
  }

  #body(kind: Kind, ids: ResourceIds): JsonObject {
    const { checked, planned } = this.#prepared;
    const full = withColumns(this.#definition, planned.columns);
    const body = resources[kind].body(full, ids, checked.context);
    return kind === 'flow' ? pinnedTo(body, this.#mappingOf(ids)) : body;
  }

  /**
   * What a living flow has stays until another has taken its place, so does what an earlier one has left for good, and what
   * is deleted is gone: none is adopted, nor an answer to a lost reply.
   */
  #createOnce(kind: Kind, body: JsonObject, more: Omit<CreateOptions, 'apart'> = {}): Promise<Found> {
    const { definition, ledger, observed, planned } = this.#prepared;
    const { living, predecessor, plan } = planned;
    const inUse = [living?.[kind]?.id, predecessor?.[kind]?.id].filter((id) => id !== undefined);
    const found = observed.found[kind] ?? [];
    const isLeft = (one: Observed) =>
      differencesOf(kind, definition, body, one, { now: Date.now() }).fixed.length > 0;
    const left = living && !resources[kind].makesRoom ? found.filter(isLeft).map(({ id }) => id) : [];
    const apart = [...inUse, ...left, ...removedIds(plan)];
    return ledger.create(kind, body, found, { apart, ...more });
  }

  /** What there is to warn of where a dataset was there before its flow. */
  #rowsTwice(): ReturnType<typeof rowsTwice> | undefined {
    const { definition, report } = this.#prepared;
    if (report.stateOf('dataset') === 'made') return undefined;
    return rowsTwice(definition, this.#ids.dataset!, (id) => holdsRows(definition.sandbox, id));
  }

  /** The plan may be older than the start. */
  #startMustLieAhead(): void {
    const problem = startProblem(this.#prepared.definition, Date.now());
    if (problem) throw invalid([problem]);
  }

  #begin(kind: StepKind): void {
    if (this.#failed) throw this.#failed.error;
    if (this.#scope.consideredCancelled) throw new CancelledFailure('The create was cancelled');
    this.#prepared.report.step(kind, 'running');
  }

  #failure(kind: StepKind, error: unknown): void {
    const { report, ledger } = this.#prepared;
    if (!this.#failed) {
      this.#failed = { error };
      this.#scope.cancel();
    }
    noteFailure(kind, error, { report, ledger });
  }
}

/** What an update that was cut off has left goes before anything is made, so that there are never three flows. */
async function clearUp(prepared: Prepared): Promise<void> {
  const { planned, observed } = prepared;
  const { plan, living, predecessor, isCutOff, isToPause } = planned;
  const flow = living?.flow;
  // Before the other goes, by which that is known.
  if (isToPause) await pauseToo(prepared, flow!.id);
  // First of all: it is by the draft beside it that it is known to be disabled by an update.
  if (isCutOff && flow && !isDraft(flow)) await enableAgain(prepared, flow.id);
  const toGo = removedIds(plan);
  for (const parts of observed.flows) {
    if (!toGo.has(parts.flow!.id) || parts === predecessor) continue;
    const going = Object.entries(parts).filter(([, { id }]) => toGo.has(id));
    // A create that took effect too late is the younger: its windows are no measure.
    const goesOn = (parts.flow!.createdAt ?? 0) < (flow?.createdAt ?? 0);
    const schedule = goesOn ? objectAt(flow!.fields, 'scheduleParams') : {};
    const successor = flow && !isDraft(parts.flow!) ? { id: flow.id, schedule } : undefined;
    await retire(prepared, Object.fromEntries(going), successor);
  }
}

function removedIds({ steps }: Plan): Set<string> {
  return new Set(steps.flatMap(({ action, id }) => (action === 'remove' && id !== undefined ? [id] : [])));
}
