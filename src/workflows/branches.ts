import { CancellationScope } from '@temporalio/workflow';
import type { Look, LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { startProblem } from '../definition/start.ts';
import { decide } from '../resources/decide.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { neededKinds, uniqueKinds } from '../resources/plan.ts';
import type { JsonObject } from '../resources/resource.ts';
import { callsFor } from './calls.ts';
import type { Checked } from './checks.ts';
import { Conflicting, CreateOnce, type Found, type Sought } from './create-once.ts';
import { invalid, isDoubt } from './failures.ts';
import { adoptLivingFlow } from './living-flow.ts';
import { giveUp, outsideOf } from './outside.ts';
import type { ProgressReport } from './progress.ts';

/** What a resource refers to: it is made when all of these are there. */
type Needs = Partial<Record<Kind, Promise<string | undefined>>>;

/**
 * The branches of one `createDataflow`: each makes, adopts or is given one resource, and begins as soon as what it
 * refers to is there. Once one of them has failed, the others finish what they have begun and begin nothing more.
 */
export class Branches {
  readonly protocol: CreateOnce;
  readonly #definition: Definition;
  readonly #lookBack: LookBack;
  readonly #checked: Checked;
  readonly #report: ProgressReport;
  readonly #needed: Kind[];
  readonly #looks = new Map<Kind, Promise<Look>>();
  readonly #living: Promise<ResourceIds | undefined>;
  readonly #begun: Promise<unknown>[] = [];
  readonly #ids: ResourceIds = {};
  #failed: { error: unknown } | undefined;

  constructor(definition: Definition, lookBack: LookBack, checked: Checked, report: ProgressReport) {
    this.#definition = definition;
    this.#lookBack = lookBack;
    this.#checked = checked;
    this.#report = report;
    this.#needed = neededKinds(definition);
    this.protocol = new CreateOnce(
      outsideOf(definition, lookBack.bounds),
      dataflowId(definition),
      lookBack.bounds,
    );
    for (const kind of this.#needed) {
      if (uniqueKinds.has(kind) || checked.given[kind]) continue;
      this.#looks.set(kind, handled(this.protocol.look(kind, this.#sought(kind), lookBack.mayStillArrive)));
    }
    this.#living = handled(this.#adoptLivingFlow());
  }

  /** Begins the branch of one kind. Undefined where the definition needs no such resource. */
  once(kind: Kind, needs: Needs = {}): Promise<string | undefined> {
    if (!this.#needed.includes(kind)) return Promise.resolve(undefined);
    const branch = handled(this.#branch(kind, needs));
    this.#begun.push(branch);
    return branch;
  }

  /**
   * Waits until every branch has ended, so that nothing is still being made when a failure is told.
   * @throws what failed first.
   */
  async allEnded(): Promise<ResourceIds> {
    await Promise.allSettled(this.#begun);
    const living = await this.#living.catch(() => undefined);
    const ids = { ...this.#ids, ...living, ...this.#checked.given };
    await this.#discardUnused(ids);
    if (this.#failed) throw this.#failed.error;
    return ids;
  }

  async #branch(kind: Kind, needs: Needs): Promise<string> {
    const given = this.#checked.given[kind];
    if (given) {
      this.#report.step(kind, 'given', { id: given });
      return given;
    }
    try {
      const ids = await settled(needs);
      // Titles are unique, so that on a fresh start these need not wait for the look-ups.
      const living = this.#lookBack.ranBefore || !uniqueKinds.has(kind) ? await this.#living : undefined;
      const found = living?.[kind] ? { id: living[kind], made: false } : await this.#create(kind, ids);
      this.#ids[kind] = found.id;
      this.#report.step(kind, found.made ? 'made' : 'adopted', { id: found.id });
      return found.id;
    } catch (error) {
      this.#note(kind, error);
      throw error;
    }
  }

  async #create(kind: Kind, ids: ResourceIds): Promise<Found> {
    const body = resources[kind].body(this.#definition, ids, this.#checked.context);
    if (uniqueKinds.has(kind)) return this.#createUnique(kind, body);
    const look = await this.#looks.get(kind)!;
    return this.protocol.create(kind, { ...this.#sought(kind), body }, look, () => this.#mayCreate(kind));
  }

  /** AEP refuses a second one of the same title and names the first, so these need no look: what is there is read, and fits or not. */
  async #createUnique(kind: Kind, body: JsonObject): Promise<Found> {
    this.#mayCreate(kind);
    const outside = outsideOf(this.#definition, this.#lookBack.bounds);
    const dataflow = dataflowId(this.#definition);
    const nonce = outside.newNonce();
    const { id, titleTaken } = await outside.create(kind, { body, mark: { dataflow, nonce } });
    if (!titleTaken) return { id, made: true };
    const there = await this.#read(kind, id);
    const decision = decide(kind, body, there ? [there] : [], { dataflow });
    if (decision.action === 'adopt') return { id, made: there?.mark?.nonce === nonce };
    if (decision.action === 'conflict') throw new Conflicting(decision);
    const message = `The title "${String(body['title'])}" is taken by ${id}, which is no ${kind}. Give the ${kind} another title`;
    throw new Conflicting({ action: 'conflict', reason: 'foreign', message, ids: [id], differences: [] });
  }

  async #adoptLivingFlow(): Promise<ResourceIds | undefined> {
    const { found } = await this.#looks.get('flow')!;
    const living = await adoptLivingFlow(this.#definition, this.#checked, found, (kind, id) =>
      this.#read(kind, id),
    );
    if (!living) this.#startMustLieAhead();
    return living;
  }

  #mayCreate(kind: Kind): void {
    if (this.#failed) throw this.#failed.error;
    if (kind === 'flow') this.#startMustLieAhead();
    this.#report.step(kind, 'running');
  }

  #startMustLieAhead(): void {
    const problem = startProblem(this.#definition, Date.now());
    if (problem) throw invalid([problem]);
  }

  #note(kind: Kind, error: unknown): void {
    const first = this.#failed === undefined;
    this.#failed ??= { error };
    if (this.protocol.inDoubt(kind)) this.#report.step(kind, 'unknown');
    else if (first || this.#failed.error !== error)
      this.#report.step(kind, isDoubt(error) ? 'unknown' : 'failed');
    else this.#report.step(kind, 'notTried');
  }

  /** A class or schema that was made before it was known that it is not needed. */
  async #discardUnused(used: ResourceIds): Promise<void> {
    const made = this.#report.progress.steps.filter(({ state }) => state === 'made');
    const alone = made.every(({ step }) => uniqueKinds.has(step as Kind));
    if (
      !alone ||
      !(this.#failed?.error instanceof Conflicting || made.some(({ step, id }) => used[step as Kind] !== id))
    )
      return;
    await CancellationScope.nonCancellable(async () => {
      for (const { step, id } of made.reverse()) {
        if (!this.#failed && used[step as Kind] === id) continue;
        await callsFor(step as Kind, this.#lookBack.bounds).delete({
          sandbox: this.#definition.sandbox,
          id: id!,
        });
        this.#report.step(step, 'notTried', { note: 'made and deleted again' });
      }
    });
  }

  #read(kind: Kind, id: string) {
    const { sandbox } = this.#definition;
    return callsFor(kind, this.#lookBack.bounds).read({ sandbox, id, ...giveUp(this.#definition) });
  }

  #sought(kind: Kind): Sought {
    const knownIds = this.#lookBack.ids.flatMap((ids) => ids[kind] ?? []);
    return { name: resources[kind].name(this.#definition), knownIds: [...new Set(knownIds)] };
  }
}

async function settled(needs: Needs): Promise<ResourceIds> {
  const entries = await Promise.all(
    Object.entries(needs).map(async ([kind, id]) => [kind, await id] as const),
  );
  return Object.fromEntries(entries.filter(([, id]) => id !== undefined));
}

/** A branch that fails before another awaits it is no unhandled rejection: `allEnded` tells it. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
