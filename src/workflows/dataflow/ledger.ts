import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Created, Look, LookBack } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { conflict, decide, type Conflict } from '../../resources/decide.ts';
import { resources } from '../../resources/index.ts';
import { idsOfKind, type Kind } from '../../resources/kinds.ts';
import { earlierRun, knownNonces, lost } from '../../resources/nonces.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { doubtsOf, doubtsOfDead, isDoubt } from '../failures.ts';
import { newNonce } from '../nonce.ts';
import { Doubts } from './doubts.ts';
import { Conflicting } from './refusals.ts';
import type { ResourceCalls } from './resource-calls.ts';

/** A resource of ours that is one too many. */
export interface Surplus {
  kind: Kind;
  id: string;
  /** Why it stays. */
  why: string;
}

export interface CreateOptions {
  /** The ids of what is left alone, and answers no doubt: what a living flow uses while it is replaced. */
  apart?: readonly string[];
  /** Of a flow: it runs nothing until it is published. */
  draft?: boolean;
  /** Of a flow: one that an earlier run has made is adopted whenever it begins. */
  anyStart?: boolean;
}

/** What a create came to. */
export interface Found {
  id: string;
  /** Whether this execution created it; else it was in place. */
  made: boolean;
  /** What was adopted, as AEP shows it. */
  adopted?: Observed;
  /** Of a flow that was made and whose answer came: when it is to start. Epoch seconds. */
  startTime?: number | undefined;
}

/**
 * One resource of each kind, whatever fails: what one execution has sent, what of it is in doubt, and what earlier runs
 * left. AEP has no idempotency key: a POST whose answer was lost leaves a resource whose id nobody knows, and a blind retry
 * makes a second one. Hence, for every kind that AEP lets exist twice:
 *
 * 1. *Look* before the create: by the ids earlier runs left, by name, and by our mark.
 * 2. *Create*: one POST. Whatever does not surely create nothing is doubt, and nothing more is sent before what may have
 *    been created must show (`activities/dataflow/create.ts`).
 * 3. *Decide* about what shows: adopt it, replace what differs, or refuse.
 * 4. *Sweep*: a request can take effect after all that. While the nonce of one has not been seen, `unaccounted`
 *    names its kind, and the workflow looks once more when even that must have shown.
 *
 * There is one for the whole execution: `resume` begins another attempt with it, perhaps with other names.
 */
export class Ledger {
  readonly #isUpdate: boolean;
  readonly #doubts = new Doubts();
  /** Every definition that was tried, the last one last. */
  readonly #definitions: Definition[] = [];
  readonly #sent = new Map<Kind, Set<string>>();
  readonly #ids = new Map<Kind, Set<string>>();
  readonly #staying = new Map<string, Surplus>();
  /** What was found of ours beside what is kept. It may be older than anything that this execution or the one before has sent. */
  readonly #surplus = new Map<Kind, string[]>();
  /** The kinds of which it is noted that an earlier run may have sent something. */
  readonly #noted = new Set<Kind>();
  /** The run that waited for what was in doubt, for each kind of which this attempt did. */
  readonly #waitedIn = new Map<Kind, string>();
  #calls!: ResourceCalls;
  /** The longest that the server has taken beside a look: to hand it out, and to take its answer in. Milliseconds. */
  #serverMs = 0;
  #earlier: LookBack | undefined;
  #began = 0;
  /** Something of ours was found though Temporal knows of no earlier run: the one that made it may have been cut off just now. */
  #unknownRun = false;

  /** @param isUpdate whether a flow lives, so that there may be others beside it. */
  constructor({ isUpdate = false } = {}) {
    this.#isUpdate = isUpdate;
  }

  /** Begins an attempt. What those before it have sent stays known. */
  begin(definition: Definition, earlier: LookBack, calls: ResourceCalls): void {
    if (!this.#earlier) this.#began = Date.now();
    this.#earlier = earlier;
    this.#calls = calls;
    this.#definitions.push(definition);
    this.#staying.clear();
    this.#waitedIn.clear();
    // A server that was slow hours ago, when somebody was waited for, may be quick now.
    this.#serverMs = 0;
  }

  /** What earlier executions left. Undefined until an attempt has begun: nothing is made before. */
  get earlier(): LookBack | undefined {
    return this.#earlier;
  }

  /** Whether an attempt before this one, or a run of which Temporal knows, may have made what is sought. */
  get ranBefore(): boolean {
    return this.#definitions.length > 1 || this.#earlier!.ranBefore;
  }

  /** The first look. Where requests may not show yet, an earlier run's or an earlier attempt's, they are waited for. */
  async look(kind: Kind): Promise<Observed[]> {
    const { since } = this.#earlier!;
    const from = this.#unknownRun ? 0 : (since ?? (this.ranBefore ? this.#began : undefined));
    const lookFor = () => this.#calls.lookFor(kind, this.#sought(kind, from));
    const askedAt = Date.now();
    const isOpen = this.#open(kind).length > 0;
    // Of flows an update has to know all: the one that was there before says nothing of a draft that does not show yet.
    const there = isOpen && this.#isUpdate && kind === 'flow' ? this.#foundBy(await lookFor(), askedAt) : [];
    const found = isOpen ? await this.#wait(kind, from, there) : this.#foundBy(await lookFor(), askedAt);
    this.#note(kind, found);
    return found;
  }

  /** What a look found. What it took beyond its own time is the server's. */
  #foundBy({ found, spentMs }: Look, askedAt: number): Observed[] {
    if (spentMs !== undefined) this.#serverMs = Math.max(this.#serverMs, Date.now() - askedAt - spentMs);
    return found;
  }

  /**
   * The first look again, now that all were made: what a run that Temporal does not know has sent may not show yet. Undefined
   * where there is no such run.
   */
  lookAgain(kind: Kind, found: Observed[]): Promise<Observed[]> | undefined {
    if (!this.#unknownRun || found.some((one) => this.#isOurs(one))) return undefined;
    this.#open(kind);
    return this.#wait(kind, 0);
  }

  /**
   * Adopts what the first look found, or creates it. A kind whose title is unique needs no look: AEP refuses a second one,
   * and what is there is decided about.
   * @throws what the create threw, where that surely created nothing; `Conflicting` where what is there does not fit.
   */
  async create(
    kind: Kind,
    body: JsonObject,
    look: Observed[] = [],
    { apart = [], draft = false, anyStart = false }: CreateOptions = {},
  ): Promise<Found> {
    const isUnique = resources[kind].hasUniqueTitle === true;
    let shown =
      kind === 'mappingSet' && this.#mayHaveNameless(body, look) ? await this.#nameless(body) : look;
    for (let isFirst = true; ; isFirst = false) {
      // What has the very title is in the way wherever it is used.
      const found = shown.filter(
        ({ id, name }) => !apart.includes(id) || (isUnique && name === body['title']),
      );
      this.#doubts.seen(kind, found);
      const decision = decide(kind, body, found, { dataflow: this.#dataflow, anyStart });
      if (decision.action === 'adopt') {
        const adopted = found.find(({ id }) => id === decision.id)!;
        this.keepOnly(kind, decision.id, found);
        if (isUnique) this.#doubts.accounted(kind);
        const isNamelessOwn = !adopted.mark && this.#sentOf(kind).size > 0;
        return { id: decision.id, made: this.isOwn(kind, adopted) || isNamelessOwn, adopted };
      }
      if (decision.action === 'conflict') await this.#replace(kind, decision);
      else if (isUnique && !isFirst) throw new Conflicting(titleTaken(body, found[0]!.id));
      this.#tellWhatStays(kind, found);
      // What was there before answers no doubt, be it about an earlier run's request or about the one that follows.
      const stays = [...found.map(({ id }) => id), ...apart];
      const answer = await this.#send(kind, body, stays, draft);
      if (answer.created) {
        const { id, startTime } = answer.created;
        this.#idsOf(kind).add(id);
        return { id, made: true, startTime };
      }
      shown = answer.found ?? [];
      if (isUnique) this.#note(kind, shown);
    }
  }

  /** Sees to it that what was found of ours besides `id` is swept: a request can take effect later than every bound. */
  keepOnly(kind: Kind, id: string, found: Observed[]): void {
    this.#idsOf(kind).add(id);
    this.#tellWhatStays(kind, found, id);
    const others = found.filter((one) => one.id !== id && this.#isOurs(one));
    // It shows already: the sweep need not wait for it.
    if (others.length === 0) return;
    this.#doubts.add(kind, 'surplus', 0, true);
    this.#surplus.set(
      kind,
      others.map((one) => one.id),
    );
  }

  /** All that shows of one kind, under every name that an attempt gave it. */
  async lookForAll(kind: Kind): Promise<Observed[]> {
    const names = new Set(this.#definitions.map((definition) => resources[kind].name(definition)));
    const knownIds = this.#surplus.get(kind) ?? [];
    const traces = { nonces: knownNonces(this.#sentOf(kind)), since: this.since, knownIds };
    const looks = await Promise.all([...names].map((name) => this.#calls.lookFor(kind, { ...traces, name })));
    const found = looks.flatMap((one) => one.found);
    return [...new Map(found.map((one) => [one.id, one])).values()];
  }

  /** When the first request of ours can have been sent. Epoch milliseconds. */
  get since(): number {
    return this.#earlier!.since ?? this.#began;
  }

  /** Whether a resource was made by a request of this execution, answered or not. */
  isOwn(kind: Kind, one: Observed): boolean {
    if (!this.#isOurs(one)) return false;
    const sent = this.#sentOf(kind);
    // The nonce of an attempt that left no word is not known; the time is all that is left to tell by.
    return sent.has(one.mark!.nonce) || (sent.has(lost) && (one.createdAt ?? 0) >= this.#began);
  }

  /** The ids that earlier runs have noted. */
  noted(kind: Kind): string[] {
    return idsOfKind(this.#earlier!.ids, kind);
  }

  /** What is beside the one that the dataflow has and cannot be deleted. */
  get staying(): Surplus[] {
    return [...this.#staying.values()];
  }

  /** Whether a request for this kind may still make a resource that nobody has seen. */
  inDoubt(kind: Kind): boolean {
    return this.#doubts.has(kind);
  }

  /** Kinds with a request whose resource has not been seen, and when the last of them must have shown. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; shownBy: number } {
    const { kinds, last } = this.#doubts.unaccounted();
    return { kinds, shownBy: kinds.length > 0 ? last + this.#bounds.settleMs : 0 };
  }

  /** All of this kind that was in doubt has been looked for, and what was one too many is gone or told. */
  accounted(kind: Kind): void {
    this.#doubts.accounted(kind);
  }

  /** One create, which ends with a resource that was made or with what shows instead; begun anew where its worker has died. */
  async #send(kind: Kind, body: JsonObject, stays: string[], draft: boolean): Promise<Created> {
    const isUnique = resources[kind].hasUniqueTitle === true;
    const { runId } = this.#earlier!;
    for (;;) {
      const nonce = newNonce();
      const doubts = isUnique ? [] : this.#open(kind);
      this.#sentOf(kind).add(nonce);
      try {
        const request = {
          ...this.#sought(kind, this.#unknownRun ? 0 : this.since),
          body,
          ...(draft ? { draft } : {}),
          nonce,
          doubts,
          stays,
          // Whether a run was cut off is known only to the run that asked. After a reset the answer is another run's, and a
          // look of this run, which lists may keep in the dark about what that one made, is no leave to send.
          lookedIn: this.#waitedIn.get(kind) ?? runId,
          settleMs: this.#settleMs(kind),
        };
        const answer = await this.#calls.create(kind, request, this.#serverMs);
        this.#waitedIn.set(kind, answer.lookedIn);
        // What was created came after all that was in doubt has had the time to show.
        const isOver = answer.created !== undefined;
        this.#inDoubt(kind, answer.doubts, isOver);
        if (answer.created) this.#sentOf(kind).add(answer.created.nonce);
        if (isOver) this.#doubts.over(kind);
        // A second one of the same title cannot be.
        if (isOver && isUnique) this.#doubts.accounted(kind);
        return answer;
      } catch (error) {
        const ofDead = doubtsOfDead(error, nonce, doubts);
        this.#inDoubt(kind, ofDead ?? doubtsOf(error));
        if (ofDead && !CancellationScope.current().consideredCancelled) continue;
        // Of a create that was cancelled between two attempts nobody knows what the last one did, nor with which nonce.
        if (isDoubt(error) || isCancellation(error)) this.#inDoubt(kind, isUnique ? [nonce] : [nonce, lost]);
        throw error;
      }
    }
  }

  #inDoubt(kind: Kind, nonces: string[], isOver = false): void {
    const since = Date.now() - (isOver ? this.#settleMs(kind) : 0);
    for (const nonce of nonces) {
      if (nonce !== earlierRun) this.#sentOf(kind).add(nonce);
      this.#doubts.add(kind, nonce, since, isOver);
    }
  }

  /** @param there what is known to show, and is no answer. */
  async #wait(kind: Kind, since: number | undefined, there: Observed[] = []): Promise<Observed[]> {
    const { runId } = this.#earlier!;
    const request = {
      ...this.#sought(kind, since),
      ...(there.length > 0 ? { stays: there.map(({ id }) => id) } : {}),
      lookedIn: runId,
      settleMs: this.#settleMs(kind),
    };
    const { found, lookedIn, isOver } = await this.#calls.settle(kind, request);
    this.#waitedIn.set(kind, lookedIn);
    if (isOver) this.#doubts.over(kind);
    // A second one of the same title cannot be: whatever comes late, AEP names it when one is asked for.
    if (resources[kind].hasUniqueTitle) this.#doubts.accounted(kind);
    return found;
  }

  /** The nonces of what may show any moment. */
  #open(kind: Kind): string[] {
    const mayArrive = this.#earlier!.mayStillArrive || this.#unknownRun;
    if (mayArrive && !this.#noted.has(kind)) {
      this.#noted.add(kind);
      this.#doubts.add(kind, earlierRun, Date.now());
    }
    return this.#doubts.open(kind);
  }

  /** AEP may know of a run that Temporal has forgotten. */
  #note(kind: Kind, found: Observed[]): void {
    if (this.ranBefore) return;
    const sent = this.#sentOf(kind);
    this.#unknownRun ||= found.some((one) => this.#isOurs(one) && !sent.has(one.mark!.nonce));
  }

  /** A mapping set that came back without its name is known by what it maps, which is known only now. */
  #mayHaveNameless(body: JsonObject, found: Observed[]): boolean {
    if (!(this.ranBefore || this.#unknownRun) || found.some(({ mark }) => mark)) return false;
    return decide('mappingSet', body, found, { dataflow: this.#dataflow }).action === 'create';
  }

  async #nameless(body: JsonObject): Promise<Observed[]> {
    const kind = 'mappingSet';
    const nonces = knownNonces(this.#sentOf(kind));
    const look = await this.#calls.lookFor(kind, { ...this.#sought(kind, this.since), nonces, body });
    return look.found;
  }

  /**
   * While there is no flow, what differs because the definition was corrected makes room, where nothing but the flow
   * depends on it: a schema or a dataset may hold data, and is a human's to decide about.
   * @throws Conflicting
   */
  async #replace(kind: Kind, conflict: Conflict): Promise<void> {
    if (conflict.reason !== 'differs' || !resources[kind].makesRoom) throw new Conflicting(conflict);
    if (resources[kind].undeletable) return;
    for (const id of conflict.ids) {
      const why = await this.#calls.remove(kind, id);
      if (why) throw new Conflicting({ ...conflict, message: `${conflict.message}, and it stays: ${why}` });
    }
  }

  /** Of a kind that AEP cannot delete, all that was found is ours, or was an earlier run's. */
  #tellWhatStays(kind: Kind, found: Observed[], kept?: string): void {
    const why = resources[kind].undeletable;
    if (!why) return;
    for (const { id } of found) if (id !== kept) this.#staying.set(id, { kind, id, why });
  }

  get #dataflow(): string {
    return dataflowId(this.#definitions.at(-1)!);
  }

  get #bounds() {
    const { bounds, afterCutOff } = this.#earlier!;
    return this.#unknownRun ? afterCutOff : bounds;
  }

  /** A second one of what AEP cannot delete stays for ever: such kinds get the longest time to show. */
  #settleMs(kind: Kind): number {
    return this.#bounds.settleMs + (resources[kind].undeletable ? this.#bounds.lateMs : 0);
  }

  #sought(kind: Kind, since: number | undefined) {
    const knownIds = [...new Set([...this.#idsOf(kind), ...this.noted(kind)])];
    const name = resources[kind].name(this.#definitions.at(-1)!);
    return { name, knownIds, ...(since === undefined ? {} : { since }) };
  }

  #isOurs({ mark }: Observed): boolean {
    return mark?.dataflow === this.#dataflow;
  }

  #sentOf(kind: Kind): Set<string> {
    return setOf(this.#sent, kind);
  }

  #idsOf(kind: Kind): Set<string> {
    return setOf(this.#ids, kind);
  }
}

function setOf(sets: Map<Kind, Set<string>>, kind: Kind): Set<string> {
  const known = sets.get(kind) ?? new Set();
  sets.set(kind, known);
  return known;
}

function titleTaken(body: JsonObject, id: string): Conflict {
  const message = `The title "${String(body['title'])}" is taken by ${id}. Use it by its id where it is what you mean, or choose another title`;
  return conflict('foreign', message, [id]);
}
