import { CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import type { Warning } from '../../definition/problems.ts';
import { startProblem } from '../../definition/start.ts';
import { resources } from '../../resources/index.ts';
import { keptWarning } from '../../resources/kept.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import type { Checked } from './check-definition.ts';
import { reasonOf } from '../failures.ts';
import { handled } from '../handled.ts';
import type { Found, Ledger } from './ledger.ts';
import { adoptLivingFlow } from './living-flow.ts';
import type { ProgressReport } from './progress.ts';
import { Conflicting, NotNow } from './refusals.ts';
import type { ResourceCalls } from './resource-calls.ts';
import { rowsTwice } from './rows-twice.ts';

/** The id of a resource, or undefined where its branch failed: then `allEnded` throws what failed first. */
type Branch = Promise<string | undefined>;

/** What a resource refers to: it is made when all of these are there. What the definition does not need is not waited for. */
type Needs = Partial<Record<Kind, Branch | undefined>>;

/**
 * The branches of one `createDataflow`: each makes, adopts or is given one resource, and begins as soon as what it
 * refers to is there. Once one of them has failed, the others finish what they have sent and begin nothing more.
 */
export class Branches {
  readonly #definition: Definition;
  readonly #checked: Checked;
  readonly #report: ProgressReport;
  readonly #ledger: Ledger;
  readonly #calls: ResourceCalls;
  /** Cancelled when one branch has failed. */
  readonly #scope = CancellationScope.current();
  readonly #needed: Kind[];
  readonly #looks = new Map<Kind, Promise<Observed[]>>();
  readonly #sureLooks = new Map<Kind, Promise<Observed[]>>();
  /** The branches that need nothing and begin with a POST, since their titles are unique. */
  readonly #firstPosts: Branch[] = [];
  readonly #allNoted: Promise<unknown>;
  readonly #living: Promise<ResourceIds | undefined>;
  readonly #ids: ResourceIds = {};
  #failed: { error: unknown } | undefined;

  constructor(
    definition: Definition,
    checked: Checked,
    report: ProgressReport,
    ledger: Ledger,
    calls: ResourceCalls,
  ) {
    this.#definition = definition;
    this.#checked = checked;
    this.#report = report;
    this.#ledger = ledger;
    this.#calls = calls;
    this.#needed = neededKinds(definition);
    this.#living = handled(this.#adoptLivingFlow());
    // By then all branches have begun.
    this.#allNoted = Promise.resolve().then(() =>
      Promise.allSettled([...this.#looks.values(), ...this.#firstPosts]),
    );
  }

  /** Begins the branch of one kind: its look at once, the rest when what it needs is there. Undefined where the definition needs no such resource. */
  once(kind: Kind, needs: Needs = {}): Branch | undefined {
    if (!this.#needed.includes(kind)) return undefined;
    const branch = this.#branch(kind, needs);
    if (this.#checked.given[kind]) return branch;
    if (!resources[kind].hasUniqueTitle) this.#sureLooks.set(kind, handled(this.#sureLook(kind)));
    else if (Object.values(needs).length === 0) this.#firstPosts.push(branch);
    return branch;
  }

  /**
   * Waits until every branch has ended, so that nothing is still being made when a failure is told.
   * @param last the branch that needs all others, be it by way of what it needs.
   * @throws what failed first.
   */
  async allEnded(last: Branch | undefined): Promise<ResourceIds> {
    await last;
    const living = await this.#living.catch(() => undefined);
    const ids = { ...this.#ids, ...living, ...this.#checked.given };
    await this.#discardUnused(ids);
    if (this.#failed) throw this.#failed.error;
    return ids;
  }

  /** Never rejects, and ends after all that it needs, whatever became of that. */
  async #branch(kind: Kind, needs: Needs): Branch {
    const given = this.#checked.given[kind];
    if (given) {
      this.#report.step(kind, 'given', { id: given });
      return given;
    }
    const ids: ResourceIds = {};
    let isLacking = false;
    for (const [needed, branch] of Object.entries(needs)) {
      if (!branch) continue;
      const id = await branch;
      if (id) ids[needed as Kind] = id;
      else isLacking = true;
    }
    try {
      if (isLacking) throw this.#failed!.error;
      // Titles are unique, so that on a fresh start these need not wait for the look-ups.
      const living =
        this.#ledger.ranBefore || !resources[kind].hasUniqueTitle ? await this.#living : undefined;
      const found = living?.[kind] ? await this.#keep(kind, living[kind]) : await this.#create(kind, ids);
      this.#ids[kind] = found.id;
      this.#report.step(kind, found.made ? 'made' : 'adopted', { id: found.id });
      return found.id;
    } catch (error) {
      this.#failure(kind, error);
      return undefined;
    }
  }

  /** What the living flow refers to stays; a twin of it that has shown since is swept. */
  async #keep(kind: Kind, id: string): Promise<Found> {
    if (!resources[kind].hasUniqueTitle) this.#ledger.keepOnly(kind, id, await this.#look(kind));
    return { id, made: false };
  }

  async #create(kind: Kind, ids: ResourceIds): Promise<Found> {
    const body = resources[kind].body(this.#definition, ids, this.#checked.context);
    if (kind === 'flow') this.#startMustLieAhead();
    const found = await this.#sureLooks.get(kind);
    const foreign = found?.filter(({ mark, name }) => !mark && name === body['name']) ?? [];
    if (kind === 'dataset' && foreign.length > 0)
      this.#report.warn(foreignDataset(String(body['name']), foreign));
    this.#begin(kind);
    const create = () => this.#ledger.create(kind, body, found);
    const created = await (kind === 'flow' ? this.#warningOfRows(create) : create());
    if (!created.made) this.#keptAsItIs(kind, body, created.adopted);
    return created;
  }

  /** What is adopted is not changed: who asked for another name or description is told. */
  #keptAsItIs(kind: Kind, body: JsonObject, found: Observed | undefined): void {
    const warning = found && keptWarning([{ kind, body, found }]);
    if (warning) this.#report.warn(warning);
  }

  /** The dataset is asked beside the create of the flow, whose first run cannot have loaded anything by then. */
  async #warningOfRows(createFlow: () => Promise<Found>): Promise<Found> {
    const { dataset = this.#checked.given.dataset } = this.#ids;
    const isOld = this.#report.stateOf('dataset') !== 'made';
    const warning = isOld ? rowsTwice(this.#definition, dataset!) : undefined;
    const found = await createFlow();
    const rows = await warning;
    if (rows && found.made) this.#report.warn(rows);
    return found;
  }

  /** The first look for one kind, begun once. */
  #look(kind: Kind): Promise<Observed[]> {
    const begun = this.#looks.get(kind);
    if (begun) return begun;
    const look = handled(this.#ledger.look(kind));
    this.#looks.set(kind, look);
    return look;
  }

  /**
   * What leave to create rests on: nothing is made before all first looks, and what has a title, have told whether
   * another run was here of which Temporal knows nothing. All kinds wait at once for what that one may have sent.
   */
  async #sureLook(kind: Kind): Promise<Observed[]> {
    const found = await this.#look(kind);
    if (this.#ledger.ranBefore) return found;
    await this.#allNoted;
    return (await this.#living) ? found : this.#ledger.lookAgain(kind, found);
  }

  #begin(kind: Kind): void {
    if (this.#failed) throw this.#failed.error;
    if (this.#scope.consideredCancelled) throw new CancelledFailure('The create was cancelled');
    this.#report.step(kind, 'running');
  }

  async #adoptLivingFlow(): Promise<ResourceIds | undefined> {
    const found = await this.#look('flow');
    try {
      const { read } = this.#calls;
      const warn = this.#report.warn.bind(this.#report);
      const living = await adoptLivingFlow(this.#definition, this.#checked, found, read, warn);
      if (!living) this.#startMustLieAhead();
      return living;
    } catch (error) {
      if (!isCancellation(error)) this.#report.step('flow', 'failed', { note: reasonOf(error) });
      throw error;
    }
  }

  /** A flow that lives may have begun long ago; one that is to be made may not. */
  #startMustLieAhead(): void {
    const problem = startProblem(this.#definition, Date.now());
    if (problem) throw new NotNow(problem);
  }

  #failure(kind: Kind, error: unknown): void {
    if (!this.#failed) {
      this.#failed = { error };
      this.#scope.cancel();
    }
    const state = this.#report.stateOf(kind);
    const begun = state === 'running';
    if (this.#ledger.inDoubt(kind)) this.#report.step(kind, 'unknown');
    else if (begun && !isCancellation(error)) this.#report.step(kind, 'failed', { note: reasonOf(error) });
    else if (begun || state === 'waiting') this.#report.step(kind, 'notTried');
  }

  /** A class or schema that was made before it was known that it is not needed. */
  async #discardUnused(used: ResourceIds): Promise<void> {
    const made = this.#report.progress.steps.filter(({ state }) => state === 'made');
    if (this.#report.made.some(({ kind }) => !resources[kind].hasUniqueTitle)) return;
    const refused = this.#failed?.error instanceof Conflicting || this.#failed?.error instanceof NotNow;
    const unused = made.filter(({ step, id }) => refused || used[step as Kind] !== id);
    for (const { step, id } of unused.toReversed()) {
      const why = await this.#calls.remove(step as Kind, id!);
      if (!why) this.#report.deleted(step as Kind, id!);
    }
  }
}

function foreignDataset(name: string, foreign: Observed[]): Warning {
  const ids = foreign.map(({ id }) => id).join(', ');
  const message = `There is another dataset named "${name}" (${ids}), which is left alone: use it with "dataset": {"id": …} where it is what you mean`;
  return { code: 'foreign-dataset', field: 'dataset.name', message };
}
