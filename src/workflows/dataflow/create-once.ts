import { resources } from '../../resources/index.ts';
import type {
  CreateRequest,
  Created,
  Look,
  LookBack,
  LookRequest,
  Settled,
  SettleOrCreateRequest,
  SettleRequest,
} from '../../activities/index.ts';
import { decide, type Conflict } from '../../resources/decide.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Mark } from '../../resources/mark.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { Conflicting } from './refusals.ts';

/** What the protocol asks of the outside. A workflow gives it activities and its own clock, the fault tests a simulated AEP. */
export interface Outside {
  look: (kind: Kind, request: Asked<LookRequest>) => Promise<Look>;
  /** Looks until a resource of ours shows or the settle time is over. */
  settle: (kind: Kind, request: Asked<SettleRequest>) => Promise<Look>;
  /** Sends one POST, unless it is not sure that none was sent before. */
  create: (kind: Kind, request: Asked<CreateRequest>) => Promise<Created>;
  /** After a doubt: looks as `settle` does, and sends another POST only when nothing can show any more; again and again. */
  settleOrCreate: (kind: Kind, request: Asked<SettleOrCreateRequest>) => Promise<Settled>;
  read: (kind: Kind, id: string) => Promise<Observed | null>;
  /** Deletes, whatever was cancelled. Answers why it could not be deleted, and nothing where it is gone. */
  remove: (kind: Kind, id: string) => Promise<string | undefined>;
  /** From now on nothing is begun; what was sent is awaited. */
  beginNothingMore: () => void;
  /** Throws where the workflow was cancelled. */
  mustGoOn: () => void;
  /** Whether a create that was asked for at a time (epoch milliseconds) and ended with this error may have created something. */
  isDoubt: (error: unknown, askedAt: number) => boolean;
  isCancellation: (error: unknown) => boolean;
  newNonce: () => string;
  /** Epoch milliseconds. */
  now: () => number;
  /** Epoch milliseconds. */
  sleepUntil: (time: number) => Promise<void>;
}

type Asked<Request> = Omit<Request, 'sandbox' | 'dataflow'>;

/** A resource of ours that is one too many. */
export interface Surplus {
  kind: Kind;
  id: string;
  /** Why it stays. */
  why: string;
}

/** What is sought: a name, the ids that earlier runs left, and the body for what may come back without its name. */
export interface Sought {
  name: string;
  knownIds: string[];
  body?: JsonObject;
}

export interface Found {
  id: string;
  /** Whether it was created just now; else it was in place. */
  made: boolean;
}

/** A request of which nobody knows the outcome, until its nonce shows on a resource. */
interface Doubt {
  nonce: string;
  /** Epoch milliseconds. */
  since: number;
}

/**
 * One resource of each kind, whatever fails. AEP has no idempotency key: a POST whose answer was lost leaves a resource
 * whose id nobody knows, and a blind retry makes a second one. Hence, for every kind that AEP lets exist twice:
 *
 * 1. *Look* before the create: by the ids earlier runs left, by name, and by our mark.
 * 2. *Create*: one POST. What surely created nothing is Temporal's to retry; everything else is doubt.
 * 3. *Settle* a doubt: look again, until what may have been created is sure to show. Early looks make recovery fast;
 *    creating only after the last one keeps it right.
 * 4. *Sweep*: a request can take effect after all that. While the nonce of one has not been seen, `unaccounted`
 *    names its kind, and the workflow looks once more when even that must have shown.
 */
export class CreateOnce {
  readonly #outside: Outside;
  readonly #dataflow: string;
  readonly #doubts = new Map<Kind, Doubt[]>();
  readonly #staying = new Map<string, Surplus>();
  readonly #sent = new Map<Kind, Set<string>>();
  readonly #began: number;
  readonly #earlier: LookBack;
  /** Something of ours was found though Temporal knows of no earlier run: the one that made it may have been cut off just now. */
  #unknownRun = false;
  /** The kinds of which what an earlier run sent has had the time to show, unless something else showed before. */
  readonly #waitedFor = new Set<Kind>();

  constructor(outside: Outside, dataflow: string, earlier: LookBack) {
    this.#outside = outside;
    this.#dataflow = dataflow;
    this.#began = outside.now();
    this.#earlier = earlier;
  }

  /** The first look. Where an earlier run was cut off just now, its last requests may not show yet: that is doubt from the start. */
  look(kind: Kind, sought: Sought): Promise<Look> {
    const { mayStillArrive, since } = this.#earlier;
    const request = { ...sought, ...(since === undefined ? {} : { since }) };
    return mayStillArrive ? this.#waitFor(kind, request) : this.#outside.look(kind, request);
  }

  /** Takes note of what was found: AEP may know of a run that Temporal has forgotten. */
  note(kind: Kind, found: Observed[]): void {
    if (this.#earlier.ranBefore) return;
    const sent = this.#sentOf(kind);
    this.#unknownRun ||= found.some((one) => this.#isOurs(one) && !sent.has(one.mark!.nonce));
  }

  /** The first look again, now that all was noted: what an unknown run sent may not show yet. */
  async lookAgain(kind: Kind, sought: Sought, look: Look): Promise<Look> {
    if (!this.#unknownRun || look.found.some((one) => this.#isOurs(one))) return look;
    return this.#waitFor(kind, { ...sought, since: 0 });
  }

  #waitFor(kind: Kind, request: Sought & { since?: number; stays?: string[] }): Promise<Look> {
    if (!this.#waitedFor.has(kind)) this.#doubt(kind, 'of an earlier run');
    this.#waitedFor.add(kind);
    const askedIn = this.#earlier.runId;
    return this.#outside.settle(kind, { ...request, askedIn, settleMs: this.#settleMs(kind) });
  }

  /**
   * Adopts what the first look found, or creates it.
   * @throws what the create threw, where that surely created nothing; `Conflicting` where what is there does not fit.
   */
  async create(kind: Kind, sought: Required<Sought>, look: Look): Promise<Found> {
    const sent = this.#sentOf(kind);
    const { body } = sought;
    let { found, lookedIn } = look;
    // Whether a run was cut off is known only to the run that asked. After a reset the answer is another run's, and a look
    // of this run, which lists may keep in the dark about what that one made, is no leave to send.
    if (!this.#waitedFor.has(kind)) lookedIn = this.#earlier.runId;
    let mayArrive = this.#earlier.mayStillArrive || this.#unknownRun;
    const since = this.#earlier.since ?? (this.#unknownRun ? 0 : this.#began);
    /** The nonces of what was sent here and not seen since. */
    let open: string[] = [];
    for (;;) {
      this.#account(kind, found);
      const decision = decide(kind, body, found, { dataflow: this.#dataflow });
      if (decision.action === 'adopt') {
        this.#tellWhatStays(kind, found, decision.id);
        // Our own surplus, left by a run that was cut off: the sweep need not wait for it to show.
        if (decision.surplus.length > 0) this.#doubt(kind, 'surplus', -this.#bounds.settleMs);
        const adopted = found.find(({ id }) => id === decision.id)!;
        const made = this.isOwn(kind, adopted) || (sent.size > 0 && !adopted.mark);
        return { id: adopted.id, made };
      }
      if (decision.action === 'conflict') await this.#replace(kind, decision);
      this.#tellWhatStays(kind, found);

      // What was there before answers no doubt, be it about an earlier run's request or about the one that follows.
      const stays = found.map(({ id }) => id);
      if (mayArrive && (!this.#waitedFor.has(kind) || stays.some((id) => this.#staying.has(id)))) {
        ({ found, lookedIn } = await this.#waitFor(kind, { ...sought, since, stays }));
        mayArrive = found.some(({ id }) => !stays.includes(id));
        continue;
      }
      if (open.length === 0) {
        const { mark } = this.newMark(kind);
        const askedAt = this.#outside.now();
        try {
          const { id } = await this.#outside.create(kind, { body, mark, lookedIn });
          return { id, made: true };
        } catch (error) {
          if (!this.#outside.isDoubt(error, askedAt)) throw error;
        }
        this.#doubt(kind, mark.nonce);
        open = [mark.nonce];
      }
      const settled = await this.#outside.settleOrCreate(kind, {
        ...sought,
        since,
        stays,
        doubts: open,
        askedIn: this.#earlier.runId,
        settleMs: this.#settleMs(kind),
      });
      for (const doubted of settled.doubts) {
        sent.add(doubted);
        if (!open.includes(doubted)) this.#doubt(kind, doubted);
      }
      if (settled.created) {
        sent.add(settled.created.nonce);
        return { id: settled.created.id, made: true };
      }
      ({ found = [], lookedIn } = settled);
      const seen = new Set(found.map(({ mark }) => mark?.nonce));
      open = settled.doubts.filter((nonce) => !seen.has(nonce));
    }
  }

  /** A mark for one POST. */
  newMark(kind: Kind): { mark: Mark } {
    const nonce = this.#outside.newNonce();
    this.#sentOf(kind).add(nonce);
    return { mark: { dataflow: this.#dataflow, nonce } };
  }

  /** Whether another run may have made what is sought. */
  get ranBefore(): boolean {
    return this.#earlier.ranBefore || this.#unknownRun;
  }

  /** Whether something of ours was found that no run made of which Temporal knows. */
  get metUnknownRun(): boolean {
    return this.#unknownRun;
  }

  /** Whether a resource was made by a request of this execution, answered or not. */
  isOwn(kind: Kind, { mark, createdAt = 0 }: Observed): boolean {
    if (!mark || mark.dataflow !== this.#dataflow) return false;
    const sent = this.#sentOf(kind);
    // The nonce of an attempt that left no word is not known; the time is all that is left to tell by.
    return sent.has(mark.nonce) || (sent.has('lost') && createdAt >= this.#began);
  }

  /** What a resource may be known by whose name ends in a nonce, whichever run asked for it. */
  traces(kind: Kind): { nonces: string[]; since: number } {
    const nonces = [...this.#sentOf(kind)].filter((nonce) => nonce !== 'lost');
    return { nonces, since: this.#earlier.since ?? this.#began };
  }

  /** All of this kind that was in doubt has been looked for, and what was one too many is gone or told. */
  accounted(kind: Kind): void {
    this.#doubts.delete(kind);
  }

  #isOurs({ mark }: Observed): boolean {
    return mark?.dataflow === this.#dataflow;
  }

  #sentOf(kind: Kind): Set<string> {
    const sent = this.#sent.get(kind) ?? new Set();
    this.#sent.set(kind, sent);
    return sent;
  }

  /** What is beside the one that the dataflow has and cannot be deleted. */
  get staying(): Surplus[] {
    return [...this.#staying.values()];
  }

  /** Sees to it that what was found of ours besides `id` is swept: a request can take effect later than every bound. */
  keepOnly(kind: Kind, id: string, { found }: Look): void {
    this.#tellWhatStays(kind, found, id);
    const others = found.filter((one) => this.#isOurs(one));
    if (others.some((one) => one.id !== id)) this.#doubt(kind, 'surplus', -this.#bounds.settleMs);
  }

  /** Whether a request for this kind may still make a resource that nobody has seen. */
  inDoubt(kind: Kind): boolean {
    return (this.#doubts.get(kind)?.length ?? 0) > 0;
  }

  /** Kinds with a request whose resource has not been seen, and when the last of them must have shown. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; shownBy: number } {
    const open = [...this.#doubts].filter(([, doubts]) => doubts.length > 0);
    const last = Math.max(0, ...open.flatMap(([, doubts]) => doubts.map(({ since }) => since)));
    return { kinds: open.map(([kind]) => kind), shownBy: last + this.#bounds.settleMs };
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
      const why = await this.#outside.remove(kind, id);
      if (why) throw new Conflicting({ ...conflict, message: `${conflict.message}, and it stays: ${why}` });
    }
  }

  /** Of a kind that AEP cannot delete, all that was found is ours, or was an earlier run's. */
  #tellWhatStays(kind: Kind, found: Observed[], kept?: string): void {
    const why = resources[kind].undeletable;
    if (!why) return;
    for (const { id } of found) if (id !== kept) this.#staying.set(id, { kind, id, why });
  }

  get #bounds() {
    return this.#unknownRun ? this.#earlier.afterCutOff : this.#earlier.bounds;
  }

  #doubt(kind: Kind, nonce: string, since = this.#outside.now()): void {
    this.#doubts.set(kind, [...(this.#doubts.get(kind) ?? []), { nonce, since }]);
  }

  #account(kind: Kind, found: Observed[]): void {
    const seen = new Set(found.map(({ mark }) => mark?.nonce));
    const open = this.#doubts.get(kind)?.filter(({ nonce }) => !seen.has(nonce));
    if (open) this.#doubts.set(kind, open);
  }

  /** A second mapping set stays for ever, since AEP cannot delete it: they get the longest time to show. */
  #settleMs(kind: Kind): number {
    return this.#bounds.settleMs + (kind === 'mappingSet' ? this.#bounds.lateMs : 0);
  }
}
