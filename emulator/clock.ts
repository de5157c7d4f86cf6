/**
 * The emulator's own clock. Everything AEP stamps or schedules goes by it; it can run faster than
 * real time and be moved forward by hand. Network matters (latency, list lag, tokens) stay in real time.
 */
/** The clock ends with the year 9999: later dates have no form that everybody reads. Epoch ms. */
export const lastMoment = Date.UTC(9999, 11, 31);
/** Times real time. */
export const fastest = 1_000_000;

export class Clock {
  #base: number;
  // Real time as performance tells it: it is finer than a millisecond and never set back.
  #realBase = performance.now();
  #speed: number;

  constructor(start: number, speed: number) {
    this.#base = start;
    this.#speed = speed;
  }

  /** Now, epoch ms. */
  now(): number {
    return Math.min(lastMoment, Math.floor(this.#base + (performance.now() - this.#realBase) * this.#speed));
  }

  get speed(): number {
    return this.#speed;
  }

  /** Moves the clock forward by this many ms. */
  advance(ms: number): void {
    // Backwards would leave runs in the future that were already shown to somebody.
    if (!(ms >= 0)) throw new RangeError('The clock only moves forward: ms must be 0 or more.');
    if (this.now() + ms > lastMoment) throw new RangeError('ms: the clock ends with the year 9999.');
    this.#restart(this.now() + ms);
  }

  /** Runs the clock at this many times real time from now on; 0 stops it. */
  setSpeed(speed: number): void {
    if (!(speed >= 0 && speed <= fastest))
      throw new RangeError(`The speed of the clock must be 0 or more, and at most ${fastest}.`);
    this.#restart(this.now());
    this.#speed = speed;
  }

  #restart(now: number): void {
    this.#base = now;
    this.#realBase = performance.now();
  }
}
