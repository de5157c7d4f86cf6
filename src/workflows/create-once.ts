import type {
  CreateRequest,
  Created,
  Look,
  LookRequest,
  Settled,
  SettleOrCreateRequest,
  SettleRequest,
} from '../activities/index.ts';
import { decide, type Decision } from '../resources/decide.ts';
import type { Kind } from '../resources/kinds.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';

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
  remove: (kind: Kind, id: string) => Promise<void>;
  /** From now on nothing is begun; what was sent is awaited. */
  beginNothingMore: () => void;
  /** Whether a create that ended with this error may have created something. */
  isDoubt: (error: unknown) => boolean;
  isCancellation: (error: unknown) => boolean;
  newNonce: () => string;
  /** Epoch milliseconds. */
  now: () => number;
  /** Epoch milliseconds. */
  sleepUntil: (time: number) => Promise<void>;
}

type Asked<Request> = Omit<Request, 'sandbox' | 'dataflow'>;

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

export interface Times {
  /** Milliseconds from a doubt until what was created is sure to show. */
  settleMs: number;
  /** Milliseconds from an answered request until the same. */
  lateMs: number;
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
    return this.#outside.settle(kind, { ...sought, settleMs: this.#settleMs(kind) });
  }

  /**
   * Adopts what the look found, or creates it.
   * @throws what the create threw, where that surely created nothing; `Conflicting` where what is there does not fit.
   */
  async create(kind: Kind, sought: Required<Sought>, { lookedIn, found }: Look): Promise<Found> {
    const { body } = sought;
    this.#account(
      kind,
      found.map(({ mark }) => mark?.nonce),
    );
    const adopted = this.#adopt(kind, body, found);
    if (adopted) return { id: adopted, made: false };

    const nonce = this.#outside.newNonce();
    try {
      const { id } = await this.#outside.create(kind, {
        body,
        mark: { dataflow: this.#dataflow, nonce },
        lookedIn,
      });
      return { id, made: true };
    } catch (error) {
      if (!this.#outside.isDoubt(error)) throw error;
    }
    this.#doubt(kind, nonce);
    const settled = await this.#outside.settleOrCreate(kind, {
      ...sought,
      nonce,
      settleMs: this.#settleMs(kind),
    });
    for (const another of settled.doubts) if (another !== nonce) this.#doubt(kind, another);
    if (settled.created) return { id: settled.created.id, made: true };

    const shown = settled.found ?? [];
    this.#account(
      kind,
      shown.map(({ mark }) => mark?.nonce),
    );
    const id = this.#adopt(kind, body, shown);
    if (!id) throw new Error(`The ${kind} showed and cannot be adopted`);
    const seen = shown.find((one) => one.id === id)?.mark?.nonce;
    return { id, made: seen === undefined || settled.doubts.includes(seen) };
  }

  /** Whether a request for this kind may still make a resource that nobody has seen. */
  inDoubt(kind: Kind): boolean {
    return (this.#doubts.get(kind)?.length ?? 0) > 0;
  }

  /** Kinds with a request whose resource has not been seen, and when the last of them must have shown. Epoch milliseconds. */
  unaccounted(): { kinds: Kind[]; shownBy: number } {
    const open = [...this.#doubts].filter(([, doubts]) => doubts.length > 0);
    const last = Math.max(0, ...open.flatMap(([, doubts]) => doubts.map(({ since }) => since)));
    return { kinds: open.map(([kind]) => kind), shownBy: last + this.#times.settleMs };
  }

  #adopt(kind: Kind, body: JsonObject, found: Look['found']): string | undefined {
    const decision = decide(kind, body, found, { dataflow: this.#dataflow });
    if (decision.action === 'conflict') throw new Conflicting(decision);
    return decision.action === 'adopt' ? decision.id : undefined;
  }

  #doubt(kind: Kind, nonce: string): void {
    this.#doubts.set(kind, [...(this.#doubts.get(kind) ?? []), { nonce, since: this.#outside.now() }]);
  }

  #account(kind: Kind, nonces: (string | undefined)[]): void {
    const open = this.#doubts.get(kind)?.filter(({ nonce }) => !nonces.includes(nonce));
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
