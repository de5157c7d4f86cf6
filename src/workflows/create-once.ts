import type { CreateRequest, Created, Look, LookAgainRequest, LookRequest } from '../activities/index.ts';
import { decide, type Decision } from '../resources/decide.ts';
import type { Kind } from '../resources/kinds.ts';
import type { JsonObject } from '../resources/resource.ts';

/** What the protocol asks of the outside: four calls and a clock. A workflow gives it activities, the fault tests a simulated AEP. */
export interface Outside {
  look(kind: Kind, request: Asked<LookRequest>): Promise<Look>;
  /** Looks until a resource of ours shows or the settle time is over. */
  lookAgain(kind: Kind, request: Asked<LookAgainRequest>): Promise<Look>;
  /** Sends one POST, unless it is sure that none was sent before. */
  create(kind: Kind, request: Omit<CreateRequest, 'sandbox'>): Promise<Created>;
  /** Whether a create that ended with this error may have created something. */
  isDoubt(error: unknown): boolean;
  newNonce(): string;
  /** Epoch milliseconds. */
  now(): number;
}

type Asked<Request extends LookRequest> = Omit<Request, 'sandbox' | 'dataflow'>;

/** What is sought: a name, the ids that earlier runs left, and the body for what may come back without its name. */
export interface Sought {
  name: string;
  knownIds: string[];
  body?: JsonObject;
}

export interface Found {
  id: string;
  /** Whether this execution made it; else it was in place. */
  made: boolean;
}

/** A request of which nobody knows the outcome, until its nonce shows on a resource. */
interface Doubt {
  nonce: string;
  /** Epoch milliseconds. */
  since: number;
}

export interface Times {
  /** Milliseconds from a doubt until what was created is sure to show. */
  settleMs: number;
  /** Milliseconds from an answered request until the same. */
  lateMs: number;
}

const longestPauseMs = 30 * 60_000;

/**
 * One resource of each kind, whatever fails. AEP has no idempotency key: a POST whose answer was lost leaves a resource
 * whose id nobody knows, and a blind retry makes a second one. Hence, for every kind that AEP lets exist twice:
 *
 * 1. *Look* before the create: by the ids earlier runs left, by name, and by our mark.
 * 2. *Create*: one POST per look. What surely created nothing is Temporal's to retry; everything else is doubt.
 * 3. *Look again* after a doubt, until what may have been created is sure to show. Early looks make recovery fast,
 *    creating late keeps it right.
 * 4. *Sweep*: a request can take effect after all that. While the nonce of one has not been seen, `unaccounted`
 *    names its kind, and the workflow looks once more when even that must have shown.
 */
export class CreateOnce {
  readonly #outside: Outside;
  readonly #dataflow: string;
  readonly #times: Times;
  readonly #doubts = new Map<Kind, Doubt[]>();

  constructor(outside: Outside, dataflow: string, times: Times) {
    this.#outside = outside;
    this.#dataflow = dataflow;
    this.#times = times;
  }

  /** The first look. Where an earlier run was cut off just now, its last requests may not show yet: that is doubt from the start. */
  look(kind: Kind, sought: Sought, earlierMayArrive: boolean): Promise<Look> {
    if (!earlierMayArrive) return this.#outside.look(kind, sought);
    this.#doubt(kind, 'of an earlier run');
    return this.#outside.lookAgain(kind, { ...sought, settleMs: this.#settleMs(kind) });
  }

  /**
   * Adopts what the look found or creates it.
   * @param mayCreate throws where nothing may be created any more.
   * @throws what `create` threw, where that surely created nothing; `Conflicting` where what is there does not fit.
   */
  async create(kind: Kind, sought: Required<Sought>, first: Look, mayCreate: () => void): Promise<Found> {
    const { body } = sought;
    const sent = new Set<string>();
    let seen = first;
    for (let pauseMs = 0; ; pauseMs = Math.min(Math.max(2 * pauseMs, this.#times.settleMs), longestPauseMs)) {
      this.#account(kind, seen);
      const decision = decide(kind, body, seen.found, { dataflow: this.#dataflow });
      if (decision.action === 'conflict') throw new Conflicting(decision);
      if (decision.action === 'adopt') {
        const nonce = seen.found.find(({ id }) => id === decision.id)?.mark?.nonce;
        return { id: decision.id, made: nonce !== undefined && sent.has(nonce) };
      }
      mayCreate();
      const nonce = this.#outside.newNonce();
      try {
        const mark = { dataflow: this.#dataflow, nonce };
        const { id } = await this.#outside.create(kind, { body, mark, lookedIn: seen.lookedIn });
        return { id, made: true };
      } catch (error) {
        if (!this.#outside.isDoubt(error)) throw error;
      }
      sent.add(nonce);
      this.#doubt(kind, nonce);
      seen = await this.#outside.lookAgain(kind, { ...sought, settleMs: this.#settleMs(kind), pauseMs });
    }
  }

  /** Kinds with a request whose resource has not been seen, and when the last of them must have shown. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; shownBy: number } {
    const open = [...this.#doubts].filter(([, doubts]) => doubts.length > 0);
    const last = Math.max(0, ...open.flatMap(([, doubts]) => doubts.map(({ since }) => since)));
    return { kinds: open.map(([kind]) => kind), shownBy: last + this.#times.settleMs };
  }

  /** Whether a request for this kind may still make a resource that nobody has seen. */
  inDoubt(kind: Kind): boolean {
    return (this.#doubts.get(kind)?.length ?? 0) > 0;
  }

  #doubt(kind: Kind, nonce: string): void {
    this.#doubts.set(kind, [...(this.#doubts.get(kind) ?? []), { nonce, since: this.#outside.now() }]);
  }

  #account(kind: Kind, { found }: Look): void {
    const nonces = new Set(found.map(({ mark }) => mark?.nonce));
    const open = this.#doubts.get(kind)?.filter(({ nonce }) => !nonces.has(nonce));
    if (open) this.#doubts.set(kind, open);
  }

  /** A second mapping set stays for ever, since AEP cannot delete it: they get the longest time to show. */
  #settleMs(kind: Kind): number {
    return this.#times.settleMs + (kind === 'mappingSet' ? this.#times.lateMs : 0);
  }
}

/** What AEP holds under our name or mark does not fit what is wanted. */
export class Conflicting extends Error {
  readonly decision: Extract<Decision, { action: 'conflict' }>;

  constructor(decision: Extract<Decision, { action: 'conflict' }>) {
    super(decision.message);
    this.decision = decision;
  }
}
