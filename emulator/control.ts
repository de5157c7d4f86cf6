/** The emulator's levers, in process. `control-http.ts` offers the same over HTTP. */
import type { ArmedFault, Fault } from './faults.ts';
import { runFlow } from './flow-service/flow-view.ts';
import { settle } from './flow-service/operations.ts';
import type { Json, JsonObject } from './json.ts';
import type { Settings } from './options.ts';
import type { RecordedRequest, RequestFilter } from './recording.ts';
import type { Outcome, RunPlan } from './runs/outcomes.ts';
import { mostRunsAtOnce } from './runs/run-book.ts';
import { runObject } from './runs/run-object.ts';
import type { Kind, Sandbox, World } from './world.ts';

/** What `resources` can list. */
export type ResourceKind = Kind | 'runs';

/**
 * A run made by hand. Times are epoch ms of the emulator's clock. Without any, it is created now and takes its
 * course; with `completedAt` it started a minute before that, unless `startedAt` says otherwise.
 */
export type MadeRun = {
  outcome?: Outcome;
  createdAt?: number;
  startedAt?: number;
  completedAt?: number;
  /** The period whose data it takes. */
  window?: { start: number; end: number };
  /** Any fields of the run object, merged over it. */
  run?: JsonObject;
};

/** Settings that only count when the emulator starts. */
const fixed = new Set<keyof Settings>(['connectionSpecs', 'sandboxes', 'clockSpeed', 'baseConnectionIds']);

export class Control {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Spoils requests to come. Returns the fault with its id. One for a sandbox that is not there could never strike. */
  addFault(fault: Fault): ArmedFault {
    if (fault.sandbox !== undefined) this.#sandbox(fault.sandbox);
    return this.#world.faults.add(fault);
  }

  /** All faults since the last clearing, with how often each struck (`used`). */
  faults(): ArmedFault[] {
    return this.#world.faults.list();
  }

  clearFaults(): void {
    this.#world.faults.clear();
  }

  /** The requests that came, oldest first; `path` as in faults. */
  requests(filter: RequestFilter = {}): RecordedRequest[] {
    return this.#world.recording.list(filter);
  }

  /** Resolves when the next such request arrives, before it takes effect. */
  nextRequest(filter: RequestFilter = {}): Promise<RecordedRequest> {
    return this.#world.recording.next(filter);
  }

  /** How often each sort of call came, ids replaced by `{id}`. */
  callCounts(): Record<string, number> {
    return this.#world.recording.counts();
  }

  clearRequests(): void {
    this.#world.recording.clear();
  }

  /** What is really there, whatever lists show. */
  resources(kind: ResourceKind, sandbox?: string): JsonObject[] {
    const chosen = sandbox === undefined ? [...this.#world.sandboxes.values()] : [this.#sandbox(sandbox)];
    const now = this.#world.now();
    for (const one of chosen) settle(one, now);
    return chosen.flatMap((one) =>
      kind === 'runs'
        ? one.runs.visible({}, now).map((run) => runObject(run, runFlow(one, one.flows.get(run.flowId)), now))
        : one[kind].all(),
    );
  }

  /** Changes settings from now on. */
  configure(changes: Partial<Settings>): Settings {
    for (const name of Object.keys(changes)) {
      if (fixed.has(name as keyof Settings))
        throw new RangeError(`The setting '${name}' is chosen at the start.`);
    }
    return Object.assign(this.#world.settings, changes);
  }

  /** What the emulator's clock says (epoch ms) and how fast it runs. */
  clock(): { now: number; speed: number } {
    return { now: this.#world.clock.now(), speed: this.#world.clock.speed };
  }

  /** Moves the clock forward by ms. Returns what it says then. */
  advanceClock(ms: number): { now: number; speed: number } {
    this.#checkJump(this.#world.now() + ms, 'ms');
    this.#world.clock.advance(ms);
    return this.clock();
  }

  /** Sets the clock's speed (times real time; 0 stops it), or moves it forward to `now` (epoch ms), or both. */
  setClock({ speed, now }: { speed?: number; now?: number }): { now: number; speed: number } {
    if (speed !== undefined) this.#world.clock.setSpeed(speed);
    if (now !== undefined) {
      this.#checkJump(now, 'now');
      this.#world.clock.advance(now - this.#world.clock.now());
    }
    return this.clock();
  }

  /** A jump over more runs than can be worked out in some seconds is refused: it can be made in several. */
  #checkJump(to: number, field: string): void {
    let runs = 0;
    for (const sandbox of this.#world.sandboxes.values()) runs += sandbox.runs.pending(to);
    if (runs <= mostRunsAtOnce) return;
    throw new RangeError(
      `${field}: ${runs} runs are due until then, and at most ${mostRunsAtOnce} can be worked out at a time`,
    );
  }

  /** Says how the next runs end: of one flow, or of whichever flow is due next. */
  planRuns(plan: RunPlan): void {
    const now = this.#world.now();
    const chosen = [...this.#world.sandboxes.values()].filter(
      (sandbox) => plan.flowId === undefined || sandbox.flows.has(plan.flowId),
    );
    if (chosen.length === 0) throw new RangeError(`No flow ${String(plan.flowId)}.`);
    for (const sandbox of chosen) sandbox.runs.plan(plan, now);
  }

  /** Makes a run of a flow at once, off its schedule. Returns the run object. */
  makeRun(flowId: string, { run: change, ...details }: MadeRun = {}): JsonObject {
    const sandbox = [...this.#world.sandboxes.values()].find((one) => one.flows.has(flowId));
    if (sandbox === undefined) throw new RangeError(`No flow ${flowId}.`);
    const now = this.#world.now();
    const { completedAt } = details;
    const startedAt = details.startedAt ?? (completedAt === undefined ? undefined : completedAt - 60_000);
    const run = sandbox.runs.make(flowId, now, {
      ...details,
      ...(startedAt === undefined ? {} : { createdAt: startedAt, startedAt }),
      ...(details.createdAt === undefined ? {} : { createdAt: details.createdAt }),
      ...(completedAt === undefined ? {} : { endAt: completedAt }),
    });
    if (change !== undefined) sandbox.runs.change(run, change);
    return runObject(run, runFlow(sandbox, sandbox.flows.get(flowId)), now);
  }

  /** Fields of requests that no documentation knows, with how often they came. */
  unknownFields(): Json[] {
    return this.#world.unknownFields.list();
  }

  /** Back to the seeds: resources, runs, faults, plans and recordings go. Settings, clock and tokens stay. */
  reset(): void {
    this.#world.reset();
  }

  #sandbox(name: string): Sandbox {
    const found = this.#world.sandboxes.get(name);
    if (found === undefined) throw new RangeError(`No sandbox '${name}'.`);
    return found;
  }
}
