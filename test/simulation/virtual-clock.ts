import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** A process of the simulation: what it waits for stands still while it is stopped, and never comes once it is dead. */
export class SimulatedProcess {
  state: 'running' | 'stopped' | 'dead' = 'running';
  /** What came while it was stopped, in order. */
  readonly held: (() => void)[] = [];
}

interface Timer {
  at: number;
  order: number;
  owner: SimulatedProcess | undefined;
  callback: () => void;
  /** What the code that asked for it knows of itself, such as its activity: known in the callback too, as with real timers. */
  scope: AsyncResource;
  everyMs?: number;
  id: number;
}

const owners = new AsyncLocalStorage<SimulatedProcess | undefined>();
const realImmediate = setImmediate;
/** For what nobody owns. */
const noScope = owners.run(undefined, newScope);
/** How many steps are done in one turn of the event loop, which costs more than most of them. */
const stepsPerTurn = 32;

/**
 * The time of a simulation. While it is installed, `Date`, `performance.now`, `setTimeout`, `setInterval`, `Math.random` and
 * `crypto.randomUUID` of this JavaScript realm are its own, so that real activity code runs on it, the same way each time.
 */
export class VirtualClock {
  #now: number;
  #order = 0;
  readonly #timers: Timer[] = [];
  readonly #cancelled = new Set<number>();
  #busy = 0;
  readonly #random: () => number;

  constructor(startMs: number, seed: number) {
    this.#now = startMs;
    this.#random = randomOf(seed);
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Between 0 and 1, the same sequence for the same seed. */
  random(): number {
    return this.#random();
  }

  /** Calls back after `ms`, in the process that asks; `nobody` is for what goes on whatever happens to processes. */
  after(
    ms: number,
    callback: () => void,
    owner: SimulatedProcess | 'nobody' | undefined = owners.getStore(),
  ) {
    return this.#add(ms, callback, owner === 'nobody' ? undefined : owner);
  }

  cancel(id: number): void {
    this.#cancelled.add(id);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Runs `work` as code of a process: its timers are the process's. */
  runAs<Result>(owner: SimulatedProcess, work: () => Result): Result {
    return owners.run(owner, work);
  }

  /** The process whose code runs now. */
  current(): SimulatedProcess | undefined {
    return owners.getStore();
  }

  stop(process: SimulatedProcess): void {
    if (process.state === 'running') process.state = 'stopped';
  }

  continue(process: SimulatedProcess): void {
    if (process.state !== 'stopped') return;
    process.state = 'running';
    for (const callback of process.held.splice(0)) this.#add(0, callback, process);
  }

  kill(process: SimulatedProcess): void {
    process.state = 'dead';
    process.held.length = 0;
  }

  /** Work that is done in real time, of which simulated time must not notice anything. */
  async outsideTime<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Lets time pass until `done` says so. Fails where nothing can happen any more, or after `limitMs`. */
  runUntil(done: () => boolean, limitMs: number): Promise<void> {
    const end = this.#now + limitMs;
    return new Promise((resolve, reject) => {
      let isOver = false;
      // Node does all that follows from one before it calls the next, so that each step begins where nothing but time goes on.
      const step = () => {
        if (isOver || this.#busy > 0) return;
        try {
          isOver = done();
          if (isOver) resolve();
          else this.#fireNext(end, limitMs);
        } catch (error) {
          isOver = true;
          reject(error as Error);
        }
      };
      const turn = () => {
        if (isOver) return;
        for (let count = 0; count < stepsPerTurn; count++) realImmediate(step);
        realImmediate(turn);
      };
      turn();
    });
  }

  #fireNext(end: number, limitMs: number): void {
    const next = this.#pop();
    if (!next) throw new Error('Everything waits, and nothing will ever happen');
    if (next.at > end) throw new Error(`Not done after ${limitMs / 1000} simulated seconds`);
    this.#now = Math.max(this.#now, next.at);
    this.#fire(next);
  }

  /** Makes the globals ours, and answers how to give them back. */
  install(): () => void {
    const { Date, setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const { random } = Math;
    const { randomUUID } = crypto;
    const realNow = performance.now.bind(performance);
    const now = () => this.#now;
    class SimulatedDate extends Date {
      constructor(...args: [] | [string | number | Date]) {
        super(...((args.length === 0 ? [now()] : args) as [number]));
      }
      static override now = now;
    }
    Object.assign(globalThis, {
      Date: SimulatedDate,
      setTimeout: (callback: () => void, ms = 0) => this.after(ms, callback),
      setInterval: (callback: () => void, ms = 1) => this.#add(ms, callback, owners.getStore(), ms),
      clearTimeout: (id: number) => this.cancel(id),
      clearInterval: (id: number) => this.cancel(id),
    });
    Math.random = this.#random;
    crypto.randomUUID = () => uuidOf(this.#random);
    performance.now = now;
    return () => {
      Object.assign(globalThis, { Date, setTimeout, setInterval, clearTimeout, clearInterval });
      Math.random = random;
      crypto.randomUUID = randomUUID;
      performance.now = realNow;
    };
  }

  #add(ms: number, callback: () => void, owner: SimulatedProcess | undefined, everyMs?: number): number {
    const id = ++this.#order;
    this.#push({
      at: this.#now + Math.max(0, ms),
      order: id,
      owner,
      callback,
      scope: this.#scopeOf(owner),
      id,
      ...(everyMs === undefined ? {} : { everyMs }),
    });
    return id;
  }

  #scopeOf(owner: SimulatedProcess | undefined): AsyncResource {
    if (!owner) return noScope;
    return owner === owners.getStore() ? newScope() : owners.run(owner, newScope);
  }

  #fire({ owner, callback, scope, everyMs, id, at }: Timer): void {
    const call = () => scope.runInAsyncScope(callback);
    if (owner?.state === 'stopped') owner.held.push(() => !this.#cancelled.delete(id) && call());
    else call();
    if (everyMs !== undefined)
      this.#push({ at: at + everyMs, order: ++this.#order, owner, callback, scope, everyMs, id });
  }

  /** Few timers are open at a time, so that a sorted list is quick enough. */
  #push(timer: Timer): void {
    let index = this.#timers.length;
    while (index > 0 && later(this.#timers[index - 1]!, timer)) index -= 1;
    this.#timers.splice(index, 0, timer);
  }

  /** The next one that will still happen. */
  #pop(): Timer | undefined {
    for (;;) {
      const next = this.#timers.shift();
      if (!next || !(this.#cancelled.delete(next.id) || next.owner?.state === 'dead')) return next;
    }
  }
}

function newScope(): AsyncResource {
  return new AsyncResource('SimulatedTimer', { requireManualDestroy: true });
}

function later(a: Timer, b: Timer): boolean {
  return a.at > b.at || (a.at === b.at && a.order > b.order);
}

/** A small generator of good quality (sfc32 would be better; mulberry32 is enough here). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function uuidOf(random: () => number): `${string}-${string}-${string}-${string}-${string}` {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
