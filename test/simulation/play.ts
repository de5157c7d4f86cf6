import { dataflowId, workflowId } from '../../src/definition/identity.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import type { CreateDataflowResult } from '../../src/workflows/messages.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { replaceFlow } from '../../src/plan/choices-of.ts';
import { watcherWorkflowId } from '../../src/runs/names.ts';
import {
  changedParts,
  type Act,
  type CallFault,
  type ChangedPart,
  type Hit,
  type Incident,
} from './faults.ts';
import { changed, definitionOf, promoted, type Definition, type Scenario } from './scenario.ts';
import { SimulatedAep } from './simulated-aep.ts';
import { SimulatedTemporal } from './simulated-temporal.ts';
import { SimulatedWorker, type WorkerSettings, type WorkflowCode } from './simulated-worker.ts';
import { addForeign, leftToDo, unmark, untouched, verdict, type Ended } from './verify.ts';
import { type SimulatedProcess, VirtualClock } from './virtual-clock.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** How a simulated life ended. */
export interface Played {
  /** What must not be. Empty: all is well. */
  violations: string[];
  duplicates: number;
  orphans: number;
  humanSteps: number;
  faults: number;
  /** Calls to AEP. */
  calls: number;
  /** Simulated milliseconds from the first start to the end of the last run. */
  ms: number;
  /** Whether a request took effect later than every bound, so that one create more was needed to find it. */
  beyond: boolean;
}

const startMs = Date.UTC(2031, 0, 1);
/** How often a person looks whether a plan waits. */
const lookEveryMs = 15_000;
const limitMs = 24 * 3_600_000;

/**
 * Lives one scenario to its end, the settle time included, and judges it.
 * @param told what workers believe about how late and how laggy AEP is. Default: the truth.
 */
export async function play(
  scenario: Scenario,
  code: WorkflowCode,
  told: WorkerSettings = scenario.aep,
): Promise<Played> {
  const life = new Life(scenario, code, told);
  const uninstall = life.clock.install();
  try {
    return await life.live();
  } finally {
    uninstall();
  }
}

class Life {
  readonly clock: VirtualClock;
  readonly #scenario: Scenario;
  readonly #code: WorkflowCode;
  readonly #told: WorkerSettings;
  readonly #temporal: SimulatedTemporal;
  readonly #aep: SimulatedAep;
  /** As it was at first, or when it was adopted, before any change. */
  #original: Definition;
  readonly #changes: Record<ChangedPart, number> = { mapping: 0, source: 0, description: 0 };
  #asked: { key: string; definition: ReturnType<typeof parseDefinition>['definition'] } | undefined;
  /** Whether what is asked for is that definition in another sandbox. */
  #isPromoted = false;
  /** The flow that is being adopted. */
  #adopting: string | undefined;
  /** Whether the dataflow is updated from now on, and not created. */
  #updates = false;
  /** Whether a person has said that what AEP does not show is gone. */
  #recreates = false;
  /** How long a person takes to approve a plan, where that is required from now on. Milliseconds. */
  #approvesAfterMs: number | undefined;
  readonly #foreign: { shelf: string; stored: JsonObject }[] = [];
  #incidents = 0;
  #endedAt: number | undefined;
  #humanSteps = 0;

  constructor(scenario: Scenario, code: WorkflowCode, told: WorkerSettings) {
    this.#scenario = scenario;
    this.#told = told;
    this.#code = code;
    this.clock = new VirtualClock(startMs, scenario.seed);
    this.#temporal = new SimulatedTemporal(this.clock, scenario.temporal);
    this.#aep = new SimulatedAep(this.clock, scenario.aep, scenario.faults, (process, fault) =>
      this.#hit(process, fault),
    );
    const { resumesForMs } = scenario;
    if (resumesForMs !== undefined)
      this.#temporal.letsGo = (flowId, tell) => {
        this.#aep.switchByWatcher(flowId, 'disabled');
        const resume = () => {
          this.#aep.switchByWatcher(flowId, 'enabled');
          tell();
        };
        this.clock.after(resumesForMs, resume, 'nobody');
      };
    const given = (what: string) => this.#given(what);
    this.#original = definitionOf(scenario, given);
    if (scenario.foreign) addForeign(this.#definition, this.#aep);
    this.#foreign.push(...this.#everything());
  }

  async live(): Promise<Played> {
    const { workers, incidents, acts, faults } = this.#scenario;
    for (let count = 0; count < workers; count++) this.#startWorker();
    for (const incident of incidents) this.clock.after(incident.atMs, () => this.#strike(incident), 'nobody');

    let run = this.#start();
    try {
      for (const act of acts) run = await this.#do(act, run);
      run = await this.#toTheEnd(run);
      this.#endedAt = this.clock.now();
      await this.#untilNothingArrives();
      let judged = this.#judge(run);
      const beyond = this.#aep.struck.some(isBeyond);
      if (judged.violations.length > 0 && beyond) {
        run = await this.#toTheEnd(this.#start());
        if (failureTypeOf(run) === 'Conflict') {
          // A flow that came after the delete of its connections loads nothing: the Conflict says what replaces it.
          this.#updates = true;
          this.#recreates = true;
          run = await this.#toTheEnd(this.#start());
        }
        await this.#untilNothingArrives();
        judged = this.#judge(run);
      }
      const { twins, tooEarly, enabledTogether } = this.#aep;
      if (!beyond && enabledTogether.length > 0)
        judged.violations.push(`Two flows were enabled at once: ${enabledTogether.join()}`);
      if (tooEarly.length > 0)
        judged.violations.push(`Sent while another could still take effect: ${tooEarly.join()}`);
      // What is sent too early is swept again, but a second flow loads its data until then.
      if (!beyond && twins.length > 0)
        judged.violations.push(`There were two of it for a while: ${twins.join()}`);
      return { ...judged, ...this.#counts(), beyond };
    } catch (error) {
      const violations = [...this.#temporal.broken, String(error)];
      return {
        violations,
        duplicates: 0,
        orphans: 0,
        humanSteps: 1,
        ...this.#counts(),
        beyond: faults.some(isBeyond),
      };
    }
  }

  #counts() {
    const faults = this.#aep.struck.length + this.#incidents + this.#scenario.acts.length;
    return { faults, calls: this.#aep.calls, ms: Math.round((this.#endedAt ?? this.clock.now()) - startMs) };
  }

  /** What is asked for now. */
  get #definition() {
    const key = JSON.stringify([this.#changes, this.#isPromoted]);
    if (this.#asked?.key !== key)
      this.#asked = { key, definition: parseDefinition(this.#written).definition };
    return this.#asked.definition;
  }

  /** The same, as somebody has written it. */
  get #written(): Definition {
    const now = changedParts.reduce(
      (definition, part) => changed(definition, part, this.#changes[part]),
      this.#original,
    );
    return this.#isPromoted ? promoted(now) : now;
  }

  get #input(): unknown {
    const definition = this.#definition;
    const { sandbox, name } = definition;
    if (this.#adopting !== undefined) return { sandbox, name, flowId: this.#adopting, adopt: true };
    const asked = this.#isPromoted ? this.#written : definition;
    const approval = this.#approvesAfterMs === undefined ? {} : { requireApproval: true };
    if (!this.#updates)
      return this.#approvesAfterMs === undefined ? asked : { definition: asked, ...approval };
    // The first that AEP leaves: where nothing rules it out, that is from now on.
    const [choice] = replaceFlow('the flow', definition, this.clock.now()).options;
    const missing = this.#recreates ? { missingFlow: 'recreate' } : {};
    return { definition: asked, replaceFlow: choice!.value, ...missing, ...approval };
  }

  #start(): WorkflowRun {
    const adopts = this.#adopting !== undefined;
    const type = adopts ? 'importDataflow' : this.#updates ? 'updateDataflow' : 'createDataflow';
    const start = { workflowId: workflowId(this.#definition), type, args: [this.#input] };
    return this.#attended(this.#temporal.start(start));
  }

  /** A person looks at it again and again, and approves the plan that it has then. */
  #attended(run: WorkflowRun): WorkflowRun {
    const look = () => {
      if (run.closed) return;
      const plan = run.memo['plan'] as { digest: string } | undefined;
      if (plan) void run.update('approve', { digest: plan.digest, by: 'Ann' });
      this.clock.after(lookEveryMs, look, 'nobody');
    };
    if (this.#approvesAfterMs !== undefined) this.clock.after(this.#approvesAfterMs, look, 'nobody');
    return run;
  }

  /** Deletes the dataflow, which must be possible: what AEP refused for good is mended and tried again. */
  async #delete(): Promise<void> {
    const { sandbox, name } = this.#definition;
    for (let left = this.#scenario.faults.length; ; left--) {
      const args = [{ sandbox, name }];
      const run = this.#temporal.start({
        workflowId: workflowId({ sandbox, name }),
        type: 'deleteDataflow',
        args,
      });
      await this.#ended(run);
      if (run.closed?.status === 'COMPLETED') return;
      if (left === 0) throw new Error(`It cannot be deleted: ${JSON.stringify(run.closed)}`);
    }
  }

  async #do(act: Act, run: WorkflowRun): Promise<WorkflowRun> {
    if (act.what === 'change') this.#changes[act.part] = act.to;
    if (act.what === 'forget') this.#temporal.isForgetful = true;
    if (act.what === 'change' || act.what === 'forget') return run;
    if (act.what === 'adopt') return this.#adopt(run);
    if (act.what === 'promote') return this.#promote(run);
    if (act.what === 'others') {
      await this.#pass(act.afterMs);
      const dataflow = dataflowId(this.#definition);
      if (act.shelf === undefined) this.#aep.changeByOthers(dataflow, 45);
      else if (act.deletes) this.#aep.deleteByOthers(dataflow, act.shelf);
      else this.#aep.editByOthers(dataflow, act.shelf);
      await this.#toTheEndOfAdoption(run);
      await this.#ended(run);
      this.#updates = true;
      return this.#start();
    }
    if (act.what === 'update' || act.what === 'approve') {
      await this.#toTheEndOfAdoption(run);
      await this.#ended(run);
      this.#changes[act.part] = act.to;
      this.#updates = true;
      if (act.what === 'approve') this.#approvesAfterMs = act.afterMs;
      return this.#start();
    }
    if (act.what === 'delete') {
      this.#updates = false;
      await this.#ended(run);
      await this.#delete();
      await this.#pass(act.againAfterMs);
      return this.#start();
    }
    if (act.what === 'again') {
      await this.#ended(run);
      await this.#pass(act.afterMs);
      return this.#start();
    }
    await this.#pass(act.atMs);
    if (act.what === 'reset') {
      if (run.tasks.length === 0) return run;
      const task = Math.min(run.tasks.length - 1, Math.floor(act.to * run.tasks.length));
      return this.#attended(this.#temporal.reset(run, task));
    }
    if (act.what === 'terminate' && !run.closed) this.#temporal.terminate(run);
    if (act.what === 'cancel') run.cancel();
    await this.#ended(run);
    await this.#pass(act.againAfterMs);
    return this.#start();
  }

  async #adopt(run: WorkflowRun): Promise<WorkflowRun> {
    const last = await this.#toTheEnd(run);
    if (last.closed?.status !== 'COMPLETED') return last;
    await this.#untilNothingArrives();
    const { resources: ids } = last.closed.result as CreateDataflowResult;
    unmark(dataflowId(this.#definition), this.#aep);
    const own = [ids.flow, ids.sourceConnection, ids.targetConnection];
    const { mappingSets } = this.#aep.shelves;
    // One without a name is counted up by an update.
    if (mappingSets.get(ids.mappingSet!)?.['name'] === undefined) own.push(ids.mappingSet);
    const others = this.#everything().filter(({ stored }) => !own.includes(String(stored['id'])));
    this.#foreign.splice(0, Infinity, ...others);
    this.#adopting = ids.flow;
    return this.#start();
  }

  async #promote(run: WorkflowRun): Promise<WorkflowRun> {
    const last = await this.#toTheEnd(run);
    if (last.closed?.status !== 'COMPLETED' || this.#isPromoted) return last;
    await this.#untilNothingArrives();
    this.#foreign.splice(0, Infinity, ...this.#everything());
    this.#isPromoted = true;
    this.#updates = false;
    return this.#start();
  }

  /** Whether an adoption has ended well: then what it has read back is what is asked for from now on. */
  #isAdopted(run: WorkflowRun): boolean {
    if (this.#adopting === undefined || run.closed?.status !== 'COMPLETED') return false;
    this.#original = (run.closed.result as { definition: Definition }).definition;
    this.#asked = undefined;
    this.#isPromoted = false;
    Object.assign(this.#changes, { mapping: 0, source: 0, description: 0 });
    this.#adopting = undefined;
    this.#updates = false;
    return true;
  }

  /** What AEP refused for good is mended, and whatever cut it off has passed. */
  async #toTheEndOfAdoption(run: WorkflowRun): Promise<void> {
    for (let left = this.#scenario.faults.length + 1; this.#adopting !== undefined && left > 0; left--) {
      await this.#ended(run);
      if (!this.#isAdopted(run)) run = this.#start();
    }
  }

  /**
   * To the end of a run that nobody disturbs any more. What AEP refused for good is mended and started again. Where the
   * definition was changed, the last run is one that was given the new one; a flow that lives is deleted first.
   */
  async #toTheEnd(run: WorkflowRun): Promise<WorkflowRun> {
    const { faults, acts } = this.#scenario;
    for (let left = faults.length + 2 * acts.length; ; left--) {
      await this.#ended(run);
      if (this.#isAdopted(run)) {
        run = this.#start();
        continue;
      }
      const type = failureTypeOf(run);
      const isOld = JSON.stringify(run.start.args) !== JSON.stringify([this.#input]);
      const isRefused = run.closed?.status === 'FAILED' && type === 'Rejected' && faults.some(isRefusal);
      const updating = ['update', 'approve', 'others'];
      const isUpdated = acts.some(({ what }) => updating.includes(what)) && type === 'Conflict';
      const differs = !isUpdated && acts.some(({ what }) => what === 'change') && type === 'Conflict';
      if (left === 0 || !(isOld || isRefused || differs || isUpdated)) return run;
      if (differs) await this.#delete();
      // What others have deleted is made anew once a person says so.
      const isDeleted = acts.some((act) => act.what === 'others' && act.deletes);
      // Where no flow lives one is created, and one that lives is updated.
      if (isUpdated && isDeleted && !this.#recreates) this.#recreates = true;
      else if (isUpdated) this.#updates = !this.#updates;
      run = this.#start();
    }
  }

  async #ended(run: WorkflowRun): Promise<void> {
    await this.clock.runUntil(() => run.closed !== undefined, limitMs);
  }

  async #pass(ms: number): Promise<void> {
    let over = false;
    this.clock.after(ms, () => (over = true), 'nobody');
    await this.clock.runUntil(() => over, limitMs);
  }

  async #untilNothingArrives(): Promise<void> {
    const { httpTimeoutMs, lateCommitMs, listLagMs } = this.#scenario.aep;
    const beyond = this.#aep.struck.map((one) => (isBeyond(one) ? one.how.commit.beyondSeconds * 1_000 : 0));
    // What was stopped may wake up when all is over, and must not send then what it was about to.
    const wakeUps = this.#scenario.incidents.map(({ atMs, forMs }) => startMs + atMs + forMs);
    const naps = this.#aep.struck.map(({ how }) => ('hit' in how && how.hit === 'stop' ? how.forMs : 0));
    await this.#pass(Math.max(0, ...naps, ...wakeUps.map((wakeUp) => wakeUp - this.clock.now())));
    await this.#pass(httpTimeoutMs + lateCommitMs + listLagMs + Math.max(0, ...beyond) + 31_000);
  }

  #judge(run: WorkflowRun): Pick<Played, 'violations' | 'duplicates' | 'orphans' | 'humanSteps'> {
    const { status = 'RUNNING', result, failure } = run.closed ?? {};
    const why = failure && `${failure.applicationFailureInfo?.type} ${failure.message}`;
    const applied = (result as Ended['result'])?.resources?.mappingSet;
    const judged = verdict(
      this.#definition,
      (shelf) => this.#aep.shelves[shelf].all(),
      { status, result: result as Ended['result'], why },
      // What an adopted flow applies is its own by that.
      this.#foreign.filter(({ stored }) => stored['id'] !== applied),
      this.#unknowable(),
    );
    const touched = untouched(this.#foreign, this.#everything());
    const flow = (result as Ended['result'])?.flowId;
    return {
      ...judged,
      violations: [
        ...this.#temporal.broken,
        ...judged.violations,
        ...touched,
        ...(status === 'COMPLETED' ? this.#unfinished(flow!) : []),
      ],
      humanSteps: judged.humanSteps + this.#humanSteps,
    };
  }

  /** What a run that has succeeded must not leave. */
  #unfinished(flowId: string): string[] {
    const { shelves } = this.#aep;
    const definition = this.#definition;
    const wrong = leftToDo(definition, (shelf) => shelves[shelf].all(), this.clock.now()).map(
      (step) => `The plan is not empty: ${step}`,
    );
    const state = shelves.flows.get(flowId)?.['state'];
    if (state !== 'enabled') wrong.push(`The flow is ${String(state)}`);
    const { sandbox } = definition;
    if (!this.#temporal.watchers.has(watcherWorkflowId({ sandbox, flowId })))
      wrong.push('Nobody watches the flow');
    return wrong;
  }

  /** A mapping set that came later than every bound and without its name: nothing says whose it is, and it does nothing. */
  #unknowable(): Set<Kind> {
    if (this.#scenario.aep.mappingSetNames === 'kept') return new Set();
    // Nor does anything say whose one is that nobody noted, once the definition asks for another mapping.
    const { acts, incidents, temporal } = this.#scenario;
    const isChanged = acts.some((act) => 'part' in act && act.part === 'mapping');
    const isUnnoted =
      isChanged &&
      (!temporal.visible ||
        this.#aep.struck.length > 0 ||
        incidents.length > 0 ||
        acts.some(({ what }) => what === 'terminate' || what === 'cancel' || what === 'reset'));
    return new Set(isUnnoted || this.#aep.struck.some(isBeyond) ? ['mappingSet'] : []);
  }

  #everything() {
    return Object.entries(this.#aep.shelves).flatMap(([shelf, on]) =>
      on.all().map((stored) => ({ shelf, stored: structuredClone(stored) })),
    );
  }

  #given(what: string): string {
    const plain = { name: 'there before', title: 'there before' };
    switch (what) {
      case 'schema':
      case 'adHocSchema':
        return this.#aep.seed('schemas', { title: `${what} there before`, allOf: [] });
      case 'dataset': {
        const schema = this.#aep.seed('schemas', { title: 'of the dataset', allOf: [] });
        return this.#aep.seed('dataSets', { ...plain, schemaRef: { id: schema } });
      }
      default:
        return this.#aep.seed('connections', { ...plain });
    }
  }

  #startWorker(): void {
    const { httpTimeoutMs, lateCommitMs, listLagMs } = this.#told;
    const worker = new SimulatedWorker(this.#temporal, this.#code, (process) => this.#aep.for(process), {
      httpTimeoutMs,
      lateCommitMs,
      listLagMs,
    });
    this.#temporal.workers.push(worker);
  }

  #strike(incident: Incident): void {
    if (incident.what === 'serverDown' || incident.what === 'listsStop') {
      this.#incidents += 1;
      if (incident.what === 'serverDown') this.#temporal.goDown(incident);
      else this.#temporal.stopLists(incident);
      return;
    }
    const there = this.#temporal.workers.filter(
      ({ process, draining }) => process.state === 'running' && !draining,
    );
    const worker = there[incident.worker % there.length];
    if (!worker) return;
    this.#incidents += 1;
    this.#hitWorker(worker, incident.what, incident.forMs);
  }

  #hit(process: SimulatedProcess, { how }: CallFault): void {
    if (!('hit' in how)) return;
    const hit = () => this.#hitProcess(process, how);
    if (how.point === 'noted') this.clock.after(2 * this.#scenario.temporal.latencyMs, hit, 'nobody');
    else hit();
  }

  #hitProcess(process: SimulatedProcess, { hit, forMs }: { hit: Hit; forMs: number }): void {
    const worker = this.#temporal.workers.find((one) => one.process === process)!;
    if (hit === 'serverDown' || hit === 'both') this.#temporal.goDown({ what: 'serverDown', atMs: 0, forMs });
    const toWorker = hit === 'both' ? 'kill' : hit;
    if (toWorker !== 'serverDown' && process.state === 'running') this.#hitWorker(worker, toWorker, forMs);
  }

  #hitWorker(worker: SimulatedWorker, what: 'kill' | 'stop' | 'shutdown', forMs: number): void {
    const { process } = worker;
    if (what === 'kill') {
      this.clock.kill(process);
      this.clock.after(forMs, () => this.#startWorker(), 'nobody');
    }
    if (what === 'stop') {
      this.clock.stop(process);
      this.clock.after(forMs, () => this.clock.continue(process), 'nobody');
    }
    if (what === 'shutdown' && !worker.draining) {
      worker.shutDown(this.#scenario.aep.httpTimeoutMs + 2_000);
      this.#startWorker();
    }
  }
}

function isRefusal({ how }: CallFault): boolean {
  return 'refusal' in how && how.refusal === 'refused';
}

function failureTypeOf({ closed }: WorkflowRun): string | null | undefined {
  return closed?.failure?.applicationFailureInfo?.type;
}

function isBeyond(fault: CallFault): fault is CallFault & { how: { commit: { beyondSeconds: number } } } {
  const { how } = fault;
  return 'commit' in how && typeof how.commit === 'object' && 'beyondSeconds' in how.commit;
}
